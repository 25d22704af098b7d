from ratelaw.atomic import cache_folder, whole_file


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
