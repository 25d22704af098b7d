"""What `ratelaw info` says of a network."""

import pytest

import ratelaw as rl
from ratelaw.cli.info import describe, info_command
from ratelaw.formats import write_network


def test_methods_are_those_that_take_the_network_by_the_names_that_users_type():
    text = "S => P, vmax*S/(km + S)\nvmax = 1\nkm = 2\nS(0) = 10.5"
    assert describe(rl.Network.parse(text))[-1] == "methods: mass-action"


def test_units_are_told_of_any_sbml(tmp_path, capsys):
    write_network(rl.zoo.spcm(), tmp_path / "a.XML")
    info_command(str(tmp_path / "a.XML"))
    assert "units of time: none" in capsys.readouterr().out


def test_a_problem_is_known_by_its_ending(tmp_path):
    (tmp_path / "a.YML").write_text("[]")
    with pytest.raises(rl.DataError, match="expected the fields of a PEtab problem"):
        info_command(str(tmp_path / "a.YML"))
