"""What approximate methods share: steps that hold many reactions."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ratelaw.arguments import expect_fraction
from ratelaw.network import Network
from ratelaw.simulate.ssa.ensemble import TrajectoryMethod
from ratelaw.simulate.ssa.kernel import Kernel, Tracked
from ratelaw.simulate.ssa.leaping import Leap, leap_kernel


@dataclass(frozen=True)
class LeapingMethod(TrajectoryMethod):
    """A method of many reactions a step: it supplies what a leap is.

    Parameters
    ----------
    epsilon
        By which fraction a propensity may change in a step, between 0 and 1.

    Raises
    ------
    DataError
        If `epsilon` is not between 0 and 1.
    """

    exact: ClassVar[bool] = False
    epsilon: float = 0.03

    def __post_init__(self) -> None:
        expect_fraction("epsilon", self.epsilon, "0.03")

    @property
    @abstractmethod
    def leap(self) -> Leap:
        """How reactions are drawn, and how long a leap may be."""

    def kernel(self, network: Network, tracked: Tracked) -> Kernel:
        return leap_kernel(network, tracked, self.leap)

    def attributes(self, network: Network) -> Mapping[str, float | str]:  # noqa: ARG002
        return {"approximate": f"propensities change by up to {self.epsilon:g} in a step"}
