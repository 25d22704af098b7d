"""Gillespie ensembles of the SPCM: ratelaw, GillesPy2's compiled solver and rebop in one run.

Every program simulates to t = 20 and gives the copy numbers at 21 times. Before anything is timed
the ensembles are held against the exact means and variances at t = 20.

    .venv/bin/python benchmarks/ssa.py
"""

import os
import platform
import sysconfig
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version

import gillespy2
import numpy as np
import rebop
from gillespy2.solvers.cpp import SSACSolver

import ratelaw as rl
from ratelaw.simulate.recorders import Recorder

NETWORK = rl.zoo.spcm()
TIMES = np.linspace(0, 20, 21)
MILLION = 1_000_000
FULL = (rl.RecordMoments(), rl.RecordHistogram(times=[1, 5, 10, 20]))
RATES = [float(reaction.law.expression.subs(NETWORK.values)) for reaction in NETWORK.reactions]


def main() -> None:
    """Check, time, print."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python", end=" ")
    names = ("ratelaw", "numba", "gillespy2", "rebop")
    print(platform.python_version() + "".join(f", {name} {version(name)}" for name in names))
    gillespie, bare, public = gillespy2_runs(), rebop_kernel(), rebop_public()
    check("ratelaw Direct", finals(rl.Direct()))
    check("ratelaw FirstReaction", finals(rl.FirstReaction()))
    check("GillesPy2 SSACSolver", gillespie(10_000))
    check("rebop", bare(10_000))

    print(f"\n{'microseconds a trajectory, median of 3':<48}{'us':>10}{'Direct, 1 thread, is':>24}")
    light, direct, first = (
        (rl.RecordMoments(sampling_covariance=False),),
        rl.Direct(),
        rl.FirstReaction(),
    )
    rows: list[tuple[str, Callable[[int], object], int]] = [
        ("ratelaw Direct, 1 thread, moments", recorded(direct, light, 1), 200_000),
        ("ratelaw Direct, 2 threads, moments", recorded(direct, light, 2), 400_000),
        ("ratelaw Direct, 1 thread, everything", recorded(direct, FULL, 1), 200_000),
        ("ratelaw Direct, 2 threads, everything", recorded(direct, FULL, 2), 400_000),
        ("ratelaw FirstReaction, 1 thread, moments", recorded(first, light, 1), 100_000),
        ("GillesPy2 SSACSolver, compiled, its own process", gillespie, 10_000),
        ("rebop kernel, called from Python without xarray", bare, 10_000),
        ("rebop Gillespie.run", public, 500),
    ]
    reference = 0.0
    for label, run, size in rows:
        cost = np.median([seconds(run, size) for _ in range(3)]) / size * 1e6
        reference = reference or cost
        print(f"{label:<48}{cost:>10.2f}{cost / reference:>21.2f} x", flush=True)

    runs = [seconds(recorded(direct, FULL, 2), MILLION) for _ in range(3)]
    print(
        f"\n10^6 trajectories, moments with sampling covariance at 21 times, 4 joint histograms, "
        f"2 threads, warm: {np.median(runs):.2f} s (three runs: "
        f"{', '.join(f'{run:.2f}' for run in runs)})"
    )


def seconds(run: Callable[[int], object], size: int) -> float:
    began = time.perf_counter()
    run(size)
    return time.perf_counter() - began


def finals(method: rl.Direct | rl.FirstReaction) -> np.ndarray:
    """Final copy numbers, shape (trajectory, species)."""
    record = [rl.RecordPaths(40_000)]
    cells = rl.simulate(NETWORK, method, TIMES, trajectories=40_000, seed=1, record=record)
    return cells["paths"].values[:, -1]


def recorded(
    method: rl.Direct | rl.FirstReaction, record: Sequence[Recorder], threads: int
) -> Callable[[int], object]:
    return lambda size: rl.simulate(
        NETWORK, method, TIMES, trajectories=size, seed=1, record=record, threads=threads
    )


def gillespy2_runs() -> Callable[[int], np.ndarray]:
    model = gillespy2.Model(name="spcm")
    model.add_species(
        [
            gillespy2.Species(name=name, initial_value=int(count))
            for name, count in NETWORK.initial.items()
        ]
    )
    for j, (reaction, rate) in enumerate(zip(NETWORK.reactions, RATES, strict=True)):
        constant = gillespy2.Parameter(name=f"k{j}", expression=rate)
        model.add_parameter(constant)
        model.add_reaction(
            gillespy2.Reaction(
                name=f"r{j}",
                reactants=dict(reaction.reactants),
                products=dict(reaction.products),
                rate=constant,
            )
        )
    model.timespan(gillespy2.TimeSpan(TIMES))
    # It builds with the interpreter behind the virtual environment, which cannot see SCons.
    os.environ["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    solver = SSACSolver(model=model)

    def run(size: int) -> np.ndarray:
        results = solver.run(number_of_trajectories=size, seed=1)
        return np.array([[path[name][-1] for name in NETWORK.species] for path in results])

    return run


def rebop_system() -> rebop.Gillespie:
    system = rebop.Gillespie()
    for reaction, rate in zip(NETWORK.reactions, RATES, strict=True):
        sides = (
            [name for name, count in side.items() for _ in range(count)]
            for side in (reaction.reactants, reaction.products)
        )
        system.add_reaction(rate, *sides)
    return system


def rebop_kernel() -> Callable[[int], np.ndarray]:
    kernel = rebop_system().gillespie
    kernel.set_init({name: int(count) for name, count in NETWORK.initial.items()})

    def run(size: int) -> np.ndarray:
        final = np.empty((size, len(NETWORK.species)))
        for i in range(size):
            _, result = kernel.run(20.0, 20, params={}, seed=i, sparse=None, var_names=None)
            final[i] = [result[name][-1] for name in NETWORK.species]
        return final

    return run


def rebop_public() -> Callable[[int], object]:
    system = rebop_system()
    start = {name: int(count) for name, count in NETWORK.initial.items()}
    return lambda size: [system.run(start, 20.0, 20, rng=i) for i in range(size)]


def check(label: str, final: np.ndarray) -> None:
    """z-scores of the means and variances at t = 20 against the exact ones."""
    exact = rl.simulate(NETWORK, rl.Moments(), TIMES)
    mean = exact["average"].values[-1]
    variance = np.diagonal(exact["covariance"].values[-1])
    count = len(final)
    z_mean = (final.mean(axis=0) - mean) / np.sqrt(variance / count)
    fourth = np.square(np.square(final - final.mean(axis=0)) - variance).mean(axis=0)
    z_variance = (final.var(axis=0, ddof=1) - variance) / np.sqrt(fourth / count)
    worst = np.abs([z_mean, z_variance]).max()
    verdict = "agrees" if worst < 4 else "DIFFERS"
    print(f"{label}: largest of 4 z-scores {worst:.2f}: {verdict}", flush=True)


if __name__ == "__main__":
    main()
