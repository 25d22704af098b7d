"""By what the models that a search returns are ranked, beside its own criterion."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ratelaw.errors import DataError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.held_back import hold_back


class ModelCriterion(ABC):
    """What a model is worth: lower is better."""

    def require(self, data: Experiments) -> None:  # noqa: B027
        """Refuse experiments by which it cannot judge.

        Raises
        ------
        DataError
            Saying what is missing.
        """

    @abstractmethod
    def score(self, fit: Fit, data: Experiments) -> float:
        """Of one model, fitted to these experiments."""


@dataclass(frozen=True)
class ExtendedBIC(ModelCriterion):
    r"""The criterion of the search, `Fit.bic`: careful where many terms were tried.

    .. math:: D + k \ln n + 2 \ln \binom{C}{k}

    with the deviance D, k of C terms and n values.

    Notes
    -----
    Chen and Chen 2008.

    Examples
    --------
    >>> ExtendedBIC()
    ExtendedBIC()
    """

    def score(self, fit: Fit, data: Experiments) -> float:  # noqa: ARG002
        return fit.bic


@dataclass(frozen=True)
class AICc(ModelCriterion):
    r"""Akaike's criterion for small samples: the least expected error of prediction.

    .. math:: D + 2 k + \frac{2 k (k + 1)}{n - k - 1}

    with all k unknowns: coefficients, shape parameters and starts. Infinite where n <= k + 1.

    Notes
    -----
    Hurvich and Tsai 1989. It keeps terms more readily than the BIC.

    Examples
    --------
    >>> AICc()
    AICc()
    """

    def score(self, fit: Fit, data: Experiments) -> float:
        deviance = fit.bic - fit.price(data.values)
        unknowns = int(fit.selected.sum()) + len(fit.shape) + data.free_starts
        spare = data.values - unknowns - 1
        if spare <= 0:
            return np.inf
        return deviance + 2 * unknowns + 2 * unknowns * (unknowns + 1) / spare


@dataclass(frozen=True)
class CrossValidation(ModelCriterion):
    r"""The deviance of experiments that were held back, fold by fold.

    .. math:: -2 \sum_f \ln p(v_f \mid \hat\theta_{-f})

    Coefficients are fitted to the other folds; of a held-back experiment only the start is fitted,
    where it is not known.

    Parameters
    ----------
    folds
        At least 2; experiment e is in fold e modulo the number of folds.

    Raises
    ------
    DataError
        If there are fewer folds, or a single experiment.

    Notes
    -----
    Stone 1974.

    Examples
    --------
    >>> CrossValidation(3)
    CrossValidation(folds=3)
    """

    folds: int = 5

    def __post_init__(self) -> None:
        if self.folds < 2:  # noqa: PLR2004
            raise DataError(f"folds={self.folds}: hold back one of at least 2")

    def require(self, data: Experiments) -> None:
        if len(data.experiments) < 2:  # noqa: PLR2004
            raise DataError("cross-validation holds experiments back: there is only one")

    def score(self, fit: Fit, data: Experiments) -> float:
        self.require(data)
        return hold_back(fit, data, self.folds).deviance
