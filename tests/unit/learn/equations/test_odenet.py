import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.equations.losses import AbsoluteLoss

UNEVEN = np.array([0, 0.5, 1, 2, 2.5, 4, 5, 7, 8, 10, 13, 14, 17, 20.0])
SPCM_TERMS = [[True, False, False, False, False], [True, True, False, False, False]]
TRUTH = np.array([0.00792, 1.09208, -0.31])


def table(times, values, species, errors=None):
    variables = {"average": (["time", "species"], values)}
    if errors is not None:
        variables["standard_error"] = (["time", "species"], errors)
    return xr.Dataset(variables, coords={"time": times, "species": species})


@pytest.mark.parametrize(
    "loss", [rl.learn.SquaredLoss(), AbsoluteLoss()], ids=lambda loss: type(loss).__name__
)
def test_structure_and_coefficients_of_the_spcm_from_unequal_times(noisy_moments, loss):
    data = noisy_moments(rl.zoo.spcm(), UNEVEN, noise=1e-4, seed=1)
    fit = rl.ODENet(rl.PolynomialLibrary(degree=2), loss=loss).fit(data)
    np.testing.assert_array_equal(fit.active, SPCM_TERMS)
    z = (fit.coefficients[fit.active] - TRUTH) / fit.standard_errors[fit.active]
    # Three normal z-scores: beyond 4.3 one run in 20,000; the seed is fixed.
    assert np.abs(z).max() < 4.3


def test_several_data_sets_with_other_starts_and_times(noisy_moments):
    network = rl.zoo.spcm()
    first = noisy_moments(network, UNEVEN, noise=1e-3, seed=2)
    second = noisy_moments(
        network.replace(initial={"A": 3, "B": 60}), np.linspace(0, 9, 7), noise=1e-3, seed=3
    )
    first, second = (part.assign_attrs(trajectories=10**6) for part in (first, second))
    net = rl.ODENet(rl.PolynomialLibrary(degree=2))
    both = net.fit(first, second)
    np.testing.assert_array_equal(both.active, SPCM_TERMS)
    assert (both.standard_errors[both.active] < net.fit(first).standard_errors[both.active]).all()


def test_a_table_without_errors_has_its_noise_estimated():
    times = np.linspace(0, 8, 41)
    generator = np.random.default_rng(4)
    network = rl.Network.parse("A --> B, 0.5\nB --> 0, 0.2", initial={"A": 100})
    exact = rl.simulate(network, rl.MassAction(), times)["average"].values
    values = exact + 0.5 * generator.standard_normal(exact.shape)
    fit = rl.ODENet(rl.PolynomialLibrary(degree=1)).fit(table(times, values, ["A", "B"]))
    np.testing.assert_array_equal(fit.active, [[True, False], [True, True]])
    z = (fit.coefficients[fit.active] - [-0.5, 0.5, -0.2]) / fit.standard_errors[fit.active]
    assert np.abs(z).max() < 4.3
    # chi-square is near its degrees of freedom when the noise is its own estimate.
    assert 0.7 < fit.chi_square / fit.degrees_of_freedom < 1.3


def test_standard_errors_of_a_table_are_used():
    times = np.linspace(0, 4, 9)
    values = 10 * np.exp(-0.5 * times)[:, None]
    errors = np.full_like(values, 0.1)
    net = rl.ODENet(rl.PolynomialLibrary(degree=1))
    narrow = net.fit(table(times, values, ["A"], errors))
    wide = net.fit(table(times, values, ["A"], 3 * errors))
    np.testing.assert_allclose(wide.standard_errors / narrow.standard_errors, 3, rtol=1e-4)


def test_equations_print_as_text_latex_and_sympy_and_predict(noisy_moments):
    data = noisy_moments(rl.zoo.spcm(), UNEVEN, noise=1e-5, seed=5)
    fit = rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(data)
    assert "dB/dt = (1.09" in str(fit)
    assert r"\frac{d B}{dt} &= 1.09" in fit.latex
    assert [str(e.free_symbols) for e in fit.rate_equations] == ["{A}", "{B, A}"] or [
        sorted(map(str, e.free_symbols)) for e in fit.rate_equations
    ] == [["A"], ["A", "B"]]
    exact = rl.simulate(rl.zoo.spcm(), rl.Moments(), [0.0, 15.0])["average"].values
    np.testing.assert_allclose(fit.predict([0.0, 15.0])["average"].values, exact, rtol=1e-3)


def test_alternatives_hold_the_best_and_are_sorted(noisy_moments):
    data = noisy_moments(rl.zoo.spcm(), UNEVEN, noise=3e-2, seed=6)
    fit = rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(data)
    scores = [model.bic for model in fit.alternatives]
    assert len(scores) > 1
    assert scores == sorted(scores)
    assert scores[-1] - scores[0] < 10
    np.testing.assert_array_equal(fit.alternatives[0].active, fit.active)
    assert any(np.array_equal(model.active, SPCM_TERMS) for model in fit.alternatives)


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        ([0.0], [[1.0]], "single time point"),
        ([0.0, 1.0, 2.0], [[1.0], [np.nan], [2.0]], r"'A' is nan at time 1 \(row 2\)"),
        ([0.0, 1.0, 2.0], [[1.0], [1.0], [1.0]], "'A' never changes"),
        ([0.0, 1.0], [[1.0], [2.0]], "leave nothing to judge the noise by"),
    ],
)
def test_bad_data_is_named(times, values, message):
    with pytest.raises(rl.DataError, match=message):
        rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(
            table(np.array(times), np.array(values), ["A"])
        )


def test_no_data_and_other_species_are_refused():
    net = rl.ODENet(rl.PolynomialLibrary())
    with pytest.raises(rl.DataError, match="no data"):
        net.fit()
    times = np.array([0.0, 1.0, 2.0])
    with pytest.raises(rl.DataError, match="different species"):
        net.fit(
            table(times, np.ones((3, 1)) * times[:, None], ["A"]),
            table(times, np.ones((3, 1)) * times[:, None], ["B"]),
        )


def test_times_that_do_not_increase_are_refused():
    backward = table(np.array([2.0, 1.0, 0.0]), np.array([[1.0], [2.0], [4.0]]), ["A"])
    with pytest.raises(rl.DataError, match="times must increase, and 1 follows 2: sort them"):
        rl.ODENet(rl.PolynomialLibrary(1)).fit(backward)


def test_library_refuses_a_degree_that_is_none():
    with pytest.raises(rl.DataError, match="degree is 0: give a whole number >= 1"):
        rl.PolynomialLibrary(degree=0)


def test_a_library_that_lacks_a_term_is_said_to():
    cells = rl.simulate(rl.zoo.birth_death(), rl.Direct(), range(9), trajectories=999, seed=1)
    assert "the constant 1" in str(rl.ODENet(rl.PolynomialLibrary()).fit(cells))
    assert not rl.ODENet(rl.PolynomialLibrary(constant=True)).fit(cells).remarks
