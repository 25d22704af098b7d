"""`ratelaw learn` on measured tables: what is printed, written, drawn and refused."""

import json
import re
from importlib import resources

import numpy as np
import pytest

from ratelaw.formats import read_network

TABLES = resources.files("ratelaw.learn.data.examples")
DECAY = "time,A\n0,8.1\n1,5.0\n2,2.9\n3,1.8\n4,1.1\n5,0.7\n"


@pytest.fixture
def table(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_pinene_as_it_is_becomes_a_network_and_a_page(ratelaw, tmp_path):
    """Per cent of what was there: conversions; the largest flows are those of Box et al. 1973."""
    status, out, _ = ratelaw(
        *("learn", TABLES / "pinene.csv", "--report", "pinene.html"),
        *("--json", "pinene.json", "-o", "pinene.txt"),
    )
    assert status == 0
    assert "dpinene/dt = " in out
    network = read_network(tmp_path / "pinene.txt")
    assert all(len(r.reactants) == len(r.products) == 1 for r in network.reactions)
    found = json.loads((tmp_path / "pinene.json").read_text())["models"]
    best = found[0]["terms"]
    assert best["pinene --> dipentene"]["value"] == pytest.approx(5.926e-5, rel=0.05)
    assert best["allo_ocimene --> dimer"]["value"] > 0
    page = (tmp_path / "pinene.html").read_text(encoding="utf-8")
    for section in ("The equations", "Data against model", "What is missed", "What else could be"):
        assert f"<h2>{section}</h2>" in page
    assert page.count("<svg") == 5 + 5 + 1
    shown = re.findall(r'<data value="([^"]+)"', page)
    assert str(best["pinene --> dipentene"]["value"]) in shown


def test_the_page_is_quiet_and_fits_a_phone(ratelaw, table, tmp_path, browse):
    status, _, err = ratelaw("learn", table(DECAY), "--degree", "1", "--report", "page.html")
    assert (status, err) == (0, "")
    seen = browse((tmp_path / "page.html").read_text())
    assert seen.console == seen.barriers == []
    assert seen.content <= seen.width


@pytest.mark.parametrize(
    ("options", "term"),
    [
        ("--degree 1", "A"),
        ("--library mass-action --order 1 --products 1", "A --> 0"),
        ("--library rational --degree 1", "A"),
        ("--noise lognormal --degree 1", "A"),
        ("--noise additive --common-noise --fitted-start --degree 1", "A"),
        ("--criterion aicc --degree 1", "A"),
        ("--loss absolute --degree 1", "A"),
    ],
)
def test_libraries_and_noise_are_chosen_by_name(ratelaw, table, tmp_path, options, term):
    status, out, _ = ratelaw("learn", table(DECAY), *options.split(), "--json", "fit.json")
    assert status == 0
    models = json.loads((tmp_path / "fit.json").read_text())["models"]
    assert any(term in model["terms"] for model in models)
    assert "standard error" in out


def test_the_absolute_loss_minds_a_slip_little(ratelaw, table, tmp_path):
    """Exponential decay at 0.5; one value with its point in the wrong place."""
    times = np.linspace(0, 6, 25)
    values = 8 * np.exp(-times / 2) + 0.05 * np.random.default_rng(1).standard_normal(25)
    values[9] *= 10
    rows = [f"{t},{x:.4f}" for t, x in zip(times, values, strict=True)]
    data = table("\n".join(["time,A", *rows]) + "\n")
    rates = {}
    for loss in ("squared", "absolute"):
        status, out, _ = ratelaw(
            *("learn", data, "--degree", "1", "--noise", "additive", "--loss", loss),
            *("--json", "fit.json", "--report", "page.html"),
        )
        assert status == 0
        models = json.loads((tmp_path / "fit.json").read_text())["models"]
        rates[loss] = models[0]["terms"].get("A", {"value": 0})["value"]
        assert ("1 of 25 values are outliers" in out) == (loss == "absolute")
    assert rates["absolute"] == pytest.approx(-0.5, rel=0.02)
    assert abs(rates["squared"] + 0.5) > 0.05


def test_candidates_come_from_a_network_file(ratelaw, table, model):
    status, out, _ = ratelaw(
        "learn", table(DECAY), "--network", model("A --> 0, 1\nA --> 2 A, 1\n")
    )
    assert status == 0
    assert "A --> 0" in out


def test_sums_inputs_and_unobserved_species(ratelaw, table, tmp_path):
    """Temperature 300 and 320 K, B seen only in the sum A + B, all rates known."""
    energy, rows = 40.0, ["experiment,time,A,total,T"]
    times = np.linspace(0, 6, 13)
    for name, kelvin in (("cold", 300.0), ("warm", 320.0)):
        k = 0.5 * np.exp(-energy / 8.31446e-3 * (1 / kelvin - 1 / 298.15))
        a = 4 * np.exp(-k * times)
        rows += [f"{name},{t},{x:.8f},4,{kelvin}" for t, x in zip(times, a, strict=True)]
    data = table("\n".join(rows) + "\n")
    status, out, _ = ratelaw(
        *("learn", data, "--library", "mass-action", "--order", "1", "--products", "1"),
        *("--element", "x=A:1,B:1", "--observable", "total=A + B", "--species", "A,B"),
        *("--temperature", "T", "--noise", "additive", "--json", "fit.json"),
    )
    assert status == 0
    assert "A --> B" in out
    best = json.loads((tmp_path / "fit.json").read_text())["models"][0]["terms"]
    assert best["A --> B"]["value"] == pytest.approx(0.5, rel=1e-3)


def test_degrees_celsius_are_refused(ratelaw, table):
    data = table("time,A,T\n0,4,25\n1,3,25\n2,2.2,25\n3,1.6,25\n")
    status, _, err = ratelaw("learn", data, "--temperature", "T")
    assert status
    assert "--temperature T: it is 25 in experiment 1, and should be in kelvin" in err


def test_cell_counts_with_deviations_at_times_of_their_own_are_read_as_they_are(ratelaw):
    """Crauste et al. 2017: each type on days of its own."""
    status, out, _ = ratelaw("learn", TABLES / "crauste.csv", "--degree", "1")
    assert status == 0
    assert "dNaive/dt" in out


def test_courses_begin_at_a_time_before_the_table(ratelaw, table):
    rows = [f"{t},{10 * np.exp(-0.3 * t):.6f}" for t in np.arange(2.0, 9.0)]
    data = table("time,A\n" + "\n".join(rows) + "\n")
    status, out, _ = ratelaw("learn", data, "--initial", "A=10", "--start-time", "0")
    assert status == 0
    assert re.search(r"dA/dt = \(-0\.3 .*\) A", out)


@pytest.mark.parametrize(
    ("text", "options", "culprit"),
    [
        ("t,A\n0,1\n1,2\n", "", "no column 'time'"),
        ("time,A\n0,1\n0,2\n", "", "line 3, column 'time'"),
        ("time,A\n1,1\n0,2\n", "", "line 3, column 'time'"),
        ("time,A\n0,x\n1,2\n", "", "line 2, column 'A'"),
        (DECAY, "--inputs T", "no column 'T'"),
        (DECAY, "--initial B=1", "no species 'B'"),
        (DECAY, "--initial A=x", "--initial A=x"),
        (DECAY, "--initial A", "--initial A"),
        (DECAY, "--library splines", "--library splines: it is one of polynomial"),
        (DECAY, "--library hill --degree 2", "--library hill takes no --degree"),
        (DECAY, "--library reactions", "--network"),
        (DECAY, "--orders 1,x", "--orders 1,x"),
        (DECAY, "--element C=A", "--element C=A"),
        (DECAY, "--noise pink", "--noise pink: it is one of mixed"),
        (DECAY, "--criterion p", "--criterion p: it is one of bic"),
        (DECAY, "--degree 0", "'--degree'"),
        (DECAY, "--degree 1 --order 1", "no library takes all of --degree, --order"),
        (DECAY, "--criterion cross-validation --degree 1", "there is only one"),
        (DECAY, "--report missing/page.html", "missing/page.html"),
        ("time,A\n0,1\n1,0\n", "--noise lognormal --fitted-start", "log-normal noise"),
        ("time,A\n0,4\n1,2\n", "--degree 1 --fitted-start", "2 values with 1 starts to be fitted"),
    ],
)
def test_bad_input_is_one_line_that_names_it(ratelaw, table, text, options, culprit):
    status, _, err = ratelaw("learn", table(text), *options.split())
    assert status == 2
    assert culprit in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,A\n0,4\n1,2\n2,1\n3,-0.1\n4,0.3\n", "A in experiment 1 is negative 1 times"),
        ("time,A,B\n0,4,5\n1,2,5\n2,1,5\n3,.5,5\n", "B in experiment 1 is 5 at all times"),
        ("time,A,B\n0,4,\n1,2,\n2,1,\n3,.5,\n", "B in experiment 1 was never measured"),
        ("time,A\n0,5\n1,4\n2,6\n3,5\n4,4\n5,6\n", "noise is larger than what changes"),
    ],
)
def test_what_is_odd_is_said_and_what_can_be_learned_is_returned(ratelaw, table, text, said):
    status, out, err = ratelaw("learn", table(text), "--degree", "1", "--fitted-start")
    assert (status, err) == (0, "")
    assert said in out
    assert "dA/dt = " in out
