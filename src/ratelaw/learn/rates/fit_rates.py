"""The verb: candidate reactions, data, a method."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ratelaw.arguments import expect
from ratelaw.errors import DataError
from ratelaw.learn.data.observed_paths import ObservedPaths
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.learn.rates.criterion_method import CriterionMethod
from ratelaw.learn.rates.likelihood.maximum_likelihood import MaximumLikelihood
from ratelaw.learn.rates.likelihood.path_likelihood import PathLikelihood
from ratelaw.learn.rates.moments.joint_moments import JointMoments
from ratelaw.learn.rates.rate_problem import RateMethod
from ratelaw.learn.rates.rates import Rates
from ratelaw.network import Network
from ratelaw.simulate.results import require_one_set

if TYPE_CHECKING:
    import xarray as xr

    Data = xr.Dataset | Snapshots | ObservedPaths


def fit_rates(
    candidates: Network,
    data: "Data | Sequence[Data]",
    method: RateMethod | None = None,
) -> Rates:
    """Estimate every rate constant of candidate reactions from moments, single cells or paths.

    Parameters
    ----------
    candidates
        A network of mass-action reactions; their constants are what is estimated, whatever their
        present values.
    data
        One or several results with `average`, `covariance` and `moment_covariance`; or `Snapshots`,
        for paths seen at times those of `transitions`; or `ObservedPaths`.
    method
        For moments `JointMoments()` (the default: efficient, finds absent reactions) or
        `MomentCoefficients()` (the paper's way); for snapshots `MaximumLikelihood()`; for paths
        `PathLikelihood()`.

    Returns
    -------
    The rates; nothing given is changed.

    Raises
    ------
    DataError
        If the data are not of the type that the method takes, not all of one, or a sweep; if their
        species and those of the candidates differ, a reaction is there twice, or the data cannot
        tell the candidates apart: the undetermined combinations are named.
    UnsupportedError
        If a candidate is not mass action.
    SolverError
        If the search does not end.

    Notes
    -----
    Yang 2020, Eqs. (13)-(14); joint estimation is the generalised method of moments (Hansen 1982).

    Examples
    --------
    >>> from ratelaw import Direct, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit_rates(zoo.birth_death(), cells).present
    array([ True,  True])
    """
    chosen = method or usual_method(data)
    sets = as_list(data, chosen)
    return chosen.estimate(candidates, sets)


def usual_method(data: "Data | Sequence[Data]") -> CriterionMethod:
    """What suits the data where no method is named."""
    first = data[0] if isinstance(data, Sequence) and data else data
    usual = (MaximumLikelihood(), PathLikelihood(), JointMoments())
    return next((m for m in usual if isinstance(first, m.takes)), usual[-1])


def as_list(data: "Data | Sequence[Data]", chosen: RateMethod) -> "list[Data]":
    """The data as a list; refuses what the method does not take, and sweeps."""
    import xarray as xr

    expect("method", chosen, RateMethod, "an object such as JointMoments()")
    sets = list(data) if isinstance(data, Sequence) else [data]
    if not sets:
        raise DataError("no data: give at least one result of simulate()")
    for number, found in enumerate(sets, start=1):
        if not isinstance(found, chosen.takes):
            raise DataError(
                f"{type(chosen).__name__} takes {' or '.join(t.__name__ for t in chosen.takes)}; "
                f"data set {number} of {len(sets)} is {type(found).__name__}: a Dataset is what "
                f"simulate() or learn.read_moments(path) returns, Snapshots.read(path) reads counts"
            )
        if isinstance(found, xr.Dataset):
            require_one_set(found)
    return sets
