import json

import numpy as np
import pytest

from ratelaw.errors import DataError
from ratelaw.formats.files import SHOWN, one_line, write_json, write_text


def test_json_keeps_every_bit_and_has_no_nan(tmp_path):
    values = np.array([0.1, 1 / 3, np.nan, np.inf])
    write_json(tmp_path / "a.json", {"values": values, "there": np.True_, "n": np.int64(3)})

    def refuse(constant):
        raise AssertionError(constant)

    read = json.loads((tmp_path / "a.json").read_text(), parse_constant=refuse)
    assert read == {"values": [0.1, 1 / 3, None, None], "there": True, "n": 3}


def test_a_long_message_is_cut():
    assert one_line("a\n" * SHOWN) == "a " * (SHOWN // 2) + "..."


@pytest.mark.parametrize("path", ["missing/a.json", "."])
def test_what_cannot_be_written_is_refused(tmp_path, path):
    with pytest.raises(DataError, match="cannot write"):
        write_text(tmp_path / path, "x")
    assert list(tmp_path.iterdir()) == []
