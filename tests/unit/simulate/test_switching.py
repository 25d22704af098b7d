"""Events and rates of change along the deterministic course, against closed forms."""

import numpy as np
import pytest

import ratelaw as rl

TIMES = np.linspace(0, 10, 41)


def course(text, times=TIMES, **values):
    network = rl.Network.parse(text, **values)
    return rl.simulate(network, rl.MassAction(), times)["average"]


def test_a_rate_of_change_is_integrated():
    found = course("T' = h*(20 - T)\nh = 2\nT(0) = 4")
    np.testing.assert_allclose(found.sel(species="T"), 20 - 16 * np.exp(-2 * TIMES), rtol=1e-7)


def test_an_event_at_a_time_is_seen_at_that_time():
    found = course("A --> 0, 1\nwhen time >= 2: A = 100").sel(species="A")
    expected = np.where(TIMES >= 2, 100 * np.exp(-(TIMES - 2)), 0)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)


def test_an_event_at_a_level_is_found_exactly():
    """A = t falls to 0 each time it reaches 3: a saw."""
    found = course("0 --> A, 1\nwhen A >= 3: A = 0").sel(species="A")
    inside = np.abs(TIMES % 3) > 1e-6
    np.testing.assert_allclose(found[inside], (TIMES % 3)[inside], atol=1e-9)


def test_a_delay_sets_the_values_of_the_call_unless_told():
    text = "0 --> A, 1\nB(0) = 0\nwhen A >= 2, after 1.5{}: B = A"
    early = course(text.format("")).sel(species="B")
    late = course(text.format(", values when due")).sel(species="B")
    np.testing.assert_allclose(early, np.where(TIMES >= 3.5, 2, 0), atol=1e-9)
    np.testing.assert_allclose(late, np.where(TIMES >= 3.5, 3.5, 0), atol=1e-9)


def test_a_call_is_forgotten_if_it_is_to_hold_still():
    text = "0 --> A, 1\nB(0) = 0\nwhen A > 1 and A < 2, after 3{}: B = 1"
    assert course(text.format("")).sel(species="B")[-1] == 1
    assert course(text.format(", if still true")).sel(species="B")[-1] == 0


def test_priority_decides_between_events_of_the_same_time():
    text = (
        "0 --> A, 1\nB(0) = 0\n"
        "when time >= 1, priority {}: B = 2*B + 1\nwhen time >= 1, priority {}: B = 2*B + 2"
    )
    assert course(text.format(2, 1)).sel(species="B")[-1] == 2  # both called with B = 0
    due = text.replace(": B", ", values when due: B")
    assert course(due.format(2, 1)).sel(species="B")[-1] == 4
    assert course(due.format(1, 2)).sel(species="B")[-1] == 5


def test_a_trigger_true_at_the_start_calls_only_if_told():
    text = "0 --> A, 1\nB(0) = 0\nwhen time >= 0{}: B = 7"
    assert course(text.format("")).sel(species="B")[0] == 0
    assert course(text.format(", at start")).sel(species="B")[0] == 7


def test_pieces_of_time_are_not_stepped_over():
    """A pulse of a thousandth of the window, which no recording time falls into."""
    found = course("0 => A, piecewise(1000, time > 5.1 and time < 5.11, 0)")
    np.testing.assert_allclose(found.sel(species="A")[-1], 10, rtol=1e-6)


def test_events_without_end_are_an_error():
    with pytest.raises(rl.SolverError, match="call each other without end"):
        course("0 --> A, 1\nB(0) = 0\nwhen A > 1 and B <= 0: B = 1\nwhen B > 0: B = 0")


def test_variables_of_other_units_keep_their_accuracy():
    """k is 10^12 times the species: its size must not be their tolerance."""
    found = course("A => 0, k*A*1e-6\nk' = 0\nk(0) = 1e6\nA(0) = 1e-6").sel(species="A")
    np.testing.assert_allclose(found, 1e-6 * np.exp(-TIMES), rtol=1e-6)


