"""A machine of random acts by random parties, against a simple model of weights, holders and keys.

After every act the ledger's parcels are compared with the model's. At the end the log is played
again: through the rules, and through a real book that is then audited.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.book import Answer
from ledger.custody import (
    NEVER,
    Changes,
    Nothing,
    Operation,
    Overlay,
    Parcel,
    as_held,
    encode_item,
)
from ledger.rules import check
from ledger.signing import SignedRecord
from ledger.values import ParcelId
from tests.desk import Desk
from tests.ledger.rules.troupe import Troupe
from tests.trials import trials
from tests.world import address_of

STEPS = 24
Log = Sequence[tuple[int, SignedRecord, Changes]]


class Custody(RuleBasedStateMachine):
    """The ledger's rules on one side, the model on the other."""

    def __init__(self) -> None:
        super().__init__()
        self.troupe = Troupe()
        self.stage, self.model = self.troupe.stage, self.troupe.model
        self.spent: dict[ParcelId, Parcel] = {}
        self.looked_at = len(self.stage.log)

    @rule(numbers=st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
    def act(self, numbers: list[int]) -> None:
        for number in numbers:
            self.troupe.act(Random(number))

    @invariant()
    def every_parcel_is_as_the_model_keeps_it(self) -> None:
        for parcel, lot in self.model.lots.items():
            book = as_held(self.stage.state, self.stage.parcel(parcel))
            assert (book.custodian, book.state) == (address_of(lot.holder), lot.state)
            assert (book.weight_millicarats, book.stones) == (lot.weight, lot.stones)
            assert (book.hs_code, book.country, book.head) == (lot.code, lot.country, lot.head)

    @invariant()
    def no_millicarat_is_made_up_or_vanishes(self) -> None:
        books = [self.stage.parcel(parcel) for parcel in self.model.lots]
        live = sum(book.weight_millicarats for book in books if book.state not in ("spent", "set"))
        lost = self.model.lost_named + self.model.lost_in_transit
        assert live + lost == self.model.registered
        assert live == self.model.live_weight

    @invariant()
    def what_is_spent_never_changes(self) -> None:
        for parcel, lot in self.model.lots.items():
            book = self.stage.parcel(parcel)
            assert (book.spent_by == NEVER) == lot.is_weighed_here
            if not lot.is_live:
                assert self.spent.setdefault(parcel, book) == book

    @invariant()
    def a_parcel_is_under_at_most_one_certificate_that_may_be_open(self) -> None:
        papers = {at: self.stage.certificate(at) for at in self.model.papers}
        for at, paper in self.model.papers.items():
            book = papers[at]
            assert (book.number, book.state) == (paper.number, paper.state)
            assert (book.cleared_in, book.parcels) == (paper.cleared_in, paper.parcels)
        for parcel, lot in self.model.lots.items():
            book_of = self.stage.parcel(parcel).certificate
            over = {
                at for at, book in papers.items() if book.state == "open" and parcel in book.parcels
            }
            assert over <= {book_of}
            assert (lot.paper is None) == (not over)

    @invariant()
    def what_is_set_is_where_its_piece_is(self) -> None:
        for piece, lot in self.model.lots.items():
            for parcel in lot.inside if lot.is_live else ():
                inside = as_held(self.stage.state, self.stage.parcel(parcel))
                assert inside.state == "set"
                assert inside.custodian == self.stage.parcel(piece).custodian

    @invariant()
    def parents_come_before_their_children(self) -> None:
        for index in range(self.looked_at, len(self.stage.log)):
            for item in self.stage.log[index][2].items:
                if isinstance(item, Parcel):
                    assert item.id in self.model.lots
                elif isinstance(item, Operation):
                    self.look_at(item, index)
        self.looked_at = len(self.stage.log)

    def look_at(self, operation: Operation, index: int) -> None:
        """Check one edge of the ancestry."""
        assert operation.index == index
        makers = [self.stage.parcel(parcel).made_by for parcel in operation.inputs]
        assert operation.inputs_made_by == tuple(makers)
        assert all(maker < index for maker in makers)
        if operation.inputs:
            came, went = operation.input_weights_millicarats, operation.weights_millicarats
            assert sum(came) == sum(went) + operation.loss_millicarats

    def teardown(self) -> None:
        made = [[encode_item(item) for item in changes.items] for _, _, changes in self.stage.log]
        assert rebuilt(self.stage.log) == made
        self.play_through_a_book()

    def play_through_a_book(self) -> None:
        """Feed a real book the log, then some of it again; the audit finds nothing."""
        desk, log = Desk(self.stage), self.stage.log
        desk.clock.now_ms, raws = log[0][0], desk.raws()
        desk.found()
        with desk.open() as book:
            at = 1
            for now_ms, group in itertools.groupby(log[1:], lambda entry: entry[0]):
                desk.clock.now_ms, size = now_ms, len(list(group))
                lines = book.submit(raws[at : at + size], wait="sequenced").result(60)
                expect_answers(lines, range(at, at + size), again=False)
                at += size
            some = range(0, len(raws), 4)
            lines = book.submit([raws[index] for index in some]).result(60)
            expect_answers(lines, some, again=True)
        report = desk.audit()
        assert (report.faults, report.size) == ((), len(raws))
        figures, model = report.figures, self.model
        assert figures.registered_millicarats == model.registered
        assert figures.held_millicarats == model.live_weight
        assert figures.lost_millicarats == model.lost_named + model.lost_in_transit


def expect_answers(lines: Sequence[Any], indexes: range, *, again: bool) -> None:
    """Check that each record gets, or got, its answer at its index."""
    for index, line in zip(indexes, lines, strict=True):
        assert isinstance(line, Answer), line
        assert (line.index, line.again) == (index, again)


def rebuilt(log: Log) -> list[list[bytes]]:
    """Return the bytes of all items that the records make, decided again from the start."""
    state = Overlay(Nothing())
    made: list[list[bytes]] = []
    for index, (now_ms, signed, _) in enumerate(log):
        changes = check(state, signed, index, now_ms)
        state.apply(signed.record_id, signed.record, changes.items)
        made.append([encode_item(item) for item in changes.items])
    return made


Custody.TestCase.settings = settings(
    max_examples=trials("rules.machine_examples"),
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestCustody = Custody.TestCase
