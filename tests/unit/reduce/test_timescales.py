import numpy as np
import pytest
import xarray as xr

from ratelaw import DataError, MassAction, Network, simulate, timescales, zoo
from ratelaw.reduce.correlation import correlation
from ratelaw.reduce.spectrum import spectrum
from ratelaw.reduce.swiftness import noise, swiftness

ENZYME = "S + E <--> C, 100, 100\nC --> E + P, 100\nS(0) = 10\nE(0) = 0.01"
ROBERTSON = "A --> B, 0.04\n2 B --> B + C, 6e7\nB + C --> A + C, 1e4\nA(0) = 1"
GENE = zoo.gene_autoregulation()


def table(times, values, species="AB"):
    return xr.Dataset(
        {"average": (["time", "species"], values)},
        coords={"time": times, "species": list(species)},
    )


def measured(times, error, seed=1):
    """The gene network's course with additive noise, a fraction of each species' range."""
    data = simulate(GENE, MassAction(), times)
    values = data["average"].values
    draws = np.random.default_rng(seed).normal(size=values.shape)
    return table(times, values + error * np.ptp(values, axis=0) * draws, GENE.species)


@pytest.mark.parametrize(
    ("network", "fast"),
    [
        (GENE, ("G", "GP", "GP2")),
        (Network.parse(ENZYME), ("E", "C")),
        (Network.parse(ROBERTSON), ("B",)),
    ],
)
def test_fast_species_of_networks(network, fast):
    split = timescales(network)
    assert split.has_gap
    assert split.gap > 100
    assert split.fast == fast
    assert split.slow == tuple(name for name in network.species if name not in fast)
    assert str(split).startswith(f"fast: {', '.join(fast)}; slow:")


@pytest.mark.parametrize(
    "network",
    [
        Network.parse("A --> B, 1\nB --> C, 1\nA(0) = 1"),  # a defective Jacobian
        Network.parse("A --> 0, 1\nA(0) = 1"),
        zoo.dimerisation(),
    ],
)
def test_no_gap_is_said(network):
    split = timescales(network)
    assert not split.has_gap
    assert split.fast == ()
    assert split.slow == network.species
    assert str(split).startswith("no gap between time scales")


def test_fast_combinations_of_species_are_said_to_be_just_that():
    """A and B are alike, so are C and D: A + B <--> C + D cannot be more than half of any."""
    split = timescales(
        Network.parse(
            "A + B <--> C + D, 900, 900\nA --> 0, 1\nB --> 0, 1\n0 <--> C, 3, 1\n0 <--> D, 3, 1\n"
            "A(0) = 1\nB(0) = 1"
        )
    )
    assert split.gap > 100
    assert split.participation.max() < 0.5
    assert not split.has_gap
    assert "combinations of species" in str(split)


def test_complex_rates_have_no_gap():
    wave = zoo.lotka_volterra().replace(initial={"X": 900})
    split = timescales(wave, np.linspace(0, 5, 101))
    assert not split.has_gap
    assert split.rates == pytest.approx([10, 10], rel=0.02)


def test_the_rates_are_the_eigenvalues_of_a_linear_network():
    """A <--> B, B --> P: the roots of s^2 - 251 s + 100 (by hand)."""
    split = timescales(Network.parse("A <--> B, 100, 150\nB --> P, 1\nA(0) = 1"))
    assert split.rates == pytest.approx(np.sort(np.roots([1, -251, 100]))[::-1], rel=1e-6)
    assert split.gap == pytest.approx(split.rates[0] / split.rates[1])


def test_participation_is_the_diagonal_of_the_projector():
    """Two modes: the projector on the fast one is (J - slow) / (fast - slow), by hand."""
    jacobian = np.array([[-103.0, 20.0], [100.0, -21.0]])
    slow, fast = np.sort(np.linalg.eigvals(jacobian))[::-1]
    network = Network.parse("A <--> B, 100, 20\nA --> 0, 3\nB --> 0, 1\nA(0) = 1")
    split = timescales(network)
    assert split.participation == pytest.approx(
        (np.diagonal(jacobian) - slow) / (fast - slow), rel=1e-6
    )


def test_no_more_species_are_fast_than_there_are_fast_modes():
    split = timescales(Network.parse("A <--> B, 1000, 1000\nB --> P, 1\nA(0) = 1"))
    assert split.participation[:2].min() > 0.5
    assert split.fast == ("B",)


def test_modes_slower_than_the_window_count_as_long_as_it():
    """49 * (1/49) < 1 in floating point."""
    network = Network.parse("A --> 0, 1\nB --> 0, 1e-9\nC --> 0, 1e-9").replace(
        initial={"A": 1, "B": 1, "C": 1}
    )
    split = timescales(network, np.linspace(0, 49, 50))
    assert split.rates == pytest.approx([1, 1 / 49, 1 / 49])
    assert split.fast == ("A",)


