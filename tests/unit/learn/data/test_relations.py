"""Values that follow from others, as printed."""

import numpy as np

import ratelaw as rl
from ratelaw.learn.data import examples
from ratelaw.learn.data.relations import linear_relations


def printed(seed, *, closed, digits=1):
    """Three species of a chain with noise; the last is what is left of 100 where it is `closed`."""
    times = np.arange(12.0)
    first, second = 100 * np.exp(-times / 4), 30 * times / 4 * np.exp(-times / 4)
    values = np.column_stack([first, second, 100 - first - second])
    values += np.random.default_rng(seed).normal(scale=1.0, size=values.shape)
    values = np.round(values, digits)
    if closed:
        values[:, 2] = np.round(100 - values[:, 0] - values[:, 1], digits)
    return times, values


def test_a_sum_that_is_constant_is_found_and_its_weights_are_equal():
    (weights,) = linear_relations([printed(1, closed=True)])
    np.testing.assert_allclose(weights, np.full(3, 3**-0.5), atol=0.01)


def test_independent_errors_make_no_relation():
    """Twelve rows within rounding of a plane by chance: less than one in 10^6 of the seeds."""
    assert not any(len(linear_relations([printed(seed, closed=False)])) for seed in range(20))


def test_what_was_computed_and_not_printed_makes_no_relation():
    assert not len(linear_relations([printed(1, closed=True, digits=12)]))


def test_noise_as_small_as_rounding_makes_no_relation():
    """A balance that values keep because they hardly scatter says nothing of their errors."""
    times = np.arange(12.0)
    first = np.round(100 * np.exp(-times / 4), 1)
    values = np.column_stack([first, np.round(100 - first, 1)])
    assert not len(linear_relations([(times, values)]))


def test_each_experiment_may_have_its_own_constant():
    times, values = printed(1, closed=True)
    other = printed(2, closed=True)[1]
    other[:, 2] += 50
    assert len(linear_relations([(times, values), (times, other)])) == 1


def test_pinene_has_the_two_relations_of_box():
    """Box et al. 1973: rows sum to 100, and pyronene is 3 per cent of what pinene lost."""
    data = rl.Experiments.of(examples.pinene(), exact_start=True)
    assert len(data.relations) == 2
    span = np.linalg.qr(data.relations.T)[0]
    for known in ([1, 1, 1, 1, 1], [0.03, 0, 0, 1, 0]):
        assert np.linalg.norm(span.T @ known) > 0.999 * np.linalg.norm(known)
    assert data.values == 24
    assert any("linear relations" in remark for remark in data.remarks)


def test_the_other_examples_have_none():
    for name in ("pyridine", "lynx_hare", "crauste"):
        assert not len(rl.Experiments.of(examples.load(name)).relations)
