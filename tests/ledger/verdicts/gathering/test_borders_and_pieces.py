"""Facts of goods that crossed borders, or were set in a piece, by hand."""

from __future__ import annotations

import random

import pytest

from ledger import drafts
from ledger.drafts import Loss, Output
from ledger.reference import shipped
from ledger.values import ParcelId
from ledger.verdicts.definitions import read_definition
from ledger.verdicts.judging import judge
from ledger.verdicts.shelf import Shelf
from ledger.verdicts.tables import read_table
from tests.ledger.verdicts.gathering.small import facts_of, key, mined, mixed, sent
from tests.ledger.verdicts.gathering.trade import POLISHED, ROUGH, Trade, founded
from tests.world import address_of


@pytest.fixture
def trade() -> Trade:
    """A trade in which nothing happened yet."""
    return founded(random.Random(1))


def test_rough_that_was_received_abroad_without_a_certificate_is_told(trade) -> None:
    parcel = sent(trade, mined(trade, "BW"))
    facts = facts_of(trade, parcel)
    (crossing,) = facts.crossings
    assert (crossing.sort, crossing.issuer, crossing.destination) == ("none", "BW", "BE")
    assert [ground.kind for ground in crossing.grounds] == ["Handoff", "Receipt"]
    assert crossing.concerns == {key(trade, "BW")}
    assert facts.country == "BW"
    seen = [(stay.country, stay.basis, stay.until is None) for stay in facts.stays]
    assert seen == [("BW", "book", False), ("BE", "statement", False)]
    kinds = [[ground.kind for ground in stay.grounds] for stay in facts.stays]
    assert kinds == [["Registration"], ["Receipt"]]


def test_rough_offered_abroad_without_a_certificate_is_told_until_it_is_taken_back(trade) -> None:
    parcel = mined(trade, "BW")
    trade.offer(parcel, "miner-bw", "trader-be")
    assert [crossing.sort for crossing in facts_of(trade, parcel).crossings] == ["none"]
    record = drafts.withdrawal(trade.speaker("miner-bw"), trade.moment(), trade.goods(parcel))
    trade.say(record, "miner-bw")
    facts = facts_of(trade, parcel)
    assert facts.crossings == ()
    assert [(stay.country, stay.until is None) for stay in facts.stays][-1] == ("BW", True)


def test_rough_moves_freely_inside_the_european_union(trade) -> None:
    parcel = mined(trade, "BW")
    certificate = trade.certify([parcel], "BW000001", "BE")
    trade.offer(parcel, "miner-bw", "trader-be")
    trade.clear(certificate)
    record = drafts.receipt(
        trade.speaker("trader-be"), trade.moment(), trade.goods(parcel), address_of("miner-bw"),
        weight_millicarats=10_000,
    )  # fmt: skip
    trade.say(record, "trader-be")
    trade.later()
    sent(trade, parcel, "trader-de")
    facts = facts_of(trade, parcel)
    assert [crossing.sort for crossing in facts.crossings] == ["certificate"]
    assert [stay.country for stay in facts.stays] == ["BW", "BE", "DE"]
    assert facts.country == "BE"


def test_a_certificate_is_open_until_it_is_cleared_and_says_by_whom(trade) -> None:
    parcel = mined(trade, "BW")
    certificate = trade.certify([parcel], "BW000001", "BE", origins=("BW",))
    issued = len(trade.log)
    trade.later()
    trade.clear(certificate)
    (now,) = facts_of(trade, parcel).crossings
    (then,) = facts_of(trade, parcel, issued).crossings
    assert (then.state, then.cleared_at, len(then.grounds)) == ("open", None, 1)
    assert (now.state, now.cleared_at) == ("confirmed", trade.now_s)
    assert [ground.kind for ground in now.grounds] == ["Certificate", "Clearance"]
    assert (now.number, now.issuer, now.destination) == ("BW000001", "BW", "BE")
    assert now.named_origins == ("BW",)
    assert not now.is_reused
    facts = facts_of(trade, parcel)
    assert facts.country == "BE"
    # Where they were in between nothing says, though nobody handed them over.
    places = [(stay.country, stay.since, stay.until) for stay in facts.stays]
    assert places == [("BW", now.issued_at, now.issued_at), ("BE", trade.now_s, None)]


def test_a_refused_certificate_leaves_open_where_the_goods_are(trade) -> None:
    parcel = mined(trade, "BW")
    certificate = trade.certify([parcel], "BW000001", "BE")
    trade.later()
    trade.clear(certificate, reason="seal")
    facts = facts_of(trade, parcel)
    assert [crossing.state for crossing in facts.crossings] == ["refused"]
    assert facts.crossings[0].cleared_at == trade.now_s
    assert all(stay.until is not None for stay in facts.stays)


def test_a_certificate_whose_goods_were_worked_on_is_void(trade) -> None:
    parcel = mined(trade, "BW")
    trade.certify([parcel], "BW000001", "BE")
    made = trade.transform(
        "miner-bw", "split", [parcel], [Output(4_000, 0, ROUGH), Output(6_000, 0, ROUGH)]
    )
    assert [crossing.state for crossing in facts_of(trade, made[0]).crossings] == ["void"]


def test_a_number_that_was_shown_before_it_was_issued_is_reused(trade) -> None:
    trade.clear_paper("BW000007")
    parcel = mined(trade, "BW")
    trade.certify([parcel], "BW000007", "BE")
    (crossing,) = facts_of(trade, parcel).crossings
    assert crossing.is_reused


