import numpy as np
import pytest

from ratelaw import ModelError, Network, zoo


def test_every_statement_is_read():
    network = Network.parse(
        """
        # a comment
        A + 2 B <--> C,  kf, kr   # reversible
        S => P, vmax*S/(km + S)
        0 --> A, 2*kf
        kf = 0.5
        kr = 1e-3
        vmax = 2
        km = 3
        A(0) = 10
        S(0) = 4
        volume = 2.5
        """
    )
    assert network.species == ("A", "B", "C", "S", "P")
    assert [str(reaction) for reaction in network.reactions] == [
        "A + 2 B --> C",
        "C --> A + 2 B",
        "S => P",
        "0 --> A",
    ]
    assert network.initial == {"A": 10, "B": 0, "C": 0, "S": 4, "P": 0}
    assert network.volume == 2.5


def test_arguments_replace_what_the_text_says():
    network = Network.parse("A --> 0, k\nk = 1\nA(0) = 3", parameters={"k": 2}, initial={"A": 5})
    assert network.parameters["k"] == 2
    assert network.initial["A"] == 5


@pytest.mark.parametrize("name", zoo.names())
def test_the_zoo_prints_and_reads_back(name):
    network = zoo.load(name)
    assert Network.parse(str(network)) == network


def test_repeated_molecules_are_counted():
    assert Network.parse("A + A --> A + B, 1").reactions[0].reactants == {"A": 2}
    np.testing.assert_array_equal(Network.parse("A + A --> A + B, 1").stoichiometry, [[-1], [1]])


def test_notebooks_show_reactions_and_equations():
    latex = zoo.dimerisation()._repr_latex_()
    assert r"2\,A &\xrightarrow{kf} B" in latex
    assert r"\frac{d A}{dt} &= - A^{2} kf + 2 B kr" in latex


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A -> B, 1", "line 1 .*neither a reaction"),
        ("A --> B", "0 rates after '-->', expected 1"),
        ("A <--> B, 1", "1 rates after '<-->', expected 2"),
        ("A <=> B, 1, 2", "two '=>' reactions"),
        ("A --> B --> C, 1", "one arrow"),
        ("A --> 1.5 B, 1", "'1.5 B' is not a species"),
        ("A --> 10000 B, 1", "coefficient is from 1 to 9999"),
        ("A --> 0 B, 1", "coefficient"),
        ("A --> B, 1\nk = 2*x", "line 2 .*'2.x' is not a number: write .* 'A --> B, 2.x'"),
        ("A --> B, 1\nA(0) = x", "line 2 .*'x' is not a number$"),
        ("A --> B, 1\nk = 1\nk = 2", "line 3 .*given twice"),
        ("A --> B, 1\n2k = 1", "'2k' is not a name"),
        ("A --> B, kk\nk = 1", "'kk' is neither a parameter nor a species; did you mean 'k'"),
        ("A --> B, A*k\nk = 1", "'-->' is mass action, write the whole rate after '=>'"),
        ("A --> B, -1", "rate constant -1 is -1"),
        ("A --> B, k\nk = nan", "'k' is nan"),
        ("A --> B, k - 2\nk = 1", "must be a finite number >= 0"),
        ("A --> B, 1\nA(0) = -1", "initial count of 'A' is -1"),
        ("A --> B, 1\nA(0) = inf", "initial count of 'A' is inf"),
        ("A --> B, 1\na(0) = 10", r"'a\(0\) = 10', but 'a' is in no reaction: .* 'A\(0\)'"),
        ("A --> B, 1\nvolume = 0", "volume is 0"),
        ("A --> B, 1\nA = 2", "'A' is both a species and a parameter"),
        ("lambda --> B, 1", "'lambda' is a reserved word"),
        ("exp --> B, 1", "'exp' is a reserved word"),
        ("k = 1", "no reaction"),
        ("", "no reaction"),
        ("A --> B, __import__('os').system('true')", "line 1 .*not allowed"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    with pytest.raises(ModelError, match=message):
        Network.parse(text)


def test_a_species_of_no_reaction_may_be_there_beside_a_similar_one():
    both = Network.parse("A --> B, 1\na(0) = 10\nA(0) = 1")
    assert both.initial == {"A": 1, "B": 0, "a": 10}
    assert Network.parse("A => B, a*A\na(0) = 10").initial["a"] == 10


def test_a_count_for_an_unknown_species_declares_it():
    network = Network.parse("S => P, k*E*S\nk = 1\nE(0) = 3")
    assert network.species == ("S", "P", "E")
