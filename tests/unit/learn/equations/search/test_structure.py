"""What is learned from measured courses: rates, structure, uncertainty."""

import numpy as np
import pytest
import xarray as xr
from scipy.integrate import solve_ivp

import ratelaw as rl
from ratelaw.learn.data import examples

PINENE = """time,y1,y2,y3,y4,y5
0,100,0,0,0,0
1230,88.35,7.3,2.3,0.4,1.75
3060,76.4,15.6,4.5,0.7,2.8
4920,65.1,23.1,5.3,1.1,5.8
7800,50.4,32.9,6.0,1.5,9.3
10680,37.5,42.7,6.0,1.9,12.0
15030,25.9,49.1,5.9,2.2,17.0
22620,14.0,57.4,5.1,2.6,21.0
36420,4.5,63.1,3.8,2.9,25.7
"""
BOX = rl.Network.parse("y1 --> y2, 1\ny1 --> y3, 1\ny3 --> y4, 1\ny3 <--> y5, 1, 1")


def table(times, values, species):
    return xr.Dataset(
        {"average": (["time", "species"], values)},
        coords={"time": times, "species": list(species)},
    )


def courses(rate, starts, times):
    options = {"method": "LSODA", "rtol": 1e-10, "atol": 1e-12}
    return [
        solve_ivp(rate, (times[0], times[-1]), start, t_eval=times, **options).y.T
        for start in starts
    ]


def noisy(clean, times, species, noise, seed):
    generator = np.random.default_rng(seed)
    spread = noise * np.concatenate(clean).std(axis=0)
    return rl.Experiments.of(
        *(table(times, y + spread * generator.standard_normal(y.shape), species) for y in clean)
    )


