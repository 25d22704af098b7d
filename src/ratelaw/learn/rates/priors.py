"""What is known of a rate constant before the data."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields

import numpy as np

from ratelaw.arguments import expect_number
from ratelaw.errors import DataError


@dataclass(frozen=True)
class Prior(ABC):
    """A density over constants above 0; its parameters are positive."""

    def __post_init__(self) -> None:
        for parameter in fields(self):
            value = getattr(self, parameter.name)
            expect_number(parameter.name, value, "1.0")
            if not 0 < value < np.inf:
                raise DataError(f"{self}: {parameter.name} must be finite and above 0")

    @property
    @abstractmethod
    def typical(self) -> float:
        """A constant that it expects, where a search may begin."""

    @property
    def support(self) -> tuple[float, float]:
        """The least and the largest constant that are possible."""
        return 0.0, np.inf

    @abstractmethod
    def log_density(self, constant: float) -> float:
        """Of a constant >= 0, at 0 the limit; minus infinity where it is impossible."""

    @abstractmethod
    def slope(self, constant: float) -> float:
        """The derivative of the logarithm of the density."""

    @abstractmethod
    def information(self, constant: float) -> float:
        """What stands for minus its second derivative, >= 0."""


@dataclass(frozen=True)
class LogNormal(Prior):
    r"""A normal distribution of the logarithm.

    .. math:: \ln k \sim \mathcal N(\ln median, spread^2)

    Parameters
    ----------
    median
        In the unit of the constant.
    spread
        Standard deviation of ln k: 0.7 is a factor of two.

    Raises
    ------
    DataError
        If median or spread is not finite and above 0.

    Examples
    --------
    >>> round(LogNormal(1.0, 0.5).log_density(1.0), 4)
    -0.2258
    """

    median: float
    spread: float

    @property
    def typical(self) -> float:
        return self.median

    def log_density(self, constant: float) -> float:
        if constant <= 0:
            return -np.inf
        scaled = self._scaled(constant)
        return float(-0.5 * scaled**2 - np.log(constant * self.spread * np.sqrt(2 * np.pi)))

    def slope(self, constant: float) -> float:
        return float(-(1 + self._scaled(constant) / self.spread) / constant)

    def information(self, constant: float) -> float:
        return (self.spread * constant) ** -2

    def _scaled(self, constant: float) -> float:
        return float(np.log(constant / self.median) / self.spread)


@dataclass(frozen=True)
class Gamma(Prior):
    r"""A gamma distribution, that of a Poisson process of which `shape` events were seen.

    .. math:: p(k) = \frac{rate^{shape}}{\Gamma(shape)} k^{shape - 1} e^{-rate\, k}

    Parameters
    ----------
    shape
        Of no unit.
    rate
        Its unit is that of 1 / k; the mean is shape / rate.

    Raises
    ------
    DataError
        If shape or rate is not finite and above 0.

    Examples
    --------
    >>> round(Gamma(1.0, 2.0).log_density(0.5), 4)
    -0.3069
    """

    shape: float
    rate: float

    @property
    def typical(self) -> float:
        return self.shape / self.rate

    def log_density(self, constant: float) -> float:
        from scipy.stats import gamma

        return float(gamma.logpdf(constant, self.shape, scale=1 / self.rate))

    def slope(self, constant: float) -> float:
        return (self.shape - 1) / constant - self.rate if self.shape != 1 else -self.rate

    def information(self, constant: float) -> float:
        return (self.shape - 1) / constant**2 if self.shape > 1 else 0.0


@dataclass(frozen=True)
class HalfNormal(Prior):
    r"""Half of a normal distribution: small constants are as likely as none.

    .. math:: p(k) \propto e^{-k^2 / 2 scale^2}

    Parameters
    ----------
    scale
        In the unit of the constant.

    Raises
    ------
    DataError
        If it is not finite and above 0.

    Examples
    --------
    >>> round(HalfNormal(2.0).log_density(0.0), 4)
    -0.9189
    """

    scale: float

    @property
    def typical(self) -> float:
        return self.scale

    def log_density(self, constant: float) -> float:
        scaled = constant / self.scale
        return float(-0.5 * scaled**2 - np.log(self.scale * np.sqrt(np.pi / 2)))

    def slope(self, constant: float) -> float:
        return -constant / self.scale**2

    def information(self, constant: float) -> float:  # noqa: ARG002
        return self.scale**-2


@dataclass(frozen=True)
class LogUniform(Prior):
    r"""All orders of magnitude within bounds are equally likely.

    .. math:: p(k) = \frac{1}{k \ln(highest / lowest)}, \quad lowest \le k \le highest

    Parameters
    ----------
    lowest, highest
        In the unit of the constant.

    Raises
    ------
    DataError
        If a bound is not finite and above 0, or they are not in order.

    Examples
    --------
    >>> LogUniform(0.1, 10.0).log_density(20.0)
    -inf
    """

    lowest: float
    highest: float

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lowest >= self.highest:
            raise DataError(f"{self}: lowest must be below highest")

    @property
    def typical(self) -> float:
        return float(np.sqrt(self.lowest * self.highest))

    @property
    def support(self) -> tuple[float, float]:
        return self.lowest, self.highest

    def log_density(self, constant: float) -> float:
        if not self.lowest <= constant <= self.highest:
            return -np.inf
        return float(-np.log(constant * np.log(self.highest / self.lowest)))

    def slope(self, constant: float) -> float:
        return -1 / constant

    def information(self, constant: float) -> float:
        """That of a normal distribution of ln k with the same variance."""
        return 12 / float(np.log(self.highest / self.lowest) * constant) ** 2


@dataclass(frozen=True)
class OnLogScale(Prior):
    """The density of ln k that another density of k says, as a function of k."""

    prior: Prior

    def __post_init__(self) -> None:
        """Its parameters are checked already."""

    @property
    def typical(self) -> float:
        return self.prior.typical

    @property
    def support(self) -> tuple[float, float]:
        return self.prior.support

    def log_density(self, constant: float) -> float:
        if constant <= 0:
            return -np.inf
        return self.prior.log_density(constant) + float(np.log(constant))

    def slope(self, constant: float) -> float:
        return self.prior.slope(constant) + 1 / constant

    def information(self, constant: float) -> float:
        return self.prior.information(constant)
