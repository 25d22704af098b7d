"""What models of SBML mean: small ones with closed forms."""

from collections.abc import Mapping

import libsbml
import numpy as np
import pytest

import ratelaw as rl
from ratelaw.formats.sbml.reader import parse_sbml
from ratelaw.network.lowering import to_numpy
from ratelaw.network.time_dependence import TIME

TIMES = np.linspace(0, 2, 9)


class Document:
    """A model of Level 3 Version 2, written with libsbml from formulas as text."""

    def __init__(self) -> None:
        self.document = libsbml.SBMLDocument(3, 2)
        self.model = self.document.createModel()

    def compartment(self, name="C", size=1.0, *, dimensions=3, constant=True):
        part = self.model.createCompartment()
        part.setId(name)
        part.setSize(size)
        part.setSpatialDimensions(dimensions)
        part.setConstant(constant)
        return self

    def species(self, name, amount=None, *, concentration=None, only_amount=False, **more):
        part = self.model.createSpecies()
        part.setId(name)
        part.setCompartment(more.get("compartment", "C"))
        if amount is not None:
            part.setInitialAmount(amount)
        if concentration is not None:
            part.setInitialConcentration(concentration)
        part.setHasOnlySubstanceUnits(only_amount)
        part.setBoundaryCondition(more.get("boundary", False))
        part.setConstant(False)
        if "factor" in more:
            part.setConversionFactor(more["factor"])
        return self

    def parameters(self, **values):
        for name, value in values.items():
            part = self.model.createParameter()
            part.setId(name)
            part.setConstant(False)
            if value is not None:
                part.setValue(value)
        return self

    def rule(self, kind, name, formula):
        part = getattr(self.model, f"create{kind}")()
        (part.setSymbol if kind == "InitialAssignment" else part.setVariable)(name)
        part.setMath(_math(formula))
        return self

    def reaction(self, before, after, law, *, name="R", local=None):
        part = self.model.createReaction()
        part.setId(name)
        part.setReversible(False)
        for side, create in ((before, part.createReactant), (after, part.createProduct)):
            for species, molecules in side.items():
                reference = create()
                reference.setSpecies(species)
                reference.setConstant(False)
                if isinstance(molecules, str):
                    reference.setId(molecules)
                else:
                    reference.setStoichiometry(molecules)
        kinetics = part.createKineticLaw()
        kinetics.setMath(_math(law))
        for parameter, value in (local or {}).items():
            one = kinetics.createLocalParameter()
            one.setId(parameter)
            one.setValue(value)
        return self

    def function(self, name, formula):
        part = self.model.createFunctionDefinition()
        part.setId(name)
        part.setMath(_math(formula))
        return self

    def event(self, trigger, changes, **more):
        part = self.model.createEvent()
        part.setUseValuesFromTriggerTime(more.get("at_call", True))
        call = part.createTrigger()
        call.setMath(_math(trigger))
        call.setInitialValue(more.get("initial", True))
        call.setPersistent(more.get("persistent", True))
        if "delay" in more:
            part.createDelay().setMath(_math(more["delay"]))
        if "priority" in more:
            part.createPriority().setMath(_math(str(more["priority"])))
        for name, formula in changes.items():
            change = part.createEventAssignment()
            change.setVariable(name)
            change.setMath(_math(formula))
        return self

    def read(self):
        return parse_sbml(libsbml.writeSBMLToString(self.document))

    def values(self, times=TIMES) -> Mapping[str, np.ndarray]:
        """What every identifier means in formulas, by mass action."""
        model = self.read()
        network = model.network
        states = rl.simulate(network, rl.MassAction(rtol=1e-10), times)["average"].values
        formulas = [formula.subs(network.values) for formula in model.values.values()]
        found = to_numpy(formulas, network.symbols, (TIME,))(states.T, times[None])
        return dict(zip(model.values, found, strict=True))


def _math(formula):
    found = libsbml.parseL3Formula(formula)
    assert found is not None, libsbml.getLastParseL3Error()
    return found


def close(found, wanted, tolerance=1e-7):
    np.testing.assert_allclose(found, np.broadcast_to(wanted, np.shape(found)), tolerance, 1e-9)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_laws_mean_concentrations_in_compartments_of_any_dimension(dimensions):
    model = Document().compartment(size=4, dimensions=dimensions).species("A", 8)
    found = model.reaction({"A": 1}, {}, "A").values()
    # d(amount)/dt = -[A]: the amount decays with 1/4.
    close(found["A"], 2 * np.exp(-TIMES / 4))


def test_without_dimensions_a_species_is_its_amount():
    model = Document().compartment(dimensions=0).species("A", 8)
    model.model.getCompartment(0).unsetSize()
    close(model.reaction({"A": 1}, {}, "A").values()["A"], 8 * np.exp(-TIMES))


