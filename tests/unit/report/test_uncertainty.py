import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import xarray as xr

from ratelaw.learn import Profile
from ratelaw.report.uncertainty import Band, draw_bands, draw_intervals, draw_profile

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
ENDS = xr.Dataset({end: ("n", [0.1, 0.2, 0.3]) for end in ("lower", "middle", "upper")})


def texts(svg):
    return [t.text for t in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


def arrows(svg):
    """Uses of a mark in the first colour of the palette."""
    return len(re.findall(r"<use [^>]*--series-1", svg))


@pytest.mark.parametrize(("upper", "cut"), [(1.4, 0), (np.inf, 1), (30.0, 1)])
def test_intervals_without_an_end_become_arrows(upper, cut):
    ends = {"profile": np.array([[0.5, 1.5], [0.5, upper]]) * [[10.0], [1.0]]}
    svg = draw_intervals({"0 --> A": 10.0, "A --> 0": 1.0}, ends, name="test")
    assert arrows(svg) == cut
    assert {"0 --> A", "A --> 0"} <= set(texts(svg))


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


def test_bands_show_what_was_seen():
    seen = np.array([0.1, np.nan, 0.2])
    svg = draw_bands(
        [Band("time 1", np.arange(3), ENDS, seen), Band("time 2", np.arange(3), ENDS)],
        name="test",
        across="A molecules",
        along="probability",
    )
    assert arrows(svg) == 2 + 1  # points, and the band
    assert {"time 1", "time 2", "A molecules", "probability"} <= set(texts(svg))
