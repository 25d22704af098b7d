"""Values measured several times, against the formulas of pooled variance."""

import numpy as np
import pytest

import ratelaw as rl

TIDY = """experiment,replicate,time,species,value
a,1,0,A,10
a,2,0,A,12
a,1,1,A,6
a,2,1,A,4
a,3,1,A,5
a,1,2,A,3
b,1,0,A,9
b,2,0,A,8
b,1,1,A,2
"""


def read(tmp_path, text, **options):
    path = tmp_path / "values.csv"
    path.write_text(text)
    return rl.Experiments.read(path, **options)


def test_replicates_are_averaged_and_their_scatter_is_pooled(tmp_path):
    """Squares 2 (10, 12), 2 (6, 4, 5) and 0.5 (9, 8) over 1 + 2 + 1 spare values."""
    data = read(tmp_path, TIDY, noise=rl.learn.AdditiveNoise())
    first, second = data.experiments
    assert (first.name, second.name) == ("experiment a", "experiment b")
    np.testing.assert_allclose(first.values.ravel(), [11, 5, 3])
    np.testing.assert_allclose(second.values.ravel(), [8.5, 2])
    sigma = np.sqrt(4.5 / 4)
    np.testing.assert_allclose(first.deviations.ravel(), sigma / np.sqrt([2, 3, 1]))
    np.testing.assert_allclose(second.deviations.ravel(), sigma / np.sqrt([2, 1]))


def test_log_normal_replicates_have_geometric_means(tmp_path):
    data = read(tmp_path, TIDY, noise=rl.learn.LogNormalNoise())
    middle = data.experiments[0].values.ravel()
    np.testing.assert_allclose(middle, [np.sqrt(120), 120 ** (1 / 3), 3])
    squares = sum(
        np.square(np.log(v) - np.log(v).mean()).sum() for v in ([10, 12], [6, 4, 5], [9, 8])
    )
    share = data.experiments[0].deviations.ravel() / middle
    np.testing.assert_allclose(share, np.sqrt(squares / 4 / np.array([2, 3, 1])))


def test_given_deviations_are_the_weights(tmp_path):
    wide = "replicate,time,A,A_sd\n1,0,10,0\n1,1,6,1\n2,0,10,0\n2,1,3,2\n"
    (part,) = read(tmp_path, wide).experiments
    assert part.start == [10]
    assert part.values[1] == pytest.approx((6 + 3 / 4) / 1.25)
    assert part.deviations[1] == pytest.approx(1.25**-0.5)


def test_too_few_replicates_say_nothing_of_the_scatter(tmp_path):
    wide = "replicate,time,A\n1,0,10\n1,1,6\n2,0,12\n2,1,4\n"
    (part,) = read(tmp_path, wide).experiments
    assert part.deviations is None
    np.testing.assert_allclose(part.values.ravel(), [11, 5])


def test_the_same_time_twice_must_be_declared(tmp_path):
    with pytest.raises(rl.DataError, match=r"line 3.*column 'replicate'"):
        read(tmp_path, "time,A\n0,1\n0,2\n1,3\n")
    with pytest.raises(rl.DataError, match=r"there twice: number .* column 'replicate'"):
        read(tmp_path, "time,species,value\n0,A,1\n0,A,2\n1,A,3\n")


def test_copies_are_one_measurement_whose_noise_is_not_known(tmp_path):
    rows = "0,8\n{0},1,5\n{0},2,3\n"
    copies = "replicate,time,A\n" + "".join(f"{r},{rows.format(r)}" for r in (1, 2))
    (part,) = read(tmp_path, copies).experiments
    np.testing.assert_array_equal(part.values.ravel(), [8, 5, 3])
    assert part.deviations is None
