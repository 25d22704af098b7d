"""A thousand reactions as ordinary differential equations: loading, integrating, which integrator.

.venv/bin/python benchmarks/ode.py
"""

import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from models import enzymes, sparse
from threadpoolctl import threadpool_limits

import ratelaw as rl
from ratelaw.formats.networks import read_network, write_network
from ratelaw.simulate.stiff import SparseBDF
from ratelaw.simulate.vector_field import RateField, _network_equations, network_field

NETWORKS = {
    "sparse": sparse,
    "stiff": lambda reactions: sparse(reactions, decades=8),
    "enzymes": enzymes,
}
TIMES = np.linspace(0, 5, 21)
TOLERANCES = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
WANTED = 1e-6
"""The error at which programs are compared."""
SMALLEST = 1e-3
"""Molecules: errors are relative to the largest value of a species, or to this."""
SIZES = (100, 1000, 5000)

Run = Callable[[float], np.ndarray]
"""From a tolerance to the course at `TIMES`."""


def main() -> None:
    """Print the three tables; seconds are of the processor, one thread."""
    if len(sys.argv) > 1:
        one_size(int(sys.argv[1]))
        return
    print("size: sparse, rtol 1e-8, a process each")
    for size in SIZES:  # first: a process counts the memory of the one that started it
        subprocess.run([sys.executable, __file__, str(size)], check=True)
    with threadpool_limits(1):
        for name in NETWORKS:
            programs(name)
        for name in ("sparse", "stiff"):
            integrators(name)


