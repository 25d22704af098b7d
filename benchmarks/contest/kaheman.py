"""The rational problem of Kaheman et al. 2020: x' = 0.6 - 1.5 x/(0.3 + x)."""

import numpy as np

from contest.equations import Rational, same
from contest.problem import Library, Problem, of_unit

MENTEN = Rational(np.array([0.18, -0.9]), np.array([0.3, 1.0]))
RUNS = 60
"""Kaheman et al. have 2400, of which they keep 21 of 51 times."""

PROBLEM = Problem(
    "rational",
    ("x",),
    same(MENTEN),
    np.linspace(0, 5, 51),
    lambda rng, i: rng.uniform(0, 0.5 + round(12 * min(i / RUNS, 1)), 1),
    runs=RUNS,
    noise=of_unit,
    levels=(1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5),
    quick=(1e-5, 1e-2),
    library=Library(degree=4, constant=True),
)
