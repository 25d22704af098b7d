"""SBML: which network a file is, by hand; and what is refused."""

import re

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.formats import read_network
from ratelaw.formats.sbml.reader import parse_sbml

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'


def apply(operator, *arguments):
    return f"<apply><{operator}/>{''.join(arguments)}</apply>"


def ci(name):
    return f"<ci>{name}</ci>"


def cn(value):
    return f"<cn>{value}</cn>"


def side(tag, molecules):
    rows = "".join(
        f'<speciesReference species="{name}" stoichiometry="{count}" constant="true"/>'
        for name, count in molecules.items()
    )
    return f"<{tag}>{rows}</{tag}>" if rows else ""


def reaction(before, after, law, *, name="R", local="", modifiers=(), fast=False):
    rows = "".join(f'<modifierSpeciesReference species="{m}"/>' for m in modifiers)
    return (
        f'<reaction id="{name}" reversible="false" fast="{str(fast).lower()}">'
        + side("listOfReactants", before)
        + side("listOfProducts", after)
        + (f"<listOfModifiers>{rows}</listOfModifiers>" if rows else "")
        + f"<kineticLaw>{MATH.format(law)}{local}</kineticLaw></reaction>"
    )


def model(reactions, *, size=1, species=("A", "B"), amounts=True, parameters=None, more=""):
    rows = "".join(
        f'<species id="{name}" compartment="C" initialAmount="10" constant="false" '
        f'boundaryCondition="false" hasOnlySubstanceUnits="{str(amounts).lower()}"/>'
        for name in species
    )
    values = "".join(
        f'<parameter id="{name}" value="{value}" constant="true"/>'
        for name, value in (parameters or {"k": 3}).items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model>'
        f'<listOfCompartments><compartment id="C" size="{size}" constant="true"/>'
        f"</listOfCompartments><listOfSpecies>{rows}</listOfSpecies>"
        f"<listOfParameters>{values}</listOfParameters>{more}"
        f"<listOfReactions>{''.join(reactions)}</listOfReactions></model></sbml>"
    )


def network(*reactions, **options):
    return parse_sbml(model(reactions, **options)).network


SQUARE = apply("times", ci("k"), ci("A"), ci("A"))


def test_a_square_becomes_mass_action_with_twice_the_constant():
    found = network(reaction({"A": 2}, {"B": 1}, SQUARE))
    assert str(found).splitlines()[0] == "2 A --> B,  2*k"
    assert str(found.fluxes[0]) == "A**2*k"


def test_pairs_written_out_are_mass_action_with_their_own_constant():
    """k A (A - 1)/2 is our convention itself."""
    pairs = apply("divide", apply("times", ci("k"), ci("A"), apply("minus", ci("A"), cn(1))), cn(2))
    found = network(reaction({"A": 2}, {"B": 1}, pairs))
    assert str(found).splitlines()[0] == "2 A --> B,  k"
    assert str(found.propensities[0].expand()) == "A**2*k/2 - A*k/2"


def test_a_concentration_in_a_compartment_of_size_two():
    """L = k [A], without the size: half of k per molecule."""
    found = network(reaction({"A": 1}, {}, apply("times", ci("k"), ci("A"))), size=2, amounts=False)
    assert found.volume == 2
    assert float(found.propensities[0].subs(found.values | {"C": 2}).coeff(found.symbols[0])) == 1.5
    found = network(
        reaction({"A": 1, "B": 1}, {}, apply("times", ci("C"), ci("k"), ci("A"), ci("B"))),
        size=2, amounts=False,
    )  # fmt: skip
    assert str(found).splitlines()[0] == "A + B --> 0,  k"


def test_a_reversible_law_becomes_two_reactions():
    law = apply("minus", apply("times", ci("k"), ci("A")), apply("times", ci("q"), ci("B")))
    found = network(reaction({"A": 1}, {"B": 1}, law), parameters={"k": 3, "q": 2})
    assert [str(r) for r in found.reactions] == ["A --> B", "B --> A"]


def test_a_modifier_is_a_catalyst():
    law = apply("times", ci("k"), ci("A"), ci("B"))
    growth = reaction({}, {"B": 1}, ci("k"), name="Q")
    found = network(reaction({"A": 1}, {}, law, modifiers=["B"]), growth)
    assert str(found.reactions[0]) == "A + B --> B"


