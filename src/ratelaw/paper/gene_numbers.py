"""Every number of the second example, for other programs."""

from typing import Any

import numpy as np

from ratelaw.paper.gene import SAME_FROM, GeneReduction, exact_coefficients
from ratelaw.paper.gene_figures import extra_share
from ratelaw.paper.published import GENE_CORRELATIONS, GENE_LEARNED, GENE_QSSA
from ratelaw.reduce import RationalFit, TimeScales
from ratelaw.report.values import certificate_values, reduced_values
from ratelaw.report.versions import versions


def numbers(run: GeneReduction, command: str) -> dict[str, Any]:
    """Everything that the page shows, as plain values ready for JSON."""
    exact = exact_coefficients(run.truth)
    return {
        "provenance": {
            "command": command,
            "seed": run.seed,
            "network": str(run.truth),
            "versions": versions(),
        },
        "time_scales": {
            "fast": run.scales.fast,
            "slow": run.scales.slow,
            "gap": run.scales.gap,
            "rates": run.scales.rates,
            "participation": _by_species(run.scales, run.scales.participation),
        },
        "table_2": {
            f"{a}-{b}": {"paper": paper, "here": correlation(run.even_scales, a, b)}
            for (a, b), paper in GENE_CORRELATIONS.items()
        },
        "table_3": {
            name: {
                "paper_qssa": GENE_QSSA[name],
                "paper_learned": GENE_LEARNED[name],
                "exact_qssa": exact[name],
                "learned": _estimate(run.learned, name),
                "noisy": {f"{size:g}": _estimate(fit, name) for size, fit in run.noisy.items()},
            }
            for name in exact
        },
        "terms": {
            "kept": run.learned.names,
            "absent_species": run.learned.absent,
            "transient": run.learned.transient,
            "lags": run.learned.lags,
        },
        "extra_terms_over_rate_of_P": extra_share(run),
        "faster_binding": {
            f"{factor}": {
                "from": SAME_FROM,
                "kept": fit.names,
                "relative_error": {
                    name: fit.values.get(name, 0.0) / exact[name] - 1 for name in exact
                },
            }
            for factor, fit in run.faster.items()
        },
        **_reductions(run),
        "seconds": dict(run.seconds),
    }


def _reductions(run: GeneReduction) -> dict[str, Any]:
    """The reduced networks, how wrong they are, and their courses."""
    return {
        "reductions": {
            "quasi-steady state": reduced_values(run.derived),
            "total form": reduced_values(run.total),
            "learned": reduced_values(run.learned.reduced),
        },
        "certificates": {
            name: certificate_values(certificate) for name, certificate in run.certificates.items()
        }
        | {"several initial states": certificate_values(run.other_states)},
        "courses": {
            "times": run.full["time"].values,
            "full": _courses(run.full),
            **{name: _courses(data) for name, data in run.lifted.items()},
        },
    }


def correlation(scales: TimeScales, first: str, second: str) -> float:
    """|Pearson| between the derivatives of two species."""
    i, j = (scales.species.index(name) for name in (first, second))
    return float(scales.correlation[i, j])


def _estimate(fit: RationalFit, name: str) -> dict[str, float]:
    return {
        "value": fit.values.get(name, 0.0),
        "standard_error": fit.standard_errors.get(name, 0.0),
    }


def _by_species(scales: TimeScales, values: np.ndarray | None) -> dict[str, float]:
    return {} if values is None else dict(zip(scales.species, values.tolist(), strict=True))


def _courses(data: Any) -> dict[str, np.ndarray]:  # noqa: ANN401
    average = data["average"]
    return {str(name): average.sel(species=name).values for name in average["species"].values}
