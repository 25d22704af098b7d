"""Exact sensitivities of every library against finite differences."""

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations import inverse_problem
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.network import Network
from ratelaw.network.expression import parse_expression

SPECIES = ("A", "B")
LIBRARIES = {
    "polynomial": rl.PolynomialLibrary(degree=2, constant=True),
    "mass action": rl.MassActionLibrary(2, 1),
    "reactions": rl.ReactionLibrary(Network.parse("A --> B, 1\n2 B --> A, 1")),
    "Hill": rl.HillLibrary((1, 3)),
    "rational": rl.RationalLibrary(degree=2, denominator=2),
    "Arrhenius": rl.learn.Arrhenius(rl.MassActionLibrary(1, 1)),
    "own": rl.TermLibrary(("exp(-a*A)", "B/(b + A)", "A*T/300"), shapes={"a": 0.7, "b": 1.3}),
    "sum": rl.PolynomialLibrary(degree=1) + rl.HillLibrary((2,)),
}


def posed(library):
    times = (np.array([0.0, 0.5, 1.5, 2.0]), np.array([0.0, 1.0, 3.0]))
    parts = tuple(
        Experiment(t, np.full((len(t), 2), 0.8), None, start, np.array([kelvin]))
        for t, start, kelvin in zip(
            times, ([np.nan, np.nan], [1.0, np.nan]), (300.0, 320.0), strict=True
        )
    )
    observables = (parse_expression("A + 2*B"), parse_expression("A*B"))
    data = Experiments(SPECIES, observables, ("T",), parts)
    field = Field(SPECIES, ("T",), library.columns(SPECIES))
    return InverseProblem(field, data, tuple(np.full((len(t), 2), 0.3) for t in times))


@pytest.mark.parametrize("name", LIBRARIES)
def test_sensitivities_agree_with_finite_differences(name, monkeypatch):
    monkeypatch.setattr(inverse_problem, "RTOL", 1e-10)  # the differences need it, not the slopes
    problem = posed(LIBRARIES[name])
    generator = np.random.default_rng(3)
    count, parameters = len(problem.field.terms), len(problem.field.shapes)
    x = np.concatenate(
        [
            generator.uniform(0.02, 0.1, count),
            problem.field.first_shape(np.ones(2)),
            [0.9, 0.8, 0.7],
        ]
    )

    def at(x):
        starts = np.array([[x[-3], x[-2]], [1.0, x[-1]]])
        return Point(x[:count], x[count : count + parameters], starts)

    blocks = list(problem.blocks(at(x)))
    own = [np.hstack([blocks[0].own, np.zeros((len(blocks[0].own), 1))])]
    own += [np.hstack([np.zeros((len(blocks[1].own), 2)), blocks[1].own])]
    slopes = np.vstack(
        [np.hstack([block.shared, part]) for block, part in zip(blocks, own, strict=True)]
    )
    for i in range(len(x)):
        step = 2e-4 * abs(x[i])
        moved = np.eye(len(x))[i] * step
        first = problem.residuals(at(x + moved)) - problem.residuals(at(x - moved))
        second = problem.residuals(at(x + 2 * moved)) - problem.residuals(at(x - 2 * moved))
        difference = (8 * first - second) / (12 * step)
        scale = max(np.abs(difference).max(), 1 / abs(x[i]))
        np.testing.assert_allclose(slopes[:, i] / scale, difference / scale, atol=1e-6)
