"""What was learned as plain values, ready for JSON."""

from typing import Any

import numpy as np

from ratelaw.learn import Discovery, Fit, PetabFit, Profiles, Rates
from ratelaw.network.expression import print_expression
from ratelaw.reduce import Certificate, ReducedNetwork


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
        "terms": {
            name: {"value": value, "standard_error": error}
            for name, (value, error) in fit.found.items()
        },
        "shape_parameters": {
            name: {"value": value, "standard_error": error}
            for name, (value, error) in fit.found_inside.items()
        },
        "chi_square": fit.chi_square,
        "degrees_of_freedom": fit.degrees_of_freedom,
        "p_value": None if fit.noise_is_estimated else fit.p_value,
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
        "log_likelihood": rates.log_likelihood,
        "fit_probability": rates.fit_probability,
        "rank": rates.rank,
    }


def profile_values(profiles: Profiles) -> dict[str, Any]:
    """The intervals of constants by reaction, and what they say."""
    return {
        profile.reaction: {
            "constant": profile.estimate,
            "lower": profile.lower,
            "upper": profile.upper if np.isfinite(profile.upper) else None,
            "level": profile.level,
            "verdict": profile.verdict,
        }
        for profile in profiles
    }


def petab_values(fit: PetabFit) -> dict[str, Any]:
    """The parameters of a PEtab problem by name, and where each start led."""
    return {
        "objective": fit.objective,
        "parameters": {
            p.name: {
                "value": p.value,
                "lower": p.interval[0],
                "upper": p.interval[1],
                "verdict": p.verdict,
            }
            for p in fit.parameters
        },
        "undetermined": fit.undetermined,
        "starts": [
            {"failure": start.failure}
            if start.failure
            else {"first": start.first, "objective": start.objective}
            for start in fit.starts
        ],
        "remarks": fit.remarks,
    }


def reduced_values(reduced: ReducedNetwork) -> dict[str, Any]:
    """A reduced network: its text, what replaces the other species, what its new names mean."""
    return {
        "network": str(reduced.network),
        "expressions": {
            name: print_expression(value) for name, value in reduced.expressions.items()
        },
        "fast": reduced.fast,
        "combinations": reduced.combinations,
        "parameters": reduced.network.parameters,
        "standard_errors": reduced.standard_errors,
        "latex": reduced.latex,
    }


def certificate_values(certificate: Certificate) -> dict[str, Any]:
    """The measured errors of a reduction, as fractions of each species' range."""
    species = certificate.species
    return {
        "holds": certificate.holds,
        "tolerance": certificate.tolerance,
        "from": certificate.layer,
        "to": certificate.end,
        "largest_error": certificate.largest,
        "rms_error": certificate.rms,
        "speedup_in_evaluations": certificate.speedup,
        "trials": [
            {
                "initial": trial.initial,
                "initial_layer": trial.layer,
                "largest_error": dict(zip(species, trial.largest, strict=True)),
                "rms_error": dict(zip(species, trial.rms, strict=True)),
                "largest_error_in_layer": dict(zip(species, trial.in_layer, strict=True)),
                "within_tolerance_from": trial.kept_from,
                "evaluations_full": trial.evaluations[0],
                "evaluations_reduced": trial.evaluations[1],
            }
            for trial in certificate.trials
        ],
    }


def discovery_values(found: Discovery) -> dict[str, Any]:
    """The networks that the data cannot tell apart, best first, and what supports each reaction."""
    return {
        "networks": [
            {"weight": weight, "bic": bic} | rate_values(rates)
            for weight, bic, rates in zip(found.weights, found.bic, found.networks, strict=True)
        ],
        "support": {
            str(reaction): support
            for reaction, support in zip(found.candidates.reactions, found.support, strict=True)
        },
        "complete": found.complete,
    }