def test_other_laws_stay_general():
    law = apply("divide", apply("times", ci("k"), ci("A")), apply("plus", cn(1), ci("A")))
    found = network(reaction({"A": 1}, {"B": 1}, law))
    assert str(found.reactions[0]) == "A => B"
    assert str(found.fluxes[0]) == "A*k/(A + 1)"


def test_a_local_parameter_shadows_a_global_one():
    local = '<listOfLocalParameters><localParameter id="k" value="7"/></listOfLocalParameters>'
    found = network(reaction({"A": 1}, {}, apply("times", ci("k"), ci("A")), local=local))
    assert str(found.reactions[0].law.expression) == "k_R"
    assert found.parameters["k_R"] == 7


def test_an_event_sets_concentrations_as_amounts():
    event = (
        '<listOfEvents><event id="E" useValuesFromTriggerTime="true">'
        '<trigger initialValue="true" persistent="true">'
        + MATH.format(apply("gt", ci("A"), cn(6)))
        + '</trigger><listOfEventAssignments><eventAssignment variable="A">'
        + MATH.format(cn(1))
        + "</eventAssignment></listOfEventAssignments></event></listOfEvents>"
    )
    text = model([reaction({}, {"A": 1}, ci("k"))], size=2, amounts=False)
    found = parse_sbml(text.replace("</model>", f"{event}</model>")).network
    course = rl.simulate(found, rl.MassAction(), np.linspace(0, 1, 11))["average"]
    assert found.volume == 1
    # From 10 to 12 in 2/3, where [A] = 6; then from 2 to 3.
    np.testing.assert_allclose(course.sel(species="A")[[6, -1]], [11.8, 3], rtol=1e-9)


