"""A field taken apart into terms of one species, and with numbers for parameters."""

import numpy as np

import ratelaw as rl
from ratelaw.learn import Arrhenius
from ratelaw.learn.equations.field import Field

SPECIES = ("A", "B", "C")
STATE = np.array([0.7, 1.3, 0.4])


def field(library, inputs=()):
    return Field(SPECIES, inputs, library.columns(SPECIES))


def slope(part, theta, shape=(), inputs=()):
    """dy/dt from the terms as SymPy has them."""
    known = dict(zip(SPECIES, STATE, strict=True)) | dict(zip(part.inputs, inputs, strict=True))
    values = {s.name: x for s, x in zip(part.parameters, shape, strict=True)} | known
    rates = [
        float(t.rate.subs({s: values[s.name] for s in t.rate.free_symbols})) for t in part.terms
    ]
    return part.changes @ (theta * np.array(rates))


def test_terms_of_one_species_make_the_same_right_hand_side():
    whole = field(rl.MassActionLibrary(order=2, products=2))
    single, mixing = whole.single
    assert len(single.terms) < len(whole.terms) / 2
    theta = np.random.default_rng(0).uniform(0, 1, len(whole.terms))
    np.testing.assert_allclose(slope(single, mixing @ theta), slope(whole, theta), rtol=1e-12)


def test_terms_of_one_species_stay_as_they_are():
    whole = field(rl.PolynomialLibrary(2))
    single, mixing = whole.single
    assert single is whole
    np.testing.assert_array_equal(mixing, np.eye(len(whole.terms)))


def test_with_numbers_for_activation_energies_reactions_share_their_reactants():
    whole = field(Arrhenius(rl.MassActionLibrary(order=1, products=2), "T"), ("T",))
    shape = np.full(len(whole.parameters), 50.0)
    known = whole.at(dict(zip(whole.parameters, shape, strict=True)))
    assert known.parameters == ()
    assert len(known.single[0].terms) < len(known.terms)
    theta = np.random.default_rng(0).uniform(0, 1, len(whole.terms))
    expected = slope(whole, theta, shape, (330.0,))
    np.testing.assert_allclose(slope(known, theta, inputs=(330.0,)), expected, rtol=1e-12)


def test_any_activation_energy_is_a_number_without_overflow():
    """5000 kJ/mol: apart from its reference the rate would be 1e876 exp(-601000 K/T)."""
    whole = field(Arrhenius(rl.MassActionLibrary(order=1, products=1), "T"), ("T",))
    shape, inputs = np.full(len(whole.parameters), 5000.0), np.array([[290.0], [340.0]])
    known = whole.at(dict(zip(whole.parameters, shape, strict=True)))
    expected = np.exp(-5000 / 8.31446261815324e-3 * (1 / inputs - 1 / 298.15))
    for part, inside in ((whole, shape), (known, np.empty(0))):
        prefactors, _ = part.prefactors(inside, inputs)
        np.testing.assert_allclose(prefactors[:, [0]], expected, rtol=1e-11)


def test_other_parameters_stay():
    whole = field(Arrhenius(rl.MassActionLibrary(order=1, products=1), "T"), ("T",))
    first, *others = whole.parameters
    part = whole.at({first: 40.0})
    assert part.parameters == tuple(others)
    shape, theta = np.append(40.0, np.full(len(others), 50.0)), np.ones(len(whole.terms))
    expected = slope(whole, theta, shape, (330.0,))
    np.testing.assert_allclose(slope(part, theta, shape[1:], (330.0,)), expected, rtol=1e-12)
