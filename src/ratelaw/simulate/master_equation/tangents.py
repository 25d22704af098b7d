"""Probabilities of a finite state projection together with their slopes by every parameter."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.network import Network
from ratelaw.simulate.master_equation.master_equation import FIRST_LAYERS, GROWTH
from ratelaw.simulate.master_equation.sensitivities import TAIL, Projection
from ratelaw.simulate.master_equation.state_space import StateSpace
from ratelaw.simulate.master_equation.uniformisation import LARGEST_STEP, poisson_weights


def tangents(projection: Projection, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""The probabilities at the times of a projection, and their slopes by its parameters.

    .. math:: \dot p = Q p, \qquad \dot s_j = Q s_j + \frac{\partial Q}{\partial \theta_j} p

    by the uniformised series, term by term; an infinite time is the steady state, in which nothing
    leaves the states.

    Parameters
    ----------
    projection
        A network on S states, with P free parameters and T times.
    theta
        Shape (P,).

    Returns
    -------
    Shapes (T, S) and (T, S, P).

    Raises
    ------
    SolverError
        If an infinite time is asked for and there are several steady states, or none.

    Notes
    -----
    They cost P + 1 courses; where one number is to be differentiated, `Transient.pull_back` is the
    cheaper way.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> times, counts = np.array([1.0, np.inf]), np.arange(99)[:, None]
    >>> projection = Projection(zoo.birth_death(), ["k", "g"], times, counts)
    >>> p, slopes = tangents(projection, np.array([20.0, 0.5]))
    >>> np.einsum("sn,tnp->tp", counts.T, slopes).round(4)  # of the average k (1 - exp(-g t)) / g
    array([[  0.7869,  -7.2163],
           [  2.    , -80.    ]])
    """
    generator, by_parameter = _generators(projection, theta, closed=False)
    p, s = projection.start, np.zeros((projection.start.size, theta.size))
    probability = np.empty((projection.times.size, *p.shape))
    slopes = np.empty((projection.times.size, *s.shape))
    for row, span in enumerate(np.diff(projection.times, prepend=0.0)):
        if np.isinf(span):
            closed, slopes_closed = _generators(projection, theta, closed=True)
            p, solve = _stationary(closed)
            change = np.stack([slope @ p for slope in slopes_closed], axis=1)
            change[-1] = 0.0  # of the sum
            s = solve(-change)
        else:
            p, s = _advance(generator, by_parameter, p, s, span)
        probability[row], slopes[row] = p, s
    return probability, slopes


def steady_states(network: Network, tolerance: float, most: int) -> np.ndarray:
    """The states that carry probability at the steady state, and those on the way there.

    Parameters
    ----------
    network
        With its parameters and initial state.
    tolerance
        Probability of a state at which the states go on beyond it.
    most
        The most states.

    Returns
    -------
    Their counts, shape (states, species).

    Raises
    ------
    SolverError
        If they are more, or there are several steady states.

    Examples
    --------
    >>> from ratelaw.network import zoo
    >>> len(steady_states(zoo.birth_death(), 1e-12, 1000)) > 60  # of a mean of 20
    True
    """
    space = StateSpace(network)
    edge, layers = np.array([0]), FIRST_LAYERS
    while edge.size:
        space.grow(edge, layers, most)
        if len(space) > most:
            raise SolverError(f"the steady state needs more than {most:,} states")
        projection = Projection(network, [], np.array([np.inf]), space.counts)
        p, _ = _stationary(_generators(projection, np.empty(0), closed=True)[0])
        order = np.lexsort(space.counts.T[::-1])
        edge = order[space.boundary[order] & (p > tolerance)]
        layers += layers // GROWTH
    return space.counts


def _advance(
    generator: Any,  # noqa: ANN401
    by_parameter: Sequence[Any],
    p: np.ndarray,
    s: np.ndarray,
    span: float,
) -> tuple[np.ndarray, np.ndarray]:
    from scipy.sparse import eye_array

    fastest = -generator.diagonal().min(initial=0.0) or 1.0
    step = (eye_array(p.size) + generator / fastest).tocsr()
    count = max(1, int(np.ceil(span * fastest / LARGEST_STEP)))
    weights = poisson_weights(fastest * span / count, TAIL)
    for _ in range(count):
        power, tangent = p, s
        p, s = np.zeros_like(p), np.zeros_like(s)
        for weight in weights:
            p, s = p + weight * power, s + weight * tangent
            change = np.stack([slope @ power for slope in by_parameter], axis=1)
            power, tangent = step @ power, step @ tangent + change / fastest
    return p, s


def _stationary(generator: Any) -> tuple[np.ndarray, Any]:  # noqa: ANN401
    """Q p = 0 with a sum of 1, one row of Q giving way to it, and how to solve such equations."""
    from scipy.sparse import csc_array, vstack
    from scipy.sparse.linalg import splu

    ones = csc_array(np.ones((1, generator.shape[0])))
    right = np.zeros(generator.shape[0])
    right[-1] = 1.0
    try:
        factors = splu(csc_array(vstack([generator.tocsr()[:-1], ones])))
    except RuntimeError as error:
        raise SolverError("there is no single steady state of this network") from error
    return factors.solve(right), factors.solve


def _generators(
    projection: Projection, theta: np.ndarray, *, closed: bool
) -> tuple[Any, list[Any]]:
    """Q and its slopes by every parameter, sparse; closed if no jump may leave the states."""
    from scipy.sparse import csr_array

    size = projection.start.size
    reaction, origin, target, length = projection.runs.astype(np.int64).T
    within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    j, origins, targets = (
        np.repeat(reaction, length),
        np.repeat(origin, length) + within,
        np.repeat(target, length) + within,
    )

    def generator(rates: np.ndarray) -> Any:  # noqa: ANN401
        jumps = rates[j, origins]
        leaving = np.bincount(origins, jumps, size) if closed else rates.sum(axis=0)
        here = np.arange(size)
        places = np.concatenate([targets, here]), np.concatenate([origins, here])
        return csr_array((np.concatenate([jumps, -leaving]), places), (size, size))

    values = theta[:, None]
    rates = projection.rates(projection.columns, values)
    by_parameter = np.zeros((theta.size, *rates.shape))
    slopes = projection.slope(projection.columns, values)
    for (place, p), slope in zip(projection.slopes, slopes, strict=True):
        by_parameter[p, place] = slope
    return generator(rates), [generator(slope) for slope in by_parameter]
