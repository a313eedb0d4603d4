"""Damage planted in the log: each kind is named, once, with its place."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from ledger import entry as entries
from ledger.audit import audit
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.custody import Nothing, Overlay
from ledger.derivation import decide
from ledger.entry import Entry, hash_of
from ledger.errors import Damaged, Refused
from ledger.limits import LIMITS
from ledger.merkle import leaf_hash
from ledger.signing import read_signed
from ledger.store.memory import MemoryStore
from ledger.store.protocol import EMPTY_HEAD, Derived, Group, Head, Row
from ledger.store.tiles import Tail
from ledger.values import NO_HASH, Hash32, Milliseconds
from tests.desk import LOG_KEY, Desk, journey, long_journey
from tests.planting import Plan, Planted, PlantedView, lay
from tests.trials import dice, trials
from tests.world import ORIGIN

SIZE = 520


@functools.cache
def desk() -> Desk:
    """Return a ledger that no test changes; damage is planted in what is read of it."""
    return Desk(long_journey()).fill()


def rows_of(desk: Desk) -> list[Row]:
    """Return all lines of a log."""
    with desk.store.view() as view:
        return list(view.rows(0, desk.head().size))


@functools.cache
def rows() -> list[Row]:
    """Return all lines of the log that no test changes."""
    return rows_of(desk())


def faults(plan: Plan) -> list[tuple[str, str]]:
    """Return kind and place of each fault that an audit finds."""
    report = audit(Planted(desk().store, plan), desk().checkpoints, MemoryStore())
    return [(fault.kind, fault.place) for fault in report.faults]


def with_entry(index: int, **changes: object) -> Plan:
    """Plan an entry whose fields differ."""
    row = rows()[index]
    altered = replace(entries.decode(row.entry), **changes).encode()
    return Plan({index: Row(index, altered, row.envelope)})


def test_nothing_planted_is_nothing_found() -> None:
    assert faults(Plan()) == []


# -- altered ---------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1, 255, 256, SIZE - 1])
@pytest.mark.parametrize(
    "changes",
    [
        {"recorded_at_ms": Milliseconds(1)},
        {"recorded_at_ms": Milliseconds(2**63)},
        {"previous": Hash32(bytes(31) + b"\1")},
        {"root": Hash32(bytes(31) + b"\1")},
        {"sort": entries.Sort.MAP},
    ],
    ids=["earlier", "later", "previous", "root", "sort"],
)
def test_an_altered_entry_is_named(index: int, changes: dict[str, object]) -> None:
    assert faults(with_entry(index, **changes)) == [("altered", f"entry {index}")]


@pytest.mark.parametrize("index", [0, 20, SIZE - 1])
def test_an_entry_that_is_too_short_or_too_long_is_named(index: int) -> None:
    row = rows()[index]
    short = Row(index, row.entry[:-1], row.envelope)
    assert faults(Plan({index: short})) == [("truncated", f"entry {index}")]
    long = Row(index, row.entry + b"\0", row.envelope)
    assert faults(Plan({index: long})) == [("altered", f"entry {index}")]


@pytest.mark.parametrize("index", [0, 30, SIZE - 1])
def test_an_envelope_of_other_bytes_is_named(index: int) -> None:
    row = rows()[index]
    for envelope in (b"", row.envelope + b" ", row.envelope.replace(b'"who"', b'"whom"')):
        plan = Plan({index: Row(index, row.entry, envelope)})
        assert faults(plan) == [("altered", f"entry {index}")]


def test_the_envelope_of_another_entry_is_named() -> None:
    plan = Plan({40: Row(40, rows()[40].entry, rows()[41].envelope)})
    assert faults(plan) == [("altered", "entry 40")]


def test_any_single_bit_of_any_line_is_found_in_its_place() -> None:
    small, random = Desk(journey()).fill(), dice("audit.bits")
    lines = rows_of(small)
    for _ in range(trials("audit.bits")):
        index = random.randrange(len(lines))
        whole = bytearray(lines[index].entry + lines[index].envelope)
        bit = random.randrange(8 * len(whole))
        whole[bit // 8] ^= 1 << bit % 8
        planted = Plan({index: Row(index, bytes(whole[:73]), bytes(whole[73:]))})
        report = audit(Planted(small.store, planted), small.checkpoints, MemoryStore())
        found = [(fault.kind, fault.place) for fault in report.faults]
        assert found == [("altered", f"entry {index}")], (index, bit)


def test_two_altered_entries_are_both_named() -> None:
    plan = with_entry(50, root=Hash32(bytes(32)))
    plan.rows |= with_entry(300, previous=Hash32(bytes(32))).rows
    assert faults(plan) == [("altered", "entry 50"), ("altered", "entry 300")]


# -- gap and truncated -----------------------------------------------------------------------


def test_a_line_that_is_not_there_is_a_gap() -> None:
    assert faults(Plan({100: None})) == [("gap", "entry 100")]
    assert faults(Plan({0: None})) == [("gap", "entry 0")]


def test_lines_that_are_not_there_are_one_gap() -> None:
    assert faults(Plan(dict.fromkeys(range(100, 260)))) == [("gap", "entry 100")]


def test_two_gaps_are_two() -> None:
    assert faults(Plan({100: None, 300: None, 301: None})) == [
        ("gap", "entry 100"),
        ("gap", "entry 300"),
    ]


def test_a_gap_longer_than_a_page_is_one_gap() -> None:
    assert faults(Plan(dict.fromkeys(range(1, 515)))) == [("gap", "entry 1")]


@pytest.mark.parametrize("missing", [1, 3])
def test_a_gap_that_was_closed_up_is_a_gap(missing: int) -> None:
    closed = rows()[:100] + rows()[100 + missing :]
    head = replace(desk().head(), size=len(closed))
    found = faults(Plan(lay([*closed, *[None] * missing]), head))
    assert found[0] == ("gap", "entry 100")


@pytest.mark.parametrize("size", [0, 1, 300, 519])
def test_lines_missing_at_the_end_are_truncated(size: int) -> None:
    plan = Plan(dict.fromkeys(range(size, SIZE)))
    assert faults(plan) == [("truncated", f"entry {size}")]


@pytest.mark.parametrize("size", [1, 300, 519])
def test_a_ledger_restored_from_an_older_copy_is_truncated(size: int) -> None:
    older = Desk(desk().world.fork()).fill(size)
    report = audit(older.store, desk().checkpoints, MemoryStore())
    assert [(fault.kind, fault.place) for fault in report.faults] == [
        ("truncated", f"checkpoint {SIZE}")
    ]


# -- duplicate and reorder -------------------------------------------------------------------


def test_a_line_in_the_place_of_another_is_a_duplicate() -> None:
    plan = Plan({200: Row(200, rows()[150].entry, rows()[150].envelope)})
    assert faults(plan) == [("duplicate", "entry 200")]


def test_a_line_put_in_twice_is_a_duplicate() -> None:
    twice = [*rows()[:200], rows()[199], *rows()[200:]]
    head = replace(desk().head(), size=SIZE + 1)
    assert faults(Plan(lay(twice), head)) == [("duplicate", "entry 200")]


@pytest.mark.parametrize(("first", "second"), [(100, 101), (100, 400), (518, 519), (1, 2)])
def test_lines_that_changed_places_are_reordered(first: int, second: int) -> None:
    swapped = list(rows())
    swapped[first], swapped[second] = swapped[second], swapped[first]
    found = faults(Plan(lay(swapped)))
    assert {kind for kind, _ in found} == {"reorder"}
    assert found[0] == ("reorder", f"entry {first}")
    assert len(found) == (1 if second == first + 1 else 2)


@pytest.mark.parametrize("first", [1, 100, 518])
def test_neighbours_that_changed_places_are_sent_back_to_them(first: int) -> None:
    swapped = list(rows())
    swapped[first], swapped[first + 1] = swapped[first + 1], swapped[first]
    report = audit(Planted(desk().store, Plan(lay(swapped))), desk().checkpoints, MemoryStore())
    (fault,) = report.faults
    assert fault.detail.startswith(f"it belongs at {first + 1};")


def test_a_block_of_lines_in_reverse_order_is_reordered() -> None:
    turned = [*rows()[:100], *rows()[100:120][::-1], *rows()[120:]]
    found = faults(Plan(lay(turned)))
    assert found == [("reorder", "entry 100")]


# -- the head --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"root": Hash32(bytes(32))},
        {"entry_hash": Hash32(bytes(32))},
        {"recorded_at_ms": Milliseconds(5)},
        {"size": SIZE - 1},
    ],
    ids=["root", "hash", "time", "size"],
)
def test_an_altered_head_is_named(changes: dict[str, object]) -> None:
    assert faults(Plan(head=replace(desk().head(), **changes))) == [("altered", "head")]


def test_a_head_beyond_the_last_line_is_named() -> None:
    for size in (SIZE + 1, 2**40):
        assert faults(Plan(head=replace(desk().head(), size=size))) == [("altered", "head")]


# -- logs that are in themselves as they must be ---------------------------------------------


def forge(raws: list[bytes], times: list[int]) -> Desk:
    """Write records with chosen times, whatever the rules say of them, and publish the log."""
    forged = Desk(journey())
    state, tree, previous = Overlay(Nothing()), Tail(), NO_HASH
    written: list[Row] = []
    derived: list[Derived] = []
    for index, (raw, time) in enumerate(zip(raws, times, strict=True)):
        signed = read_signed(raw, forged.world.ledger_id)
        line = Entry(Milliseconds(time), previous, signed.root).encode()
        written.append(Row(index, line, raw))
        derived.append(Derived(index, signed.record_id if raw not in raws[:index] else previous))
        tree.append(leaf_hash(line))
        previous = hash_of(line)
        with suppress(Refused):
            changes = decide(state, signed, index, time)
            state.apply(signed.record_id, signed.record, changes.items)
    head = Head(len(raws), tree.root(), previous, Milliseconds(times[-1]))
    with forged.store.write() as writer:
        writer.commit(Group(EMPTY_HEAD, head, written, derived, list(state.items())))
    forged.checkpoints.claim(None, head.size, head.root)
    note = sign_checkpoint(Checkpoint(ORIGIN, head.size, head.root), [LOG_KEY])
    forged.checkpoints.keep(head.size, note.encode())
    return forged


def found_in(desk: Desk) -> list[tuple[str, str]]:
    """Return kind and place of each fault of a ledger."""
    return [(fault.kind, fault.place) for fault in desk.audit().faults]


def journey_and_times() -> tuple[list[bytes], list[int]]:
    """Return the envelopes and the times of the journey."""
    raws = Desk(journey()).raws()
    return raws, [time for time, _, _ in journey().log]


def test_a_forged_log_of_the_true_journey_is_clean() -> None:
    assert found_in(forge(*journey_and_times())) == []


def test_a_record_that_the_rules_refuse_is_named() -> None:
    raws, times = journey_and_times()
    without_site = [*raws[:11], *raws[12:]]
    forged = forge(without_site, [*times[:11], *times[12:]])
    report = forged.audit()
    (fault,) = report.faults
    assert (fault.kind, fault.place) == ("altered", "entry 11")
    assert "refused: site-unknown" in fault.detail
    assert report.figures.decided == 11


def test_a_log_whose_time_goes_back_is_named() -> None:
    raws, times = journey_and_times()
    times[20] = times[19] - 1
    assert found_in(forge(raws, times)) == [("reorder", "entry 20")]
    times[20:] = [times[19] - 1] * len(times[20:])
    assert found_in(forge(raws, times)) == [("reorder", "entry 20")]


def test_a_record_chained_twice_is_a_duplicate() -> None:
    raws, times = journey_and_times()
    forged = forge([*raws[:20], raws[15], *raws[20:]], [*times[:20], times[19], *times[20:]])
    assert found_in(forged) == [("duplicate", "entry 20")]


def test_another_history_than_the_published_one_is_forked() -> None:
    desk = Desk(journey()).fill()
    desk.say_registrations(3)
    with desk.open() as book:
        desk.catch_up(book)
    times = [entries.decode(row.entry).recorded_at_ms for row in rows_of(desk)[:25]]
    times[-1] += 1
    other = forge(desk.raws(0, 25), times)
    other.checkpoints = desk.checkpoints
    found = found_in(other)
    assert found[0] == ("forked", "checkpoint 25")
    assert found[1:] == [("truncated", "checkpoint 28")]


class _LeadsBack(PlantedView):
    """A view in which the search behind a gap at the end meets the log's first entry."""

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        if start < LIMITS.reread_rows:
            yield from super().rows(start, stop)
            return
        first = self.row(0)
        is_search = stop - start > LIMITS.reread_rows
        if is_search and first is not None:
            self.searches += 1
            if self.searches > 3:
                raise Damaged("altered", "the search", "it is made for ever")
            yield first

    searches = 0


class _Misplaced(Planted):
    @contextmanager
    def view(self) -> Iterator[Any]:
        with desk().store.view() as view:
            yield _LeadsBack(view, Plan(head=replace(view.head(), size=5_000)))


def test_a_log_that_leads_back_behind_a_gap_ends_and_is_reordered() -> None:
    report = audit(_Misplaced(desk().store, Plan()), desk().checkpoints, MemoryStore())
    named = [(fault.kind, fault.place) for fault in report.faults]
    assert ("reorder", "entry 0") in named
    assert "the search" not in [place for _, place in named]
