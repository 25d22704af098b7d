"""What a function returns, in docstrings that describe it in words."""

import re
from typing import Any

from griffe import Extension, Function

PROSE = re.compile(r"\nReturns\n-------\n(?P<prose>(?:\S.*\n?)+)")


class Returned(Extension):
    """Puts the annotated type before the words, where the numpydoc style wants a type."""

    def on_function(self, *, func: Function, **_: Any) -> None:
        """Rewrite the docstring of one function."""
        if func.docstring and func.returns is not None:
            func.docstring.value = PROSE.sub(
                lambda found: (
                    f"\nReturns\n-------\n{func.returns}\n"
                    + "".join(f"    {line}\n" for line in found["prose"].splitlines())
                ),
                func.docstring.value,
            )
