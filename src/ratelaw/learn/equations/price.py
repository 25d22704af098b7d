"""What terms cost a model: the extended Bayesian information criterion."""

from functools import lru_cache
from math import lgamma

import numpy as np


@lru_cache(maxsize=4096)
def price(count: int, candidates: int, values: int) -> float:
    r"""What a model of so many terms must gain: the extended Bayesian information criterion.

    .. math:: k \ln n + 2 \ln \binom{C}{k}

    Notes
    -----
    Chen and Chen 2008, gamma = 1: among many candidates some fit noise well.

    Examples
    --------
    >>> round(price(1, 100, 1000), 2)
    16.12
    """
    choices = lgamma(candidates + 1) - lgamma(count + 1) - lgamma(candidates - count + 1)
    return float(count * np.log(values) + 2 * choices)
