import pytest

from ratelaw.cli.convert import info_command
from ratelaw.errors import DataError
from ratelaw.formats import write_network
from ratelaw.network import zoo


def test_units_are_told_of_any_sbml(tmp_path, capsys):
    write_network(zoo.spcm(), tmp_path / "a.XML")
    info_command(str(tmp_path / "a.XML"))
    assert "units of time: none" in capsys.readouterr().out


def test_a_problem_is_known_by_its_ending(tmp_path):
    (tmp_path / "a.YML").write_text("[]")
    with pytest.raises(DataError, match="expected the fields of a PEtab problem"):
        info_command(str(tmp_path / "a.YML"))
