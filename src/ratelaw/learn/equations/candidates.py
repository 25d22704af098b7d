"""From learned equations to the reactions that could make them."""

from collections.abc import Mapping

import numpy as np
import sympy as sp

from ratelaw.arguments import expect
from ratelaw.errors import DataError
from ratelaw.learn.equations.fit import Fit
from ratelaw.network import Network, Reaction
from ratelaw.network.all_reactions import complexes
from ratelaw.network.expression import symbol
from ratelaw.network.ratelaws import MassActionLaw, orderings

Molecules = Mapping[str, int]


def candidates(fit: Fit, *, products: int = 2) -> Network:
    r"""All mass-action reactions compatible with the learned terms.

    A reaction consuming rho adds :math:`k_j U_{ij} \prod_l c_l^{\rho_l}/\rho_l!` to equation i. It
    is compatible if its reactants are a learned term and if some choice of rates k >= 0 with
    k_j > 0 leaves every term that was not learned at zero: two reactions may cancel, one alone may
    not.

    Parameters
    ----------
    fit
        Learned equations whose active terms are monomials.
    products
        Most molecules that a reaction may produce.

    Returns
    -------
    A network with constants k1, k2, ...; their values are the non-negative rates nearest to the
    learned coefficients (not unique where the averages cannot tell reactions apart).

    Raises
    ------
    DataError
        If an active term is not a monomial, or no reaction is compatible.

    Notes
    -----
    Yang 2020, Section III.A.3.

    Examples
    --------
    >>> from ratelaw import ODENet, PolynomialLibrary, Direct, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit = ODENet(PolynomialLibrary(degree=2, constant=True)).fit(cells)
    >>> [str(reaction) for reaction in candidates(fit, products=1).reactions]
    ['0 --> A', 'A --> 0']
    """
    from scipy.optimize import nnls

    expect("fit", fit, Fit, "what ODENet(library).fit(data) returns")
    kept: list[tuple[Molecules, Molecules]] = []
    rates: list[float] = []
    for term in np.flatnonzero(fit.active.any(axis=0)):
        number, monomial = fit.library[term].as_coeff_Mul()
        reactants = _orders(monomial, fit.species)
        sides = [made for made in complexes(fit.species, products) if made != reactants]
        effect = _effects(reactants, sides, fit.species)
        compatible = _compatible(effect, absent=~fit.active[:, term])
        if not compatible.any():
            continue
        effect = effect[:, compatible]
        weight = 1 / np.nan_to_num(fit.standard_errors[:, term] * float(number), nan=np.inf)
        present = fit.active[:, term]
        coefficients = fit.coefficients[present, term] * float(number)
        scaled = effect[present] * weight[present, None]
        solution, _ = nnls(scaled, coefficients * weight[present])
        kept += [(reactants, sides[c]) for c in np.flatnonzero(compatible)]
        rates += list(solution)
    if not kept:
        raise DataError("no reaction is compatible with the learned equations: allow more products")
    names = [f"k{j}" for j in range(1, len(kept) + 1)]
    reactions = [
        Reaction(consumed, made, MassActionLaw(symbol(name)))
        for (consumed, made), name in zip(kept, names, strict=True)
    ]
    start = dict(zip(fit.species, np.maximum(fit.initial, 0.0), strict=True))
    return Network(reactions, dict(zip(names, rates, strict=True)), start)


def _orders(term: sp.Expr, species: tuple[str, ...]) -> dict[str, int]:
    powers = term.as_powers_dict()
    orders = {name: powers.get(symbol(name), 0) for name in species}
    rebuilt = sp.Mul(*(symbol(name) ** order for name, order in orders.items()))
    if rebuilt != term or any(order != int(order) for order in orders.values()):
        raise DataError(f"the term {term} is not a monomial: no mass-action reaction makes it")
    return {name: int(order) for name, order in orders.items() if order}


def _effects(
    reactants: Molecules, sides: list[dict[str, int]], species: tuple[str, ...]
) -> np.ndarray:
    """What a unit rate of each reaction adds to the term's coefficients, shape (species, sides)."""
    changes = [[made.get(name, 0) - reactants.get(name, 0) for made in sides] for name in species]
    return np.array(changes, dtype=float) / orderings(reactants)


def _compatible(effect: np.ndarray, absent: np.ndarray) -> np.ndarray:
    """Which reactions can run at all while every absent coefficient stays zero."""
    from scipy.optimize import linprog

    count = effect.shape[1]
    if not absent.any():
        return np.ones(count, dtype=bool)
    largest = [
        linprog(-np.eye(count)[c], A_eq=effect[absent], b_eq=np.zeros(absent.sum()), bounds=(0, 1))
        for c in range(count)
    ]
    return np.array([-result.fun > 1e-9 for result in largest])  # noqa: PLR2004
