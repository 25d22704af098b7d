from itertools import product

import numpy as np

from ratelaw.learn.equations.averages.screening import screen


def test_the_best_subsets_of_an_exhaustive_search_are_found():
    generator = np.random.default_rng(1)
    shared = generator.standard_normal((40, 1))
    design = shared + 0.3 * generator.standard_normal((40, 8))
    target = design[:, [1, 4, 6]] @ [2.0, -1.5, 1.0] + generator.standard_normal(40)

    def cost(subset):
        solution = np.linalg.lstsq(design[:, subset], target, rcond=None)[0]
        return np.square(design[:, subset] @ solution - target).sum() + 5.0 * subset.sum()

    subsets = [np.array(bits, dtype=bool) for bits in product([False, True], repeat=8)]
    expected = sorted(map(cost, subsets))[:5]
    found = screen(design, target, penalty=5.0, beam=20, keep=5)
    np.testing.assert_allclose([cost(subset) for subset in found], expected)


def test_a_search_misled_by_one_step_at_a_time_is_rescued_by_the_beam():
    # Column 0 is closest to the target, but the pair (1, 2) explains it exactly.
    generator = np.random.default_rng(2)
    pair = generator.standard_normal((30, 2))
    target = pair.sum(axis=1)
    lure = target + 0.5 * generator.standard_normal(30)
    found = screen(np.column_stack([lure, pair]), target, penalty=0.1, beam=3, keep=1)
    np.testing.assert_array_equal(found[0], [False, True, True])
