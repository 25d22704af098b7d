from pathlib import Path

import pytest

from ratelaw.atomic import cache_folder, check_writable, whole_file, whole_folder
from ratelaw.errors import DataError


def test_of_two_writers_at_once_the_later_one_stays(tmp_path):
    path = tmp_path / "text"
    with whole_file(path) as one, whole_file(path) as two:
        one.write_text("outer")
        two.write_text("inner")
    assert path.read_text() == "outer"
    assert list(tmp_path.iterdir()) == [path]


def test_a_cache_folder_is_there_or_none(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("kernels").is_dir()
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cache_folder("kernels") is None


def test_a_folder_is_replaced_only_by_a_whole_one(tmp_path):
    path = tmp_path / "store"

    def make(text):
        with whole_folder(path) as partial:
            partial.mkdir()
            (partial / "text").write_text(text)

    make("first")
    make("second")
    with pytest.raises(TypeError):
        make(None)
    assert (path / "text").read_text() == "second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_take_its_name_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "store"
    path.mkdir()
    (path / "text").write_text("first")
    rename = Path.rename

    def full(source, target):
        if source.suffix == ".partial":
            raise OSError(28, "No space left on device")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(DataError, match="No space left"), whole_folder(path) as partial:
        partial.mkdir()
    assert (path / "text").read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", ["missing/file", "."])
def test_what_cannot_be_written_is_refused(tmp_path, path):
    with pytest.raises(DataError, match="cannot write"):
        check_writable(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_checking_leaves_no_file_and_no_change(tmp_path):
    (tmp_path / "old").write_text("old")
    check_writable(tmp_path / "old")
    check_writable(tmp_path / "new")
    check_writable(tmp_path / "folder" / "new", make_folder=True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "old"]
    assert (tmp_path / "old").read_text() == "old"
