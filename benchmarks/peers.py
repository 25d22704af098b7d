"""The peers: each simulates n trajectories of a problem and returns the last counts."""

import os
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from models import Problem

Run = Callable[[int], np.ndarray]
"""From how many trajectories to last counts, shape (trajectory, species)."""


def rate(problem: Problem, reaction: object) -> float:
    """The constant of k n^nu / nu! counts: of ordered pairs for every peer that multiplies so."""
    network = problem.network
    k = float(reaction.law.expression.subs(network.values))
    return k * network.volume ** (1 - sum(reaction.reactants.values()))


def repeated(side: dict[str, int]) -> list[str]:
    return [name for name, count in side.items() for _ in range(count)]


def rebop_kernel(problem: Problem) -> Run:
    """rebop's compiled object without its xarray results."""
    names = problem.network.species
    kernel = _rebop(problem).gillespie
    kernel.set_init({name: int(count) for name, count in problem.network.initial.items()})
    # rebop picks dense arrays by itself, which at 200 reactions are twenty times slower.
    sparse = True if len(problem.network.reactions) > 20 else None

    def run(size: int) -> np.ndarray:
        final = np.empty((size, len(names)))
        for i in range(size):
            _, result = kernel.run(
                problem.until, 20, params={}, seed=i, sparse=sparse, var_names=None
            )
            final[i] = [result[name][-1] for name in names]
        return final

    return run


def rebop_public(problem: Problem) -> Run:
    """rebop as its documentation says."""
    system = _rebop(problem)
    names = problem.network.species
    start = {name: int(count) for name, count in problem.network.initial.items()}
    sparse = True if len(problem.network.reactions) > 20 else None

    def run(size: int) -> np.ndarray:
        found = [system.run(start, problem.until, 20, rng=i, sparse=sparse) for i in range(size)]
        return np.array([[float(data[name][-1]) for name in names] for data in found])

    return run


def _rebop(problem: Problem) -> object:
    import rebop

    system = rebop.Gillespie()
    for reaction in problem.network.reactions:
        system.add_reaction(
            rate(problem, reaction) / _factorials(reaction),
            repeated(reaction.reactants),
            repeated(reaction.products),
        )
    return system


def _factorials(reaction: object) -> float:
    return float(np.prod([1.0 * np.arange(1, n + 1).prod() for n in reaction.reactants.values()]))


