"""The networks that data cannot tell apart."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ratelaw.learn.rates.rates import Rates
from ratelaw.network import Network

SHOWN = 12


@dataclass(frozen=True)
class Discovery:
    r"""All networks within reach of the best, and how much each is supported.

    .. math:: w_i \propto e^{-BIC_i / 2}

    Attributes
    ----------
    networks
        Their rates, best first.
    bic
        Schwarz's criterion of each, shape (networks,).
    complete
        Whether every network that deserved a fit was fitted; if not there may be more.

    Notes
    -----
    Schwarz 1978; Kass and Raftery 1995: weights are posterior odds under a unit information prior.

    Examples
    --------
    >>> from ratelaw import Direct, all_reactions, discover, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> found = discover(all_reactions(["A"], order=1, products=2), cells)
    >>> bool(abs(found.weights.sum() - 1) < 1e-12)
    True
    """

    networks: tuple[Rates, ...]
    bic: np.ndarray
    complete: bool

    @property
    def candidates(self) -> Network:
        """All reactions that were considered."""
        return self.best.candidates

    @property
    def best(self) -> Rates:
        """The network of least BIC."""
        return self.networks[0]

    @cached_property
    def weights(self) -> np.ndarray:
        """Shape (networks,), summing to 1."""
        odds = np.exp(-(self.bic - self.bic[0]) / 2)
        return odds / odds.sum()

    @property
    def support(self) -> np.ndarray:
        """Of every candidate reaction: the weight of the networks that hold it, shape (M,)."""
        return self.weights @ np.array([rates.present for rates in self.networks], dtype=float)

    def holds(self, network: Network) -> bool:
        """Whether a network with exactly these reactions is among them."""
        wanted = {str(reaction) for reaction in network.reactions}
        return any(_reactions(rates) == wanted for rates in self.networks)

    def __str__(self) -> str:
        texts = [str(reaction) for reaction in self.candidates.reactions]
        width = max(map(len, texts))
        order = np.argsort(-self.support, kind="stable")
        rows = [
            f"{texts[j]:<{width}}  in {self.support[j]:.0%} of the weight"
            for j in order.tolist()
            if self.support[j] > 0
        ]
        models = [
            f"{weight:>6.1%}  {'; '.join(sorted(_reactions(rates))) or 'no reaction'}"
            for weight, rates in zip(self.weights[:SHOWN], self.networks, strict=False)
        ]
        count = len(self.networks)
        head = f"{count} network{'s' * (count != 1)} that the data cannot tell apart"
        head += "" if self.complete else ", perhaps more"
        more = [f"and {count - SHOWN} with less"] if count > SHOWN else []
        best = [row for row in str(self.best).splitlines() if not row.endswith("absent")]
        return "\n".join([f"{head}:", *models, *more, "", *rows, "", "the best:", *best])


def _reactions(rates: Rates) -> set[str]:
    return {
        str(reaction)
        for reaction, there in zip(rates.candidates.reactions, rates.present, strict=True)
        if there
    }
