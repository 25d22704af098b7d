"""Rates that depend on temperature."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace

import sympy as sp

from ratelaw.arguments import expect
from ratelaw.errors import DataError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.term import Shape, Term
from ratelaw.network.expression import symbol

GAS_CONSTANT = 8.31446261815324e-3
"""kJ/(mol K)."""


@dataclass(frozen=True)
class Arrhenius(Library):
    r"""The terms of another library, each with an activation energy.

    .. math:: \theta(T) = \theta\, e^{-\frac{E}{R} \left(\frac 1T - \frac 1{T_0}\right)}

    so that theta is the coefficient at the reference temperature.

    Parameters
    ----------
    library
        The terms.
    temperature
        The input that holds T, in kelvin.
    reference
        T_0, in kelvin.
    energy
        Where the search for E begins, in kJ/mol.

    Notes
    -----
    Arrhenius 1889; centred as by Box 1960, which keeps theta and E apart.

    Examples
    --------
    >>> from ratelaw import MassActionLibrary
    >>> term = Arrhenius(MassActionLibrary(1, 1)).columns(["A", "B"])[1]
    >>> print(term, [shape.symbol for shape in term.shapes])
    A --> B [E2]
    """

    library: Library
    temperature: str = "T"
    _: KW_ONLY
    reference: float = 298.15
    energy: float = 50.0

    def __post_init__(self) -> None:
        expect("library", self.library, Library, "an object such as MassActionLibrary(1, 1)")

    def require(self, data: Experiments) -> None:
        self.library.require(data)
        for part in data.experiments if self.temperature in data.inputs else ():
            found = part.inputs[data.inputs.index(self.temperature)]
            if not found > 0:
                raise DataError(
                    f"{part.name}: {self.temperature} is {found:g}, and should be in kelvin: add "
                    f"273.15 to degrees Celsius"
                )

    def columns(self, species: Sequence[str]) -> tuple[Term, ...]:
        return tuple(
            self._heated(term, symbol(f"E{i}"))
            for i, term in enumerate(self.library.columns(species), start=1)
        )

    def _heated(self, term: Term, energy: sp.Symbol) -> Term:
        kelvin = symbol(self.temperature)
        scale = 1 / (GAS_CONSTANT * sp.Float(self.reference))
        factor = sp.exp(-energy * scale * (self.reference - kelvin) / kelvin)
        return replace(
            term,
            rate=factor * term.rate,
            shapes=(*term.shapes, Shape(energy, self.energy)),
            label=str(term),
        )