@pytest.fixture(scope="module")
def pinene(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "pinene.csv"
    path.write_text(PINENE)
    return rl.Experiments.read(path, exact_start=True, noise=rl.learn.AdditiveNoise(common=True))


def test_rates_of_alpha_pinene_by_least_squares(pinene):
    """Box et al. 1973; the sum of squares and rates as re-computed by others."""
    fit = rl.ODENet(rl.ReactionLibrary(BOX)).fit(pinene)
    rates = fit.values
    np.testing.assert_allclose(rates, [5.926e-5, 2.963e-5, 2.047e-5, 2.745e-4, 3.998e-5], rtol=5e-4)
    measured = np.array([row.split(",")[1:] for row in PINENE.split()[2:]], dtype=float)
    times = [float(row.split(",")[0]) for row in PINENE.split()[1:]]
    missed = fit.predict(times)["average"].values[1:] - measured
    assert np.square(missed).sum() == pytest.approx(19.872167, rel=1e-4)


def test_the_reference_network_of_alpha_pinene_is_among_those_that_keep_mass():
    """Box et al. 1973; of 20 isomerisations, mass alone being told, many networks fit."""
    data = rl.Experiments.of(examples.pinene(), exact_start=True)
    mass = {"mass": dict.fromkeys(data.species, 1)}
    fit = rl.ODENet(rl.MassActionLibrary(1, 1, elements=mass)).fit(data)
    found = {frozenset(model.found): model for model in fit.alternatives}
    network = found[
        frozenset(
            [
                "pinene --> dipentene",
                "pinene --> allo_ocimene",
                "allo_ocimene --> pyronene",
                "allo_ocimene --> dimer",
                "dimer --> allo_ocimene",
            ]
        )
    ]
    rates = [value for value, _ in network.found.values()]
    expected = [5.926e-5, 2.963e-5, 2.047e-5, 2.745e-4, 3.998e-5]
    np.testing.assert_allclose(rates, expected, rtol=5e-4)
    assert any("linear relations" in remark for remark in fit.remarks)


def test_a_learned_network_is_simulated_at_any_scale(pinene):
    fit = rl.ODENet(rl.ReactionLibrary(BOX)).fit(pinene)
    network = fit.to_network()
    assert [str(r) for r in network.reactions] == [str(r) for r in BOX.reactions]
    times = [0, 5000.0, 30000.0]
    np.testing.assert_allclose(
        rl.simulate(network, rl.MassAction(), times)["average"],
        fit.predict(times)["average"],
        rtol=1e-6,
    )


def test_lotka_volterra_is_found_among_twelve_terms():
    times = np.linspace(0, 12, 121)
    clean = courses(
        lambda _, y: [y[0] * (1 - 0.1 * y[1]), y[1] * (0.075 * y[0] - 1.5)],
        [[10, 5], [15, 12]],
        times,
    )
    fit = rl.ODENet(rl.PolynomialLibrary(2, constant=True)).fit(noisy(clean, times, "xy", 0.05, 7))
    assert list(np.array(fit.terms)[fit.active[0]]) == ["x", "x*y"]
    assert list(np.array(fit.terms)[fit.active[1]]) == ["y", "x*y"]
    truth, errors = [1, -0.1, -1.5, 0.075], fit.standard_errors[fit.active]
    # Four z-scores beyond 4.3: one run in 15,000; the seed is fixed.
    assert np.abs((fit.coefficients[fit.active] - truth) / errors).max() < 4.3


def test_reactions_are_found_among_all_between_three_species():
    times = np.linspace(0, 6, 25)
    generator = np.random.default_rng(1)
    starts = np.column_stack([generator.uniform(0.5, 2, (6, 2)), np.zeros(6)])
    clean = courses(
        lambda _, y: [
            -0.8 * y[0] * y[1] + 0.3 * y[2],
            -0.8 * y[0] * y[1] + 0.3 * y[2],
            0.8 * y[0] * y[1] - 0.3 * y[2],
        ],
        starts,
        times,
    )
    fit = rl.ODENet(rl.MassActionLibrary(2, 2)).fit(noisy(clean, times, "ABC", 0.03, 2))
    assert set(fit.found) == {"A + B --> C", "C --> A + B"}
    assert fit.found["A + B --> C"][0] == pytest.approx(0.8, rel=0.05)


def test_a_fast_balance_is_not_taken_for_a_cycle_of_reversible_reactions():
    """A <-> C and A <-> B at half the rate do the same as A <-> B, if B <-> C is slower."""
    from scipy.linalg import expm

    times = np.linspace(0, 1, 10)
    matrix = np.array([[-1.0, 1, 0], [1, -1001, 1000], [0, 1000, -1000]])
    starts = np.random.default_rng(0).uniform(0, 1, (5, 3))
    tables = [table(times, [expm(matrix * t) @ x for t in times], "ABC") for x in starts]
    library = rl.MassActionLibrary(order=1, products=1)
    fit = rl.ODENet(library).fit(rl.Experiments.of(*tables))
    rates = {str(term): rate for term, rate in zip(fit.columns, fit.values, strict=True) if rate}
    assert rates == pytest.approx(
        {"A --> B": 1.0, "B --> A": 1.0, "B --> C": 1000.0, "C --> B": 1000.0}, rel=1e-5
    )


def test_balances_leave_only_candidates_that_keep_them():
    library = rl.MassActionLibrary(2, 2, elements={"N": {"A": 1, "B": 1, "C": 2}})
    names = [str(term) for term in library.columns(["A", "B", "C"])]
    assert "A + B --> C" in names
    assert "A --> C" not in names
    for term in library.columns(["A", "B", "C"]):
        content = {"A": 1, "B": 1, "C": 2}
        assert sum(content[name] * change for name, change in term.changes.items()) == 0


@pytest.mark.parametrize(
    ("library", "truth"),
    [
        (
            rl.RationalLibrary(degree=2, denominator=1),
            {"1/(d_x*x + 1)": 0.6, "x/(d_x*x + 1)": -3.0},
        ),
        (
            rl.HillLibrary() + rl.PolynomialLibrary(2, constant=True),
            {"1": 0.6, "x/(K_x_1 + x)": -1.5},
        ),
    ],
)
def test_a_saturating_decay_is_found_in_either_form(library, truth):
    times = np.linspace(0, 5, 51)
    clean = courses(lambda _, x: 0.6 - 1.5 * x / (0.3 + x), [[0.5], [3.0]], times)
    fit = rl.ODENet(library).fit(noisy(clean, times, "x", 1e-3, 3))
    assert set(fit.found) == set(truth)
    for name, value in truth.items():
        assert fit.found[name][0] == pytest.approx(value, rel=0.02)


def test_activation_energies_are_fitted_beside_rates():
    kelvins, energy = [290.0, 310.0, 330.0], 60.0
    times = np.linspace(0, 10, 21)
    rates = [0.2 * np.exp(-energy / 8.31446e-3 * (1 / t - 1 / 298.15)) for t in kelvins]
    tables = []
    generator = np.random.default_rng(5)
    for kelvin, k in zip(kelvins, rates, strict=True):
        a = 2 * np.exp(-k * times) * (1 + 0.01 * generator.standard_normal(len(times)))
        tables.append(table(times, np.column_stack([a, np.full(len(a), kelvin)]), ["A", "T"]))
    data = rl.Experiments.of(*tables, inputs=("T",))
    library = rl.learn.Arrhenius(rl.ReactionLibrary(rl.Network.parse("A --> 0, 1")))
    fit = rl.ODENet(library).fit(data)
    assert fit.values[0] == pytest.approx(0.2, rel=0.02)
    assert next(iter(fit.shape.values())) == pytest.approx(energy, rel=0.02)
    network = fit.to_network().replace(parameters={"T": 330.0})
    simulated = rl.simulate(network, rl.MassAction(), times)["average"].values
    predicted = fit.predict(times, inputs={"T": 330.0})["average"]
    np.testing.assert_allclose(simulated, predicted, rtol=1e-6, atol=1e-8)


def test_a_temperature_of_zero_is_refused():
    times = np.arange(5.0)
    parts = [
        table(times, np.column_stack([np.exp(-times), np.full(5, celsius)]), ["A", "T"])
        for celsius in (0.0, 25.0)
    ]
    data = rl.Experiments.of(*parts, inputs=("T",))
    library = rl.learn.Arrhenius(rl.MassActionLibrary(1, 1))
    with pytest.raises(rl.DataError, match="experiment 1: T is 0, and should be in kelvin"):
        rl.ODENet(library).fit(data)


def test_noise_alone_teaches_nothing():
    generator = np.random.default_rng(8)
    values = 5 + generator.standard_normal((40, 2))
    data = rl.Experiments.of(table(np.arange(40.0), values, "AB"))
    fit = rl.ODENet(rl.PolynomialLibrary(2, constant=True)).fit(data)
    assert not fit.selected.any()
    assert "dA/dt = 0" in str(fit)


def test_fewer_values_than_terms_still_give_a_small_model():
    times = np.linspace(0, 3, 5)
    data = rl.Experiments.of(table(times, 4 * np.exp(-times)[:, None], "A"), exact_start=True)
    fit = rl.ODENet(rl.PolynomialLibrary(5, constant=True)).fit(data)
    assert fit.found["A"][0] == pytest.approx(-1, rel=1e-3)
    assert int(fit.selected.sum()) == 1


def test_an_unobserved_species_follows_from_a_sum():
    times = np.linspace(0, 8, 33)
    (clean,) = courses(lambda _, y: [-0.5 * y[0], 0.5 * y[0] - 0.2 * y[1]], [[4, 0]], times)
    measured = np.column_stack([clean[:, 0], clean.sum(axis=1)])
    generator = np.random.default_rng(9)
    data = rl.Experiments.of(
        table(times, measured + 0.01 * generator.standard_normal(measured.shape), ["A", "sum"]),
        observables={"sum": "A + B"},
        initial={"B": 0.0},
    )
    chain = rl.ReactionLibrary(rl.Network.parse("A --> B, 1\nB --> 0, 1"))
    fit = rl.ODENet(chain).fit(data)
    np.testing.assert_allclose(fit.values, [0.5, 0.2], rtol=0.02)


def test_the_same_rate_in_two_equations_is_two_names():
    prey = rl.Network.parse(
        "A --> 2 A, 1\nA + B --> 2 B, 0.2\nB --> 0, 0.8", initial={"A": 9, "B": 2}
    )
    course = rl.simulate(prey, rl.MassAction(), np.linspace(0, 8, 60))
    fit = rl.ODENet(rl.PolynomialLibrary(2)).fit(rl.Experiments.of(course))
    assert {"A*B in dA/dt", "A*B in dB/dt"} < set(fit.found)
    assert fit.found["A*B in dA/dt"][0] == pytest.approx(-0.2, rel=1e-2)


def test_options_for_other_data_are_refused():
    cells = rl.simulate(rl.zoo.birth_death(), rl.Direct(), range(9), trajectories=9, seed=1)
    library = rl.PolynomialLibrary(1)
    with pytest.raises(rl.UnsupportedError, match="ranks models of Experiments"):
        rl.ODENet(library, criterion=rl.learn.AICc()).fit(cells)
    table = rl.Experiments.of(cells)
    with pytest.raises(rl.DataError, match="there is only one"):
        rl.ODENet(library, criterion=rl.learn.CrossValidation()).fit(table)


def test_of_two_rows_no_model_has_as_many_terms_as_values():
    data = rl.Experiments.of(table([0.0, 1.0], [[1.0, 0.0], [-2.0, 1.0]], "AB"), exact_start=True)
    fit = rl.ODENet(rl.PolynomialLibrary(2)).fit(data)
    assert all(model.selected.sum() < data.values for model in fit.alternatives)


def test_a_denominator_is_chosen_term_by_term():
    times = np.linspace(0, 5, 51)
    clean = courses(lambda _, x: 0.6 - 1.5 * x / (0.3 + x), [[0.05], [0.5], [3.0]], times)
    data = noisy(clean, times, "x", 1e-3, 3)
    fit = rl.ODENet(rl.RationalLibrary(degree=2, denominator=2)).fit(data)
    assert set(fit.found) == {"1/(d_x*x + 1)", "x/(d_x*x + 1)"}
    assert {s.name: pytest.approx(v, rel=0.02) for s, v in fit.shape.items()} == {"d_x": 1 / 0.3}
    assert [s.name for s in fit.left_out] == ["d_x_x"]
    assert fit.found["x/(d_x*x + 1)"][0] == pytest.approx(-3.0, rel=0.02)


def test_a_polynomial_needs_no_denominator():
    times = np.linspace(0, 4, 41)
    clean = courses(lambda _, x: 1.2 * x - 0.8 * x**2, [[0.05], [3.0]], times)
    fit = rl.ODENet(rl.RationalLibrary(degree=2, denominator=1)).fit(
        noisy(clean, times, "x", 1e-3, 7)
    )
    assert set(fit.found) == {"x", "x^2"}
    assert not fit.shape
    assert fit.found["x^2"][0] == pytest.approx(-0.8, rel=0.01)
    # k ln n + 2 ln binom(3, k) of the numerator, and nothing for a denominator that is not there
    assert fit.price(82) == pytest.approx(2 * np.log(82) + 2 * np.log(3))


@pytest.mark.parametrize("level", [0.01, 0.05])
def test_a_model_that_was_fitted_before_the_noise_was_known_is_fitted_again(level):
    """Averages of the SPCM: dA/dt = 0.00792 A, dB/dt = 1.09208 A - 0.31 B (Yang 2020, Eq. 11)."""
    generator, times = np.random.default_rng([1980148921, 1]), np.linspace(0, 20, 21)
    starts = [[generator.uniform(5, 15), generator.uniform(0, 30)] for _ in range(10)]
    clean = courses(lambda _, y: [0.00792 * y[0], 1.09208 * y[0] - 0.31 * y[1]], starts, times)
    data = noisy(clean, times, "AB", level, [1, 1980148921])
    fit = rl.ODENet(rl.PolynomialLibrary(2)).fit(data)
    assert list(fit.found) == ["A in dA/dt", "A in dB/dt", "B in dB/dt"]


def test_two_rows_say_hardly_how_large_the_noise_is():
    data = rl.Experiments.of(table([0.0, 1.0], np.array([[8.1, 0.1], [5.0, 3.2]]), "AB"))
    fit = rl.ODENet(rl.MassActionLibrary(1, 1)).fit(data)
    assert any("the noise is seen on" in remark for remark in fit.remarks)


def measured(network, starts, times, noise, seed):
    """Courses by the package's own solver, with proportional noise; a table each."""
    generator = np.random.default_rng(seed)
    for start in starts:
        known = network.replace(initial=dict(zip(network.species, start, strict=True)))
        clean = rl.simulate(known, rl.MassAction(), times)["average"].values
        scatter = 1 + noise * generator.standard_normal(clean.shape)
        yield table(times, clean * scatter, network.species)


@pytest.mark.parametrize(
    ("text", "last", "terms"),
    [
        (
            """
            A + C --> 0, 2.6483
            B --> 0, 1.3498
            0 --> B + C, 1.5228
            C --> 0, 0.4024
            """,
            10.0,
            {
                "A*C in dA/dt",
                "1 in dC/dt",
                "C in dC/dt",
                "A*C in dC/dt",
                "1 in dB/dt",
                "B in dB/dt",
            },
        ),
        (
            """
            D --> A, 0.7946
            C + D --> 0, 0.1210
            B --> 0, 0.6973
            """,
            5.0,
            {"D in dD/dt", "C*D in dD/dt", "D in dA/dt", "C*D in dC/dt", "B in dB/dt"},
        ),
    ],
    ids=["A is over within two of the times", "five terms of sixty"],
)
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_few_terms_are_found_from_a_few_dozen_times(text, last, terms, noise):
    """Both ended among models of nearly all terms, which a linear problem may prefer to none."""
    network = rl.Network.parse(text)
    starts = np.random.default_rng(3).uniform(0.2, 4, (4, len(network.species)))
    tables = measured(network, starts, np.linspace(0, last, 31), noise, seed=4)
    fit = rl.ODENet(rl.PolynomialLibrary(2, constant=True)).fit(rl.Experiments.of(*tables))
    assert set(fit.found) == terms
