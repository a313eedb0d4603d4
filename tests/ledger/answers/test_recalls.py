"""Recalls: what goods went into, for whoever may be told, page by page and to the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger import drafts
from ledger.access import OPERATOR, Reader, reader_of
from ledger.answers import QUESTIONS
from ledger.answers.recalls import KeptWalks, affected
from ledger.drafts import Goods, Loss, Output
from ledger.errors import BadQuestion, NotYours, SignInNeeded, Unavailable, Unknown
from ledger.limits import LIMITS
from ledger.trace.affected import Share
from ledger.values import to_hex
from tests.scene import POLISHED, ROUGH, Scene, Shown, jewel, shown
from tests.world import address_of

RECALLS = next(question for question in QUESTIONS if question.name == "recalls")
NOWHERE = "0x" + "ab" * 32


def of(name: str) -> str:
    return to_hex(address_of(name))


def rows(answer: Any) -> list[tuple[int, str, str]]:
    return [(one["index"], one["parcelId"], one["affected"]) for one in answer["parcels"]]


def every_page(answers: Any, limit: int, **asked: Any) -> list[tuple[int, str, str]]:
    """Follow a recall to its end."""
    found, page = [], answers.ask("/v1/recalls", limit=limit, **asked)
    while True:
        assert len(page["parcels"]) <= limit
        found += rows(page)
        if page["cursor"] is None:
            return found
        page = answers.ask("/v1/recalls", limit=limit, cursor=page["cursor"], **asked)


@pytest.fixture(scope="module")
def sold() -> Iterator[Shown]:
    """The stone's way, on to a ring that was sold."""
    scene = jewel()
    (scene.parcels["ring"]) = scene.set_in([scene.parcels["stone"]], label="ring")
    scene.sell(scene.parcels["ring"])
    with shown(scene) as made:
        yield made


# -- whole ---------------------------------------------------------------------------------------


def test_a_recall_of_a_parcel_tells_what_it_went_into_and_how_much_of_it_that_is(
    jewel_shown: Shown,
) -> None:
    answer = jewel_shown.answers.recalls(parcel=jewel_shown.hex("first"))
    assert rows(answer) == [
        (15, jewel_shown.hex("first"), "all"),
        (21, jewel_shown.hex("mixed"), "part"),
        (22, jewel_shown.hex("rough"), "all or none"),
        (22, jewel_shown.hex("rest"), "part"),
        (25, jewel_shown.hex("stone"), "all or none"),
    ]
    stone = answer["parcels"][-1]
    assert (stone["leastMillicarats"], stone["mostMillicarats"]) == (0, 1_850)
    assert (stone["custodian"], stone["state"], stone["usedBy"]) == (
        of("jeweller-fr"),
        "held",
        None,
    )
    assert (answer["beginsWith"], answer["subject"]) == ("parcel", jewel_shown.hex("first"))
    assert answer["size"] == answer["asOf"]["size"]
    assert (answer["isWhole"], answer["cursor"]) == (True, None)
    assert [one["isStart"] for one in answer["parcels"]] == [True, False, False, False, False]


def test_what_is_set_and_sold_is_told_with_its_piece(sold: Shown) -> None:
    found = {
        one["parcelId"]: one for one in sold.answers.recalls(parcel=sold.hex("first"))["parcels"]
    }
    stone, ring = found[sold.hex("stone")], found[sold.hex("ring")]
    assert (stone["state"], stone["pieceId"]) == ("set", sold.hex("ring"))
    assert (ring["state"], ring["form"], ring["affected"]) == ("sold", "piece", "all or none")


