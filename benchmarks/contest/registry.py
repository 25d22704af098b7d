"""All problems by name, in the order of the table."""

from contest.dynamics import PROBLEMS as DYNAMICS
from contest.kaheman import PROBLEM as RATIONAL
from contest.random_networks import RANDOM
from contest.reactions import EQUIVALENT
from contest.reactions import PROBLEMS as REACTIONS

PROBLEMS = {p.name: p for p in (*DYNAMICS, *REACTIONS, RATIONAL, *EQUIVALENT, *RANDOM)}
