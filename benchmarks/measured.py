"""What is learned from measured data: alpha-pinene, pyridine, hares and lynxes, T cells.

Of each: the library, what the best model misses, how many models the data cannot tell from it, and
whether the known mechanism is one of them.

    .venv/bin/python benchmarks/measured.py
"""

import time
from collections.abc import Callable

import numpy as np

import ratelaw as rl
from ratelaw.learn.data import examples

LEAST_CRAUSTE = 190.45707
"""The best negative log-likelihood of all twelve rates that is known; Grein et al. 2026."""


def main() -> None:
    """Print a paragraph of each data set, with processor seconds."""
    cases: tuple[Callable[[], None], ...] = (
        pinene_rates,
        pinene_network,
        pyridine,
        hares_and_lynxes,
        t_cells,
    )
    for case in cases:
        began = time.process_time()
        case()
        print(f"    {time.process_time() - began:.1f} s\n", flush=True)


def pinene_rates() -> None:
    print("alpha-pinene, the five reactions told; Box et al. 1973: 5.93, 2.96, 2.05, 27.5, 4.00")
    noise = rl.learn.AdditiveNoise(common=True)
    data = rl.Experiments.of(examples.pinene(), exact_start=True, noise=noise)
    fit = rl.ODENet(rl.ReactionLibrary(examples.pinene_mechanism())).fit(data)
    rates = ", ".join(f"{1e5 * value:.4g}" for value, _ in fit.found.values())
    missed = np.nansum(np.square(_missed(fit, data)))
    print(f"    {rates} (1e-5 / min); sum of squares {missed:.4f}, published 19.8722")


def pinene_network() -> None:
    print("alpha-pinene, mass alone told: the 20 isomerisations of five species")
    data = rl.Experiments.of(examples.pinene(), exact_start=True)
    mass = {"mass": dict.fromkeys(data.species, 1)}
    fit = rl.ODENet(rl.MassActionLibrary(1, 1, elements=mass)).fit(data)
    reference = {str(reaction) for reaction in examples.pinene_mechanism().reactions}
    place = [set(model.found) for model in fit.alternatives].index(reference) + 1
    model = fit.alternatives[place - 1]
    rates = ", ".join(f"{1e5 * value:.4g}" for value, _ in model.found.values())
    print(
        f"    {len(fit.alternatives)} models; the reference is number {place}, its criterion "
        f"{model.bic - fit.bic:.1f} above the best; its rates {rates}"
    )


def pyridine() -> None:
    print("pyridine, carbon and nitrogen told, pentane not measured")
    table = examples.pyridine()
    data = rl.Experiments.of(
        table,
        species=[*table["species"].values.tolist(), "pentane"],
        initial={"pentane": 0.0},
        exact_start=True,
    )
    library = rl.MassActionLibrary(2, 2, elements=examples.PYRIDINE_ELEMENTS)
    fit = rl.ODENet(library).fit(data)
    print(f"    {len(library.columns(data.species))} balanced reactions, the best model:")
    for reaction, (value, error) in fit.found.items():
        print(f"    {reaction}: {value:.3g} ± {error:.1g}")
    names = table["species"].values.tolist()
    ranges = np.ptp(table["average"].values, axis=0)
    worst = [
        np.nanmax(np.abs(_missed(model, data)[:, : len(names)]), axis=0) / ranges
        for model in fit.alternatives
    ]
    shares = ", ".join(
        f"{name} {100 * share:.2f}" for name, share in zip(names, worst[0], strict=True)
    )
    print(f"    largest residual, per cent of each range: {shares}")
    within = sum(bool((share < 0.05).all()) for share in worst)
    print(f"    {len(worst)} models are listed, {within} of them within 5 % everywhere")


def hares_and_lynxes() -> None:
    print("hares and lynxes, 1900 to 1920, log-normal errors, polynomials of degree 2")
    data = rl.Experiments.of(examples.lynx_hare(), noise=rl.learn.LogNormalNoise())
    fit = rl.ODENet(rl.PolynomialLibrary(2)).fit(data)
    simplest = min(fit.alternatives, key=lambda model: model.selected.sum())
    (part,) = data.experiments
    print(f"    {len(fit.alternatives)} models; the one of fewest terms:")
    print("    " + str(simplest).replace("\n", "\n    "))
    for name, model in (("best", fit), ("of fewest terms", simplest)):
        (band,) = rl.learn.prediction_bands(model, data, part.times)
        inside = (band["lower_value"] <= part.values) & (part.values <= band["upper_value"])
        print(f"    95 % bands of the model {name} cover {int(inside.sum())} of {inside.size}")


def t_cells() -> None:
    print("T cells on days of their own, with standard deviations, pathogens not counted; the")
    print("    twelve reactions of Crauste et al. 2017, of which no more than needed are kept")
    mechanism = examples.crauste_mechanism()
    start = {name: mechanism.initial.get(name, 0.0) for name in mechanism.species}
    data = rl.Experiments.of(examples.crauste(), species=list(start), initial=start, start_time=0)
    fit = rl.ODENet(rl.ReactionLibrary(mechanism)).fit(data)
    (part,) = data.experiments
    scatter = part.deviations[np.isfinite(part.values)]
    least = 2 * LEAST_CRAUSTE - np.log(2 * np.pi * scatter**2).sum()
    print(
        f"    {scatter.size} values, {len(fit.alternatives)} models; the best has "
        f"{int(fit.selected.sum())} reactions, chi square {fit.chi_square:.1f} "
        f"(all twelve, published: {least:.1f}), p = {fit.p_value:.2g}"
    )


def _missed(fit: rl.Fit, data: rl.Experiments) -> np.ndarray:
    """By how much a model misses the only experiment, shape (T, K)."""
    (part,) = data.experiments
    course = fit.predict(part.times)["average"].sel(species=[str(o) for o in data.observables])
    return np.asarray(course.values - part.values)


if __name__ == "__main__":
    main()
