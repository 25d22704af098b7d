"""Networks that nobody chose: mass action drawn at random, at as many times as people measure."""

import numpy as np

from contest.equations import mass_action, same
from contest.problem import Library, Problem, of_value

COUNT = 40
TIMES = 31
RUNS = 4
MOST_SPECIES = 4
MOST_REACTIONS = 5
RATES = (0.1, 3.0)
STARTS = (0.2, 4.0)


def random_network(number: int) -> Problem:
    """2 to 4 species, 2 to 5 reactions of up to two molecules, none with more after than before.

    What flows in may do so from nothing, so that amounts grow at most as time does.
    """
    rng = np.random.default_rng(number)
    species = tuple("ABCD"[: rng.integers(2, MOST_SPECIES + 1)])
    wanted = int(rng.integers(2, MOST_REACTIONS + 1))
    drawn: dict[tuple[str, str], float] = {}
    while len(drawn) < wanted or unused(species, drawn):
        if len(drawn) == wanted:
            drawn.clear()
        before = side(rng, species, 2)
        after = side(rng, species, max(1, len(before.split())))
        if before != after:
            drawn[before, after] = float(np.exp(rng.uniform(*np.log(RATES))))
    reactions = [(before, after, k) for (before, after), k in drawn.items()]
    return Problem(
        f"random {number}",
        species,
        same(mass_action(species, reactions)),
        np.linspace(0, rng.choice([2.0, 5.0, 10.0]), TIMES),
        lambda rng, _: rng.uniform(*STARTS, len(species)),
        runs=RUNS,
        noise=of_value,
        levels=(0.0, 0.01, 0.05, 0.1),
        quick=(0.05,) if number <= 3 else (),
        library=Library(constant=True),
        seeds=1,
    )


def side(rng: np.random.Generator, species: tuple[str, ...], most: int) -> str:
    """Up to so many molecules, in order."""
    return " ".join(sorted(rng.choice(species, rng.integers(0, most + 1))))


def unused(species: tuple[str, ...], drawn: dict[tuple[str, str], float]) -> bool:
    """Whether a species stands in no reaction."""
    return not set(species) <= {name for sides in drawn for part in sides for name in part.split()}


RANDOM = tuple(random_network(number) for number in range(1, COUNT + 1))
