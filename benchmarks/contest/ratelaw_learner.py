"""ratelaw's contestant: one library for each kind of problem, every option as it comes."""

from collections.abc import Sequence

import numpy as np
import sympy as sp
import xarray as xr

import ratelaw as rl
from contest.equations import Equations, Model, Polynomial, Rational
from contest.problem import Problem, Run
from ratelaw.learn import Library

INPUT = "T"


def learn(problem: Problem, runs: Sequence[Run]) -> list[Model]:
    """The models that the data cannot tell apart, the chosen one first."""
    warm = len({run.temperature for run in runs}) > 1
    tables = [table(problem, run, warm=warm) for run in runs]
    experiments = rl.Experiments.of(*tables, inputs=(INPUT,) if warm else ())
    fit = rl.ODENet(library(problem, warm=warm)).fit(experiments)
    return [model(problem, each) for each in fit.alternatives or (fit,)]


def table(problem: Problem, run: Run, *, warm: bool) -> xr.Dataset:
    names, values = list(problem.species), run.values
    if warm:
        names.append(INPUT)
        values = np.column_stack([values, np.full(len(run.times), run.temperature)])
    return xr.Dataset(
        {"average": (["time", "species"], values)}, coords={"time": run.times, "species": names}
    )


def library(problem: Problem, *, warm: bool) -> Library:
    """Reactions where mass action holds, else what PySINDy is given."""
    if problem.name == "rational":
        return rl.RationalLibrary(problem.library.degree, problem.library.degree)
    if not problem.reactions:
        given = problem.library
        return rl.PolynomialLibrary(degree=given.degree, constant=given.constant)
    if not problem.library.squares:
        return rl.ReactionLibrary(exchanges(problem.species))
    reactions = rl.MassActionLibrary(order=2, products=2)
    return rl.learn.Arrhenius(reactions, INPUT) if warm else reactions


def exchanges(species: Sequence[str]) -> rl.Network:
    """Every reaction from one to another of A, B, ..., A + B, ...: 30 of three species."""
    sides = [*species, *(f"{a} + {b}" for i, a in enumerate(species) for b in species[i + 1 :])]
    return rl.Network.parse("\n".join(f"{a} --> {b}, 1" for a in sides for b in sides if a != b))


def model(problem: Problem, fit: rl.Fit) -> Model:
    """The learned right-hand sides in the normal form of the contest."""
    symbols = list(fit.variables)

    def at(temperature: float) -> Equations:
        warmth = {s: temperature for rate in fit.rate_equations for s in rate.free_symbols}
        rates = [
            rate.subs({s: t for s, t in warmth.items() if s not in symbols})
            for rate in fit.rate_equations
        ]
        if problem.name == "rational":
            top, bottom = sp.fraction(sp.cancel(sp.together(rates[0])))
            return Rational(*(ascending(side, symbols[0]) for side in (top, bottom)))
        return as_polynomial(rates, symbols)

    return at


def as_polynomial(rates: Sequence[sp.Expr], symbols: Sequence[sp.Symbol]) -> Polynomial:
    rows = [dict(sp.Poly(rate, *symbols).terms()) for rate in rates]
    powers = list(dict.fromkeys(p for row in rows for p in row)) or [(0,) * len(symbols)]
    coefficients = [[float(row.get(p, 0.0)) for p in powers] for row in rows]
    return Polynomial(np.array(powers), np.array(coefficients))


def ascending(side: sp.Expr, variable: sp.Symbol) -> np.ndarray:
    return np.array([float(c) for c in sp.Poly(side, variable).all_coeffs()[::-1]])
