import numpy as np
import pytest

from ratelaw import (
    DataError,
    MassAction,
    Network,
    QuasiSteadyState,
    TotalQuasiSteadyState,
    certify,
    reduce,
    simulate,
    zoo,
)

ENZYME = """
    S + E <--> C, 1, 1
    C --> E + P,  1
    S(0) = 10
"""
GENE = ("G", "GP", "GP2")


def enzyme(total):
    return Network.parse(ENZYME, initial={"E": total})


def test_scarce_enzyme_is_within_tolerance():
    certificate = certify(reduce(enzyme(0.02), QuasiSteadyState("C")))
    assert certificate.holds
    assert not certificate.failures
    assert str(certificate).startswith("WITHIN the tolerance of 5.00%")
    assert len(certificate.trials) == 3


def test_abundant_enzyme_fails_loudly():
    certificate = certify(reduce(enzyme(30.0), QuasiSteadyState("C")))
    assert not certificate.holds
    assert "NOT WITHIN THE TOLERANCE OF 5.00%" in str(certificate)
    assert "started from S = 10, E = 30" in str(certificate)


def test_the_error_of_scarce_enzyme_is_in_proportion_to_it():
    """The classical form is of first order in E_total/(S + Km) (Segel and Slemrod 1989)."""
    little, less = (
        certify(reduce(enzyme(e), QuasiSteadyState("C"))).rms["S"] for e in (0.02, 0.002)
    )
    assert less == pytest.approx(little / 10, rel=0.15)


def test_the_error_is_that_of_a_comparison_by_hand():
    network = zoo.gene_autoregulation()
    small = reduce(network, QuasiSteadyState(GENE))
    times = np.linspace(0, 1000, 101)
    certificate = certify(small, times, initial=[{}], after=5.0)
    full = simulate(network, MassAction(), times)["average"].sel(time=slice(5, None))
    lifted = small.lift(simulate(small.network, MassAction(), times))["average"]
    error = abs(lifted.sel(time=slice(5, None)) - full).max("time")
    expected = error / (full.max("time") - full.min("time"))
    found = [certificate.largest[name] for name in network.species]
    assert np.allclose(found, expected, rtol=1e-9)


def test_the_total_form_of_the_gene_is_closer_in_the_protein():
    network, times = zoo.gene_autoregulation(), np.linspace(0, 1000, 201)
    classical, total = (
        certify(reduce(network, method(GENE)), times, after=5.0).largest
        for method in (QuasiSteadyState, TotalQuasiSteadyState)
    )
    assert classical["P"] < 0.01
    assert total["P"] < classical["P"] / 5


def test_the_initial_layer_is_that_of_the_fast_modes():
    """C relaxes with kf (S + ...) + kr + kcat: log(100)/(1000*(0.01*1 + 2)) at most."""
    network = Network.parse("S + E <--> C, 1000, 1000\nC --> E + P, 1000\nS(0) = 1\nE(0) = 0.01")
    certificate = certify(reduce(network, QuasiSteadyState("C")), initial=[{}])
    assert certificate.layer == pytest.approx(np.log(100) / 3000, rel=0.1)


def test_speed_is_counted():
    certificate = certify(reduce(enzyme(0.001), QuasiSteadyState("C")), initial=[{}])
    (full, small), speedup = certificate.trials[0].evaluations, certificate.speedup
    assert speedup == full / small
    assert speedup > 1


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"times": [0, 1]}, "at least 10"),
        ({"times": np.linspace(0, 1e-9, 20)}, "nothing to judge"),
        ({"initial": []}, "no initial state"),
        ({"tolerance": -1.0}, "tolerance"),
    ],
)
def test_refusals(options, found):
    with pytest.raises(DataError, match=found):
        certify(reduce(enzyme(0.02), QuasiSteadyState("C")), **options)


def test_what_is_left_out_does_not_widen_the_tolerance():
    """X falls from 1000 to the slow course of about 1e-3, of which a third is missed."""
    network = Network.parse("S --> X + S, 1\nX --> 0, 3\nS --> 0, 1\nS(0) = 1\nX(0) = 1000")
    small = reduce(network, QuasiSteadyState("X"))
    certificate = certify(small, np.linspace(0, 12, 1201), initial=[{}], after=6.0)
    assert not certificate.holds
    assert certificate.largest["X"] == pytest.approx((1.5 - 1) / 1.5, rel=0.05)
