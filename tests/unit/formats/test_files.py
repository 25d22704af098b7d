import json

import numpy as np
import pytest

from ratelaw.errors import DataError
from ratelaw.formats.files import check_writable, write_json, write_text


def test_json_keeps_every_bit_and_has_no_nan(tmp_path):
    values = np.array([0.1, 1 / 3, np.nan, np.inf])
    write_json(tmp_path / "a.json", {"values": values, "there": np.True_, "n": np.int64(3)})

    def refuse(constant):
        raise AssertionError(constant)

    read = json.loads((tmp_path / "a.json").read_text(), parse_constant=refuse)
    assert read == {"values": [0.1, 1 / 3, None, None], "there": True, "n": 3}


@pytest.mark.parametrize("path", ["missing/a.json", "."])
def test_what_cannot_be_written_is_refused_before_and_after(tmp_path, path):
    for attempt in (check_writable, lambda target: write_text(target, "x")):
        with pytest.raises(DataError, match="cannot write"):
            attempt(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_checking_leaves_no_file_and_no_change(tmp_path):
    (tmp_path / "old").write_text("old")
    check_writable(tmp_path / "old")
    check_writable(tmp_path / "new")
    check_writable(tmp_path / "folder" / "new", make_folder=True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["folder", "old"]
    assert (tmp_path / "old").read_text() == "old"
