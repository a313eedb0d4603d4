"""Lines of the log follow one another, or the first that does not is named."""

from __future__ import annotations

import pytest

from ledger.book.following import Last, Line, last_of, leaves_of
from ledger.entry import Entry, Sort, decode, hash_of
from ledger.errors import Damaged
from ledger.merkle import leaf_hash
from ledger.values import NO_HASH, Hash32, Milliseconds
from tests.desk import journey

WORLD = journey()
AT = 7  # the line that is changed


def lines_of_journey() -> list[Line]:
    """Return the lines of a log, an entry each millisecond."""
    lines: list[Line] = []
    previous = NO_HASH
    for index, (_, signed, _) in enumerate(WORLD.log):
        entry = Entry(Milliseconds(index), previous, signed.root).encode()
        lines.append((index, entry, signed.envelope.raw))
        previous = hash_of(entry)
    return lines


LINES = lines_of_journey()


def changed(**values: object) -> bytes:
    """Return the entry of the changed line with other values."""
    entry = decode(LINES[AT][1])
    known = {name: getattr(entry, name) for name in ("recorded_at_ms", "previous", "root", "sort")}
    return Entry(**{**known, **values}).encode()  # type: ignore[arg-type]


def test_lines_that_follow_give_their_leaves_whole_or_page_by_page() -> None:
    expected = [leaf_hash(entry) for _, entry, _ in LINES]
    assert leaves_of(WORLD.ledger_id, Last(), LINES) == expected
    behind = last_of(*LINES[AT - 1][:2])
    assert behind == Last(AT, hash_of(LINES[AT - 1][1]), Milliseconds(AT - 1))
    assert leaves_of(WORLD.ledger_id, behind, LINES[AT:]) == expected[AT:]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ((AT + 1, *LINES[AT + 1][1:]), f"gap at entry {AT}: entry {AT + 1} stands in its place"),
        ((AT, LINES[AT][1][:-1], LINES[AT][2]), f"truncated at entry {AT}"),
        ((AT, b"\x07" + LINES[AT][1][1:], LINES[AT][2]), f"altered at entry {AT}: sort 0x07"),
        ((AT, changed(previous=NO_HASH), LINES[AT][2]), "it does not follow the entry before it"),
        ((AT, changed(recorded_at_ms=AT - 2), LINES[AT][2]), f"reorder at entry {AT}"),
        ((AT, changed(root=NO_HASH), LINES[AT][2]), "entry and envelope do not belong together"),
        ((AT, changed(sort=Sort.MAP), LINES[AT][2]), "entry and envelope do not belong together"),
        ((AT, LINES[AT][1], LINES[AT - 1][2]), "entry and envelope do not belong together"),
        ((AT, LINES[AT][1], LINES[AT][2][:-1]), f"altered at entry {AT}: "),
    ],
)
def test_a_line_that_is_not_what_the_ledger_wrote_is_named(line: Line, fault: str) -> None:
    lines = [*LINES[:AT], line, *LINES[AT + 1 :]]
    with pytest.raises(Damaged, match=fault):
        leaves_of(WORLD.ledger_id, Last(), lines)


def test_records_of_another_ledger_do_not_belong_to_their_entries() -> None:
    with pytest.raises(Damaged, match="altered at entry 1"):
        leaves_of(Hash32(bytes([9]) * 32), Last(), LINES)
