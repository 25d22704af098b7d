"""Random networks and expressions: what must hold for all of them."""

import math

import jax
import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import ratelaw as rl
from ratelaw.errors import ModelError
from ratelaw.network.expression import parse_expression, print_expression, symbol
from ratelaw.network.lowering import to_jax, to_numpy, to_source
from ratelaw.network.ratelaws import MassActionLaw
from ratelaw.network.reaction import Reaction

SPECIES = ("A", "B", "C", "D")
numbers = st.floats(min_value=1e-6, max_value=1e6, allow_nan=False)
sides = st.dictionaries(st.sampled_from(SPECIES), st.integers(1, 3), max_size=3)


@st.composite
def networks(draw):
    constants = draw(st.lists(numbers, min_size=1, max_size=5))
    reactions = [
        Reaction(draw(sides), draw(sides), MassActionLaw(symbol(f"k{j}")))
        for j in range(len(constants))
    ]
    mentioned = {name for reaction in reactions for name in reaction.species}
    assume(mentioned)
    counts = {name: draw(st.integers(0, 50)) for name in sorted(mentioned)}
    parameters = {f"k{j}": value for j, value in enumerate(constants)}
    return rl.Network(reactions, parameters, counts, draw(numbers))


change_times = st.lists(st.floats(0, 20), min_size=1, max_size=4, unique=True).map(sorted)


@st.composite
def inputs(draw):
    times = draw(change_times)
    values = [draw(st.sampled_from(["x", "y*z", "2", "0.1"])) for _ in (0.0, *times)]
    later = ", ".join(f"{t!r}, {value}" for t, value in zip(times, values[1:], strict=True))
    return f"steps({values[0]}, {later})"


expressions = st.recursive(
    st.one_of(
        st.sampled_from(["x", "y", "z", "time"]),
        inputs(),
        st.integers(0, 9).map(str),
        st.floats(0.001, 1000).map(repr),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.integers(-3, 4)).map(lambda t: f"({t[0]})^({t[1]})"),
        inner.map("exp(-({})^2)".format),
        inner.map("sqrt(1 + ({})^2)".format),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
    ),
    max_leaves=8,
)


def parsed(text):
    try:
        return parse_expression(text)
    except ModelError:
        assume(False)  # noqa: FBT003


@given(networks())
def test_a_network_reads_back_as_it_was_printed(network):
    assert rl.Network.parse(str(network)) == network


@given(expressions)
def test_an_expression_reads_back_as_it_was_printed(text):
    expression = parsed(text)
    assert parse_expression(print_expression(expression)) == expression


@given(networks())
def test_conserved_totals_are_not_changed_by_any_reaction(network):
    laws = rl.conservation_laws(network)
    assert not (laws @ network.stoichiometry).any()
    rank = np.linalg.matrix_rank(network.stoichiometry)
    assert len(laws) == len(network.species) - rank


@given(networks(), st.integers(0, 2**32))
def test_the_propensity_per_volume_approaches_the_flux(network, seed):
    concentrations = np.random.default_rng(seed).uniform(0.5, 2, len(network.species))
    volume = 1e7
    large = network.replace(volume=volume)
    propensity = to_numpy([p.subs(large.values) for p in large.propensities], large.symbols)(
        volume * concentrations
    )
    flux = to_numpy([f.subs(network.values) for f in network.fluxes], network.symbols)(
        concentrations
    )
    np.testing.assert_allclose(propensity / volume, flux, rtol=1e-5)


@given(expressions, st.tuples(*[st.floats(0.1, 10)] * 4))
def test_every_lowering_gives_the_same_number(text, point):
    expression = parsed(text)
    names = tuple(map(symbol, ["x", "y", "z", "time"]))
    exact = expression.subs(dict(zip(names, point, strict=True)))
    assume(exact.is_finite and exact.is_real and abs(exact) < 1e100)
    expected = float(exact)
    assume(expected == 0 or abs(expected) > 1e-100)
    # Cancellation in an arbitrary expression is not the lowering's doing: compare where the
    # condition is mild.
    shifted = float(expression.subs({n: v * (1 + 1e-9) for n, v in zip(names, point, strict=True)}))
    assume(math.isclose(expected, shifted, rel_tol=1e-6))
    array = np.array(point)
    with np.errstate(all="ignore"):
        assert math.isclose(to_numpy([expression], names)(array)[0], expected, rel_tol=1e-6)
    with jax.disable_jit():
        assert math.isclose(float(to_jax([expression], names)(array)[0]), expected, rel_tol=1e-6)
    source = to_source(expression, {name: f"v{i}" for i, name in enumerate(names)})
    scope = {"math": math, "select": lambda condition, yes, no: yes if condition else no}
    scope |= {f"v{i}": value for i, value in enumerate(point)}
    assert math.isclose(eval(source, scope), expected, rel_tol=1e-6)  # noqa: S307


@given(networks())
def test_reachable_states_keep_conserved_totals_and_are_never_negative(network):
    assume(all(sum(r.products.values()) <= sum(r.reactants.values()) for r in network.reactions))
    slow = network.replace(parameters=dict.fromkeys(network.parameters, 1e-3), volume=10)
    counts = rl.simulate(slow, rl.MasterEquation(tolerance=1e-3), [1.0])["counts"].values
    laws = rl.conservation_laws(network)
    assert (counts >= 0).all()
    assert (counts @ laws.T == slow.initial_counts @ laws.T).all()
