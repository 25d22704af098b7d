"""Laws of conservation that measured courses keep, and the reactions that obey them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.field import Field

DOUBT = 5.0
"""Standard errors by which a variance may exceed what it should be."""
STILL = 5.0
"""The most scatter of what is conserved: smooth courses follow some of the noise."""
DENOMINATORS = (1, 2, 3)
"""Weights of a law are multiples of one over one of these."""
NEAR = 0.2
"""By what share of the step between such multiples a weight may be off before it is rounded."""
SHARP = 0.05
"""The largest standard error of a weight that is known, as a share of the same step."""
SMALL = 1e-6
"""Of the size of species: a scatter that no law is asked to stay below."""
EXACT = 1e-3
"""Of the variance that errors explain: sums that scatter less do not by chance."""
MOST_NOISE = 0.8
"""Of the scatter of a species: errors that were estimated may be too large."""
ROUNDS, SETTLED = 20, 1e-4
"""Of weights, whose errors depend on them."""
IDLE = 0.1
"""Of the scatter of a law: a species that scatters less says nothing of its own weight."""


def conservation_laws(values: Sequence[np.ndarray], deviations: Sequence[np.ndarray]) -> np.ndarray:
    r"""Rational weights of species whose weighted sums stay constant in each experiment.

    .. math:: \sum_v w_{nv}\, y_v(t) = \text{constant}

    Directions in which the values scatter no more than their errors, row by row,

    .. math:: \min_w \sum_i \frac{(w^T (y_i - \bar y))^2}{\sum_v w_v^2 \sigma_{iv}^2};

    those only that are known sharply and whose weights, one species solved for in each, are
    multiples of one over 1, 2 or 3. By chance few are, and molecules are made of whole parts. A
    species of which so little is there that its weight cannot be seen has the weight of that
    species; one that never changes is a law by itself.

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
    1973; all values have errors (Fuller 1987), whose rows are weighed again until weights stay.

    Examples
    --------
    >>> x = np.exp(-np.arange(20.0) / 5)
    >>> y = np.column_stack([x, 2 * (1 - x), np.sin(x)])
    >>> conservation_laws([y], [np.full(y.shape, 1e-4)])
    array([[2., 1., 0.]])
    """
    from scipy.linalg import eigh

    rows = _Rows.of(values, deviations)
    variables = values[0].shape[1]
    if not variables or rows.freedom <= variables:
        return np.empty((0, variables))
    moving = rows.moving
    if not moving.all():
        of_moving = ([part[:, moving] for part in each] for each in (values, deviations))
        return np.concatenate(
            [conservation_laws(*of_moving) @ np.eye(variables)[moving], np.eye(variables)[~moving]]
        )
    scatter, noise = rows.moments()
    noise = np.sqrt(np.minimum(noise, np.diagonal(scatter)))
    variances, directions = eigh(scatter / np.outer(noise, noise))
    still = int((variances < STILL).sum())
    for count in range(min(still, variables - 1), 0, -1):
        laws = _rational(directions[:, :count].T / noise, rows)
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


@dataclass(frozen=True)
class _Rows:
    """Complete rows of values (R, V), their errors, and where each experiment begins."""

    values: np.ndarray
    errors: np.ndarray
    first: np.ndarray

    @classmethod
    def of(cls, values: Sequence[np.ndarray], deviations: Sequence[np.ndarray]) -> "_Rows":
        complete = [np.isfinite(part).all(axis=1) for part in values]
        used = [n for n, rows in enumerate(complete) if rows.sum() > 1]
        parts = [values[n][complete[n]] for n in used] or [np.empty((0, values[0].shape[1]))]
        errors = [deviations[n][complete[n]] for n in used] or parts
        first = np.cumsum([0, *map(len, parts)])[:-1]
        joined = np.concatenate(parts)
        least = SMALL * np.ptp(joined, axis=0) if len(joined) else 0.0
        return cls(joined, np.hypot(np.concatenate(errors), least), first)

    @property
    def moving(self) -> np.ndarray:
        """Which species change in some experiment, shape (V,)."""
        top = np.maximum.reduceat(self.values, self.first)
        lowest = np.minimum.reduceat(self.values, self.first)
        return np.asarray((top > lowest).any(axis=0))

    @property
    def freedom(self) -> int:
        return len(self.values) - len(self.first)

    def moments(self, law: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Of values about means (V, V), and of errors (V,); rows by the errors of these sums."""
        squares = np.square(self.errors)
        weights = np.ones(len(squares)) if law is None else 1 / (squares @ np.square(law))
        lengths = np.diff([*self.first, len(weights)])
        sums = np.add.reduceat(weights[:, np.newaxis] * self.values, self.first)
        means = sums / np.add.reduceat(weights, self.first)[:, np.newaxis]
        centred = self.values - np.repeat(means, lengths, axis=0)
        scatter = (weights[:, np.newaxis] * centred).T @ centred
        return scatter / self.freedom, weights @ squares / self.freedom

    def refined(self, law: np.ndarray, used: np.ndarray) -> np.ndarray:
        """The weights, of some species, with which the sums scatter least for their errors."""
        from scipy.linalg import eigh

        for _ in range(ROUNDS):
            scatter, noise = self.moments(law)
            scale = np.sqrt(noise[used])
            _, vectors = eigh(scatter[np.ix_(used, used)] / np.outer(scale, scale))
            if vectors[0, 0] == 0:
                break
            before, law = law, np.zeros(len(law))
            law[used] = vectors[:, 0] / scale
            law /= law[used[0]]
            if np.allclose(law, before, rtol=0, atol=SETTLED):
                break
        return law


def _rational(weights: np.ndarray, rows: _Rows) -> np.ndarray | None:
    """Laws (N, V) of about the same span whose weights are whole; None if the data deny it."""
    from scipy.linalg import qr

    count = len(weights)
    sizes = np.sqrt(np.diagonal(rows.moments()[0]))
    _, _, order = qr(weights * sizes, mode="economic", pivoting=True)
    solved, rest = order[:count], order[count:]
    exact = np.linalg.solve(weights[:, solved], weights)
    laws = [_whole(one, rest, law, rows) for one, law in zip(solved, exact, strict=True)]
    return None if any(law is None for law in laws) else np.array(laws)


def _whole(one: int, rest: np.ndarray, law: np.ndarray, rows: _Rows) -> np.ndarray | None:
    """The whole weights that a law means, solved for one species; None if they are not known."""
    scatter, _ = rows.moments(law)
    idle = np.diagonal(scatter) < IDLE**2 * (law @ scatter @ law)
    asked = rest[~idle[rest]]
    law = rows.refined(law, np.array([one, *asked]))
    scatter, noise = rows.moments(law)
    least = max(law @ scatter @ law, EXACT)
    noise = np.minimum(least * noise, MOST_NOISE * np.diagonal(scatter))
    values, vectors = np.linalg.eigh((scatter - np.diag(noise))[np.ix_(asked, asked)])
    if not (values > 0).all():
        return None
    unsure = np.sqrt(np.square(vectors) @ (least / values) / rows.freedom)
    allowed = least * (1 + DOUBT * np.sqrt(2 / rows.freedom))
    for whole in DENOMINATORS:
        near = np.where(idle, 1.0, np.round(law * whole) / whole)
        off = np.abs(near - law)[~idle] * whole
        scattered = near @ rows.moments(near)[0] @ near
        if (unsure * whole < SHARP).all() and (off < NEAR).all() and scattered < allowed:
            return near * whole + 0.0  # no -0
    return None
