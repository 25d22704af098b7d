"""Ordinary differential equations between events: integrate, find the next one, go on after it."""

import warnings
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import sympy as sp

from ratelaw.errors import SolverError, UnsupportedError
from ratelaw.network import Network
from ratelaw.network.expression import print_condition
from ratelaw.network.time_dependence import TIME, switch_times
from ratelaw.simulate.agenda import Agenda
from ratelaw.simulate.integrate import refuse_runaway
from ratelaw.simulate.vector_field import network_field

LOOKS = 12
"""Points of a step at which conditions are looked at."""
CLOSER_LOOKS = 256
"""Points of the part in which one changes, and of ever smaller parts of it."""
CLOSEST = 8
"""Units in the last place of a time that integrators cannot start to integrate over."""

Course = Callable[[np.ndarray], np.ndarray]
"""States at times of one step."""


class SwitchingFlow:
    """dn/dt = rates(n, t), with events, from one call of `advance` to the next."""

    def __init__(self, network: Network, rtol: float, atol: np.ndarray, longest: float) -> None:
        self._field = network_field(network)
        self._options = {"rtol": rtol, "atol": atol, "max_step": longest}
        self.agenda = Agenda(network)
        self.evaluations = 0
        values = network.values
        triggers = [event.trigger.subs(values) for event in network.events]
        laws = [reaction.law.expression for reaction in network.reactions]
        found = {rel for law in [*laws, *network.rates.values()] for rel in law.atoms(sp.Rel)}
        fixed = [rel.subs(values) for rel in found]
        self.stops = sorted({*network.jumps, *switch_times([*fixed, *triggers])})

    def advance(
        self, time: float, state: np.ndarray, end: float, times: np.ndarray, course: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """Go on until a trigger changes, or to the end; fill the rows at times on the way."""
        from ratelaw.simulate.stiff import stiff_method

        field = self._field.from_time(time)
        method, jacobian = stiff_method(field)
        slopes = {"jac": jacobian} if field.equations.has_slopes else {}

        def derivative(t: float, y: np.ndarray) -> np.ndarray:
            self.evaluations += 1
            slope = field(t, y)
            refuse_runaway(t, self.evaluations, field.equations.names, y, slope)
            return slope

        solver = method(derivative, time, state, end, **self._options, **slopes)
        while solver.status == "running":
            message = solver.step()
            if solver.status == "failed":
                raise SolverError(f"integration ended at time {solver.t:g}: {message}")
            within = solver.dense_output()
            reached, changed = self._next_change(solver.t_old, solver.t, within)
            rows = np.flatnonzero((times > solver.t_old) & (times <= reached))
            course[rows] = within(times[rows]).T
            if changed:
                return reached, within(reached)
        return end, solver.y

    def _next_change(self, start: float, end: float, within: Course) -> tuple[float, bool]:
        """The first time at which a trigger differs from what it was, else the end."""
        looks = np.linspace(start, end, LOOKS + 1)
        differing = np.flatnonzero(self.agenda.changes(looks[1:], within(looks[1:])))
        if not differing.size:
            return end, False
        before, after = looks[differing[0]], looks[differing[0] + 1]
        while np.nextafter(before, after) < after:
            looks = np.linspace(before, after, CLOSER_LOOKS + 1)
            # The last is known to differ: looked at again, and rounded otherwise, it may not.
            differing = np.flatnonzero(self.agenda.changes(looks[1:-1], within(looks[1:-1])))
            first = differing[0] if differing.size else CLOSER_LOOKS - 1
            before, after = looks[first], looks[first + 1]
        return after, True


def integrate_events(
    network: Network, times: np.ndarray, *, rtol: float, atol: np.ndarray
) -> tuple[np.ndarray, int]:
    """Solve the rate equations of a network, in concentrations, with its events.

    A state at the time of an event is that after it. An event whose trigger is true for less than a
    twelfth of a step may be missed; no step is longer than the largest gap between `times`.

    Parameters
    ----------
    network
        Any network; one with events has volume 1.
    times
        Shape (time,), increasing, >= 0.
    rtol, atol
        Tolerances; `atol` of each species, as units may differ.

    Returns
    -------
    The solution, shape (time, species), and the number of evaluations of the right-hand side.

    Raises
    ------
    SolverError
        If the solution cannot be continued to the last time, or events call each other without end.
    """
    longest = max((b - a for a, b in pairwise([0.0, *times])), default=np.inf)
    start = network.initial_counts / network.volume
    flow = SwitchingFlow(network, rtol, atol, longest or np.inf)
    course = np.empty((times.size, len(network.species)))
    time, end = 0.0, float(times[-1])
    state = flow.agenda.settle(time, start)
    course[times == 0.0] = state
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # what LSODA says of a failure is raised above
        while time < end:
            following = [stop for stop in flow.stops if stop > time]
            goal = min(end, flow.agenda.due, *following[:1])
            if goal - time > CLOSEST * np.spacing(goal):
                time, state = flow.advance(time, state, goal, times, course)
            else:
                course[(times > time) & (times <= goal)] = state
                time = goal
            state = flow.agenda.settle(time, state)
            course[times == time] = state
    return course, flow.evaluations


def require_durations(network: Network) -> None:
    """Refuse an equality that holds at single times only: nobody would see it, but one of time.

    Raises
    ------
    UnsupportedError
        Naming the event.
    """
    places = {s: i for i, s in enumerate(network.symbols)}
    for event in network.events:
        for equality in event.trigger.subs(network.values).atoms(sp.Eq):
            difference = equality.lhs - equality.rhs
            steps = {part: sp.Dummy() for part in difference.atoms(sp.floor, sp.ceiling)}
            smooth = difference.xreplace(steps)
            varying = [places[s] for s in places if smooth.diff(s) != 0]
            rates = [network.rate_equations[i].subs(network.values) for i in varying]
            timed = smooth.diff(TIME) != 0 and not switch_times([equality])
            if timed or any(rate != 0 for rate in rates):
                raise UnsupportedError(
                    f"event '{event}': {print_condition(equality)} holds at single times, which "
                    f"are not looked for: write >= or <="
                )
