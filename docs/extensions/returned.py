"""What is returned, in docstrings that describe it in words."""

import re
from typing import Any

from griffe import Class, Extension, Function

PROSE = re.compile(r"\nReturns\n-------\n(?P<prose>(?:\S.*\n?)+)")


class Returned(Extension):
    """Puts a type before the words, where the numpydoc style wants one."""

    def on_function(self, *, func: Function, **_: Any) -> None:
        """The annotated type."""
        if func.returns is not None:
            put(func, str(func.returns))

    def on_class(self, *, cls: Class, **_: Any) -> None:
        """A class makes itself."""
        put(cls, cls.name)


def put(documented: Function | Class, kind: str) -> None:
    """Rewrite the docstring of one object."""
    if documented.docstring:
        documented.docstring.value = PROSE.sub(
            lambda found: (
                f"\nReturns\n-------\n{kind}\n"
                + "".join(f"    {line}\n" for line in found["prose"].splitlines())
            ),
            documented.docstring.value,
        )
