"""The page of capabilities is what the methods say."""

from pathlib import Path

import ratelaw as rl
from ratelaw.cli.capabilities import METHODS, table

PAGE = Path(__file__).parents[3] / "docs" / "capabilities.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == table(), "make capabilities"


def test_every_method_is_in_it():
    methods = {m for m in vars(rl).values() if isinstance(m, type) and hasattr(m, "supports")}
    assert methods == {type(m) for m in METHODS.values()}
