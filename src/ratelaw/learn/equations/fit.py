"""What ODENet learned: equations with their uncertainty, and their rivals."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ratelaw.arguments import checked_times
from ratelaw.learn.equations.libraries.term import Term, names_of
from ratelaw.learn.equations.losses import Loss, SquaredLoss
from ratelaw.learn.equations.price import price
from ratelaw.network import Network, Reaction
from ratelaw.network.expression import exact_number, print_expression, symbol
from ratelaw.network.ratelaws import MassActionLaw
from ratelaw.network.reaction import names_in
from ratelaw.simulate.integrate import integrate
from ratelaw.simulate.vector_field import rates_field

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Fit:
    r"""A learned system of ODEs; nothing in it changes after the fit.

    .. math:: \dot y_v = \sum_c u_{vc}\, \theta_c\, \phi_c(y)
        = \sum_l \Theta_{vl} \Gamma_l(y)

    Attributes
    ----------
    variables
        Symbols of the V variables.
    columns
        The C candidate terms.
    values
        theta, shape (C,); 0 where a term was removed.
    selected
        Shape (C,): which terms survived.
    covariance
        Of theta, shape (C, C), given the selected terms.
    chi_square, degrees_of_freedom, bic
        Quality of the fit against the noise of the data; of another loss than squares, in units in
        which it is chi-square.
    noise_is_estimated
        Whether the noise is what the fit leaves, so that its chi-square says nothing of the model.
    initial
        Shape (V,): where the first data set starts.
    shape, shape_errors
        Parameters inside the terms, with their values and standard errors.
    left_out
        Optional parameters of the library that its terms do without.
    inputs
        What was set in the first experiment.
    remarks
        What was found in the data that a reader should know.
    alternatives
        The models that the data cannot tell apart, best first, this one included.
    loss
        By which it was fitted.

    Examples
    --------
    >>> from ratelaw import Direct, ODENet, PolynomialLibrary, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit = ODENet(PolynomialLibrary(degree=1, constant=True)).fit(cells)
    >>> fit.terms
    ('1', 'A')
    """

    variables: tuple[sp.Symbol, ...]
    columns: tuple[Term, ...]
    values: np.ndarray
    selected: np.ndarray
    covariance: np.ndarray
    chi_square: float
    degrees_of_freedom: int
    bic: float
    initial: np.ndarray
    noise_is_estimated: bool = False
    shape: Mapping[sp.Symbol, float] = field(default_factory=dict)
    shape_errors: Mapping[sp.Symbol, float] = field(default_factory=dict)
    left_out: tuple[sp.Symbol, ...] = ()
    inputs: Mapping[sp.Symbol, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    alternatives: tuple["Fit", ...] = ()
    loss: Loss = field(default_factory=SquaredLoss)

    @property
    def species(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(variable.name for variable in self.variables)

    @cached_property
    def library(self) -> tuple[sp.Expr, ...]:
        """Gamma: the L rates of all candidate terms, each once."""
        return tuple(dict.fromkeys(term.rate for term in self.columns))

    @property
    def terms(self) -> tuple[str, ...]:
        """The library as text."""
        return tuple(print_expression(term).replace("**", "^") for term in self.library)

    @cached_property
    def _spread(self) -> np.ndarray:
        """Stoichiometry u as the derivative of Theta to theta, shape (V, L, C)."""
        places = {rate: i for i, rate in enumerate(self.library)}
        table = np.zeros((len(self.variables), len(places), len(self.columns)))
        for c, term in enumerate(self.columns):
            for name, change in term.changes.items():
                table[self.species.index(name), places[term.rate], c] = change
        return table

    @property
    def coefficients(self) -> np.ndarray:
        """Theta, shape (V, L): how each rate enters each equation."""
        return self._spread @ self.values

    @property
    def active(self) -> np.ndarray:
        """Shape (V, L): which rates enter which equations."""
        return (self._spread[..., self.selected] != 0).any(axis=-1)

    @property
    def standard_errors(self) -> np.ndarray:
        """Of the coefficients, shape (V, L); NaN where no selected term enters."""
        chosen = np.flatnonzero(self.selected)
        part = self._spread[..., chosen]
        variances = np.einsum("vla,ab,vlb->vl", part, self.covariance[np.ix_(chosen, chosen)], part)
        return np.where(self.active, np.sqrt(np.maximum(variances, 0.0)), np.nan)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The C terms as text, no two alike."""
        return names_of(self.columns)

    @property
    def found(self) -> dict[str, tuple[float, float]]:
        """The selected terms as text, with their coefficients theta and standard errors."""
        errors = np.sqrt(np.diagonal(self.covariance))
        return {
            self.names[c]: (float(self.values[c]), float(errors[c]))
            for c in np.flatnonzero(self.selected)
        }

    @property
    def found_inside(self) -> dict[str, tuple[float, float]]:
        """The parameters inside the terms as text, with their values and standard errors."""
        return {s.name: (float(x), float(self.shape_errors[s])) for s, x in self.shape.items()}

    def price(self, values: int) -> float:
        """What `bic` holds beside the deviance of so many values: the price of what was chosen."""
        optional = {s.symbol for term in self.columns for s in term.shapes if s.optional}
        terms = price(int(self.selected.sum()), len(self.columns), values)
        return terms + price(len(optional), len(optional) + len(self.left_out), values)

    @property
    def p_value(self) -> float:
        """Probability of a worse chi-square, were the model right: small means a bad fit.

        NaN where the noise is estimated from the same fit.
        """
        if self.noise_is_estimated:
            return math.nan
        from scipy.stats import chi2

        return float(chi2.sf(self.chi_square, self.degrees_of_freedom))

    @property
    def rate_equations(self) -> tuple[sp.Expr, ...]:
        """The right-hand sides as SymPy expressions."""
        return tuple(
            sp.Add(
                *(sp.Float(c) * term for c, term in zip(row, self.library, strict=True) if c)
            ).xreplace(dict(self.shape))
            for row in self.coefficients
        )

    @property
    def latex(self) -> str:
        """The equations as a LaTeX aligned block."""
        rows = [
            rf"\frac{{d {sp.latex(variable)}}}{{dt}} &= {sp.latex(rate.evalf(4))}"
            for variable, rate in zip(self.variables, self.rate_equations, strict=True)
        ]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    def __str__(self) -> str:
        lines = [
            f"d{name}/dt = {_sum_of_terms(row, errors, self.terms)}"
            for name, row, errors in zip(
                self.species, self.coefficients, self.standard_errors, strict=True
            )
        ]
        if self.shape:
            known = (f"{n} = {value:.5g} ± {e:.1g}" for n, (value, e) in self.found_inside.items())
            lines.append(", ".join(known))
        rivals = max(len(self.alternatives) - 1, 0)
        judged = f"chi-square {self.chi_square:.1f} (p = {self.p_value:.2g})"
        quality = "noise as the fit leaves it" if self.noise_is_estimated else judged
        last = (
            f"{quality} on {self.degrees_of_freedom} degrees of freedom; "
            f"{rivals} rival models within reach"
        )
        return "\n".join([*lines, last, *(f"note: {said}" for said in self.remarks)])

    def to_network(self) -> Network:
        """The learned equations as a network: reactions k1, k2, ... where terms are reactions.

        Its time is counted from the first one of the data, where it has `initial`.
        What is no reaction becomes a rate of change besides reactions; shape parameters and inputs
        become parameters. Species of reactions whose start was estimated below 0 start at 0.
        """
        parameters = {s.name: float(v) for s, v in {**self.shape, **self.inputs}.items()}
        reactions, rates = [], dict.fromkeys(self.species, sp.S.Zero)
        for j, c in enumerate(np.flatnonzero(self.selected), start=1):
            term, constant = self.columns[c], symbol(f"k{j}")
            parameters[constant.name] = float(self.values[c])
            if term.reaction:
                sides = term.reaction.reactants, term.reaction.products
                law = MassActionLaw(constant * term.prefactor(self.species))
                reactions.append(Reaction(*sides, law))
                continue
            for name, change in term.changes.items():
                rates[name] += exact_number(change) * constant * term.rate
        counted = names_in(reactions)
        start = {
            name: max(float(value), 0.0) if name in counted else float(value)
            for name, value in zip(self.species, self.initial, strict=True)
        }
        used = {s.name for r in reactions for s in r.law.expression.free_symbols}
        used |= {s.name for rate in rates.values() for s in rate.free_symbols}
        return Network(
            reactions,
            {name: value for name, value in parameters.items() if name in used},
            start,
            rates={name: rate for name, rate in rates.items() if rate != 0},
        )

    def predict(
        self,
        times: ArrayLike,
        initial: ArrayLike | None = None,
        inputs: Mapping[str, float] | None = None,
    ) -> "xr.Dataset":
        """The course of the learned equations.

        Parameters
        ----------
        times
            Shape (time,), increasing, >= 0, counted from the state `initial`.
        initial
            Shape (V,); where the first data set starts, unless given.
        inputs
            What is set; as in the first experiment, unless given.

        Returns
        -------
        A dataset with `average` (time, species).
        """
        import xarray as xr

        grid = checked_times(times)
        start = self.initial if initial is None else np.asarray(initial, dtype=float)
        known = {**self.inputs, **{symbol(name): x for name, x in (inputs or {}).items()}}
        rates = [rate.xreplace(known) for rate in self.rate_equations]
        course, _ = integrate(rates_field(rates, self.variables), start, grid, rtol=1e-9, atol=1e-9)
        return xr.Dataset(
            {"average": (["time", "species"], course)},
            coords={"time": grid, "species": list(self.species)},
            attrs={"equations": str(self)},
        )


def _sum_of_terms(row: np.ndarray, errors: np.ndarray, terms: Sequence[str]) -> str:
    parts = [
        f"({value:.5g} ± {error:.1g}) {term}"
        for value, error, term in zip(row, errors, terms, strict=True)
        if value
    ]
    return " + ".join(parts) or "0"
