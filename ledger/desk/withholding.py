"""What a desk may withhold of a record that it shows, told from its charter alone.

``docs/spec/access.md`` lets a trade ledger withhold *who* and *amounts* of places and goods; of
offices nothing, and on an open ledger nothing at all. Whether this very reader may be shown more of
a trade ledger's record depends on what is withheld, and so stays the desk's word.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.access import may_withhold
from ledger.desk.asking import Desk, Plain
from ledger.desk.checked import Checked
from ledger.desk.founding import Founding
from ledger.desk.reading import Reread, RereadInPart
from ledger.desk.rereading import Reader
from ledger.desk.speakers import Speakers
from ledger.errors import Damaged
from ledger.values import Hash32


def fault_of(read: Reread | RereadInPart, mode: str) -> str:
    """Say what is wrong with what is withheld of a record, under a charter's mode; or ""."""
    return _fault(mode, read.record.KIND.name, read.withheld)


def check_withheld(answer: Plain, mode: str) -> None:
    """Check that a record that was read again here may be shown as far as it is.

    Args:
        answer: what was answered about the record.
        mode: the charter's, from :func:`mode_of`.

    Raises:
        Damaged: every party may read what is withheld.

    """
    fault = _fault(mode, answer["envelope"]["kind"], answer["withheld"])
    if fault:
        raise Damaged("gap", f"record {answer['recordId']}", fault)


def mode_of(desk: Desk, ledger_id: Hash32) -> str:
    """Return the mode of the charter in force, open or trade, as its governors signed it.

    A trade ledger never becomes an open one again.

    Args:
        desk: who is asked for the Charter and its amendments.
        ledger_id: which ledger it is.

    Raises:
        Damaged: it does not prove itself.

    """
    checked = Checked({})
    reader = Reader(desk, checked, None)
    Founding(desk, reader, Speakers(desk, reader)).holds(ledger_id)
    for doubt in checked.doubts:
        raise Damaged("altered", doubt.place, doubt.said)
    return checked.mode


def _fault(mode: str, kind: str, withheld: Sequence[str]) -> str:
    if not withheld or tuple(withheld) == may_withhold(mode, kind):
        return ""
    names = " and ".join(withheld)
    return f"{names} of it are kept back, which every party may read on this ledger"
