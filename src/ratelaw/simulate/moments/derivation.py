"""Moment equations of the master equation, derived from the network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.network import Network
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate.moments.closures import Closure, Term
from ratelaw.simulate.results import moment_labels, moment_terms


@dataclass(frozen=True)
class MomentEquations:
    """d(moments)/dt as expressions in the moments and the network's parameters.

    `moments` are symbols in the order of the `moment` axis of a result; `rates` their derivatives;
    `exact` says that no closure was needed.
    """

    moments: tuple[sp.Symbol, ...]
    rates: tuple[sp.Expr, ...]
    exact: bool


def moment_symbols(species: Sequence[str], order: int = 2) -> tuple[sp.Symbol, ...]:
    """Symbols of averages and central moments, in the order of the `moment` axis.

    Examples
    --------
    >>> moment_symbols(["A", "B"])
    (<A>, <B>, Var(A), Cov(A,B), Var(B))
    """

    def name(label: str) -> str:
        match label.split(","):
            case [one]:
                return f"<{one}>"
            case [one, other]:
                return f"Var({one})" if one == other else f"Cov({label})"
            case _:
                return f"Mu({label})"

    return tuple(sp.Symbol(name(label), real=True) for label in moment_labels(species, order))


def derive_moment_equations(network: Network, closure: Closure, order: int = 2) -> MomentEquations:
    r"""Equations of the averages m and of the central moments mu up to an order.

    .. math::
        \dot m_i &= \sum_j U_{ij} E[\Phi_j], \qquad \delta = n - m, \\
        \dot \mu_\alpha &= \sum_j E[\Phi_j ((\delta + U_j)^\alpha - \delta^\alpha)]
                      - \sum_{i \in \alpha} \mu_{\alpha - i} \dot m_i.

    Parameters
    ----------
    network
        A network whose propensities are polynomials in the copy numbers.
    closure
        Where a propensity is not linear, supplies the central moments beyond the order.
    order
        Of the highest moments, at least 1.

    Returns
    -------
    The equations; exact if every propensity is linear in the copy numbers.

    Raises
    ------
    UnsupportedError
        If a propensity is not a polynomial; the reaction is named.

    Notes
    -----
    Yang 2020, Eq. (13), is the result for the SPCM; the general form is that of Gillespie 2009.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> from ratelaw.simulate.moments.closures import NormalClosure
    >>> derive_moment_equations(zoo.birth_death(), NormalClosure()).rates
    (-<A>*g + k, <A>*g - 2*Var(A)*g + k)
    """
    species = len(network.species)
    terms, moments = moment_terms(species, order), moment_symbols(network.species, order)
    known = dict(zip(terms[species:], moments[species:], strict=True))
    names = [sp.Dummy(name) for name in network.species]
    deviations = [sp.Poly(name, *names) for name in names]
    shift = {n: m + d for n, m, d in zip(network.symbols, moments[:species], names, strict=True)}
    held = _functions_of_time(network)
    degree = 0

    def central(term: Term) -> sp.Expr:
        if len(term) < 2:  # noqa: PLR2004
            return sp.Integer(1 - len(term))
        return known[term] if term in known else closure.central_moment(term, known)

    def expectation(polynomial: sp.Poly) -> sp.Expr:
        return sp.Add(
            *(
                coefficient * central(tuple(np.repeat(range(species), powers).tolist()))
                for powers, coefficient in polynomial.terms()
            )
        )

    rates = [sp.S.Zero] * len(terms)
    require_polynomials(network)
    for law, change in zip(network.propensities, network.stoichiometry.T.tolist(), strict=True):
        propensity = law.xreplace(held)
        degree = max(degree, sp.Poly(propensity, *network.symbols).total_degree())
        polynomial = sp.Poly(propensity.xreplace(shift), *names)
        for place, term in enumerate(terms):
            if any(change[i] for i in term):
                before = sp.prod(deviations[i] for i in term)
                after = sp.prod(deviations[i] + change[i] for i in term)
                rates[place] += expectation(polynomial * (after - before))
    for place, term in enumerate(terms[species:], start=species):
        for k, i in enumerate(term):
            rates[place] -= central(term[:k] + term[k + 1 :]) * rates[i]
    released = {name: function for function, name in held.items()}
    expanded = tuple(sp.expand(rate).xreplace(released) for rate in rates)
    return MomentEquations(moments, expanded, exact=degree <= 1)


def require_polynomials(network: Network) -> None:
    """Refuse propensities that are no polynomials in the copy numbers.

    Raises
    ------
    UnsupportedError
        Naming the first reaction that has one.
    """
    held = _functions_of_time(network)
    for reaction, law in zip(network.reactions, network.propensities, strict=True):
        if not law.xreplace(held).is_polynomial(*network.symbols):
            raise UnsupportedError(
                f"reaction '{reaction}': its propensity is not a polynomial in the copy numbers, "
                f"so its moments are not closed; use Direct or MasterEquation"
            )


def _functions_of_time(network: Network) -> dict[sp.Expr, sp.Symbol]:
    """Names for functions of time alone, which must not be expanded: exp(-t^2 + t) would become
    exp(-t^2) exp(t), and 0 times infinity.
    """
    functions = {part for law in network.propensities for part in law.atoms(sp.Function, sp.Pow)}
    return {
        part: sp.Dummy(real=True)
        for part in sorted(functions, key=sp.default_sort_key)
        if part.has(TIME) and not part.has(*network.symbols)
    }
