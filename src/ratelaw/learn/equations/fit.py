"""What ODENet learned: equations with their uncertainty, and their rivals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ratelaw.network.expression import print_expression
from ratelaw.simulate.integrate import integrate
from ratelaw.simulate.vector_field import rates_field

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Fit:
    r"""A learned system of ODEs; nothing in it changes after the fit.

    .. math:: \dot y_e = \sum_l \theta_{el} \Gamma_l(y)

    Attributes
    ----------
    variables, library
        Symbols of the V variables, and the L terms as expressions in them.
    coefficients
        theta, shape (V, L); 0 where a term was removed.
    covariance
        Of the flattened coefficients, shape (V * L, V * L), given the selected terms.
    active
        Shape (V, L): which terms survived.
    chi_square, degrees_of_freedom, bic
        Quality of the fit against the noise of the data.
    initial
        Shape (V,): where the first data set starts.
    alternatives
        The models that the data cannot tell apart, best first, this one included.

    Examples
    --------
    >>> from ratelaw import Direct, ODENet, PolynomialLibrary, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit = ODENet(PolynomialLibrary(degree=1, constant=True)).fit(cells)
    >>> fit.terms
    ('1', 'A')
    """

    variables: tuple[sp.Symbol, ...]
    library: tuple[sp.Expr, ...]
    coefficients: np.ndarray
    covariance: np.ndarray
    active: np.ndarray
    chi_square: float
    degrees_of_freedom: int
    bic: float
    initial: np.ndarray
    alternatives: tuple["Fit", ...] = ()

    @property
    def species(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(variable.name for variable in self.variables)

    @property
    def terms(self) -> tuple[str, ...]:
        """The library as text."""
        return tuple(print_expression(term).replace("**", "^") for term in self.library)

    @property
    def standard_errors(self) -> np.ndarray:
        """Of the coefficients, shape (V, L); NaN where a term was removed."""
        errors = np.sqrt(np.diagonal(self.covariance)).reshape(self.active.shape)
        return np.where(self.active, errors, np.nan)

    @property
    def p_value(self) -> float:
        """Probability of a worse chi-square, were the model right: small means a bad fit."""
        from scipy.stats import chi2

        return float(chi2.sf(self.chi_square, self.degrees_of_freedom))

    @property
    def rate_equations(self) -> tuple[sp.Expr, ...]:
        """The right-hand sides as SymPy expressions."""
        return tuple(
            sp.Add(*(sp.Float(c) * term for c, term in zip(row, self.library, strict=True) if c))
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
        rivals = max(len(self.alternatives) - 1, 0)
        quality = (
            f"chi-square {self.chi_square:.1f} on {self.degrees_of_freedom} degrees of freedom "
            f"(p = {self.p_value:.2g}); {rivals} rival models within reach"
        )
        return "\n".join([*lines, quality])

    def predict(self, times: ArrayLike, initial: ArrayLike | None = None) -> "xr.Dataset":
        """The course of the learned equations.

        Parameters
        ----------
        times
            Shape (time,), increasing, >= 0; the state at 0 is `initial`.
        initial
            Shape (V,); where the first data set starts, unless given.

        Returns
        -------
        A dataset with `average` (time, species).
        """
        import xarray as xr

        grid = np.asarray(times, dtype=float)
        start = self.initial if initial is None else np.asarray(initial, dtype=float)
        field = rates_field(self.rate_equations, self.variables)
        course, _ = integrate(field, start, grid, rtol=1e-9, atol=1e-9)
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
