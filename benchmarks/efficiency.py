"""How near the rates come to what the data allow: errors, standard errors and the efficient bound.

The bound is the inverse Fisher information of the averages and covariances at the recorded times,
from their exact sampling covariance: moments up to the fourth and between any two times, which
close for a first-order network. Nothing in it is simulated.

    .venv/bin/python benchmarks/efficiency.py
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import sympy as sp
import typer
import xarray as xr
from scipy.linalg import expm, expm_frechet
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
QUANTITIES = {
    "r1": "k1/(k1 + k2 + k3)",
    "r2": "k2/(k1 + k2 + k3)",
    "lam": "k1 + k2 + k3",
    "gamma": "k4",
    "k1": "k5",  # the paper's names of the two reactions that are not there
    "k2": "k6",
}
POWERS = np.array([(d - b, b) for d in range(5) for b in range(d + 1)])
"""Of the monomials A^a B^b up to the fourth degree, the lower first."""
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
    paper_way = [rl.fit_rates(SIX, data, rl.MomentCoefficients()) for data in runs]
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
    if present is None:
        present = np.ones(len(TRUE_CONSTANTS), dtype=bool)
    slopes, noise = moment_slopes_and_noise()
    scale = np.sqrt(np.diagonal(noise))
    factor = np.linalg.cholesky(noise / np.outer(scale, scale))
    whitened = np.linalg.solve(factor, slopes[:, present] / scale[:, None])
    covariance = np.zeros((len(present),) * 2)
    covariance[np.ix_(present, present)] = np.linalg.inv(whitened.T @ whitened) / trajectories
    return rl.Rates(SIX, TRUE_CONSTANTS, covariance, present, 0.0, 0, int(present.sum()))


@cache
def moment_slopes_and_noise() -> tuple[np.ndarray, np.ndarray]:
    """Of E[n_i], E[n_i n_j] at all times but the first: slopes to the constants, shape (K, 6), and
    the covariance of one trajectory, shape (K, K).

    Raw moments bound the rates as averages and covariances do: one is a function of the other.
    """
    generators = monomial_generators()
    total = np.tensordot(TRUE_CONSTANTS, generators, axes=1)
    start = np.prod(np.power(list(SIX.initial.values()), POWERS, dtype=float), axis=1)
    low = np.flatnonzero(POWERS.sum(axis=1) <= 2)
    products = [[row_of(a + b) for b in POWERS[low]] for a in POWERS[low]]
    slopes, noise = [], {}
    for i, t in enumerate(TIMES[1:], start=1):
        slopes.append([(expm_frechet(total * t, g * t)[1] @ start)[low] for g in generators])
        moments = expm(total * t) @ start
        now = moments[products] - np.outer(moments[low], moments[low])
        for later in TIMES[i:]:
            ahead = expm(total[np.ix_(low, low)] * (later - t))
            noise[t, later] = now @ ahead.T
    blocks = [[noise[t, s] if t <= s else noise[s, t].T for s in TIMES[1:]] for t in TIMES[1:]]
    stacked = np.block([[block[1:, 1:] for block in row] for row in blocks])
    return np.array(slopes)[:, :, 1:].transpose(0, 2, 1).reshape(len(stacked), -1), stacked


def monomial_generators() -> np.ndarray:
    """d E[monomial]/dt = sum_j k_j G_j E[monomials]; shape (reactions, monomials, monomials)."""
    result = np.zeros((len(SIX.reactions), len(POWERS), len(POWERS)))
    shifts = zip(SIX.propensities, SIX.parameters, SIX.stoichiometry.T, strict=True)
    for j, (propensity, constant, change) in enumerate(shifts):
        rate = sp.diff(propensity, sp.Symbol(constant, real=True))
        for row, powers in enumerate(POWERS):
            before = sp.prod(n**p for n, p in zip(SIX.symbols, powers, strict=True))
            after = before.subs(
                {n: n + int(u) for n, u in zip(SIX.symbols, change, strict=True)},
                simultaneous=True,
            )
            for raised, coefficient in sp.Poly(rate * (after - before), *SIX.symbols).terms():
                result[j, row, row_of(np.array(raised))] = coefficient
    return result


def row_of(powers: np.ndarray) -> int:
    return int(np.flatnonzero((powers == POWERS).all(axis=1))[0])


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean()))


def interval(degrees: int) -> str:
    low, high = chi2.ppf([0.01, 0.99], degrees)
    return f"{low:.1f} to {high:.1f} ({degrees} degrees of freedom, 1 % and 99 % points)"


if __name__ == "__main__":
    typer.run(main)
