"""The beam search where the best of each size is known."""

from itertools import combinations

import numpy as np

from ratelaw.learn.equations.beam import beam_search

COUNT = 6


def test_a_beam_that_drops_nothing_sees_every_subset_with_its_own_misfit():
    generator = np.random.default_rng(1)
    every = {
        subset: generator.random()
        for size in range(COUNT + 1)
        for subset in combinations(range(COUNT), size)
    }
    found = beam_search(COUNT, lambda subsets: np.array([every[s] for s in subsets]), width=20)
    assert found == every


def test_what_growing_misses_is_found_by_shrinking():
    # Alone, 0 is best, but only 1 and 2 together are good: a beam of one grows past them.
    good = {(0,): 1.0, (1,): 2.0, (2,): 2.0, (1, 2): 0.0, (0, 1, 2): 0.0}
    found = beam_search(3, lambda subsets: np.array([good.get(s, 3.0) for s in subsets]), width=1)
    assert found[1, 2] == 0.0
    assert (0,) in found
