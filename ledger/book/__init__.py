"""The order of work: read, sequence, commit, publish (``docs/order-of-work.md``).

The rules of the room:

* One function holds the order of events of each thread: :meth:`Book.submit` (step 1),
  :func:`~ledger.book.sequencing.sequence` (2, 3), :meth:`Publisher.publish` (4). Whatever they
  call computes and returns; the numbers in them are those of the document.
* Nothing is acknowledged before it is durable, and nothing is shown before it is kept.
* It knows the protocols of ``store`` alone. Clock and keys are arguments.
* A failure of a store, or a doubt about what is stored, ends the book.
"""

from ledger.book.answers import (
    Answer,
    Line,
    NotDone,
    Reached,
    Status,
    as_anchored,
    size_needed,
)
from ledger.book.book import Book
from ledger.book.rebuilding import rebuild
from ledger.book.sequencing import Clock, WatchedClock
from ledger.book.starting import found, recover

__all__ = [
    "Answer",
    "Book",
    "Clock",
    "Line",
    "NotDone",
    "Reached",
    "Status",
    "WatchedClock",
    "as_anchored",
    "found",
    "rebuild",
    "recover",
    "size_needed",
]
