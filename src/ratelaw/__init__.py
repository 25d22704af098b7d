"""ratelaw: chemical reaction networks across scales, from data."""

import difflib
import sys
from typing import TYPE_CHECKING, Never

from ratelaw import errors, formats, learn
from ratelaw.errors import (
    DataError,
    ModelError,
    RatelawError,
    SolverError,
    UnsupportedError,
)
from ratelaw.learn import (
    Experiments,
    Fit,
    HillLibrary,
    JointMoments,
    MassActionLibrary,
    MaximumLikelihood,
    ODENet,
    PolynomialLibrary,
    Rates,
    RationalLibrary,
    ReactionLibrary,
    Snapshots,
    TermLibrary,
    candidates,
    discover,
    fit_rates,
    identifiability,
    rank_designs,
)
from ratelaw.network import Network, Reaction, all_reactions, conservation_laws, zoo
from ratelaw.reduce import (
    LearnedRational,
    PartialEquilibrium,
    QuasiSteadyState,
    ReducedNetwork,
    TotalQuasiSteadyState,
    certify,
    reduce,
    timescales,
)
from ratelaw.simulate import (
    Automatic,
    CompositionRejection,
    Direct,
    FirstReaction,
    Langevin,
    MassAction,
    MasterEquation,
    Moments,
    NextReaction,
    RecordEvents,
    RecordFirstPassage,
    RecordHistogram,
    RecordMoments,
    RecordPaths,
    RecordReactionCounts,
    TauLeaping,
    load,
    marginal,
    save,
    simulate,
    total_variation,
)

__all__ = [
    "Automatic",
    "CompositionRejection",
    "DataError",
    "Direct",
    "Experiments",
    "FirstReaction",
    "Fit",
    "HillLibrary",
    "JointMoments",
    "Langevin",
    "LearnedRational",
    "MassAction",
    "MassActionLibrary",
    "MasterEquation",
    "MaximumLikelihood",
    "ModelError",
    "Moments",
    "Network",
    "NextReaction",
    "ODENet",
    "PartialEquilibrium",
    "PolynomialLibrary",
    "QuasiSteadyState",
    "RatelawError",
    "Rates",
    "RationalLibrary",
    "Reaction",
    "ReactionLibrary",
    "RecordEvents",
    "RecordFirstPassage",
    "RecordHistogram",
    "RecordMoments",
    "RecordPaths",
    "RecordReactionCounts",
    "ReducedNetwork",
    "Snapshots",
    "SolverError",
    "TauLeaping",
    "TermLibrary",
    "TotalQuasiSteadyState",
    "UnsupportedError",
    "all_reactions",
    "candidates",
    "certify",
    "conservation_laws",
    "discover",
    "errors",
    "fit_rates",
    "identifiability",
    "learn",
    "load",
    "marginal",
    "rank_designs",
    "reduce",
    "save",
    "simulate",
    "timescales",
    "total_variation",
    "zoo",
]

if not TYPE_CHECKING:
    _OTHER_NAMES = {
        "Gillespie": "Direct",
        "SSA": "Direct",
        "CME": "MasterEquation",
        "FSP": "MasterEquation",
        "CLE": "Langevin",
        "ODE": "MassAction",
    }

    def __getattr__(name: str) -> Never:
        """Say where a name is that is not here."""
        verbs = [sys.modules[f"ratelaw.{verb}"] for verb in ("simulate", "reduce")]
        for module in (learn, *verbs, errors, formats):
            if hasattr(module, name):
                place = module.__name__
                raise AttributeError(f"there is no ratelaw.{name}: from {place} import {name}")
        near = difflib.get_close_matches(_OTHER_NAMES.get(name, name), __all__, n=1)
        hint = f": did you mean ratelaw.{near[0]}?" if near else ""
        raise AttributeError(f"there is no ratelaw.{name}{hint}")
