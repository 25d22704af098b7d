"""Inference at the statistical limit: rates against the bound of their very data, networks found.

    .venv/bin/python benchmarks/inference.py [--quick] [moments] [snapshots] [discovery] [...]

The bound is that of Cramer and Rao: for snapshots the inverse Fisher information of their exact
distribution; for averages and covariances that of their exact sampling covariance.
"""

import time
from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

import numpy as np
import typer
import xarray as xr
from experiments import CELLS, OTHERS, SPCM, SPCM_SNAPSHOTS, TELEGRAPH, Experiment
from posteriors import against_abc

import ratelaw as rl

SEEDS, QUICK_SEEDS, WIDTH = 100, 10, 1.96
CANDIDATES = rl.all_reactions(["A", "B"], order=1, products=3)
Data: TypeAlias = xr.Dataset | rl.Snapshots


def main(
    sections: Annotated[list[str] | None, typer.Argument()] = None,
    *,
    quick: bool = False,
    seeds: int | None = None,
) -> None:
    """Print the tables of some sections, or of all."""
    chosen = sections or list(SECTIONS)
    if unknown := set(chosen) - set(SECTIONS):
        raise typer.BadParameter(f"{unknown.pop()}: sections are {', '.join(SECTIONS)}")
    count = seeds or (QUICK_SEEDS if quick else SEEDS)
    print(
        f"seeds 1 to {count}; standard errors of the figures: rms error / bound "
        f"{1 / np.sqrt(2 * count):.3f}, coverage {100 * np.sqrt(0.95 * 0.05 / count):.1f} %"
    )
    for name in chosen:
        SECTIONS[name](range(1, count + 1))


def moments(seeds: Sequence[int]) -> None:
    for size in (10_000, 1_000_000):
        print_accuracy(
            f"SPCM, averages and covariances of {size} trajectories at 21 times",
            SPCM,
            SPCM.bound_of_moments(size),
            lambda seed, size=size: SPCM.moments(size, seed),
            seeds,
        )


def snapshots(seeds: Sequence[int]) -> None:
    for experiment in (SPCM_SNAPSHOTS, *OTHERS):
        snapshots_of(experiment, seeds)


def snapshots_of(experiment: Experiment, seeds: Sequence[int]) -> None:
    print_accuracy(
        f"{experiment.name}, {CELLS} cells at each of {experiment.times.size} times",
        experiment,
        experiment.bound_of_snapshots(),
        experiment.snapshots,
        seeds,
    )


def print_accuracy(
    title: str,
    experiment: Experiment,
    bound: np.ndarray,
    data: Callable[[int], Data],
    seeds: Sequence[int],
) -> None:
    """Of every rate bias, root mean square and standard error in units of the bound; coverage."""
    network, truth = experiment.network, experiment.constants
    fits, seconds, failures = [], [], []
    for seed in seeds:
        cells = data(seed)
        began = time.process_time()
        try:
            fits.append(rl.fit_rates(network, cells))
            seconds.append(time.process_time() - began)
        except rl.RatelawError as error:
            failures.append(f"seed {seed}: {error}")
    print(f"\n{title}; {np.median(seconds):.2f} s of processor time a fit (median)")
    for failure in failures:
        print(f"  FAILED {failure}")
    least = np.sqrt(np.diagonal(bound))
    wrong = np.array([fit.constants for fit in fits]) - truth
    errors = np.array([fit.standard_errors for fit in fits])
    covered = np.abs(wrong) < WIDTH * errors  # not where a reaction was found absent
    heads = ("bound", "bias", "rms", "s.e.", "covers", "absent")
    print(f"  {'':<16}{'true':>9}" + "".join(f"{head:>8}" for head in heads))
    for j, reaction in enumerate(network.reactions):
        print(
            f"  {reaction!s:<16}{truth[j]:>9.5g}{least[j] / truth[j]:>8.2%}"
            f"{wrong[:, j].mean() / least[j]:>8.2f}{rms(wrong[:, j]) / least[j]:>8.2f}"
            f"{np.nanmedian(errors[:, j]) / least[j]:>8.2f}{covered[:, j].mean():>8.0%}"
            f"{np.isnan(errors[:, j]).sum():>8}"
        )
    whitened = np.linalg.solve(np.linalg.cholesky(bound), wrong.T)
    print(
        f"  all: rms error / bound {rms(whitened):.3f} ± {1 / np.sqrt(2 * whitened.size):.3f}, "
        f"intervals cover {covered.mean():.1%}",
        flush=True,
    )


