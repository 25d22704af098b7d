"""Fisher information that cells would carry about rate constants."""

import numpy as np

from ratelaw.errors import SolverError
from ratelaw.learn.equations.least_squares import scaled_inverse, unit_diagonal
from ratelaw.learn.rates.design.moment_slopes import moment_slopes
from ratelaw.learn.rates.design.slopes import Slopes
from ratelaw.learn.rates.moments.sampling import cell_covariance
from ratelaw.learn.rates.undetermined import null_directions
from ratelaw.network import Network
from ratelaw.simulate.results import moment_terms

SINGULAR = 1e-10
"""Eigenvalues below this, of information scaled to a diagonal of 1, count as zero."""


def information_per_cell(network: Network, times: np.ndarray) -> tuple[np.ndarray, bool]:
    r"""Expected information of one cell at each time, about all constants of a network.

    .. math:: I(t) = \sum_n \frac{\partial_k p_n\, \partial_k p_n^T}{p_n}

    or, where the states are too many and each reaction consumes at most one molecule, what its
    averages and covariances hold of it, :math:`\partial_k z^T \Sigma^{-1} \partial_k z`, with Sigma
    their sampling covariance times the number of cells.

    Parameters
    ----------
    network
        With free constants k1, k2, ... at their values, and the initial state.
    times
        Shape (T,), above 0, finite, increasing.

    Returns
    -------
    Shape (T, M, M), and whether it is that of the whole distribution.

    Raises
    ------
    SolverError
        If the states are too many and a reaction consumes more than one molecule.

    Examples
    --------
    >>> from ratelaw.learn.rates.rate_problem import with_free_constants
    >>> decay = with_free_constants(Network.parse("A --> 0, 1", initial={"A": 1}))
    >>> information_per_cell(decay, np.array([1.0]))[0].round(6)  # 1 / (e - 1)
    array([[[0.581977]]])
    """
    slopes = Slopes(network, times, network.species)
    try:
        return np.array([score.T @ score for score in slopes.scores]), True
    except SolverError:
        if not slopes.is_linear:
            raise
        return information_of_moments(slopes), False


def information_of_moments(slopes: Slopes) -> np.ndarray:
    """What averages and covariances of a linear network hold, shape (T, M, M)."""
    network, times = slopes.network, slopes.times
    terms = moment_terms(len(network.species), 2)
    moves = moment_slopes(network, slopes.constants, times)[1][:, : len(terms)]
    sampling = cell_covariance(network, times)
    return np.array([move.T @ inverse(S) @ move for move, S in zip(moves, sampling, strict=True)])


def inverse(matrix: np.ndarray) -> np.ndarray:
    """Of a covariance or an information, on the directions that have one."""
    return scaled_inverse(matrix, SINGULAR)


def log_determinant(information: np.ndarray) -> float:
    """Of an information; minus infinity if a direction is undetermined.

    Examples
    --------
    >>> log_determinant(np.diag([1.0, 0.0]))
    -inf
    """
    correlation, scale = unit_diagonal(information)
    values = np.linalg.eigvalsh(correlation)
    if values[0] <= SINGULAR or not np.diagonal(information).all():
        return -np.inf
    return float(np.log(values).sum() + 2 * np.log(scale).sum())


def predicted_errors(information: np.ndarray) -> np.ndarray:
    """Standard errors at the Cramer-Rao bound, shape (M,); infinite where nothing determines one.

    Examples
    --------
    >>> predicted_errors(np.diag([4.0, 0.0]))
    array([0.5, inf])
    """
    undetermined = null_directions(unit_diagonal(information)[0], SINGULAR).any(axis=0)
    errors = np.sqrt(np.maximum(np.diagonal(inverse(information)), 0.0))
    return np.where(undetermined, np.inf, errors)
