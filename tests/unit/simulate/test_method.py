"""What a method refuses, it refuses before it runs."""

import pytest

import ratelaw as rl
from ratelaw.cli.simulate import METHODS
from ratelaw.simulate.method import Sampler

SAMPLERS = {name for name, method in METHODS.items() if isinstance(method, Sampler)}
WITHOUT_TIME = set(METHODS) - {"automatic", "direct", "moments", "mass-action"}
LARGE = "\n".join(f"A{i} --> A{i + 1}, 1" for i in range(41)) + "\nA0(0) = 5"

CASES = {
    "A --> 0, 1\nA(0) = 10": set(),
    "A => B, A^2\nA(0) = 4": set(),
    "A => B, A/(2 + A)\nA(0) = 4": {"moments"},
    "A => B, A/(2 + A)\nA(0) = 10.5": {"moments", "master-equation", *SAMPLERS},
    "0 --> A, 1 + sin(time)\nA --> 0, 1": WITHOUT_TIME,
    LARGE: {"first-reaction"},
    "A --> 0, 1\nA(0) = 4\nwhen time^2 > 3: A = 2": set(METHODS) - {"mass-action"},
    "A --> 0, 1\nA(0) = 4\nwhen A == 2: A = 9": set(METHODS) - {"automatic", "direct"},
    "A --> 0, 1 + sin(time)\nwhen A < 2: A = 9": set(METHODS) - {"mass-action"},
}


@pytest.mark.parametrize("text", CASES, ids=lambda text: text[:40])
@pytest.mark.parametrize("name", METHODS)
def test_a_method_refuses_what_it_would_refuse_when_it_runs(text, name):
    network, method = rl.Network.parse(text), METHODS[name]
    drawn = {"trajectories": 1, "seed": 1} if isinstance(method, Sampler) else {}
    refusal = method.refusal(network)
    assert (refusal is not None) == (name in CASES[text])
    if refusal is None:
        rl.simulate(network, method, [0.1], **drawn)
    else:
        with pytest.raises((rl.ModelError, rl.UnsupportedError)) as error:
            rl.simulate(network, method, [0.1], **drawn)
        assert str(error.value) == refusal


def test_moments_refuse_functions_of_time_without_a_derivative():
    network = rl.Network.parse("0 --> A, 2 + floor(time)\nA --> 0, 1")
    assert "no derivative" in rl.Moments().refusal(network)
    with pytest.raises(rl.UnsupportedError, match="no derivative"):
        rl.simulate(network, rl.Moments(), [0.1])


def test_every_parameter_set_is_looked_at():
    network = rl.Network.parse("A --> 0, 1\nA(0) = 10")
    with pytest.raises(rl.ModelError, match=r"initial count of 'A' is 2\.5"):
        rl.simulate(network, rl.Direct(), [1], trajectories=1, seed=1, sweep={"A(0)": [1, 2.5]})
