import numpy as np
import pytest
import xarray as xr

from ratelaw import (
    DataError,
    LearnedRational,
    MassAction,
    ModelError,
    certify,
    reduce,
    simulate,
    zoo,
)
from ratelaw.network import Network
from ratelaw.reduce import rational_problem
from ratelaw.reduce.rational_flow import RationalFlow
from ratelaw.reduce.rational_form import RationalForm
from ratelaw.reduce.rational_regression import fit_ratios

GENE = zoo.gene_autoregulation()
FAST = ("G", "GP", "GP2")
NAMES = ("alpha11", "alpha22", "alpha33", "beta1", "beta2")
EXACT = np.array([0.016, 0.02, 0.03, 8 / 15, 2 / 3])
"""Yang 2020, Table III: the exact quasi-steady state."""
BINDING = ("k1", "km1", "k2", "km2")


def course(network, times, error=0.0, seed=0):
    """Mass action with additive noise, its deviation a fraction of each species' range."""
    data = simulate(network, MassAction(), times)
    values = data["average"].values
    draws = np.random.default_rng(seed).normal(size=values.shape)
    noisy = values + error * np.ptp(values, axis=0) * draws
    return data.assign(average=(("time", "species"), noisy))


EVERY = np.arange(0, 1000.1, 2.5)


@pytest.fixture(scope="module")
def fit():
    return LearnedRational(FAST, degree=2).fit(GENE, course(GENE, EVERY))


def test_exactly_the_six_redundant_terms_are_removed(fit):
    assert fit.names == NAMES
    assert fit.absent == ("M",)
    assert fit.form.slow == ("P",)


def test_the_five_others_are_those_of_the_quasi_steady_state(fit):
    assert np.abs(fit.coefficients / EXACT - 1).max() < 0.005


def test_the_transient_is_left_out(fit):
    assert 5 < fit.transient < 60
    assert fit.times[0] == fit.transient


def test_the_extra_terms_of_the_slow_equation_cancel(fit):
    extra, rate = fit.extra_terms("P")
    assert np.abs(extra).max() < 1e-3 * np.abs(rate).max()
    # without the cancellation, a single term is far larger than the rate
    assert fit.course[:, GENE.species.index("GP")].max() * 2.4 > np.abs(rate).max() / 10


def test_what_is_left_shrinks_with_faster_binding():
    """In proportion: the same data window, binding 1, 10 and 100 times as fast."""
    errors = []
    for factor in (1, 10, 100):
        network = GENE.replace(parameters={n: factor * GENE.parameters[n] for n in BINDING})
        found = LearnedRational(FAST).fit(network, course(network, EVERY).sel(time=slice(40, None)))
        assert found.names == NAMES
        errors.append(np.abs(found.coefficients / EXACT - 1).max())
    assert errors[0] < 0.004
    assert errors[1] == pytest.approx(errors[0] / 10, rel=0.5)
    assert errors[2] == pytest.approx(errors[1] / 10, rel=0.5)


def test_the_learned_network_is_as_good_as_the_derived_one():
    small = reduce(GENE, LearnedRational(FAST), course(GENE, EVERY))
    certificate = certify(small, np.linspace(0, 1000, 201), initial=[{}], after=5.0)
    assert certificate.largest["P"] < 0.001
    assert certificate.largest["M"] < 0.001
    assert set(small.standard_errors) == set(NAMES)


