"""Rate equations as arrays: terms of few forms, what each changes, and the sparse Jacobian."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from ratelaw.errors import SolverError, UnsupportedError
from ratelaw.network import Network
from ratelaw.network.expression import symbol
from ratelaw.network.forms import Coefficients, Form, forms_of
from ratelaw.network.lowering import lower
from ratelaw.network.reaction import Reaction
from ratelaw.network.time_dependence import TIME, jumps_of

LARGEST_DENSE = 64
"""Of a matrix, the rows or columns up to which it costs less dense than sparse."""
WITHOUT_SLOPE = (sp.Piecewise, sp.floor, sp.ceiling, sp.factorial, sp.Min, sp.Max, sp.Abs)
"""Functions whose derivative jumps or has no formula."""

Terms = Mapping[sp.Expr, Mapping[int, float]]
"""Terms, and by what factor each changes the variables at these places."""
Function = Callable[[np.ndarray], np.ndarray]


class Equations:
    r"""dy/dt = M f(y, t; p): the rates of V variables by T terms, whatever the parameters are.

    Terms that differ only in variables and numbers are one form, evaluated and differentiated once.

    Attributes
    ----------
    names
        Of the variables y.
    jumps
        Times at which an input jumps.
    has_switches
        Whether a derivative jumps, or has no formula.
    depends_on_time
        Whether a rate varies with time between the jumps.
    coefficients
        The numbers in f, from the parameters p.
    """

    def __init__(
        self, terms: Terms, variables: Sequence[sp.Symbol], parameters: Sequence[sp.Symbol]
    ) -> None:
        self.names = tuple(variable.name for variable in variables)
        self.jumps = jumps_of(terms)
        self.has_switches = any(term.has(*WITHOUT_SLOPE) for term in terms)
        self.coefficients = Coefficients(parameters)
        places = {name: i for i, name in enumerate([*self.names, TIME.name])}
        self._forms = forms_of(list(terms), places, self.coefficients)
        self.depends_on_time = any(len(self.names) in form.variables for form in self._forms)
        changes = list(terms.values())
        self._changes = [changes[member] for form in self._forms for member in form.members]

    @cached_property
    def terms(self) -> "Outputs":
        """F, form by form."""
        return Outputs(self._forms, [[form.formula] for form in self._forms])

    @cached_property
    def changes(self) -> Any:  # noqa: ANN401
        """M, shape (V, T), columns form by form."""
        entries = [(i, t, u) for t, row in enumerate(self._changes) for i, u in row.items()]
        return _matrix(entries, len(self.names), len(self._changes))

    @cached_property
    def slopes(self) -> "Outputs":
        """df/dx for each argument x of a form: form by form, argument by argument."""
        self.require_slopes()
        return Outputs(self._forms, self._slopes)

    def require_slopes(self) -> None:
        """Refuse equations without a Jacobian.

        Raises
        ------
        UnsupportedError
            If a derivative has no formula.
        """
        if not self.has_slopes:
            raise UnsupportedError(
                "a rate with floor, ceil or factorial has no derivative in formulas"
            )

    @cached_property
    def has_slopes(self) -> bool:
        """Whether all derivatives have a formula."""
        found = (slope for slopes in self._slopes for slope in slopes)
        return not any(slope.has(sp.Derivative, sp.Subs) for slope in found)

    @cached_property
    def _slopes(self) -> list[list[sp.Expr]]:
        return [form.slopes for form in self._forms]

    @property
    def pattern(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the Jacobian's entries, column by column; the diagonal is there."""
        return self._jacobian[:2]

    @property
    def assembly(self) -> Any:  # noqa: ANN401
        """A, shape (entries, slopes): the entries of the Jacobian are A df/dx."""
        return self._jacobian[2]

    @cached_property
    def _jacobian(self) -> tuple[np.ndarray, np.ndarray, Any]:
        size, first, slope = len(self.names), 0, 0
        found = []
        for form in self._forms:
            for variables in form.variables:
                for term, variable in enumerate(variables.tolist(), start=first):
                    if variable < size:  # not time
                        changes = self._changes[term].items()
                        found += [(variable * size + i, slope, u) for i, u in changes]
                    slope += 1
            first += len(form.members)
        diagonal = range(0, size * size, size + 1)
        places = np.unique([*(place for place, _, _ in found), *diagonal])
        order = {place: entry for entry, place in enumerate(places.tolist())}
        entries = [(order[place], column, u) for place, column, u in found]
        return places % size, places // size, _matrix(entries, len(places), slope)


