"""What was corrected of a record: each value as it was signed first, and as it stands since.

A corrected value is shown as the sheet of the record that it stands in: whoever may read that is
shown both. What a record says in words is said with the values that it has by now.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.answers.clear_signing import label_of_path, written_at
from ledger.answers.reading import Line, Reading
from ledger.answers.shapes import CorrectionShown
from ledger.canonical import to_plain
from ledger.canonical.correcting import named_values
from ledger.custody import Corrected
from ledger.limits import LIMITS
from ledger.records import Correction, Record
from ledger.trace.corrections import corrections_of, record_now
from ledger.values import NO_HASH, Hash32, to_hex

_DETAILS = "details"


def corrected_record(reading: Reading, line: Line) -> Record:
    """Return the record of a line with the values that it has by now."""
    return record_now(reading.view, line.signed.record_id) or line.record


def corrections_shown(
    reading: Reading, line: Line, sheets: tuple[str, ...], *, names_records: bool = True
) -> tuple[CorrectionShown, ...]:
    """Show what was corrected of a record, the earliest first.

    Args:
        reading: whose question it is.
        line: the record.
        sheets: those of it that the reader is shown; values of the others are null.
        names_records: whether the ids of Corrections may be told.

    """
    record_id = line.signed.record_id
    if reading.view.read(Corrected, record_id) is None:
        return ()
    kind, present = line.record.KIND, _first_values(line.record)
    shown: list[CorrectionShown] = []
    most = LIMITS.stone_lines_max
    for index, correction_id, correction in corrections_of(
        reading.view, reading.view, record_id, most
    ):
        at = reading.line(index)
        for path, value in _values(correction):
            is_seen = path == _DETAILS or path.partition(".")[0] in sheets
            shown.append(
                CorrectionShown(
                    field=path,
                    label=label_of_path(kind, path),
                    was=written_at(kind, path, present.get(path, "")) if is_seen else None,
                    became=written_at(kind, path, value) if is_seen else None,
                    index=index,
                    record_id=correction_id if names_records else None,
                    occurred_at=correction.scene.occurred_at,
                    recorded_at_ms=at.entry.recorded_at_ms,
                    status=reading.status(index),
                )
            )
            present[path] = value
    return tuple(shown)


def _values(correction: Correction) -> Iterator[tuple[str, str]]:
    for path, value, _ in named_values(correction):
        yield path, value
    if correction.details != NO_HASH:
        yield _DETAILS, to_hex(correction.details)


def _first_values(record: Record) -> dict[str, str]:
    """Return every value that a Correction could name, as text, by its path."""
    plain = to_plain(record)
    found = {_DETAILS: _text(record.details)}
    for path in record.KIND.correctable:
        place, _, name = path.removesuffix(".*").partition(".")
        if not name:
            continue
        value = plain[place][name]
        if isinstance(value, list):
            found |= {f"{place}.{name}.{at}": str(one) for at, one in enumerate(value)}
        else:
            found[path] = str(value)
    return found


def _text(details: Hash32) -> str:
    return "" if details == NO_HASH else to_hex(details)