def gillespy2(problem: Problem) -> Run:
    """GillesPy2's solver that compiles C++ for the model."""
    import gillespy2 as g
    from gillespy2.solvers.cpp import SSACSolver

    network = problem.network
    model = g.Model(name="model")
    model.add_species(
        [g.Species(name=name, initial_value=int(n)) for name, n in network.initial.items()]
    )
    for j, reaction in enumerate(network.reactions):
        constant = g.Parameter(name=f"k{j}", expression=rate(problem, reaction))
        model.add_parameter(constant)
        law = f"k{j}" + "".join(
            "".join(f"*({name}-{i})" for i in range(order))
            for name, order in reaction.reactants.items()
        )
        model.add_reaction(
            g.Reaction(
                name=f"r{j}",
                reactants=dict(reaction.reactants),
                products=dict(reaction.products),
                propensity_function=f"{law}/{_factorials(reaction)}",
            )
        )
    model.timespan(g.TimeSpan(problem.times))
    # It builds with the interpreter behind the virtual environment, which cannot see SCons.
    os.environ["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    solver = SSACSolver(model=model)

    def run(size: int) -> np.ndarray:
        results = solver.run(number_of_trajectories=size, seed=1)
        return np.array([[path[name][-1] for name in network.species] for path in results])

    return run


def bioscrape(problem: Problem) -> Run:
    """bioscrape's stochastic simulator through its own interface."""
    from bioscrape.random import py_seed_random
    from bioscrape.simulator import ModelCSimInterface, SSASimulator
    from bioscrape.types import Model

    network = problem.network
    reactions = []
    for reaction in network.reactions:
        reactants, products = repeated(reaction.reactants), repeated(reaction.products)
        law = str(rate(problem, reaction) / _factorials(reaction)) + "".join(
            "".join(f"*({name}-{i})" for i in range(order))
            for name, order in reaction.reactants.items()
        )
        reactions.append((reactants, products, "general", {"rate": law}))
    if all(max(r.reactants.values(), default=0) < 2 for r in network.reactions):
        reactions = [
            (a, b, "massaction", {"k": rate(problem, r)})
            for (a, b, _, _), r in zip(reactions, network.reactions, strict=True)
        ]
    model = Model(
        species=list(network.species),
        reactions=reactions,
        initial_condition_dict={name: float(n) for name, n in network.initial.items()},
    )
    interface = ModelCSimInterface(model)
    interface.py_prep_deterministic_simulation()
    order = [model.get_species_index(name) for name in network.species]
    simulator, times = SSASimulator(), problem.times.copy()
    interface.py_set_initial_time(0.0)
    py_seed_random(1)

    def run(size: int) -> np.ndarray:
        found = [simulator.py_simulate(interface, times).py_get_result()[-1] for _ in range(size)]
        return np.array(found)[:, order]

    return run


def roadrunner(problem: Problem) -> Run:
    """libRoadRunner's gillespie, from Antimony."""
    import roadrunner as rr

    engine = rr.RoadRunner(_sbml(problem))
    engine.setIntegrator("gillespie")
    engine.integrator.seed = 1
    engine.integrator.variable_step_size = False
    engine.timeCourseSelections = ["time", *problem.network.species]

    def run(size: int) -> np.ndarray:
        final = []
        for _ in range(size):
            engine.resetAll()
            final.append(np.array(engine.simulate(0, problem.until, 21))[-1, 1:])
        return np.array(final)

    return run


def copasi(problem: Problem) -> Run:
    """COPASI's direct method through basico."""
    import basico

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.xml")
        path.write_text(_sbml(problem), encoding="utf-8")
        model = basico.load_model(str(path))
    names = list(problem.network.species)

    def run(size: int) -> np.ndarray:
        final = []
        for i in range(size):
            data = basico.run_time_course(
                start_time=0, duration=problem.until, intervals=20, method="directMethod",
                seed=i + 1, use_seed=True, use_numbers=True, model=model,
            )  # fmt: skip
            final.append(data[names].to_numpy()[-1])
        return np.array(final)

    return run


def _sbml(problem: Problem) -> str:
    """SBML with amounts and every law written out."""
    network = problem.network
    species = "".join(
        f'<species id="{name}" compartment="c" initialAmount="{n:g}" '
        f'hasOnlySubstanceUnits="true" boundaryCondition="false" constant="false"/>'
        for name, n in network.initial.items()
    )
    reactions = ""
    for j, reaction in enumerate(network.reactions):
        sides = ""
        for tag, side in (
            ("listOfReactants", reaction.reactants),
            ("listOfProducts", reaction.products),
        ):
            items = "".join(
                f'<speciesReference species="{name}" stoichiometry="{n}" constant="true"/>'
                for name, n in side.items()
            )
            sides += f"<{tag}>{items}</{tag}>" if items else ""
        factors = f"<cn>{rate(problem, reaction) / _factorials(reaction)!r}</cn>"
        for name, order in reaction.reactants.items():
            factors += "".join(
                f"<apply><minus/><ci>{name}</ci><cn>{i}</cn></apply>" if i else f"<ci>{name}</ci>"
                for i in range(order)
            )
        law = f"<apply><times/>{factors}<cn>1</cn></apply>"
        reactions += (
            f'<reaction id="r{j}" reversible="false" fast="false">{sides}<kineticLaw>'
            f'<math xmlns="http://www.w3.org/1998/Math/MathML">{law}</math></kineticLaw></reaction>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
        '<model id="m" substanceUnits="item" timeUnits="second" extentUnits="item">'
        '<listOfCompartments><compartment id="c" size="1" spatialDimensions="3" constant="true"/>'
        f"</listOfCompartments><listOfSpecies>{species}</listOfSpecies>"
        f"<listOfReactions>{reactions}</listOfReactions></model></sbml>"
    )


PEERS: dict[str, Callable[[Problem], Run]] = {
    "rebop, its kernel": rebop_kernel,
    "rebop, public run": rebop_public,
    "bioscrape": bioscrape,
    "GillesPy2, compiled": gillespy2,
    "libRoadRunner": roadrunner,
    "COPASI (basico)": copasi,
}
