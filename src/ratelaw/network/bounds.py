"""Upper bounds of rates over a window of time, counts held, by interval arithmetic, for thinning.

Moore 1966. Every operation on intervals becomes straight-line source without a branch. Rounding is
covered: what is computed is moved outward by `OUTWARD`, far more than its own error.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import NamedTuple

import sympy as sp

from ratelaw.network.lowering import to_source
from ratelaw.network.time_dependence import TIME, inputs_of

OUTWARD = 1e-14
"""By what fraction of itself a computed end is moved, and a sum by what fraction of its terms."""
PER_TURN = 1 / (2 * math.pi)
RISING = {
    f: f"math.{f.__name__}"
    for f in (sp.exp, sp.sinh, sp.tanh, sp.atan, sp.asin, sp.asinh, sp.acosh, sp.atanh)
} | {sp.floor: "np.floor", sp.ceiling: "np.ceil"}
"""Functions that nowhere fall, where they have a value."""


class Interval(NamedTuple):
    """The names of two numbers; of the same one where there is no time in it."""

    low: str
    high: str


def bound_source(
    expression: sp.Expr, names: Mapping[sp.Symbol, str], window: tuple[str, str], prefix: str
) -> tuple[list[str], str]:
    r"""Source that bounds an expression over a window of time.

    .. math:: f(t) \le b \quad (t_0 \le t \le t_1)

    Parameters
    ----------
    expression
        In `time`, and in the symbols of `names`.
    names
        What the symbols but `time` are called in the source: numbers that the window leaves alone.
    window
        The names of t0 <= t1. No input jumps inside; at t1 it is meant as before.
    prefix
        The lines set names that begin with it, each once, and end in digits.

    Returns
    -------
    Lines without a branch, which use ``math``, ``np`` and ``select(condition, yes, no)``, and the
    name of b. It is never below the value, up to rounding; infinite where nothing better is known,
    or where the value is not a number throughout.

    Notes
    -----
    Moore 1966. Where the time occurs twice the bound may be above the maximum; it tends to the
    value as the window shrinks, wherever the expression is continuous.

    Examples
    --------
    >>> k = sp.Symbol("k", real=True)
    >>> lines, bound = bound_source(k + TIME, {k: "p0"}, ("t0", "t1"), "b")
    >>> print(*lines, bound, sep=chr(10))
    b2 = p0 + t1 + 1e-14 * (abs(p0) + abs(t1))
    b3 = select(b2 == b2, b2, np.inf)
    b3
    """
    source = _Source(names, window, prefix)
    fixed = {part: source.at_start(part) for part in inputs_of([expression])}
    low, bound = source.interval(expression.xreplace(fixed))
    if low == bound:
        bound = source.known(bound, "np.inf")
    return source.needed(bound), bound


class _Source:
    """Lines under way, and the intervals of the subexpressions met so far."""

    def __init__(
        self, names: Mapping[sp.Symbol, str], window: tuple[str, str], prefix: str
    ) -> None:
        self._lines: dict[str, str] = {}
        self._names = dict(names)
        self._start = window[0]
        self._prefix = prefix
        self._found: dict[sp.Basic, Interval] = {TIME: Interval(*window)}

    def at_start(self, part: sp.Expr) -> sp.Symbol:
        """A symbol for the value that an input has throughout the window."""
        return self._symbol(self._set(to_source(part, self._names | {TIME: self._start})))

    def needed(self, bound: str) -> list[str]:
        """The lines without which the bound would not be known."""
        used = {bound}
        for value, name in reversed(self._lines.items()):
            if name in used:
                used.update(re.findall(r"\w+", value))
        return [f"{name} = {value}" for value, name in self._lines.items() if name in used]

    def known(self, name: str, otherwise: str) -> str:
        """The number, or what to put in place of not-a-number."""
        return self._set(f"select({name} == {name}, {name}, {otherwise})")

    def interval(self, expression: sp.Expr) -> Interval:
        """Where the expression lies, whenever in the window."""
        if expression not in self._found:
            self._found[expression] = self._new_interval(expression)
        return self._found[expression]

    def _new_interval(self, expression: sp.Expr) -> Interval:  # noqa: PLR0911
        if not expression.has(TIME):
            name = self._set(to_source(expression, self._names))
            return Interval(name, name)
        match expression:
            case sp.Add():
                return self._sum([self.interval(part) for part in expression.args])
            case sp.Mul():
                fixed, parts = expression.as_independent(TIME)
                factors = [self.interval(part) for part in sp.Mul.make_args(parts)]
                return self._scaled(reduce(self._product, factors), fixed)
            case sp.Pow(base=base, exp=sp.Integer() as power):
                return self._whole_power(self.interval(base), int(power))
            case sp.Pow():
                return self._power(expression)
            case sp.Piecewise():
                return self._cases(expression)
            case sp.Min():
                return self._smallest([self.interval(part) for part in expression.args])
            case sp.Max():
                return self._largest([self.interval(part) for part in expression.args])
        return self._function(expression)

    def _function(self, expression: sp.Expr) -> Interval:  # noqa: PLR0911
        inner = self.interval(expression.args[0])
        if name := RISING.get(expression.func):
            return self._outward(*(f"{name}({end})" for end in inner))
        match expression:
            case sp.acos():
                return self._outward(f"math.acos({inner.high})", f"math.acos({inner.low})")
            case sp.cosh():
                return self._outward(*(f"math.cosh({end})" for end in self._sizes(inner)))
            case sp.tan():
                return self._tangent(inner)
            case sp.log():
                low = self._set(f"select({inner.low} > 0.0, {inner.low}, 0.0)")
                return self._outward(f"math.log({low})", f"math.log({inner.high})")
            case sp.Abs():
                return self._sizes(inner)
            case sp.sin():
                return self._wave("math.sin", inner, 0.25)
            case sp.cos():
                return self._wave("math.cos", inner, 0.0)
        return Interval(self._set("-np.inf"), self._set("np.inf"))

    def _sum(self, terms: Sequence[Interval]) -> Interval:
        low, high = zip(*terms, strict=True)
        return Interval(
            self.known(self._set(_total(low, "-")), "-np.inf"),
            self.known(self._set(_total(high, "+")), "np.inf"),
        )

    def _scaled(self, factor: Interval, fixed: sp.Expr) -> Interval:
        """Times a number of which the sign may be known."""
        if fixed is sp.S.One:
            return factor
        scale = self.interval(fixed)
        if not fixed.is_number:
            return self._product(factor, scale)
        ends = factor if fixed > 0 else reversed(factor)
        return self._outward(*(f"{end} * {scale.high}" for end in ends))

    def _product(self, one: Interval, other: Interval) -> Interval:
        pairs = dict.fromkeys((a, b) for a in one for b in other)
        return self._hull([f"{a} * {b}" for a, b in pairs])

    def _whole_power(self, base: Interval, power: int) -> Interval:
        if power < 0:
            below = base if power == -1 else self._whole_power(base, -power)
            apart = self._set(f"({below.low} > 0.0) | ({below.high} < 0.0)")
            low = self._set(f"select({apart}, 1.0 / {below.high}, -np.inf)")
            return self._outward(low, f"select({apart}, 1.0 / {below.low}, np.inf)")
        if power % 2 == 0:
            base = self._sizes(base)
        x = [sp.Symbol(name, real=True) ** power for name in base]
        return self._outward(*(to_source(end, {}) for end in x))

    def _power(self, expression: sp.Pow) -> Interval:
        """Of a base that may turn negative where the power happens to be whole: |x^p| = |x|^p."""
        base, exponent = self.interval(expression.base), expression.exp
        sizes = self._sizes(base)
        if exponent.is_number:
            corners = [to_source(sp.Symbol(name, real=True) ** exponent, {}) for name in sizes]
        else:
            powers = dict.fromkeys(self.interval(exponent))
            corners = [f"{size} ** {power}" for size in sizes for power in powers]
        hull = self._hull(corners)
        return Interval(self._set(f"select({base.low} < 0.0, -{hull.high}, {hull.low})"), hull.high)

    def _cases(self, expression: sp.Piecewise) -> Interval:
        """Of the case that holds; of all cases where time decides."""
        values = [self.interval(value) for value, _ in expression.args]
        conditions = [condition for _, condition in expression.args]
        if any(condition.has(TIME) for condition in conditions):
            return Interval(self._smallest(values).low, self._largest(values).high)
        ends = []
        for names in zip(*values, strict=True):
            cases = zip(map(self._symbol, names), conditions, strict=True)
            ends.append(self._set(to_source(sp.Piecewise(*cases), self._names)))
        return Interval(*ends)

    def _sizes(self, inner: Interval) -> Interval:
        """Of the absolute value."""
        low, high = (self._set(f"-{name}") for name in inner)
        zero = self._set("0.0")
        return Interval(
            self._extreme([inner.low, high, zero], ">=", "0.0"),
            self._extreme([low, inner.high], ">=", "np.inf"),
        )

    def _wave(self, function: str, inner: Interval, crest: float) -> Interval:
        """Of a sine whose maxima lie at `crest` turns, and its minima half a turn on."""
        turns = self._outward(*(f"{end} * {PER_TURN!r}" for end in inner))
        hull = self._hull([f"{function}({end})" for end in inner])
        ends = []
        for end, at, extreme in zip(hull, (crest + 0.5, crest), ("-1.0", "1.0"), strict=True):
            first = self._set(f"np.ceil({turns.low} - {at})")
            last = self._set(f"np.floor({turns.high} - {at})")
            ends.append(self._set(f"select({first} <= {last}, {extreme}, {end})"))
        return Interval(*ends)

    def _tangent(self, inner: Interval) -> Interval:
        """Between two poles it rises."""
        turns = self._outward(*(f"{end} * {2 * PER_TURN!r}" for end in inner))
        first, last = (self._set(f"np.floor({end} + 0.5)") for end in turns)
        low, high = self._outward(*(f"math.tan({end})" for end in inner))
        return Interval(
            self._set(f"select({first} == {last}, {low}, -np.inf)"),
            self._set(f"select({first} == {last}, {high}, np.inf)"),
        )

    def _smallest(self, parts: Sequence[Interval]) -> Interval:
        low, high = zip(*parts, strict=True)
        return Interval(self._extreme(low, "<=", "-np.inf"), self._extreme(high, "<=", "np.inf"))

    def _largest(self, parts: Sequence[Interval]) -> Interval:
        low, high = zip(*parts, strict=True)
        return Interval(self._extreme(low, ">=", "-np.inf"), self._extreme(high, ">=", "np.inf"))

    def _hull(self, values: Sequence[str]) -> Interval:
        """From the least to the greatest of computed values."""
        names = [self._set(value) for value in values]
        return self._outward(self._first(names, "<="), self._first(names, ">="))

    def _outward(self, low: str, high: str) -> Interval:
        """Computed ends, moved beyond what rounding may have done."""
        ends = []
        for value, sign, otherwise in ((low, "-", "-np.inf"), (high, "+", "np.inf")):
            name = self._set(value)
            moved = self._set(f"{name} {sign} {OUTWARD} * abs({name})")
            ends.append(self.known(moved, otherwise))
        return Interval(*ends)

    def _extreme(self, names: Sequence[str], relation: str, otherwise: str) -> str:
        return self.known(self._first(names, relation), otherwise)

    def _first(self, names: Sequence[str], relation: str) -> str:
        """The first of the numbers in an order; not a number where one is not."""

        def of_two(a: str, b: str) -> str:
            first = self._set(f"select({a} {relation} {b}, {a}, {b})")
            return self._set(f"select({a} != {a}, {a}, {first})")

        return reduce(of_two, names)

    def _symbol(self, name: str) -> sp.Symbol:
        """A symbol printed as this name, different from all that a user may have."""
        made = sp.Dummy(real=True)
        self._names[made] = name
        return made

    def _set(self, value: str) -> str:
        if value.isidentifier():
            return value
        return self._lines.setdefault(value, f"{self._prefix}{len(self._lines)}")


def _total(names: Sequence[str], sign: str) -> str:
    """A sum of numbers, moved by what rounding of each may have done."""
    sizes = " + ".join(f"abs({name})" for name in names)
    return f"{' + '.join(names)} {sign} {OUTWARD} * ({sizes})"
