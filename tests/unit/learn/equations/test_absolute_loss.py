"""The absolute loss of tables with outliers, against truth and another minimiser."""

import numpy as np
import pytest
import xarray as xr
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

import ratelaw as rl
from ratelaw.learn import AbsoluteLoss, SquaredLoss
from ratelaw.learn.equations.refit import refit

TRUTH = np.array([1.0, -0.5, -0.8, 0.4])
TERMS = ["x in dx/dt", "x*y in dx/dt", "y in dy/dt", "x*y in dy/dt"]
TIMES = np.linspace(0, 15, 60)
CRNN_1 = rl.Network.parse("2 A --> B, 0.2\nA --> C, 0.2\nC --> D, 0.13\nB + D --> E, 0.3")


def rates(_, y, k=TRUTH):
    return [k[0] * y[0] + k[1] * y[0] * y[1], k[2] * y[1] + k[3] * y[0] * y[1]]


def with_errors(clean, deviations, generator, share):
    """Normal errors; a share of the values is off by 10 to 20 standard deviations instead."""
    values = clean + deviations * generator.standard_normal(clean.shape)
    gross = deviations * (10 + 10 * generator.random(clean.shape))
    gross = clean + gross * generator.choice([-1, 1], clean.shape)
    return np.where(generator.random(clean.shape) < share, gross, values)


def table(times, values, names):
    return xr.Dataset(
        {"average": (["time", "species"], values)}, coords={"time": times, "species": names}
    )


def prey(seed, share=0.05):
    """Lotka and Volterra, with errors of 5 % of the spread."""
    generator = np.random.default_rng(seed)
    start = [2 + generator.random(), 1 + generator.random()]
    clean = solve_ivp(rates, (0, 15), start, t_eval=TIMES, rtol=1e-10, atol=1e-10).y.T
    values = with_errors(clean, 0.05 * clean.std(axis=0), generator, share)
    return rl.Experiments.of(table(TIMES, values, ["x", "y"]), noise=rl.learn.AdditiveNoise())


def learned(data, loss):
    return rl.ODENet(rl.PolynomialLibrary(2), loss=loss).fit(data)


@pytest.fixture(scope="module")
def robust():
    return learned(prey(0), AbsoluteLoss())


@pytest.mark.parametrize("seed", [1, 3])
def test_coefficients_beside_outliers_are_twice_as_sure_as_by_squares(seed):
    fit, squares = (learned(prey(seed), loss) for loss in (AbsoluteLoss(), SquaredLoss()))
    assert list(fit.found) == list(squares.found) == TERMS
    assert fit.bic < squares.bic - 40
    assert (2 * fit.standard_errors < squares.standard_errors)[fit.active].all()
    # Four z-scores: beyond 4 one run in 4,000; the seeds are fixed.
    errors = np.sqrt(np.diagonal(fit.covariance)[fit.selected])
    assert (np.abs(fit.values[fit.selected] - TRUTH) < 4 * errors).all()
    assert (errors < 0.02 * np.abs(TRUTH)).all()


def test_without_outliers_the_terms_are_those_of_squares():
    for seed in (2, 3):
        fits = [learned(prey(seed, share=0), loss) for loss in (SquaredLoss(), AbsoluteLoss())]
        assert list(fits[0].found) == list(fits[1].found) == TERMS
        assert fits[0].bic < fits[1].bic + 6  # nor is it much the less likely law
        assert not fits[1].remarks


def test_reactions_are_found_beside_outliers():
    generator, times, tables = np.random.default_rng(3), np.linspace(0, 40, 40), []
    for _ in range(3):
        start = dict(zip("ABCDE", [*generator.uniform(0.2, 1.2, 2), 0, 0, 0], strict=True))
        network = CRNN_1.replace(initial=start)
        clean = rl.simulate(network, rl.MassAction(), times)["average"].values
        values = with_errors(clean, 0.05 * clean, generator, 0.05)
        tables.append(table(times, values, list("ABCDE")))
    data = rl.Experiments.of(*tables, initial={"C": 0, "D": 0, "E": 0})
    masses = {"mass": {"A": 1, "B": 2, "C": 1, "D": 1, "E": 3}}
    library = rl.learn.MassActionLibrary(2, 2, elements=masses)
    fit = rl.ODENet(library, loss=AbsoluteLoss()).fit(data)
    truth = {"A --> C": 0.2, "C --> D": 0.13, "2 A --> B": 0.2, "B + D --> E": 0.3}
    assert set(fit.found) == set(truth)
    # Four z-scores: beyond 4 one run in 4,000; the seed is fixed.
    for name, (value, error) in fit.found.items():
        assert abs(value - truth[name]) < 4 * error < 0.2 * truth[name]


