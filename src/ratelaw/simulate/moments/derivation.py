"""Moment equations of the master equation, derived from the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
import sympy as sp

from ratelaw.errors import UnsupportedError
from ratelaw.network import Network
from ratelaw.network.time_dependence import TIME
from ratelaw.simulate.moments.closures import Closure
from ratelaw.simulate.results import unstack_moments


@dataclass(frozen=True)
class MomentEquations:
    """d(moments)/dt as expressions in the moments and the network's parameters.

    `moments` are symbols in the order of the `moment` axis of a result; `rates` their derivatives;
    `exact` says that no closure was needed.
    """

    moments: tuple[sp.Symbol, ...]
    rates: tuple[sp.Expr, ...]
    exact: bool


def moment_symbols(species: Sequence[str]) -> tuple[sp.Symbol, ...]:
    """Symbols of averages and covariances, in the order of the `moment` axis.

    Examples
    --------
    >>> moment_symbols(["A", "B"])
    (<A>, <B>, Var(A), Cov(A,B), Var(B))
    """
    pairs = [
        f"Var({species[i]})" if i == j else f"Cov({species[i]},{species[j]})"
        for i, j in combinations_with_replacement(range(len(species)), 2)
    ]
    names = [*(f"<{name}>" for name in species), *pairs]
    return tuple(sp.Symbol(name, real=True) for name in names)


def derive_moment_equations(network: Network, closure: Closure) -> MomentEquations:
    r"""Equations of the averages m and covariances C.

    .. math::
        \dot m_i &= \sum_j U_{ij} E[\Phi_j], \\
        \dot C_{ik} &= \sum_j U_{ij} E[\delta_k \Phi_j] + U_{kj} E[\delta_i \Phi_j]
                      + U_{ij} U_{kj} E[\Phi_j], \qquad \delta = n - m.

    Parameters
    ----------
    network
        A network whose propensities are polynomials in the copy numbers.
    closure
        Where a propensity is not linear, supplies the central moments beyond the second.

    Returns
    -------
    The equations; exact if every propensity is linear in the copy numbers.

    Raises
    ------
    UnsupportedError
        If a propensity is not a polynomial; the reaction is named.

    Notes
    -----
    Yang 2020, Eq. (13), is the result for the SPCM.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> from ratelaw.simulate.moments.closures import NormalClosure
    >>> derive_moment_equations(zoo.birth_death(), NormalClosure()).rates
    (-<A>*g + k, <A>*g - 2*Var(A)*g + k)
    """
    species = len(network.species)
    moments = moment_symbols(network.species)
    average, covariance = unstack_moments(np.array(moments, dtype=object), species)
    deviations = [sp.Dummy(name) for name in network.species]
    shift = dict(zip(network.symbols, average + np.array(deviations), strict=True))
    degree = 0
    held = _functions_of_time(network)

    def expectation(polynomial: sp.Poly) -> sp.Expr:
        total = sp.S.Zero
        for powers, coefficient in polynomial.terms():
            indices = [i for i, power in enumerate(powers) for _ in range(power)]
            match indices:
                case []:
                    total += coefficient
                case [_]:
                    pass
                case [i, k]:
                    total += coefficient * covariance[i, k]
                case _:
                    total += coefficient * closure.central_moment(indices, covariance)
        return total

    drift = np.zeros(species, dtype=object)
    spread = np.zeros((species, species), dtype=object)
    require_polynomials(network)
    for j, law in enumerate(network.propensities):
        propensity = law.xreplace(held)
        degree = max(degree, sp.Poly(propensity, *network.symbols).total_degree())
        polynomial = sp.Poly(propensity.xreplace(shift), *deviations)
        average_law = expectation(polynomial)
        change = network.stoichiometry[:, j]
        with_deviation = np.array(
            [expectation(polynomial * sp.Poly(d, *deviations)) for d in deviations]
        )
        drift += change * average_law
        spread += np.outer(change, with_deviation) + np.outer(with_deviation, change)
        spread += np.outer(change, change) * average_law
    rates = [*drift, *spread[np.triu_indices(species)]]
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