def test_recalls_of_a_site_a_zone_and_a_country_begin_with_what_was_mined_there(
    jewel_shown: Shown,
) -> None:
    home = rows(jewel_shown.answers.recalls(site=jewel_shown.site("home")))
    assert home[0][1] == jewel_shown.hex("first")
    assert rows(jewel_shown.answers.recalls(zone="South")) == home
    assert rows(jewel_shown.answers.recalls(zone="South", country="BW")) == home
    assert rows(jewel_shown.answers.recalls(country="BW")) == home
    abroad = rows(jewel_shown.answers.recalls(country="CA"))
    assert abroad[0] == (16, jewel_shown.hex("second"), "all")
    assert {one for _, one, _ in abroad} == {
        jewel_shown.hex(name) for name in ("second", "mixed", "rough", "rest", "stone")
    }
    late = jewel_shown.answers.recalls(site=jewel_shown.site("home"), since=16)
    assert (rows(late), late["since"]) == ([], 16)


def test_a_recall_of_a_party_begins_with_every_record_about_goods_by_it(
    jewel_shown: Shown,
) -> None:
    found = jewel_shown.answers.recalls(party=of("trader-be"))["parcels"]
    assert [(one["index"], one["parcelId"]) for one in found if one["isStart"]] == [
        (18, jewel_shown.hex("first")),  # received
        (20, jewel_shown.hex("second")),
        (21, jewel_shown.hex("mixed")),
        (22, jewel_shown.hex("rough")),
        (22, jewel_shown.hex("rest")),
    ]
    assert found[-1]["parcelId"] == jewel_shown.hex("stone")
    assert found[-1]["affected"] == "all"
    since = jewel_shown.answers.recalls(party=of("trader-be"), since=23)["parcels"]
    assert [(one["index"], one["isStart"]) for one in since] == [(23, True), (25, False)]


def test_a_recall_of_a_party_begins_where_a_revocation_says(fresh: Shown) -> None:
    fresh.scene.revoke("trader-be", compromised_since=22)
    fresh.catch_up()
    answer = fresh.answers.recalls(party=of("trader-be"))
    assert answer["since"] == 22
    assert [one["index"] for one in answer["parcels"]] == [22, 22, 25]
    assert fresh.answers.recalls(party=of("trader-be"), since=0)["since"] == 0


def test_a_recall_of_an_agent_begins_with_what_it_signed_alone(fresh: Shown) -> None:
    scene = fresh.scene
    scene.admit_agent("miner-bw", "scribe", "Registration")
    own = scene.register(scene.sites["home"], 700, 1, zone="South")
    record = drafts.registration(
        scene.speaker("miner-bw"), scene.moment(), scene.sites["home"], 800, stones=1, zone="South"
    )
    (by_agent,) = scene.outputs(scene.say(record, "scribe"))
    fresh.catch_up()
    answers = fresh.answers
    assert [one["parcelId"] for one in answers.recalls(party=of("scribe"))["parcels"]] == [
        to_hex(by_agent)
    ]
    of_miner = {one["parcelId"] for one in answers.recalls(party=of("miner-bw"))["parcels"]}
    assert {to_hex(own), to_hex(by_agent)} <= of_miner


def test_a_recall_of_a_lab_begins_with_what_it_spoke_of_and_tells_it_once(fresh: Shown) -> None:
    stone = fresh.scene.parcels["stone"]
    for _ in range(2):
        fresh.scene.report("dispute", stone, "lab-be", state=fresh.scene.parcel(stone).head)
    fresh.catch_up()
    first = len(fresh.scene.log) - 2
    assert rows(fresh.answers.recalls(party=of("lab-be"))) == [(first, to_hex(stone), "all")]


