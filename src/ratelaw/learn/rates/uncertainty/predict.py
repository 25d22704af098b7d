"""What uncertain rates predict: results for many draws of them, and bands."""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike

from ratelaw.errors import DataError
from ratelaw.network import Network
from ratelaw.simulate import marginal, simulate
from ratelaw.simulate.method import Solver

if TYPE_CHECKING:
    import xarray as xr


class Uncertain(Protocol):
    """`Rates`, `Bootstrap` or `Posterior`."""

    @property
    def candidates(self) -> Network:
        """With constants k1, k2, ...."""

    def draws(self, count: int, seed: int) -> np.ndarray:
        """Of all constants, shape (count, M)."""


def predict(
    rates: Uncertain, method: Solver, times: ArrayLike, *, draws: int = 100, seed: int = 0
) -> "xr.Dataset":
    r"""Simulate networks with constants drawn as uncertain as they are.

    .. math:: k^{(i)} \sim p(k), \qquad \text{result}_i = simulate(k^{(i)})

    Parameters
    ----------
    rates
        `Rates`, drawn from a normal distribution with their covariance, none below 0; or a
        `Bootstrap` or `Posterior`, whose own draws are taken.
    method
        `MasterEquation()` for distributions, `Moments()` for averages and covariances,
        `MassAction()`.
    times
        As for `simulate`.
    draws, seed
        How many, and of which seed.

    Returns
    -------
    As of `simulate`, with a leading dimension `parameter_set`, for `band`.

    Raises
    ------
    DataError
        If the method is not a solver: its own noise would add to that of the rates.

    Examples
    --------
    >>> from ratelaw import Direct, Moments, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> results = predict(fit_rates(zoo.birth_death(), cells), Moments(), [0, 20])
    >>> band(results["average"]).sel(time=20, species="A").to_array().values.round(1)
    array([19.8, 20. , 20.2])
    """
    if not isinstance(method, Solver):
        raise DataError(f"{method!r} draws trajectories: use MasterEquation(), Moments() or so")
    constants = rates.draws(draws, seed)
    names = list(rates.candidates.parameters)
    sweep = dict(zip(names, constants.T, strict=True))
    return simulate(rates.candidates, method, times, sweep=sweep)


def marginals(results: "xr.Dataset", *species: str) -> "xr.DataArray":
    """`marginal` of every draw, with the leading dimension `parameter_set`.

    Parameters
    ----------
    results
        Of `predict` with `MasterEquation()`.
    species
        Names, at least one.

    Examples
    --------
    >>> from ratelaw import Direct, MasterEquation, fit_rates, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> rates = fit_rates(zoo.birth_death(), cells)
    >>> marginals(predict(rates, MasterEquation(), [0, 5], draws=3), "A").dims
    ('parameter_set', 'snapshot', 'n_A')
    """
    import xarray as xr

    sets = range(results.sizes["parameter_set"])
    tables = [marginal(results.isel(parameter_set=i), *species) for i in sets]
    return xr.concat(tables, dim="parameter_set", coords="minimal", compat="override")


def band(results: "xr.DataArray", level: float = 0.95) -> "xr.Dataset":
    """What lies between percentiles over the draws: `lower`, `middle` and `upper`.

    Parameters
    ----------
    results
        A variable of `predict`, or what was computed from it, with `parameter_set`.
    level
        Between 0 and 1: the share of draws in the band, at each point by itself.

    Examples
    --------
    >>> import xarray as xr
    >>> band(xr.DataArray([1.0, 2.0, 3.0], dims="parameter_set"), 0.5)["middle"].item()
    2.0
    """
    tail = (1 - level) / 2
    ends = results.quantile([tail, 0.5, 1 - tail], dim="parameter_set").drop_vars("quantile")
    lower, middle, upper = (ends.isel(quantile=i) for i in range(3))
    return lower.to_dataset(name="lower").assign(middle=middle, upper=upper)
