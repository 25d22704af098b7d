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


def files(tmp_path, **texts):
    """The tables of several files."""
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return [t for name in texts for t in rl.formats.read_table(tmp_path / f"{name}.csv")]


def series(level):
    return "replicate,time,A\n" + "".join(
        f"{r},{t},{level + r + t}\n" for r in (1, 2) for t in (0, 1, 2)
    )


def test_a_file_without_names_is_an_experiment(tmp_path):
    tables = files(tmp_path, fed=series(10), starved=series(100))
    fed, starved = rl.Experiments.of(*tables).experiments
    np.testing.assert_allclose(fed.values.ravel(), [11.5, 12.5, 13.5])
    np.testing.assert_allclose(starved.values.ravel(), [101.5, 102.5, 103.5])


def test_replicates_of_a_name_may_stand_in_several_files(tmp_path):
    first, second = (f"experiment,replicate,time,A\na,{r},0,{r}\na,{r},1,5\n" for r in (1, 2))
    (part,) = rl.Experiments.of(*files(tmp_path, first=first, second=second)).experiments
    np.testing.assert_allclose(part.values.ravel(), [1.5, 5])
    with pytest.raises(
        rl.DataError,
        match=r"experiment a: replicate 1 is there twice, in \S+/first.csv and in .*/b",
    ):
        rl.Experiments.of(*files(tmp_path, first=first, b=first))


def test_errors_are_those_of_each_experiment(tmp_path):
    given = "experiment,replicate,time,A,A_sd\na,1,0,9,1\na,1,1,6,1\na,2,0,7,1\na,2,1,5,1\n"
    bare = "experiment,replicate,time,A\nb,1,0,9\nb,1,1,6\nb,2,0,7\nb,2,1,5\n"
    tables = files(tmp_path, given=given, bare=bare)
    for order in (tables, tables[::-1]):
        parts = {part.name: part for part in rl.Experiments.of(*order).experiments}
        np.testing.assert_allclose(parts["experiment a"].deviations, np.full((2, 1), 0.5**0.5))
        assert parts["experiment b"].deviations is None
    mixed = [table.assign_attrs(experiment="a") for table in (tables[0], tables[3])]
    for order in (mixed, mixed[::-1]):
        with pytest.raises(
            rl.DataError, match=r"a, replicate 1 has standard errors, and .* replicate 2 has none"
        ):
            rl.Experiments.of(*order)


@pytest.mark.parametrize("value", [0, -7])
def test_a_replicate_that_the_noise_cannot_make_is_refused(tmp_path, value):
    wide = f"replicate,time,A\n1,0,10\n1,1,2\n2,0,12\n2,1,{value}\n"
    with pytest.raises(rl.DataError, match=f"replicate 2: A is {value}, and log-normal"):
        read(tmp_path, wide, noise=rl.learn.LogNormalNoise())


def test_exact_starts_say_nothing_of_the_scatter(tmp_path):
    rows = [(r, t, t * (10 + r)) for r in (1, 2, 3, 4) for t in (0, 1)]
    wide = "replicate,time,A\n" + "".join(f"{r},{t},{a}\n" for r, t, a in rows)
    (part,) = read(tmp_path, wide, noise=rl.learn.AdditiveNoise(), exact_start=True).experiments
    assert part.start == [0]
    assert part.deviations[1] == pytest.approx(np.std([11, 12, 13, 14], ddof=1) / 2)
    (part,) = read(tmp_path, wide, noise=rl.learn.LogNormalNoise(), exact_start=True).experiments
    assert part.start == [0]


def test_inputs_are_not_averaged(tmp_path):
    wide = "replicate,time,A,T\n" + "".join(
        f"{r},{t},{a},{{{r}}}\n" for r, t, a in [(1, 0, 9), (1, 1, 6), (2, 0, 5), (2, 1, 4)]
    )
    more = "3,0,8,0\n3,1,7,0\n"
    (part,) = read(tmp_path, wide.format(None, 0, 0) + more, inputs=["T"]).experiments
    assert part.inputs == [0]
    assert part.deviations is not None
    with pytest.raises(rl.DataError, match="experiment 1: the input 'T' is 0 to 9"):
        read(tmp_path, wide.format(None, 0, 9), inputs=["T"])
