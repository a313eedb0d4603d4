"""Spreadsheets: what a table says becomes records to sign, row by row; and tables are written.

The rules of the room:

* A row is taken as it stands, or it is bad and said to be: nothing is rounded, guessed or mended.
* Every fault is named by line (as the spreadsheet counts), column, reason and what came; all of
  them, not only the first.
* What a file may expand to is bounded before anything is expanded.
* It signs nothing and sends nothing, and has no console. A file that cannot be read as a table at
  all is a :class:`~ledger.errors.BadQuestion`.
"""

from ledger.sheets.clerk import Clerk, Drafted
from ledger.sheets.columns import FIELDS, HANDOFF, REGISTER, SPLIT, WHAT
from ledger.sheets.faults import Fault
from ledger.sheets.mapping import Mapping, guess, read_mapping, write_mapping
from ledger.sheets.orders import Order, Read, read_orders
from ledger.sheets.shelf import Source
from ledger.sheets.tables import Row, Table, read_table

__all__ = [
    "FIELDS",
    "HANDOFF",
    "REGISTER",
    "SPLIT",
    "WHAT",
    "Clerk",
    "Drafted",
    "Fault",
    "Mapping",
    "Order",
    "Read",
    "Row",
    "Source",
    "Table",
    "guess",
    "read_mapping",
    "read_orders",
    "read_table",
    "write_mapping",
]
