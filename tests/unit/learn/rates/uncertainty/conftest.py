"""Pure immigration, whose likelihood is that of Poisson numbers, in closed form."""

import numpy as np
import pytest

import ratelaw as rl

TIME = 1.5


@pytest.fixture
def immigration():
    return rl.Network.parse("0 --> A, k", parameters={"k": 2.0}, initial={"A": 0})


@pytest.fixture
def counted():
    """Cells of pure immigration at one time, as Snapshots, from their counts."""

    def make(counts):
        rows = np.asarray(counts)[:, None]
        return rl.Snapshots.of_cells(np.full(len(rows), TIME), rows, ["A"], {"A": 0})

    return make