class Outputs:
    """Expressions of every form, evaluated for all its terms into one array."""

    def __init__(self, forms: Sequence[Form], expressions: Sequence[Sequence[sp.Expr]]) -> None:
        names = [form.numbered(number) for number, form in enumerate(forms)]
        self._function = lower(
            [e.xreplace(new) for new, row in zip(names, expressions, strict=True) for e in row],
            [new[x] for new, form in zip(names, forms, strict=True) for x in form.arguments],
            [new[c] for new, form in zip(names, forms, strict=True) for c in form.constants],
        )
        self._variables = [_places(row) for form in forms for row in form.variables]
        self._coefficients = [_places(row) for form in forms for row in form.coefficients]
        sizes = [
            len(form.members) for form, row in zip(forms, expressions, strict=True) for _ in row
        ]
        bounds = np.cumsum([0, *sizes]).tolist()
        self._rows = [slice(*pair) for pair in pairwise(bounds)]
        self._size = bounds[-1]

    def at(self, coefficients: np.ndarray) -> Function:
        """The outputs as a function of y and time, shape (V + 1,), given the coefficients."""
        function, places, rows = self._function, self._variables, self._rows
        constants = [coefficients[place] for place in self._coefficients]

        def evaluate(state: np.ndarray) -> np.ndarray:
            result = np.empty(self._size)
            values = function([state[place] for place in places], constants)
            for row, value in zip(rows, values, strict=True):
                result[row] = value
            return result

        return evaluate


class RateField:
    """Equations with values of their parameters; inputs are as they are from a time on.

    Examples
    --------
    >>> decay = network_field(Network.parse("A --> B, 2"))
    >>> decay(0.0, np.array([3.0, 0.0])), decay.jacobian(0.0, np.array([3.0, 0.0]))
    (array([-6.,  6.]), array([[-2.,  0.],
           [ 2.,  0.]]))
    """

    def __init__(self, equations: Equations, parameters: np.ndarray, time: float = 0.0) -> None:
        self.equations = equations
        self._parameters = parameters
        self._coefficients = equations.coefficients.evaluate(parameters, time)
        self._terms = equations.terms.at(self._coefficients)
        self._state = np.empty(len(equations.names) + 1)

    def from_time(self, time: float) -> "RateField":
        """The same with inputs as they are from a time to the next jump."""
        if not self.equations.jumps:
            return self
        return RateField(self.equations, self._parameters, time)

    def __call__(self, time: float, state: np.ndarray) -> np.ndarray:
        """dy/dt, shape (V,)."""
        self._state[:-1], self._state[-1] = state, time
        return self.equations.changes @ self._terms(self._state)

    def jacobian(self, time: float, state: np.ndarray) -> np.ndarray:
        """The Jacobian, shape (V, V)."""
        matrix = np.zeros((state.size, state.size))
        matrix[self.equations.pattern] = self._entries(time, state)
        return matrix

    def finite_jacobian(self, state: np.ndarray) -> np.ndarray:
        """The Jacobian at time 0, shape (V, V), for those who need all of it.

        Raises
        ------
        SolverError
            If a slope is not finite, as that of sqrt(A) at A = 0; it says of what by what.
        """
        matrix = self.jacobian(0.0, state)
        for i, k in np.argwhere(~np.isfinite(matrix))[:1]:
            names = self.equations.names
            raise SolverError(
                f"the rate of change of {names[i]!r} has the slope {matrix[i, k]:g} by "
                f"{names[k]!r} at {names[k]} = {state[k]:g}, where a finite one is needed"
            )
        return matrix

    def sparse_jacobian(self, time: float, state: np.ndarray) -> Any:  # noqa: ANN401
        """The same as a sparse array of columns."""
        from scipy.sparse import csc_array

        rows, columns = self.equations.pattern
        bounds = np.searchsorted(columns, np.arange(state.size + 1))
        return csc_array((self._entries(time, state), rows, bounds), (state.size, state.size))

    def _entries(self, time: float, state: np.ndarray) -> np.ndarray:
        self._state[:-1], self._state[-1] = state, time
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            return self.equations.assembly @ self._slopes(self._state)

    @cached_property
    def _slopes(self) -> Function:
        return self.equations.slopes.at(self._coefficients)


