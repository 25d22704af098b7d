"""Derivatives of a course that is at rest or nearly so, against closed forms."""

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn.data.experiment import Experiment
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.field import Field
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.network.expression import symbol


def courses(text, rates, start, times):
    """The courses of a network; its sizes are those of the start."""
    network = rl.Network.parse(text)
    times, species = np.array(times), network.species
    part = Experiment(
        times, np.tile(start, (len(times), 1)), None, np.full(len(start), np.nan), np.zeros(0)
    )
    data = Experiments(species, tuple(map(symbol, species)), (), (part,))
    field = Field(species, (), rl.ReactionLibrary(network).columns(species))
    whole = InverseProblem(field, data, (np.ones_like(part.values),))
    return whole.courses(Point(np.array(rates), np.zeros(0), np.array([start])))


def birth_and_death(time, birth, death, start):
    """Derivatives of a/b + (x - a/b) exp(-b t) to a, b and x."""
    rest, left = birth / death, np.exp(-death * time)
    by_death = -rest / death * (1 - left) - (start - rest) * time * left
    return [(1 - left) / death, by_death, left]


@pytest.mark.parametrize("end", [0.3, 1.0, 3.0, 100.0, 1e5])
@pytest.mark.parametrize("apart", [0.0, 1e-12, 1e-9, 1e-6, 1e-3])
def test_what_rests_tells_its_slopes(apart, end):
    times, start = [0.0, end / 3, end], 0.5 + apart
    found = courses("0 --> X, 1\nX --> 0, 1", [1.0, 2.0], [start], times)
    assert found.solved.all()
    exact = [birth_and_death(t, 1.0, 2.0, start) for t in times]
    np.testing.assert_allclose(found.derivatives[0, :, 0], exact, atol=1e-5)


def test_a_stiff_rest_tells_the_slopes_of_its_slow_part():
    """The quick part needs implicit steps, which must follow the slow one."""
    text = "0 --> X, 1\nX --> 0, 1\n0 --> Y, 1\nY --> 0, 1"
    times = np.append(0, np.geomspace(1e-3, 30, 12))
    found = courses(text, [1.0, 2.0, 1e5, 1e5], [0.5, 1.0], times)
    assert found.solved.all()
    exact = np.array([birth_and_death(t, 1.0, 2.0, 0.5) for t in times])
    np.testing.assert_allclose(found.derivatives[0, :, 0, [0, 1, 4]].T, exact, atol=1e-5)


def test_an_exchange_in_balance_forgets_how_it_began():
    """A = s/2 + (A0 - B0) exp(-2 k t)/2 with k forth and back, of which only one is changed."""
    times = np.array([0.0, 0.5, 4.0, 100.0])
    found = courses("A --> B, 1\nB --> A, 1", [1.0, 1.0], [5.0, 5.0], times)
    left = np.exp(-2 * times)
    forth = -5 * (1 - left) / 2
    exact = np.stack([forth, -forth, (1 + left) / 2, (1 - left) / 2], axis=1)
    np.testing.assert_allclose(found.derivatives[0, :, 0], exact, atol=3e-5)
