"""The packaged data against balances and values that their publications state."""

import numpy as np
import pytest

from ratelaw.errors import DataError
from ratelaw.learn.data import examples


def test_every_table_reads_and_its_times_increase():
    for name in examples.SERIES:
        table = examples.load(name)
        assert (np.diff(table["time"]) > 0).all()
        assert (np.nan_to_num(table["average"]) >= 0).all()


def test_pinene_is_per_cent_of_what_was_there():
    table = examples.pinene()
    sums = table["average"].sum("species").values
    assert table["average"].shape == (9, 5)
    assert sums[0] == 100.0
    assert np.abs(sums - 100).max() < 0.5  # Box et al. 1973: each row sums to about 100


def test_pinene_reproduces_the_published_sum_of_squares():
    """Box et al. 1973: 19.872 at the least-squares rates, the linear network solved exactly."""
    from scipy.linalg import expm

    p1, p2, p3, p4, p5 = 5.926e-5, 2.963e-5, 2.047e-5, 2.745e-4, 3.998e-5
    matrix = np.zeros((5, 5))
    for source, target, rate in ((0, 1, p1), (0, 2, p2), (2, 3, p3), (2, 4, p4), (4, 2, p5)):
        matrix[target, source] += rate
        matrix[source, source] -= rate
    table = examples.pinene()
    start = table["average"].values[0]
    courses = np.array([expm(matrix * t) @ start for t in table["time"].values])
    assert np.square(courses - table["average"].values).sum() == pytest.approx(19.872167, abs=1e-3)


def test_nitrogen_of_pyridine_is_kept_within_the_rounding_of_the_data():
    table = examples.pyridine()
    atoms = [examples.PYRIDINE_ELEMENTS["N"][str(name)] for name in table["species"].values]
    nitrogen = table["average"].values @ np.array(atoms)
    assert nitrogen[0] == 1.0
    assert np.abs(nitrogen - 1.0).max() < 0.05


def test_lynx_and_hare_are_of_21_years():
    table = examples.lynx_hare()
    np.testing.assert_array_equal(table["time"], np.arange(21))
    assert table["average"].sel(species="hare").values.argmax() == 3
    assert table["average"].sel(species="lynx").values.argmax() == 4  # predators follow


def test_crauste_has_a_standard_deviation_for_every_value_and_gaps():
    table = examples.crauste()
    measured = np.isfinite(table["average"].values)
    assert measured.sum(axis=0).tolist() == [2, 7, 7, 5]
    np.testing.assert_array_equal(np.isfinite(table["standard_error"].values), measured)
    assert table["average"].sel(time=8, species="EarlyEff") == 175825


def test_an_unknown_name_is_refused():
    with pytest.raises(DataError, match="no example 'boehm': there are crauste, lynx_hare"):
        examples.load("boehm")
