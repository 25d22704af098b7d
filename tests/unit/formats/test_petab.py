"""PEtab problems: what is read of them, and what of them is refused, by table and row.

That likelihoods are right is held by tests/reference/test_petab_suite.py.
"""

import math
import sys
from contextlib import suppress

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import ratelaw as rl
from ratelaw.formats import read_petab
from ratelaw.formats.petab.problem import Noise, Parameter, Period, Prior, Scale
from ratelaw.formats.sbml.writer import format_sbml
from ratelaw.learn.petab.likelihood import log_likelihood
from ratelaw.network.expression import symbol

MODEL = format_sbml(
    rl.Network.parse("A --> B, k\nB --> 0, g", {"k": 1, "g": 2, "unused": 3}, {"A": 10})
)
CONSTRAINT = (
    '<listOfConstraints><constraint><math xmlns="http://www.w3.org/1998/Math/MathML"><true/></math>'
    "</constraint></listOfConstraints>"
)
YAML = """format_version: 1
parameter_file: parameters.tsv
problems:
- condition_files: [conditions.tsv]
  measurement_files: [measurements.tsv]
  observable_files: [observables.tsv]
  sbml_files: [model.xml]
"""
YAML_2 = """format_version: 2.0.0
parameter_files: [parameters.tsv]
model_files: {m: {location: model.xml, language: sbml}}
measurement_files: [measurements.tsv]
condition_files: [conditions.tsv]
experiment_files: [experiments.tsv]
observable_files: [observables.tsv]
"""
VERSION_1 = {
    "problem.yaml": YAML,
    "model.xml": MODEL,
    "parameters.tsv": (
        "parameterId\tparameterScale\tlowerBound\tupperBound\tnominalValue\testimate\t"
        "objectivePriorType\tobjectivePriorParameters\n"
        "k\tlog10\t1e-3\t1e3\t0.5\t1\tlogNormal\t0.5;2\n"
        "dose\tlin\t0\t10\t4\t0\t\t\n"
        "noise\tlog\t0.1\t10\t2\t1\t\t\n"
    ),
    "conditions.tsv": "conditionId\tconditionName\tA\tg\nlow\tLow\tdose\t0.5\nhigh\t\t20\t\n",
    "observables.tsv": (
        "observableId\tobservableFormula\tobservableTransformation\tnoiseFormula\t"
        "noiseDistribution\n"
        "b\tobservableParameter1_b*B + k\t\tnoise\t\n"
        "a\tA\tlog10\tnoiseParameter1_a + 0.1*a\tlaplace\n"
    ),
    "measurements.tsv": (
        "observableId\tpreequilibrationConditionId\tsimulationConditionId\ttime\tmeasurement\t"
        "observableParameters\tnoiseParameters\n"
        "b\t\tlow\t0\t0.5\t2\t\nb\tlow\thigh\tinf\t0.7\tdose\t\na\t\thigh\t1\t9\t\tnoise\n"
    ),
}
VERSION_2 = {
    "problem.yaml": YAML_2,
    "model.xml": MODEL,
    "parameters.tsv": (
        "parameterId\tlowerBound\tupperBound\tnominalValue\testimate\tpriorDistribution\t"
        "priorParameters\nk\t0\t9\t0.5\ttrue\tlog-normal\t0.5;2\ndose\t\t\t4\tfalse\t\t\n"
    ),
    "conditions.tsv": (
        "conditionId\ttargetId\ttargetValue\nlow\tA\t2*dose\nlow\tg\t0.5\nhigh\tA\t9\n"
    ),
    "experiments.tsv": "experimentId\ttime\tconditionId\ne\t-inf\tlow\ne\t3\thigh\n",
    "observables.tsv": (
        "observableId\tobservableFormula\tnoiseFormula\tnoiseDistribution\t"
        "observablePlaceholders\tnoisePlaceholders\n"
        "b\tB*factor\tk*sigma\tlog-laplace\tfactor\tsigma\n"
    ),
    "measurements.tsv": (
        "observableId\texperimentId\ttime\tmeasurement\tobservableParameters\tnoiseParameters\n"
        "b\te\t4\t0.5\t2\tdose\nb\t\t1\t0.5\t1\t1\n"
    ),
}  # fmt: skip


def written(folder, files, **changed):
    """Files, some with a text replaced by another: {stem: (old, new)}."""
    for name, text in files.items():
        old, new = changed.get(name.split(".")[0], ("", ""))
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return folder / "problem.yaml"


