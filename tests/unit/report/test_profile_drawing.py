import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np

from ratelaw.learn import Profile
from ratelaw.report.profile_drawing import draw_profile

VALUES = np.array([0.5, 1.0, 2.0, 3.0])
PROFILE = Profile(
    name="k1",
    reaction="0 --> A",
    estimate=1.0,
    standard_error=0.4,
    lower=0.6,
    upper=2.6,
    level=0.95,
    values=VALUES,
    rise=np.array([5.0, 0.0, 2.0, 6.0]),
    constants=VALUES[:, None],
)


def texts(svg):
    return [t.text for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


def arrows(svg):
    """Uses of a mark in the first colour of the palette."""
    return len(re.findall(r"<use [^>]*--series-1", svg))


def test_a_profile_shows_its_points_and_where_it_ends():
    svg = draw_profile(PROFILE, title="0 --> A")
    assert arrows(svg) == VALUES.size
    assert {"0 --> A", "k1", "profile", "standard error"} <= set(texts(svg))


def test_a_profile_without_an_end_is_logarithmic():
    values = np.array([0.0, 1.0, 2.0, 300.0])
    endless = replace(PROFILE, values=values, upper=np.inf)
    svg = draw_profile(endless, title="endless")
    assert arrows(svg) == values.size - 1
    shown = "".join("".join(ET.fromstring(svg).itertext()).split())  # noqa: S314
    assert "200" not in shown
    assert "10" in shown


def test_the_line_is_at_the_level_of_the_interval():
    """Quantiles of chi-square with one degree of freedom."""
    assert round(PROFILE.threshold, 2) == 3.84
    assert round(replace(PROFILE, level=0.9).threshold, 2) == 2.71
