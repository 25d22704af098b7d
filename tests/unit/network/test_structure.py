import numpy as np
import pytest

from ratelaw import Network, conservation_laws, zoo


@pytest.mark.parametrize(
    ("text", "laws"),
    [
        ("A <--> B, 1, 1", [[1, 1]]),
        ("E + S <--> C, 1, 1\nC --> E + P, 1", [[1, 0, 1, 0], [0, 1, 1, 1]]),
        ("2 A --> B, 1", [[1, 2]]),
        ("A --> 0, 1", np.zeros((0, 1))),
        ("A --> A + B, 1\nB --> 0, 1", [[1, 0]]),
    ],
)
def test_conserved_totals(text, laws):
    np.testing.assert_array_equal(conservation_laws(Network.parse(text)), laws)


def test_the_spcm_conserves_nothing():
    assert conservation_laws(zoo.spcm()).shape == (0, 2)
