"""When the next reaction comes, and which: by Kolmogorov-Smirnov and chi-square, seeds fixed."""

import numpy as np
from scipy.stats import chisquare, kstest, norm, pearsonr

import ratelaw as rl

FALSE_ALARM = 1e-4
"""Of each test and method, were its seeds not fixed."""
COUNT = 20_000
RACE = rl.Network.parse(
    """
    G --> P1, 0.7
    G + A --> P2, 0.4
    G + 2 A --> P3, 0.3
    G + A + D --> P4, 0.2
    G => P5, 3*G*A/(2 + A)
    G + E --> P6, 5
    """,
    initial={"G": 1, "A": 4, "D": 2, "E": 0},
)
"""One molecule G, for which six reactions race: the first is the last."""
PROPENSITIES = np.array([0.7, 0.4 * 4, 0.3 * 6, 0.2 * 4 * 2, 3 * 4 / 6, 0])


def test_the_first_reaction_waits_exponentially_and_is_chosen_by_its_propensity(exact_method):
    cells = rl.simulate(
        RACE, exact_method, [50.0], trajectories=COUNT, seed=21,
        record=[rl.RecordFirstPassage("G < 1", count=COUNT), rl.RecordPaths(COUNT)],
    )  # fmt: skip
    waits = cells["passage_times"].values[0] * PROPENSITIES.sum()
    products = cells["paths"].sel(species=[f"P{j}" for j in range(1, 7)]).values[:, 0]
    winners = products.argmax(axis=1)
    assert (products.sum(axis=1) == 1).all()
    assert not (winners == 5).any()
    expected = COUNT * PROPENSITIES[:5] / PROPENSITIES.sum()
    values = [chisquare(np.bincount(winners, minlength=5), expected).pvalue]
    values += [kstest(waits, "expon").pvalue]
    # The winner does not depend on the waiting time.
    values += [kstest(waits[winners == j], "expon").pvalue for j in range(5)]
    assert min(values) > FALSE_ALARM / len(values)


def test_every_waiting_time_of_a_path_is_exponential_in_units_of_its_mean(exact_method):
    """The propensities by hand: of dimerisation kf A (A - 1)/2, of what else happens kr B, k A."""
    kf, kr, k, count = 0.02, 0.1, 0.03, 150
    network = rl.Network.parse(
        "2 A <--> B, kf, kr\nA --> A + C, k", {"kf": kf, "kr": kr, "k": k}, {"A": 40}
    )
    cells = rl.simulate(
        network, exact_method, [60.0], trajectories=count, seed=22, record=[rl.RecordEvents(count)]
    )
    waits, winners, chances = [], [], []
    for number in range(count):
        # Propensities add up to 1.98 at least: that 40 reactions take 60 or longer has p < 10^-16.
        own = np.flatnonzero(cells["event_trajectory"].values == number)[:40]
        assert len(own) == 40
        a, b = np.vstack([[40, 0, 0], cells["event_counts"].values[own[:-1]]])[:, :2].T
        propensities = np.array([kf * a * (a - 1) / 2, kr * b, k * a]).T
        total = propensities.sum(axis=1)
        waits.append(np.diff(cells["event_time"].values[own], prepend=0.0) * total)
        winners.append(cells["event_reaction"].values[own])
        chances.append(propensities / total[:, None])
    chances = np.concatenate(chances)
    happened = np.eye(3)[np.concatenate(winners)]
    # Sums of martingale differences, normal by the central limit theorem.
    z = (happened - chances).sum(axis=0) / np.sqrt((chances * (1 - chances)).sum(axis=0))
    values = [kstest(np.concatenate(waits), "expon").pvalue, *2 * norm.sf(np.abs(z))]
    one, next_one = (np.concatenate([w[part] for w in waits]) for part in (slice(39), slice(1, 40)))
    values.append(pearsonr(one, next_one).pvalue)
    assert min(values) > FALSE_ALARM / len(values)


def test_no_two_trajectories_wait_equally_long(exact_method):
    """Whatever the set of parameters and the seed: equal streams would show as equal times.

    Times have 52 random bits: any two of 80,000 are equal by chance in one of 10^6 runs.
    """
    waits = [
        rl.simulate(
            RACE, exact_method, [50.0], trajectories=COUNT, seed=seed, sweep={"A(0)": [4, 4]},
            record=[rl.RecordFirstPassage("G < 1", count=COUNT)],
        )["passage_times"].values.ravel()
        for seed in (23, 24)
    ]  # fmt: skip
    times = np.concatenate(waits)
    assert len(times) == 4 * COUNT
    assert len(np.unique(times)) == len(times)
