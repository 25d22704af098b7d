"""From data to equations, from equations to reactions, from moments to rates."""

from ratelaw.learn.candidates import candidates
from ratelaw.learn.fit import Fit
from ratelaw.learn.fit_rates import fit_rates
from ratelaw.learn.joint_moments import JointMoments
from ratelaw.learn.library import Library, PolynomialLibrary
from ratelaw.learn.likelihood import log_likelihood
from ratelaw.learn.losses import AbsoluteLoss, SquaredLoss
from ratelaw.learn.moment_coefficients import MomentCoefficients
from ratelaw.learn.odenet import ODENet
from ratelaw.learn.rates import Rates
from ratelaw.learn.selection import Selection

__all__ = [
    "AbsoluteLoss",
    "Fit",
    "JointMoments",
    "Library",
    "MomentCoefficients",
    "ODENet",
    "PolynomialLibrary",
    "Rates",
    "Selection",
    "SquaredLoss",
    "candidates",
    "fit_rates",
    "log_likelihood",
]
