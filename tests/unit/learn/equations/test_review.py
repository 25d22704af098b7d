"""A model that leaves what is no noise says so, and a right one does not."""

import numpy as np
import pytest
import xarray as xr

import ratelaw as rl

TIMES = np.linspace(0, 20, 41)
GROWTH = 10 / (1 + 9 * np.exp(-0.5 * TIMES))
ALIKE = "neighbouring values of A are missed in the same direction, with a correlation of 0."


def measured(values, deviation=None):
    variables = {"average": (["time", "species"], values[:, None])}
    if deviation is not None:
        variables["standard_error"] = (
            ["time", "species"],
            np.full_like(values, deviation)[:, None],
        )
    return rl.Experiments.of(xr.Dataset(variables, coords={"time": TIMES, "species": ["A"]}))


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1])
def test_a_library_that_lacks_a_term_is_found_out(noise):
    scatter = 1 + noise * np.random.default_rng(1).standard_normal(len(TIMES))
    fit = rl.ODENet(rl.PolynomialLibrary(1)).fit(measured(GROWTH * scatter))
    assert any(said.startswith(ALIKE) for said in fit.remarks)


def test_exact_data_of_the_right_law_are_not_doubted():
    """What is missed is then the solver's own error, which is as smooth as the course."""
    assert rl.ODENet(rl.PolynomialLibrary(2)).fit(measured(GROWTH)).remarks == ()


@pytest.mark.parametrize("deviation", [None, 0.2])
def test_the_right_law_is_not_doubted(deviation):
    """Ten data sets each, one false alarm in ten thousand data sets."""
    for seed in range(10):
        scatter = 0.2 * np.random.default_rng(seed).standard_normal(len(TIMES))
        fit = rl.ODENet(rl.PolynomialLibrary(2)).fit(measured(GROWTH + scatter, deviation))
        assert not any("same direction" in said for said in fit.remarks)


@pytest.mark.parametrize(
    ("count", "noise", "said"),
    [
        (8, rl.learn.MixedNoise(), True),
        (8, rl.learn.AdditiveNoise(common=True), False),
        (30, rl.learn.MixedNoise(), False),
    ],
)
def test_noise_that_few_values_tell_is_remarked(count, noise, said):
    times = np.linspace(0, 10, count)
    decay = 10 * np.exp(-0.3 * times)
    both = np.column_stack([decay, 10 - decay])
    both += 0.4 * np.random.default_rng(1).standard_normal(both.shape)
    table = xr.Dataset(
        {"average": (["time", "species"], both)}, coords={"time": times, "species": ["A", "B"]}
    )
    library = rl.ReactionLibrary(rl.Network.parse("A --> B, 1"))
    fit = rl.ODENet(library).fit(rl.Experiments.of(table, noise=noise))
    assert any(f"({count}) tell how large the noise of A, B is" in s for s in fit.remarks) == said


def test_an_input_that_no_term_holds_is_remarked():
    tables = [
        xr.Dataset(
            {"average": (["time", "species"], np.column_stack([GROWTH, np.full(41, dose)]))},
            coords={"time": TIMES, "species": ["A", "dose"]},
        )
        for dose in (1.0, 2.0)
    ]
    data = rl.Experiments.of(*tables, inputs=["dose"])
    said = "no term of the library holds dose, which was set: what it does is not learned"
    assert said in rl.ODENet(rl.PolynomialLibrary(2)).fit(data).remarks
    held = rl.learn.TermLibrary(["A", "A^2", "A*dose"])
    assert said not in rl.ODENet(held).fit(data).remarks
