"""Moments weighed by how the fitted network itself would scatter them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.learn.data.observations import Observations
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.learn.rates.moments.linear_moments import is_linear
from ratelaw.learn.rates.moments.sampling import cell_covariance, trajectory_covariance
from ratelaw.learn.rates.rate_problem import RateProblem
from ratelaw.simulate.results import moment_terms

if TYPE_CHECKING:
    import xarray as xr

FOLLOWED = 2
"""Order of the moments whose scatter the equations give."""


def weighed_by_model(
    problem: RateProblem, sets: "Sequence[xr.Dataset | Snapshots]", constants: np.ndarray
) -> RateProblem:
    r"""The problem with weights :math:`\Sigma(k)^{-1}` at some constants, instead of a sample's.

    A sample's covariance is correlated with the moments that it weighs, which biases rates by an
    order of 1 / N. Errors that are known, starts that scatter, and moments beyond the second keep
    their weights, as does everything where a reaction consumes more than one molecule.

    Parameters
    ----------
    problem
        Candidates with free constants, and the moments of the data sets.
    sets
        The data sets themselves.
    constants
        Shape (M,).

    Notes
    -----
    Altonji and Segal 1996.
    """
    if not is_linear(problem.candidates):
        return problem
    values = dict(zip(problem.candidates.parameters, constants.tolist(), strict=True))
    followed = moment_terms(len(problem.candidates.species), FOLLOWED)

    def weighed(observed: Observations, data: "xr.Dataset | Snapshots") -> Observations:
        scatters = np.isinf(observed.weighed_by) or not observed.start_is_exact
        if scatters or observed.values.shape[1] != len(followed):
            return observed
        start = dict(zip(problem.candidates.species, observed.values[0], strict=False))
        network = problem.candidates.replace(parameters=values, initial=start)
        times = observed.times - observed.times[0]
        if isinstance(data, Snapshots):
            errors = np.zeros((*observed.values.shape, *observed.values.shape))
            later = np.arange(1, len(times))
            cells = np.array([count.sum() for count in data.cells])
            errors[later, :, later] = cell_covariance(network, times[1:]) / cells[:, None, None]
        else:
            errors = trajectory_covariance(network, times) / observed.trials
        return observed.with_covariance(errors.reshape((observed.values.size,) * 2))

    pairs = zip(problem.observations, sets, strict=True)
    return replace(problem, observations=tuple(weighed(o, data) for o, data in pairs))
