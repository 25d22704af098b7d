"""Networks written as SBML, simulated by libRoadRunner: another reader, another integrator."""

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.formats.sbml.writer import format_sbml

roadrunner = pytest.importorskip("roadrunner", reason="libRoadRunner is in the extra 'bench'")
SETTLING = {"robertson": 40.0, "goldbeter_koshland": 100.0}


@pytest.mark.parametrize("name", rl.zoo.names())
def test_the_deterministic_course_is_the_same(name):
    network = rl.zoo.load(name)
    end = SETTLING.get(name, 1.0)
    ours = rl.simulate(network, rl.MassAction(rtol=1e-10), np.linspace(0, end, 11))["average"]
    runner = roadrunner.RoadRunner(format_sbml(network))
    runner.integrator.relative_tolerance = 1e-12
    runner.integrator.absolute_tolerance = 1e-14
    runner.timeCourseSelections = ["time", *network.species]
    theirs = np.array(runner.simulate(0, end, 11))[:, 1:]
    scale = np.abs(ours.values).max(axis=0) + 1e-12
    assert (np.abs(ours.values - theirs) / scale).max() < 1e-6
