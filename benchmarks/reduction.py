"""How wrong is a reduced network, and how much cheaper is it? Every reducible network of the zoo.

Errors are those of the certificate from the network's own initial state: after the initial layer,
the largest over time, relative to the species' range. Evaluations of the right-hand side are
counted at rtol 1e-8 and an atol of 1e-10 of the largest concentration: with LSODA, which turns
implicit where a network is stiff, and with the explicit DOP853, which is stopped at 300 000.

    .venv/bin/python benchmarks/reduction.py
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import sympy as sp
import typer
from scipy.integrate import DOP853

import ratelaw as rl
from ratelaw.network.lowering import to_numpy
from ratelaw.reduce import Certificate
from ratelaw.reduce.horizon import settling_times
from ratelaw.reduce.method import Derivation

RTOL, ATOL = 1e-8, 1e-10
MOST = 300_000
GENE = ("G", "GP", "GP2")
HILL = ("2 X <--> D", "2 D <--> T", "T + G <--> B")
METHODS: dict[str, tuple[Derivation, ...]] = {
    "michaelis_menten": (
        rl.QuasiSteadyState("C"),
        rl.TotalQuasiSteadyState("C"),
        rl.PartialEquilibrium("S + E <--> C"),
    ),
    "reversible_enzyme": (rl.QuasiSteadyState("C"), rl.TotalQuasiSteadyState("C")),
    "competitive_inhibition": (
        rl.QuasiSteadyState(("C", "D")),
        rl.TotalQuasiSteadyState(("C", "D")),
    ),
    "cooperative_binding": (rl.QuasiSteadyState(("D", "T", "B")), rl.PartialEquilibrium(HILL)),
    "goldbeter_koshland": (
        rl.QuasiSteadyState(("WE", "WpF")),
        rl.TotalQuasiSteadyState(("WE", "WpF")),
    ),
    "phosphorylation_cascade": (rl.QuasiSteadyState(("XK", "XpF", "YXp", "YpH")),),
    "lindemann_hinshelwood": (
        rl.QuasiSteadyState("Ax"),
        rl.PartialEquilibrium("A + A <--> Ax + A"),
    ),
    "robertson": (rl.QuasiSteadyState("B"),),
    "gene_autoregulation": (rl.QuasiSteadyState(GENE), rl.TotalQuasiSteadyState(GENE)),
}


@dataclass(frozen=True)
class Cost:
    """What one simulation takes; `reached` is the part of the window that the explicit one did."""

    implicit: int
    explicit: int
    reached: float
    milliseconds: float


def main() -> None:
    """Print one row for each network and method."""
    print(
        f"{'':<58}  {'largest error':^15}  {'LSODA evaluations':^21}"
        f"  {'DOP853 evaluations':^26}  {'LSODA ms':^12}"
    )
    print(
        f"{'network':<30} {'method':<21} {'stiff':>5}  {'slow':>7} {'fast':>7}"
        f"  {'full':>6} {'reduced':>7} {'ratio':>6}"
        f"  {'full':>9} {'reduced':>7} {'ratio':>8}  {'full':>5} {'red.':>6}"
    )
    for name, network, methods in networks():
        times = settling_times(network)
        stiff = stiffness(network, times)
        full = cost(network, times)
        for method in methods:
            small = rl.reduce(network, method)
            certificate = rl.certify(small, times, initial=[{}])
            row(name, type(method).__name__, stiff, certificate, full, cost(small.network, times))


def networks() -> Iterator[tuple[str, rl.Network, tuple[Derivation, ...]]]:
    """The zoo's reducible networks, and the gene with faster binding."""
    for name, methods in METHODS.items():
        yield name, rl.zoo.load(name), methods
    gene = rl.zoo.gene_autoregulation()
    for factor in (100, 1000):
        faster = {k: factor * gene.parameters[k] for k in ("k1", "km1", "k2", "km2")}
        methods = METHODS["gene_autoregulation"]
        yield f"gene_autoregulation x {factor}", gene.replace(parameters=faster), methods


def stiffness(network: rl.Network, times: np.ndarray) -> float:
    """The window in units of the fastest time scale along the course."""
    course = rl.simulate(network, rl.MassAction(), times)["average"].values.T / network.volume
    rates = sp.Matrix(network.rate_equations).subs(network.values)
    jacobian = to_numpy(list(rates.jacobian(list(network.symbols))), network.symbols)(course)
    size = len(network.species)
    spectra = np.linalg.eigvals(np.moveaxis(jacobian.reshape(size, size, -1), -1, 0))
    return float(np.abs(spectra).max() * times[-1])


def cost(network: rl.Network, times: np.ndarray) -> Cost:
    method = rl.MassAction(rtol=RTOL, atol=ATOL)
    evaluations = rl.simulate(network, method, times).attrs["evaluations"]
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        rl.simulate(network, method, times)
        seconds.append(time.perf_counter() - began)
    return Cost(int(evaluations), *explicit(network, times[-1]), 1000 * min(seconds))


def explicit(network: rl.Network, end: float) -> tuple[int, float]:
    """Evaluations of an explicit Runge-Kutta method of order 8, and the part of the window done."""
    rates = [rate.subs(network.values) for rate in network.rate_equations]
    function = to_numpy(rates, network.symbols)
    start = network.initial_counts / network.volume
    solver = DOP853(
        lambda _, y: function(y), 0.0, start, end, rtol=RTOL, atol=ATOL * (start.max() or 1.0)
    )
    with np.errstate(over="ignore", invalid="ignore"):  # in steps that are then refused
        while solver.status == "running" and solver.nfev < MOST:
            solver.step()
    if solver.status == "failed":
        raise rl.SolverError(f"DOP853 failed at time {solver.t:g} of {network!r}")
    return solver.nfev, solver.t / end


def row(  # noqa: PLR0917
    name: str,
    method: str,
    stiff: float,
    certificate: Certificate,
    full: Cost,
    small: Cost,
) -> None:
    fast = certificate.reduced.fast
    errors = certificate.largest
    slow_error, fast_error = (
        max((errors[s] for s in errors if (s in fast) == wanted), default=np.nan)
        for wanted in (False, True)
    )
    more = ">" if full.reached < 1 else ""
    print(
        f"{name:<30} {method:<21} {stiff:>5.0e}  {slow_error:>7.3%} {fast_error:>7.3%}"
        f"  {full.implicit:>6} {small.implicit:>7} {full.implicit / small.implicit:>6.1f}"
        f"  {f'{more}{full.explicit}':>9} {small.explicit:>7}"
        f" {f'{more}{full.explicit / small.explicit:.0f}':>8}"
        f"  {full.milliseconds:>5.0f} {small.milliseconds:>6.0f}",
        flush=True,
    )


if __name__ == "__main__":
    typer.run(main)
