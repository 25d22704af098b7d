"""The sound criterion: fast modes of the Jacobian along the course, and who takes part in them."""

from dataclasses import dataclass

import numpy as np

from ratelaw.network import Network
from ratelaw.simulate.vector_field import Function, network_field


@dataclass(frozen=True)
class Spectrum:
    """Modes of a network along a course, averaged after the initial layer.

    Attributes
    ----------
    rates
        1/time scales of the d modes, fastest first, shape (d,); none below 1/duration.
    modes
        How many of them are fast: those above the widest gap.
    gap
        Ratio of the slowest fast rate to the fastest slow one.
    participation
        Of each species in the fast modes, shape (N,): about 1 where it follows them, about 0 where
        it does not notice.
    """

    rates: np.ndarray
    modes: int
    gap: float
    participation: np.ndarray


def spectrum(network: Network, times: np.ndarray, course: np.ndarray) -> Spectrum:
    r"""Split the modes of the Jacobian J = dU phi/dc where their rates differ most.

    J is taken in units of each species' range and within the subspace that reactions can reach.
    With right eigenvectors V and left ones W of its fast modes, the participation of species i is

    .. math:: p_i = \frac{q_i^T V W q_i}{q_i^T q_i},

    q_i being its direction in that subspace: the weight of the species in the projector on the fast
    modes.

    Parameters
    ----------
    network
        The network.
    times, course
        Shapes (T,) and (T, N), concentrations.

    Returns
    -------
    The modes; medians over the times at which the fast ones have decayed.

    Notes
    -----
    Lam and Goussis 1994, computational singular perturbation.
    """
    size = len(network.species)
    scale = np.ptp(course, axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    _, jacobian = linearised(network)
    directions = reachable(network, scale)
    values, vectors = np.linalg.eig(
        directions.T @ (jacobian(course) * scale / scale[:, None]) @ directions
    )
    order = np.argsort(-np.abs(values), axis=1)
    values = np.take_along_axis(values, order, axis=1)
    vectors = np.take_along_axis(vectors, order[:, None, :], axis=2)
    speeds = np.maximum(np.abs(values), 1 / times[-1])
    gaps = speeds[:, :-1] / speeds[:, 1:]
    decayed = times[:, None] >= np.minimum(1 / speeds, times[-1])
    candidates = [np.median(gap[past]) for gap, past in zip(gaps.T, decayed.T, strict=False)]
    if not candidates:
        return Spectrum(np.median(speeds, axis=0), 0, 1.0, np.zeros(size))
    modes = int(np.argmax(candidates)) + 1
    settled = decayed[:, modes - 1]
    shares = [_participation(v, directions, modes) for v in vectors[settled]]
    return Spectrum(
        np.median(speeds[settled], axis=0),
        modes,
        float(candidates[modes - 1]),
        np.median(shares, axis=0),
    )


def linearised(network: Network) -> tuple[Function, Function]:
    """dc/dt and its Jacobian at concentrations (T, N): functions into (T, N) and (T, N, N)."""
    field = network_field(network)
    return (
        lambda states: np.array([field(0.0, state) for state in states]),
        lambda states: np.array([field.finite_jacobian(state) for state in states]),
    )


def reachable(network: Network, scale: np.ndarray) -> np.ndarray:
    """An orthonormal basis, shape (N, d), of what reactions can change, in units of the scale."""
    from scipy.linalg import orth

    return orth(network.stoichiometry / scale[:, None])


def _participation(vectors: np.ndarray, directions: np.ndarray, modes: int) -> np.ndarray:
    projector = (vectors[:, :modes] @ np.linalg.pinv(vectors)[:modes]).real
    weights = np.einsum("ia,ab,ib->i", directions, projector, directions)
    lengths = np.square(directions).sum(axis=1)
    return weights / np.where(lengths > 0, lengths, 1.0)
