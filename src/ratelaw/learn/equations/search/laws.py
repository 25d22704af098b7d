"""Laws of conservation that measured courses keep, and the reactions that obey them."""

from collections.abc import Sequence

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.field import Field

DOUBT = 5.0
"""Standard errors by which a variance may exceed what it should be."""
STILL = 5.0
"""The most scatter of what is conserved: smooth courses follow some of the noise."""
DENOMINATORS = (1, 2, 3)
"""Weights of a law are multiples of one over one of these."""
NEAR = 0.1
"""By how much a weight may be off such a multiple before it is rounded."""
SHARP = 0.05
"""The largest standard error of a weight that is known."""
SMALL = 1e-6
"""Of the size of species: a scatter that no law is asked to stay below."""


def conservation_laws(values: Sequence[np.ndarray], deviations: Sequence[np.ndarray]) -> np.ndarray:
    r"""Rational weights of species whose weighted sums stay constant in each experiment.

    .. math:: \sum_v w_{nv}\, y_v(t) = \text{constant}

    Directions in which the values scatter no more than their errors; those only that are known
    sharply and whose weights, one species solved for in each, are multiples of one over
    1, 2 or 3. By chance few are, and molecules are made of whole parts.

    Parameters
    ----------
    values, deviations
        Of all species in each experiment, and their standard deviations, (T, V); rows with NaN are
        left out.

    Returns
    -------
    Shape (N, V); N = 0 where the data show no law.

    Notes
    -----
    The least eigenvalues of the products of the values, as of Box, Hunter, MacGregor and Erjavec
    1973.

    Examples
    --------
    >>> x = np.exp(-np.arange(20.0) / 5)
    >>> y = np.column_stack([x, 2 * (1 - x), np.sin(x)])
    >>> conservation_laws([y], [np.full(y.shape, 1e-4)])
    array([[2., 1., 0.]])
    """
    from scipy.linalg import eigh

    complete = [np.isfinite(part).all(axis=1) for part in values]
    parts = [part[rows] for part, rows in zip(values, complete, strict=True) if rows.sum() > 1]
    variables = values[0].shape[1]
    freedom = sum(len(part) - 1 for part in parts)
    if freedom <= variables:
        return np.empty((0, variables))
    errors = np.concatenate(
        [part[rows] for part, rows in zip(deviations, complete, strict=True) if rows.sum() > 1]
    )
    centred = np.concatenate([part - part.mean(axis=0) for part in parts])
    scatter = centred.T @ centred / freedom
    noise = np.sqrt(np.minimum(np.square(errors).mean(axis=0), np.diagonal(scatter)))
    variances, directions = eigh(scatter / np.outer(noise, noise))
    still = int((variances < STILL).sum())
    for count in range(min(still, variables - 1), 0, -1):
        laws = _rational(directions[:, :count].T / noise, scatter, freedom)
        if laws is not None:
            return laws
    return np.empty((0, variables))


def lawful(field: Field, laws: np.ndarray) -> np.ndarray:
    """Which terms change nothing that is conserved, shape (C,)."""
    return np.isclose(laws @ field.changes, 0.0).all(axis=0)


def lawful_terms(field: Field, data: Experiments, deviations: Sequence[np.ndarray]) -> np.ndarray:
    """Terms that change nothing that the data conserve, shape (C,); all where they show no law.

    Laws are sought where every term is a flow, not below 0, and all species were measured.
    """
    if not field.positive.all() or set(data.direct) < set(data.species):
        return np.ones(len(field.terms), dtype=bool)
    columns = [data.direct[name] for name in data.species]
    values = [part.values[:, columns] for part in data.experiments]
    return lawful(field, conservation_laws(values, data.by_species(deviations)))


def _rational(weights: np.ndarray, scatter: np.ndarray, freedom: int) -> np.ndarray | None:
    """Laws (N, V) of the same span whose weights are whole; None if the data deny it."""
    from scipy.linalg import qr

    count, variables = weights.shape
    sizes = np.sqrt(np.diagonal(scatter))
    _, _, order = qr(weights * sizes, mode="economic", pivoting=True)
    solved, rest = order[:count], order[count:]
    exact = np.linalg.solve(weights[:, solved], weights)
    unsure = np.diagonal(np.linalg.inv(scatter[np.ix_(rest, rest)])) / freedom
    laws = np.zeros((count, variables))
    for n, (law, size) in enumerate(zip(exact, sizes[solved], strict=True)):
        least = law @ scatter @ law
        if (least * unsure > SHARP**2).any():
            return None
        allowed = least * (1 + DOUBT * np.sqrt(2 / freedom)) + np.square(SMALL * size)
        for whole in DENOMINATORS:
            near = np.round(law * whole) / whole
            scattered = near @ scatter @ near
            if (np.abs(near - law) < NEAR).all() and scattered < allowed:
                laws[n] = near * whole
                break
        else:
            return None
    return laws
