import base64
import re
from io import BytesIO
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import xarray as xr
from PIL import Image

from ratelaw.report.figures import (
    Course,
    Scale,
    draw_course,
    draw_joint,
    draw_marginals,
    draw_paths,
    draw_scale,
)

SVG = "{http://www.w3.org/2000/svg}"
TIMES = np.array([0.0, 1.0, 2.0])
COURSE = Course(
    times=TIMES,
    sampled=np.array([10.0, 11.0, 14.0]),
    errors=np.array([0.0, 0.5, 1.0]),
    learned=np.array([10.0, 12.0, 11.0]),
    fine_times=TIMES,
    curve=np.array([10.0, 12.0, 11.0]),
)


def table(cells, shape=(5, 4)):
    values = np.zeros(shape)
    for cell, p in cells.items():
        values[cell] = p
    return xr.DataArray(values, dims=["n_A", "n_B"])


def drawings():
    paths = xr.DataArray(
        np.arange(12.0).reshape(2, 3, 2),
        dims=["trajectory", "time", "species"],
        coords={"time": TIMES, "species": ["A", "B"]},
    )
    scale = Scale(1e-3, 1.0)
    p = table({(3, 1): 0.5, (0, 0): 0.5})
    return {
        "paths": draw_paths(paths, paths.mean("trajectory"), species="B", colour=1, time="weeks"),
        "course": draw_course(COURSE, title="mean of A", unit="cells", colour=0, time="weeks"),
        "joint": draw_joint(
            {"sampled": p, "computed": p},
            title="1 week",
            remark="d = 0",
            species=("A", "B"),
            scale=scale,
        ),
        "scale": draw_scale(scale, label="probability"),
        "marginals": draw_marginals(
            {"1 week": (p.sum("n_B"), p.sum("n_B"))}, species="A", lowest=1e-3
        ),
    }


@pytest.fixture(scope="module")
def drawn():
    return drawings()


def words(svg):
    return {"".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")}  # noqa: S314


def test_residuals_are_in_standard_errors_and_nan_where_exact():
    np.testing.assert_array_equal(COURSE.residuals, [np.nan, -2.0, 3.0])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("paths", {"B cells", "weeks", "2 trajectories", "learned mean"}),
        ("course", {"mean of A", "cells", "weeks", "learned", "trajectories"}),
        ("joint", {"1 week", "d = 0", "sampled", "computed", "A cells", "B cells"}),
        ("scale", {"probability"}),
        ("marginals", {"1 week", "A cells", "probability"}),
    ],
)
def test_each_drawing_can_be_understood_alone(drawn, name, said):
    assert said <= words(drawn[name])


def test_colours_and_ink_come_from_the_page(drawn):
    assert "var(--series-2, #d55e00)" in drawn["paths"]
    for svg in drawn.values():
        assert "currentColor" in svg
        assert "#1c2430" not in svg


def test_no_two_drawings_share_an_id(drawn):
    seen = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in drawn.values()]
    assert sum(map(len, seen)) == len(set.union(*seen))


def test_a_drawing_is_the_same_each_time(drawn):
    assert drawings() == drawn


def test_first_species_runs_to_the_right_and_rare_pairs_stay_blank():
    svg = draw_joint(
        {"sampled": table({(3, 1): 0.5, (1, 2): 1e-4}), "computed": table({(0, 3): 0.5})},
        title="t",
        remark="",
        species=("A", "B"),
        scale=Scale(1e-3, 1.0),
    )
    encoded = re.findall(r"data:image/png;base64,\s*([^\"]+)", svg)
    shown = [
        np.array(Image.open(BytesIO(base64.b64decode(image))).convert("RGBA"))[..., 3] > 0
        for image in encoded
    ]
    assert [image.shape for image in shown] == [(4, 5), (4, 5)]
    columns = [np.flatnonzero(image.any(axis=0)).tolist() for image in shown]
    rows = [np.flatnonzero(image.any(axis=1)).tolist() for image in shown]
    assert columns == [[3], [0]]
    assert abs(rows[0][0] - rows[1][0]) == 2