def test_a_recall_that_begins_with_nothing_or_too_much_is_refused(jewel_shown: Shown) -> None:
    answers, site = jewel_shown.answers, jewel_shown.site("home")
    parcel = jewel_shown.hex("first")
    for asked in ({}, {"since": 3}, {"site": site, "zone": "South"},
                  {"site": site, "country": "BW"},
                  {"parcel": parcel, "party": of("miner-bw")}):  # fmt: skip
        with pytest.raises(BadQuestion, match="one of parcel"):
            answers.recalls(**asked)
    with pytest.raises(BadQuestion, match="since"):
        answers.recalls(parcel=jewel_shown.hex("first"), since=3)
    for asked in ({"parcel": NOWHERE}, {"site": NOWHERE}, {"zone": "Nowhere"}, {"country": "ZZ"},
                  {"zone": "South", "country": "CA"}, {"party": "0x" + "ab" * 20}):  # fmt: skip
        with pytest.raises(Unknown):
            answers.recalls(**asked)


@pytest.mark.parametrize(
    ("share", "stones", "word"),
    [
        (Share(9, 0, 0), 1, "none"), (Share(9, 0, 0), 0, "none"), (Share(9, 9, 9), 1, "all"),
        (Share(9, 9, 9), 5, "all"), (Share(9, 0, 9), 1, "all or none"), (Share(9, 1, 9), 2, "part"),
        (Share(9, 0, 3), 0, "possibly part"),
    ],
)  # fmt: skip
def test_how_much_is_affected_is_said_in_a_word(share: Share, stones: int, word: str) -> None:
    assert affected(share, stones) == word


# -- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["first", "site", "party"])
def test_pages_of_every_size_tell_the_same(jewel_shown: Shown, asked: str) -> None:
    given = {
        "first": {"parcel": jewel_shown.hex("first")},
        "site": {"site": jewel_shown.site("home")},
        "party": {"party": of("trader-be")},
    }[asked]
    whole = rows(jewel_shown.answers.recalls(**given))
    for limit in range(1, len(whole) + 2):
        assert every_page(jewel_shown.answers, limit, **given) == whole


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_a_page_takes_so_many_steps_and_its_cursor_always_goes_on(
    jewel_shown: Shown, monkeypatch, steps: int
) -> None:
    whole = rows(jewel_shown.answers.recalls(party=of("trader-be")))
    monkeypatch.setattr("ledger.trace.recall.LIMITS", replace(LIMITS, recall_steps_max=steps))
    assert every_page(jewel_shown.answers, 2, party=of("trader-be")) == whole


def test_all_pages_are_of_the_log_as_it_was_for_the_first(fresh: Shown) -> None:
    asked = {"parcel": fresh.hex("first")}
    first = fresh.answers.ask("/v1/recalls", limit=4, **asked)
    made, _ = fresh.scene.transform(
        "trader-be", "split", [fresh.scene.parcels["rest"]],
        [Output(10_000, 2, ROUGH), Output(6_400, 2, ROUGH)],
    )  # fmt: skip
    fresh.catch_up()
    rest = fresh.answers.ask("/v1/recalls", cursor=first["cursor"], **asked)
    assert [one["parcelId"] for one in rest["parcels"]] == [fresh.hex("stone")]
    assert rest["size"] == first["size"] < rest["asOf"]["size"]
    assert to_hex(made) in [one for _, one, _ in rows(fresh.answers.recalls(**asked))]


def test_a_cursor_is_of_its_own_recall(jewel_shown: Shown) -> None:
    answers = jewel_shown.answers
    cursor = answers.recalls(parcel=jewel_shown.hex("first"), limit=1)["cursor"]
    for asked in ({"parcel": jewel_shown.hex("second")}, {"site": jewel_shown.site("home")}):
        with pytest.raises(BadQuestion, match="cursor"):
            answers.recalls(cursor=cursor, **asked)


def test_a_recall_that_never_gets_on_ends_with_an_error(jewel_shown: Shown, monkeypatch) -> None:
    monkeypatch.setattr("ledger.answers.recalls._TURNS_MAX", 3)
    monkeypatch.setattr("ledger.trace.recall.LIMITS", replace(LIMITS, recall_steps_max=1))
    monkeypatch.setattr(KeptWalks, "take", lambda _self, _key: None)
    with pytest.raises(Unavailable):
        every_page(jewel_shown.answers, 1, party=of("trader-be"))


