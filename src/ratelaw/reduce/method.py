"""What a reduction is: two contracts, one for what is derived and one for what is learned."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ratelaw.network import Network
from ratelaw.reduce.reduced_network import ReducedNetwork

if TYPE_CHECKING:
    import xarray as xr


class Derivation(ABC):
    """A reduction that follows from the network alone, symbol by symbol."""

    @abstractmethod
    def derive(self, network: Network) -> ReducedNetwork:
        """The reduced network; ModelError where the assumption gives no unique answer."""


class Learner(ABC):
    """A reduction that is fitted to courses of all species."""

    @abstractmethod
    def learn(self, network: Network, data: "Sequence[xr.Dataset]") -> ReducedNetwork:
        """The reduced network; DataError where the data do not determine it."""


def as_names(given: str | Iterable[str]) -> tuple[str, ...]:
    """One name, or several, as a tuple.

    Examples
    --------
    >>> as_names("GP"), as_names(["G", "GP"])
    (('GP',), ('G', 'GP'))
    """
    return (given,) if isinstance(given, str) else tuple(given)
