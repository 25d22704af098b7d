"""Run cases of the SBML Test Suite from a folder, by the suite's own rules.

    RATELAW_REFERENCE=DIR python tests/reference/sbml_suite.py

The folder holds `semantic/` and `stochastic/`, each with a folder a case. A semantic case passes if
every value is within its own tolerances. A stochastic case passes if, at every time after the
first, sqrt(n) (mean - mu)/sigma and sqrt(n/2) (s^2/sigma^2 - 1), about the true mean, are in its
ranges; values with sigma = 0 must be exact. It is run once with seed 1, and if it fails once more
with seed 2 and four times the trajectories: with some fifty correlated times a correct simulator
leaves a range of three standard errors in about one case of ten.
"""

import csv
import os
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import sympy as sp

import ratelaw as rl
from ratelaw.formats.sbml import Model, read_sbml
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME

FOLDER = Path(
    os.environ.get("RATELAW_REFERENCE", Path(__file__).parents[3] / "shared" / "reference")
)
RUNS = 10_000
EXACT = rl.MassAction(rtol=1e-9, atol=1e-12)


class Outcome(Enum):
    """What became of a case."""

    PASSED = "passed"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True)
class Case:
    """One case: where it is, its settings, and what is expected."""

    folder: Path
    settings: Mapping[str, str]
    times: np.ndarray
    expected: Sequence[tuple[str, np.ndarray]]

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def model(self) -> Path:
        """The newest level and version there is."""
        return max(self.folder.glob(f"{self.folder.name}-sbml-l*.xml"))

    def listed(self, setting: str) -> list[str]:
        return [name.strip() for name in self.settings.get(setting, "").split(",") if name.strip()]

    def range(self, setting: str) -> tuple[float, float]:
        low, high = self.settings[setting].strip("()").split(",")
        return float(low), float(high)


def cases(suite: str) -> Iterator[Case]:
    """All cases of a suite, in order."""
    for folder in sorted((FOLDER / suite).iterdir()):
        lines = (folder / f"{folder.name}-settings.txt").read_text("utf-8").splitlines()
        pairs = (line.partition(":") for line in lines)
        settings = {name.strip(): value.strip() for name, _, value in pairs}
        with (folder / f"{folder.name}-results.csv").open(encoding="utf-8-sig") as file:
            header, *rows = filter(None, csv.reader(file))
        columns = np.array(rows, dtype=float).T
        named = list(zip(map(str.strip, header), columns, strict=True))
        yield Case(folder, settings, columns[0], named[1:])


def expression(model: Model, case: Case, name: str) -> sp.Expr:
    """What is reported under a name."""
    if name in model.amounts and name in case.listed("amount"):
        return model.amounts[name]
    if name in model.sizes and name in case.listed("concentration"):
        return model.amounts[name] / model.sizes[name]
    if name not in model.values:
        raise rl.UnsupportedError(f"{name!r} has no finite value")
    return model.values[name]


def semantic(case: Case) -> list[str]:
    """What is wrong in a deterministic case."""
    model = read_sbml(case.model)
    network = model.network
    times = case.times
    states = rl.simulate(network, EXACT, times)["average"].values
    absolute, relative = (float(case.settings[name]) for name in ("absolute", "relative"))
    wrong = []
    for name, expected in case.expected:
        formula = expression(model, case, name).subs(network.values)
        found = to_numpy([formula], network.symbols, (TIME,))(states.T, times[None])[0]
        within = np.abs(found - expected) <= absolute + relative * np.abs(expected)
        wrong += [
            f"{name} is {found[i]:.9g}, not {expected[i]:.9g}, at {times[i]:g}"
            for i in np.flatnonzero(~within)[:1]
        ]
    return wrong


def stochastic(case: Case) -> list[str]:
    """What is wrong in a stochastic case, after a second try."""
    return ranges(case, 1, RUNS) and ranges(case, 2, 4 * RUNS)


def ranges(case: Case, seed: int, runs: int) -> list[str]:
    """What is out of its range."""
    model = read_sbml(case.model)
    network, times, published = model.network, case.times, dict(case.expected)
    paths = rl.simulate(
        network, rl.Automatic(), times, trajectories=runs, seed=seed, record=[rl.RecordPaths(runs)]
    )["paths"].values
    wrong = []
    for name in case.listed("variables"):
        formula = expression(model, case, name).subs(network.values)
        values = to_numpy([formula], network.symbols, (TIME,))(
            np.moveaxis(paths, 2, 0), times[None, None]
        )[0]
        mu, sigma = (published.get(f"{name}-{part}") for part in ("mean", "sd"))
        if mu is not None:
            still = (sigma == 0) if sigma is not None else np.zeros(times.size, dtype=bool)
            if not (values[:, still] == mu[still]).all():
                wrong.append(f"{name} is not exact where sigma is 0")
        if mu is None or sigma is None:
            continue
        moving = ~still & (times > 0)
        centred = (values - mu)[:, moving]
        scores = {
            "meanRange": np.sqrt(runs) * centred.mean(axis=0) / sigma[moving],
            "sdRange": np.sqrt(runs / 2) * ((centred**2).mean(axis=0) / sigma[moving] ** 2 - 1),
        }
        for setting, z in scores.items():
            low, high = case.range(setting)
            wrong += [
                f"{setting} of {name}: {z[i]:.2f} at {times[moving][i]:g}"
                for i in np.flatnonzero(~((low < z) & (z < high)))[:1]
            ]
    return wrong


SUITES = {"semantic": semantic, "stochastic": stochastic}


def run(case: Case) -> tuple[str, Outcome, str]:
    """A case, what became of it, and why."""
    try:
        wrong = SUITES[case.folder.parent.name](case)
    except rl.UnsupportedError as refusal:
        return case.name, Outcome.REFUSED, str(refusal)
    except Exception:  # noqa: BLE001 - one case must not end the run
        return case.name, Outcome.FAILED, traceback.format_exc(limit=-1)
    return case.name, Outcome.FAILED if wrong else Outcome.PASSED, "; ".join(wrong)


def main() -> int:
    """Run all suites that are there and print N passed, N refused, N failed."""
    failed = 0
    for suite in SUITES:
        if not (FOLDER / suite).is_dir():
            print(f"{suite}: no such folder in {FOLDER}")
            continue
        with ProcessPoolExecutor() as pool:
            outcomes = list(pool.map(run, cases(suite)))
        for name, outcome, why in outcomes:
            if outcome is not Outcome.PASSED:
                print(f"{name} {outcome.value}: {why.strip()}")
        counts = Counter(outcome for _, outcome, _ in outcomes)
        print(f"{suite}: " + ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome))
        failed += counts[Outcome.FAILED]
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
