"""First guesses of parameters: from the priors that a problem gives for them, else evenly."""

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError
from ratelaw.formats.petab.problem import Parameter, Scale


def guess(name: str, parameter: Parameter, share: ArrayLike) -> np.ndarray:
    r"""The values, on the scale of the search, below which these shares of the guesses are.

    .. math:: \Pr(\theta \le \theta_u \mid l \le \theta \le h) = u

    Of PEtab's distributions ``parameterScale...`` is of the value on its scale, ``log...`` of its
    logarithm; without a prior guesses are even between the bounds on the scale.

    Raises
    ------
    DataError
        If the prior has nothing between the bounds.

    Examples
    --------
    >>> guess("k", Parameter(None, True, 1e-3, 10, Scale.LOG10), [0, 0.5])
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
    kind = parameter.start_prior.distribution
    if kind.startswith("parameterScale"):
        own = parameter.scale
    else:
        own = Scale.LOG if kind.startswith("log") else Scale.LINEAR
    distribution = kinds[kind.removeprefix("parameterScale").removeprefix("log").lower()]
    prior = distribution(*parameter.start_prior.parameters)
    below, up_to = prior.cdf(own.of(bounds))
    if not up_to > below:
        numbers = ", ".join(f"{number:g}" for number in parameter.start_prior.parameters)
        raise DataError(
            f"parameter {name!r}: its starts follow {kind}({numbers}), which has nothing between "
            f"the bounds {parameter.lower:g} and {parameter.upper:g}: change one of them"
        )
    value = own.inverse(prior.ppf(below + np.asarray(share) * (up_to - below)))
    return np.clip(parameter.scale.of(value), low, high)
