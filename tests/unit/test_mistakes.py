"""The most likely mistakes of a first hour, and the words of the message that mend each."""

import numpy as np
import pandas as pd
import pytest

import ratelaw as rl

TIMES = np.linspace(0, 5, 6)
NETWORK = rl.Network.parse("A --> B, k\nB --> 0, g\nk = 1\ng = 0.5\nA(0) = 10")
CELLS = rl.simulate(NETWORK, rl.Direct(), TIMES, trajectories=200, seed=1)
FRAME = pd.DataFrame({"time": TIMES, "A": 10 * np.exp(-TIMES)})
parse = rl.Network.parse


def simulated(**arguments):
    return rl.simulate(NETWORK, rl.Direct(), TIMES, trajectories=3, seed=1, **arguments)


TEXT = {
    "A -> B, 1": "write '-->' for '->'",
    "A → B, 1": "write '-->' for '→'",
    "A <-> B, 1, 2": "write '<-->' for '<->'",
    "A <=> B, 1, 2": "write the two directions",
    "A <-- B, 1": "write '-->' for '<--'",
    "A = B, 1": "a reaction has an arrow, '-->'",
    "A --> B": "'A --> B, rate'",
    "A --> B; k": "a comma before the rate",
    "A <--> B, 1": "'A <--> B, kf, kr'",
    "A --> B, 0,5": "decimals have a point, 0.5",
    "A + B --> C, k*A*B\nk = 1": "write the whole rate after '=>'",
    "A --> B, k1\nk_1 = 1": "did you mean 'k_1'?",
    "A --> B, 1\nA = 5": "did you mean 'A(0) = 5'?",
    "network.txt": "ratelaw.formats.read_network reads files",
}
NETWORKS = {
    "text in a list": (lambda: parse(["A --> B, 1"]), "text is of type list"),
    "text for reactions": (lambda: rl.Network("A --> B, 1"), "Network.parse reads text"),
    "counts in a list": (lambda: parse("A --> B, 1", initial=[10, 0]), "such as {'A': 10}"),
    "no number": (lambda: parse("A --> B, 1", initial={"A": None}), "'A' is None, not a number"),
    "values in a list": (lambda: parse("A --> B, k", parameters=[1]), "such as {'k': 0.5}"),
    "another species": (lambda: parse("mRNA --> 0, 1", initial={"RNA": 1}), "did you mean 'mRNA'?"),
    "another parameter": (lambda: NETWORK.replace(parameters={"kk": 1}), "did you mean 'k'?"),
    "a text for species": (lambda: rl.all_reactions("AB"), "such as ['A', 'B']"),
    "a name in the zoo": (lambda: rl.zoo.load("spcmm"), "did you mean 'spcm'?"),
}
SIMULATIONS = {
    "a name for a method": (lambda: rl.simulate(NETWORK, "direct", TIMES), "such as Direct()"),
    "a class": (lambda: rl.simulate(NETWORK, rl.Direct, TIMES), "write Direct(...)"),
    "order": (lambda: rl.simulate(rl.Direct(), NETWORK, TIMES), "network is of type Direct"),
    "times second": (lambda: rl.simulate(NETWORK, TIMES, rl.Direct()), "such as Direct()"),
    "a text": (lambda: rl.simulate("A --> B, 1", rl.Direct(), TIMES), "Network.parse("),
    "one time": (lambda: rl.simulate(NETWORK, rl.Moments(), 5.0), "np.linspace(0, 10, 21)"),
    "times as text": (lambda: rl.simulate(NETWORK, rl.Moments(), "0 5"), "times are '0 5'"),
    "how many": (lambda: rl.simulate(NETWORK, rl.Direct(), TIMES), "a whole number >= 1"),
    "one recorder": (lambda: simulated(record=rl.RecordPaths(2)), "a list such as"),
    "terms by equation": (lambda: rl.TermLibrary({"A": ["A"]}), "give a list such as"),
    "recorder by name": (lambda: simulated(record=["paths"]), "such as RecordMoments()"),
    "recorder's class": (lambda: simulated(record=[rl.RecordMoments]), "RecordMoments(...)"),
    "sweep": (lambda: simulated(sweep=[1, 2]), "such as {'k': [1, 2]}"),
    "results apart": (lambda: rl.total_variation(CELLS, CELLS), "marginal(results, species)"),
    "save, order": (lambda: rl.save("a.nc", CELLS), "results is 'a.nc'"),
    "save, ending": (lambda: rl.save(CELLS, "a.csv"), "write_table"),
    "epsilon as text": (lambda: rl.TauLeaping("0.1"), "a number between 0 and 1 such as 0.03"),
    "epsilon of another": (lambda: rl.Automatic(epsilon="0.1"), "epsilon is '0.1': give a number"),
    "tolerance as text": (lambda: rl.MasterEquation("1e-6"), "tolerance is '1e-6': give a number"),
    "accuracy as text": (lambda: rl.MassAction("1e-8"), "rtol is '1e-8': give a number"),
    "no file": (lambda: rl.load("nowhere.nc"), "there is no such file"),
}
LINEAR = rl.ODENet(rl.PolynomialLibrary(1))
FIT = LINEAR.fit(CELLS)
LEARNING = {
    "data frame": (lambda: LINEAR.fit(FRAME), "DataFrame.to_csv"),
    "data frame of experiments": (lambda: rl.Experiments.of(FRAME), "DataFrame.to_csv"),
    "data frame of rates": (lambda: rl.fit_rates(NETWORK, FRAME), "simulate() or learn.read_"),
    "data frame of snapshots": (lambda: rl.Snapshots(FRAME), "Snapshots.read(path)"),
    "path of snapshots": (lambda: rl.Snapshots("cells.csv"), "species is 'cells.csv'"),
    "array": (lambda: LINEAR.fit(FRAME.to_numpy()), "Experiments.read(path)"),
    "path": (lambda: LINEAR.fit("data.csv"), "Experiments.read(path)"),
    "list of data": (lambda: LINEAR.fit([CELLS]), "a data set is of type list"),
    "a number for a library": (lambda: rl.ODENet(2), "such as PolynomialLibrary(2)"),
    "a library's class": (lambda: rl.ODENet(rl.PolynomialLibrary), "write PolynomialLibrary(...)"),
    "a criterion's name": (
        lambda: rl.ODENet(rl.PolynomialLibrary(1), criterion="bic"),
        "such as ExtendedBIC()",
    ),
    "a selection's name": (
        lambda: rl.ODENet(rl.PolynomialLibrary(1), selection="bic"),
        "such as Selection()",
    ),
    "terms of Arrhenius as text": (lambda: rl.learn.Arrhenius("A"), "such as MassActionLibrary("),
    "times of a fit as text": (lambda: FIT.predict("0 5"), "times are '0 5'"),
    "capture as text": (lambda: rl.learn.BinomialCapture("0.5"), "a number such as 0.5"),
    "noise as text": (lambda: rl.learn.NormalNoise("0.1"), "a number such as 0.1"),
    "prior as text": (lambda: rl.learn.HalfNormal("1"), "a number such as 1.0"),
    "tolerance as text": (lambda: rl.MaximumLikelihood("1e-5"), "a number such as 1e-6"),
    "one order": (lambda: rl.HillLibrary(2), "such as (1, 2)"),
    "one expression": (lambda: rl.TermLibrary("A*B"), "such as ('A', 'A*B')"),
    "text for candidates": (lambda: rl.ReactionLibrary("A --> B, 1"), "Network.parse("),
    "one input": (lambda: rl.Experiments.of(CELLS, inputs="A"), "such as ['temperature']"),
    "noise by name": (lambda: rl.Experiments.of(CELLS, noise="mixed"), "such as AdditiveNoise()"),
    "text for a network": (lambda: rl.fit_rates("A --> B, k", CELLS), "Network.parse("),
    "method by name": (lambda: rl.fit_rates(NETWORK, CELLS, "moments"), "such as JointMoments()"),
    "method's class": (lambda: rl.fit_rates(NETWORK, CELLS, rl.JointMoments), "JointMoments(...)"),
    "data first": (lambda: rl.discover(CELLS, NETWORK), "is Network"),
    "data for a fit": (lambda: rl.candidates(CELLS), "ODENet(library).fit(data)"),
    "times first": (lambda: rl.identifiability(TIMES, NETWORK), "Network.parse("),
}
REDUCED = rl.reduce(NETWORK, rl.QuasiSteadyState("B"))
REDUCTION = {
    "a name": (lambda: rl.reduce(NETWORK, "qssa"), "such as QuasiSteadyState(['C'])"),
    "a class": (lambda: rl.reduce(NETWORK, rl.QuasiSteadyState), "QuasiSteadyState(...)"),
    "order": (lambda: rl.reduce(rl.QuasiSteadyState(["A"]), NETWORK), "Network.parse("),
    "species": (lambda: rl.reduce(NETWORK, rl.QuasiSteadyState(["a"])), "species are A, B"),
    "tolerance as text": (lambda: rl.certify(REDUCED, tolerance="5%"), "a number such as 0.05"),
    "times as text": (lambda: rl.certify(REDUCED, "0 5"), "times are '0 5'"),
    "full network": (lambda: rl.certify(NETWORK), "what reduce(network, method) returns"),
    "a name of data": (lambda: rl.timescales("spcm"), "a result of simulate()"),
}
CALLS = {
    f"{group}: {name}": call
    for group, calls in (
        ("network", NETWORKS),
        ("simulate", SIMULATIONS),
        ("learn", LEARNING),
        ("reduce", REDUCTION),
    )
    for name, call in calls.items()
}


