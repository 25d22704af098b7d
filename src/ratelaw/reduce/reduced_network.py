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
from ratelaw.reduce.splitting import fast_laws
from ratelaw.simulate.results import require_one_set

if TYPE_CHECKING:
    import xarray as xr

SOLVED = 1e-7
"""Of the terms of a condition: what may be left of their sum."""
SMALLEST = 1e-9
"""Of the terms where the search begins: what counts as nothing."""


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
            For a name that neither has, for a total, which the initial state says, and for a
            constant on which ratios rest that were learned.
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
        self._require_as_learned(full)
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
            If no state of the reduced network belongs to it, or ratios were learned at another
            total.
        """
        full = self.full.replace(initial=initial)
        self._require_as_learned(full)
        molecules = dict(zip(full.symbols, full.initial_counts.tolist(), strict=True))
        state = {s: n / full.volume for s, n in molecules.items()}
        totals = {
            name: sum(n * state[symbol(s)] for s, n in self.combinations[name].items())
            for name in self.combinations
            if name in self.network.parameters
        }
        network = self.network.replace(parameters=totals)
        counts = {v: molecules.get(v, 0.0) for v in network.symbols}
        direct = {left: right for left, right in self.conditions if left in counts}
        counts |= {v: float(right.subs(molecules)) for v, right in direct.items()}
        known = network.values | {v: counts[v] / full.volume for v in direct}
        rest = [
            (left.subs(known), float(right.subs(state)))
            for left, right in self.conditions
            if left not in direct
        ]
        counts |= {v: x * full.volume for v, x in _solved(rest, state).items()}
        placed = {v.name: count for v, count in counts.items()}
        return replace(self, full=full, network=network.replace(initial=placed))

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
        known = {name: value for name, value in swept.items() if name in self.full.parameters}
        self._require_as_learned(self.full.replace(parameters=known))
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

    def _require_as_learned(self, full: Network) -> None:
        """Refuse totals and constants of the fast species other than those of the data."""
        if not self.standard_errors:
            return
        ratios = f"the ratios of {', '.join(self.fast)} were learned from data with"
        anew = "learn from data of the changed network"
        laws = fast_laws(full, self.fast)
        before, after = laws @ self.full.initial_counts, laws @ full.initial_counts
        for law, old, new in zip(laws, before, after, strict=True):
            if not np.isclose(old, new):
                parts = [name for name, n in zip(full.species, law, strict=True) if n]
                raise ModelError(
                    f"{ratios} {old:g} molecules of {', '.join(parts)} in all, not {new:g}: {anew}"
                )
        fast = [r.law.expression for r in full.reactions if {*self.fast} & {*r.net_changes}]
        used = {s.name for law in fast for s in law.free_symbols}
        for name, new in full.parameters.items():
            old = self.full.parameters[name]
            if name in used and new != old:
                raise ModelError(f"{ratios} {name} = {old:g}, not {new:g}: {anew}")

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
    pairs: Sequence[tuple[sp.Expr, float]], state: Mapping[sp.Symbol, float]
) -> dict[sp.Symbol, float]:
    """The concentrations >= 0 with which the first of each pair is the second."""
    from scipy.optimize import least_squares

    unknowns = sorted(set().union(*(left.free_symbols for left, _ in pairs)), key=str)
    if not unknowns:
        return {}
    size = max(abs(value) for value in state.values()) or 1.0
    start = np.array([max(state.get(v, 0.0), 1e-6 * size) for v in unknowns])
    residuals = [left - right for left, right in pairs]
    missed = to_numpy(residuals, unknowns)
    parts = to_numpy([sp.Add(*map(sp.Abs, sp.Add.make_args(r))) for r in residuals], unknowns)
    scale = parts(start)
    scale = np.where(scale > 0, scale, 1.0)
    found = least_squares(
        lambda share: missed(share * start) / scale,
        np.ones(len(unknowns)),
        bounds=(0, np.inf),
        xtol=1e-15,
        ftol=1e-15,
        gtol=None,
    )
    solved = found.x * start
    terms = np.maximum(parts(solved), SMALLEST * scale)
    if (np.abs(missed(solved)) > SOLVED * terms).any():
        raise ModelError(
            "no state of the reduced network belongs to the initial state "
            + ", ".join(f"{v.name} = {value:.3g}" for v, value in state.items())
        )
    return dict(zip(unknowns, solved.tolist(), strict=True))
