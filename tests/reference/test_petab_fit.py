"""Fits of PEtab problems against published objectives, gradients and likelihoods."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from ratelaw.formats import read_petab
from ratelaw.learn import fit_petab, log_likelihood
from ratelaw.learn.petab.objective import Objective

SUITE = Path(__file__).parent / "petab"
COLLECTION = Path(__file__).parent / "petab_collection"
BOEHM_POINT = {
    "Epo_degradation_BaF3": -1.665827601408055,
    "k_exp_hetero": -4.999704893599998,
    "k_exp_homo": -2.2096987817000167,
    "k_imp_hetero": -1.78600654750001,
    "k_imp_homo": 4.9901140088,
    "k_phos": 4.1977354885,
    "sd_pSTAT5A_rel": 0.5857552705999998,
    "sd_pSTAT5B_rel": 0.8189828191999999,
    "sd_rSTAT5A_rel": 0.49868440400000047,
}
"""Logarithms of base 10; pyPESTO's examples, Boehm_validation/Parameter.csv."""
BOEHM_GRADIENT = [
    -226.01431847863805, 0.03263295726678998, 0.05074978988074719, -273.3251522968395,
    -4.9353233689552945e-5, 85.33308210815652, -57.82373022138993, 6.47910944243548,
    1.5327970845176904,
]  # fmt: skip
"""By these, from AMICI's sensitivities; the same folder, Gradient.csv."""


def collected(name):
    return read_petab(COLLECTION / name / f"{name}.yaml")


@pytest.fixture(scope="module")
def boehm():
    return Objective(collected("boehm"))


def test_the_objective_of_boehm_and_its_gradient_are_those_of_amici(boehm):
    judged = boehm.judge(np.array([BOEHM_POINT[name] for name in boehm.names]))
    assert judged.objective == pytest.approx(149.05022585636098, abs=1e-5)
    np.testing.assert_allclose(judged.gradient, BOEHM_GRADIENT, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "published", "tolerance"), [("boehm", 138.22199, 1e-4), ("crauste", 190.964, 1e-3)]
)
def test_nominal_parameters_have_the_published_objective(name, published, tolerance):
    problem = collected(name)
    objective = Objective(problem)
    found = objective.judge(objective.scaled(problem.values())).objective
    assert found == pytest.approx(published, abs=tolerance)
    assert log_likelihood(problem) == pytest.approx(-published, abs=tolerance)


def assert_gradient(objective, point, tolerance=1e-6):
    """By differences of fourth order; those of steady states carry the solver's error."""
    steps = 1e-4 * np.eye(len(point))
    around = [
        [objective.judge(point + k * step).objective for k in (-2, -1, 1, 2)] for step in steps
    ]
    slopes = np.array(around) @ [1, -8, 8, -1] / (12 * 1e-4)
    exact = objective.judge(point).gradient
    np.testing.assert_allclose(exact, slopes, tolerance, tolerance * np.abs(exact).max())


def test_gradients_are_those_of_differences(boehm):
    random = np.random.default_rng(3)
    nominal = boehm.scaled(boehm.problem.values())
    for _ in range(3):
        point = np.clip(nominal + random.normal(0, 0.3, 9), boehm.lower + 1, boehm.upper - 1)
        assert_gradient(boehm, point)


@pytest.mark.parametrize("case", sorted(p.name for p in SUITE.iterdir() if p.is_dir()))
def test_compiled_problems_of_the_suite_have_the_published_likelihoods(case):
    """Conditions, scales, several observables, equilibrations: whatever the suite has."""
    problem = read_petab(SUITE / case / f"_{case}.yaml")
    published = yaml.safe_load((SUITE / case / f"_{case}_solution.yaml").read_text())
    objective = Objective(problem)
    point = objective.scaled(problem.values())
    judged = objective.judge(point)
    assert -judged.objective == pytest.approx(published["llh"], abs=published["tol_llh"])
    rests = any(e.periods[0].start == -np.inf for e in problem.experiments.values())
    assert_gradient(objective, np.where(point == 0, 0.1, 0.9 * point), 1e-4 if rests else 1e-6)


def test_boehm_from_two_starts_ends_at_its_best_with_two_parameters_open():
    fit = fit_petab(collected("boehm"), starts=2, seed=1, hops=0)
    assert fit.objective == pytest.approx(138.22198, abs=1e-3)
    assert fit.not_identifiable == ("k_exp_hetero", "k_imp_homo")
    open_ends = {p.name: p.ends for p in fit.parameters}
    assert open_ends["k_exp_hetero"] == (False, True)
    assert open_ends["k_imp_homo"] == (True, False)
    assert -log_likelihood(fit.problem) == pytest.approx(fit.objective, abs=1e-3)