def test_a_growing_compartment_dilutes():
    model = Document().compartment(size=2, constant=False).species("A", 8).species("B", 6)
    model.rule("RateRule", "C", "0.5*C").rule("RateRule", "B", "-B")
    model.model.getSpecies("B").setBoundaryCondition(True)
    found = model.values()
    close(found["C"], 2 * np.exp(TIMES / 2))
    close(found["A"], 4 * np.exp(-TIMES / 2))
    close(found["B"], 3 * np.exp(-TIMES))  # its rule is of the concentration


def test_conversion_factors_of_the_species_before_those_of_the_model():
    model = Document().compartment().parameters(f=3, g=0.5)
    model.species("A", 8, factor="g").species("B", 0)
    model.model.setConversionFactor("f")
    for parameter in model.model.getListOfParameters():
        parameter.setConstant(True)
    found = model.reaction({"A": 1}, {"B": 2}, "2").values()
    close(found["A"], 8 - TIMES)
    close(found["B"], 12 * TIMES)


def test_stoichiometries_follow_rules_events_and_initial_assignments():
    model = Document().compartment().parameters(p=4)
    for name in "ABD":
        model.species(name, 1)
    model.reaction({}, {"A": "a", "B": "b", "D": "d"}, "1")
    model.rule("AssignmentRule", "a", "time").rule("InitialAssignment", "b", "p/2")
    model.rule("RateRule", "d", "1").rule("InitialAssignment", "d", "1")
    model.event("time >= 1", {"p": "7"})
    found = model.values()
    close(found["A"], 1 + TIMES**2 / 2)
    close(found["B"], 1 + 2 * TIMES)
    close(found["D"], 1 + TIMES + TIMES**2 / 2)
    close(found["d"], 1 + TIMES)


def test_rates_of_change_in_formulas_and_at_the_start():
    model = Document().compartment(size=2).species("A", 8).parameters(p=None, q=None, r=0, k=5)
    model.reaction({"A": 1}, {}, "k*A", local={"k": 0.5})
    model.rule("AssignmentRule", "p", "rateOf(A)").rule("InitialAssignment", "q", "rateOf(A)")
    model.rule("RateRule", "r", "rateOf(A) + rateOf(k)")
    found = model.values()
    decay = np.exp(-TIMES / 4)
    close(found["p"], -decay)
    close(found["q"], -1)
    close(found["r"], 4 * (decay - 1))


def test_the_name_of_a_reaction_is_its_rate():
    model = Document().compartment().species("A", 8).parameters(p=None, q=None)
    model.reaction({"A": 1}, {}, "0.5*A").rule("AssignmentRule", "p", "2*R")
    found = model.rule("InitialAssignment", "q", "R + 1").values()
    close(found["p"], 8 * np.exp(-TIMES / 2))
    close(found["q"], 5)


def test_parameters_of_laws_never_meet():
    """'a_b' of R and 'a' of b_R: both are a_b_R."""
    model = Document().compartment().species("A", 10).species("B", 10)
    model.reaction({"A": 1}, {}, "a_b", local={"a_b": 1})
    found = model.reaction({"B": 1}, {}, "a", name="b_R", local={"a": 2}).values()
    close(found["A"], 10 - TIMES)
    close(found["B"], 10 - 2 * TIMES)


def test_a_model_in_which_all_follows_from_time():
    model = Document().parameters(x=None, y=None, clock=3)
    model.rule("AssignmentRule", "x", "sin(10*time)")
    found = model.rule("AssignmentRule", "y", "clock + delay(x, 0.2)").values()
    close(found["y"], 3 + np.sin(10 * (TIMES - 0.2)))


def test_a_delay_of_what_is_simulated_is_refused():
    model = Document().parameters(x=0, y=None).rule("RateRule", "x", "1")
    with pytest.raises(rl.UnsupportedError, match=r"rule of 'y': 'delay\(x, 1\)'"):
        model.rule("AssignmentRule", "y", "delay(x, 1)").read()


def test_a_delay_of_what_was_otherwise_before_time_0_is_refused():
    model = Document().parameters(x=0, y=None).rule("InitialAssignment", "x", "sin(10*time)")
    with pytest.raises(rl.UnsupportedError, match=r"rule of 'y': 'delay\(x, 0.5\)'"):
        model.rule("AssignmentRule", "y", "delay(x, 0.5)").read()


def test_amounts_below_zero_react():
    model = Document().compartment().species("A", -2).species("B", 1, only_amount=True)
    found = model.reaction({"A": 1}, {"B": 1}, "A").values()
    close(found["A"], -2 * np.exp(-TIMES))
    close(found["B"], 1 - 2 * (1 - np.exp(-TIMES)))


def test_a_compartment_of_size_zero_has_amounts_only():
    model = Document().compartment(size=0, constant=False).species("A", 3, only_amount=True)
    close(model.reaction({"A": 1}, {}, "A").values()["A"], 3 * np.exp(-TIMES))
    model = Document().compartment(size=0, constant=False).species("A", 3).parameters(p=None)
    assert model.rule("InitialAssignment", "p", "A").values().keys() == {"C"}


