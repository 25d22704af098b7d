"""Problems of mass action: CRNN 1 to 3 and Robertson (Ji and Deng 2021), freezing (Huang 2021)."""

import numpy as np

from contest.equations import Equations, mass_action, same
from contest.problem import Library, Problem, of_unit, of_value

GAS = 1.98720e-3
"""kcal/(mol K)."""
SHORT = (0.0, 0.01, 0.05)

CRNN_1 = mass_action(
    tuple("ABCDE"), [("A A", "B", 0.1), ("A", "C", 0.2), ("C", "D", 0.13), ("B D", "E", 0.3)]
)
ESTERS = ("TG", "ROH", "DG", "MG", "GL", "ester")
STEPS = (("TG", "DG", 18.60, 14.54), ("DG", "MG", 19.13, 14.42), ("MG", "GL", 7.93, 6.47))
"""Of the transesterification: from, to, ln A, activation energy in kcal/mol."""
KINASES = ("S", "M3", "M3p", "M2", "M2p", "M1", "M1p", "TF", "TFp")
CASCADE = mass_action(
    KINASES,
    [
        reaction
        for by, off, on in (
            ("S", "M3", "M3p"),
            ("M3p", "M2", "M2p"),
            ("M2p", "M1", "M1p"),
            ("M1p", "TF", "TFp"),
        )
        for reaction in ((f"{by} {off}", f"{by} {on}", 1.0), (on, off, 1.0))
    ],
)
ROBERTSON = mass_action(tuple("ABC"), [("A", "B", 0.04), ("B B", "B C", 3e7), ("B C", "A C", 1e4)])
FREEZING = mass_action(
    ("x1", "x2", "x3"),
    [("x1", "x2", 1.0), ("x2", "x1", 1.0), ("x2", "x3", 1e3), ("x3", "x2", 1e3)],
)
ENZYME = mass_action(
    ("E", "S", "ES", "P"), [("E S", "ES", 1e6), ("ES", "E S", 1e3), ("ES", "E P", 10.0)]
)


def transesterification(temperature: float) -> Equations:
    """CRNN 2: k = A exp(-Ea/(R T))."""
    return mass_action(
        ESTERS,
        [
            (f"{a} ROH", f"{b} ester", float(np.exp(log_a - energy / (GAS * temperature))))
            for a, b, log_a, energy in STEPS
        ],
    )


def cascade_start(rng: np.random.Generator, number: int) -> np.ndarray:
    """Over three decades; the first two runs begin with nothing active."""
    state = 10.0 ** rng.uniform(-3, 0, len(KINASES))
    if number < 2:
        state[2::2] = 0.0
    return state


PROBLEMS = (
    Problem(
        "Robertson",
        tuple("ABC"),
        same(ROBERTSON),
        np.logspace(0, 5, 40),
        lambda rng, _: np.array([rng.uniform(0.5, 1.5), 1e-8, rng.uniform(0.5, 1.5)]),
        runs=20,
        noise=of_value,
        tests=5,
        reactions=True,
    ),
    Problem(
        "CRNN 1",
        tuple("ABCDE"),
        same(CRNN_1),
        np.linspace(0, 40, 100),
        lambda rng, _: np.append(rng.uniform(0.2, 1.2, 2), np.zeros(3)),
        runs=20,
        noise=of_value,
        reactions=True,
    ),
    Problem(
        "CRNN 2",
        ESTERS,
        transesterification,
        np.linspace(0, 50, 50),
        lambda rng, _: np.append(rng.uniform(0.2, 2.2, 2), np.zeros(4)),
        runs=20,
        noise=of_value,
        reactions=True,
        temperature=lambda rng: float(rng.uniform(323, 343)),
    ),
    Problem(
        "CRNN 3",
        KINASES,
        same(CASCADE),
        np.linspace(0, 10, 100),
        cascade_start,
        runs=70,
        noise=of_value,
        reactions=True,
    ),
    Problem(
        "freezing",
        ("x1", "x2", "x3"),
        same(FREEZING),
        np.linspace(0, 1, 10),
        lambda rng, _: rng.uniform(0, 1, 3),
        runs=100,
        noise=of_value,
        levels=SHORT,
        reactions=True,
    ),
    Problem(
        "freezing, enzyme",
        ("E", "S", "ES", "P"),
        same(ENZYME),
        np.linspace(0, 1, 10),
        lambda rng, _: rng.uniform(0, 1, 4),
        runs=100,
        noise=of_value,
        levels=SHORT,
        reactions=True,
    ),
)


def equivalent(k1: float, k18: float) -> Problem:
    """Foo 2025: one course from (0, 0, 1); a forecast begins anywhere."""
    species = ("X1", "X2", "X3")
    network = [("X1", "X2", k1), ("X1 X2", "X3", k18), ("X3", "X1 X2", 1.0)]
    return Problem(
        f"equivalent {k1:g} {k18:g}",
        species,
        same(mass_action(species, network)),
        np.linspace(0, 10, 101),
        lambda rng, i: rng.uniform(0, 1, 3) if i else np.array([0.0, 0.0, 1.0]),
        runs=1,
        noise=of_unit,
        levels=(0.01,),
        quick=(0.01,),
        library=Library(squares=False),
        reactions=True,
        seeds=1,
    )


CONSTANTS = (0.1, 0.3, 1.0, 3.0, 10.0)
EQUIVALENT = tuple(equivalent(k1, k18) for k1 in CONSTANTS for k18 in CONSTANTS)
