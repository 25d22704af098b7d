"""Which solution of the fast equations is physical: non-negative, attracting, the only one."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import sympy as sp

from ratelaw.errors import ModelError, RatelawError
from ratelaw.network.expression import symbol
from ratelaw.network.lowering import to_numpy
from ratelaw.reduce.elimination import Branch
from ratelaw.reduce.splitting import Splitting
from ratelaw.simulate import MassAction, simulate

DECADES = np.logspace(-1, 5, 13)
"""Times at which the network's own course is looked at, in units of its fastest initial rate."""
FLOOR = 1e-6
"""Absent species are looked at as if they had this fraction of the largest concentration."""
ROUNDING = 1e-9
"""Fraction of the largest concentration that counts as 0."""
STARTS = 12
"""Starting points of the search for numeric solutions."""


class PhysicalBranch:
    """Judges solutions at states along the network's own mass-action course."""

    def __init__(self, splitting: Splitting) -> None:
        self.splitting = splitting
        network = splitting.network
        self._values = network.values
        fluxes = sp.Matrix([flux.subs(self._values) for flux in network.fluxes])
        self._slopes = to_numpy(list(fluxes.jacobian(list(network.symbols))), network.symbols)

    @cached_property
    def states(self) -> np.ndarray:
        """Concentrations along the course, shape (T, N), each of them positive."""
        network = self.splitting.network
        start = network.initial_counts / network.volume
        floor = FLOOR * (start.max() or 1.0)
        jacobian = self._jacobian(np.maximum(start, floor), network.stoichiometry)
        speed = np.abs(np.linalg.eigvals(jacobian)).max()
        for last in range(len(DECADES), 0, -1):
            try:
                course = simulate(network, MassAction(), DECADES[:last] / max(speed, 1e-300))
            except RatelawError:
                continue
            return np.maximum(course["average"].values / network.volume, floor)
        return np.maximum(start, floor)[None]

    @property
    def typical(self) -> dict[sp.Symbol, float]:
        """Everything that may be known, with its value at a state amid the course."""
        return self._known(self.states[len(self.states) // 2])

    def choose(self, branches: Sequence[Branch]) -> Branch:
        """The one branch that is physical all along the course.

        Raises
        ------
        ModelError
            If there is none, or more than one.
        """
        chosen = None
        compiled = [(branch, self._evaluation(branch)) for branch in branches]
        for state in self.states:
            found = [b for b, evaluate in compiled for _ in self._solutions(b, evaluate, state)]
            if len(found) != 1:
                raise ModelError(self._complaint(len(found), state))
            if chosen not in (None, found[0]):
                raise ModelError(self._complaint(2, state))
            chosen = found[0]
        return chosen or branches[0]

    def _complaint(self, found: int, state: np.ndarray) -> str:
        network, hidden = self.splitting.network, []
        for name, x in zip(network.species, state, strict=True):
            if name in self.splitting.pivots:
                hidden.append(f"{name} = {x:.3g}")
        fast = ", ".join(name for name in network.species if name not in self.splitting.pivots)
        return (
            f"{fast}: {found or 'no'} non-negative and stable steady state{'s' * (found != 1)} at "
            f"{', '.join(hidden)}, where one is needed; these species are not fast together, or "
            f"another one is as fast"
        )

    def _evaluation(self, branch: Branch) -> Callable[..., np.ndarray]:
        """Every species on a branch, of what is known and of what has no closed form."""
        known = [s for s in self.typical if s not in branch.remaining]
        species = [branch.expressions.get(s, s) for s in self.splitting.network.symbols]
        return to_numpy(species, known, branch.remaining)

    def _solutions(
        self, branch: Branch, evaluate: Callable[..., np.ndarray], state: np.ndarray
    ) -> list[np.ndarray]:
        """Full states on the branch that are non-negative and attracting, for what is known."""
        known = {s: x for s, x in self._known(state).items() if s not in branch.remaining}
        values = np.array(list(known.values()))
        with np.errstate(all="ignore"):
            roots = self._roots(branch, known, state)
            candidates = [evaluate(values, np.array(root)) for root in roots]
        return [x for x in candidates if self._is_physical(x)]

    def _roots(
        self, branch: Branch, known: dict[sp.Symbol, float], state: np.ndarray
    ) -> list[np.ndarray]:
        """Values of what has no closed form: all of a polynomial, else what a search finds."""
        from scipy.optimize import root

        if not branch.remaining:
            return [np.empty(0)]
        conditions = [condition.subs(known) for condition in branch.conditions]
        if len(conditions) == 1 and conditions[0].is_polynomial(*branch.remaining):
            zeros = np.roots(
                [float(c) for c in sp.Poly(*conditions, *branch.remaining).all_coeffs()]
            )
            return [np.array([z.real]) for z in zeros if abs(z.imag) <= ROUNDING * abs(z)]
        function = to_numpy(conditions, branch.remaining)
        roots: list[np.ndarray] = []
        for scale in np.geomspace(state.max() * FLOOR, state.max(), STARTS):
            start = np.full(len(branch.remaining), scale)
            with np.errstate(all="ignore"):
                found = root(function, start, tol=1e-12)
                small = np.linalg.norm(found.fun) <= ROUNDING * np.linalg.norm(function(start))
            if small and not any(np.allclose(found.x, r, rtol=1e-6) for r in roots):
                roots.append(found.x)
        return roots

    def _is_physical(self, state: np.ndarray) -> bool:
        if not (np.isfinite(state).all() and (state >= -ROUNDING * np.abs(state).max()).all()):
            return False
        return bool((np.linalg.eigvals(self._jacobian(state, self.splitting.moves)).real < 0).all())

    def _jacobian(self, state: np.ndarray, moves: np.ndarray) -> np.ndarray:
        """Of dx/dt = moves phi(x), among the directions in which it moves."""
        from scipy.linalg import orth

        directions = orth(moves)
        slopes = self._slopes(state).reshape(moves.shape[::-1])
        return directions.T @ moves @ slopes @ directions

    def _known(self, state: np.ndarray) -> dict[sp.Symbol, float]:
        rows = {**self.splitting.totals, **self.splitting.variables}
        own = dict(zip(self.splitting.network.symbols, state.tolist(), strict=True))
        return self._values | own | {symbol(name): float(row @ state) for name, row in rows.items()}