def discovery(seeds: Sequence[int]) -> None:
    """All subsets of all first-order reactions of two species with up to three products."""
    print(f"\nSPCM among {len(CANDIDATES.reactions)} candidates; counts of {len(seeds)} seeds")
    heads = ("right", "in set", "complete", "networks", "s")
    print(f"  {'':<40}" + "".join(f"{head:>12}" for head in heads))
    kinds: dict[str, Callable[[int], Data]] = {
        "10^5 trajectories at 21 times": lambda seed: SPCM.moments(100_000, seed),
        "10^4 trajectories at 21 times": lambda seed: SPCM.moments(10_000, seed),
        "300 cells at each of 5 times, moments": SPCM_SNAPSHOTS.snapshots,
    }
    truth = {str(reaction) for reaction in SPCM.network.reactions}
    for kind, data in kinds.items():
        found, seconds = [], []
        for seed in seeds:
            cells = data(seed)
            began = time.process_time()
            found.append(rl.discover(CANDIDATES, cells))
            seconds.append(time.process_time() - began)
        right = sum({str(r) for r in d.best.to_network().reactions} == truth for d in found)
        sizes = [len(d.networks) for d in found]
        spread = f"{min(sizes)}, {np.median(sizes):.0f}, {max(sizes)}"
        times = f"{np.median(seconds):.1f}, {max(seconds):.1f}"
        print(
            f"  {kind:<40}{right:>12}{sum(d.holds(SPCM.network) for d in found):>12}"
            f"{sum(d.complete for d in found):>12}{spread:>12}{times:>12}",
            flush=True,
        )


def undetermined(_: Sequence[int]) -> None:
    """What cells in a steady state cannot tell, by name."""
    print("\ntelegraph gene expression at its steady state")
    for seen in (["M"], TELEGRAPH.species):
        found = rl.identifiability(TELEGRAPH, [np.inf], observed=seen)["distribution"]
        print(
            f"  {', '.join(seen)} seen: {found.rank} of 4 rates; cannot see "
            f"{'; '.join(found.trades)}; determine {', '.join(found.combinations)}"
        )
    late = Experiment("telegraph", TELEGRAPH, np.array([100.0, 200.0]))
    try:
        rl.fit_rates(TELEGRAPH, late.snapshots(1))
        print("  FAILED: fit_rates gave rates from cells of the steady state")
    except rl.DataError as error:
        print(f"  fit_rates: {error}")


def speed(_: Sequence[int]) -> None:
    """Of what is done again and again, the best of some; the clock beside processor time."""
    print("\nspeed, SPCM; seconds: processor, clock")
    cells, table = SPCM_SNAPSHOTS.snapshots(1), SPCM.moments(10_000, 1)
    criterion = rl.MaximumLikelihood().pose(SPCM.network, [cells])
    everything = np.ones(SPCM.constants.size, dtype=bool)
    likelihood = criterion.parts(everything, SPCM.constants)[0]
    shifts = iter(np.linspace(1.0, 1.01, 99))
    print_time(
        f"likelihood and gradient, 300 cells at 5 times, {len(likelihood.states)} states",
        lambda: likelihood.value_and_gradient(SPCM.constants * next(shifts)),
    )
    print_time("fit of 300 cells at 5 times", lambda: rl.fit_rates(SPCM.network, cells))
    print_time(
        "the same and profiles of all rates",
        lambda: rl.learn.profile(rl.fit_rates(SPCM.network, cells), cells),
        repeats=1,
    )
    print_time("fit of moments at 21 times", lambda: rl.fit_rates(SPCM.network, table))


def print_time(label: str, work: Callable[[], object], repeats: int = 3) -> None:
    work()
    found = []
    for _ in range(repeats):
        began = time.process_time(), time.perf_counter()
        work()
        found.append((time.process_time() - began[0], time.perf_counter() - began[1]))
    processor, clock = np.min(found, axis=0)
    print(f"  {label:<66}{processor:>8.3f}{clock:>8.3f}", flush=True)


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean()))


def peer(seeds: Sequence[int]) -> None:
    """The posterior by ABC-SMC of pyABC beside ours, of a few seeds; one takes minutes."""
    few = seeds[: max(1, len(seeds) // 20)]
    against_abc(OTHERS[0], few)
    if len(few) > 1:
        against_abc(SPCM_SNAPSHOTS, few)


SECTIONS: dict[str, Callable[[Sequence[int]], None]] = {
    "moments": moments,
    "snapshots": snapshots,
    "discovery": discovery,
    "undetermined": undetermined,
    "speed": speed,
    "peer": peer,
}

if __name__ == "__main__":
    typer.run(main)
