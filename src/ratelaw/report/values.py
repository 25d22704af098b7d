"""What was learned as plain values, ready for JSON."""

from typing import Any

import numpy as np

from ratelaw.learn import Fit, Rates


def fit_values(fit: Fit) -> dict[str, Any]:
    """The surviving coefficients of a fit with their errors, and how well it fits."""
    return {
        "coefficients": {
            f"d{fit.species[e]}/dt: {fit.terms[t]}": {
                "value": fit.coefficients[e, t],
                "standard_error": fit.standard_errors[e, t],
            }
            for e, t in np.argwhere(fit.active)
        },
        "chi_square": fit.chi_square,
        "degrees_of_freedom": fit.degrees_of_freedom,
        "p_value": fit.p_value,
        "bic": fit.bic,
    }


def rate_values(rates: Rates) -> dict[str, Any]:
    """The constants by reaction with their errors, all free and after the removal of the absent."""
    free = rates.all_free
    return {
        "reactions": {
            str(reaction): {
                "constant": rates.constants[j],
                "standard_error": rates.standard_errors[j],
                "present": bool(rates.present[j]),
                "constant_all_free": free.constants[j],
                "standard_error_all_free": free.standard_errors[j],
            }
            for j, reaction in enumerate(rates.candidates.reactions)
        },
        "chi_square": rates.chi_square,
        "degrees_of_freedom": rates.degrees_of_freedom,
        "rank": rates.rank,
    }
