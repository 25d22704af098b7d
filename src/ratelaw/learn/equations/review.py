"""What a search returns, looked at once more: held-back data, ranking, what must be said."""

from dataclasses import replace

import numpy as np

from ratelaw.errors import RatelawError
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.equations.criteria import ModelCriterion
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.held_back import accepts

IMPROBABLE = 1e-4
"""A p-value below which a model does not explain the data."""


def reviewed(found: Fit, data: Experiments, criterion: ModelCriterion) -> Fit:
    """The best accepted model by a criterion, with the others and with remarks.

    Where no model is accepted the best one is returned, and a remark says what is wrong with it.
    """
    reasons = {id(model): _reason(model, data) for model in found.alternatives}
    kept = [model for model in found.alternatives if reasons[id(model)] is None]
    said = list(data.remarks)
    if len(kept) < len(found.alternatives):
        refused = [(m, r) for m in found.alternatives if (r := reasons[id(m)])]
        said += [f"left out: {_shown(model)}, since {reason}" for model, reason in refused[:3]]
    if not kept:
        kept = [found]
        said.append("no model stood the test on held-back experiments: take none for true")
    kept = sorted(kept, key=lambda model: criterion.score(model, data))
    models = tuple(replace(model, remarks=(*said, *doubts(model))) for model in kept)
    return replace(models[0], alternatives=models)


def _reason(model: Fit, data: Experiments) -> str | None:
    try:
        return accepts(model, data)
    except (RatelawError, np.linalg.LinAlgError) as error:
        return str(error)


def _shown(model: Fit) -> str:
    return ", ".join(model.found) or "no terms"


def doubts(model: Fit) -> list[str]:
    """What makes the numbers of a model less than sure."""
    said = []
    if model.p_value < IMPROBABLE:
        said.append(
            f"chi-square is {model.chi_square:.4g} for {model.degrees_of_freedom} degrees of "
            f"freedom: the errors of the data do not explain what is missed; a term may be lacking "
            f"in the library, such as the constant 1 or a higher degree"
        )
    elif not model.selected.any():
        said.append("no term is better than none: the noise is larger than what changes")
    loose = [name for name, (value, error) in model.found.items() if not error < abs(value)]
    if loose:
        said.append(f"no more certain than their size: {', '.join(loose)}")
    return said
