"""`ratelaw rates` on files of a user's own: every kind of data, the page, the refusals."""

import json
import re

import numpy as np
import pytest

import ratelaw as rl
from ratelaw.cli import main

BIRTH_DEATH = "0 --> A, k1\nA --> 0, k2\nk1 = 1\nk2 = 1\n"
BIRTH, DEATH = 4.0, 0.8


def run(folder, *arguments):
    """One command line in a folder: what was printed."""
    printed = folder / "printed.txt"
    with printed.open("w") as out, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.stdout", out)
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
    assert end.value.code == 0
    return printed.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Cells of an immigration-death process, and clones of a linear birth-death process.

    Both are drawn from closed forms: a Poisson distribution, and a geometric one.
    """
    path = tmp_path_factory.mktemp("rates")
    generator = np.random.default_rng(5)
    rows = ["time,A", "0,0"]
    for time in (0.5, 1, 2, 4):
        mean = BIRTH / DEATH * (1 - np.exp(-DEATH * time))
        rows += [f"{time:g},{count}" for count in generator.poisson(mean, size=300)]
    (path / "cells.csv").write_text("\n".join(rows))
    rows = ["# unseen: A == 0", "time,A", "0,1"]
    divide, die = 0.7, 0.4
    for time in (1, 3, 6):
        growth = np.exp((divide - die) * time)
        ratio = divide * (growth - 1) / (divide * growth - die)
        rows += [f"{time:g},{count}" for count in generator.geometric(1 - ratio, size=1500)]
    (path / "clones.csv").write_text("\n".join(rows))
    (path / "network.txt").write_text(BIRTH_DEATH)
    return path


@pytest.fixture(scope="module")
def discovered(folder):
    """The page, the numbers, the network and what was printed of clones."""
    printed = run(
        folder,
        *("rates", "clones.csv", "--discover", "--report", "page.html"),
        *("--json", "numbers.json", "-o", "found.txt"),
    )
    numbers = json.loads((folder / "numbers.json").read_text(), parse_constant=pytest.fail)
    return (folder / "page.html").read_text(encoding="utf-8"), numbers, printed


def test_a_browser_has_nothing_to_complain_and_a_phone_is_wide_enough(discovered, browse):
    seen = browse(discovered[0])
    assert seen.console == seen.barriers == []
    assert seen.content <= seen.width


def near(entry, truth, errors=4.0):
    """Within 4 standard errors: one false alarm in 16,000."""
    return abs(entry["constant"] - truth) < errors * entry["standard_error"]


def test_clones_of_which_the_dead_are_not_seen(folder, discovered):
    _, numbers, printed = discovered
    assert printed.startswith(
        "clones.csv: 4,500 cells at 3 times, 1 to 6; species A; cells with A == 0 are not seen\n\n"
    )
    reactions = numbers["networks"][0]["reactions"]
    assert [name for name, entry in reactions.items() if entry["present"]] == [
        "A --> 0",
        "A --> 2 A",
    ]
    assert near(reactions["A --> 2 A"], 0.7)
    assert near(reactions["A --> 0"], 0.4)
    found = rl.Network.parse((folder / "found.txt").read_text())
    assert list(map(str, found.reactions)) == ["A --> 0", "A --> 2 A"]
    assert found.initial == {"A": 1}


def test_the_option_says_what_the_file_may_say(folder, discovered):
    text = (folder / "clones.csv").read_text().split("\n", 1)[1]
    (folder / "bare.csv").write_text(text)
    printed = run(folder, "rates", "bare.csv", "--discover", "--unseen", "A == 0")
    assert printed.replace("bare", "clones") == discovered[2]
    printed = run(folder, "rates", "bare.csv", "--discover")
    assert "no cell is empty: if empty ones cannot be seen, say --unseen 'A == 0'" in printed


def test_the_page_says_what_the_json_says(discovered):
    page, numbers, _ = discovered
    assert "ratelaw rates clones.csv --discover --report page.html" in page
    assert "cells with A == 0 are not seen" in page
    shown = [float(value) for value in re.findall(r'<data value="([^"]+)"', page)]
    for network in numbers["networks"]:
        assert 100 * network["weight"] in shown
    for entry in numbers["networks"][0]["reactions"].values():
        assert not entry["present"] or entry["constant"] in shown
    assert page.count('role="img"') == 3
    assert all(f"Distribution of A at time {time}" in page for time in (1, 3, 6))


def test_intervals_by_profiles(folder):
    """Each holds the truth: 95 % each, and the data are fixed."""
    printed = run(
        *(folder, "rates", "cells.csv", "--network", "network.txt", "--profiles"),
        *("--report", "profiles.html", "--json", "profiles.json"),
    )
    assert "[95% intervals of the profile]" in printed
    found = json.loads((folder / "profiles.json").read_text())["profiles"]
    assert found["0 --> A"]["lower"] < BIRTH < found["0 --> A"]["upper"]
    assert found["A --> 0"]["lower"] < DEATH < found["A --> 0"]["upper"]
    page = (folder / "profiles.html").read_text(encoding="utf-8")
    assert page.count("Rise of the deviance along the constant of") == 2


def test_counts_and_a_network(folder):
    run(folder, "rates", "cells.csv", "--network", "network.txt", "--json", "cells.json")
    reactions = json.loads((folder / "cells.json").read_text())["reactions"]
    assert near(reactions["0 --> A"], BIRTH)
    assert near(reactions["A --> 0"], DEATH)
    run(
        *(folder, "rates", "cells.csv", "--network", "network.txt"),
        *("--method", "moments", "--json", "moments.json"),
    )
    moments = json.loads((folder / "moments.json").read_text())["reactions"]
    assert near(moments["0 --> A"], BIRTH)
    assert moments != reactions


def test_molecules_that_are_missed(folder):
    """Of a Poisson distribution as many are counted as if births were rarer by that factor."""
    for capture in (1, 0.5):
        run(
            *(folder, "rates", "cells.csv", "--network", "network.txt"),
            *("--capture", capture, "--json", f"capture{capture}.json"),
        )
    full, half = (
        json.loads((folder / f"capture{capture}.json").read_text())["reactions"]
        for capture in (1, 0.5)
    )
    ratio = half["0 --> A"]["constant"] / full["0 --> A"]["constant"]
    assert ratio == pytest.approx(2, rel=1e-3)
    assert half["A --> 0"]["constant"] == pytest.approx(full["A --> 0"]["constant"], rel=1e-3)


def test_published_moments(folder):
    """The exact ones of the process: the rates are found exactly, and so says the page."""
    rows = ['time,A,A_sd,"A,A","A,A_sd"', "0,0,0,0,0"]
    for time in (0.5, 1, 2, 4):
        mean = BIRTH / DEATH * (1 - np.exp(-DEATH * time))
        rows.append(f"{time},{mean},0.1,{mean},0.3")
    (folder / "published.csv").write_text("\n".join(rows))
    printed = run(
        *(folder, "rates", "published.csv", "--network", "network.txt"),
        *("--report", "published.html", "--json", "published.json"),
    )
    assert printed.startswith("published.csv: published moments at 5 times, 0 to 4; species A\n")
    reactions = json.loads((folder / "published.json").read_text())["reactions"]
    assert reactions["0 --> A"]["constant"] == pytest.approx(BIRTH, rel=1e-4)
    page = (folder / "published.html").read_text(encoding="utf-8")
    assert page.count('role="img"') == 2
    assert "the largest residual is 0.0 standard errors" in page


def test_paths_and_events(folder):
    cells = rl.simulate(
        rl.Network.parse("0 --> A, k\nA --> 0, g\nk = 4\ng = 0.8\n"),
        rl.Direct(),
        [0, 0.5, 1, 2],
        trajectories=200,
        seed=3,
        record=[rl.RecordMoments(2), rl.RecordPaths(200), rl.RecordEvents(200)],
    )
    rl.save(cells, folder / "cells.nc")
    rl.save(cells.drop_vars([n for n in cells if str(n).startswith("event")]), folder / "paths.nc")
    read = {}
    likelihood = ("--method", "likelihood")
    for name, options in (
        ("cells", ()),
        ("cells", (*likelihood, "--report", "events.html")),
        ("paths", (*likelihood, "--report", "paths.html")),
    ):
        printed = run(
            *(folder, "rates", f"{name}.nc", "--network", "network.txt", "--json", "a.json"),
            *options,
        )
        kind = printed.splitlines()[0].partition(" at ")[0].partition(",")[0]
        read[kind] = json.loads((folder / "a.json").read_text())["reactions"]
    assert list(read) == [
        "cells.nc: moments of 200 trajectories",
        "cells.nc: 200 trajectories with every jump",
        "paths.nc: 200 paths",
    ]
    for reactions in read.values():  # six numbers: one false alarm in 2,600
        assert near(reactions["0 --> A"], 4)
        assert near(reactions["A --> 0"], 0.8)
    errors = [reactions["A --> 0"]["standard_error"] for reactions in read.values()]
    assert errors[1] < errors[2] < errors[0]  # the more was seen, the surer


CELLS = "time,A\n0,3\n1,2\n1,3\n2,1\n2,2\n"


@pytest.mark.parametrize(
    ("table", "network", "options", "culprit"),
    [
        (CELLS, "A --> 0, 1\n", "--method moments", "4 trajectories cannot weigh 2 moments"),
        (CELLS, "A --> C, 1\n", "", "the cells hold A, the network A, C"),
        ("time,A,B\n0,3,0\n1,2,0\n", "A --> B, 1\n", "", "'B' is 0 in every cell: leave it out"),
        ("time,A\n0,3\n0,4\n1,2\n", "A --> 0, 1\n", "", "two different states at time 0"),
        (
            CELLS + "2,5\n",
            "A --> 0, 1\n",
            "",
            "a cell shows A = 5 at time 2, which these reactions",
        ),
        (CELLS, "A --> 0, 1\nA --> 0, 2\n", "", "reaction 'A --> 0' is there twice"),
        (
            'time,A,A_sd,"A,A","A,A_sd"\n0,3,0,0,0\n1,2,0,1,0\n',
            "A --> 0, 1\n",
            "",
            "moment 'A' at time 1: the square of its error is 0",
        ),
        (
            "time,A\n0,3\n1,2\n1,2\n2,2\n2,2\n",
            "A --> 0, 1\n",
            "--method moments",
            "every value has a standard error of 0",
        ),
        (CELLS, "A --> 0, 1\n", "--method gillespie", "it is one of moments, likelihood"),
        (CELLS, "A --> 0, 1\n", "--capture 0.5 --noise 1", "give one of them"),
        (CELLS, "A --> 0, 1\n", "--capture 1.5", "above 0 and at most 1"),
        (CELLS, "A --> 0, 1\n", "--order 1", "leave out --order"),
        (CELLS, "A --> 0, 1\n", "--species B", "no column of species 'B'"),
        (CELLS, "A --> 0, 1\n", "--unseen A=0", "'A=0'"),
        (CELLS, "A --> 0, 1\n", "-o out.csv", "networks are written as"),
        (CELLS, None, "", "--network FILE, or --discover"),
        (CELLS, None, "--discover --order 3", "orders are 0, 1 or 2"),
    ],
)
def test_refusals(ratelaw, tmp_path, *, table, network, options, culprit):
    (tmp_path / "data.csv").write_text(table)
    arguments = ["rates", "data.csv", *options.split(), "--json", "out.json"]
    if network:
        (tmp_path / "network.txt").write_text(network)
        arguments += ["--network", "network.txt"]
    status, _, err = ratelaw(*arguments)
    assert status == 2
    assert culprit in err
    assert err.startswith("ratelaw: ")
    assert err.count("\n") == 1
    assert not (tmp_path / "out.json").exists()


def test_results_are_counted_exactly(ratelaw, tmp_path):
    cells = rl.simulate(rl.zoo.birth_death(), rl.Direct(), range(3), trajectories=9, seed=1)
    rl.save(cells, tmp_path / "a.nc")
    status, _, err = ratelaw("rates", "a.nc", "--network", "birth_death", "--unseen", "A == 0")
    assert (status, "leave out --unseen" in err) == (2, True)
    status, _, err = ratelaw("rates", "a.nc", "--network", "birth_death", "--method", "likelihood")
    assert (status, "holds neither paths nor events" in err) == (2, True)
