"""Judging recalled goods again: which verdicts are others in the second place."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.access import Reader, reader_of
from ledger.answers import QUESTIONS
from ledger.errors import BadQuestion, Unknown
from ledger.values import to_hex
from tests.scene import Scene, Shown, jewel, shown
from tests.world import address_of

REJUDGED = next(question for question in QUESTIONS if question.name == "rejudged")
CHANGED = {"definition": "eu-2024", "compare_date": "2020-01-01"}


def verdict(made: Shown, parcel: str, **asked: Any) -> str:
    found: str = made.answers.verdicts(parcel, **asked)["verdicts"][0]["value"]
    return found


def test_the_flips_are_the_goods_on_which_two_verdicts_differ(jewel_shown: Shown) -> None:
    answer = jewel_shown.answers.rejudged(country="BW", **CHANGED)
    recalled = jewel_shown.answers.recalls(country="BW")["parcels"]
    live = [one for one in recalled if one["state"] != "spent"]
    differing = [
        one
        for one in live
        if verdict(jewel_shown, one["parcelId"], definition="eu-2024")
        != verdict(jewel_shown, one["parcelId"], definition="eu-2024", date="2020-01-01")
    ]
    assert [flip["parcel"] for flip in answer["flips"]] == differing != []
    assert (answer["judged"], answer["untold"], answer["cursor"]) == (len(live), 0, None)
    difference = answer["flips"][0]["difference"]
    assert difference["value"] != difference["otherValue"]
    assert difference["only"] or difference["otherOnly"]
    assert (answer["definition"]["id"], answer["other"]["id"]) == ("eu-2024", "eu-2024")
    assert answer["otherDate"] == "2020-01-01"
    assert "not legal advice" in answer["notice"]


def test_a_later_fact_flips_the_verdicts_on_all_that_it_bears_on(fresh: Shown) -> None:
    scene, rest = fresh.scene, fresh.scene.parcels["rest"]
    before = len(scene.log)
    scene.report("theft", rest, "trader-be", previous=scene.parcel(rest).head)
    fresh.catch_up()
    for one in fresh.answers.definitions()["definitions"]:
        name = one["id"]
        then = verdict(fresh, to_hex(rest), definition=name, size=before)
        now = verdict(fresh, to_hex(rest), definition=name)
        answer = fresh.answers.rejudged(parcel=to_hex(rest), definition=name, facts_before=before)
        told = [(flip["difference"]["value"], flip["difference"]["otherValue"])
                for flip in answer["flips"]]  # fmt: skip
        assert told == ([(then, now)] if then != now else []), name
        assert answer["factsSize"] == answer["tablesSize"] == before


def test_goods_that_were_not_there_yet_are_counted_as_untold(jewel_shown: Shown) -> None:
    made = jewel_shown.scene.parcel(jewel_shown.scene.parcels["stone"]).made_by
    answer = jewel_shown.answers.rejudged(country="BW", definition="kp-2003", facts_before=made)
    assert (answer["judged"], answer["untold"]) == (2, 1)


def test_another_definition_may_be_the_second_place(jewel_shown: Shown) -> None:
    names = [one["id"] for one in jewel_shown.answers.definitions()["definitions"]]
    differing = 0
    for other in names:
        answer = jewel_shown.answers.rejudged(
            country="BW", definition=names[0], compare_definition=other
        )
        assert answer["other"]["id"] == other
        differing += len(answer["flips"])
        if other == names[0]:
            assert answer["flips"] == []
    assert differing > 0


def test_pages_tell_the_same(jewel_shown: Shown) -> None:
    whole = jewel_shown.answers.rejudged(country="BW", **CHANGED)
    found, judged, cursor = [], 0, ""
    while cursor is not None:
        page = jewel_shown.answers.rejudged(country="BW", limit=1, cursor=cursor, **CHANGED)
        found += page["flips"]
        judged += page["judged"]
        cursor = page["cursor"]
    assert (found, judged) == (whole["flips"], whole["judged"])


def test_something_that_is_there_is_compared(jewel_shown: Shown) -> None:
    ask = jewel_shown.answers.rejudged
    with pytest.raises(BadQuestion, match="what to compare"):
        ask(country="BW", definition="kp-2003")
    for size in (0, 10_000):
        for name, field in (("facts_before", "factsBefore"), ("tables_before", "tablesBefore")):
            with pytest.raises(BadQuestion, match=field):
                ask(country="BW", definition="kp-2003", **{name: size})
    with pytest.raises(Unknown):
        ask(country="BW", definition="no-such", facts_before=9)
    with pytest.raises(BadQuestion, match="compareDate"):
        ask(country="BW", definition="kp-2003", compare_date="2020-13-01")


# -- who is told what ----------------------------------------------------------------------------


def ask(made: Shown, name: str, **given: str) -> Any:
    with made.book.view() as view:
        reader = reader_of(view, address_of(name), made.desk.clock.now_ms)
    assert isinstance(reader, Reader)
    usual = {"definition": "eu-2024", "compareDate": "2020-01-01"}
    if "compareDefinition" in given:
        del usual["compareDate"]
    return made.answers.answer(REJUDGED, {**usual, **given}, reader)


def test_an_authority_concerned_is_told_verdicts_and_named_no_records(traded: Shown) -> None:
    compared = {"definition": "un-embargo", "compareDefinition": "kp-2003"}
    whole = ask(traded, "auditor-ch", country="BW", **compared)
    part = ask(traded, "authority-bw", country="BW", **compared)
    assert [one["parcel"]["parcelId"] for one in part["flips"]] == [
        one["parcel"]["parcelId"] for one in whole["flips"]
    ]
    assert grounds(whole) != set()
    assert {ground for ground in grounds(part) if ground is not None} == set()


def grounds(answer: Any) -> set[str | None]:
    reasons = [
        reason
        for flip in answer["flips"]
        for reason in (*flip["difference"]["only"], *flip["difference"]["otherOnly"])
    ]
    return {ground["recordId"] for reason in reasons for ground in reason["grounds"]}


def test_a_party_is_told_of_its_own_goods_alone(traded: Shown) -> None:
    answer = ask(traded, "jeweller-fr", country="BW")
    assert [one["parcel"]["parcelId"] for one in answer["flips"]] == [traded.hex("stone")]
    assert answer["isWhole"] is False
    assert ask(traded, "lab-be", country="BW")["judged"] == 0


def test_goods_that_became_others_are_not_judged() -> None:
    scene: Scene = jewel()
    with shown(scene) as made:
        answer = made.answers.rejudged(parcel=made.hex("first"), **CHANGED)
        recalled = made.answers.recalls(parcel=made.hex("first"))["parcels"]
        assert [one["state"] for one in recalled].count("spent") == 3
        assert answer["judged"] == 2
