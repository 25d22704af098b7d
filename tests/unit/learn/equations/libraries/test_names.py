"""Names that stand for two things, or for nothing, are refused with what to do."""

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.term import Term
from ratelaw.network.expression import parse_expression

TIMES = np.linspace(0, 3, 9)
DECAY = rl.MassActionLibrary(1, 1)


def table(*species, setting=()):
    values = [np.exp(-TIMES) + shift for shift, _ in enumerate(species)]
    values += [np.full_like(TIMES, 300.0) for _ in setting]
    return xr.Dataset(
        {"average": (["time", "species"], np.column_stack(values))},
        coords={"time": TIMES, "species": [*species, *setting]},
    )


def heated(*species, setting="T"):
    return rl.Experiments.of(table(*species, setting=[setting]), inputs=[setting])


@dataclass(frozen=True)
class Changing(Library):
    """A alone, in the equation of one name."""

    name: str

    def columns(self, species):  # noqa: ARG002
        return (Term(parse_expression("A"), {self.name: 1}),)


REFUSED = {
    "an energy and a species": (
        rl.learn.Arrhenius(DECAY),
        heated("A", "E1"),
        r"'E1' is a parameter of the term 'A --> 0', and a name in the data \(species\): rename",
    ),
    "an energy and an input": (
        rl.learn.Arrhenius(DECAY, "E1"),
        heated("A", setting="E1"),
        r"'E1' is a parameter of the term 'A --> 0', and a name in the data \(input\): rename",
    ),
    "energies of two libraries": (
        rl.learn.Arrhenius(DECAY) + rl.learn.Arrhenius(rl.TermLibrary(("A*A",))),
        heated("A"),
        r"have a parameter 'E1', which is also in the term 'A --> 0' .* Arrhenius\(first",
    ),
    "denominators of two libraries": (
        rl.RationalLibrary(1, 1) + rl.RationalLibrary(2, 1),
        rl.Experiments.of(table("A")),
        r"have a parameter 'd_A', which is also in the term 'A\^2/\(A\*d_A \+ 1\)'",
    ),
    "an energy and a user's parameter": (
        rl.learn.Arrhenius(rl.TermLibrary(("A/(E1 + A)",), shapes={"E1": 1.0})),
        heated("A"),
        r"'E1' stands for two parameters, one of them of the term 'A/\(A \+ E1\)': rename",
    ),
    "no species": (
        rl.TermLibrary(("A*C",)),
        rl.Experiments.of(table("A", "B")),
        r"'C' in the term 'A\*C' is neither in the data, which have A, B, nor one of the term's",
    ),
    "no species, of moments": (
        rl.TermLibrary(("A*C",)),
        table("A", "B"),
        r"'C' in the term 'A\*C' is neither in the data, which have A, B, nor one of the term's",
    ),
    "a change of no species": (
        Changing("C"),
        rl.Experiments.of(table("A", "B")),
        "'C' in the term 'A' is neither in the data, which have A, B",
    ),
    "a change of no species, of moments": (
        Changing("C"),
        table("A", "B"),
        "'C' in the term 'A' is neither in the data, which have A, B",
    ),
    "a change of an input": (Changing("T"), heated("A"), "'A' changes 'T', which is an input"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_name_that_is_no_name_of_one_thing_is_refused(case):
    library, data, said = REFUSED[case]
    with pytest.raises(rl.ModelError, match=said):
        rl.ODENet(library).fit(data)


@pytest.mark.parametrize(
    "library",
    [rl.HillLibrary((1,)), rl.RationalLibrary(1, 1), rl.learn.Arrhenius(DECAY)],
    ids=lambda library: type(library).__name__,
)
def test_the_same_terms_twice_are_there_once(library):
    assert (library + library).columns(["A", "B"]) == library.columns(["A", "B"])


def test_parameters_of_the_same_terms_may_be_in_two_libraries():
    both = rl.HillLibrary((1,)) + rl.HillLibrary((1, 2))
    assert {str(term) for term in both.columns(["A"])} == {"A/(A + K_A_1)", "A^2/(A^2 + K_A_2^2)"}