def test_all_parts_of_version_1(tmp_path):
    problem = read_petab(written(tmp_path, VERSION_1))
    assert problem.estimated == ("k", "noise")
    assert problem.parameters["k"] == Parameter(
        nominal=0.5,
        estimated=True,
        lower=1e-3,
        upper=1e3,
        scale=Scale.LOG10,
        prior=Prior("logNormal", (0.5, 2.0)),
    )
    assert problem.parameters["dose"] == Parameter(4, estimated=False, lower=0, upper=10)
    a, b = problem.observables["a"], problem.observables["b"]
    assert (a.scale, a.distribution) == (Scale.LOG10, Noise.LAPLACE)
    assert (b.scale, b.distribution) == (Scale.LINEAR, Noise.NORMAL)
    assert b.placeholders == (symbol("observableParameter1_b"),)
    assert a.noise_placeholders == (symbol("noiseParameter1_a"),)
    assert b.formula == b.placeholders[0] * symbol("B") + symbol("k")
    low, both, high = (problem.experiments[r.experiment].periods for r in problem.measurements)
    changes = {"A": symbol("dose"), "g": sp.Float("0.5")}, {"A": sp.Float(20)}
    assert low == (Period(0, changes[0], {"A", "g"}),)
    assert high == (Period(0, changes[1], {"A"}),)
    assert both == (Period(-math.inf, changes[0], {"A", "g"}), *high)
    times = [row.time for row in problem.measurements]
    assert times == [0, math.inf, 1]
    assert [row.value for row in problem.measurements] == [0.5, 0.7, 9]
    assert problem.measurements[1].parameters == (symbol("dose"),)


def test_all_parts_of_version_2(tmp_path):
    problem = read_petab(written(tmp_path, VERSION_2))
    assert problem.parameters["k"] == Parameter(
        0.5, estimated=True, lower=0, upper=9, prior=Prior("log-normal", (0.5, 2.0))
    )
    low, high = {"A": 2.0 * symbol("dose"), "g": sp.Float("0.5")}, {"A": sp.Float(9)}
    periods = Period(-math.inf, low, {"A", "g"}), Period(3, low | high, {"A"})
    assert problem.experiments["e"].periods == periods
    assert problem.experiments[""].periods == (Period(0, {}),)
    b = problem.observables["b"]
    assert (b.scale, b.distribution) == (Scale.LOG, Noise.LAPLACE)
    assert b.noise == symbol("k") * symbol("sigma")


def test_the_network_is_that_of_the_first_experiment_at_nominal_values(tmp_path):
    network = read_petab(written(tmp_path, VERSION_1)).network
    assert network == rl.Network.parse(
        "A --> B, k\nB --> 0, g", {"k": 0.5, "g": 0.5, "unused": 3}, {"A": 4}
    )


def test_values_are_nominal_unless_given(tmp_path):
    problem = read_petab(written(tmp_path, VERSION_1))
    assert problem.values({"k": 3}) == {"k": 3, "dose": 4, "noise": 2}
    with pytest.raises(rl.DataError, match="the parameter table has no 'kk'"):
        problem.values({"kk": 3})
    with pytest.raises(rl.DataError, match="parameter 'k' is nan"):
        problem.values({"k": math.nan})
    unknown = read_petab(written(tmp_path, VERSION_1, parameters=("\t0.5\t1\tlog", "\t\t1\tlog")))
    with pytest.raises(rl.DataError, match="parameter 'k' is None"):
        unknown.values()
    assert unknown.values({"k": 3})["k"] == 3


