"""Sums of features and of their products: what averages and variances need."""

import numpy as np

from ratelaw.simulate.recorders.recorder import Accumulator, State


class Sums(Accumulator):
    """How many, the sum of features x, and of products of them, of counts taken from a centre."""

    def __init__(self, centre: np.ndarray) -> None:
        self.centre = centre
        self.count = 0
        self.first = np.zeros(())
        self.second = np.zeros(())

    def state(self) -> State:
        return {"count": np.array(self.count), "first": self.first, "second": self.second}

    def merge(self, state: State) -> None:
        self.count += int(state["count"])
        self.first = self.first + state["first"]
        self.second = self.second + state["second"]

    @property
    def correction(self) -> float:
        """What makes a mean square an unbiased variance."""
        return self.count / (self.count - 1) if self.count > 1 else np.nan
