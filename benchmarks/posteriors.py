"""Rates by approximate Bayesian computation, pyABC, on the same cells as ours.

Its model is ratelaw's compiled simulation of as many cells as were measured, its summaries the
averages, variances and covariances at each time, scaled by their spread among simulations anew in
each population (Prangle 2017).
"""

import logging
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyabc
from experiments import CELLS, Experiment

import ratelaw as rl

PRIOR = 3.0
"""Factor by which a rate may be above or below the truth; its logarithm is uniform."""
POPULATION = 100
BUDGETS = (1_000, 4_000)
"""Simulations, at most but for those of the last population."""


def against_abc(experiment: Experiment, seeds: Sequence[int]) -> None:
    """Print the error of both, in units of the bound, and their time."""
    least = np.sqrt(np.diagonal(experiment.bound_of_snapshots()))
    rows: dict[str, list[tuple[np.ndarray, float]]] = {}
    for seed in seeds:
        data = experiment.snapshots(seed)
        began = time.process_time()
        fit = rl.fit_rates(experiment.network, data)
        rows.setdefault("ratelaw, likelihood", []).append(
            (fit.constants, time.process_time() - began)
        )
        for budget, *found in posterior_means(experiment, data, seed):
            rows.setdefault(f"pyABC, {budget} simulations", []).append(tuple(found))
    print(f"\n{experiment.name}, {CELLS} cells at {experiment.times.size} times, seeds {[*seeds]}")
    print("  rms error / bound of each rate; of all; s of processor time (mean)")
    for name, results in rows.items():
        wrong = np.array([means - experiment.constants for means, _ in results]) / least
        each = " ".join(f"{value:>6.2f}" for value in np.sqrt(np.square(wrong).mean(axis=0)))
        together = np.sqrt(np.square(wrong).mean())
        seconds = np.mean([spent for _, spent in results])
        print(f"  {name:<28}{each}  {together:>6.2f}{seconds:>9.1f}", flush=True)


def posterior_means(
    experiment: Experiment, data: rl.Snapshots, seed: int
) -> list[tuple[int, np.ndarray, float]]:
    """Simulations, means of the rates, and processor time, after each budget."""
    logging.getLogger("ABC").setLevel(logging.WARNING)
    np.random.seed(seed)  # noqa: NPY002  pyABC draws from NumPy's global generator
    names = list(experiment.free.parameters)
    prior = pyabc.Distribution(
        **{
            name: pyabc.RV("uniform", np.log(value / PRIOR), 2 * np.log(PRIOR))
            for name, value in zip(names, experiment.constants, strict=True)
        }
    )

    def model(logarithms: dict[str, float]) -> dict[str, float]:
        rates = {name: float(np.exp(logarithms[name])) for name in names}
        network = experiment.free.replace(parameters=rates)
        return summaries(experiment.cells_of(network, int(np.random.randint(2**31))))  # noqa: NPY002

    smc = pyabc.ABCSMC(
        model,
        prior,
        pyabc.AdaptivePNormDistance(p=2),
        population_size=POPULATION,
        sampler=pyabc.SingleCoreSampler(),
    )
    found, spent, used = [], 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        smc.new(f"sqlite:///{Path(folder, 'abc.db')}", summaries(data))
        for budget in BUDGETS:
            began = time.process_time()
            history = smc.run(max_total_nr_simulations=budget - used)
            spent += time.process_time() - began
            used = history.total_nr_simulations
            table, weights = history.get_distribution()
            found.append((budget, weights @ np.exp(table[names].values), spent))
    return found


def summaries(data: rl.Snapshots) -> dict[str, float]:
    """Averages, variances and covariances at each time, by name."""
    found = {}
    for time_, rows, cells in zip(data.times, data.observed, data.cells, strict=True):
        average = cells @ rows / cells.sum()
        second = np.atleast_2d(np.cov(rows.T, fweights=cells))
        upper = second[np.triu_indices(len(second))]
        found |= {f"{time_:g}, {i}": x for i, x in enumerate([*average, *upper])}
    return found
