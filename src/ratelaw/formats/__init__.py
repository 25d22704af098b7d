"""Foreign formats, one file each."""

from ratelaw.formats.tables import read_table, write_table

__all__ = ["read_table", "write_table"]
