"""ODENet as scikit-learn calls its estimators: for GridSearchCV, cross_val_score and their kin."""

from collections.abc import Mapping, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from ratelaw.errors import DataError
from ratelaw.extras import require
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.data.noise import NoiseModel
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.held_back import predicted_by
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.odenet import ODENet
from ratelaw.learn.equations.selection import Selection

if TYPE_CHECKING:
    import xarray as xr


class ODENetRegressor:
    """An estimator whose samples are experiments: what is split and held back is a whole series.

    Parameters
    ----------
    library, selection
        As those of `ODENet`; the selection is its own unless given.
    noise, exact_start, initial
        As those of `Experiments.of`.

    Attributes
    ----------
    fit_
        The frozen `Fit`, after `fit`.

    Notes
    -----
    scikit-learn is not needed to use it, and is imported only where scikit-learn itself asks.

    Examples
    --------
    >>> import xarray as xr
    >>> from ratelaw import MassActionLibrary
    >>> tables = [
    ...     xr.Dataset(
    ...         {"average": (["time", "species"], [[a], [a / 2], [a / 4.1]])},
    ...         coords={"time": [0.0, 1.0, 2.0], "species": ["A"]},
    ...     )
    ...     for a in (4.0, 8.0)
    ... ]
    >>> model = ODENetRegressor(MassActionLibrary(1, 1)).fit(tables)
    >>> list(model.fit_.found), bool(model.score(tables) > 0.99)
    (['A --> 0'], True)
    """

    _estimator_type = "regressor"

    def __init__(
        self,
        library: Library,
        *,
        selection: Selection | None = None,
        noise: NoiseModel | None = None,
        exact_start: bool = False,
        initial: Mapping[str, float] | None = None,
    ) -> None:
        self.library = library
        self.selection = selection
        self.noise = noise
        self.exact_start = exact_start
        self.initial = initial

    def fit(self, X: "Sequence[xr.Dataset]", y: object = None) -> "ODENetRegressor":  # noqa: ARG002
        """Learn from tables, one an experiment; y is not used."""
        method = ODENet(self.library, selection=self.selection or Selection())
        self.fit_: Fit = method.fit(self._experiments(X))
        return self

    def predict(self, X: "Sequence[xr.Dataset]") -> list[np.ndarray]:
        """What is measured in each experiment, (T, K), from its start alone."""
        return list(predicted_by(self._learned(), self._experiments(X)))

    def score(self, X: "Sequence[xr.Dataset]", y: object = None) -> float:  # noqa: ARG002
        """The mean over observables of R^2, on experiments of which only the starts are fitted.

        A course that cannot be solved scores minus infinity.
        """
        data = self._experiments(X)
        courses = predicted_by(self._learned(), data)
        values = np.concatenate([part.values for part in data.experiments])
        missed = np.square(np.concatenate(courses) - values)
        if (np.isnan(missed) & np.isfinite(values)).any():
            return -np.inf
        spread = np.square(values - np.nanmean(values, axis=0))
        return float(np.mean(1 - np.nansum(missed, axis=0) / np.nansum(spread, axis=0)))

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002
        """The parameters by name."""
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def set_params(self, **parameters: Any) -> "ODENetRegressor":  # noqa: ANN401
        """Change parameters.

        Raises
        ------
        DataError
            If there is none of this name.
        """
        known = self.get_params()
        for name, value in parameters.items():
            if name not in known:
                raise DataError(f"no parameter {name!r}: there are {', '.join(known)}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401
        require("sklearn", "to tell scikit-learn what this is", extra="sklearn")
        from sklearn.utils import RegressorTags, Tags, TargetTags

        target = TargetTags(required=False)
        return Tags("regressor", target, regressor_tags=RegressorTags())

    def _learned(self) -> Fit:
        if not hasattr(self, "fit_"):
            raise DataError("nothing was learned yet: call fit first")
        return self.fit_

    def _experiments(self, tables: "Sequence[xr.Dataset]") -> Experiments:
        return Experiments.of(
            *tables, noise=self.noise, exact_start=self.exact_start, initial=self.initial
        )
