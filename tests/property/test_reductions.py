"""Whatever the rates: a reduction keeps what the network conserves and its fast equations."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from ratelaw import (
    MassAction,
    Network,
    PartialEquilibrium,
    QuasiSteadyState,
    TotalQuasiSteadyState,
    conservation_laws,
    reduce,
    simulate,
)
from ratelaw.network.lowering import to_numpy

TEXT = """
    S + E <--> C, kf, kr
    C --> E + P,  kcat
"""
REDUCTIONS = {
    "qssa": (QuasiSteadyState("C"), ["C"]),
    "tqssa": (TotalQuasiSteadyState("C"), ["C"]),
    "pea": (PartialEquilibrium("S + E <--> C"), None),
}
rates = st.floats(0.01, 100)
amounts = st.floats(0.1, 100)


@pytest.mark.parametrize("name", REDUCTIONS)
@settings(max_examples=5)
@given(kf=rates, kr=rates, kcat=rates, substrate=amounts, enzyme=amounts)
def test_an_enzyme(  # noqa: PLR0917
    name, kf, kr, kcat, substrate, enzyme
):
    method, fast = REDUCTIONS[name]
    network = Network.parse(TEXT, {"kf": kf, "kr": kr, "kcat": kcat}, {"S": substrate, "E": enzyme})
    small = reduce(network, method)
    times = np.linspace(0, 3, 7)
    lifted = small.lift(simulate(small.network, MassAction(), times))["average"].values.T
    size = substrate + enzyme
    assert (lifted > -1e-6 * size).all()

    kept = conservation_laws(network) @ lifted
    enzymes = [law for law in conservation_laws(network) if not law[network.species.index("P")]]
    assert np.allclose(np.array(enzymes) @ lifted, enzyme, atol=1e-6 * size)
    if name != "qssa":  # there, what is bound does not count in S + P
        assert np.allclose(kept, kept[:, :1], atol=1e-5 * size)

    fluxes = to_numpy([f.subs(network.values) for f in network.fluxes], network.symbols)(lifted)
    balance = (
        fluxes[0] - fluxes[1]
        if fast is None
        else network.stoichiometry[network.species.index("C")] @ fluxes
    )
    assert np.abs(balance).max() <= 1e-6 * max(np.abs(fluxes).max(), 1e-12)


@settings(max_examples=5)
@given(st.lists(st.tuples(rates, rates), min_size=2, max_size=4))
def test_a_chain_of_fast_complexes(pairs):
    """X binds n molecules of slow P one by one: the weights are the products of the constants."""
    lines = [f"X{i} + P <--> X{i + 1}, {on}, {off}" for i, (on, off) in enumerate(pairs)]
    network = Network.parse("\n".join([*lines, "0 --> P, 1", "P --> 0, 0.1", "X0(0) = 1"]))
    fast = [f"X{i}" for i in range(len(pairs) + 1)]
    small = reduce(network, QuasiSteadyState(fast))
    protein = sp.Symbol("P", real=True)
    weights = np.cumprod([1.0, *(1.7 * on / off for on, off in pairs)])
    found = [float(small.expressions[x].subs(small.network.values | {protein: 1.7})) for x in fast]
    assert np.allclose(found, weights / weights.sum(), rtol=1e-9)
    assert {str(r) for r in small.network.reactions} == {"0 --> P", "P --> 0"}
