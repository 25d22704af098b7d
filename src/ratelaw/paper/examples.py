"""The examples by name: what a run of each gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ratelaw.paper import gene, gene_numbers, gene_page, spcm, spcm_numbers, spcm_page
from ratelaw.report import Page, Table


@dataclass(frozen=True)
class Outcome:
    """The page of a run, all its numbers, and the table that says most."""

    page: Page
    numbers: Mapping[str, Any]
    table: Table


Progress = Callable[[str], None]


def run_spcm(seed: int, progress: Progress, trajectories: int = 1_000_000) -> Outcome:
    """From stochastic trajectories to reactions, rates and back."""
    command = f"ratelaw reproduce spcm --trajectories {trajectories} --seed {seed}"
    run = spcm.reproduce(trajectories, seed, progress)
    return Outcome(
        spcm_page.page(run, command),
        spcm_numbers.numbers(run, command),
        spcm_page.table_one_block(run),
    )


def run_gene(seed: int, progress: Progress) -> Outcome:
    """From a stiff gene network to a small one; the seed is that of the noise."""
    command = f"ratelaw reproduce gene --seed {seed}"
    run = gene.reproduce(seed, progress)
    return Outcome(
        gene_page.page(run, command),
        gene_numbers.numbers(run, command),
        gene_page.table_three_block(run),
    )


EXAMPLES: dict[str, Callable[..., Outcome]] = {
    "spcm": run_spcm,
    "gene": run_gene,
}
