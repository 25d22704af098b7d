"""Problems of polynomial dynamics: what PySINDy was made for, and the averages of the SPCM."""

import numpy as np

from contest.equations import polynomial, same
from contest.problem import Library, Problem, of_spread

LOTKA_VOLTERRA = polynomial(
    ("x", "y"), {"x": {"x": 1.0, "x y": -0.1}, "y": {"x y": 0.075, "y": -1.5}}
)
LORENZ = polynomial(
    ("x", "y", "z"),
    {
        "x": {"x": -10.0, "y": 10.0},
        "y": {"x": 28.0, "x z": -1.0, "y": -1.0},
        "z": {"x y": 1.0, "z": -8 / 3},
    },
)
BRUSSELATOR = polynomial(
    ("x", "y"), {"x": {"": 1.0, "x": -4.0, "x x y": 1.0}, "y": {"x": 3.0, "x x y": -1.0}}
)
"""a = 1, b = 3."""
SPCM = polynomial(("A", "B"), {"A": {"A": 0.00792}, "B": {"A": 1.09208, "B": -0.31}})
"""Averages of Yang 2020, Eq. (11): (r1 - r2) lam, (1 - r1 + r2) lam, -gamma."""

PROBLEMS = (
    Problem(
        "Lotka-Volterra",
        ("x", "y"),
        same(LOTKA_VOLTERRA),
        np.linspace(0, 20, 201),
        lambda rng, _: rng.uniform(5, 20, 2),
        runs=2,
        noise=of_spread,
        library=Library(degree=2, constant=True),
    ),
    Problem(
        "Lorenz",
        ("x", "y", "z"),
        same(LORENZ),
        np.linspace(0, 10, 1001),
        lambda rng, _: np.array([0.0, 0.0, 25.0]) + rng.uniform(-8, 8, 3),
        runs=2,
        noise=of_spread,
        library=Library(degree=2, constant=True),
        horizon=2.0,
    ),
    Problem(
        "Brusselator",
        ("x", "y"),
        same(BRUSSELATOR),
        np.linspace(0, 20, 401),
        lambda rng, _: rng.uniform(0.5, 3, 2),
        runs=2,
        noise=of_spread,
        library=Library(degree=3, constant=True),
    ),
    Problem(
        "SPCM averages",
        ("A", "B"),
        same(SPCM),
        np.linspace(0, 20, 21),
        lambda rng, _: np.array([rng.uniform(5, 15), rng.uniform(0, 30)]),
        runs=10,
        noise=of_spread,
    ),
)
