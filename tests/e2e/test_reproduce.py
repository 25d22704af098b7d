"""`ratelaw reproduce spcm` from the shell: the page, the JSON and the terminal agree."""

import html
import json
import re

import pytest

from ratelaw.cli import main

TRAJECTORIES = 20_000


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The page, the numbers and what was printed."""
    folder = tmp_path_factory.mktemp("reproduce")
    page, numbers = folder / "out" / "spcm.html", folder / "out" / "spcm.json"
    printed = folder / "printed.txt"
    arguments = f"reproduce spcm --trajectories {TRAJECTORIES:g} --seed 2 --html {page}"
    with printed.open("w") as out, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        with pytest.raises(SystemExit) as end:
            main([*arguments.split(), "--json", str(numbers)])
    assert end.value.code == 0
    read = json.loads(numbers.read_text(), parse_constant=pytest.fail)
    return page, read, printed.read_text()


def rows(page, caption):
    """Row name to the full values of the numbers in it, of the table with this caption."""
    text = page.read_text(encoding="utf-8")
    (table,) = (t for t in re.findall(r"<table>.*?</table>", text, re.DOTALL) if caption in t)
    body = table.split("<tbody>")[1]
    found = {}
    for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL):
        name = html.unescape(re.sub(r"<[^>]+>", "", row.split("</th>")[0])).strip()
        found[name] = [float(v) for v in re.findall(r'<data value="([^"]+)"', row)]
    return found


def test_the_rates_are_right(run):
    """Within 4 standard errors of the truth: 4 numbers, one false alarm in 4,000 seeds."""
    _, numbers, _ = run
    for name in ("r1", "r2", "lam", "gamma"):
        row = numbers["table_1"][name]
        error = row["joint"]["standard_error"]
        assert 0 < error < 0.02 * row["truth"]
        assert abs(row["joint"]["value"] - row["truth"]) < 4 * error


def test_table_one_is_the_same_on_the_page_and_in_the_json(run):
    page, numbers, _ = run
    shown = rows(page, "Table I")
    assert len(shown) == len(numbers["table_1"])
    for cells, row in zip(shown.values(), numbers["table_1"].values(), strict=True):
        ways = ("papers_way", "joint_all_free", "joint")
        expected = [row["truth"], row["paper"], *(row[way]["value"] for way in ways)]
        absent = row["joint"]["standard_error"] == 0
        assert cells == (expected[:-1] if absent else expected)


def test_every_other_table_agrees_too(run):
    page, numbers, _ = run
    distances = rows(page, "Total variation distance")
    for cells, snapshot in zip(distances.values(), numbers["distributions"].values(), strict=True):
        assert cells == [snapshot["total_variation"], snapshot["total_variation_of_sampling"]]
    seconds = rows(page, "Wall-clock time")
    assert {name: seconds[name] for name in numbers["seconds"]} == {
        name: [value] for name, value in numbers["seconds"].items()
    }
    candidates = rows(page, "candidates")
    for cells, row in zip(
        candidates.values(), numbers["candidates"]["reactions"].values(), strict=True
    ):
        assert cells[0] == row["constant_all_free"]


def test_distances_are_those_of_sampling(run):
    """The learned network is as far from its trajectories as 20,000 draws of itself."""
    _, numbers, _ = run
    for snapshot in numbers["distributions"].values():
        ratio = snapshot["total_variation"] / snapshot["total_variation_of_sampling"]
        assert 0.9 < ratio < 1.1


def test_the_terminal_shows_table_one_and_the_path(run):
    page, numbers, printed = run
    assert printed.startswith("Table I")
    assert str(page) in printed.splitlines()[-1]
    assert max(map(len, printed.splitlines()[:-1])) <= 100
    lam = numbers["table_1"]["lam"]["joint"]["value"]
    (row,) = [line for line in printed.splitlines() if line.startswith("λ")]
    shown = [float(number) for number in re.findall(r"\d+\.\d+", row)]
    assert min(abs(number - lam) for number in shown) < 5e-4


def test_the_page_is_small_and_alone(run):
    page, _, _ = run
    assert page.stat().st_size < 3e6
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"<script|<link[^>]+http|\bsrc=|url\(http|@import", text)
    assert [file.name for file in page.parent.iterdir() if file.suffix == ".partial"] == []


def test_a_browser_has_nothing_to_complain_or_to_fetch(run, browse):
    page, _, _ = run
    seen = browse(page.read_text(encoding="utf-8"))
    assert seen.console == seen.barriers == []
    assert seen.content <= seen.width


@pytest.fixture(scope="module")
def gene(tmp_path_factory):
    """The page and the numbers of the second example."""
    folder = tmp_path_factory.mktemp("gene")
    page, numbers = folder / "gene.html", folder / "gene.json"
    with pytest.raises(SystemExit) as end:
        main(["reproduce", "gene", "--html", str(page), "--json", str(numbers)])
    assert end.value.code == 0
    return page, json.loads(numbers.read_text(), parse_constant=pytest.fail)


def test_the_tables_of_the_gene_page_are_those_of_the_json(gene):
    page, numbers = gene
    shown = rows(page, "Table III")
    for cells, row in zip(shown.values(), numbers["table_3"].values(), strict=True):
        expected = [row["paper_qssa"], row["paper_learned"], row["exact_qssa"]]
        assert cells[:4] == [*expected, row["learned"]["value"]]
    correlations = rows(page, "Table II.")
    for cells, row in zip(correlations.values(), numbers["table_2"].values(), strict=True):
        assert cells == [row["paper"], row["here"]]


def test_the_gene_page_is_quiet_too_and_fits_a_phone(gene, browse):
    page, _ = gene
    seen = browse(page.read_text(encoding="utf-8"))
    assert seen.console == seen.barriers == []
    assert seen.content <= seen.width


def test_the_browser_would_have_complained(run, browse):
    """Of a request, which the page's policy blocks, of a wide element, and of barriers."""
    page, _, _ = run
    text = page.read_text(encoding="utf-8")
    text = re.sub(r' aria-label="[^"]*"| tabindex="0"|<caption>.*?</caption>| lang="en"', "", text)
    worse = '<main><img src="https://example.com/a.png"><hr style="width:2000px"><h4>4</h4>'
    seen = browse(text.replace("<main>", worse))
    assert any("Content Security Policy" in line for line in seen.console)
    assert seen.content > seen.width
    assert {barrier.partition(":")[0] for barrier in seen.barriers} == {
        "no language",
        "image without a text",
        "drawing without a text",
        "table without a caption",
        "scrolls by mouse alone",
        "h4 after a gap",
    }
