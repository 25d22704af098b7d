"""How cost grows: with the size of the network, with threads, with workers of a cluster.

.venv/bin/python benchmarks/scaling.py
"""

import resource
import subprocess
import sys
import time

import numpy as np
from models import chain, sparse

import ratelaw as rl

SIZES = (10, 100, 1000, 10_000)
METHODS = {"direct": rl.Direct(), "next": rl.NextReaction(), "groups": rl.CompositionRejection()}
NETWORKS = {"chain": lambda size: chain(size // 2), "sparse": sparse}


def main() -> None:
    """Print the three tables."""
    if len(sys.argv) > 1:
        one_size(*sys.argv[1:])
        return
    print("ns a reaction, one thread; peak memory of the process; seconds to parse the network")
    for name in NETWORKS:
        for size in SIZES:
            for method in METHODS:
                subprocess.run(
                    [sys.executable, __file__, name, str(size), method], check=True, timeout=300
                )
    workers()


def one_size(name: str, size: str, method: str) -> None:
    """In a process of its own, so that its memory is its own."""
    began = time.perf_counter()
    network = NETWORKS[name](int(size))
    parsed = time.perf_counter() - began
    until, record = 1e-4, [rl.RecordReactionCounts()]

    def run(end: float, seed: int) -> tuple[float, float]:
        start = time.perf_counter()
        cells = rl.simulate(
            network, METHODS[method], [end], trajectories=1, seed=seed, threads=1, record=record
        )
        return time.perf_counter() - start, float(cells["reaction_count"].sum())

    while run(until, 1)[1] < 3e5:
        until *= 4
    overhead, _ = run(until * 1e-9, 1)
    costs = [(run(until, seed)[0] - overhead) / run(until, seed)[1] * 1e9 for seed in (2, 3)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:>8}{len(network.reactions):>8} reactions {method:>8}: {min(costs):>8.0f} ns"
        f"{memory:>8.0f} MB{parsed:>8.2f} s",
        flush=True,
    )


def workers() -> None:
    """10^6 SPCM trajectories on threads and on a dask cluster of processes, the same bits."""
    from distributed import Client, LocalCluster

    times = np.linspace(0, 20, 21)
    record = (rl.RecordMoments(sampling_covariance=False), rl.RecordHistogram(times=[1, 5, 10, 20]))

    def run(**where: object) -> tuple[float, object]:
        start = time.perf_counter()
        cells = rl.simulate(
            rl.zoo.spcm(), rl.Direct(), times, trajectories=10**6, seed=1, record=record, **where
        )
        return time.perf_counter() - start, cells

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        ways = {
            "1 thread": {"threads": 1},
            "2 threads": {"threads": 2},
            "dask": {"cluster": client},
        }
        for where in ways.values():
            run(**where)
        took = {name: [] for name in ways}
        for _ in range(3):
            found = {}
            for name, where in ways.items():
                seconds, found[name] = run(**where)
                took[name].append(seconds)
            if not all(found["1 thread"].identical(other) for other in found.values()):
                sys.exit("threads and workers differ")
    for name, seconds in took.items():
        print(f"10^6 SPCM trajectories, {name}: {np.median(seconds):.2f} s")


if __name__ == "__main__":
    main()
