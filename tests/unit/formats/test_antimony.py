"""Antimony read and written through libAntimony; its own crashes and file reading are kept out."""

import sys
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ratelaw as rl
from ratelaw.formats import read_network, write_network
from ratelaw.formats.antimony import text as antimony_text
from ratelaw.formats.antimony.text import format_antimony, parse_antimony
from ratelaw.network.expression import symbol

WORDS = {"spcm": "gamma"}
"""Names that are words of Antimony, by network of the zoo."""
EXPRESSIBLE = [name for name in rl.zoo.names() if name not in WORDS]
ENZYME = """// Michaelis and Menten; import is a word in here only
model enzyme()
  compartment cell = 2;
  substanceOnly species S in cell, E in cell, C in cell, P in cell;
  bind: S + E -> C; k1*S*E - km1*C;
  cat: C => P + E; k2*C;
  S = 100; E = 10; C = 0; P = 0;
  k1 = 0.01; km1 = 0.1; k2 = 0.5;
  at S < 50: P = 0;
end
"""


@pytest.mark.parametrize("name", EXPRESSIBLE)
def test_networks_come_back_equal(name):
    network = rl.zoo.load(name)
    assert parse_antimony(format_antimony(network)) == network


@pytest.mark.parametrize("volume", [1, 0.25])
def test_general_laws_and_volumes_come_back(volume):
    network = rl.Network.parse(
        "2 A + B --> C, k\nC --> A + C, 0.5\nA => 0, v*A/(1 + A)\nB => C, k*B\n"
        "0 => A, v*exp(-time)\nD(0) = 2",
        {"k": 0.125, "v": 3}, {"A": 3}, volume,
    )  # fmt: skip
    assert parse_antimony(format_antimony(network)) == network


def test_events_and_rates_of_change_come_back():
    network = rl.Network.parse(
        "0 --> A, 0.1\nA => B, k*A/(1 + A)\nT' = 2*(20 - T) + piecewise(1, time < 2, 0)\n"
        "when A > 5 and not (T == 3 or time >= 2), after 2*k, priority 3: A = A + 1, T = 0\n"
        "when T < 0, at start, if still true, values when due: T = 1\nk = 1e-300\nT(0) = -4"
    )
    assert parse_antimony(format_antimony(network)) == network


def test_numbers_keep_fifteen_digits():
    network = rl.Network.parse("A --> 0, k", {"k": 0.1 + 0.2}, {"A": 1 / 3})
    back = parse_antimony(format_antimony(network))
    assert back.parameters["k"] == pytest.approx(0.1 + 0.2, rel=1e-14)
    assert back.initial["A"] == pytest.approx(1 / 3, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(str(rl.zoo.load("spcm")), "'B --> 0, gamma' into 'B --> 0, gamma_'"),
     ("A --> model, 1", "'A --> model, 1' into 'A --> model_, 1'")],
)  # fmt: skip
def test_names_that_are_words_of_antimony_are_refused_and_nothing_is_written(
    tmp_path, text, complaint
):
    with pytest.raises(rl.UnsupportedError, match=complaint):
        write_network(rl.Network.parse(text), tmp_path / "a.ant")
    assert list(tmp_path.iterdir()) == []


def test_text_as_others_write_it():
    network = parse_antimony(ENZYME)
    assert network.initial == {"S": 100, "E": 10, "C": 0, "P": 0}
    assert len(network.events) == 1
    flows = dict(zip(network.species, network.rate_equations, strict=True))
    numbers = network.values | {symbol(n): v for n, v in zip("SECP", (4, 3, 2, 1), strict=True)}
    assert float(flows["S"].subs(numbers)) == pytest.approx(-(0.01 * 4 * 3 - 0.1 * 2))
    assert float(flows["P"].subs(numbers)) == pytest.approx(0.5 * 2)


def test_models_inside_models_are_read():
    network = parse_antimony(
        "model part(x)\n species x; x -> ; k*x; k = 2\nend\n"
        "model *whole()\n species A = 3, B = 1; p: part(A); B -> ; 1*B\nend"
    )
    times = np.linspace(0, 1, 3)
    course = rl.simulate(network, rl.MassAction(), times)["average"]
    np.testing.assert_allclose(course.sel(species="A"), 3 * np.exp(-2 * times), rtol=1e-6)
    np.testing.assert_allclose(course.sel(species="B"), np.exp(-times), rtol=1e-6)


