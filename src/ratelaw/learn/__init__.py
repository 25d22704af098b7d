"""From data to equations, from equations to reactions, from moments to rates."""

from ratelaw.learn.candidates import candidates
from ratelaw.learn.counting import BinomialCapture, ExactCounts, NormalNoise
from ratelaw.learn.fit import Fit
from ratelaw.learn.fit_rates import fit_rates
from ratelaw.learn.joint_moments import JointMoments
from ratelaw.learn.library import Library, PolynomialLibrary
from ratelaw.learn.losses import AbsoluteLoss, SquaredLoss
from ratelaw.learn.maximum_likelihood import MaximumLikelihood
from ratelaw.learn.moment_coefficients import MomentCoefficients
from ratelaw.learn.odenet import ODENet
from ratelaw.learn.petab_likelihood import log_likelihood
from ratelaw.learn.rates import Rates
from ratelaw.learn.selection import Selection
from ratelaw.learn.snapshots import Snapshots

__all__ = [
    "AbsoluteLoss",
    "BinomialCapture",
    "ExactCounts",
    "Fit",
    "JointMoments",
    "Library",
    "MaximumLikelihood",
    "MomentCoefficients",
    "NormalNoise",
    "ODENet",
    "PolynomialLibrary",
    "Rates",
    "Selection",
    "Snapshots",
    "SquaredLoss",
    "candidates",
    "fit_rates",
    "log_likelihood",
]
