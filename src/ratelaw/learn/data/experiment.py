"""One measured time series, ready to fit."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Experiment:
    """One time series.

    Attributes
    ----------
    times
        Shape (T,), increasing; the state at the first of them is `start`.
    values
        Of K observables, shape (T, K); NaN where nothing was measured, as at a start before that.
    deviations
        Their standard deviations, shape (T, K); None if the noise model says them.
    start
        Of V species, shape (V,); NaN where it is to be fitted.
    inputs
        What was set in this experiment, such as its temperature, shape (U,).
    name
        Where it comes from.
    """

    times: np.ndarray
    values: np.ndarray
    deviations: np.ndarray | None
    start: np.ndarray
    inputs: np.ndarray
    name: str = ""
