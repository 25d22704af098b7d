"""What a network may have beyond mass action at constant rates, and who can treat it."""

from enum import Enum


class Feature(Enum):
    """What not every method can treat."""

    TIME = "rates that depend on time"
    RATES = "rates of change besides reactions"
    EVENTS = "events"
    NO_REACTIONS = "no reactions"


EVERYTHING = frozenset(Feature)
