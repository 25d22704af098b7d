"""How swiftly each species moves, asked of data alone."""

import numpy as np

SURE = 5.0
"""Changes that are not this many standard deviations of the noise are not seen."""


def swiftness(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    r"""The largest relative rate of change of each species that cannot be noise.

    .. math:: s_i = \max_{t < t'} \frac{|x_i(t') - x_i(t)| - 5 \sqrt 2 \sigma_i}
        {(t' - t)\,(\max_t x_i - \min_t x_i)}

    Parameters
    ----------
    times, values
        Shapes (T,) and (T, N).

    Returns
    -------
    Shape (N,), 1/time; 0 for a species that does not move. It is a lower bound: an initial layer
    that lies between two points, or before the first, is not seen.

    Examples
    --------
    >>> t = np.linspace(0, 5, 500)
    >>> swiftness(t, np.exp(-t)[:, None]).round(1)
    array([1.])
    """
    spans = np.ptp(values, axis=0)
    blur = SURE * np.sqrt(2) * noise(times, values)
    waits = times[None, :] - times[:, None]
    later = waits > 0
    found = [
        ((np.abs(x[None, :] - x[:, None])[later] - b) / waits[later]).max() / span if span else 0.0
        for x, b, span in zip(values.T, blur, spans, strict=True)
    ]
    return np.maximum(found, 0.0)


def noise(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Standard deviation of independent errors, shape (N,): of points about their neighbours' line.

    The median makes it blind to a few points where the course itself bends.

    Notes
    -----
    Gasser, Sroka and Jennen-Steinmetz 1986.
    """
    before, at, after = times[:-2], times[1:-1], times[2:]
    weight = ((after - at) / (after - before))[:, None]
    deviations = weight * values[:-2] + (1 - weight) * values[2:] - values[1:-1]
    variance = weight**2 + (1 - weight) ** 2 + 1
    return np.median(np.abs(deviations) / np.sqrt(variance), axis=0) / 0.6745
