"""Figures for regulators, each to be taken apart into the entries that it was summed from.

The rules of the room:

* It reads one view of a store, up to a named size, and nothing else: the same question about the
  same size has the same answer for ever. What a reader may know of private prices is handed in.
* A figure is a sum over records, and nothing but that: :func:`contributions` yields what each
  record adds, in the log's order, and sums are made of it. So no figure lacks its entries.
* Figures are of what was declared: who declares is named, and what cannot be known is blank.
* A record counts as it stands after the Corrections before that size; the one that corrected it is
  named beside it.
* The participants of the Kimberley Process are counted, not countries: the European Union is one.
* The log is read as a stream, from the first entry that can matter on; what is held in memory grows
  with the kinds of figures alone.

Sources: KPCS core document, Section III and Annexes I to III.
"""

from ledger.reporting.annex_iii import (
    COUNTED,
    FLOWS,
    Asked,
    Contribution,
    Figure,
    Line,
    contributions,
    lines_of,
)
from ledger.reporting.participants import participant_of, read_participant
from ledger.reporting.periods import Period, half_year, quarter, read_period, year
from ledger.reporting.reconciling import CodeCompared, Reconciled, Reconciling, reconciled

__all__ = [
    "COUNTED",
    "FLOWS",
    "Asked",
    "CodeCompared",
    "Contribution",
    "Figure",
    "Line",
    "Period",
    "Reconciled",
    "Reconciling",
    "contributions",
    "half_year",
    "lines_of",
    "participant_of",
    "quarter",
    "read_participant",
    "read_period",
    "reconciled",
    "year",
]
