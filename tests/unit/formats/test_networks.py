"""Which format a file's name promises, and who is named when it is not kept."""

import pytest

import ratelaw as rl
from ratelaw.formats import read_network, write_network

DECAY = rl.Network.parse("A --> 0, k", {"k": 2}, {"A": 5})


@pytest.mark.parametrize("name", ["a.XML", "a.Sbml", "a.ANT", "a.TXT"])
def test_capitals_in_an_ending_say_the_same(tmp_path, name):
    write_network(DECAY, tmp_path / name)
    write_network(DECAY, tmp_path / name.lower())
    assert (tmp_path / name).read_bytes() == (tmp_path / name.lower()).read_bytes()
    assert read_network(tmp_path / name) == DECAY


@pytest.mark.parametrize("name", ["a", "a.txt", "a.net", "a.model", "v1.2"])
def test_names_that_promise_nothing_else_are_read_as_text(tmp_path, name):
    (tmp_path / name).write_text(str(DECAY))
    assert read_network(tmp_path / name) == DECAY


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("a.yaml", "a.yaml is a PEtab problem: `ratelaw info` reads it"),
        ("a.YML", "a.YML is a PEtab problem"),
        ("a.csv", "a.csv is data, not a network: networks are .xml, .sbml, .ant, .antimony, .txt"),
        ("a.parquet", "is data"),
        ("a.NC", "is data"),
        ("a.zarr", "is data"),
        ("a.json", "is data"),
    ],
)
def test_names_of_other_things_are_refused(tmp_path, name, complaint):
    (tmp_path / name).write_text(str(DECAY))
    with pytest.raises(rl.DataError, match=complaint):
        read_network(tmp_path / name)


def test_errors_in_text_begin_with_the_file(tmp_path):
    (tmp_path / "decay.txt").write_text("A --> 0, 2 +\n")
    with pytest.raises(rl.ModelError, match=r"^decay\.txt: line 1"):
        read_network(tmp_path / "decay.txt")


def test_text_may_begin_with_a_mark_of_its_encoding(tmp_path):
    text = "A --> B, k\r\nk = 1\r\n"
    path = tmp_path / "marked.txt"
    path.write_bytes(text.encode("utf-8-sig"))
    assert read_network(path) == rl.Network.parse(text)
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(rl.DataError, match=r"marked\.txt: save it as text in UTF-8"):
        read_network(path)


@pytest.mark.parametrize("path", [3, None, DECAY, ["a.txt"]])
def test_a_path_is_the_name_of_a_file(path):
    with pytest.raises(rl.DataError, match=r"path is .*: give the name of a file"):
        read_network(path)