def test_correlation_is_pearsons():
    draws = 3 + np.random.default_rng(1).normal(size=(50, 4))
    assert np.allclose(correlation(draws), np.abs(np.corrcoef(draws.T)))


def test_participation_does_not_depend_on_units():
    """Counting S in thousands changes nothing."""
    thousand = Network.parse(ENZYME).replace(volume=1000.0)
    grown = thousand.replace(initial={k: 1000 * n for k, n in thousand.initial.items()})
    one, other = timescales(Network.parse(ENZYME)), timescales(grown)
    assert np.allclose(one.participation, other.participation, atol=1e-6)


def test_conserved_directions_are_no_slow_modes():
    course = simulate(GENE, MassAction(), [1.0, 10.0])["average"].values
    assert len(spectrum(GENE, np.array([1.0, 10.0]), course).rates) == 4


def test_the_papers_grouping():
    """Yang 2020, Table II; its grid is not given. Here: every 2.5 s to 1000 s."""
    split = timescales(GENE, np.linspace(0, 1000, 401))
    assert set(map(frozenset, split.groups)) == {frozenset("PM"), frozenset(("G", "GP", "GP2"))}
    assert split.criteria_agree
    i = {name: k for k, name in enumerate(split.species)}
    within = [split.correlation[i[a], i[b]] for a, b in (("P", "M"), ("G", "GP"), ("G", "GP2"))]
    across = split.correlation[np.ix_([i["P"], i["M"]], [i["G"], i["GP"], i["GP2"]])]
    assert min(within) > 0.93
    assert across.max() < 0.6


@pytest.mark.parametrize("error", [0, 0.01])
@pytest.mark.parametrize(
    "times",
    [
        np.concatenate([[0], np.geomspace(0.02, 1000, 150)]),
        np.linspace(0, 1000, 401),
        np.linspace(0, 200, 401),
    ],
)
def test_fast_species_of_data(times, error):
    split = timescales(measured(times, error))
    assert split.fast == ("G", "GP", "GP2")
    assert split.participation is None


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("end", [200, 1000])
def test_one_percent_of_noise_does_not_change_the_papers_grouping(end, seed):
    split = timescales(measured(np.linspace(0, end, 401), 0.01, seed))
    assert set(map(frozenset, split.groups)) == {frozenset("PM"), frozenset(("G", "GP", "GP2"))}
    assert split.criteria_agree
    assert "the same split" in str(split)


@pytest.mark.parametrize("error", [0, 0.01, 0.05])
def test_data_after_the_initial_layer_show_no_gap(error):
    split = timescales(measured(np.linspace(5, 1000, 300), error))
    assert not split.has_gap
    assert "may lie before the data" in str(split)


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_is_not_swift(seed):
    """Five standard deviations: one false alarm in 3,000 for these 19,900 pairs, five seeds."""
    times = np.linspace(0, 1, 200)
    draws = np.random.default_rng(seed).normal(size=(200, 1))
    assert swiftness(times, draws) == 0


def test_noise_is_measured_on_a_curved_course_and_an_uneven_grid():
    times = np.geomspace(0.1, 10, 4000)
    draws = np.random.default_rng(1).normal(size=4000)
    found = noise(times, (np.exp(-times) + 0.02 * draws)[:, None])
    # median of 4000 absolute deviations, neighbours correlated: 3 % standard error at most
    assert found == pytest.approx([0.02], rel=0.09)


def test_a_species_that_never_moves_has_no_correlation():
    network = Network.parse("A --> B, 50\nB --> C, 0.1\nE + A --> E + B, 1\nA(0) = 1\nE(0) = 2")
    split = timescales(network)
    assert np.isnan(split.correlation[split.species.index("E")]).all()
    assert "E" in split.slow
    assert all("E" not in group for group in split.groups)
    assert str(split).splitlines()[-1].split() == ["E", "nan", "nan", "nan", "nan"]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (table([0, 1, 2], np.ones((3, 2))), "3 times: at least 8"),
        (table(np.arange(9.0), np.full((9, 2), np.nan)), "species 'A' at time 0 is nan"),
        (table(np.arange(9.0)[::-1], np.ones((9, 2))), "must be finite and increase"),
        (table(np.zeros(9), np.ones((9, 2))), "must be finite and increase"),
        (table(np.r_[np.nan, np.arange(8.0)], np.ones((9, 2))), "must be finite and increase"),
        (xr.Dataset(), "no averages"),
    ],
)
def test_refusals(data, found):
    with pytest.raises(DataError, match=found):
        timescales(data)


def test_constant_data_have_no_gap():
    assert not timescales(table(np.arange(9.0), np.ones((9, 2)))).has_gap


def test_data_have_their_own_times():
    with pytest.raises(DataError, match="leave them out"):
        timescales(table(np.arange(9.0), np.ones((9, 2))), [0, 1])
