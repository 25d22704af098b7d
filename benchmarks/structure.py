"""Which terms survive? ODENet and PySINDy on the same averages of the same trajectories.

The truth, out of ten terms A, B, A^2, A*B, B^2 in two equations, is A' : A and B' : A, B.

    .venv/bin/python benchmarks/structure.py [--quick]
"""

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pysindy
import typer
import xarray as xr

import ratelaw as rl

TIMES = np.linspace(0, 20, 21)
TRUTH = np.array([[1, 0, 0, 0, 0], [1, 1, 0, 0, 0]], dtype=bool)
THRESHOLDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Score:
    """What one data set gave."""

    exact: bool
    contained: bool
    alternatives: int
    seconds: float
    sindy: frozenset[str]


def main(*, quick: bool = False) -> None:
    """Print one row for each number of trajectories."""
    seeds = range(1, 4 if quick else 11)
    sizes = (100_000, 10_000) if quick else (1_000_000, 100_000, 10_000, 1_000)
    print(f"SPCM, {len(TIMES)} times, seeds {seeds.start} to {seeds.stop - 1}; counts of seeds")
    print(
        f"{'trajectories':>12}  {'ODENet exact':>12}  {'truth in set':>12}  {'models in set':>13}"
        f"  {'s a fit':>7}  PySINDy exact: best setting, any setting in hindsight"
    )
    odenet(cells(1_000, seed=0))  # compiles
    for size in sizes:
        scores = [score(size, seed) for seed in seeds]
        counts = sorted(s.alternatives for s in scores)
        print(
            f"{size:>12}  {sum(s.exact for s in scores):>12}"
            f"  {sum(s.contained for s in scores):>12}"
            f"  {f'{counts[0]} to {counts[-1]}':>13}"
            f"  {np.median([s.seconds for s in scores]):>7.2f}  {sindy_summary(scores)}",
            flush=True,
        )


def score(size: int, seed: int) -> Score:
    data = cells(size, seed)
    began = time.perf_counter()
    fit = odenet(data)
    seconds = time.perf_counter() - began
    return Score(
        exact=np.array_equal(fit.active, TRUTH),
        contained=any(np.array_equal(model.active, TRUTH) for model in fit.alternatives),
        alternatives=len(fit.alternatives),
        seconds=seconds,
        sindy=frozenset(
            name
            for name, coefficients in sindy_models(data["average"].values)
            if np.array_equal(coefficients != 0, TRUTH)
        ),
    )


def cells(size: int, seed: int) -> xr.Dataset:
    return rl.simulate(rl.zoo.spcm(), rl.Direct(), TIMES, trajectories=size, seed=seed)


def odenet(data: xr.Dataset) -> rl.Fit:
    return rl.ODENet(rl.PolynomialLibrary(degree=2)).fit(data)


def sindy_models(averages: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """PySINDy's coefficients at every setting, shape (2, 5), columns in ODENet's order."""
    polynomials = pysindy.PolynomialLibrary(degree=2, include_bias=False)
    weak = pysindy.WeakPDELibrary(polynomials, spatiotemporal_grid=TIMES, K=300)
    settings = {
        "finite differences": (polynomials, pysindy.FiniteDifference()),
        "smoothed differences": (
            polynomials,
            pysindy.SmoothedFiniteDifference(smoother_kws={"window_length": 5}),
        ),
        "weak form": (weak, pysindy.FiniteDifference()),
    }
    np.random.seed(0)  # noqa: NPY002  the weak form draws its domains from NumPy's global generator
    for (name, (library, derivative)), threshold, scaled in product(
        settings.items(), THRESHOLDS, (False, True)
    ):
        model = pysindy.SINDy(
            optimizer=pysindy.STLSQ(threshold=threshold, alpha=0.0, normalize_columns=scaled),
            feature_library=library,
            differentiation_method=derivative,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where a threshold removes every term
            model.fit(averages, t=TIMES, feature_names=["A", "B"])
        columns = "scaled columns, " if scaled else ""
        yield f"{name}, {columns}threshold {threshold}", model.coefficients()


def sindy_summary(scores: list[Score]) -> str:
    names = sorted({name for s in scores for name in s.sindy})
    best = max(names, key=lambda name: sum(name in s.sindy for s in scores), default="none")
    hits = sum(best in s.sindy for s in scores)
    return f"{hits} ({best}), {sum(bool(s.sindy) for s in scores)}"


if __name__ == "__main__":
    typer.run(main)