# -- who is told what ----------------------------------------------------------------------------


def as_reader(made: Shown, name: str) -> Reader:
    with made.book.view() as view:
        reader = reader_of(view, address_of(name), made.desk.clock.now_ms)
    assert reader is not None
    return reader


def ask(made: Shown, reader: Reader, **given: str) -> Any:
    return made.answers.answer(RECALLS, given, reader)


def test_auditors_and_authorities_concerned_are_told_all(traded: Shown) -> None:
    home, first = traded.site("home"), traded.hex("first")
    whole = rows(ask(traded, OPERATOR, site=home))
    assert len(whole) == 5
    for name in ("auditor-ch", "authority-bw"):
        for given in ({"site": home}, {"country": "BW"}, {"zone": "South"}):
            answer = ask(traded, as_reader(traded, name), **given)
            assert (rows(answer), answer["isWhole"]) == (whole, True)
    # Goods that are in its country, and parties that act there.
    assert rows(ask(traded, as_reader(traded, "authority-be"), parcel=traded.hex("mixed")))
    assert ask(traded, as_reader(traded, "authority-be"), party=of("trader-be"))["isWhole"]
    assert not ask(traded, as_reader(traded, "authority-in"), site=home)["isWhole"]
    assert first


def test_an_authority_is_told_who_holds_goods_in_its_own_country_alone(traded: Shown) -> None:
    asked = {"parcel": traded.hex("mixed")}
    whole = ask(traded, as_reader(traded, "auditor-ch"), **asked)
    part = ask(traded, as_reader(traded, "authority-be"), **asked)
    assert whole == {**ask(traded, OPERATOR, **asked), "names": whole["names"]}
    assert all(one["custodian"] and not one["withheld"] for one in whole["parcels"])
    at_home = {"mixed": True, "rough": True, "rest": True, "stone": False}
    for of_all, told in zip(whole["parcels"], part["parcels"], strict=True):
        name = next(name for name in at_home if traded.hex(name) == told["parcelId"])
        assert (told["country"] == "BE") == at_home[name]
        if at_home[name]:
            assert told == of_all
        else:
            unnamed = {"custodian": None, "recipient": None, "withheld": ["who"]}
            assert told == {**of_all, **unnamed}
    assert of("jeweller-fr") not in str(part)
    # Of an open ledger, every party is told all.
    jewel_open = jewel("open")
    with shown(jewel_open) as made:
        answer = ask(made, as_reader(made, "authority-be"), parcel=made.hex("mixed"))
        assert all(one["custodian"] for one in answer["parcels"])


def test_an_authority_is_told_who_holds_what_is_set_in_a_piece_that_is_in_its_country() -> None:
    scene = jewel("trade")
    ring = scene.set_in([scene.parcels["stone"]])
    scene.hand_over(ring, "jeweller-fr", "trader-be")
    with shown(scene) as made:
        for name, holder, asked in (
            ("authority-be", of("trader-be"), {"parcel": made.hex("mixed")}),
            ("authority-bw", None, {"site": made.site("home")}),
        ):
            told = ask(made, as_reader(made, name), **asked)["parcels"]
            rows_of = {one["parcelId"]: one for one in told}
            for parcel in (made.hex("stone"), to_hex(ring)):
                assert (rows_of[parcel]["country"], rows_of[parcel]["custodian"]) == ("BE", holder)


def test_a_party_is_told_of_its_own_goods_alone(traded: Shown) -> None:
    home = traded.site("home")
    for name, expected in {
        "jeweller-fr": [(25, traded.hex("stone"), "all or none")],
        "trader-be": [(22, traded.hex("rest"), "part")],
        "miner-bw": [],
        "lab-be": [],
    }.items():
        answer = ask(traded, as_reader(traded, name), site=home)
        assert (rows(answer), answer["isWhole"], answer["cursor"]) == (expected, False, None)
    row = ask(traded, as_reader(traded, "jeweller-fr"), site=home)["parcels"][0]
    whole = {one["parcelId"]: one for one in ask(traded, OPERATOR, site=home)["parcels"]}
    assert row == whole[row["parcelId"]]