@pytest.mark.parametrize("rate", [0.74, 0.82, 1.0, 1.02])
def test_an_event_is_found_in_the_step_in_which_it_is(rate):
    """A/V = e^(-(k + 0.1) t) falls below 0.1; a delay of 1 later A is set to V = e^(0.1 t).

    With these rates rounding made the trigger false again when it was looked at a second time.
    """
    network = rl.Network.parse(
        "A --> B, k\nV' = 0.1*V\nwhen A/V < 0.1, after 1, values when due: A = V, B = 0",
        parameters={"k": rate},
        initial={"A": 1, "V": 1},
    )
    times = np.linspace(0, 5, 51)
    method = rl.MassAction(rtol=1e-9, atol=1e-12)
    found = rl.simulate(network, method, times)["average"].sel(species="A")
    due = np.log(10) / (rate + 0.1) + 1
    after = np.exp(0.1 * due - rate * (times - due))
    np.testing.assert_allclose(found, np.where(times < due, np.exp(-rate * times), after), 1e-6)


def test_a_trigger_of_time_is_seen_however_short_it_is():
    network = rl.Network.parse(
        "x' = 1\nwhen time > 0.7 and time < 0.7001: y = x\nwhen time == 1.5: z = x",
    )
    found = rl.simulate(network, rl.MassAction(), [0, 1, 2])["average"]
    np.testing.assert_allclose(found.sel(species="y"), [0, 0.7, 0.7])
    np.testing.assert_allclose(found.sel(species="z"), [0, 0, 1.5])


def test_an_equality_that_holds_at_single_times_is_refused():
    network = rl.Network.parse("x' = 1\nwhen x == 1: y = 1")
    with pytest.raises(rl.UnsupportedError, match="x == 1 holds at single times"):
        rl.simulate(network, rl.MassAction(), [0, 2])
    network = rl.Network.parse("x' = 1\nwhen floor(x) == 1: y = 1\nwhen y == 1: z = x")
    found = rl.simulate(network, rl.MassAction(), [0, 2])["average"]
    np.testing.assert_allclose(found.sel(species="z"), [0, 1])


def test_an_event_that_sets_no_number_is_an_error():
    network = rl.Network.parse("x' = 1\nx(0) = -1\nwhen time >= 1: y = log(x)")
    with pytest.raises(rl.SolverError, match="sets what is not finite"):
        rl.simulate(network, rl.MassAction(), [0, 2])


def test_an_empty_start_takes_its_tolerance_from_what_flows_in():
    """A' = 10^-9 (1, from time 5 on 2) - A."""
    times = np.array([0.5, 4.0, 6.0, 8.0])
    found = course("0 => A, piecewise(1e-9, time < 5, 2e-9)\nA --> 0, 1", times).sel(species="A")
    late = 2 - np.exp(5 - times) * (1 + np.exp(-5))
    exact = 1e-9 * np.where(times < 5, 1 - np.exp(-times), late)
    np.testing.assert_allclose(found, exact, rtol=1e-6)


def test_events_one_unit_in_the_last_place_apart_are_two_events():
    """0.1 + 0.2 is the float after 0.3; each event adds one molecule to a decay."""
    found = course(
        "A --> 0, 1\nA(0) = 10\n"
        "when time >= 0.1, after 0.2: A = A + 1\nwhen time >= 0.3: A = A + 1",
        np.array([0.0, 0.3, np.nextafter(0.3, 1), 1.0]),
    ).sel(species="A")
    # The call comes before the other event, so that it sets the value of time 0.1, plus 1.
    called = 10 * np.exp(-0.1) + 1
    np.testing.assert_allclose(found[2:], [called, called * np.exp(-0.7)], rtol=1e-7)
    np.testing.assert_allclose(found[1], 10 * np.exp(-0.3) + 1, rtol=1e-7)