def test_without_data_the_networks_own_course_is_learned_from():
    small = reduce(GENE, LearnedRational(FAST))
    assert small.network.parameters["beta1"] == pytest.approx(8 / 15, rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_noise_of_one_per_cent(seed):
    """Within 5 %; |z| > 4 has probability 6e-5 a coefficient, were the model exact."""
    found = LearnedRational(FAST).fit(GENE, course(GENE, np.arange(0, 1000.1, 0.5), 0.01, seed))
    assert found.names == NAMES
    assert np.abs(found.coefficients / EXACT - 1).max() < 0.05
    errors = np.array(list(found.standard_errors.values()))
    assert np.abs((found.coefficients - EXACT) / errors).max() < 4
    spans = np.ptp(course(GENE, np.arange(0, 1000.1, 1))["average"].values, axis=0)
    assert np.array(list(found.noise.values())) == pytest.approx(0.01 * spans, rel=0.15)


def test_known_errors_are_used_instead_of_estimated_ones():
    data = course(GENE, EVERY, 0.01, seed=4)
    known = np.broadcast_to(
        0.02 * np.ptp(course(GENE, EVERY)["average"].values, axis=0), data["average"].shape
    )
    doubled = LearnedRational(FAST).fit(
        GENE, data.assign(standard_error=(("time", "species"), known))
    )
    assert doubled.noise["P"] == pytest.approx(known[0, 1])


def test_an_enzyme_against_the_textbook():
    """C = E_total S/(S + Km), with all in units where the last coefficient is 1."""
    network = zoo.michaelis_menten()
    times = np.linspace(0, 500, 401)
    found = LearnedRational(["E", "C"], degree=1).fit(network, course(network, times))
    total = network.initial["E"]
    values = network.parameters
    km = (values["kr"] + values["kcat"]) / values["kf"]
    assert found.form.slow == ("S",)
    assert found.absent == ("P",)
    expected = {"alpha11": total * km, "alpha22": total, "beta1": km}
    assert found.values == pytest.approx(expected, rel=0.005)


def test_sensitivities_are_derivatives(fit):
    """Against central differences, to both coefficients and starting values."""
    flow = RationalFlow(fit.reduced, fit.form)
    times = np.linspace(0, 50, 6)
    theta = np.concatenate([fit.coefficients, [0.5, 0.3, 0.2]])
    start = np.array([2.0, 1.0])
    _, slopes = flow.solve(times, start, theta)
    for i in range(len(theta) + 2):
        step = np.zeros(len(theta) + 2)
        step[i] = 1e-5 * max(np.concatenate([theta, start])[i], 0.1)
        up, down = (
            flow.solve(times, start + sign * step[len(theta) :], theta + sign * step[: len(theta)])[
                0
            ]
            for sign in (1, -1)
        )
        assert np.allclose(slopes[..., i], (up - down) / (2 * step[i]), rtol=1e-4, atol=1e-6)


def test_ratios_of_exact_values_are_found_whatever_their_size():
    """Two species, one denominator in two slow ones, values over six decades."""
    rng = np.random.default_rng(1)
    slow = 10 ** rng.uniform(-3, 3, size=(200, 2))
    form = RationalForm.complete(["X", "Y"], ["A", "B"], 2)
    table = np.zeros(form.active.shape)
    table[0, 1] = 3.0
    table[1, 4] = 0.2
    table[2, [0, 1, 5]] = [0.5, 2.0, 1.0]
    values = form.basis(slow) @ table.T
    found = fit_ratios(form, slow, values[:, :2] / values[:, 2:], np.ones(2))
    assert np.abs(found.residuals).max() < 1e-6


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (lambda: course(GENE, np.linspace(0, 1.5, 200)), "end before the transient is over"),
        (lambda: course(GENE, np.linspace(0, 1000, 5)), "5 times: at least 8"),
        (lambda: course(GENE, np.linspace(0, 1000, 9)), "27 values of G, GP, GP2 are too few"),
        (lambda: course(GENE, EVERY).sel(species=["G", "P"]), "no column for GP, GP2, M"),
        (xr.Dataset, "no averages"),
        (lambda: course(GENE, EVERY).isel(time=slice(None, None, -1)), "times .* must .* increase"),
        (
            lambda: course(GENE, EVERY).where(lambda d: d["time"] != 10.0),
            "species 'G' at time 10 is not finite",
        ),
    ],
)
def test_refused_data(data, found):
    method = LearnedRational(FAST, degree=4 if "too few" in found else 2)
    with pytest.raises(DataError, match=found):
        method.fit(GENE, data())


def test_a_data_set_that_ends_before_the_transient_is_over_is_refused():
    short = course(GENE, np.linspace(0, 1.5, 60))
    with pytest.raises(DataError, match=r"data set 2 of 2 has 0 of its 60 times, the last 1\.5,"):
        LearnedRational(FAST).fit(GENE, course(GENE, EVERY), short)