REFUSED = {
    "a rule": (
        "<listOfRules><algebraicRule>" + MATH.format(ci("k")) + "</algebraicRule></listOfRules>",
        "algebraic rule 1",
    ),
    "a constraint": (
        "<listOfConstraints><constraint>"
        + MATH.format(apply("gt", ci("A"), cn(0)))
        + "</constraint></listOfConstraints>",
        "constraint 1",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_supported_is_refused_by_name(what):
    more, message = REFUSED[what]
    with pytest.raises(rl.UnsupportedError, match=message):
        parse_sbml(model([reaction({"A": 1}, {}, ci("k"))], more=more))


def test_a_fast_reaction_is_refused_by_name():
    with pytest.raises(rl.UnsupportedError, match="reaction 'R' is fast"):
        network(reaction({"A": 1}, {}, ci("k"), fast=True))


def test_a_formula_that_names_nothing_is_invalid_with_its_line():
    with pytest.raises(rl.ModelError, match=r"not valid SBML|names nothing"):
        network(reaction({"A": 1}, {}, ci("q")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid SBML"),
        ("<sbml", "not valid SBML"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><sbml/>', "entity"),
        ("<html/>", "not valid SBML"),
    ],
)
def test_what_is_no_sbml_says_so(text, message):
    with pytest.raises(rl.ModelError, match=message):
        parse_sbml(text)


RATE_OF = '<csymbol definitionURL="http://www.sbml.org/sbml/symbols/rateOf">rateOf</csymbol>'


def root(**options):
    """A model without an XML declaration, to be put behind another."""
    return model([reaction({"A": 1}, {}, ci("k"))], **options).partition("?>")[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<?xml version="1.0" encoding="UTF-16"?>' + root(), "the encoding is UTF-16"),
        ('<?xml version="1.0" encoding="UTF-7"?>' + root(), "the encoding is UTF-7"),
        ('<!-- x --><!DOCTYPE s SYSTEM "file:///etc/passwd">' + root(), "document type"),
        (root().replace("<model>", "<model>\0"), "line 1: not well-formed"),
        (root().replace('level="3"', 'level="2"'), "it begins with .* of level 2.1"),
        (root().replace("<model>", "<model>" + "<x>" * 100_000), "nested more than 500 deep"),
        (root().replace('id="R"', 'id="A"'), "not valid SBML: .*line"),
        (root().replace(ci("k"), apply("plus", ci("k"), RATE_OF)), "rateOf stands where a value"),
    ],
)
def test_documents_that_libsbml_must_not_see_or_refuses(text, message):
    with pytest.raises(rl.ModelError, match=message):
        parse_sbml(text)


def test_what_libsbml_says_is_cut_to_what_is_particular():
    with pytest.raises(rl.ModelError) as caught:
        network(reaction({"A": 1}, {}, ci("q")))
    assert re.fullmatch(
        r"not valid SBML: line \d+: The formula 'q' in the math element of the <kineticLaw> uses "
        r"'q' that is not the id of a species/compartment/parameter/reaction/speciesReference\.",
        str(caught.value),
    )


def test_an_empty_model_is_refused():
    document = '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'
    with pytest.raises(rl.ModelError, match="there is nothing in it"):
        parse_sbml(f"{document}<model/></sbml>")


def test_a_required_package_is_refused_by_name():
    comp = "http://www.sbml.org/sbml/level3/version1/comp/version1"
    text = root().replace("<sbml ", f'<sbml xmlns:c="{comp}" c:required="true" ')
    with pytest.raises(rl.UnsupportedError, match="package 'comp'"):
        parse_sbml(text)


def test_files_in_other_encodings_are_no_data(tmp_path):
    path = tmp_path / "decay.xml"
    path.write_text(root(), encoding="utf-16")
    with pytest.raises(rl.DataError, match="cannot read"):
        read_network(path)
    path.write_text(root(), encoding="utf-8-sig")
    assert str(read_network(path).reactions[0]) == "A => 0"


PARAMETERS = [f"p{i}" for i in range(31)]


def nested(operator, depth):
    return f"<apply><{operator}/>" * depth + ci("A") + "</apply>" * depth


BEYOND = {
    "a power": (apply("power", ci("A"), cn(10**9)), "exponent 1e[+]09 is beyond 64"),
    "a power of numbers": (apply("power", cn(2), cn(10**9)), "outside 2e-308 to 2e308"),
    "a tower": (apply("power", apply("power", cn(10), cn(64)), cn(64)), "outside 2e-308"),
    "a factorial": (apply("factorial", cn(10**9)), "the factorial of 1e[+]09"),
    "an exponential": (apply("floor", apply("exp", cn(10**9))), "an exponent of 1e[+]09"),
    "a root": (apply("root", cn(-2)), "no finite real value"),
    "an odd root": (apply("root", f"<degree>{cn(3)}</degree>", cn(-8)), "no finite real value"),
    "a division": (apply("divide", ci("A"), cn(0)), "no finite real value"),
    "depth": (nested("sin", 80), "nested more than 60 deep"),
    "great depth": (nested("sin", 400), "nested too deeply"),
}


@pytest.mark.parametrize("what", BEYOND)
def test_what_is_beyond_a_float_or_reason_is_refused_at_once(what):
    law, message = BEYOND[what]
    with pytest.raises(rl.UnsupportedError, match=message):
        network(reaction({"A": 1}, {}, law))


def test_numbers_that_are_none_are_invalid():
    with pytest.raises(rl.ModelError, match="valid double"):
        network(reaction({"A": 1}, {}, cn("1e400")))


def test_functions_that_double_again_and_again_are_refused():
    called = [f"<apply>{ci(f'f{i}')}{ci('x')}</apply>" for i in range(40)]
    bodies = [ci("x"), *(apply("minus", call, call) for call in called)]
    functions = "".join(
        f'<functionDefinition id="f{i}">'
        + MATH.format(f"<lambda><bvar>{ci('x')}</bvar>{body}</lambda>")
        + "</functionDefinition>"
        for i, body in enumerate(bodies)
    )
    text = model([reaction({"A": 1}, {}, f"<apply>{ci('f40')}{ci('A')}</apply>")])
    listed = f"<model><listOfFunctionDefinitions>{functions}</listOfFunctionDefinitions>"
    with pytest.raises(rl.UnsupportedError, match="call functions more than 20,000 times"):
        parse_sbml(text.replace("<model>", listed))


def test_rules_that_double_again_and_again_are_refused():
    rules = "".join(
        f'<assignmentRule variable="p{i + 1}">'
        + MATH.format(apply("plus", apply("sin", ci(f"p{i}")), apply("cos", ci(f"p{i}"))))
        + "</assignmentRule>"
        for i in range(30)
    )
    text = model([reaction({"A": 1}, {}, ci("p30"))], parameters=dict.fromkeys(PARAMETERS, 1))
    text = re.sub(r'(id="p\d+") value="1" constant="true"', r'\1 constant="false"', text)
    text = text.replace('id="p0" ', 'id="p0" value="1" ')
    text = text.replace("<listOfReactions>", f"<listOfRules>{rules}</listOfRules><listOfReactions>")
    with pytest.raises(rl.UnsupportedError, match="more than 100,000 parts"):
        parse_sbml(text)


def test_long_sums_are_read():
    terms = [apply("times", cn(i), ci("A")) for i in range(1, 2001)]
    found = network(reaction({"A": 1}, {}, apply("plus", *terms)))
    assert str(found).splitlines()[0] == "A --> 0,  2001000"


def test_a_product_of_many_sums_stays_as_it_is():
    sums = [apply("plus", cn(i), ci("A"), ci("B"), ci("k")) for i in range(40)]
    law = apply("minus", apply("times", *sums), ci("B"))
    assert str(network(reaction({"A": 1}, {}, law, modifiers=["B"])).reactions[0]) == "A => 0"


def test_cyclic_rules_are_told():
    rules = "".join(
        f'<assignmentRule variable="{a}">{MATH.format(ci(b))}</assignmentRule>'
        for a, b in [("x", "y"), ("y", "x")]
    )
    text = model([reaction({"A": 1}, {}, ci("x"))], parameters={"x": 1, "y": 1})
    text = text.replace('constant="true"/></listOfP', 'constant="false"/></listOfP')
    text = text.replace(
        '<parameter id="x" value="1" constant="true"/>', '<parameter id="x" constant="false"/>'
    )
    text = text.replace("<listOfReactions>", f"<listOfRules>{rules}</listOfRules><listOfReactions>")
    with pytest.raises(rl.ModelError, match=r"not valid SBML: .*cycle"):
        parse_sbml(text)


def test_a_file_is_read_by_its_ending(tmp_path):
    path = tmp_path / "decay.xml"
    path.write_text(model([reaction({"A": 1}, {}, apply("times", ci("k"), ci("A")))]))
    assert str(read_network(path).reactions[0]) == "A --> 0"
    path.write_text("<sbml")
    with pytest.raises(rl.ModelError, match=r"decay\.xml: not valid SBML"):
        read_network(path)
    with pytest.raises(rl.DataError, match="cannot read"):
        read_network(tmp_path / "nothing.xml")


REVERSIBLE = {
    "a product": apply(
        "times",
        ci("C"),
        apply("minus", apply("times", ci("k"), ci("A")), apply("times", ci("q"), ci("B"))),
    ),
    "two rates of one way": apply(
        "minus",
        apply("times", apply("plus", ci("k"), ci("q")), ci("A")),
        apply("times", ci("q"), ci("B")),
    ),
}


@pytest.mark.parametrize("law", REVERSIBLE)
def test_reversible_laws_however_written_become_two_reactions(law):
    single = reaction({"A": 1}, {"B": 1}, REVERSIBLE[law])
    found = network(single, parameters={"k": 3, "q": 2})
    assert [str(r) for r in found.reactions] == ["A --> B", "B --> A"]


def test_a_reversible_law_of_pairs_written_out_is_mass_action():
    pairs = apply("times", ci("k"), ci("A"), apply("minus", ci("A"), cn(1)))
    law = apply("minus", pairs, apply("times", ci("q"), ci("B")))
    found = network(reaction({"A": 2}, {"B": 1}, law), parameters={"k": 3, "q": 2})
    assert [str(r) for r in found.reactions] == ["2 A --> B", "B --> 2 A"]
    assert str(found.propensities[0].expand()) == "A**2*k - A*k"


def test_a_reaction_that_also_happens_by_itself_is_one_of_each_kind():
    """(k + q B) A: what a catalyst does, and what happens without it."""
    rate = apply("plus", ci("k"), apply("times", ci("q"), ci("B")))
    law = apply("minus", apply("times", rate, ci("A")), apply("times", ci("k"), ci("D")))
    found = network(
        reaction({"A": 1}, {"D": 1}, law, modifiers=["B"]),
        reaction({}, {"B": 1}, ci("k"), name="Q"),
        species=("A", "B", "D"),
        parameters={"k": 3, "q": 2},
    )
    assert {str(r) for r in found.reactions[:3]} == {"A --> D", "A + B --> D + B", "D --> A"}