def test_the_optimum_is_that_of_another_minimiser():
    """Nelder and Mead on the smoothed absolute values of courses in closed form."""
    generator, sigma, loss = np.random.default_rng(5), 0.2, AbsoluteLoss()
    clean = 5 * np.exp(-0.3 * TIMES)[:, None]
    values = with_errors(clean, sigma, generator, 0.1)
    errors = xr.zeros_like(course := table(TIMES, values, ["x"]))["average"] + sigma
    data = rl.Experiments.of(course.assign(standard_error=errors))
    fit = rl.ODENet(rl.PolynomialLibrary(1), loss=loss).fit(data)
    again = refit(fit, data)
    found = np.append(again.unknowns, again.solution.point.starts[0])
    steep, delta = loss.law.steepness, loss.rounding

    def objective(x):
        missed = (x[1] * np.exp(x[0] * TIMES) - values[:, 0]) / sigma
        return 2 * steep * (np.sqrt(missed**2 + delta**2) - delta).sum()

    options = {"xatol": 1e-10, "fatol": 1e-13, "maxfev": 4000}
    best = minimize(objective, [-0.2, 4.0], method="Nelder-Mead", options=options)
    assert again.solution.chi_square == pytest.approx(best.fun, rel=1e-6)
    np.testing.assert_allclose(found, best.x, rtol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_standard_errors_are_those_of_many_tables(robust, share):
    """Thirty tables; a mean of as many z^2 is beyond 1 +- 0.8 in less than 1 of 100 runs."""
    scores = []
    for seed in range(100, 130):
        again = refit(robust, prey(seed, share))
        scores.append((again.unknowns - TRUTH) / again.standard_errors)
    assert (np.abs(np.square(scores).mean(axis=0) - 1) < 0.8).all()


def test_profiles_and_bands_go_by_the_same_loss(robust):
    data = prey(0)
    for found in rl.learn.profile_coefficients(robust, data, names=TERMS[:1]):
        width = (found.upper - found.lower) / 2
        assert width == pytest.approx(1.98 * found.standard_error, rel=0.1)
        assert found.lower < 1 < found.upper
    (band,) = rl.learn.prediction_bands(robust, data, TIMES)
    held = (band["lower_value"] < data.experiments[0].values) & (
        data.experiments[0].values < band["upper_value"]
    )
    # 5 % of the values are outliers, and half of the others are well inside.
    assert 0.9 < float(held.mean()) < 1
    wide = rl.learn.prediction_bands(learned(prey(2), SquaredLoss()), prey(2), TIMES)[0]
    widths = [float((b["upper"] - b["lower"]).mean()) for b in (band, wide)]
    assert widths[0] < 0.6 * widths[1]


def test_outliers_are_named():
    clean = solve_ivp(rates, (0, 15), [2.5, 1.5], t_eval=TIMES, rtol=1e-10, atol=1e-10).y.T
    values = with_errors(clean, 0.05, np.random.default_rng(4), 0.0)
    values[40, 1] += 3
    data = rl.Experiments.of(table(TIMES, values, ["x", "y"]), noise=rl.learn.AdditiveNoise())
    (said,) = learned(data, AbsoluteLoss()).remarks
    assert said.startswith("1 of 120 values are outliers, the furthest y in experiment 1 at")
    assert f"at {TIMES[40]:g}, " in said


def test_values_that_follow_from_others_are_refused():
    noise = np.random.default_rng(6).standard_normal(len(TIMES))
    values = np.round(100 * np.exp(-TIMES / 5) + noise, 1)
    data = rl.Experiments.of(table(TIMES, np.column_stack([values, 100 - values]), ["x", "y"]))
    with pytest.raises(rl.UnsupportedError, match="1 linear relations of x, y hold as printed"):
        rl.ODENet(rl.PolynomialLibrary(1), loss=AbsoluteLoss()).fit(data)


def test_a_tip_of_no_width_is_refused_when_it_is_given():
    with pytest.raises(rl.DataError, match="rounding=0"):
        AbsoluteLoss(rounding=0)
