"""scikit-learn's own tools on decays whose answer is known."""

import numpy as np
import pytest
import xarray as xr
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score

import ratelaw as rl

TIMES = np.linspace(0, 4, 9)


@pytest.fixture(scope="module")
def tables():
    generator = np.random.default_rng(1)
    found = []
    for start in (2.0, 3.0, 4.0, 5.0, 6.0, 7.0):
        values = start * np.exp(-0.5 * TIMES) + 0.02 * generator.standard_normal(9)
        found.append(
            xr.Dataset(
                {"average": (["time", "species"], values[:, None])},
                coords={"time": TIMES, "species": ["A"]},
            )
        )
    return found


def test_scores_of_held_back_experiments_are_nearly_one(tables):
    scores = cross_val_score(rl.learn.ODENetRegressor(rl.PolynomialLibrary(1)), tables, cv=3)
    assert (scores > 0.99).all()


def test_a_grid_search_finds_the_library_that_holds_the_decay(tables):
    libraries = [rl.TermLibrary(("1",)), rl.PolynomialLibrary(1)]
    search = GridSearchCV(rl.learn.ODENetRegressor(libraries[0]), {"library": libraries}, cv=3)
    search.fit(tables)
    assert search.best_params_["library"] == libraries[1]
    assert search.best_estimator_.fit_.values[0] == pytest.approx(-0.5, rel=0.02)


def test_predictions_start_from_known_starts(tables):
    model = rl.learn.ODENetRegressor(rl.PolynomialLibrary(1), exact_start=True).fit(tables)
    first = model.predict(tables)[0][:, 0]
    start = float(tables[0]["average"].values[0, 0])
    np.testing.assert_allclose(first, start * np.exp(model.fit_.values[0] * TIMES), rtol=1e-4)


def test_parameters_are_read_set_and_cloned(tables):
    model = rl.learn.ODENetRegressor(rl.PolynomialLibrary(1))
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(exact_start=True).exact_start
    with pytest.raises(rl.DataError, match="no parameter 'depth'"):
        model.set_params(depth=1)
    with pytest.raises(rl.DataError, match="call fit first"):
        model.predict(tables)
