"""Coefficients of shared-denominator ratios from values: linear least squares, repeated."""

from dataclasses import dataclass, replace

import numpy as np

from ratelaw.reduce.rational_form import RationalForm

ROUNDS = 50
SMALLEST = 1e-9
"""Of the denominator, whose mean is 1: where it vanishes the ratios cannot fit."""
NORMAL = 1e3
"""Weight of the equation that fixes the denominator's size, relative to all others."""


@dataclass(frozen=True)
class Ratios:
    """A form with its coefficients, and how it misses the values.

    Attributes
    ----------
    residuals
        Shape (T, F), in units of the errors.
    denominator
        At the data, shape (T,), its mean about 1.
    shares
        Of each active term in its polynomial, the mean over the data; in the order of the form's
        active terms.
    """

    form: RationalForm
    coefficients: np.ndarray
    residuals: np.ndarray
    denominator: np.ndarray
    shares: np.ndarray

    @property
    def chi_square(self) -> float:
        """Sum of squared residuals, each in units of its error."""
        return float(np.square(self.residuals).sum())


def fit_ratios(
    form: RationalForm,
    slow: np.ndarray,
    fast: np.ndarray,
    errors: np.ndarray,
    denominator: np.ndarray | None = None,
) -> Ratios:
    r"""Non-negative coefficients of the ratios, by repeated non-negative least squares.

    .. math:: \min_{\alpha, \beta \ge 0} \sum_{tf}
        \left(\frac{x_{tf} \Omega(z_t) - \Omega_f(z_t)}{e_f\, \Omega^{old}(z_t)}\right)^2

    Steady states of linear fast reactions are ratios of polynomials with non-negative coefficients
    (the matrix-tree theorem), so that the denominator has no positive zero; the bound also puts
    most redundant terms to exactly 0.

    Parameters
    ----------
    form
        Which coefficients are free.
    slow, fast
        Shapes (T, slow) and (T, F).
    errors
        Of each fast species, shape (F,).
    denominator
        Where to start, shape (T,); 1 unless given.

    Returns
    -------
    The ratios, in a form that has lost the terms that came out as 0.

    Notes
    -----
    Sanathanan and Koerner 1963; King and Altman 1956; Lawson and Hanson 1974.
    """
    from scipy.optimize import nnls

    basis = form.basis(slow)
    places = np.argwhere(form.active)
    design = _design(basis, fast, places)
    denominator = np.ones(len(fast)) if denominator is None else denominator
    table = np.zeros(form.active.shape)
    for _ in range(ROUNDS):
        weighted = design / (denominator[:, None] * errors).T.reshape(-1, 1)
        size = np.linalg.norm(weighted, axis=0)
        size[size == 0] = 1.0
        means = (basis / denominator[:, None]).mean(axis=0)
        average = np.where(places[:, 0] == len(form.fast), means[places[:, 1]], 0.0)
        heavy = NORMAL * np.linalg.norm(weighted / size)
        rows = np.vstack([weighted / size, heavy * average / size])
        found, _ = nnls(rows, np.append(np.zeros(len(weighted)), heavy), maxiter=100 * len(places))
        before, table = table, np.zeros(form.active.shape)
        table[tuple(places.T)] = found / size
        table /= (basis @ table[-1]).mean()
        denominator = np.maximum(basis @ table[-1], SMALLEST)
        if np.allclose(table, before, rtol=1e-9, atol=1e-14):
            break
    smaller = replace(form, active=table > 1e-9 * table.max(axis=1, keepdims=True))
    scaled = table / table[-1, smaller.unit]
    coefficients = scaled[tuple(np.array(smaller.free, dtype=int).reshape(-1, 2).T)]
    predicted = basis @ table[:-1].T / denominator[:, None]
    rows, monomials = np.argwhere(smaller.active).T
    parts = (table[rows, monomials] * basis[:, monomials] / denominator[:, None]).mean(axis=0)
    sizes = np.append(np.abs(fast).mean(axis=0), 1.0)
    return Ratios(
        smaller, coefficients, (predicted - fast) / errors, denominator, parts / sizes[rows]
    )


def _design(basis: np.ndarray, fast: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Columns of x Omega - Omega_f for each coefficient, rows species by species."""
    species = fast.shape[1]
    blocks = np.zeros((species, len(basis), len(places)))
    for c, (row, monomial) in enumerate(places):
        if row < species:
            blocks[row, :, c] = -basis[:, monomial]
        else:
            blocks[:, :, c] = fast.T * basis[:, monomial]
    return blocks.reshape(-1, len(places))