@pytest.mark.parametrize(
    ("table", "old", "new", "complaint"),
    [
        ("measurements", "b\t\tlow", "c\t\tlow", "measurement table, row 1: .* has no 'c'"),
        ("measurements", "\tlow\t0", "\tmid\t0", "row 1, column 'sim.*: the condition .* 'mid'"),
        ("measurements", "b\tlow\thigh", "b\tmid\thigh", "row 2, column 'pre.* no 'mid'"),
        ("measurements", "\t0\t0.5", "\t-1\t0.5", "row 1: time -1 is before the start, 0"),
        ("measurements", "\t0\t0.5", "\tsoon\t0.5", "row 1, column 'time': 'soon' is not a finite"),
        ("measurements", "\t0\t0.5", "\t0\t", "row 1, column 'measurement': it is empty$"),
        ("measurements", "\t0\t0.5", "\t0\tnan", "row 1, column 'measurement': it is empty$"),
        ("measurements", "\t0\t0.5", "\t\t0.5", "row 1, column 'time': it is empty$"),
        ("measurements", "0.5\t2", "0.5\t2;3", "row 1: 2 observable parameters, but 'b' has 1"),
        ("measurements", "0.5\t2", "0.5\tq", "row 1, observable: 'q' names nothing"),
        ("measurements", "\tnoise\n", "\t\n", "row 3: 0 noise parameters, but 'a' has 1"),
        ("measurements", "1\t9", "1\t-9", "the measurement is -9; .* log10 of 'a' .* positive"),
        ("measurements", "observableId", "observable", "row 1, column 'observableId': it is empty"),
        ("conditions", "\tA\tg", "\tA\th", r"condition table, 'low', 'h': the model has no"),
        ("conditions", "\tA\tg", "\tA\tk", "'low', 'k': the parameter table sets 'k' too"),
        ("conditions", "dose", "doze", "condition table, 'low', 'A': 'doze' names nothing"),
        ("conditions", "high", "low", "condition table, row 2, column 'conditionId': 'low' is th"),
        ("observables", "*B + k", "*B + q", "observable table, 'b': 'q' names nothing"),
        ("observables", "*B + k", "*B + (", "observable table, row 1, .*: cannot read"),
        ("observables", "*B + k", "/0", "observable table, row 1, .*has no finite value"),
        ("observables", "\tnoise\t", "\tnois\t", "observable table, 'b', noise: 'nois' names"),
        ("observables", "\tnoise\t", "\t\t", "row 1, column 'noiseFormula': it is empty"),
        ("observables", "log10", "log2", "row 2, column 'observableTransformation': 'log2'; it is"),
        ("observables", "laplace", "cauchy", "row 2, column 'noiseDistribution': 'cauchy'"),
        ("parameters", "k\tlog10\t1e-3", "k\tlog10\t1e9", "'k': bounds 1e.09 and 1000: swap"),
        ("parameters", "k\tlog10\t1e-3", "k\tlog10\t0", "'k': the lower bound 0 is none on the sc"),
        ("parameters", "k\tlog10", "q\tlog10", "parameter table, 'q': neither the model nor"),
        ("parameters", "k\tlog10", "B\tlog10", "parameter table, 'B': it is no parameter of"),
        ("parameters", "log10", "log2", "row 1, column 'parameterScale': 'log2'"),
        ("parameters", "0.5\t1", "0.5\t2", "row 1, column 'estimate': .*2.*; it is 0 or 1"),
        ("parameters", "0.5\t1", "0.5\t", "row 1, column 'estimate': it is empty$"),
        ("parameters", "4\t0", "\t0", "'dose': it is not estimated, and has no nominal value"),
        ("parameters", "logNormal", "beta", "row 1, column 'objectivePriorType': 'beta'"),
        ("parameters", "0.5;2", "0.5", "'objectivePriorParameters': 1 numbers; logNormal has 2"),
        ("parameters", "0.5;2", "0.5;x", "row 1, column 'objectivePriorParameters': 'x' is not a"),
        ("problem", "parameters.tsv", "missing.tsv", r"missing\.tsv"),
        ("problem", "model.xml", "https://a.b/model.xml", "https://a.b/model.xml: only files"),
        ("problem", "format_version: 1", "- 1", "problem.yaml"),
    ],
)  # fmt: skip
def test_contradictions_are_one_line_with_table_and_row(tmp_path, table, old, new, complaint):
    with pytest.raises(rl.DataError, match=complaint) as caught:
        read_petab(written(tmp_path, VERSION_1, **{table: (old, new)}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "old", "new", "complaint"),
    [
        ("measurements", "b\te", "b\tf", "measurement table, row 1: the experiment table has no"),
        ("measurements", "4\t0.5", "4\t-5", "the measurement is -5; on the scale log .* positive"),
        ("measurements", "4\t0.5", "4\t-inf", "the measurement is -inf; .* must be finite"),
        ("measurements", "e\t4", "e\t2", "measurement table, row 1: time 2 is before the start, 3"),
        ("conditions", "low\tA", "low\tC", "condition table, 'low', 'C': the model has no"),
        ("conditions", "2*dose", "2*q", "condition table, 'low', 'A': 'q' names nothing"),
        ("experiments", "3\thigh", "3\tmid", "experiment table, 'e': the condition table has no"),
        ("experiments", "-inf\tlow", "3\tlow", "several conditions of time 3 set 'A'"),
        ("observables", "*factor", "*fact", "observable table, 'b': 'fact' names nothing"),
        ("parameters", "true", "maybe", "problem.yaml: .*maybe"),
        ("parameters", "dose\t", "k\t", "parameter table: 'k' is there twice"),
    ],
)
def test_contradictions_of_version_2(tmp_path, table, old, new, complaint):
    with pytest.raises(rl.DataError, match=complaint) as caught:
        read_petab(written(tmp_path, VERSION_2, **{table: (old, new)}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("files", "table", "old", "new", "complaint"),
    [
        (VERSION_1, "problem", "[model.xml]", "[model.xml, b.xml]", "1 problems with 2 models"),
        (VERSION_1, "problem", "version: 1", "version: 3", "format_version '3'"),
        (VERSION_2, "problem", "language: sbml", "language: pysb", "a model in 'pysb'"),
        (VERSION_2, "experiments", "e\t3\thigh\n", "", "'e': nothing follows the equilibration"),
    ],
)
def test_what_is_not_supported_is_named(tmp_path, *, files, table, old, new, complaint):
    with pytest.raises(rl.UnsupportedError, match=complaint):
        read_petab(written(tmp_path, files, **{table: (old, new)}))


def test_what_a_period_adds_counts_once(tmp_path):
    """At time 3 A gains 5, at time 4 g is 0: B, fed by A until then, gains what A loses."""
    path = written(
        tmp_path, VERSION_2,
        conditions=("high\tA\t9\n", "high\tA\tA + 5\nlast\tg\t0\n"),
        experiments=("e\t-inf\tlow\ne\t3\thigh\n", "e\t0\tlow\ne\t3\thigh\ne\t4\tlast\n"),
        measurements=("b\te\t4\t0.5\t2\tdose\nb\t\t1\t0.5\t1\t1\n", "a\te\t6\t1\t\t\n"),
        observables=("b\tB*factor\tk*sigma\tlog-laplace\tfactor\tsigma\n", "a\tA\t1\t\t\t\n"),
    )  # fmt: skip
    left = (8 * math.exp(-1.5) + 5) * math.exp(-1.5)
    wanted = -math.log(2 * math.pi) / 2 - (left - 1) ** 2 / 2
    assert log_likelihood(read_petab(path)) == pytest.approx(wanted, rel=1e-6)


def test_a_change_without_a_finite_value_is_refused(tmp_path):
    problem = read_petab(written(tmp_path, VERSION_2, conditions=("2*dose", "1/(dose - 4)")))
    with pytest.raises(rl.DataError, match=r"A = .* has no finite value at these parameters"):
        log_likelihood(problem)


@pytest.mark.parametrize("files", [VERSION_1, VERSION_2])
@pytest.mark.parametrize(
    ("old", "new", "error", "complaint"),
    [
        ("<ci>k</ci>", "<ci>q</ci>", rl.ModelError, "not valid SBML: line .*'q'"),
        ("</model>", "", rl.ModelError, "not valid SBML"),
        (
            "</listOfReactions>",
            f"</listOfReactions>{CONSTRAINT}",
            rl.UnsupportedError,
            "constraint",
        ),
    ],
)
def test_errors_in_the_model_begin_with_its_file(tmp_path, *, files, old, new, error, complaint):
    path = written(tmp_path, files, model=(old, new))
    with pytest.raises(error, match=rf"^model\.xml: {complaint}"):
        read_petab(path)


@settings(max_examples=40, deadline=None)
@given(
    table=st.sampled_from([name for name in VERSION_1 if name.endswith(".tsv")]),
    place=st.integers(0, 10_000),
    cell=st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        st.floats().map(str),
        st.sampled_from(["", "A", "k", "b", "low", "time", "1e400", "A/0", "log(0)", "-1", "(1"]),
    ),
)
def test_a_changed_cell_gives_a_likelihood_or_a_refusal(tmp_path_factory, table, place, cell):
    folder = tmp_path_factory.mktemp("petab")
    path = written(folder, VERSION_1)
    lines = [line.split("\t") for line in VERSION_1[table].splitlines()]
    line = lines[place % len(lines)]
    line[place // len(lines) % len(line)] = cell
    (folder / table).write_text("\n".join(map("\t".join, lines)), encoding="utf-8")
    with suppress(rl.RatelawError):
        assert not math.isnan(log_likelihood(read_petab(path)))


def test_without_petab_its_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "petab", None)
    with pytest.raises(ImportError, match=r"petab is needed .* 'ratelaw\[petab\]'"):
        read_petab(tmp_path / "a.yaml")
