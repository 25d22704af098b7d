"""`ratelaw reduce`: a network in, a smaller one and its certificate out."""

import json

import pytest

import ratelaw as rl

ENZYME = """
S + E <--> C, kf, kr
C --> E + P,  kcat
kf = 100
kr = 100
kcat = 1
S(0) = 2
E(0) = 0.01
"""


def test_three_files_say_the_same(ratelaw, model, tmp_path):
    status, out, err = ratelaw("reduce", model(ENZYME), "--method", "tqssa", "-o", "small")
    assert (status, err) == (0, "")
    text = (tmp_path / "small.txt").read_text()
    assert out.startswith(text)
    assert "WITHIN the tolerance of 5.00%" in out
    written = json.loads((tmp_path / "small.json").read_text(), parse_constant=pytest.fail)
    network = rl.Network.parse(text)
    assert network == rl.Network.parse(written["network"])
    assert network.species == ("S_total", "P")
    assert written["combinations"]["S_total"] == {"S": 1, "C": 1}
    assert written["certificate"]["holds"] is True
    assert (tmp_path / "small.tex").read_text().startswith(r"\begin{aligned}")


@pytest.mark.parametrize(
    ("method", "species"),
    [("qssa", ("S", "P")), ("tqssa", ("S_total", "P")), ("pea", ("S_total", "P"))],
)
def test_what_is_fast_is_found(ratelaw, model, method, species):
    status, out, _ = ratelaw("reduce", model(ENZYME), "--method", method)
    assert status == 0
    network = rl.Network.parse(out.split("\n\n")[0])
    assert network.species == species


def test_what_is_fast_can_be_named(ratelaw):
    for arguments in (
        ("--method", "qssa", "--fast", "G,GP,GP2"),
        ("--method", "pea", "--fast", "G + P <--> GP, GP + P <--> GP2"),
        ("--method", "qssa", "--fast", "G, GP, GP2", "--until", "1000"),
    ):
        status, out, _ = ratelaw("reduce", "gene_autoregulation", *arguments, "--tolerance", "0.2")
        assert status == 0
        assert "# GP = G_total*P*k1*km2/(P**2*k1*k2 + P*k1*km2 + km1*km2)" in out


def test_beyond_the_tolerance_is_loud_and_still_written(ratelaw, model, tmp_path):
    """As much enzyme as substrate: the classical form is wrong."""
    path = model(ENZYME.replace("E(0) = 0.01", "E(0) = 5"))
    status, out, err = ratelaw("reduce", path, "--method", "qssa", "--fast", "C", "-o", "small")
    assert status == 1
    assert "NOT WITHIN THE TOLERANCE OF 5.00%" in out
    assert err == "ratelaw: the reduction is not within its tolerance of 5.00%\n"
    assert json.loads((tmp_path / "small.json").read_text())["certificate"]["holds"] is False


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["A --> B, 1\nB --> C, 1\nA(0) = 1", "--method", "qssa"], "no gap between time scales"),
        ([ENZYME, "--method", "guess"], "it is one of qssa, tqssa, pea"),
        ([ENZYME, "--method", "qssa", "--fast", "X"], "X named; the network's species are"),
        ([ENZYME, "--method", "pea", "--fast", "C --> E + P"], "has no reverse"),
        ([ENZYME, "--method", "pea", "--fast", "S+E"], "'S+E' is not a reaction: write it as"),
        ([ENZYME, "--method", "qssa", "--until", "nan"], "--until nan: give > 0"),
        ([ENZYME, "--method", "pea", "--slow", "S"], "takes no --slow"),
        ([ENZYME, "--method", "qssa", "--degree", "2"], "takes no --degree"),
        ([ENZYME, "--method", "qssa", "--until", "-1"], "give > 0"),
        ([ENZYME, "--method", "qssa", "--tolerance", "0"], "tolerance=0"),
        ([ENZYME, "--method", "qssa", "-o", "nowhere/small"], "cannot write"),
        (["X --> 0, 1\nX --> 2 X, 0.9\nX(0) = 1", "--method", "qssa", "--fast", "X"], "every"),
        (["0 --> X, 1\nY --> 0, 1\nY(0) = 1", "--method", "qssa"], "grows or oscillates"),
    ],
)
def test_refusals_write_nothing(ratelaw, model, tmp_path, arguments, found):
    text, *options = arguments
    path = model(text)
    status, out, err = ratelaw("reduce", path, *options)
    assert (status, out) == (2, "")
    assert found in err
    assert err.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
