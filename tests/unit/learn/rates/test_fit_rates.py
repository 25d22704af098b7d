"""Every method takes one type of data, and says so."""

import pytest

import ratelaw as rl

NETWORK = rl.zoo.birth_death()
CELLS = rl.Snapshots.of_cells([1, 2], [[3], [5]], ["A"], {"A": 0})
MOMENTS = rl.simulate(NETWORK, rl.Moments(), [0, 1])


@pytest.mark.parametrize(
    ("data", "method", "message"),
    [
        (CELLS, rl.MomentCoefficients(), "MomentCoefficients takes Dataset; .* is Snapshots"),
        (MOMENTS, rl.MaximumLikelihood(), "MaximumLikelihood takes Snapshots; .* is Dataset"),
        ([MOMENTS, "a"], None, "JointMoments takes Dataset or Snapshots; data set 2 of 2 is str"),
        ([CELLS, MOMENTS], None, "MaximumLikelihood takes Snapshots; data set 2 of 2 is Dataset"),
        ("cells.csv", rl.MomentCoefficients(), "takes Dataset; data set 1 of 9 is str"),
    ],
)
def test_data_of_another_type_are_refused(data, method, message):
    with pytest.raises(rl.DataError, match=message):
        rl.fit_rates(NETWORK, data, method)
