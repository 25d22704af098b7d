"""Numbers as they are shown: rounded by their own standard error."""

import math
from dataclasses import dataclass

MOST_DECIMALS = 12
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Number:
    """A value that is shown rounded and kept whole.

    Attributes
    ----------
    value
        At full precision.
    error
        Its standard error; None where there is none.
    note
        A remark to stand under it.
    digits
        Significant digits where no error says how many are worth showing.
    unit
        What to print after it.

    Examples
    --------
    >>> print(Number(0.0836127, error=0.000073))
    0.083613 ± 0.000073
    >>> print(Number(12.5, digits=2), Number(-0.0197))
    12 −0.0197
    """

    value: float
    error: float | None = None
    note: str = ""
    digits: int = 4
    unit: str = ""

    def __str__(self) -> str:
        if not self.error:
            return f"{rounded(self.value, self.digits)} {self.unit}".rstrip()
        places = decimals(self.error, 2)
        return f"{fixed(self.value, places)} ± {fixed(self.error, places)} {self.unit}".rstrip()

    @property
    def compact(self) -> str:
        """With the error of the last digits in parentheses, as physicists write it.

        Examples
        --------
        >>> Number(0.3099673, error=0.00011).compact
        '0.30997(11)'
        """
        if not self.error:
            return str(self)
        places = decimals(self.error, 2)
        if not places:
            return f"{fixed(self.value, 0)}({fixed(self.error, 0)})"
        return f"{fixed(self.value, places)}({round(self.error * 10**places)})"


def compared(value: float, error: float | None, exact: float) -> Number:
    """An estimate with its distance from the exact value under it, in per cent where that is not 0.

    Examples
    --------
    >>> compared(0.099, 0.002, 0.1).note
    '1 % off'
    """
    note = f"{rounded(100 * abs(value / exact - 1), 2)} % off" if exact else ""
    return Number(value, error, note, digits=5)


def rounded(value: float, digits: int) -> str:
    """To this many significant digits, in plain decimals where that is readable.

    Examples
    --------
    >>> rounded(1.10000004, 4), rounded(3.2e-7, 2), rounded(1234567.0, 4)
    ('1.1', '3.2e−07', '1234567')
    """
    if float(value).is_integer() or abs(value) >= 10**digits:
        return fixed(value, 0)
    return f"{value:.{digits}g}".replace("-", MINUS)


def interval(lower: float, upper: float) -> str:
    """Two ends, with four significant digits or as many as tell them apart.

    Examples
    --------
    >>> interval(0.5, 2.25), interval(1.49988, 1.49997), interval(3.0, math.inf)
    ('0.5 to 2.25', '1.49988 to 1.49997', '3 to no end')
    """
    width, size = upper - lower, max(abs(lower), abs(upper))
    digits = 4
    if 0 < width < math.inf:
        digits = max(digits, decimals(width, 2) + 1 + math.floor(math.log10(size)))
    ends = ("no end" if math.isinf(end) else rounded(end, digits) for end in (lower, upper))
    return " to ".join(ends)


def fixed(value: float, places: int) -> str:
    """With this many decimals and a true minus sign.

    Examples
    --------
    >>> fixed(-1.26, 1)
    '−1.3'
    """
    return f"{value:.{places}f}".replace("-", MINUS)


def decimals(error: float, digits: int) -> int:
    """Decimals that show this many significant digits of a positive error.

    Examples
    --------
    >>> decimals(0.00034, 2)
    5
    """
    return min(max(digits - 1 - math.floor(math.log10(error)), 0), MOST_DECIMALS)
