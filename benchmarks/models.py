"""The networks that are measured: from two species to ten thousand reactions."""

from dataclasses import dataclass

import numpy as np

import ratelaw as rl


@dataclass(frozen=True)
class Problem:
    """A network, and how long it is simulated."""

    name: str
    network: rl.Network
    until: float

    @property
    def times(self) -> np.ndarray:
        return np.linspace(0, self.until, 21)


def chain(species: int) -> rl.Network:
    """0 -> S1 <-> S2 <-> ... -> 0: two reactions a species, ten molecules each."""
    links = "\n".join(f"S{i} <--> S{i + 1}, 1, 1" for i in range(1, species))
    text = f"0 --> S1, 10\n{links}\nS{species} --> 0, 1"
    return rl.Network.parse(text, initial={f"S{i}": 10 for i in range(1, species + 1)})


def sparse(reactions: int, decades: int = 4) -> rl.Network:
    """Random conversions and bindings among half as many species, rates over so many decades.

    Every molecule is made of conserved units, so that nothing explodes.
    """
    generator = np.random.default_rng(1)
    species = reactions // 2
    lines = []
    for _ in range(reactions // 2):
        a, b, c = generator.choice(species, 3, replace=False)
        fast, slow = 10.0 ** generator.uniform(-decades / 2, decades / 2, 2)
        if generator.random() < 0.5:
            lines.append(f"S{a} <--> S{b}, {fast:.4g}, {slow:.4g}")
        else:
            lines.append(f"S{a} + S{b} <--> 2 S{c}, {fast / 20:.4g}, {slow / 20:.4g}")
    return rl.Network.parse("\n".join(lines), initial={f"S{i}": 20 for i in range(species)})


def enzymes(reactions: int) -> rl.Network:
    """Random conversions there and back among half as many species, by Michaelis and Menten."""
    generator = np.random.default_rng(1)
    species = reactions // 2
    lines = []
    for _ in range(reactions // 2):
        pair = generator.choice(species, 2, replace=False)
        for a, b in (pair, pair[::-1]):
            vmax, km = 20 * 10.0 ** generator.uniform(-2, 2), 10.0 ** generator.uniform(0, 2)
            lines.append(f"S{a} => S{b}, {vmax:.4g}*S{a}/({km:.4g} + S{a})")
    return rl.Network.parse("\n".join(lines), initial={f"S{i}": 20 for i in range(species)})


def gene(volume: float) -> rl.Network:
    """The zoo's gene network with as many molecules as a volume holds."""
    network = rl.zoo.gene_autoregulation()
    counts = {name: round(value * volume) for name, value in network.initial.items()}
    return network.replace(volume=volume, initial=counts)


PROBLEMS = [
    Problem("SPCM", rl.zoo.spcm(), 20),
    Problem("gene, volume 100", gene(100), 100),
    Problem("gene, volume 1000", gene(1000), 100),
    Problem("Schlögl", rl.zoo.schlogl(), 5),
    Problem("chain, 200 reactions", chain(100), 5),
]
