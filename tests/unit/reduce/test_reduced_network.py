"""What a reduction gives back: other parameters, and every species of a course."""

import numpy as np
import pytest

import ratelaw as rl

TIMES = np.linspace(0, 20, 11)
FULL = rl.zoo.michaelis_menten()
SMALL = rl.reduce(FULL, rl.QuasiSteadyState("C"))


def test_other_parameters_are_those_of_both_networks():
    other = SMALL.with_parameters({"kf": 500, "kcat": 2})
    for network in (other.full, other.network):
        assert (network.parameters["kf"], network.parameters["kcat"]) == (500, 2)
    expected = rl.reduce(FULL.replace(parameters={"kf": 500, "kcat": 2}), rl.QuasiSteadyState("C"))
    assert other.network.parameters == pytest.approx(expected.network.parameters)
    assert max(rl.certify(other, TIMES).largest.values()) < 0.1


def test_parameters_that_the_reduction_does_not_need_are_of_the_full_network():
    full = rl.Network.parse("A <--> B, kf, kr\nB --> P, k\nkf=50\nkr=50\nk=1\nq=3\nA(0)=9")
    other = rl.reduce(full, rl.PartialEquilibrium("A <--> B")).with_parameters({"q": 4})
    assert other.full.parameters["q"] == 4


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("E_total", r"E_total is the total of E, C, .* change it by starting\({'E': \.\.\.}\)"),
        ("zzz", "no parameter 'zzz'"),
    ],
)
def test_totals_and_unknown_names_are_no_parameters(name, found):
    with pytest.raises(rl.ModelError, match=found):
        SMALL.with_parameters({name: 99})


def test_a_course_is_lifted_with_the_parameters_that_were_swept():
    swept = rl.simulate(SMALL.network, rl.MassAction(), TIMES, sweep={"kr": [100, 700]})
    with pytest.raises(rl.DataError, match=r"choose a parameter set first: results.isel\(param"):
        SMALL.lift(swept)
    other = SMALL.with_parameters({"kr": 700})
    expected = other.lift(rl.simulate(other.network, rl.MassAction(), TIMES))["average"]
    for course in (swept.isel(parameter_set=1), swept.isel(parameter_set=1).transpose()):
        np.testing.assert_allclose(SMALL.lift(course)["average"], expected, rtol=1e-12)
