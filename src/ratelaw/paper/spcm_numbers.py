"""Every number of the first example, for the page and for other programs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ratelaw.learn import Rates
from ratelaw.paper.published import SPCM_MEANS, SPCM_RATES
from ratelaw.paper.spcm import Reproduction, table_one
from ratelaw.report.figures import Course
from ratelaw.report.values import fit_values, rate_values
from ratelaw.report.versions import versions

if TYPE_CHECKING:
    import xarray as xr

LEAST_VISITS, LEAST_PROBABILITY = 10, 1e-4
"""Pairs that are rarer than both are left blank in the joint distributions."""


def truth(run: Reproduction) -> dict[str, float]:
    """The rates that the trajectories were drawn with."""
    return dict(run.truth.parameters) | {"k1": 0.0, "k2": 0.0}


def courses(run: Reproduction) -> dict[str, Course]:
    """Sampled and learned moments over time; keys as on the `moment` axis: A, B, A,A, ..."""
    cells, learned = run.cells, run.learned
    at_data = learned.sel(time=cells["time"].values, method="nearest")
    variances = np.einsum("tmtm->tm", cells["moment_covariance"].values)

    def course(label: str, error: np.ndarray) -> Course:
        return Course(
            times=cells["time"].values,
            sampled=_moment(cells, label),
            errors=np.sqrt(error),
            learned=_moment(at_data, label),
            fine_times=learned["time"].values,
            curve=_moment(learned, label),
        )

    labels = map(str, cells["moment"].values)
    return {x: course(x, error) for x, error in zip(labels, variances.T, strict=True)}


def joint_tables(run: Reproduction) -> "dict[float, tuple[xr.DataArray, xr.DataArray]]":
    """By snapshot: sampled and computed p(n_A, n_B), cut to where either shows."""
    import xarray as xr

    lowest = lowest_shown(run)
    tables = {}
    for snapshot in run.cells["snapshot"].values:
        both = xr.align(
            run.sampled_joint.sel(snapshot=snapshot),
            run.exact_joint.sel(snapshot=snapshot),
            join="outer",
            fill_value=0.0,
        )
        seen = np.argwhere(np.maximum(*(table.values for table in both)) >= lowest)
        a, b = seen.max(axis=0) + 1
        tables[float(snapshot)] = (both[0][:a, :b], both[1][:a, :b])
    return tables


def lowest_shown(run: Reproduction) -> float:
    """The probability below which the figures stay blank."""
    return min(LEAST_VISITS / run.trajectories, LEAST_PROBABILITY)


def numbers(run: Reproduction, command: str) -> dict[str, Any]:
    """Everything that the page shows, as plain values ready for JSON."""
    return {
        "provenance": {
            "command": command,
            "seed": run.seed,
            "trajectories": run.trajectories,
            "network": str(run.truth),
            "versions": versions(),
        },
        "means": {
            "paper": {f"d{e}/dt: {term}": value for (e, term), value in SPCM_MEANS.items()},
            "models": [fit_values(fit) for fit in run.fit.alternatives],
        },
        "candidates": rate_values(run.complete),
        "table_1": {
            name: {
                "truth": truth(run)[name],
                "paper": SPCM_RATES[name],
                "papers_way": _estimate(run.papers_way, name),
                "joint_all_free": _estimate(run.joint.all_free, name),
                "joint": _estimate(run.joint, name),
            }
            for name in SPCM_RATES
        },
        "rates": {"papers_way": rate_values(run.papers_way), "joint": rate_values(run.joint)},
        "paths": {"times": run.paths["time"].values, "counts": run.paths["paths"].values},
        "moments": {
            label: vars(course) | {"residuals": course.residuals}
            for label, course in courses(run).items()
        },
        "distributions": _distributions(run),
        "probability_lost": run.exact.attrs["probability_lost"],
        "seconds": dict(run.seconds),
    }


def _moment(data: "xr.Dataset", label: str) -> np.ndarray:
    first, _, second = label.partition(",")
    if second:
        return data["covariance"].sel(species=first, species_=second).values
    return data["average"].sel(species=first).values


def _estimate(rates: Rates, name: str) -> dict[str, float]:
    value, error = table_one(rates)[name]
    return {"value": value, "standard_error": error}


def _distributions(run: Reproduction) -> dict[str, Any]:
    return {
        f"{snapshot:g}": {
            "total_variation": float(run.distances.sel(snapshot=snapshot)),
            "total_variation_of_sampling": run.sampling_distances[i],
            "trajectories": sampled.values,
            "master_equation": computed.values,
        }
        for i, (snapshot, (sampled, computed)) in enumerate(joint_tables(run).items())
    }
