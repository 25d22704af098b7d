"""A beam search over subsets, whatever judges them."""

from collections.abc import Callable, Iterator

import numpy as np

Subset = tuple[int, ...]
"""Places, in order."""


def beam_search(
    count: int, misfits: Callable[[list[Subset]], np.ndarray], width: int
) -> dict[Subset, float]:
    """The best subsets of each size, with their misfits.

    They grow from the empty one and shrink from the full one, so that the cost is the cube of the
    number of places and not 2 to its power.

    Parameters
    ----------
    count
        Of places.
    misfits
        Of subsets of one size, less is better.
    width
        Subsets kept at each size.

    Examples
    --------
    >>> found = beam_search(3, lambda subsets: np.array([-sum(s) for s in subsets]), width=1)
    >>> sorted(found)
    [(), (0, 1, 2), (1, 2), (2,)]
    """
    found: dict[Subset, float] = {}
    for first, moves in (((), _grown), (tuple(range(count)), _shrunk)):
        level: list[Subset] = [first]
        while level:
            judged = misfits(level)
            best = np.argsort(judged, kind="stable")[:width].tolist()
            found |= {level[place]: float(judged[place]) for place in best}
            level = sorted({new for place in best for new in moves(level[place], count)})
    return found


def _grown(subset: Subset, count: int) -> Iterator[Subset]:
    return (tuple(sorted((*subset, new))) for new in range(count) if new not in subset)


def _shrunk(subset: Subset, _count: int) -> Iterator[Subset]:
    return (subset[:place] + subset[place + 1 :] for place in range(len(subset)))
