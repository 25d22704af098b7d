"""Libraries: the terms that a learned right-hand side may be made of."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.libraries.names import require_own_parameters
from ratelaw.learn.equations.libraries.term import Term


class Library(ABC):
    """A set of basis functions Gamma(y) of the variables.

    A library names its terms, and nothing else: a `Term` is a rate, what it changes in which
    equations, whether its coefficient may be negative, and parameters inside the rate, each a
    `Shape` with a name that no other library uses. Where a term is a mass-action reaction it says
    so, and becomes one in a network again.

    Terms with a `Shape`, and those whose coefficient is bounded, are learned from `Experiments`;
    results of `simulate` are given as `Experiments.of(results)`.
    """

    @abstractmethod
    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        """The candidate terms of equations for these species, in a fixed order, each once."""

    def require(self, data: Experiments) -> None:  # noqa: B027  most take any data
        """Refuse data at which its terms have no rates; a DataError says which."""

    def __add__(self, other: "Library") -> "Library":
        """Both libraries; a term that is in both is there once."""
        return SumOfLibraries((self, other))


@dataclass(frozen=True)
class SumOfLibraries(Library):
    """The terms of several libraries."""

    libraries: tuple[Library, ...]

    def require(self, data: Experiments) -> None:
        for library in self.libraries:
            library.require(data)

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        parts = [library.columns(species) for library in self.libraries]
        for part, other in combinations(parts, 2):
            require_own_parameters(part, other)
        found: dict[tuple, Term] = {}
        for term in chain(*parts):
            found.setdefault(term.key, term)
        return tuple(found.values())
