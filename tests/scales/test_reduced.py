"""A reduced network agrees with the full one at every scale, better for faster fast parts."""

import numpy as np
import pytest

from ratelaw import (
    Direct,
    MassAction,
    MasterEquation,
    Moments,
    Network,
    PartialEquilibrium,
    TotalQuasiSteadyState,
    marginal,
    reduce,
    simulate,
    total_variation,
)

TIMES = [0.0, 0.5, 1.5]


def isomers(speed):
    """A and B in fast exchange, B turns into P: linear, so that averaging is exact in the limit."""
    return Network.parse(
        f"""
        A <--> B, {2 * speed}, {speed}
        B --> P,  0.9
        A(0) = 4
        B(0) = 8
        """
    )


def enzyme(speed):
    return Network.parse(
        f"""
        S + E <--> C, {speed}, {5 * speed}
        C --> E + P,  1
        S(0) = 12
        E(0) = 3
        """
    )


def distance(network, method):
    """Total variation distance of the product's distribution, the largest over the times."""
    full = marginal(simulate(network, MasterEquation(), TIMES), "P")
    small = marginal(simulate(reduce(network, method).network, MasterEquation(), TIMES), "P")
    return float(total_variation(full, small).max())


def test_the_distribution_of_a_linear_network_converges_in_proportion():
    slow, fast = (distance(isomers(k), PartialEquilibrium("A <--> B")) for k in (30, 300))
    assert slow < 0.005
    assert fast == pytest.approx(slow / 10, rel=0.2)


def test_the_distribution_of_an_enzyme_with_a_few_molecules():
    """Three enzyme molecules: the propensity of the totals is a mean-field one, off by 1.5 %."""
    assert distance(enzyme(50), TotalQuasiSteadyState("C")) < 0.02


def test_averages_of_every_scale_of_the_reduced_network_agree():
    small = reduce(isomers(300), PartialEquilibrium("A <--> B")).network
    exact = simulate(small, MasterEquation(), TIMES)["average"].values
    for method in (Moments(), MassAction()):
        assert np.allclose(simulate(small, method, TIMES)["average"].values, exact, atol=1e-5)
    trajectories = 20_000
    cells = simulate(small, Direct(), TIMES, trajectories=trajectories, seed=3)
    moments = simulate(small, Moments(), TIMES)
    error = np.sqrt(np.einsum("tss->ts", moments["covariance"].values) / trajectories)
    # 4 numbers that are not fixed: |z| > 4.5 has probability 3e-5
    assert (np.abs(cells["average"].values - exact) <= 4.5 * error + 1e-9).all()
