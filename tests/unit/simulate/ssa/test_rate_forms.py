import time

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.network.lowering import to_numpy
from ratelaw.simulate.ssa.rate_forms import rate_forms


def evaluate(network, counts):
    """Propensities from the tables, by the formulas of the docstring."""
    places = {name: i for i, name in enumerate(network.species)}
    forms = rate_forms(network, places, len(places))
    state = np.append(counts, 1.0)
    parameters = np.array([*network.parameters.values(), 0.0])
    k = forms.coefficients.evaluate(parameters)
    found = []
    for j in range(len(network.reactions)):
        x, y = forms.pair[j]
        if forms.form[j] == 0:
            found.append(k[j] * state[x] * (state[y] - forms.shift[j]))
            continue
        names = {f"x{i}": state[s] for i, s in enumerate(forms.slots[x:])}
        names |= {f"c{i}": value for i, value in enumerate(k[y:])}
        found.append(
            eval(  # noqa: S307
                forms.formulas[forms.form[j] - 1], {"math": np, "select": np.where}, names
            )
        )
    return forms, np.array(found, dtype=float)


@pytest.mark.parametrize("volume", [1.0, 2.5])
def test_propensities_are_those_of_the_network(volume):
    network = rl.Network.parse(
        """
        0 --> A, 2*k
        A --> B, k
        A + B --> C, q^2 + 1
        2 A --> B, 0.1
        3 B --> A, k/q
        A + 2 B --> C, k
        A => B, k*A/(q + A) + 0.5
        B => C, q*B/(2 + B) + k
        A => C, exp(-q*B)*A
        C => 2 A, k*C^2*A/(q^2 + C^2)
        """,
        parameters={"k": 0.7, "q": 1.3},
        volume=volume,
    )
    generator = np.random.default_rng(1)
    expected = to_numpy([law.subs(network.values) for law in network.propensities], network.symbols)
    for counts in generator.integers(3, 40, (20, 3)).astype(float):
        _, found = evaluate(network, counts)
        np.testing.assert_allclose(found, expected(counts), rtol=1e-12)


def test_reactions_that_differ_in_species_and_constants_share_a_form():
    text = "\n".join(f"A{i} => B{i}, v{i}*A{i}/({i + 5} + A{i})" for i in range(9))
    network = rl.Network.parse(text, parameters={f"v{i}": i for i in range(9)})
    forms, _ = evaluate(network, np.ones(18))
    assert len(forms.formulas) == 1
    linear = rl.Network.parse("A --> B, 1\nA + B --> 2 A, 2\n2 A --> 0, 1\n0 --> A, 1")
    assert evaluate(linear, np.ones(2))[0].formulas == ()


def test_the_time_of_five_thousand_reactions_is_not_quadratic():
    began = time.process_time()
    text = "\n".join(f"S{i} <--> S{i + 1}, k{i}, 0.5" for i in range(2500))
    network = rl.Network.parse(text, parameters={f"k{i}": i for i in range(2500)})
    places = {name: i for i, name in enumerate(network.species)}
    forms = rate_forms(network, places, len(places))
    # 2 s on a slow core; anything quadratic takes minutes.
    assert time.process_time() - began < 15
    values = forms.coefficients.evaluate(np.array([*network.parameters.values(), 0.0]))
    np.testing.assert_array_equal(values[::2], np.arange(2500))
    np.testing.assert_array_equal(values[1::2], 0.5)