def network_field(network: Network) -> RateField:
    """The rate equations of a network in concentrations; lowered once for each structure."""
    equations = _network_equations(
        network.reactions,
        tuple(network.rates.items()),
        network.species,
        tuple(network.values),
    )
    return RateField(equations, np.array(list(network.parameters.values())))


def rates_field(rates: Iterable[sp.Expr], variables: Iterable[sp.Symbol]) -> RateField:
    """dy/dt as expressions of variables and time, every parameter already a number."""
    return RateField(_rates_equations(tuple(rates), tuple(variables)), np.empty(0))


@lru_cache(maxsize=64)
def _rates_equations(rates: tuple[sp.Expr, ...], variables: tuple[sp.Symbol, ...]) -> Equations:
    terms: dict[sp.Expr, dict[int, float]] = {}
    for i, rate in enumerate(rates):
        _add_rate(terms, i, rate)
    return Equations(terms, variables, ())


@lru_cache(maxsize=64)
def _network_equations(
    reactions: tuple[Reaction, ...],
    rates: tuple[tuple[str, sp.Expr], ...],
    species: tuple[str, ...],
    parameters: tuple[sp.Symbol, ...],
) -> Equations:
    terms = rate_terms(reactions, rates, species)
    return Equations(terms, tuple(map(symbol, species)), parameters)


def rate_terms(
    reactions: Iterable[Reaction], rates: Iterable[tuple[str, sp.Expr]], species: Sequence[str]
) -> dict[sp.Expr, dict[int, float]]:
    """Terms of the rate equations in concentrations, of reactions and of rates of change."""
    places = {name: i for i, name in enumerate(species)}
    terms: dict[sp.Expr, dict[int, float]] = {}
    for reaction in reactions:
        changes = terms.setdefault(reaction.law.flux(reaction.reactants), {})
        for name, change in reaction.net_changes.items():
            changes[places[name]] = changes.get(places[name], 0) + change
    for name, rate in rates:
        _add_rate(terms, places[name], rate)
    return terms


def _add_rate(terms: dict[sp.Expr, dict[int, float]], place: int, rate: sp.Expr) -> None:
    """Each part of a sum is a term, shared with the rates that have it too."""
    for part in sp.Add.make_args(rate):
        factor, term = part.as_coeff_Mul()
        changes = terms.setdefault(term, {})
        changes[place] = changes.get(place, 0) + float(factor)


def _places(row: np.ndarray) -> int | np.ndarray:
    """Where the values of an argument are: of one term a place, so that no array is made."""
    return int(row[0]) if row.size == 1 else row


def _matrix(entries: Iterable[tuple[int, int, float]], rows: int, columns: int) -> Any:  # noqa: ANN401
    from scipy.sparse import coo_array

    row, column, value = np.array([*entries], dtype=float).reshape(-1, 3).T
    places = row.astype(np.int32), column.astype(np.int32)
    matrix = coo_array((value, places), (rows, columns))
    return matrix.toarray() if max(rows, columns) <= LARGEST_DENSE else matrix.tocsr()
