"""What `LearnedRational` learned: ratios with standard errors, and the way to a network."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.network import Network
from ratelaw.network.expression import print_expression, symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.reduce.rational_form import RationalForm
from ratelaw.reduce.reduced_network import ReducedNetwork


@dataclass(frozen=True)
class RationalFit:
    r"""Fast species as ratios of polynomials in the slow ones, one denominator for all.

    .. math:: x_f = H_f(z) = \frac{\sum_l \alpha_{fl} m_l(z)}{\sum_l \beta_l m_l(z)}

    Attributes
    ----------
    full
        The network whose fast species were learned.
    form
        Which coefficients there are; the last monomial of the denominator has coefficient 1.
    coefficients, covariance
        Of the free coefficients `names`, shapes (C,) and (C, C). Concentrations.
    lags, lag_errors
        Name of a fast species to the time by which it lags behind its ratio, and the standard
        error: infinite where the ratio is constant, so that no lag can be seen.
    absent
        Slow species that the ratios do not need.
    transient
        The time before which the data were left out.
    noise, misfit
        Name to standard deviation, concentrations: of the data's noise, and of what the fit misses,
        after the transient.
    reduced
        The reduced network.
    times, course
        Shapes (T,) and (T, N): the fitted course of the first data set, species as in `full`.

    Examples
    --------
    >>> from ratelaw import LearnedRational, MassAction, simulate, zoo
    >>> gene = zoo.gene_autoregulation()
    >>> data = simulate(gene, MassAction(), np.arange(0, 1000, 2.5))
    >>> LearnedRational(["G", "GP", "GP2"]).fit(gene, data).absent
    ('M',)
    """

    full: Network
    form: RationalForm
    coefficients: np.ndarray
    covariance: np.ndarray
    lags: Mapping[str, float]
    lag_errors: Mapping[str, float]
    absent: tuple[str, ...]
    transient: float
    noise: Mapping[str, float]
    misfit: Mapping[str, float]
    reduced: ReducedNetwork
    times: np.ndarray
    course: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """Of the coefficients: alpha23 is the second fast species' third monomial."""
        return self.form.names

    @property
    def values(self) -> dict[str, float]:
        """Name to coefficient."""
        return dict(zip(self.names, self.coefficients.tolist(), strict=True))

    @property
    def standard_errors(self) -> dict[str, float]:
        """Name to standard error, of the noise; not of the quasi-steady state's own error."""
        errors = np.sqrt(np.diagonal(self.covariance))
        return dict(zip(self.names, errors.tolist(), strict=True))

    @property
    def expressions(self) -> dict[str, sp.Expr]:
        """Every fast species in the slow species and the coefficients' names."""
        return self.form.ratios

    def extra_terms(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """What the fast reactions would add to a slow species' rate if they did not cancel.

        In the slow equations written with the ratios (Yang 2020, Eq. 16), the reactions that change
        a fast species leave terms whose sum should vanish.

        Returns
        -------
        That sum, and the species' whole rate, along the fitted course: shapes (T,), concentration
        per unit time.
        """
        network, reduced = self.full, self.reduced.network
        fast = [network.species.index(f) for f in self.form.fast]
        row = network.stoichiometry[network.species.index(name)].tolist()
        extra = sp.Add(
            *(
                u * flux
                for u, flux, change in zip(
                    row, network.fluxes, network.stoichiometry[fast].T, strict=True
                )
                if change.any()
            )
        )
        ratios = {symbol(f): ratio for f, ratio in self.expressions.items()}
        rate = reduced.rate_equations[reduced.species.index(name)]
        known = reduced.values | network.values
        evaluate = to_numpy([extra.xreplace(ratios).subs(known), rate.subs(known)], network.symbols)
        along = evaluate(self.course.T)
        return along[0], along[1]

    @property
    def latex(self) -> str:
        """The ratios with their numbers, as an aligned block."""
        values = {symbol(name): sp.Float(value, 4) for name, value in self.values.items()}
        rows = [
            rf"{sp.latex(symbol(name))} &= {sp.latex(ratio.subs(values))}"
            for name, ratio in self.expressions.items()
        ]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    def __str__(self) -> str:
        lines = [f"{name} = {print_expression(ratio)}" for name, ratio in self.expressions.items()]
        lines += [
            f"{name} = {value:.5g} ± {self.standard_errors[name]:.1g}"
            for name, value in self.values.items()
        ]
        absent = f"; not needed: {', '.join(self.absent)}" if self.absent else ""
        return "\n".join([*lines, f"from time {self.transient:g} on{absent}"])
