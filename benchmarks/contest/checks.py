"""The problems themselves, held against closed forms, invariants and published values."""

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from contest.dynamics import BRUSSELATOR, LORENZ
from contest.problem import ROOM, exact
from contest.reactions import GAS, ROBERTSON
from contest.registry import PROBLEMS
from contest.score import score

LIMIT = 1e-5
"""Of every relative error; the published values have as many digits."""

ONE = np.eye(9)
CONSERVED: dict[str, np.ndarray] = {
    "Robertson": np.array([[1, 1, 1]]),
    "CRNN 1": np.array([[1, 2, 1, 1, 3]]),
    "CRNN 2": np.array([[1, 0, 1, 1, 1, 0], [0, 1, 0, 0, 0, 1]]),
    "CRNN 3": np.vstack([ONE[0], ONE[1::2] + ONE[2::2]]),
    "freezing": np.array([[1, 1, 1]]),
    "freezing, enzyme": np.array([[1, 0, 1, 0], [0, 1, 1, 1]]),
    "equivalent 1 1": np.array([[1, 1, 2]]),
}
"""Weights of species whose sums do not change, by problem."""


def check() -> None:
    """Say how well the generators keep what is known of them.

    Raises
    ------
    ArithmeticError
        If one does not.
    """
    errors = {**{f"{n}, conserved": conserved(n) for n in CONSERVED}, **known()}
    for name, error in errors.items():
        if not error < LIMIT:
            raise ArithmeticError(f"{name}: relative error {error:.1e}, more than {LIMIT:g}")
    for problem in PROBLEMS.values():
        if not score(problem, problem.truth, []).right:
            raise ArithmeticError(f"{problem.name}: the truth does not pass for itself")
    worst = max(errors, key=errors.__getitem__)
    print(f"{len(errors)} checks of the data; largest relative error {errors[worst]:.0e} ({worst})")


def conserved(name: str) -> float:
    problem = PROBLEMS[name]
    initial = problem.start(np.random.default_rng(0), 5)
    sums = exact(problem.truth(330.0), initial, problem.times) @ CONSERVED[name].T
    return float(np.abs(sums / (CONSERVED[name] @ initial) - 1).max())


def known() -> dict[str, float]:
    """Relative errors against what is known otherwise."""
    return {
        "Robertson at t = 40 (Hairer and Wanner 1996)": apart(
            exact(ROBERTSON, np.array([1.0, 0.0, 0.0]), np.array([40.0]))[0],
            np.array([0.7158270688, 0.9185534765e-5, 0.2841637457]),
        ),
        "Lotka-Volterra, its first integral": lotka_volterra(),
        "Lorenz against an explicit solver of order 8": lorenz(),
        "Lorenz, fixed point": float(np.abs(LORENZ(0.0, np.array([72**0.5, 72**0.5, 27]))).max()),
        "Brusselator, fixed point": float(np.abs(BRUSSELATOR(0.0, np.array([1.0, 3.0]))).max()),
        "SPCM, exponential of its matrix": spcm(),
        "CRNN 2, rate constants at 333 K": arrhenius(),
        "rational, closed form of t(x)": rational(),
        "freezing, exponential of its matrix": freezing(),
    }


def lotka_volterra() -> float:
    problem = PROBLEMS["Lotka-Volterra"]
    x, y = exact(problem.truth(ROOM), np.array([10.0, 5.0]), problem.times).T
    kept = 0.075 * x - 1.5 * np.log(x) + 0.1 * y - np.log(y)
    return apart(kept, kept[0])


def lorenz() -> float:
    times = np.array([2.0])
    initial = np.array([-8.0, 8.0, 27.0])
    other = solve_ivp(LORENZ, (0, 2), initial, method="DOP853", rtol=1e-13, atol=1e-13)
    return apart(exact(LORENZ, initial, times)[0], other.y[:, -1])


def spcm() -> float:
    problem = PROBLEMS["SPCM averages"]
    matrix = np.array([[0.0836 - 0.0764, 0], [1 - 0.0836 + 0.0764, -0.31 / 1.1]]) * 1.1
    initial = np.array([10.0, 0.0])
    found = exact(problem.truth(ROOM), initial, problem.times)[1:]
    return apart(found, np.array([expm(matrix * t) @ initial for t in problem.times[1:]]))


def freezing() -> float:
    problem = PROBLEMS["freezing"]
    matrix = np.array([[-1.0, 1, 0], [1, -1 - 1e3, 1e3], [0, 1e3, -1e3]])
    initial = np.array([0.2, 0.9, 0.4])
    found = exact(problem.truth(ROOM), initial, problem.times)
    return apart(found, np.array([expm(matrix * t) @ initial for t in problem.times]))


def arrhenius() -> float:
    """By hand: k = exp(ln A - Ea/(R T)), where TG alone reacts with ROH at concentrations 1."""
    slope = PROBLEMS["CRNN 2"].truth(333.0)(0.0, np.array([1.0, 1, 0, 0, 0, 0]))
    return apart(slope[0], -np.exp(18.60 - 14.54 / (GAS * 333.0)))


def rational() -> float:
    """0.9 t = [-x - ln|0.2 - x|/2] between x(0) and x(t)."""
    problem = PROBLEMS["rational"]
    x = exact(problem.truth(ROOM), np.array([2.0]), problem.times)[:, 0]
    side = -x - np.log(np.abs(0.2 - x)) / 2
    return apart((side[1:] - side[0]) / 0.9, problem.times[1:])


def apart(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.abs(found / truth - 1).max())
