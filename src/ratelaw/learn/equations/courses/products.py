"""Right-hand sides as sums of products of factors, their values and slopes."""

from typing import Any, NamedTuple

import numpy as np
from numba import float64, int64, njit, types

Array = np.ndarray
Auxiliary = Any
"""A compiled function with the types of `AUXILIARY`."""

_VECTOR, _MATRIX = (types.Array(float64, n, "C") for n in (1, 2))
_WHOLE = types.Array(int64, 1, "C")
AUXILIARY = types.void(*[_VECTOR] * 4, *[_MATRIX] * 2)
"""From y, shape parameters and inputs: auxiliary factors, and their derivatives to y and shape."""


class Products(NamedTuple):
    r"""dy/dt as a sum of products, as plain arrays.

    .. math:: \dot y_v = \sum_c u_{vc} \kappa_c \prod_d x_{i(c, d)}, \qquad x = (1, y, g(y))

    Attributes
    ----------
    factors
        i(c, d), shape (C, D), integers: 0 is the number 1, v + 1 is y_v, then come the A auxiliary
        factors g.
    starts, rows, changes
        u column by column: column c changes rows[s], by changes[s], for starts[c] <= s < starts[c +
        1].
    auxiliaries
        A.
    """

    factors: Array
    starts: Array
    rows: Array
    changes: Array
    auxiliaries: int


PRODUCTS = types.NamedTuple([types.Array(int64, 2, "C"), _WHOLE, _WHOLE, _VECTOR, int64], Products)


class Setting(NamedTuple):
    """What holds in an experiment: kappa (C,), shape parameters (P,), inputs (U,)."""

    weights: Array
    shape: Array
    inputs: Array


class Work(NamedTuple):
    """What an evaluation fills.

    Attributes
    ----------
    values
        x, shape (1 + V + A,).
    auxiliary, by_state, by_shape
        g, shape (A,), and its derivatives, shapes (A, V) and (A, P).
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
def select(condition: bool, yes: float, no: float) -> float:  # noqa: FBT001
    """One of two values."""
    return yes if condition else no


@njit([AUXILIARY], cache=True)
def no_auxiliary(  # noqa: PLR0917
    state: Array, shape: Array, inputs: Array, values: Array, by_state: Array, by_shape: Array
) -> None:
    """The auxiliary factors of polynomials: none."""


@njit(nogil=True, cache=True, error_model="numpy")
def make_work(variables: int, parameters: int, products: Products) -> Work:
    """Room for an evaluation."""
    auxiliaries = products.auxiliaries
    size = 1 + variables + auxiliaries
    return Work(
        np.ones(size),
        np.zeros(auxiliaries),
        np.zeros((auxiliaries, variables)),
        np.zeros((auxiliaries, parameters)),
        np.zeros(len(products.factors)),
        np.zeros(variables),
        np.zeros((variables, size)),
        np.zeros((variables, variables)),
        np.zeros((variables, parameters)),
    )


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def evaluate(
    auxiliary: Auxiliary, products: Products, setting: Setting, state: Array, work: Work
) -> None:
    """The right-hand side and all its derivatives at a state."""
    size = len(state)
    for v in range(size):
        work.values[1 + v] = state[v]
    if products.auxiliaries:
        auxiliary(
            state, setting.shape, setting.inputs, work.auxiliary, work.by_state, work.by_shape
        )
        for a in range(products.auxiliaries):
            work.values[1 + size + a] = work.auxiliary[a]
    _add_columns(products, setting.weights, work)
    for v in range(size):
        for w in range(size):
            work.jacobian[v, w] = work.by_value[v, 1 + w]
    if products.auxiliaries:
        _add_auxiliaries(work)


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _add_columns(products: Products, weights: Array, work: Work) -> None:
    for v in range(len(work.rate)):
        work.rate[v] = 0.0
        for f in range(len(work.values)):
            work.by_value[v, f] = 0.0
    columns, degree = products.factors.shape
    for c in range(columns):
        work.terms[c] = _product(products.factors, work.values, c, -1)
        if weights[c] != 0.0:
            for s in range(products.starts[c], products.starts[c + 1]):
                v, change = products.rows[s], products.changes[s] * weights[c]
                work.rate[v] += change * work.terms[c]
                for d in range(degree):
                    factor = products.factors[c, d]
                    if factor > 0:
                        others = _product(products.factors, work.values, c, d)
                        work.by_value[v, factor] += change * others


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _product(factors: Array, values: Array, c: int, without: int) -> float:
    """The factors of a column multiplied, but for one of them."""
    product = 1.0
    for d in range(factors.shape[1]):
        if d != without:
            product *= values[factors[c, d]]
    return product


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
def _add_auxiliaries(work: Work) -> None:
    """The chain rule through the auxiliary factors."""
    size, parameters = work.slopes.shape
    for v in range(size):
        for p in range(parameters):
            work.slopes[v, p] = 0.0
        for a in range(len(work.auxiliary)):
            slope = work.by_value[v, 1 + size + a]
            for w in range(size):
                work.jacobian[v, w] += slope * work.by_state[a, w]
            for p in range(parameters):
                work.slopes[v, p] += slope * work.by_shape[a, p]
