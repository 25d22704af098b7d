"""From data to equations, from equations to reactions, from moments to rates."""

from ratelaw.learn.data.counting import BinomialCapture, ExactCounts, NormalNoise
from ratelaw.learn.data.experiments import Experiments
from ratelaw.learn.data.noise import AdditiveNoise, LogNormalNoise, MixedNoise, ProportionalNoise
from ratelaw.learn.data.observed_paths import ObservedPaths
from ratelaw.learn.data.path_rows import PathRows
from ratelaw.learn.data.published_moments import published_moments, read_moments
from ratelaw.learn.data.snapshots import Snapshots
from ratelaw.learn.data.transitions import transitions
from ratelaw.learn.equations.candidates import candidates
from ratelaw.learn.equations.criteria import AICc, CrossValidation, ExtendedBIC
from ratelaw.learn.equations.fit import Fit
from ratelaw.learn.equations.libraries.arrhenius import Arrhenius
from ratelaw.learn.equations.libraries.custom import TermLibrary
from ratelaw.learn.equations.libraries.library import Library
from ratelaw.learn.equations.libraries.mass_action import MassActionLibrary, ReactionLibrary
from ratelaw.learn.equations.libraries.polynomial import PolynomialLibrary
from ratelaw.learn.equations.libraries.saturating import HillLibrary, RationalLibrary
from ratelaw.learn.equations.losses import AbsoluteLoss, SquaredLoss
from ratelaw.learn.equations.odenet import ODENet
from ratelaw.learn.equations.selection import Selection
from ratelaw.learn.equations.sklearn_adapter import ODENetRegressor
from ratelaw.learn.equations.uncertainty.bands import prediction_bands
from ratelaw.learn.equations.uncertainty.bootstrap import BootstrapFit, bootstrap_fit
from ratelaw.learn.equations.uncertainty.profile import CoefficientProfile, profile_coefficients
from ratelaw.learn.petab.fit_petab import fit_petab
from ratelaw.learn.petab.likelihood import log_likelihood
from ratelaw.learn.petab.petab_fit import PetabFit
from ratelaw.learn.rates.design.identifiability import Identifiability, identifiability
from ratelaw.learn.rates.design.rank_designs import Design, RankedDesigns, rank_designs
from ratelaw.learn.rates.discover import discover
from ratelaw.learn.rates.discovery import Discovery
from ratelaw.learn.rates.fit_rates import fit_rates
from ratelaw.learn.rates.likelihood.maximum_likelihood import MaximumLikelihood
from ratelaw.learn.rates.likelihood.path_likelihood import PathLikelihood
from ratelaw.learn.rates.maximum_posterior import MaximumPosterior
from ratelaw.learn.rates.moments.joint_moments import JointMoments
from ratelaw.learn.rates.moments.moment_coefficients import MomentCoefficients
from ratelaw.learn.rates.priors import Gamma, HalfNormal, LogNormal, LogUniform, Prior
from ratelaw.learn.rates.rates import Rates
from ratelaw.learn.rates.uncertainty.absence import Absence, absence
from ratelaw.learn.rates.uncertainty.bootstrap import Bootstrap, bootstrap
from ratelaw.learn.rates.uncertainty.posterior import Posterior
from ratelaw.learn.rates.uncertainty.predict import band, marginals, predict
from ratelaw.learn.rates.uncertainty.profile import Profile, Profiles, profile
from ratelaw.learn.rates.uncertainty.robust import with_robust_errors
from ratelaw.learn.rates.uncertainty.sample_posterior import sample_posterior

__all__ = [
    "AICc",
    "Absence",
    "AbsoluteLoss",
    "AdditiveNoise",
    "Arrhenius",
    "BinomialCapture",
    "Bootstrap",
    "BootstrapFit",
    "CoefficientProfile",
    "CrossValidation",
    "Design",
    "Discovery",
    "ExactCounts",
    "Experiments",
    "ExtendedBIC",
    "Fit",
    "Gamma",
    "HalfNormal",
    "HillLibrary",
    "Identifiability",
    "JointMoments",
    "Library",
    "LogNormal",
    "LogNormalNoise",
    "LogUniform",
    "MassActionLibrary",
    "MaximumLikelihood",
    "MaximumPosterior",
    "MixedNoise",
    "MomentCoefficients",
    "NormalNoise",
    "ODENet",
    "ODENetRegressor",
    "ObservedPaths",
    "PathLikelihood",
    "PathRows",
    "PetabFit",
    "PolynomialLibrary",
    "Posterior",
    "Prior",
    "Profile",
    "Profiles",
    "ProportionalNoise",
    "RankedDesigns",
    "Rates",
    "RationalLibrary",
    "ReactionLibrary",
    "Selection",
    "Snapshots",
    "SquaredLoss",
    "TermLibrary",
    "absence",
    "band",
    "bootstrap",
    "bootstrap_fit",
    "candidates",
    "discover",
    "fit_petab",
    "fit_rates",
    "identifiability",
    "log_likelihood",
    "marginals",
    "predict",
    "prediction_bands",
    "profile",
    "profile_coefficients",
    "published_moments",
    "rank_designs",
    "read_moments",
    "sample_posterior",
    "transitions",
    "with_robust_errors",
]