@pytest.mark.parametrize("text", TEXT)
def test_a_line_that_is_no_reaction(text):
    with pytest.raises(rl.ModelError) as refusal:
        parse(text)
    assert TEXT[text] in str(refusal.value)


@pytest.mark.parametrize("name", CALLS)
def test_an_argument_of_another_kind(name):
    call, mended = CALLS[name]
    with pytest.raises(rl.RatelawError) as refusal:
        call()
    assert mended in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Profile", "from ratelaw.learn import Profile"),
        ("Interrupted", "from ratelaw.errors import Interrupted"),
        ("read_network", "from ratelaw.formats import read_network"),
        ("TimeScales", "from ratelaw.reduce import TimeScales"),
        ("Drect", "did you mean ratelaw.Direct?"),
        ("Gillespie", "did you mean ratelaw.Direct?"),
        ("quux", "there is no ratelaw.quux"),
    ],
)
def test_a_name_that_is_not_at_the_top(name, hint):
    with pytest.raises(AttributeError) as refusal:
        getattr(rl, name)
    assert hint in str(refusal.value)


def test_numbers_of_numpy_and_pandas_are_taken():
    run = {"trajectories": np.int64(3), "seed": np.int64(1)}
    cells = rl.simulate(NETWORK, rl.Direct(), pd.Series(TIMES), **run)
    assert cells.identical(simulated())
