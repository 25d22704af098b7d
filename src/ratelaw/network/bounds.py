"""Upper bounds of rates over a window of time, as source text, by interval arithmetic."""

from collections.abc import Mapping

import sympy as sp

from ratelaw.network.lowering import to_source
from ratelaw.network.time_dependence import TIME, Steps

Interval = tuple[str, str]
"""Source of a number below, and of one above, all values in the window."""


def bound_source(
    expression: sp.Expr, names: Mapping[sp.Symbol, str], window: tuple[str, str], prefix: str
) -> tuple[list[str], str]:
    """Lines that bound an expression from above for every time in a window, and the bound's name.

    Parameters
    ----------
    expression
        Of species, parameters and time.
    names
        Source names of species and parameters.
    window
        Source names of its ends; no input jumps inside.
    prefix
        Of the names that the lines set.

    Returns
    -------
    Straight lines that use `select`, `smaller`, `larger`, and ``math``. Where no bound is known it
    is infinite.

    Examples
    --------
    >>> lines, bound = bound_source(1 + TIME, {}, ("t0", "t1"), "d")
    >>> lines[-1]
    'd3 = select(d2 + 1e-12*abs(d2) >= d2, d2 + 1e-12*abs(d2), np.inf)'
    """
    return _Bounds(names, window, prefix).upper(expression)


class _Bounds:
    def __init__(
        self, names: Mapping[sp.Symbol, str], window: tuple[str, str], prefix: str
    ) -> None:
        self.names = dict(names) | {TIME: window[0]}
        self.window = window
        self.prefix = prefix
        self.lines: list[str] = []

    def upper(self, expression: sp.Expr) -> tuple[list[str], str]:
        _, high = self.of(expression)
        slack = f"{high} + 1e-12*abs({high})"
        bound = self.let(f"select({slack} >= {high}, {slack}, np.inf)")
        return self.lines, bound

    def let(self, source: str) -> str:
        """A new name for a value."""
        name = f"{self.prefix}{len(self.lines)}"
        self.lines.append(f"{name} = {source}")
        return name

    def of(self, part: sp.Basic) -> Interval:  # noqa: C901, PLR0911
        """The interval of a part of the expression."""
        if TIME not in part.free_symbols or isinstance(part, Steps):
            value = self.let(to_source(part, self.names))
            return value, value
        if part == TIME:
            return self.window
        match part:
            case sp.Add():
                ends = zip(*map(self.of, part.args), strict=True)
                low, high = (" + ".join(end) for end in ends)
                return self.let(low), self.let(high)
            case sp.Mul():
                return self.product(part)
            case sp.exp() | sp.log() | sp.tanh():
                low, high = self.of(part.args[0])
                name = f"math.{part.func.__name__}"
                return self.let(f"{name}({low})"), self.let(f"{name}({high})")
            case sp.Pow():
                return self.power(part.base, part.exp)
            case sp.sin():
                return self.wave(*self.of(part.args[0]))
            case sp.cos():
                return self.wave(*self.of(part.args[0] + sp.pi / 2))
            case sp.Abs():
                return self.size(*self.of(part.args[0]))
            case sp.Max() | sp.Min():
                choose = "larger" if isinstance(part, sp.Max) else "smaller"
                low, high = self.of(part.args[0])
                for other in part.args[1:]:
                    lower, upper = self.of(other)
                    low = self.let(f"{choose}({low}, {lower})")
                    high = self.let(f"{choose}({high}, {upper})")
                return low, high
            case sp.Piecewise():
                return self.pieces(part)
        return "-np.inf", "np.inf"

    def product(self, part: sp.Mul) -> Interval:
        still, moving = part.as_independent(TIME)
        low, high = self.of(still)
        for factor in sp.Mul.make_args(moving):
            lower, upper = self.of(factor)
            corners = [self.let(f"{a}*{b}") for a in {low, high} for b in (lower, upper)]
            low, high = self.hull(corners)
        return low, high

    def hull(self, numbers: list[str]) -> Interval:
        low = high = numbers[0]
        for number in numbers[1:]:
            low = self.let(f"smaller({low}, {number})")
            high = self.let(f"larger({high}, {number})")
        return low, high

    def power(self, base: sp.Expr, exponent: sp.Expr) -> Interval:
        if not exponent.is_number:
            return self.of(sp.exp(sp.expand_mul(exponent * sp.log(base)), evaluate=False))
        low, high = self.of(base)
        if exponent.is_Integer and exponent % 2 == 0:
            low, high = self.size(low, high)
        size = float(abs(exponent))
        if exponent.is_Integer:
            size = int(size)
            rising = [self.let("*".join([f"({end})"] * size)) for end in (low, high)]
        else:
            rising = [self.let(f"math.pow({end}, {size!r})") for end in (low, high)]
        if exponent.is_positive:
            return rising[0], rising[1]
        apart = self.let(f"select(({rising[0]} > 0.0) | ({rising[1]} < 0.0), 1.0, 0.0)")
        return (
            self.let(f"select({apart} == 1.0, 1.0/{rising[1]}, -np.inf)"),
            self.let(f"select({apart} == 1.0, 1.0/{rising[0]}, np.inf)"),
        )

    def size(self, low: str, high: str) -> Interval:
        """Of absolute values."""
        outer = self.let(f"larger(abs({low}), abs({high}))")
        inner = self.let(f"smaller(abs({low}), abs({high}))")
        return self.let(f"select(({low} <= 0.0) & ({high} >= 0.0), 0.0, {inner})"), outer

    def wave(self, low: str, high: str) -> Interval:
        """Of the sine: its ends, or 1 and -1 where a crest or a trough lies between."""
        first, last = self.let(f"math.sin({low})"), self.let(f"math.sin({high})")
        ends = []
        for choose, shift, extreme in (("smaller", "+", "-1.0"), ("larger", "-", "1.0")):
            turns = [
                self.let(f"math.floor(({end} {shift} 0.5*math.pi)/(2.0*math.pi))")
                for end in (low, high)
            ]
            end = self.let(f"{choose}({first}, {last})")
            ends.append(self.let(f"select({turns[0]} == {turns[1]}, {end}, {extreme})"))
        return ends[0], ends[1]

    def pieces(self, part: sp.Piecewise) -> Interval:
        """Of the piece that holds; of all together where time decides which."""
        if any(TIME in condition.free_symbols for _, condition in part.args):
            return self.hull([end for value, _ in part.args for end in self.of(value)])
        low, high = self.of(part.args[-1].expr)
        for value, condition in reversed(part.args[:-1]):
            lower, upper = self.of(value)
            holds = to_source(condition, self.names)
            low = self.let(f"select({holds}, {lower}, {low})")
            high = self.let(f"select({holds}, {upper}, {high})")
        return low, high
