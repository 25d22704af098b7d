import numpy as np
import pytest

import ratelaw as rl
from ratelaw.learn import published_moments, read_moments

ROWS = [[0, 0], [8, 8]]
ERRORS = [[0, 0], [0.2, 0.5]]


def of(values=ROWS, labels=("A", "A,A"), times=(0, 1), **errors):
    return published_moments(times, labels, values, **(errors or {"standard_errors": ERRORS}))


def test_moments_are_sorted():
    labels = ["B,A", "B,B", "B", "A", "A,A"]
    values = np.array([[0, 0, 1, 2, 0], [5, 6, 3, 4, 7]])
    data = published_moments([0, 1], labels, values, standard_errors=values / 10 + [[0], [1]])
    assert data["species"].values.tolist() == ["B", "A"]
    assert data["average"].values.tolist() == [[1, 2], [3, 4]]
    assert data["covariance"].values[1].tolist() == [[6, 5], [5, 7]]
    variances = np.einsum("tmtm->tm", data["moment_covariance"].values)
    np.testing.assert_allclose(np.sqrt(variances[1]), [1.3, 1.4, 1.6, 1.5, 1.7])


def test_a_full_covariance_of_the_errors():
    matrix = np.zeros((2, 2, 2, 2))
    matrix[1, :, 1] = [[1, 0.5], [0.5, 2]]
    data = of(covariance=matrix)
    np.testing.assert_array_equal(data["moment_covariance"].values, matrix)
    matrix[1, :, 1] = [[1, 1.5], [1.5, 2]]
    with pytest.raises(rl.DataError, match="has a negative variance"):
        of(covariance=matrix)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"labels": ("A", "A,C")}, "moment 'A,C' is none of averages"),
        ({"labels": ("A", "A")}, "moment 'A' is there twice"),
        ({"labels": ("A",), "values": [[0], [8]]}, "no moment 'A,A': rates need all of A, A,A"),
        ({"times": (1, 0)}, "give a row a time, in order"),
        ({"values": [[0, 0], [np.nan, 8]]}, "moment 'A' at time 1 is nan"),
        ({"values": [[0, 0], [8, -8]]}, "the variance 'A,A' at time 1 is -8"),
        ({"standard_errors": [[0, 0], [0.2, 0]]}, "'A,A' at time 1: the square of its error is 0"),
        ({"standard_errors": [[0, 0], [-1, 1]]}, "row 2, moment 1: a standard error of -1"),
        ({"standard_errors": ERRORS[1:]}, r"errors of shape \(1, 2\)"),
        ({"standard_errors": None}, "one of them"),
    ],
)
def test_bad_moments_are_named(changed, complaint):
    with pytest.raises(rl.DataError, match=complaint):
        of(**changed)


def test_rates_from_published_moments_scatter_as_their_errors_say():
    # Immigration and death from nothing: average and variance k/g (1 - exp(-g t)).
    times, truth = np.array([0, 1, 2, 4, 8.0]), np.array([10, 0.5])
    mean = truth[0] / truth[1] * (1 - np.exp(-truth[1] * times))
    errors = np.stack([0.02 * mean, 0.05 * mean], axis=1)
    generator = np.random.default_rng(2)
    z = []
    for _ in range(40):
        values = np.stack([mean, mean], axis=1) + errors * generator.standard_normal((5, 2))
        data = of(values, times=times, standard_errors=errors)
        rates = rl.fit_rates(rl.zoo.birth_death(), data)
        z.append((rates.constants - truth) / rates.standard_errors)
    squares = (np.array(z) ** 2).sum(axis=0)
    # Chi-square, 40 degrees of freedom: outside of 12.5 to 88 one time in 50,000 each.
    assert (squares > 12.5).all()
    assert (squares < 88).all()


def test_errors_that_are_known_give_the_bound():
    # Values without errors; the bound follows from the closed form's slopes.
    times, truth = np.array([0, 1, 2, 4, 8.0]), np.array([10, 0.5])

    def mean(rates):
        return rates[0] / rates[1] * (1 - np.exp(-rates[1] * times))

    errors = np.stack([0.02 * mean(truth), 0.05 * mean(truth)], axis=1)
    values = np.stack([mean(truth)] * 2, axis=1)
    rates = rl.fit_rates(rl.zoo.birth_death(), of(values, times=times, standard_errors=errors))
    steps = np.diag([1e-5, 1e-5])
    slopes = np.array([(mean(truth + s) - mean(truth - s)) / 2e-5 for s in steps])[:, 1:]
    scaled = np.concatenate([slopes / errors[1:, 0], slopes / errors[1:, 1]], axis=1)
    bound = np.sqrt(np.diag(np.linalg.inv(scaled @ scaled.T)))
    np.testing.assert_allclose(rates.constants, truth, rtol=1e-4)
    np.testing.assert_allclose(rates.standard_errors, bound, rtol=1e-3)


@pytest.mark.parametrize("of_start", [(0, 0), (0, 5), (0.5, 0), (0.5, 5)])
def test_what_is_known_of_the_start_gives_the_bound(of_start):
    # Death from 100 molecules: average 100 p, variance 100 p (1 - p) + p^2 Var(start), p = e^-kt.
    p, of_end = np.exp(-0.7), (0.5, 3)
    values = [[100, 0], [100 * p, 100 * p * (1 - p)]]
    data = of(values, standard_errors=[of_start, of_end])
    rates = rl.fit_rates(rl.Network.parse("A --> 0, 1"), data)
    slopes = np.array([-100 * p, -100 * p + 200 * p**2])
    of_average = np.array([p, p * (1 - p)]) * of_start[0]
    of_variance = np.array([0, p**2]) * of_start[1]
    errors = np.diag(np.square(of_end)) + [
        [of_average[i] * of_average[j] + of_variance[i] * of_variance[j] for j in (0, 1)]
        for i in (0, 1)
    ]
    bound = (slopes @ np.linalg.solve(errors, slopes)) ** -0.5
    assert rates.constants[0] == pytest.approx(0.7, rel=1e-4)
    assert rates.standard_errors[0] == pytest.approx(bound, rel=1e-3)
    assert rates.degrees_of_freedom == 1


def test_moments_are_read_with_their_errors(tmp_path):
    wide, tidy = tmp_path / "wide.csv", tmp_path / "tidy.csv"
    wide.write_text('time,A,A_sd,"A,A","A,A_sd"\n0,0,0,0,0\n1,8,0.2,8,0.5\n')
    tidy.write_text('time,species,value,sd\n0,A,0,0\n0,"A,A",0,0\n1,"A,A",8,0.5\n1,A,8,0.2\n')
    for path in (wide, tidy):
        (data,) = read_moments(path)
        assert data.identical(of([[0.0, 0.0], [8.0, 8.0]], times=(0.0, 1.0)))
    wide.write_text('time,A,"A,A"\n0,0,0\n1,8,8\n')
    with pytest.raises(rl.DataError, match=r"wide.csv: no standard errors"):
        read_moments(wide)