def timed(run: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    found = run()
    return time.process_time() - start, found


def error(course: np.ndarray, exact: np.ndarray) -> float:
    return float((np.abs(course - exact) / np.maximum(exact.max(axis=0), SMALLEST)).max())


def programs(name: str) -> None:
    """Both programs from the same SBML file: loading, the first course, courses after it."""
    import roadrunner

    network = NETWORKS[name](1000)
    print(f"\n{name}: {len(network.reactions)} reactions, {len(network.species)} species")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{name}.xml")
        write_network(network, path)
        loading, loaded = timed(lambda: read_network(path))
        theirs, runner = timed(lambda: roadrunner.RoadRunner(str(path)))
        again = read_network(path)
    if loaded != network:
        sys.exit(f"{name}: what was read is not what was written")
    runner.timeCourseSelections = ["time", *network.species]

    def ratelaw(rtol: float, of: rl.Network = again) -> np.ndarray:
        return rl.simulate(of, rl.MassAction(rtol, rtol / 100), TIMES)["average"].values

    def libroadrunner(rtol: float) -> np.ndarray:
        runner.reset()
        runner.integrator.relative_tolerance = rtol
        runner.integrator.absolute_tolerance = rtol / 100 * 20
        return np.array(runner.simulate(0, TIMES[-1], TIMES.size))[:, 1:]

    exact = ratelaw(1e-12)
    _network_equations.cache_clear()
    first, _ = timed(lambda: ratelaw(1e-8, loaded))
    costs = {}
    for program, run, load, start in (
        ("ratelaw", ratelaw, loading, first),
        ("libroadrunner", libroadrunner, theirs, timed(lambda: libroadrunner(1e-8))[0]),
    ):
        print(f"  {program}: loaded in {load:.2f} s, first course {start:.2f} s")
        costs[program] = ladder(run, exact)
    print(f"  ratio at an error of {WANTED:g}: {costs['ratelaw'] / costs['libroadrunner']:.2f}")


def ladder(
    run: Run, exact: np.ndarray, tolerances: Sequence[float] = TOLERANCES, repeats: int = 3
) -> float:
    """Print what each tolerance costs and reaches; the cost of the wanted error, interpolated."""
    reached, costs = [], []
    for rtol in tolerances:
        tries = [timed(lambda rtol=rtol: run(rtol)) for _ in range(repeats)]
        costs.append(min(cost for cost, _ in tries))
        reached.append(error(tries[0][1], exact))
        print(f"    rtol {rtol:.0e}: {costs[-1]:8.3f} s, error {reached[-1]:.1e}", flush=True)
    order = np.argsort(reached)
    known = np.log(np.array([reached, costs]))[:, order]
    cost = float(np.exp(np.interp(np.log(WANTED), *known)))
    print(f"    at an error of {WANTED:g}: {cost:.3f} s")
    return cost


def integrators(name: str) -> None:
    """The same right-hand side and Jacobian in every integrator that is at hand."""
    network = NETWORKS[name](1000)
    field, start = network_field(network), network.initial_counts
    exact = rl.simulate(network, rl.MassAction(1e-12, 1e-14), TIMES)["average"].values
    print(f"\n{name}: integrators")
    for title, run in candidates(field, start):
        print(f"  {title}")
        ladder(run, exact)
    print("  Diffrax Kvaerno5, dense; the loosest tolerance alone")
    run = diffrax(network)
    run(TOLERANCES[0])  # compiled here
    ladder(run, exact, TOLERANCES[:1], repeats=1)


def candidates(field: RateField, start: np.ndarray) -> Iterator[tuple[str, Run]]:
    yield "SciPy LSODA, dense", lambda rtol: scipy(field, start, "LSODA", field.jacobian, rtol)
    for title, method in (
        ("SciPy BDF, sparse, our ordering", SparseBDF),
        ("SciPy BDF, sparse, COLAMD", "BDF"),
        ("SciPy Radau, sparse, COLAMD", "Radau"),
    ):
        yield title, lambda rtol, m=method: scipy(field, start, m, field.sparse_jacobian, rtol)
    for linear in ("sparse", "lapackdense"):
        yield f"CVODE, scikit-SUNDAE, {linear}", lambda rtol, s=linear: cvode(field, start, s, rtol)


def scipy(
    field: RateField, start: np.ndarray, method: object, jacobian: object, rtol: float
) -> np.ndarray:
    from scipy.integrate import solve_ivp

    options = {"method": method, "jac": jacobian, "t_eval": TIMES, "rtol": rtol}
    return solve_ivp(field, (0, TIMES[-1]), start, atol=rtol / 100 * 20, **options).y.T


def cvode(field: RateField, start: np.ndarray, linear: str, rtol: float) -> np.ndarray:
    from sksundae.cvode import CVODE

    def rates(t: float, y: np.ndarray, out: np.ndarray) -> None:
        out[:] = field(t, y)

    def slopes(t: float, y: np.ndarray, _: np.ndarray, out: np.ndarray) -> None:
        out[:] = field.sparse_jacobian(t, y).data if linear == "sparse" else field.jacobian(t, y)

    pattern = field.sparse_jacobian(0.0, start)
    pattern.indices, pattern.indptr = (a.astype("i") for a in (pattern.indices, pattern.indptr))
    pattern.data[:] = 1
    options = {"rtol": rtol, "atol": rtol / 100 * 20, "max_num_steps": 10**6}
    if linear == "sparse":
        options["sparsity"] = pattern
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the pattern is not used for differences
        solver = CVODE(rates, jacfn=slopes, linsolver=linear, **options)
    solver.init_step(0.0, start)
    return np.array([start, *(solver.step(t, tstop=TIMES[-1]).y for t in TIMES[1:])])


def diffrax(network: rl.Network) -> Run:
    """Mass action of up to two molecules on index arrays."""
    import diffrax as dx
    import equinox as eqx
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)  # noqa: FBT003
    places = {name: i for i, name in enumerate(network.species)}
    pairs = [
        [*(places[name] for name, n in r.reactants.items() for _ in range(n)), -1, -1][:2]
        for r in network.reactions
    ]
    k = np.array([float(r.law.flux(r.reactants).as_coeff_Mul()[0]) for r in network.reactions])
    rows, columns = np.nonzero(network.stoichiometry)
    changes = network.stoichiometry[rows, columns]

    def rates(_t: object, y: object, _: object) -> object:
        x, z = jnp.append(y, 1.0)[np.array(pairs).T]
        return jnp.zeros_like(y).at[rows].add(changes * (k * x * z)[columns])

    @eqx.filter_jit
    def solve(rtol: object) -> object:
        return dx.diffeqsolve(
            dx.ODETerm(rates),
            dx.Kvaerno5(),
            0.0,
            TIMES[-1],
            None,
            jnp.asarray(network.initial_counts),
            saveat=dx.SaveAt(ts=TIMES),
            stepsize_controller=dx.PIDController(rtol=rtol, atol=rtol / 100 * 20),
            max_steps=100_000,
        ).ys

    return lambda rtol: np.asarray(solve(jnp.asarray(rtol)))


def one_size(size: int) -> None:
    """In a process of its own, so that its memory is its own."""
    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.xml")
        write_network(sparse(size), path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        loading, network = timed(lambda: read_network(path))
        first, _ = timed(lambda: rl.simulate(network, rl.MassAction(), TIMES))
        again = read_network(path)
        warm, _ = timed(lambda: rl.simulate(again, rl.MassAction(), TIMES))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{size:>6} reactions: loaded in {loading:.2f} s, first course {first:.2f} s, "
        f"again {warm:.2f} s; {after / 1024:.0f} MB, {before / 1024:.0f} before",
        flush=True,
    )


if __name__ == "__main__":
    main()
