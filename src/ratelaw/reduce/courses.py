"""Courses as users give them: checked before anything is computed from them."""

from typing import TYPE_CHECKING

import numpy as np

from ratelaw.errors import DataError

if TYPE_CHECKING:
    import xarray as xr


def require_course(data: "xr.Dataset") -> None:
    """Refuse data that are no course.

    Raises
    ------
    DataError
        Without averages, or with times that are not finite or do not increase.
    """
    if "average" not in data:
        raise DataError("the data hold no averages: give a course with `average` (time, species)")
    times = data["time"].values
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise DataError("times of the data must be finite and increase: sort them, each once")
