"""All candidate terms at once, fitted through the solver, though data need not tell them apart."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from ratelaw.learn.equations.bordered import Block
from ratelaw.learn.equations.inverse_problem import InverseProblem, Point
from ratelaw.learn.equations.least_squares import orthogonal_to
from ratelaw.learn.equations.search.linear_problem import LinearProblem, not_negative, without

ITERATIONS = 15
DONE = 1e-4
"""A relative gain that is not worth another step."""
FIRST_DAMPING = 1e-4
LARGEST_DAMPING = 1e4
STRONGER = 10.0
LONGEST, SHORTEST = 2.0, 0.1
"""Steps in the logarithm of a rate."""
MOVES = 20


def fit_all(problem: InverseProblem, point: Point) -> Point:
    r"""Gauss-Newton steps over coefficients that are not negative; shape parameters stay.

    .. math:: \theta' = \arg\min_{\theta' \ge 0} |r + J (\theta' - \theta)|^2
        + \lambda |D (\theta' - \theta)|^2

    Free starts are eliminated. The bound alone makes theta sparse: it needs no other penalty.

    Parameters
    ----------
    problem
        Of all candidates.
    point
        Where to begin.

    Returns
    -------
    The last point that was better.
    """
    single, mixing = problem.field.single
    parts = replace(problem, field=single)

    def misfit(point: Point) -> float:
        return parts.misfit(replace(point, theta=mixing @ point.theta))

    damping, value = FIRST_DAMPING, misfit(point)
    for _ in range(ITERATIONS):
        blocks = list(parts.blocks(replace(point, theta=mixing @ point.theta)))
        linear = linear_problem(blocks, mixing @ point.theta, np.empty(0)).mixed(mixing)
        while damping < LARGEST_DAMPING:
            after = _moved(problem, point, blocks, linear.held(point.theta, damping))
            found = misfit(after)
            if found < value:
                break
            damping *= STRONGER
        else:
            return point
        gain, point, value = value - found, after, found
        damping = max(damping / STRONGER, FIRST_DAMPING)
        if gain < DONE * (value + problem.data.values):
            return point
    return point


def fit_logarithms(problem: InverseProblem, point: Point, *, enough: float = np.inf) -> Point:
    """Fit the terms above 0 as logarithms, which pass decades in a step.

    A fit whose sum of squares stays above `enough` is given up early.
    """
    active = point.theta > 0
    part = replace(problem, field=problem.field.subset(active))
    known = dict(zip(problem.field.parameters, point.shape, strict=True))
    shape = np.array([known[s] for s in part.field.parameters])
    begin = Point(point.theta[active], shape, point.starts)
    fitted = part.fit(begin, enough=enough).point
    theta = np.zeros(len(active))
    theta[active] = fitted.theta
    return Point(theta, point.shape, fitted.starts)


def first_order(problem: InverseProblem, point: Point) -> LinearProblem:
    """The problem about a point, in theta itself, for the best free starts and shape parameters."""
    single, mixing = problem.field.single
    theta = mixing @ point.theta
    blocks = replace(problem, field=single).blocks(replace(point, theta=theta))
    return linear_problem(blocks, theta, point.shape).mixed(mixing)


def linear_problem(blocks: Iterable[Block], theta: np.ndarray, shape: np.ndarray) -> LinearProblem:
    """The same from derivatives."""
    count, total = len(theta), len(theta) + len(shape)
    products = np.zeros((total + 1, total + 1))
    for block in blocks:
        columns, by_shape = block.shared[:, :count], block.shared[:, count:]
        rows = np.column_stack([columns, by_shape * shape, columns @ theta - block.residuals])
        if block.own.shape[1]:
            rows = orthogonal_to(rows, block.own)
        products += rows.T @ rows
    return without(products, slice(count, total))


def slowest(problem: InverseProblem, point: Point, within: float) -> Point:
    r"""The slowest rates that explain the data about as well.

    .. math:: \log\theta - \tau d, \qquad \chi^2 < \chi^2_{min} + within

    along directions d of which the data hardly depend. Data do not depend on how fast what is over
    at once is; so a linear problem there would leave it out, and here it does not.

    Parameters
    ----------
    problem, point
        A fit.
    within
        By how much the sum of squares may rise.
    """
    positive = problem.field.positive & (point.theta > 0)
    linear = first_order(problem, point)
    rates = point.theta[positive]
    values, vectors = np.linalg.eigh(
        linear.gram[np.ix_(positive, positive)] * np.outer(rates, rates)
    )
    limit = problem.misfit(point) + within
    for flat in vectors[:, values < 1].T:
        direction = np.zeros(len(point.theta))
        direction[positive] = flat / np.abs(flat).max() * np.copysign(1.0, flat.sum())
        step = LONGEST
        for _ in range(MOVES):
            if step < SHORTEST:
                break
            slower = replace(point, theta=point.theta * np.exp(-step * direction))
            if problem.misfit(slower) < limit:
                point = slower
            else:
                step /= 2
    return point


def _moved(
    problem: InverseProblem, point: Point, blocks: Sequence[Block], linear: LinearProblem
) -> Point:
    _, mixing = problem.field.single
    theta = not_negative(linear, problem.field.positive)
    change = mixing @ (theta - point.theta)
    starts = point.starts.copy()
    for row, free, block in zip(starts, problem.free, blocks, strict=True):
        missed = block.residuals + block.shared[:, : len(change)] @ change
        row[free] -= np.linalg.lstsq(block.own, missed, rcond=1e-10)[0]
    return Point(theta, point.shape, starts)
