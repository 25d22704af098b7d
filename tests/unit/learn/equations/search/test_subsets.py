"""Which columns of many: against every subset, and coefficients that must not be negative."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import nnls

from ratelaw.learn.equations.price import price
from ratelaw.learn.equations.search.linear_problem import LinearProblem, not_negative
from ratelaw.learn.equations.search.subsets import best_subsets

VALUES, COLUMNS = 60, 9


def problem(rows, right):
    return LinearProblem(rows.T @ rows, rows.T @ right, float(right @ right))


@pytest.fixture(params=range(5))
def rows_and_right(request):
    generator = np.random.default_rng(request.param)
    shared = generator.standard_normal((VALUES, 3))
    rows = shared @ generator.standard_normal((3, COLUMNS))
    rows += 0.5 * generator.standard_normal((VALUES, COLUMNS))
    theta = np.where(np.arange(COLUMNS) < 4, generator.uniform(0.5, 2, COLUMNS), 0.0)
    return rows, rows @ theta + generator.standard_normal(VALUES)


def cost(rows, right, chosen):
    theta, misfit = (
        nnls(rows[:, chosen], right) if chosen else (np.empty(0), np.sqrt(right @ right))
    )
    return misfit**2 + price(len(chosen), COLUMNS, VALUES) if (theta > 0).all() else np.inf


def test_the_best_of_all_subsets_is_found(rows_and_right):
    rows, right = rows_and_right
    sizes = range(COLUMNS + 1)
    every = [list(c) for size in sizes for c in combinations(range(COLUMNS), size)]
    best = min(every, key=lambda chosen: cost(rows, right, chosen))
    start, positive = np.zeros(COLUMNS, dtype=bool), np.ones(COLUMNS, dtype=bool)
    (found, mask), *_ = best_subsets(
        problem(rows, right), positive, VALUES, keep=3, start=start, most=COLUMNS
    )
    assert np.flatnonzero(mask).tolist() == best
    assert found == pytest.approx(cost(rows, right, best))


def test_one_of_each_set_of_needed_columns_is_kept(rows_and_right):
    rows, right = rows_and_right
    needed = [frozenset({7, 8}), frozenset({5, 8})]
    start = np.ones(COLUMNS, dtype=bool)
    free = np.zeros(COLUMNS, dtype=bool)
    found = best_subsets(
        problem(rows, right), free, VALUES, keep=5, start=start, most=COLUMNS, needed=needed
    )
    assert found
    for _, mask in found:
        assert all(some & set(np.flatnonzero(mask).tolist()) for some in needed)


def test_no_subset_that_is_found_holds_a_better_one(rows_and_right):
    rows, right = rows_and_right
    start, free = np.ones(COLUMNS, dtype=bool), np.zeros(COLUMNS, dtype=bool)
    found = best_subsets(problem(rows, right), free, VALUES, keep=9, start=start, most=COLUMNS)
    masks = [mask for _, mask in found]
    for better, worse in combinations(masks, 2):
        assert (better & ~worse).any()


def test_coefficients_that_must_not_be_negative(rows_and_right):
    rows, right = rows_and_right
    expected, _ = nnls(rows, right - 3 * rows[:, 0])
    found = not_negative(problem(rows, right - 3 * rows[:, 0]), np.ones(COLUMNS, dtype=bool))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


def test_columns_that_span_each_other_leave_the_least_misfit(rows_and_right):
    rows, right = rows_and_right
    doubled = np.hstack([rows, rows[:, :3] + rows[:, 3:6]])
    theta = not_negative(problem(doubled, right), np.ones(doubled.shape[1], dtype=bool))
    _, misfit = nnls(doubled, right)
    assert np.linalg.norm(doubled @ theta - right) == pytest.approx(misfit, rel=1e-8)


def test_no_subset_is_larger_than_what_values_can_judge(rows_and_right):
    rows, right = rows_and_right
    start, free = np.ones(COLUMNS, dtype=bool), np.zeros(COLUMNS, dtype=bool)
    found = best_subsets(problem(rows, right), free, VALUES, keep=50, start=start, most=2)
    assert max(mask.sum() for _, mask in found) == 2


def test_few_of_hundreds_of_columns_that_are_alike():
    """Each column is one of ten, shifted by a little: so near that 30 or more share a true one."""
    generator = np.random.default_rng(1)
    ten = generator.standard_normal((2000, 10))
    rows = np.repeat(ten, 50, axis=1) + 0.7 * generator.standard_normal((2000, 500))
    true = np.arange(0, 500, 50)
    right = rows[:, true].sum(axis=1) + 0.1 * generator.standard_normal(2000)
    start, positive = np.zeros(500, dtype=bool), np.ones(500, dtype=bool)
    (_, best), *_ = best_subsets(
        problem(rows, right), positive, 2000, keep=3, start=start, most=500
    )
    assert np.flatnonzero(best).tolist() == true.tolist()


def test_columns_that_cancel_stay_small(rows_and_right):
    rows, right = rows_and_right
    both = np.hstack([rows, -rows])
    theta = not_negative(problem(both, right), np.ones(2 * COLUMNS, dtype=bool))
    expected = np.linalg.lstsq(rows, right)[0]
    np.testing.assert_allclose(theta[:COLUMNS] - theta[COLUMNS:], expected, rtol=1e-6)
    assert np.minimum(theta[:COLUMNS], theta[COLUMNS:]).max() < 1e-6
