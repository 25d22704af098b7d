"""Right-hand sides as sums of products of factors, their values and slopes."""

from typing import NamedTuple

import numpy as np
from numba import float64, njit, types

Array = np.ndarray

AUXILIARY = types.void(
    *[types.Array(float64, 1, "C")] * 4, *[types.Array(float64, 2, "C")] * 2
)
"""From y, shape parameters and inputs: auxiliary factors, and their derivatives to y and shape."""


class Products(NamedTuple):
    r"""dy/dt as a sum of products, as plain arrays.

    .. math:: \dot y_v = \sum_c u_{vc} \kappa_c \prod_d x_{i(c, d)}, \qquad x = (1, y, g(y))

    Attributes
    ----------
    factors
        i(c, d), shape (C, D), integers: 0 is the number 1, v + 1 is y_v, then come the auxiliary
        factors g.
    starts, rows, changes
        u column by column: column c changes rows[s], by changes[s], for starts[c] <= s < starts[c +
        1].
    """

    factors: Array
    starts: Array
    rows: Array
    changes: Array


class Work(NamedTuple):
    """What an evaluation fills.

    Attributes
    ----------
    values
        x, shape (1 + V + A,).
    by_state, by_shape
        Derivatives of g, shapes (A, V) and (A, P).
    terms, rate
        The products, shape (C,), and dy/dt, shape (V,).
    by_value, jacobian, slopes
        Derivatives of dy/dt: to x, to y (V, V) and to the shape parameters (V, P).
    """

    values: Array
    auxiliary: Array
    by_state: Array
    by_shape: Array
    terms: Array
    rate: Array
    by_value: Array
    jacobian: Array
    slopes: Array


@njit(cache=True)
def select(condition, yes, no):  # noqa: ANN001, ANN201
    """One of two values."""
    return yes if condition else no


@njit([AUXILIARY], cache=True)
def no_auxiliary(state, shape, inputs, values, by_state, by_shape):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, ARG001, PLR0917
    """The auxiliary factors of polynomials: none."""


@njit(nogil=True, cache=True, error_model="numpy")
def make_work(variables, auxiliaries, parameters, columns):  # noqa: ANN001, ANN201
    """Room for an evaluation."""
    size = 1 + variables + auxiliaries
    return Work(
        np.ones(size),
        np.zeros(auxiliaries),
        np.zeros((auxiliaries, variables)),
        np.zeros((auxiliaries, parameters)),
        np.zeros(columns),
        np.zeros(variables),
        np.zeros((variables, size)),
        np.zeros((variables, variables)),
        np.zeros((variables, parameters)),
    )


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def evaluate(auxiliary, products, weights, shape, inputs, state, work):  # noqa: ANN001, ANN201, PLR0917
    """The right-hand side and all its derivatives at a state."""
    size = len(state)
    extra = len(work.auxiliary)
    for v in range(size):
        work.values[1 + v] = state[v]
    if extra:
        auxiliary(state, shape, inputs, work.auxiliary, work.by_state, work.by_shape)
        for a in range(extra):
            work.values[1 + size + a] = work.auxiliary[a]
    work.rate[:] = 0.0
    work.by_value[:] = 0.0
    for c in range(len(weights)):
        _add_column(products, c, weights[c], work)
    for v in range(size):
        for w in range(size):
            work.jacobian[v, w] = work.by_value[v, 1 + w]
    work.slopes[:] = 0.0
    for v in range(size):
        for a in range(extra):
            slope = work.by_value[v, 1 + size + a]
            if slope != 0.0:
                for w in range(size):
                    work.jacobian[v, w] += slope * work.by_state[a, w]
                for p in range(len(shape)):
                    work.slopes[v, p] += slope * work.by_shape[a, p]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _add_column(products, c, weight, work):  # noqa: ANN001, ANN202
    factors = products.factors[c]
    product = 1.0
    for f in factors:
        product *= work.values[f]
    work.terms[c] = product
    if weight == 0.0:
        return
    first, last = products.starts[c], products.starts[c + 1]
    for s in range(first, last):
        work.rate[products.rows[s]] += products.changes[s] * weight * product
    for d in range(len(factors)):
        if factors[d] == 0:
            continue
        others = weight
        for e in range(len(factors)):
            if e != d:
                others *= work.values[factors[e]]
        for s in range(first, last):
            work.by_value[products.rows[s], factors[d]] += products.changes[s] * others
