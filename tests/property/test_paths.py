"""Random networks, reaction by reaction: what every path of every exact method must obey."""

from collections import Counter

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import ratelaw as rl
from ratelaw.network.expression import symbol
from ratelaw.network.ratelaws import MassActionLaw
from ratelaw.network.reaction import Reaction

SPECIES = ("A", "B", "C")
COUNT = 5
COMPILED_ONCE = (rl.NextReaction, rl.CompositionRejection)
"""One kernel serves all networks of mass action; the other methods compile one for each."""
MANY = settings(max_examples=25, deadline=None)
FEW = settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Without a search for a smaller example, which would compile hundreds of kernels."""


@st.composite
def networks(draw):
    """Mass action up to third order; only a reaction without reactants adds molecules."""
    reactions = []
    for j in range(draw(st.integers(2, 6))):
        consumed = draw(st.lists(st.sampled_from(SPECIES), max_size=3))
        produced = draw(st.lists(st.sampled_from(SPECIES), max_size=len(consumed) or 3))
        law = MassActionLaw(symbol(f"k{j}"))
        reactions.append(Reaction(Counter(consumed), Counter(produced), law))
    reactions.append(Reaction({"A": 1}, {"B": 1}, MassActionLaw(symbol("k0"))))
    mentioned = sorted({name for reaction in reactions for name in reaction.species})
    rates = {f"k{j}": 10 ** draw(st.floats(-2, 1)) for j in range(len(reactions) - 1)}
    counts = {name: draw(st.integers(0, 12)) for name in mentioned}
    return rl.Network(reactions, rates, counts, draw(st.sampled_from([0.5, 1.0, 7.0])))


def test_paths_are_chains_of_possible_reactions(exact_method):
    """Each step is a reaction's change, from counts that it can consume, at a later time."""

    @(MANY if isinstance(exact_method, COMPILED_ONCE) else FEW)
    @given(networks(), st.integers(0, 2**63 - 1))
    def hold(network, seed):
        cells = rl.simulate(
            network, exact_method, [1.0], trajectories=COUNT, seed=seed,
            record=[rl.RecordEvents(COUNT), rl.RecordPaths(COUNT)],
        )  # fmt: skip
        laws = rl.conservation_laws(network)
        for number in range(COUNT):
            own = cells["event_trajectory"].values == number
            states = np.vstack([network.initial_counts, cells["event_counts"].values[own]])
            reactions = cells["event_reaction"].values[own]
            times = cells["event_time"].values[own]
            assert (states >= 0).all()
            assert (states == np.floor(states)).all()
            assert (states @ laws.T == network.initial_counts @ laws.T).all()
            assert (np.diff(states, axis=0) == network.stoichiometry.T[reactions]).all()
            for before, j in zip(states, reactions, strict=False):
                needed = network.reactions[j].reactants
                assert all(before[network.species.index(s)] >= n for s, n in needed.items())
            assert (np.diff(times, prepend=0.0) > 0).all()
            assert (times <= 1.0).all()
            assert (cells["paths"].values[number, 0] == states[-1]).all()

    hold()
