"""How often each reaction happens."""

from dataclasses import dataclass

import numpy as np

from ratelaw.network import Network
from ratelaw.simulate.recorders.recorder import (
    Accumulator,
    Batch,
    Layout,
    Recorded,
    Recorder,
    Tracked,
)
from ratelaw.simulate.recorders.sums import Sums


@dataclass(frozen=True)
class RecordReactionCounts(Recorder):
    r"""How often each reaction has happened since time 0: average and variance.

    .. math:: n(t) = n(0) + U N(t)

    for the counts N of every path, so that averages obey it too. Its memory is 24 bytes a reaction
    and recording time.

    Examples
    --------
    >>> from ratelaw import Direct, Network, simulate
    >>> network = Network.parse("A --> B, 1", initial={"A": 3})
    >>> record = [RecordReactionCounts()]
    >>> often = simulate(network, Direct(), [99], trajectories=9, seed=1, record=record)
    >>> often["reaction_count"].values
    array([[3.]])
    """

    @property
    def records(self) -> str:
        return "reaction counts"

    def tracked(self, network: Network) -> Tracked:
        return Tracked(reactions=tuple(range(len(network.reactions))))

    def start(self, layout: Layout, pilot: np.ndarray) -> Accumulator:
        return _ReactionSums(layout, np.rint(pilot[:, :, layout.counted].mean(axis=0)))


class _ReactionSums(Sums):
    """With x = (N_j) and its squares; `centre` has the shape (time, reaction)."""

    def __init__(self, layout: Layout, centre: np.ndarray) -> None:
        super().__init__(centre)
        self.columns = layout.counted
        self.reactions = [str(reaction) for reaction in layout.network.reactions]

    def add(self, batch: Batch) -> None:
        counts = batch.paths[:, :, self.columns] - self.centre
        self.merge(
            {
                "count": np.array(len(counts)),
                "first": counts.sum(axis=0),
                "second": np.einsum("itr,itr->tr", counts, counts),
            }
        )

    def finish(self) -> Recorded:
        shift = self.first / self.count
        variance = (self.second / self.count - shift**2) * self.correction
        return Recorded(
            {
                "reaction_count": (["time", "reaction"], self.centre + shift),
                "reaction_count_variance": (["time", "reaction"], variance),
            },
            {"reaction": self.reactions},
        )
