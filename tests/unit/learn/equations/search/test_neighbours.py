"""Neighbours of a subset, against every column in turn and NumPy's least squares."""

from itertools import combinations

import numpy as np
import pytest

from ratelaw.learn.equations.search.neighbours import neighbours, reduced

VALUES, COLUMNS = 50, 12
CHOSEN = np.array([1, 4, 6, 9])


@pytest.fixture(params=range(30))
def rows_and_right(request):
    generator = np.random.default_rng(request.param)
    rows = generator.standard_normal((VALUES, 4)) @ generator.standard_normal((4, COLUMNS))
    rows += 0.3 * generator.standard_normal((VALUES, COLUMNS))
    rows /= np.linalg.norm(rows, axis=0)
    return rows, rows[:, :6] @ generator.uniform(1, 2, 6) + 0.1 * generator.standard_normal(VALUES)


def gained(rows, right, subset):
    theta = np.linalg.lstsq(rows[:, subset], right)[0]
    return float(right @ rows[:, subset] @ theta), theta


def moves(rows, right, positive, exchanges=1):
    found = neighbours(rows.T @ rows, rows.T @ right, positive, CHOSEN, 1, exchanges)
    return {tuple(row[:count].tolist()): gain for row, count, gain in zip(*found, strict=True)}


def test_the_best_column_is_added_and_put_in_place_of_one_or_two(rows_and_right):
    rows, right = rows_and_right
    found = moves(rows, right, np.zeros(COLUMNS, dtype=bool))
    outside = [c for c in range(COLUMNS) if c not in CHOSEN]
    for count in range(3):
        for removed in combinations(CHOSEN.tolist(), count):
            left = [c for c in CHOSEN.tolist() if c not in removed]
            gains = {tuple(sorted([*left, c])): gained(rows, right, [*left, c])[0] for c in outside}
            best = max(gains, key=gains.__getitem__)
            assert found[best] == pytest.approx(gains[best], rel=1e-8)
            assert not removed or found[tuple(left)] == pytest.approx(gained(rows, right, left)[0])
    assert len(found) == 1 + 2 * (4 + 6)


def test_no_column_that_stays_is_negative(rows_and_right):
    rows, right = rows_and_right
    right = right - 3 * rows[:, 4]
    found = moves(rows, right, np.ones(COLUMNS, dtype=bool), exchanges=3)
    for subset, gain in found.items():
        expected, theta = gained(rows, right, list(subset))
        assert gain == pytest.approx(expected, rel=1e-8)
        assert (theta >= 0).all()


def test_the_worst_negative_column_goes_first():
    """Two columns at 60 degrees: the side makes one negative, without it the other is 1."""
    gram = np.array([[1.0, 0.5], [0.5, 1.0]])
    kept, gain = reduced(gram, np.array([1.0, 0.2]), np.ones(2, dtype=bool), np.array([0, 1]))
    assert (kept.tolist(), gain) == ([0], pytest.approx(1.0))
