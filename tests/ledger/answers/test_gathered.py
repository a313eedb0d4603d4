"""Facts gathered from a stored ledger are those gathered from the records themselves."""

from __future__ import annotations

from dataclasses import replace

from ledger.answers.gathered import known_of
from ledger.answers.reading import reading
from ledger.verdicts.gathering import gather
from ledger.verdicts.tightening import tightened
from tests.desk import Desk
from tests.ledger.verdicts.gathering.knowing import Told
from tests.ledger.verdicts.gathering.trade import traded
from tests.trials import dice


def test_facts_of_a_stored_ledger_are_those_of_its_records() -> None:
    trade = traded(dice("answers.gathered"), 50)
    trade.revoke("miner-bw", "miner", "BW", compromised_since=10)
    at_once = [(trade.now_ms, signed, changes) for _, signed, changes in trade.log]
    desk, told = Desk(trade), Told(replace(trade, log=at_once))
    desk.found()
    with desk.open() as book:
        desk.catch_up(book)
        with reading(book, trade.now_ms) as read:
            known = known_of(read)
            for parcel in [*trade.truth, *trade.pieces]:
                facts = gather(known, parcel)
                assert facts == gather(told, parcel)
                assert tightened(known, facts) == tightened(told, facts)
            suspicions = known.suspicions()
    assert [item.since for item in suspicions] == [10]
