"""The chemical master equation by finite state projection."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.simulate.master_equation.state_space import StateSpace
from ratelaw.simulate.master_equation.uniformisation import Uniformised
from ratelaw.simulate.method import Solver
from ratelaw.simulate.results import dataset

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class MasterEquation(Solver):
    tolerance: float = 1e-6
    max_states: int = 1_000_000
    max_operations: float = 1e12

    def solve(self, network: Network, times: np.ndarray) -> "xr.Dataset":
        space = StateSpace(network, self.max_states)
        space.grow(np.array([0]), 8)
        process = Uniformised(space.jumps(), len(space.counts))
        p = np.zeros(len(space.counts))
        p[0] = 1.0
        T = times[-1]
        t = 0.0
        out = []
        layers = 8
        self_stats = dict(rolls=0, steps=0, matvec=0)
        for until in times:
            while t < until:
                h = min(until - t, 500 / process.rate if process.rate else np.inf)
                end = until if h == until - t else t + h
                q = process.propagate(p, h, 1e-3 * self.tolerance * h / T)
                self_stats["matvec"] += process.rate * h
                boundary = ~space.interior
                allowed = self.tolerance * end / T
                lost = 1 - q[~boundary].sum()
                if lost <= allowed:
                    q[boundary] = 0
                    p, t = q, end
                    self_stats["steps"] += 1
                    continue
                self_stats["rolls"] += 1
                leaking = np.flatnonzero(boundary & (q > 0.1 * self.tolerance * h / T / boundary.sum()))
                n = max(4, layers // 4)
                layers += n
                space.grow(leaking, n)
                process = Uniformised(space.jumps(), len(space.counts))
                p = np.concatenate([p, np.zeros(len(space.counts) - len(p))])
            out.append(p)
        print(self_stats, process.rate, space.interior.sum(), len(space.counts), space.ranges(), process.nonzeros)
        S = len(space.counts)
        P = np.array([np.pad(x, (0, S - len(x))) for x in out])
        return P, space.counts, 1 - P[-1].sum()
