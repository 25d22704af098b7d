import numpy as np
import pytest

import ratelaw as rl

TIMES = np.linspace(0, 20, 21)


@pytest.fixture(scope="module")
def spcm_fit(noisy_moments):
    data = noisy_moments(rl.zoo.spcm(), TIMES, noise=1e-4, seed=1)
    return rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(data)


def reactions(network):
    return {str(reaction) for reaction in network.reactions}


def test_spcm_candidates_are_the_papers_six_and_the_one_it_left_out(spcm_fit):
    paper = {"A --> 2 A", "A --> 2 B", "A --> A + B", "A --> 0", "A --> B", "B --> 0"}
    assert reactions(rl.candidates(spcm_fit)) == paper | {"B --> 2 B"}


def test_larger_products_are_offered_on_request(spcm_fit):
    assert "A --> 3 B" in reactions(rl.candidates(spcm_fit, products=3))


def test_rates_of_the_candidates_reproduce_the_learned_averages(spcm_fit):
    course = rl.simulate(rl.candidates(spcm_fit), rl.MassAction(), TIMES)["average"]
    np.testing.assert_allclose(course, spcm_fit.predict(TIMES)["average"], rtol=1e-4, atol=1e-6)


def test_reactions_that_only_a_cancellation_could_hide_are_kept(noisy_moments):
    # With r1 = r2 the averages of A stand still: no term in A', yet both divisions are there.
    balanced = rl.zoo.spcm().replace(parameters={"r1": 0.08, "r2": 0.08})
    fit = rl.ODENet(rl.PolynomialLibrary(degree=1)).fit(
        noisy_moments(balanced, TIMES, noise=1e-4, seed=2)
    )
    assert not fit.active[0].any()
    assert {"A --> 2 A", "A --> 2 B"} <= reactions(rl.candidates(fit))


def test_homodimers_get_their_factor_of_one_half():
    network = rl.Network.parse("2 A --> 0, 0.02", initial={"A": 1000})
    limit = rl.simulate(network, rl.MassAction(), np.linspace(0, 0.5, 9))
    errors = np.full(limit["average"].shape, 0.01)
    errors[0] = 0
    data = limit.assign(standard_error=(["time", "species"], errors))
    fit = rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(data)
    found = rl.candidates(fit)
    rate = {str(r): v for r, v in zip(found.reactions, found.parameters.values(), strict=True)}
    # A' = -2 (k/2) A^2 for 2 A --> 0, half of that for 2 A --> A.
    assert rate["2 A --> 0"] + rate["2 A --> A"] / 2 == pytest.approx(0.02, rel=1e-3)


def test_half_of_a_square_is_the_rate_of_a_pair():
    pair = rl.Network.parse("2 A --> B, 0.4", initial={"A": 6})
    course = rl.simulate(pair, rl.MassAction(), np.linspace(0, 4, 30))
    data = rl.Experiments.of(course)
    fit = rl.ODENet(rl.ReactionLibrary(pair)).fit(data)
    found = rl.candidates(fit, products=1)
    assert "2 A --> B" in map(str, found.reactions)
    a = found.symbols[0]
    rates = [float(rate.subs(found.values).subs(a, 1.0)) for rate in found.rate_equations]
    assert rates == pytest.approx([-0.4, 0.2], rel=1e-3)
    assert fit.initial[1] < 0 == fit.to_network().initial["B"] == found.initial["B"]
