"""One fit through the solver, ratelaw against torchdiffeq: its adjoint, its dopri5, Adam.

The same data, the same terms, the same start (least squares on differences) and the same loss
(squares in units of the standard error, summed) on the same machine; what is timed begins with the
table of values and ends with fitted coefficients. torchdiffeq has columns of unit size and the
quickest of several learning rates, all courses in one batch, and stops as soon as its loss is
within 1 % of ratelaw's, which runs to its own end. Beside it stands what ratelaw takes where it
must choose the terms as well.

    .venv/bin/python benchmarks/adjoint.py
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import sympy as sp
import torch
import typer
import xarray as xr
from contest.equations import Polynomial, course, monomials
from contest.problem import Problem
from contest.ratelaw_learner import as_polynomial
from contest.registry import PROBLEMS
from torchdiffeq import odeint_adjoint

import ratelaw as rl
from ratelaw.learn import Library
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.learn.equations.libraries.term import Term
from ratelaw.network.expression import symbol

NEAR = 1.01
REPEATS = 5
RATES = (0.1, 0.03, 0.01, 0.003)
RTOL, ATOL = 1e-5, 1e-7
FLOOR = 1e-3
"""Of a guessed rate constant."""


@dataclass(frozen=True)
class Case:
    """A problem whose terms are known up to their coefficients.

    Attributes
    ----------
    deviation
        Of every value.
    changes, exponents
        dy/dt = changes @ (coefficients * y^exponents); shapes (species, terms), (terms, species).
    positive
        Whether coefficients are fitted by their logarithms.
    """

    name: str
    problem: Problem
    deviation: float
    library: Library
    changes: np.ndarray
    exponents: np.ndarray
    positive: bool


@dataclass(frozen=True)
class Data:
    """Courses of all runs, shape (runs, time, species), the first time exact."""

    times: np.ndarray
    values: np.ndarray


Run = Callable[[Case, Data], Polynomial]


def main(*, patience: float = 300.0, seed: int = 1) -> None:
    """Print one table; torchdiffeq has `patience` processor seconds for each learning rate."""
    torch.set_num_threads(1)
    print(", ".join(f"{n} {version(n)}" for n in ("torch", "torchdiffeq", "jax", "ratelaw")))
    print("processor seconds; one thread for torch\n")
    for case in cases():
        data = measured(case, seed)
        print(case.name)
        timed(case, data, fitted, "the fit, first of the process", 1)
        timed(case, data, chosen, "with choice of terms, first", 1)
        timed(case, data, chosen, "with choice of terms", 1)
        loss, ours = timed(case, data, fitted, "the fit", REPEATS)
        quickest = patience
        for rate in RATES:
            began = time.process_time()
            found, steps = adam(case, data, rate, NEAR * loss, quickest)
            took = time.process_time() - began
            reached = found <= NEAR * loss
            quickest = min(quickest, took) if reached else quickest
            print(
                f"  torchdiffeq, learning rate {rate:<8g} {took:8.2f}  loss {found:.6g} "
                f"after {steps} steps{'' if reached else ', given up'}",
                flush=True,
            )
        bound = "" if quickest < patience else "more than "
        print(f"  ratio of the fits {bound}{quickest / ours:.1f}\n")


def cases() -> list[Case]:
    """Four rate constants of CRNN 1 and the ten coefficients of Yang 2020, Eq. (11)."""
    linear = monomials(2, 2, constant=False)
    return [
        Case(
            "CRNN 1: four rate constants from 20 runs of 100 times",
            PROBLEMS["CRNN 1"],
            0.01,
            rl.ReactionLibrary(
                rl.Network.parse("2 A --> B, 1\nA --> C, 1\nC --> D, 1\nB + D --> E, 1")
            ),
            np.array([[-2, -1, 0, 0], [1, 0, 0, -1], [0, 1, -1, 0], [0, 0, 1, -1], [0, 0, 0, 1]]),
            np.array([[2, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 1, 0, 1, 0]]),
            positive=True,
        ),
        Case(
            "SPCM averages: ten coefficients from 10 runs of 21 times",
            PROBLEMS["SPCM averages"],
            0.1,
            rl.PolynomialLibrary(degree=2),
            np.kron(np.eye(2), np.ones(5)),
            np.vstack([linear, linear]),
            positive=False,
        ),
    ]


def measured(case: Case, seed: int) -> Data:
    clean, _ = case.problem.courses(seed)
    values = np.array([run.values for run in clean])
    noise = case.deviation * np.random.default_rng(seed).standard_normal(values.shape)
    noise[:, 0] = 0.0
    return Data(case.problem.times, values + noise)


def timed(case: Case, data: Data, run: Run, title: str, repeats: int) -> tuple[float, float]:
    """The loss of what ratelaw finds, by another solver, and the quickest of its times."""
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        equations = run(case, data)
        seconds.append(time.process_time() - began)
    loss = loss_of(case, data, equations)
    print(f"  ratelaw, {title:<32} {min(seconds):8.3f}  loss {loss:.6g}", flush=True)
    return loss, min(seconds)


def fitted(case: Case, data: Data) -> Polynomial:
    """The terms of a case, told, from the start that torchdiffeq has."""
    experiments = as_experiments(case, data)
    symbols = [symbol(name) for name in experiments.species]
    terms = tuple(
        Term(
            sp.Mul(*(s ** int(e) for s, e in zip(symbols, exponents, strict=True))),
            dict(zip(experiments.species, map(float, changes), strict=True)),
            positive=case.positive,
        )
        for exponents, changes in zip(case.exponents, case.changes.T, strict=True)
    )
    deviations = tuple(part.deviations for part in experiments.experiments)
    problem = InverseProblem(Field(experiments.species, (), terms), experiments, deviations)
    start = Point(first_guess(case, data), np.empty(0), problem.first_starts)
    return Polynomial(case.exponents, case.changes * problem.fit(start).point.theta)


def chosen(case: Case, data: Data) -> Polynomial:
    """The library of a case, of which terms are chosen, from nothing."""
    fit = rl.ODENet(case.library).fit(as_experiments(case, data))
    return as_polynomial(fit.rate_equations, list(fit.variables))


def as_experiments(case: Case, data: Data) -> rl.Experiments:
    deviations = np.full(data.values.shape[1:], case.deviation)
    deviations[0] = 0.0
    tables = [
        xr.Dataset(
            {
                "average": (["time", "species"], y),
                "standard_error": (["time", "species"], deviations),
            },
            coords={"time": data.times, "species": list(case.problem.species)},
        )
        for y in data.values
    ]
    return rl.Experiments.of(*tables, exact_start=True)


def loss_of(case: Case, data: Data, equations: Polynomial) -> float:
    courses = np.array([course(equations, y[0], data.times) for y in data.values])
    return float(np.square((courses - data.values) / case.deviation).sum())


class TorchField(torch.nn.Module):
    """The equations of a case for a batch of states, shape (runs, species)."""

    def __init__(self, case: Case, data: Data) -> None:
        super().__init__()
        sizes = np.sqrt(np.square(rates_of(case, data)).mean(axis=(0, 1)))
        padded = [[*np.repeat(np.arange(1, len(e) + 1), e), 0, 0][:2] for e in case.exponents]
        self.first, self.second = torch.tensor(np.array(padded, dtype=int)).T
        self.changes = torch.tensor(case.changes / (1.0 if case.positive else sizes))
        self.positive = case.positive
        guess = first_guess(case, data)
        start = np.log(guess) if case.positive else guess * sizes
        self.unknowns = torch.nn.Parameter(torch.tensor(start))

    def forward(self, _: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        factors = torch.cat([torch.ones_like(y[:, :1]), y], dim=1)
        k = torch.exp(self.unknowns) if self.positive else self.unknowns
        return (k * factors[:, self.first] * factors[:, self.second]) @ self.changes.T


def rates_of(case: Case, data: Data) -> np.ndarray:
    """The monomials along the data, shape (runs, time, terms)."""
    return np.stack([np.prod(data.values**e, axis=-1) for e in case.exponents], axis=-1)


def first_guess(case: Case, data: Data) -> np.ndarray:
    """Coefficients by least squares on differences of the data, shape (terms,)."""
    slopes = np.gradient(data.values, data.times, axis=1)
    design = np.einsum("vc,rtc->rtvc", case.changes, rates_of(case, data))
    found = np.linalg.lstsq(design.reshape(slopes.size, -1), slopes.ravel(), rcond=None)[0]
    return np.maximum(found, FLOOR) if case.positive else found


def adam(case: Case, data: Data, rate: float, target: float, patience: float) -> tuple[float, int]:
    """The loss that was reached and after how many steps."""
    field = TorchField(case, data)
    optimizer = torch.optim.Adam(field.parameters(), lr=rate)
    times = torch.tensor(data.times)
    values = torch.tensor(data.values.transpose(1, 0, 2))
    best, steps, began = np.inf, 0, time.process_time()
    while best > target and time.process_time() - began < patience:
        optimizer.zero_grad()
        try:
            courses = odeint_adjoint(field, values[0], times, rtol=RTOL, atol=ATOL)
        except AssertionError:  # its step size has become 0: the course explodes
            break
        loss = torch.square((courses - values) / case.deviation).mean()
        loss.backward()
        optimizer.step()
        best, steps = min(best, loss.item() * data.values.size), steps + 1
    return best, steps


if __name__ == "__main__":
    typer.run(main)