@pytest.mark.parametrize("ending", ["ant", "antimony"])
def test_the_ending_of_a_file_says_that_it_is_antimony(tmp_path, ending):
    write_network(rl.zoo.schlogl(), tmp_path / f"a.{ending}")
    assert "model" in (tmp_path / f"a.{ending}").read_text()
    assert read_network(tmp_path / f"a.{ending}") == rl.zoo.schlogl()
    (tmp_path / f"b.{ending}").write_text("A -> B; k*")
    with pytest.raises(rl.ModelError, match=rf"^b\.{ending}: not valid Antimony: line 1: "):
        read_network(tmp_path / f"b.{ending}")


@pytest.mark.parametrize(
    ("text", "error", "complaint"),
    [
        ("A -> B; 1\nA -> B; k*", rl.ModelError, "not valid Antimony: line 2: "),
        ("A -> B; k*A\nA = 1; B = 0", rl.UnsupportedError, "parameter 'k' has no value"),
        ("A -> B; 1", rl.UnsupportedError, "species 'A' has no initial value"),
        ("A -> B; normal(1, 2)\nA = 1; B = 0", rl.UnsupportedError, "package 'distrib'"),
        ("", rl.ModelError, "there is nothing in it"),
        ("A = 1\0", rl.ModelError, "zero byte"),
        ("é -> b; 1", rl.ModelError, "not valid Antimony: line 1: "),
        ("A -> ; " + "(" * 20_000, rl.ModelError, "memory exhausted"),
    ],
)  # fmt: skip
def test_bad_text_is_one_line(text, error, complaint):
    with pytest.raises(error, match=complaint) as caught:
        parse_antimony(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        'import "b.ant"',
        'A notes ``` " ```; import "b.ant"; A is "A"',
        "import /* here */ '/etc/passwd'",
        'x = 1; import"b.ant"',
    ],
)
def test_other_files_are_not_read(tmp_path, monkeypatch, text):
    (tmp_path / "b.ant").write_text("B -> ; 1; B = 1")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(rl.UnsupportedError, match="imports another file"):
        parse_antimony(f"A -> ; 1; A = 1\n{text}")


def test_an_import_in_a_comment_or_a_name_is_none():
    plain = 'A -> ; k*A; A = 1; k = 2; A is "import"\n# import "b"\n// import\n/* import "c" */\n'
    assert parse_antimony(plain).initial == {"A": 1}


def test_a_translation_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(antimony_text, "LONGEST_WAIT", 0.001)
    with pytest.raises(rl.DataError, match=r"longer than 0\.001 s"):
        parse_antimony("A -> ; 1")


def test_a_crash_of_the_library_ends_nothing_else(tmp_path, monkeypatch):
    """As it crashes on ``x := !!!...!1`` with some thousands of them."""
    script = tmp_path / "crash.py"
    script.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(antimony_text.translate, "__file__", str(script))
    with pytest.raises(rl.ModelError, match=r"broke down on it \(status -11\)"):
        parse_antimony("A -> ; 1")


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_mutated_text_is_read_or_refused(data):
    start = data.draw(st.integers(0, len(ENZYME)))
    end = data.draw(st.integers(start, min(len(ENZYME), start + 12)))
    middle = data.draw(
        st.one_of(
            st.text(max_size=6),
            st.text(";:=()+-*/^><,'\"{}[]#!\n", max_size=6),
            st.sampled_from(["end", "model", "at", "1e999", "nan", "NaN", "$", "k1 :=", "-> ;"]),
        )
    )
    with suppress(rl.RatelawError):
        parse_antimony(ENZYME[:start] + middle + ENZYME[end:])


def test_without_the_library_its_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "antimony", None)
    (tmp_path / "a.ant").write_text("A -> ; 1")
    for attempt in (read_network, lambda path: write_network(rl.zoo.spcm(), path)):
        with pytest.raises(ImportError, match=r"antimony is needed .* 'ratelaw\[antimony\]'"):
            attempt(tmp_path / "a.ant")