def test_a_party_is_not_told_of_goods_that_recalled_ones_cannot_be_in(traded: Shown) -> None:
    assert rows(ask(traded, as_reader(traded, "trader-be"), zone="South", since="16")) == []


def test_a_party_may_ask_for_its_own_records_and_for_no_other_s(traded: Shown) -> None:
    reader = as_reader(traded, "trader-be")
    assert rows(ask(traded, reader, party=of("trader-be"))) == [(22, traded.hex("rest"), "all")]
    for other in ("miner-bw", "jeweller-fr"):
        with pytest.raises(NotYours):
            ask(traded, reader, party=of(other))


def test_a_parcel_that_a_party_may_read_nothing_of_is_unknown_to_it(traded: Shown) -> None:
    with pytest.raises(Unknown):
        ask(traded, as_reader(traded, "lab-be"), parcel=traded.hex("first"))
    with pytest.raises(Unknown):
        ask(traded, as_reader(traded, "lab-be"), parcel=NOWHERE)


def test_a_stranger_signs_in_first(traded: Shown) -> None:
    with pytest.raises(SignInNeeded):
        ask(traded, Reader("stranger"), site=traded.site("home"))


def own_pages(made: Shown, reader: Reader, limit: int, **given: str) -> list[tuple[int, str, str]]:
    found, cursor = [], None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        page = ask(made, reader, limit=str(limit), **more, **given)
        found += rows(page)
        cursor = page["cursor"]
        if cursor is None:
            return found


def test_pages_of_one_s_own_goods_tell_the_same(monkeypatch) -> None:
    scene: Scene = jewel("trade")
    bag = scene.register(scene.sites["home"], 9_000, 9, zone="South")
    scene.transform("miner-bw", "split", [bag], [Output(1_000, 1, ROUGH)] * 9)
    with shown(scene) as made:
        reader, home = as_reader(made, "miner-bw"), made.site("home")
        whole = rows(ask(made, reader, site=home))
        assert len(whole) == 9
        for limit in (1, 4, 9):
            assert own_pages(made, reader, limit, site=home) == whole
        monkeypatch.setattr(
            "ledger.answers.recalls.LIMITS",
            replace(LIMITS, recall_steps_max=8, page_rows_max=LIMITS.page_rows_max),
        )
        assert own_pages(made, reader, 9, site=home) == whole
        with pytest.raises(BadQuestion, match="cursor"):
            ask(made, as_reader(made, "trader-be"), site=home,
                cursor=ask(made, reader, site=home, limit="1")["cursor"])  # fmt: skip


def test_goods_with_too_many_ancestors_are_told_as_not_known(traded: Shown, monkeypatch) -> None:
    monkeypatch.setattr("ledger.answers.recalls.LIMITS", replace(LIMITS, page_walk_steps_max=1))
    (row,) = ask(traded, as_reader(traded, "jeweller-fr"), site=traded.site("abroad"))["parcels"]
    assert (row["isFollowedWhole"], row["affected"]) == (False, "all or none")


def test_a_polished_stone_may_be_called_back_too(fresh: Shown) -> None:
    scene = fresh.scene
    rough = scene.register(scene.sites["home"], 2_000, 1, zone="South")
    scene.hand_over(rough, "miner-bw", "cutter-in")
    (stone,) = scene.transform(
        "cutter-in", "polish", [rough], [Output(900, 1, POLISHED)], polishing=Loss(1_100)
    )
    fresh.catch_up()
    assert isinstance(scene.goods(stone), Goods)
    assert rows(fresh.answers.recalls(parcel=to_hex(stone)))[0][2] == "all"
