"""Two published problems in PEtab: how many random starts reach the best objective, and how soon.

Boehm et al. 2014, nine parameters, whose best known objective is 138.222; two of its parameters are
at their bounds there. Crauste et al. 2017, twelve parameters, nominally 190.964; the best of a
benchmark of optimisers is 190.457 (Grein et al. 2026), within bounds that are not told: ours are in
the README beside the problem.

    .venv/bin/python benchmarks/petab_fit.py
"""

import time
from pathlib import Path

import typer

from ratelaw.formats import read_petab
from ratelaw.learn import fit_petab
from ratelaw.learn.petab.petab_fit import SAME, PetabFit

PROBLEMS = Path(__file__).parents[1] / "tests" / "reference" / "petab_collection"
BEST_KNOWN = {"boehm": 138.22198, "crauste": 190.45707}


def main(*, problem: str = "boehm", starts: int = 20, seed: int = 1) -> None:
    """Print every start, how many reached the best, and what the data say of each parameter."""
    began = time.process_time()
    times = [began]
    fit = fit_petab(
        read_petab(PROBLEMS / problem / f"{problem}.yaml"),
        starts=starts,
        seed=seed,
        watch=lambda _, __: times.append(time.process_time()),
    )
    print(f"{problem}: {starts} random starts, seed {seed}; processor seconds\n")
    print("start  first descent  after hops  solved  seconds")
    for i, row in enumerate(fit.starts):
        print(
            f"{i + 1:5}  {row.first:13.4f}  {row.objective:10.4f}  {row.evaluations:6}  "
            f"{times[i + 1] - times[i]:7.2f}  {row.failure}"
        )
    plain = sum(row.first < fit.objective + SAME for row in fit.starts)
    print(
        f"\nbest known {BEST_KNOWN[problem]:.4f}, found {fit.objective:.4f}\n"
        f"within {SAME} of the found: {fit.reached} of {starts} starts, {plain} of them by their "
        f"first descent\n{_at_bounds(fit)}\n"
        f"all starts {times[-1] - began:.1f} s, intervals {time.process_time() - times[-1]:.1f} s\n"
    )
    print(fit)


def _at_bounds(fit: PetabFit) -> str:
    met = [parameter.name for parameter in fit.parameters if parameter.at_bound]
    return (
        f"at a bound: {', '.join(met) or 'none'}; "
        f"not identifiable: {', '.join(fit.not_identifiable) or 'none'}"
    )


if __name__ == "__main__":
    typer.run(main)
