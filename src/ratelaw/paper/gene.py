"""Example two: a stiff gene network reduced by its time scales, symbolically and from data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ratelaw.network import Network, zoo
from ratelaw.paper.record import Steps
from ratelaw.reduce import (
    Certificate,
    LearnedRational,
    QuasiSteadyState,
    RationalFit,
    ReducedNetwork,
    TimeScales,
    TotalQuasiSteadyState,
    certify,
    reduce,
    timescales,
)
from ratelaw.simulate import MassAction, simulate

if TYPE_CHECKING:
    import xarray as xr

END = 1000.0
"""Seconds."""
EVEN = np.linspace(0.0, END, 401)
"""Every 2.5 s: the grid of Table II, which the paper does not give, and of the data."""
DENSE = np.linspace(0.0, END, 2001)
"""Every 0.5 s: the noisy data."""
FINE = np.concatenate([[0.0], np.geomspace(0.01, END, 300)])
JUDGED = np.linspace(0.0, END, 1001)
JUDGED_FROM = 5.0
NOISE = (0.01, 0.05)
"""Standard deviations, as fractions of each species' range."""
FASTER = (1, 10, 100)
SAME_FROM = 40.0
"""Seconds: what is left shrinks with faster binding where the window stays the same."""
BINDING = ("k1", "km1", "k2", "km2")
DEGREE = 2


@dataclass(frozen=True)
class GeneReduction:
    """Everything that came out of one run.

    Attributes
    ----------
    truth
        The full network.
    seed
        Of the noise.
    scales, even_scales
        Time scales on a grid that shows all of them, and on the even grid of Table II.
    derived, total
        The quasi-steady state and its total form.
    learned
        From noise-free data.
    noisy
        Noise to fit.
    faster
        Factor on the binding rates to fit, each from the same window.
    certificates
        Reduction to its measured error on the paper's window, from the paper's initial state.
    other_states
        The certificate of the quasi-steady state from several initial states, initial layer found.
    full, lifted
        Courses at `FINE` times, of the full network and of each reduction.
    seconds
        Step to wall-clock time.
    """

    truth: Network
    seed: int
    scales: TimeScales
    even_scales: TimeScales
    derived: ReducedNetwork
    total: ReducedNetwork
    learned: RationalFit
    noisy: Mapping[float, RationalFit]
    faster: Mapping[int, RationalFit]
    certificates: Mapping[str, Certificate]
    other_states: Certificate
    full: "xr.Dataset"
    lifted: "Mapping[str, xr.Dataset]"
    seconds: Mapping[str, float]


def reproduce(seed: int = 1, progress: Callable[[str], None] = lambda _step: None) -> GeneReduction:
    """Run the paper's second example from the stiff network to small ones, each with its error.

    Parameters
    ----------
    seed
        Of the noise in the noisy data; everything else has no chance in it.
    progress
        Is told the name of each step as it begins.

    Returns
    -------
    All results.

    Notes
    -----
    Yang 2020, Section III.B.
    """
    step = Steps(progress)
    truth = zoo.gene_autoregulation()
    with step("tell fast species from slow ones"):
        scales, even_scales = timescales(truth), timescales(truth, EVEN)
    fast = scales.fast
    with step("derive the quasi-steady state"):
        derived = reduce(truth, QuasiSteadyState(fast))
        total = reduce(truth, TotalQuasiSteadyState(fast))
    method = LearnedRational(fast, DEGREE)
    with step("learn it from data"):
        learned = method.fit(truth, simulate(truth, MassAction(), EVEN))
    with step("learn it from noisy data"):
        noisy = {size: method.fit(truth, noisy_course(truth, size, seed)) for size in NOISE}
    with step("learn it with faster binding"):
        faster = {factor: method.fit(*_faster(truth, factor)) for factor in FASTER}
    reductions = {"quasi-steady state": derived, "total form": total, "learned": learned.reduced}
    with step("measure the errors"):
        certificates = {
            name: certify(small, JUDGED, initial=[{}], after=JUDGED_FROM)
            for name, small in reductions.items()
        }
        other_states = certify(derived, FINE)
    with step("simulate full and reduced"):
        full = simulate(truth, MassAction(), FINE)
        lifted = {
            name: small.lift(simulate(small.network, MassAction(), FINE))
            for name, small in reductions.items()
        }
    return GeneReduction(
        truth=truth,
        seed=seed,
        scales=scales,
        even_scales=even_scales,
        derived=derived,
        total=total,
        learned=learned,
        noisy=noisy,
        faster=faster,
        certificates=certificates,
        other_states=other_states,
        full=full,
        lifted=lifted,
        seconds=step.seconds,
    )


def exact_coefficients(network: Network) -> dict[str, float]:
    """The five coefficients of the exact quasi-steady state, as Table III names them.

    Yang 2020, Eqs. (17)-(18).

    >>> exact_coefficients(zoo.gene_autoregulation())["beta1"].__round__(5)
    0.53333
    """
    k = network.parameters
    total = sum(network.initial[name] for name in ("G", "GP", "GP2")) / network.volume
    second = k["km2"] / k["k2"]
    third = k["km1"] / k["k1"] * second
    return {
        "alpha11": total * third,
        "alpha22": total * second,
        "alpha33": total,
        "beta1": third,
        "beta2": second,
    }


def noisy_course(network: Network, size: float, seed: int) -> "xr.Dataset":
    """The mass-action course at `DENSE` times with noise, a fraction of each species' range."""
    data = simulate(network, MassAction(), DENSE)
    values = data["average"].values
    draws = np.random.default_rng(seed).normal(size=values.shape)
    noisy = values + size * np.ptp(values, axis=0) * draws
    return data.assign(average=(("time", "species"), noisy))


def _faster(network: Network, factor: int) -> "tuple[Network, xr.Dataset]":
    """The network with faster binding, and its course from `SAME_FROM` on."""
    changed = network.replace(
        parameters={name: factor * network.parameters[name] for name in BINDING}
    )
    return changed, simulate(changed, MassAction(), EVEN).sel(time=slice(SAME_FROM, None))
