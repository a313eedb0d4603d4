"""An audit names whatever a mirror and its ledger do not both bear out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ledger.anchor.kept import Deployment
from ledger.anchor.mirror_kept import Progress
from ledger.anchor.protocol import Event
from ledger.audit.mirror import MirrorReport, audit_mirror
from ledger.values import Address
from tests.ledger.anchor.mirror_yard import MirrorYard, mirror_yard, mirrored_jewel
from tests.ledger.anchor.reorg_chain import ReorgChain
from tests.ledger.anchor.yard import PAYER
from tests.scene import Scene
from tests.world import address_of

Events = tuple[Event, ...]


@dataclass
class Lying:
    """A chain that shows other events than it has."""

    chain: ReorgChain
    lie: Callable[[Events], Events]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chain, name)

    def events(self, *asked: Any) -> Events:
        return self.lie(self.chain.events(*asked))


@dataclass
class Changed:
    """A journal that says something else."""

    kept: Any
    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return (lambda *_: self.values[name]) if name in self.values else getattr(self.kept, name)


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MirrorYard]:
    chain = ReorgChain(address_of(PAYER))
    with mirror_yard(tmp_path_factory.mktemp("mirror"), chain) as yard:
        yield yard.settled()


def audited(yard: MirrorYard, lie: Callable[[Events], Events], **values: Any) -> MirrorReport:
    kept = Changed(yard.journal.mirror, values)
    chain: Any = Lying(yard.chain, lie)
    with yard.book.view() as view:
        report = audit_mirror(view, chain, kept, yard.world.ledger_id)
    assert report is not None
    return report


def kinds(report: MirrorReport) -> set[str]:
    return {one.kind for one in report.faults}


def test_a_mirror_that_is_in_order_has_no_faults(yard: MirrorYard) -> None:
    report = yard.audit()
    assert report.faults == ()
    assert report.records == len(yard.to_mirror())
    assert report.events > report.records
    assert report.position == len(yard.world.log)


def test_a_ledger_that_never_had_a_mirror_has_no_report(yard: MirrorYard) -> None:
    kept: Any = Changed(None, {"deployment": None})
    with yard.book.view() as view:
        assert audit_mirror(view, yard.chain, kept, yard.world.ledger_id) is None


def test_every_event_that_says_otherwise_is_altered(yard: MirrorYard) -> None:
    for place in range(len(yard.events())):
        for part in ("data", "topic"):

            def lie(events: Events, place: int = place, part: str = part) -> Events:
                changed = []
                for number, event in enumerate(events):
                    one = event
                    if number == place:
                        one = turned(event, part)
                    changed.append(one)
                return tuple(changed)

            # A changed record id is a record that the ledger does not hold.
            assert kinds(audited(yard, lie)) & {"altered", "forked"}


def turned(event: Event, part: str) -> Event:
    """Change the last bit of an event's data, or of its first indexed value."""
    if part == "data" and event.data:
        return replace(event, data=event.data[:-1] + bytes((event.data[-1] ^ 1,)))
    topics = list(event.topics)
    topics[1] = topics[1][:-1] + bytes((topics[1][-1] ^ 1,))
    return replace(event, topics=tuple(topics))


def test_what_the_journal_calls_mirrored_and_the_chain_does_not_hold_is_a_gap(
    yard: MirrorYard,
) -> None:
    report = audited(yard, lambda events: events[:-1])
    assert kinds(report) == {"gap"}
    assert len(report.faults) == 2  # of the journal, and below the position


def test_a_record_below_the_position_that_is_left_out_is_no_gap(yard: MirrorYard) -> None:
    report = audited(yard, lambda events: events, progress=Progress(position=10**6))
    assert [one.kind for one in report.faults] == ["truncated"]


def test_a_record_that_is_told_twice_is_a_duplicate(yard: MirrorYard) -> None:
    assert kinds(audited(yard, lambda events: (*events, events[-1]))) == {"duplicate"}


def test_records_of_one_chain_in_another_order_are_reordered(yard: MirrorYard) -> None:
    assert "reorder" in kinds(audited(yard, lambda events: events[::-1]))


def test_another_block_than_the_journals_is_named(yard: MirrorYard) -> None:
    def lie(events: Events) -> Events:
        return (*events[:-1], replace(events[-1], block_hash=bytes(32)))

    (fault,) = audited(yard, lie).faults
    assert (fault.kind, "another block" in fault.detail) == ("altered", True)


def test_another_contract_or_chain_is_named(yard: MirrorYard) -> None:
    place, code_hash, first_block = yard.place, bytes(32), 0
    for other in (
        replace(place, contract=Address(b"\x01" * 20)),
        replace(place, chain_id=place.chain_id + 1),
    ):
        deployment = Deployment(other, code_hash, first_block)
        assert kinds(audited(yard, lambda events: events, deployment=deployment)) == {"altered"}


def test_the_mirror_of_another_ledger_is_named(yard: MirrorYard) -> None:
    with yard.book.view() as view:
        report = audit_mirror(view, yard.chain, yard.journal.mirror, bytes(32))
    assert report is not None
    assert "another ledger" in report.faults[0].detail


def test_a_mirror_of_a_log_that_was_cut_short_is_named(
    yard: MirrorYard, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = mirrored_jewel()
    assert isinstance(world, Scene)
    del world.log[-2:]
    chain = ReorgChain(address_of(PAYER))
    with (
        mirror_yard(tmp_path_factory.mktemp("short"), chain, world) as short,
        short.book.view() as view,
    ):
        report = audit_mirror(view, yard.chain, yard.journal.mirror, world.ledger_id)
    assert report is not None
    assert [one.kind for one in report.faults] == ["forked", "forked", "truncated"]
