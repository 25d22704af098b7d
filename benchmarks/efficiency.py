"""How near the rates come to what the data allow: errors, standard errors and the efficient bound.

The bound is the inverse Fisher information of the averages and covariances at the recorded times,
from their exact sampling covariance (`experiments.py`). Nothing in it is simulated.

    .venv/bin/python benchmarks/efficiency.py
"""

from collections.abc import Sequence

import numpy as np
import typer
import xarray as xr
from experiments import Experiment
from scipy.stats import chi2

import ratelaw as rl

TIMES = np.arange(21.0)
SIX = rl.Network.parse("""
    A --> 2 A,    k1
    A --> 2 B,    k2
    A --> A + B,  k3
    B --> 0,      k4
    A --> 0,      k5
    A --> B,      k6
    k1 = 0.09196      # r1 lam, with r1 = 0.0836 and lam = 1.1
    k2 = 0.08404      # r2 lam, with r2 = 0.0764
    k3 = 0.924        # (1 - r1 - r2) lam
    k4 = 0.31         # gamma
    k5 = 0
    k6 = 0
    A(0) = 10
""")
TRUE_CONSTANTS = np.array(list(SIX.parameters.values()))
MOMENTS = Experiment("SPCM, six candidates", SIX, TIMES[1:])
QUANTITIES = {
    "r1": "k1/(k1 + k2 + k3)",
    "r2": "k2/(k1 + k2 + k3)",
    "lam": "k1 + k2 + k3",
    "gamma": "k4",
    "k1": "k5",  # the paper's names of the two reactions that are not there
    "k2": "k6",
}
FOUND = tuple(QUANTITIES)[:4]
TRUTH = {"r1": 0.0836, "r2": 0.0764, "lam": 1.1, "gamma": 0.31, "k1": 0.0, "k2": 0.0}
PAPER = {"r1": 0.60, "r2": 7.85, "lam": 0.54, "gamma": 0.84}
"""Relative errors in per cent, Yang 2020, Table I."""


def main(*, seeds: int = 10) -> None:
    """Print the tables for 10^6 and 10^4 trajectories."""
    four = TRUE_CONSTANTS > 0
    for size in (1_000_000, 10_000):
        runs = [cells(size, seed) for seed in range(1, seeds + 1)]
        joint = [rl.fit_rates(SIX, data) for data in runs]
        print(f"\n{size} trajectories, {seeds} seeds, {len(TIMES) - 1} times after the start")
        print_joint("all six free", [rates.all_free for rates in joint], bound(size))
        print_selection(joint)
        right = [rates for rates in joint if np.array_equal(rates.present, four)]
        if right:
            print_joint(f"in the {len(right)} seeds so chosen", right, bound(size, four))
        print_against_paper(runs, joint)


def cells(size: int, seed: int) -> xr.Dataset:
    return rl.simulate(rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=size, seed=seed)


def print_joint(title: str, fits: Sequence[rl.Rates], limit: rl.Rates) -> None:
    """Errors, standard errors, bound and their ratios; chi-square of errors against errors."""
    print(f"joint fit, {title}; relative, in per cent, where the truth is not 0")
    print("         rms error  standard error    bound  s.e./bound  chi-square")
    derived = [fit.derive(QUANTITIES) for fit in fits]
    for name, (_, least) in limit.derive(QUANTITIES).items():
        if least == 0:
            continue
        values, errors = np.array([d[name] for d in derived]).T
        wrong = values - TRUTH[name]
        unit = 100 / (TRUTH[name] or 100)
        print(
            f"  {name:<6} {unit * rms(wrong):>9.4f} {unit * np.median(errors):>15.4f}"
            f" {unit * least:>8.4f} {np.median(errors) / least:>11.3f}"
            f" {np.square(wrong / errors).sum():>11.1f}"
        )
    present = limit.present
    total = 0.0
    for fit in fits:
        wrong = (fit.constants - TRUE_CONSTANTS)[present]
        total += wrong @ np.linalg.solve(fit.covariance[np.ix_(present, present)], wrong)
    print(f"  each chi-square should be in {interval(len(fits))};")
    print(f"  all constants together {total:.1f}, in {interval(len(fits) * int(present.sum()))}")


def print_selection(joint: Sequence[rl.Rates]) -> None:
    absent = ~np.array([rates.present for rates in joint])
    print(
        f"declared absent: k1 in {absent[:, 4].sum()}, k2 in {absent[:, 5].sum()}, both in "
        f"{absent[:, 4:].all(axis=1).sum()}, any reaction that is there in "
        f"{absent[:, :4].any(axis=1).sum()} of {len(joint)} seeds"
    )


def print_against_paper(runs: Sequence[xr.Dataset], joint: Sequence[rl.Rates]) -> None:
    paper_way = [rl.fit_rates(SIX, data, rl.learn.MomentCoefficients()) for data in runs]
    print("relative errors in per cent")
    print("           r1       r2      lam    gamma")
    rows = {
        "paper, one run": np.array(list(PAPER.values())),
        "paper's way, median": np.median(relative_errors(paper_way), axis=0),
        "joint fit, median": np.median(relative_errors(joint), axis=0),
        "joint fit, largest": relative_errors(joint).max(axis=0),
    }
    for name, values in rows.items():
        print(" ".join(f"{value:>8.3f}" for value in values) + f"  {name}")
    worst = ", ".join(f"{value:.2f}" for value in relative_errors(joint).max(axis=1))
    print(f"largest error of the joint fit in each seed: {worst}; paper {max(PAPER.values())}")


def relative_errors(fits: Sequence[rl.Rates]) -> np.ndarray:
    """Per cent, shape (fits, r1 r2 lam gamma)."""
    derived = [fit.derive(QUANTITIES) for fit in fits]
    return np.array([[abs(d[q][0] / TRUTH[q] - 1) * 100 for q in FOUND] for d in derived])


def bound(trajectories: int, present: np.ndarray | None = None) -> rl.Rates:
    """The truth with the smallest covariance that an unbiased estimate from the moments has."""
    covariance = MOMENTS.bound_of_moments(trajectories, present)
    there = np.diagonal(covariance) > 0
    return rl.Rates(SIX, TRUE_CONSTANTS, covariance, there, 0.0, 0, int(there.sum()))


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean()))


def interval(degrees: int) -> str:
    low, high = chi2.ppf([0.01, 0.99], degrees)
    return f"{low:.1f} to {high:.1f} ({degrees} degrees of freedom, 1 % and 99 % points)"


if __name__ == "__main__":
    typer.run(main)
