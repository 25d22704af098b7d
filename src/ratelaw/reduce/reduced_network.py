"""What a reduction returns: a smaller network, and the way back to every species."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ratelaw.errors import DataError, ModelError
from ratelaw.network import Network
from ratelaw.network.expression import print_expression, symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.simulate.results import require_one_set

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class ReducedNetwork:
    r"""A network of the slow variables, and the fast species as functions of them.

    .. math:: \dot y = f(y), \qquad x = X(y)

    Attributes
    ----------
    full
        The network that was reduced.
    network
        The reduced one: simulate it as any other. Its parameters are those of the full network that
        it still needs and the conserved totals.
    expressions
        Every species of `full`, as its concentration in terms of the concentrations and parameters
        of `network`: X(y).
    fast
        The species of `full` that follow the slow ones.
    combinations
        What a name that `full` does not have stands for, as molecules of the species of `full`:
        conserved totals (parameters of `network`) and slow totals (its species).
    conditions
        Pairs (a(y), b(x)) of expressions that are equal at the start: they place the reduced
        network's initial state. A species of `network` that is in no pair keeps its own value.
    standard_errors
        Of the parameters that were learned; empty where everything was derived.

    Examples
    --------
    >>> from ratelaw import QuasiSteadyState, reduce, zoo
    >>> print(reduce(zoo.michaelis_menten(), QuasiSteadyState("C")).network.reactions[0])
    S => P
    """

    full: Network
    network: Network
    expressions: Mapping[str, sp.Expr]
    fast: tuple[str, ...]
    combinations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    conditions: tuple[tuple[sp.Expr, sp.Expr], ...] = ()
    standard_errors: Mapping[str, float] = field(default_factory=dict)

    def with_parameters(self, parameters: Mapping[str, float]) -> "ReducedNetwork":
        """The same reduction with other values of some parameters, from the same initial state.

        Parameters
        ----------
        parameters
            Of `full`, which has the new values too, or that only `network` has, as those that were
            learned.

        Raises
        ------
        ModelError
            For a name that neither has, and for a total, which the initial state says.
        """
        for name in parameters:
            if name in self.combinations:
                parts = self.combinations[name]
                raise ModelError(
                    f"{name} is the total of {', '.join(parts)}, which the initial state says: "
                    f"change it by starting({{{next(iter(parts))!r}: ...}})"
                )
        known, needed = self.full.parameters, self.network.parameters
        shared = {name: value for name, value in parameters.items() if name in known}
        own = {n: value for n, value in parameters.items() if n in needed or n not in known}
        full = self.full.replace(parameters=shared)
        changed = replace(self, full=full, network=self.network.replace(parameters=own))
        return changed.starting(full.initial)

    def starting(self, initial: Mapping[str, float]) -> "ReducedNetwork":
        """The same reduction from another initial state of the full network.

        Parameters
        ----------
        initial
            Copy numbers of the full network's species; one left out keeps its value.

        Returns
        -------
        A reduction whose conserved totals and slow variables belong to that state.

        Raises
        ------
        ModelError
            If no state of the reduced network belongs to it.
        """
        full = self.full.replace(initial=initial)
        state = dict(zip(full.symbols, (full.initial_counts / full.volume).tolist(), strict=True))
        totals = {
            name: sum(n * state[symbol(s)] for s, n in self.combinations[name].items())
            for name in self.combinations
            if name in self.network.parameters
        }
        network = self.network.replace(parameters=totals)
        pairs = [
            (left.subs(network.values), float(right.subs(state))) for left, right in self.conditions
        ]
        placed = _solved(network.symbols, pairs, state)
        counts = dict(zip(network.species, (np.array(placed) * full.volume).tolist(), strict=True))
        return replace(self, full=full, network=network.replace(initial=counts))

    def lift(self, results: "xr.Dataset") -> "xr.Dataset":
        """Every species of the full network, from a course of the reduced one.

        Parameters
        ----------
        results
            What `simulate` returned for `network`, with `average` (time, species); of one chosen
            from a sweep, with the parameters that were swept. Where it is the mean of an ensemble,
            the fast species are the functions of the means.

        Returns
        -------
        A dataset with `average` (time, species) in molecules, species as in the full network.

        Raises
        ------
        DataError
            If the results are not those of the reduced network, or of several parameter sets.
        """
        import xarray as xr

        missing = set(self.network.species) - set(results.get("species", xr.DataArray([])).values)
        if "average" not in results or missing:
            raise DataError(
                f"these results have no averages of {', '.join(sorted(missing)) or 'anything'}: "
                f"simulate the reduced network first"
            )
        require_one_set(results)
        chosen = {name for name, coordinate in results.coords.items() if not coordinate.dims}
        swept = {name: float(results[name]) for name in self.network.parameters if name in chosen}
        network = self.network.replace(parameters=swept)
        values = [self.expressions[name].subs(network.values) for name in self.full.species]
        course = results["average"].sel(species=list(network.species)).transpose("species", "time")
        concentrations = course.values / network.volume
        lifted = to_numpy(values, network.symbols)(concentrations).T * network.volume
        return xr.Dataset(
            {"average": (["time", "species"], lifted)},
            coords={"time": results["time"].values, "species": list(self.full.species)},
            attrs=results.attrs | {"reduced_from": str(self.full)},
        )

    def __str__(self) -> str:
        named = [
            f"# {name} = {' + '.join(f'{n} {s}' if n != 1 else s for s, n in parts.items())}"
            for name, parts in self.combinations.items()
        ]
        replaced = [
            f"# {name} = {print_expression(value)}" for name, value in self.replaced.items()
        ]
        return "\n".join([*named, *replaced, str(self.network)])

    @property
    def latex(self) -> str:
        """Totals, fast species, and the equations of the slow variables, as an aligned block."""
        rows = [
            rf"{sp.latex(symbol(name))} &= "
            + sp.latex(sp.Add(*(n * symbol(s) for s, n in parts.items())))
            for name, parts in self.combinations.items()
        ]
        rows += [
            rf"{sp.latex(symbol(name))} &= {sp.latex(value)}"
            for name, value in self.replaced.items()
        ]
        rows += [
            rf"\frac{{d {sp.latex(s)}}}{{dt}} &= {sp.latex(rate)}"
            for s, rate in zip(self.network.symbols, self.network.rate_equations, strict=True)
        ]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    @property
    def replaced(self) -> dict[str, sp.Expr]:
        """Every species of the full network that is a function of the variables, with it."""
        return {name: value for name, value in self.expressions.items() if value != symbol(name)}


def _solved(
    variables: Sequence[sp.Symbol],
    pairs: Sequence[tuple[sp.Expr, float]],
    state: Mapping[sp.Symbol, float],
) -> list[float]:
    """Values of the variables: what the pairs demand, and those in no pair as they are."""
    from scipy.optimize import least_squares

    values = {v: state.get(v, 0.0) for v in variables}
    values |= {left: right for left, right in pairs if left in values}
    rest = [(left, right) for left, right in pairs if left not in values]
    given = {left for left, _ in pairs} & set(values)
    residuals = [(left - right).subs({v: values[v] for v in given}) for left, right in rest]
    unknowns = sorted(set().union(*(term.free_symbols for term in residuals)), key=str)
    if unknowns:
        size = max(abs(value) for value in state.values()) or 1.0
        distance = to_numpy(residuals, unknowns)
        start = np.array([max(values[v], 1e-6 * size) for v in unknowns])
        found = least_squares(
            distance, start, bounds=(0, np.inf), x_scale=start, xtol=1e-15, ftol=1e-15, gtol=None
        )
        if found.cost > (1e-8 * size) ** 2:
            raise ModelError(
                "no state of the reduced network belongs to the initial state "
                + ", ".join(f"{v.name} = {value:.3g}" for v, value in state.items())
            )
        values |= dict(zip(unknowns, found.x.tolist(), strict=True))
    return [values[v] for v in variables]
