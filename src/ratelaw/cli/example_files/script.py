"""From a network to trajectories, and from these back to its rates."""

from pathlib import Path

import numpy as np

import ratelaw as rl
from ratelaw.formats import read_network

network = read_network(Path(__file__).with_name("network.txt"))
times = np.linspace(0, 20, 21)

cells = rl.simulate(network, rl.Direct(), times, trajectories=10_000, seed=1)  # by molecules
limit = rl.simulate(network, rl.MassAction(), times)  # as concentrations
print("at time 20, averages of 10 000 trajectories:")
print(cells["average"].sel(time=20).to_series().to_string())
print("\nand as concentrations:")
print(limit["average"].sel(time=20).to_series().to_string())

rates = rl.fit_rates(network, cells)  # the constants with their standard errors
print(f"\nthe rates, from the trajectories alone:\n{rates}")
