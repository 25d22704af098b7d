"""ODENet: learn ordinary differential equations with their solver in the loop."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import TYPE_CHECKING, cast

import numpy as np
import sympy as sp

from ratelaw.arguments import expect
from ratelaw.errors import DataError, UnsupportedError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.data.observations import observe_averages, require, require_series
from ratelaw.learn.equations.averages.flow import VectorField
from ratelaw.learn.equations.averages.regression import Regression
from ratelaw.learn.equations.criteria import ExtendedBIC, ModelCriterion
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.names import require_known
from ratelaw.learn.equations.libraries.term import Term
from ratelaw.learn.equations.losses import Loss, SquaredLoss
from ratelaw.learn.equations.review import doubts, reviewed
from ratelaw.learn.equations.search.learn_structure import learn_structure
from ratelaw.learn.equations.search.structure import Watch
from ratelaw.learn.equations.selection import Scored, Selection
from ratelaw.network.expression import exact_number, symbol

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class ODENet:
    r"""Learn dy/dt = theta . Gamma(y) from time series, and which terms it needs.

    .. math:: \min_\theta L(y, \hat y(\theta)), \qquad
        \hat y(t) = y(0) + \int_0^t \theta\, \Gamma(\hat y)\, ds

    The solver is in the loop and its sensitivities are exact: time steps may be unequal, several
    data sets are fitted at once, and nothing is differentiated numerically.

    Parameters
    ----------
    library
        The basis functions Gamma.
    loss
        `SquaredLoss` weighs by the full covariance of the errors; `AbsoluteLoss`, the paper's, is
        for tables with outliers.
    selection
        How subsets of terms are searched and judged.
    criterion
        By what the models that a search among `Experiments` returns are ranked.

    Notes
    -----
    Yang 2020, Eqs. (1)-(2) and (11).

    Examples
    --------
    >>> from ratelaw import Direct, PolynomialLibrary, simulate, zoo
    >>> cells = simulate(zoo.birth_death(), Direct(), range(9), trajectories=2000, seed=1)
    >>> fit = ODENet(PolynomialLibrary(degree=2, constant=True)).fit(cells)
    >>> fit.active
    array([[ True,  True, False]])
    """

    library: Library
    _: KW_ONLY
    loss: Loss = field(default_factory=SquaredLoss)
    selection: Selection = field(default_factory=Selection)
    criterion: ModelCriterion = field(default_factory=ExtendedBIC)

    def __post_init__(self) -> None:
        expect("library", self.library, Library, "an object such as PolynomialLibrary(2)")
        expect("loss", self.loss, Loss, "an object such as SquaredLoss()")
        expect("selection", self.selection, Selection, "an object such as Selection()")
        expect("criterion", self.criterion, ModelCriterion, "an object such as ExtendedBIC()")

    def fit(self, *data: "xr.Dataset | Experiments", watch: Watch | None = None) -> Fit:
        """Learn from one or several data sets of the same species.

        Parameters
        ----------
        data
            One `Experiments`, or results of `simulate` or tables, with `average` (time, species)
            and, where known, `moment_covariance` or `standard_error`. Without either, the noise is
            estimated from the residuals of the whole library.
        watch
            Told of every model that is fitted to `Experiments`: how many were, the number of its
            terms, its score.

        Returns
        -------
        The best model by the criterion, refitted; `alternatives` holds all that the data cannot
        tell from it.
        Where there are several experiments, each model was simulated forward on experiments that it
        had not been fitted to; those that explode are left out, and `remarks` says so.

        Raises
        ------
        DataError
            For data without times to learn from, with NaN, with other species in each, or with
            fewer values than terms.
        UnsupportedError
            For an option that is not for such data.
        """
        if not data:
            raise DataError("no data: give at least one result of simulate() or one table")
        if isinstance(data[0], Experiments):
            if len(data) > 1:
                raise DataError("several data sets: join their tables in one Experiments")
            self._require_for_tables(data[0])
            found = learn_structure(self.library, data[0], self.loss, self.selection, watch)
            return reviewed(found, data[0], self.criterion)
        return self._from_moments(cast("tuple[xr.Dataset, ...]", data))

    def _require_for_tables(self, data: Experiments) -> None:
        """Refuse a loss that the data do not allow, and data by which no model can be judged."""
        if len(data.relations) and self.loss != SquaredLoss():
            raise UnsupportedError(
                f"{self.loss} takes all errors for independent, and {len(data.relations)} linear "
                f"relations of {', '.join(map(str, data.observables))} hold as printed: "
                f"leave out the columns that follow from others, or take SquaredLoss()"
            )
        self.criterion.require(data)

    def _from_moments(self, data: "tuple[xr.Dataset, ...]") -> Fit:
        """Learn from averages whose errors are correlated over times."""
        if self.criterion != ExtendedBIC():
            raise UnsupportedError(f"{self.criterion} ranks models of Experiments, not of moments")
        for part in data:
            require_series(part)
            require(part, "species")
        names = [tuple(map(str, part["species"].values)) for part in data]
        for other in names[1:]:
            if other != names[0]:
                raise DataError(f"data sets of different species: {names[0]} and {other}")
        variables = tuple(map(symbol, names[0]))
        columns = self.library.columns(names[0])
        require_known(columns, names[0], ())
        observations = tuple(map(observe_averages, data))
        regression = Regression(_vector_field(variables, columns), observations)
        regression = regression.with_noise_estimated()

        def as_fit(model: Scored) -> Fit:
            theta, covariance = self.loss.refine(regression, model.estimate)
            found = Fit(
                variables=variables,
                columns=columns,
                values=theta,
                selected=model.estimate.active,
                covariance=covariance,
                chi_square=model.estimate.chi_square,
                degrees_of_freedom=regression.degrees_of_freedom - int(np.count_nonzero(theta)),
                bic=model.bic,
                initial=observations[0].values[0],
                loss=self.loss,
            )
            return replace(found, remarks=tuple(doubts(found)))

        models = tuple(as_fit(model) for model in self.selection.search(regression, self.loss))
        return replace(models[0], alternatives=models)


def _vector_field(variables: tuple[sp.Symbol, ...], columns: Sequence[Term]) -> VectorField:
    """The terms as columns that are linear in their coefficients."""
    for term in columns:
        if term.positive or term.shapes:
            raise UnsupportedError(
                f"the term {term} is bounded or has parameters of its own: give the data as "
                f"Experiments"
            )
    return VectorField(
        variables,
        tuple(
            tuple(exact_number(term.changes.get(v.name, 0)) * term.rate for v in variables)
            for term in columns
        ),
    )