FORMULAS = {
    "quotient(7, 2)": 3,
    "quotient(-7, 2)": -3,
    "rem(-7, 2)": -1,
    "rem(7.5, 2)": 1.5,
    "max(1, 4, 2)": 4,
    "min(3, 1, 2)": 1,
    "implies(true, false)": 0,
    "implies(false, false)": 1,
    "piecewise(1, xor(true, true, true), 2)": 1,
    "piecewise(1, xor(true, true), 2)": 2,
    "piecewise(5, 1 < 2 && 2 < 3, 6)": 5,
    "1 + (2 > 1)": 2,
    "ceil(-1.5) + floor(-1.5)": -3,
    "factorial(4)": 24,
    "log10(1000)": 3,
    "log(2, 8)": 3,
    "root(3, 27)": 3,
    "arccot(2)": np.arctan(0.5),
    "arcsech(0.5)": np.arccosh(2),
    "arccsch(2)": np.arcsinh(0.5),
    "coth(1)": 1 / np.tanh(1),
    "avogadro/1e23": 6.02214179,
    "(-1)^1001": -1,
    "2^100": 2.0**100,
    "exp(-700)": np.exp(-700),
    "1e-300*1e300": 1,
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_functions(formula):
    model = Document().parameters(p=None)
    close(model.rule("AssignmentRule", "p", formula).values()["p"], FORMULAS[formula], 1e-12)


def test_functions_call_functions_with_values_or_conditions():
    model = Document().parameters(p=None, q=None).function("one", "lambda(1)")
    model.function("twice", "lambda(x, 2*x)").function("four", "lambda(x, twice(twice(x)))")
    model.function("pick", "lambda(c, x, piecewise(x, c, one()))")
    model.rule("AssignmentRule", "p", "four(3)")
    found = model.rule("AssignmentRule", "q", "pick(time > 0.9, 5)").values()
    close(found["p"], 12)
    close(found["q"], np.where(TIMES > 0.9, 5, 1))


EVENTS = {
    "at the start, from false": (("time >= 0", {"p": "5"}), {"initial": False}, lambda _: 5),
    "true from the start": (("time >= 0", {"p": "5"}), {}, lambda _: 0),
    "values of the call": (("time >= 1", {"p": "x"}), {"delay": "0.5"}, lambda t: t >= 1.5),
    "values when due": (
        ("time >= 1", {"p": "x"}),
        {"delay": "0.5", "at_call": False},
        lambda t: 1.5 * (t >= 1.5),
    ),
    "taken back": (
        ("time >= 1 && time < 1.25", {"p": "1"}),
        {"delay": "0.5", "persistent": False},
        lambda _: 0,
    ),
    "not taken back": (
        ("time >= 1 && time < 1.25", {"p": "1"}),
        {"delay": "0.5"},
        lambda t: t >= 1.5,
    ),
    "after a delay of what is simulated": (
        ("time >= 0.5", {"p": "1"}),
        {"delay": "x"},
        lambda t: t >= 1,
    ),
}


@pytest.mark.parametrize("what", EVENTS)
def test_events(what):
    arguments, options, wanted = EVENTS[what]
    model = Document().parameters(p=0, x=0).rule("RateRule", "x", "1")
    close(model.event(*arguments, **options).values()["p"], wanted(TIMES))


def test_events_of_the_same_time_go_by_priority_and_see_each_other():
    model = Document().parameters(p=1, q=1, x=0).rule("RateRule", "x", "1")
    model.event("time >= 1", {"p": "p + 10"}, priority=1, at_call=False)
    model.event("time >= 1", {"p": "p*2", "q": "p"}, priority=5, at_call=False)
    found = model.event("q > 1 || p > 5", {"q": "-1"}, priority=9).values()
    close(found["p"], np.where(TIMES >= 1, 12, 1))
    close(found["q"], np.where(TIMES >= 1, -1, 1))


def test_a_concentration_set_later_holds_in_the_compartment_as_it_then_is():
    model = Document().compartment(size=1, constant=False).species("A", 3).parameters(k=2)
    model.rule("RateRule", "C", "1").event("time >= 0.5", {"A": "k"}, delay="0.5")
    found = model.values()
    close(found["A"], np.where(TIMES >= 1, 4, 3) / (1 + TIMES))


def test_a_concentration_computed_before_its_compartment_changes_is_refused():
    model = Document().compartment(size=1, constant=False).species("A", 3)
    model.rule("RateRule", "C", "1").event("time >= 0.5", {"A": "2*A"}, delay="0.5")
    with pytest.raises(rl.UnsupportedError, match="concentration of 'A' is computed before"):
        model.read()


def test_an_event_sets_a_concentration_and_what_its_compartment_follows():
    model = Document().compartment(constant=False).species("A", 3).parameters(p=1)
    model.rule("AssignmentRule", "C", "2*p").event("time >= 1", {"A": "7", "p": "4"})
    found = model.values()
    # Amount 3 in size 2 before; the concentration is 7, in size 8, after.
    close(found["A"], np.where(TIMES >= 1, 7, 1.5))
    assert str(model.read().network.events[0].assignments["A"]) == "56"
