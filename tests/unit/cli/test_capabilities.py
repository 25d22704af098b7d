"""The page of capabilities is what the methods say."""

import inspect
import sys
from pathlib import Path

import ratelaw as rl
from ratelaw.cli.capabilities import table
from ratelaw.simulate import ALL_METHODS
from ratelaw.simulate.method import Method

PAGE = Path(__file__).parents[3] / "docs" / "capabilities.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == table(), "make capabilities"


def test_every_method_that_is_offered_is_in_it():
    offered = [*vars(rl).values(), *vars(sys.modules["ratelaw.simulate"]).values()]
    methods = {thing for thing in offered if inspect.isclass(thing) and issubclass(thing, Method)}
    assert {m for m in methods if not inspect.isabstract(m)} == {type(m) for m in ALL_METHODS}
