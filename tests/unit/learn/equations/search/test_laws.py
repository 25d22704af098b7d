"""Laws of conservation found in courses, against those of known mechanisms."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.libraries.mass_action import MassActionLibrary
from ratelaw.learn.equations.search.laws import conservation_laws, lawful


def courses(error: float) -> list[np.ndarray]:
    """2 A --> B, A + B --> C from five starts: A + 2 B + 3 C stays."""
    rng = np.random.default_rng(1)

    def rates(_: float, y: np.ndarray) -> list[float]:
        first, second = y[0] ** 2, 2 * y[0] * y[1]
        return [-2 * first - second, first - second, second]

    times = np.linspace(0, 3, 40)
    parts = [
        solve_ivp(rates, (0, 3), rng.uniform(0.2, 2, 3), t_eval=times, rtol=1e-9, atol=1e-12).y.T
        for _ in range(5)
    ]
    return [part + error * rng.standard_normal(part.shape) for part in parts]


@pytest.mark.parametrize("error", [1e-6, 1e-3])
def test_masses_of_a_known_mechanism(error: float) -> None:
    values = courses(error)
    laws = conservation_laws(values, [np.full(part.shape, error) for part in values])
    assert laws.tolist() == [[1.0, 2.0, 3.0]]


def test_no_law_where_the_sum_drifts() -> None:
    values = courses(1e-3)
    for part in values:
        part[:, 2] += np.linspace(0, 0.1, len(part))
    assert not len(conservation_laws(values, [np.full(part.shape, 1e-3) for part in values]))


def test_reactions_that_keep_mass() -> None:
    library = MassActionLibrary(order=2, products=2)
    field = Field(("A", "B", "C"), (), library.columns(("A", "B", "C")))
    kept = lawful(field, np.array([[1.0, 2.0, 3.0]]))
    changes = field.changes[:, kept]
    assert 0 < kept.sum() < len(kept)
    np.testing.assert_array_equal(np.array([1.0, 2.0, 3.0]) @ changes, 0.0)
    assert [-2.0, 1.0, 0.0] in changes.T.tolist()
    assert [-1.0, -1.0, 1.0] in changes.T.tolist()


def test_each_row_counts_by_its_own_errors() -> None:
    """Errors of 5 % of values over three decades: the few small values tell the weights."""
    rng = np.random.default_rng(3)
    starts = 10.0 ** rng.uniform(-2, 1, (20, 2))
    gone = 1 - np.exp(-np.linspace(0, 4, 30))
    clean = [np.column_stack([a * (1 - gone), b + a * gone / 2]) for a, b in starts]
    errors = [0.05 * part for part in clean]
    values = [
        part + e * rng.standard_normal(part.shape) for part, e in zip(clean, errors, strict=True)
    ]
    assert conservation_laws(values, errors).tolist() == [[1.0, 2.0]]


def test_a_trace_whose_weight_cannot_be_seen_counts_as_what_it_is_among() -> None:
    """A --> B --> C with hardly any B, as of Robertson."""
    rng = np.random.default_rng(4)
    gone = 1 - np.exp(-np.linspace(0, 3, 40))
    clean = [
        np.column_stack([a * (1 - gone), 1e-5 * a * gone * (2 - gone), a * gone])
        for a in rng.uniform(0.5, 1.5, 10)
    ]
    errors = [0.05 * part + 1e-9 for part in clean]
    values = [
        part + e * rng.standard_normal(part.shape) for part, e in zip(clean, errors, strict=True)
    ]
    assert conservation_laws(values, errors).tolist() == [[1.0, 1.0, 1.0]]


def test_noise_gives_no_law_with_thirds() -> None:
    """Four of five species of CRNN 1 at 5 %: weights that are blurred are not rounded."""
    rng = np.random.default_rng(5)
    for _ in range(30):
        parts = [rng.uniform(0.5, 1.5, (25, 4)) for _ in range(4)]
        assert not len(conservation_laws(parts, [np.full(part.shape, 0.02) for part in parts]))


def test_a_species_that_never_changes_is_a_law_by_itself() -> None:
    gone = np.linspace(0, 1, 12)
    values = [np.column_stack([a * (1 - gone), np.full(12, a), a * gone]) for a in (1.0, 3.0)]
    laws = conservation_laws(values, [np.zeros(part.shape) for part in values])
    assert laws.tolist() == [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
