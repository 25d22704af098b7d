"""What `ratelaw info` says of a network."""

import ratelaw as rl
from ratelaw.cli.convert import describe


def test_methods_are_those_that_take_the_network_by_the_names_that_users_type():
    text = "S => P, vmax*S/(km + S)\nvmax = 1\nkm = 2\nS(0) = 10.5"
    assert describe(rl.Network.parse(text))[-1] == "methods: mass-action"
