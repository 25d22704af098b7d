import numpy as np
import pytest

from ratelaw.reduce.slopes import slopes


@pytest.mark.parametrize(
    "times",
    [np.linspace(0, 3, 50), np.geomspace(0.01, 3, 50), np.array([0, 1e-3, 1, 1.1, 2, 2.5, 3])],
)
def test_parabolas_are_exact_on_any_grid(times):
    values = np.column_stack([2 - times, 1 + 3 * times - times**2, np.full(len(times), 4.0)])
    exact = np.column_stack([np.full(len(times), -1.0), 3 - 2 * times, np.zeros(len(times))])
    assert slopes(times, values) == pytest.approx(exact, abs=1e-7)


def test_noise_on_a_line_is_averaged_over_the_widest_window():
    """Windows of 3, 5, 7, 11, 17, 25, 37, 55, 83 points; the slope's variance is s^2 / sum t^2.

    400 squared z-scores: their mean is 1 +- 0.07, so a false alarm in 10^6.
    """
    times = np.linspace(-1, 1, 101)
    draws = np.random.default_rng(1).normal(size=(101, 400))
    found = slopes(times, 5 * times[:, None] + 0.01 * draws)[50]
    z = (found - 5) / (0.01 / np.sqrt(np.sum(times[9:92] ** 2)))
    assert np.mean(z**2) == pytest.approx(1, abs=0.35)
    assert abs(z.mean()) < 5 / np.sqrt(400)


def test_a_kink_is_not_smoothed_away():
    times = np.linspace(-1, 1, 201)
    draws = np.random.default_rng(2).normal(size=201)
    found = slopes(times, (np.abs(times) + 0.001 * draws)[:, None])[:, 0]
    far = np.abs(times) > 0.1
    assert found[far] == pytest.approx(np.sign(times[far]), abs=0.1)


def test_noise_is_not_divided_by_the_short_steps_of_a_logarithmic_grid():
    times = np.concatenate([[0], np.geomspace(1e-5, 10, 150)])
    draws = np.random.default_rng(3).normal(size=151)
    found = slopes(times, (np.exp(-times) + 0.01 * draws)[:, None])[:, 0]
    assert found == pytest.approx(-np.exp(-times), abs=0.3)