@pytest.mark.parametrize(
    ("late", "found"),
    [([400.0], "data set 1 of 1 has 1 of its 61 times"), ([300.0, 400.0], "4 values of E, C")],
)
def test_too_little_left_after_the_transient_is_refused(late, found):
    network = Network.parse(
        "S + E <--> C, 10, 1\nC --> E + P, 1", initial={"S": 1.0, "E": 0.01, "P": 0.0}
    )
    data = course(network, np.array([*np.linspace(0, 0.5, 60), *late]))
    with pytest.raises(DataError, match=found):
        LearnedRational(["E", "C"], degree=1).fit(network, data)


@pytest.mark.parametrize(
    "options", [{"degree": -1}, {"degree": 1.5}, {"tolerance": 0.0}, {"tolerance": np.nan}]
)
def test_options_that_mean_nothing_are_refused(options):
    with pytest.raises(DataError, match=next(iter(options))):
        LearnedRational(FAST, **options)


@pytest.mark.parametrize("before", [0.0, 3.0])
def test_a_fast_species_that_comes_to_rest(before):
    """0 <--> X rests at 30/10 whatever S does: one coefficient, and no lag to be seen."""
    network = Network.parse(
        "0 --> X, 30\nX --> 0, 10\nS + X --> P + X, 0.01", initial={"X": before, "S": 1.0}
    )
    found = LearnedRational("X").fit(network, course(network, np.linspace(0, 60, 401)))
    assert found.values == pytest.approx({"alpha11": 3.0}, rel=1e-6)
    assert found.absent == ("S", "P")
    assert found.lag_errors["X"] == np.inf


def test_data_of_different_totals_are_refused():
    more = GENE.replace(initial={"G": 0.03})
    with pytest.raises(DataError, match="total of G, GP, GP2 differs between the data sets"):
        LearnedRational(FAST).fit(GENE, course(GENE, EVERY), course(more, EVERY))


def test_two_courses_of_one_total_are_fitted_together(fit):
    other = GENE.replace(initial={"M": 2.0})
    both = LearnedRational(FAST).fit(GENE, course(GENE, EVERY), course(other, EVERY))
    assert both.names == NAMES
    assert np.abs(both.coefficients / EXACT - 1).max() < 0.01
    assert both.standard_errors["beta1"] != fit.standard_errors["beta1"]


def test_too_low_a_degree_is_refused():
    with pytest.raises(DataError, match="the degree is too small"):
        LearnedRational(FAST, degree=1).fit(GENE, course(GENE, EVERY))


def test_a_denominator_that_vanishes_inside_the_data_is_refused():
    form = RationalForm(("X",), ("A",), np.array([[0], [1]]), np.array([[1, 0], [0, 1]], bool))
    slow = np.linspace(0, 2, 5)[:, None]
    with pytest.raises(DataError, match=r"vanishes inside the data, at A = 0\b"):
        rational_problem._require_denominator(form, np.array([3.0]), slow)
    rational_problem._require_denominator(form, np.array([3.0]), slow[1:])


def test_an_unknown_fast_species_is_refused():
    with pytest.raises(ModelError, match="Q named"):
        LearnedRational("Q").fit(GENE, course(GENE, EVERY))


def test_learned_ratios_are_refused_where_they_were_not_learned():
    text = "S + E <--> C, k1, km1\nC --> P + E, k2\nP --> 0, g\nk1=1\nkm1=10\nk2=5\ng=0.1"
    network = Network.parse(text, initial={"S": 100, "E": 1})
    data = simulate(network, MassAction(), np.linspace(0, 40, 401))
    small = reduce(network, LearnedRational("C", degree=1), data)
    with pytest.raises(ModelError, match="with 1 molecules of E, C in all, not 10: learn from"):
        small.starting({"E": 10})
    for change in ({"k1": 0.1}, {"k2": 50}):
        with pytest.raises(ModelError, match=f"data with {next(iter(change))} = "):
            small.with_parameters(change)
    swept = simulate(small.network, MassAction(), [0, 1], sweep={"k2": [5, 50]})
    assert small.lift(swept.isel(parameter_set=0))["average"].shape == (2, 4)
    with pytest.raises(ModelError, match="data with k2 = 5, not 50"):
        small.lift(swept.isel(parameter_set=1))
    other = small.starting({"S": 50}).with_parameters({"g": 0.2})
    assert other.full.parameters["g"] == 0.2
