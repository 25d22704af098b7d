"""Foreign formats: a folder for each format of models, and tables in the files beside."""

from ratelaw.formats.counts import CountTable, read_counts
from ratelaw.formats.networks import read_network, write_network
from ratelaw.formats.petab import read_petab
from ratelaw.formats.tables import read_table, write_table

__all__ = [
    "CountTable",
    "read_counts",
    "read_network",
    "read_petab",
    "read_table",
    "write_network",
    "write_table",
]
