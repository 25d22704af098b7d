"""First guesses of parameters: from the priors that a problem gives for them, else evenly."""

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.formats.petab.problem import Parameter, Scale


def guess(parameter: Parameter, share: ArrayLike) -> np.ndarray:
    r"""The values, on the scale of the search, below which these shares of the guesses are.

    .. math:: \Pr(\theta \le \theta_u \mid l \le \theta \le h) = u

    Of PEtab's distributions ``parameterScale...`` is of the value on its scale, ``log...`` of its
    logarithm; without a prior guesses are even between the bounds on the scale.

    Examples
    --------
    >>> guess(Parameter(None, True, 1e-3, 10, Scale.LOG10), [0, 0.5])
    array([-3., -1.])
    """
    bounds = np.array([parameter.lower, parameter.upper])
    low, high = parameter.scale.of(bounds)
    if parameter.start_prior is None:
        return low + np.asarray(share) * (high - low)
    from scipy import stats

    kinds = {
        "uniform": lambda low, high: stats.uniform(low, high - low),
        "normal": stats.norm,
        "laplace": stats.laplace,
    }
    name = parameter.start_prior.distribution
    if name.startswith("parameterScale"):
        own = parameter.scale
    else:
        own = Scale.LOG if name.startswith("log") else Scale.LINEAR
    kind = kinds[name.removeprefix("parameterScale").removeprefix("log").lower()]
    prior = kind(*parameter.start_prior.parameters)
    below, within = prior.cdf(own.of(bounds))
    value = own.inverse(prior.ppf(below + np.asarray(share) * (within - below)))
    return np.clip(parameter.scale.of(value), low, high)
