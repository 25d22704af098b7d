"""How near do learned reductions come to the quasi-steady state, with noise and without?

The gene network of Yang 2020, Table III, then other networks of the zoo: data from the mass-action
course, noise additive with a standard deviation in per cent of each species' range, estimated from
the data by the learner.

    .venv/bin/python benchmarks/learned_reduction.py
"""

import time

import numpy as np

import ratelaw as rl
from ratelaw.network.lowering import to_numpy
from ratelaw.paper.gene import BINDING, EVEN, exact_coefficients, noisy_course
from ratelaw.reduce import RationalFit
from ratelaw.reduce.horizon import settling_times

FAST = ("G", "GP", "GP2")
SEEDS = range(10)
OTHERS = {
    "michaelis_menten": (("E", "C"), 1),
    "reversible_enzyme": (("E", "C"), 1),
    "competitive_inhibition": (("E", "C", "D"), 1),
    "lindemann_hinshelwood": (("Ax",), 2),
    "goldbeter_koshland": (("E", "WE", "F", "WpF"), 2),
}


def relative_errors(fit: RationalFit, exact: dict[str, float]) -> np.ndarray:
    return np.array([fit.values.get(name, 0.0) / value - 1 for name, value in exact.items()])


def without_noise() -> None:
    gene = rl.zoo.gene_autoregulation()
    exact = exact_coefficients(gene)
    print("noise-free, every 2.5 s to 1000 s: distance from the exact quasi-steady state, %")
    print(f"{'binding':>8} {'from, s':>8} {'terms':>6} " + " ".join(f"{n:>8}" for n in exact))
    for begin in (0.0, 40.0):
        for factor in (1, 10, 100):
            faster = gene.replace(parameters={n: factor * gene.parameters[n] for n in BINDING})
            data = rl.simulate(faster, rl.MassAction(), EVEN).sel(time=slice(begin, None))
            fit = rl.LearnedRational(FAST).fit(faster, data)
            errors = " ".join(f"{100 * e:8.4f}" for e in relative_errors(fit, exact))
            print(f"{factor:8d} {fit.transient:8.1f} {len(fit.names):6d} {errors}")


def with_noise(size: float) -> None:
    gene = rl.zoo.gene_autoregulation()
    exact = exact_coefficients(gene)
    errors, scores, right = [], [], 0
    for seed in SEEDS:
        fit = rl.LearnedRational(FAST).fit(gene, noisy_course(gene, size, seed))
        if fit.names != tuple(exact):
            continue
        right += 1
        errors.append(relative_errors(fit, exact))
        deviations = np.array([fit.standard_errors[name] for name in exact])
        scores.append((fit.coefficients - list(exact.values())) / deviations)
    title = f"{100 * size:g} % noise, every 0.5 s"
    print(f"\n{title}: right terms in {right} of {len(SEEDS)} seeds; of these")
    for title, values, unit in (
        ("largest error", 100 * np.abs(errors).max(axis=0), "%"),
        ("median error", 100 * np.median(np.abs(errors), axis=0), "%"),
        ("rms of error / standard error", np.sqrt(np.square(scores).mean(axis=0)), ""),
    ):
        print(f"{title:>32} " + " ".join(f"{v:8.2f}{unit}" for v in values))


def others() -> None:
    print(
        "\nlearned against symbolic, largest difference after the transient over the largest value"
    )
    for name, (fast, degree) in OTHERS.items():
        network = rl.zoo.load(name)
        times = np.linspace(0.0, settling_times(network)[-1], 401)
        data = rl.simulate(network, rl.MassAction(), times)
        begin = time.perf_counter()
        fit = rl.LearnedRational(fast, degree).fit(network, data)
        seconds = time.perf_counter() - begin
        slow = {"slow": "I"} if name == "competitive_inhibition" else {}
        derived = rl.reduce(network, rl.QuasiSteadyState(fast, **slow))
        after = times >= fit.transient
        states = data["average"].values[after].T / network.volume
        learned, symbolic = (
            to_numpy([r.expressions[x].subs(r.network.values) for x in fast], network.symbols)(
                states
            )
            for r in (fit.reduced, derived)
        )
        apart = np.abs(learned - symbolic).max(axis=1) / np.abs(symbolic).max(axis=1)
        listed = ", ".join(f"{x} {a:.1e}" for x, a in zip(fast, apart, strict=True))
        found = f"{len(fit.names):2d} terms in {', '.join(fit.form.slow)}"
        print(f"{name:24} {found}: {listed}; {seconds:.1f} s")


without_noise()
for noise in (0.01, 0.05):
    with_noise(noise)
others()