def test_a_certificate_is_shown_as_endorsed(trade) -> None:
    parcel = mined(trade, "BW")
    certificate = trade.certify([parcel], "BW000001", "BE")
    trade.correct("authority-bw", certificate, {"scene.destination": "AE"})
    (crossing,) = facts_of(trade, parcel).crossings
    assert crossing.destination == "AE"
    assert [ground.kind for ground in crossing.grounds] == ["Certificate", "Correction"]


def test_a_shipment_concerns_all_goods_that_went_in_it_together(trade) -> None:
    parcels = sorted([mined(trade, "BW"), mined(trade, "BW")])
    certificate = trade.certify(parcels, "BW000001", "BE")
    for parcel in parcels:
        trade.offer(parcel, "miner-bw", "trader-be")
    trade.clear(certificate)
    for parcel in parcels:
        record = drafts.receipt(
            trade.speaker("trader-be"), trade.moment(), trade.goods(parcel),
            address_of("miner-bw"), weight_millicarats=10_000,
        )  # fmt: skip
        trade.say(record, "trader-be")
    trade.later()
    (mix,) = trade.transform("trader-be", "mix", parcels, [Output(20_000, 0, ROUGH)])
    facts = facts_of(trade, mix)
    (crossing,) = facts.crossings
    assert crossing.concerns == crossing.may_concern == {key(trade, "BW")}
    cleared = [stay for stay in facts.stays if stay.grounds[0].kind == "Clearance"]
    assert [stay.concerns for stay in cleared] == [{key(trade, "BW")}]


def test_a_crossing_of_one_of_two_lots_concerns_its_origin_perhaps(trade) -> None:
    first, second = sent(trade, mined(trade, "BW")), sent(trade, mined(trade, "BW"))
    (mix,) = trade.transform(
        "trader-be", "mix", sorted([first, second]), [Output(20_000, 0, ROUGH)]
    )
    facts = facts_of(trade, mix)
    assert [crossing.may_concern for crossing in facts.crossings] == [{key(trade, "BW")}] * 2
    assert [crossing.concerns for crossing in facts.crossings] == [frozenset()] * 2


def jewel(trade: Trade) -> tuple[ParcelId, list[ParcelId]]:
    """Set two stones in a ring, of Botswana and of Canada."""
    stones = []
    for country in ("BW", "CA"):
        rough = sent(trade, mined(trade, country, 2_000, 1), "cutter-in")
        (stone,) = trade.transform(
            "cutter-in", "polish", [rough], [Output(900, 1, POLISHED)], polishing=Loss(1_100)
        )
        stones.append(sent(trade, stone, "jeweller-fr"))
    trade.later()
    return trade.set_in(sorted(stones)), stones


def test_a_piece_tells_the_facts_of_each_stone_and_its_own_way(trade) -> None:
    piece, stones = jewel(trade)
    made = trade.now_s
    trade.later()
    sent(trade, piece, "jeweller-ae")
    facts = facts_of(trade, piece)
    assert (facts.form, facts.hs_code, facts.stones, facts.country) == ("piece", "", 2, "AE")
    assert facts.made_at == made
    assert [origin.country for origin in facts.origins] == ["BW", "CA"]
    assert [(stay.country, stay.since >= made) for stay in facts.stays] == [
        ("FR", True),
        ("AE", True),
    ]
    assert facts.crossings == ()
    assert sorted(part.parcel for part in facts.parts) == sorted(stones)
    for part in facts.parts:
        assert len(part.origins) == 1
        assert [crossing.sort for crossing in part.crossings] == ["none"]
        assert [stay.country for stay in part.stays if stay.basis == "book"][-1] == "AE"


def test_a_stone_taken_out_of_a_piece_keeps_what_befell_it_in_there(trade) -> None:
    piece, stones = jewel(trade)
    trade.later()
    sent(trade, piece, "jeweller-ae")
    trade.state_that("auditor-ch", "location", piece, as_of=trade.now_s, countries=["AE"])
    trade.later()
    trade.take_out(piece, sorted(stones), by="jeweller-ae")
    facts = facts_of(trade, stones[0])
    assert facts.country == "AE"
    assert [stay.country for stay in facts.stays if stay.basis == "book"][-3:] == ["FR", "AE", "AE"]
    assert [(s.operation, s.about_self) for s in facts.sayings] == [("location", False)]


def test_rough_over_a_border_without_a_paper_is_not_judged_as_under_a_mixed_one() -> None:
    """No certificate is recorded: none says that the goods are mixed."""
    trade = founded(random.Random(1))
    shelf = Shelf({name: read_table(name, raw) for name, raw in tables()})
    definition = read_definition(shipped()["definition-eu-2024"].raw, "eu-2024")
    one, mix = sent(trade, mined(trade, "BW", 2_000, 1)), mixed(trade, "BW", "CA")
    values = [
        judge(facts_of(trade, parcel), definition, shelf, trade.now_s).value
        for parcel in (one, mix)
    ]
    assert values == ["pass", "cannot tell"]


def tables() -> list[tuple[str, bytes]]:
    """Return the shipped tables that are no definitions."""
    files = shipped().items()
    return [(name, one.raw) for name, one in files if not name.startswith("definition-")]
