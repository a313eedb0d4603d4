"""What each definition says of goods: to whom it is told, for which day, and what differs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ledger.access import reader_of
from ledger.answers import Answers, find
from ledger.errors import BadQuestion, TableMissing, Unknown
from ledger.reference import Library, shipped
from ledger.values import to_hex
from tests.borders import journey
from tests.scene import Shown, shown
from tests.world import address_of


@pytest.fixture(scope="module")
def open_one() -> Iterator[Shown]:
    """The journey on an open ledger; read only."""
    with shown(journey()) as made:
        yield made


@pytest.fixture(scope="module")
def traded_one() -> Iterator[Shown]:
    """The journey on a trade ledger; read only."""
    with shown(journey("trade")) as made:
        yield made


def as_party(made: Shown, name: str, path: str) -> dict[str, object]:
    """Ask as the party of a key."""
    with made.book.view() as view:
        reader = reader_of(view, address_of(name), made.desk.clock.now_ms)
    assert reader is not None
    question, given = find(path)
    found: dict[str, object] = made.answers.answer(question, given, reader)
    return found


def values(answer: dict[str, object]) -> dict[str, str]:
    """Return each definition's verdict."""
    return {one["definition"]["id"]: one["value"] for one in answer["verdicts"]}  # type: ignore[index,attr-defined]


def test_each_definition_stands_beside_the_others(open_one: Shown) -> None:
    found = values(open_one.answers.verdicts(open_one.hex("rest")))
    assert set(found) == {name.partition("-")[2] for name in shipped() if "definition-" in name}
    assert (found["kp-2003"], found["us-2024"], found["wdc-sow"]) == ("cannot tell", "pass", "pass")
    sound = values(open_one.answers.verdicts(open_one.hex("certified")))
    assert (sound["kp-2003"], sound["wdc-sow"]) == ("pass", "cannot tell")


def test_every_reason_names_rule_source_records_and_table_versions(open_one: Shown) -> None:
    answer = open_one.answers.verdicts(open_one.hex("certified"))
    (one,) = [row for row in answer["verdicts"] if row["definition"]["id"] == "kp-2003"]
    assert one["definition"]["sha256"] == to_hex(shipped()["definition-kp-2003"].sha256)
    assert not one["definition"]["isAdoptedHere"]
    assert all(reason["rule"] and reason["source"] for reason in one["reasons"])
    used = {table["name"]: table for reason in one["reasons"] for table in reason["tables"]}
    assert "kp-participants" in used or "kp-measures" in used
    for name, table in used.items():
        assert table["sha256"] == to_hex(shipped()[name].sha256)
    grounds = [ground for reason in one["reasons"] for ground in reason["grounds"]]
    assert {"Certificate", "Clearance"} & {ground["kind"] for ground in grounds}
    assert all(ground["recordId"] for ground in grounds)
    assert "not legal advice" in answer["notice"]


def test_deciding_reasons_come_first_and_say_why(open_one: Shown) -> None:
    for one in open_one.answers.verdicts(open_one.hex("stone"))["verdicts"]:
        marks = [reason["isDeciding"] for reason in one["reasons"]]
        assert marks == sorted(marks, reverse=True)
        assert one["because"] == one["reasons"][0]["words"]


def test_goods_are_judged_for_a_day_and_two_days_compared(open_one: Shown) -> None:
    ask = open_one.answers.verdicts
    parcel = open_one.hex("rest")
    early = ask(parcel, "wdc-sow", "2020-01-01")
    assert early["date"] == "2020-01-01"
    both = ask(parcel, "wdc-sow", "2026-06-01", compare_date="2020-01-01")
    (difference,) = both["comparison"]["differences"]
    assert difference["value"] == both["verdicts"][0]["value"]
    assert difference["otherValue"] == early["verdicts"][0]["value"]
    assert difference["isDifferent"] is (difference["value"] != difference["otherValue"])


def test_two_definitions_are_compared_with_what_makes_the_difference(open_one: Shown) -> None:
    both = open_one.answers.verdicts(open_one.hex("rest"), "us-2024", compare_definition="kp-2003")
    (difference,) = both["comparison"]["differences"]
    assert (difference["value"], difference["otherValue"]) == ("pass", "cannot tell")
    assert any("without a certificate" in reason["words"] for reason in difference["otherOnly"])
    assert difference["words"]


def test_a_past_verdict_is_made_again_from_the_entries_of_then(open_one: Shown) -> None:
    ask, parcel = open_one.answers.verdicts, open_one.hex("certified")
    made = open_one.answers.parcel(parcel)["made"]["index"]
    then = ask(parcel, "kp-2003", size=made + 1)
    assert then["size"] == made + 1
    indices = [ground["index"] for one in then["verdicts"] for reason in one["reasons"]
               for ground in reason["grounds"]]  # fmt: skip
    assert all(index <= made for index in indices)
    with pytest.raises(Unknown):
        ask(parcel, "kp-2003", size=made)


@pytest.mark.parametrize(
    "given",
    [
        {"date": "2026-02-30"},
        {"date": "20260101"},
        {"date": "2026-1-1"},
        {"size": 0},
        {"size": 10_000},
        {"compare_definition": "kp-2003"},
        {"definition": "kp-2003", "compare_date": "2020-01-01", "compare_definition": "us-2024"},
    ],
)
def test_what_is_not_well_asked_is_a_bad_question(open_one: Shown, given) -> None:
    with pytest.raises(BadQuestion):
        open_one.answers.verdicts(open_one.hex("stone"), **given)


def test_a_definition_that_nobody_has_is_unknown(open_one: Shown) -> None:
    with pytest.raises(Unknown):
        open_one.answers.verdicts(open_one.hex("stone"), "none")
    with pytest.raises(Unknown):
        open_one.answers.definition("none")


def test_definitions_are_listed_with_their_rules(open_one: Shown) -> None:
    listed = open_one.answers.definitions()["definitions"]
    assert [one["id"] for one in listed] == sorted(one["id"] for one in listed)
    for one in listed:
        answer = open_one.answers.definition(one["id"])
        assert answer["definition"] == one
        assert answer["rules"]
        assert open_one.client.get(f"/v1/tables/{one['table']}").status_code == 200


def test_the_holder_is_told_and_a_stranger_to_the_goods_is_not(traded_one: Shown) -> None:
    path = f"/v1/parcels/{traded_one.hex('rest')}/verdicts"
    assert as_party(traded_one, "trader-be", path)["verdicts"]
    with pytest.raises(Unknown):
        as_party(traded_one, "jeweller-fr", path)


def test_who_gave_goods_on_is_told_by_what_was_said_until_then(traded_one: Shown) -> None:
    path = f"/v1/parcels/{traded_one.hex('rough')}/verdicts"
    given_on = as_party(traded_one, "trader-be", path)
    holder = as_party(traded_one, "auditor-ch", path)
    assert int(given_on["size"]) < int(holder["size"])  # type: ignore[call-overload]


def test_numbers_of_certificates_are_said_to_those_alone_who_read_all(traded_one: Shown) -> None:
    path = f"/v1/parcels/{traded_one.hex('waiting')}/verdicts"
    assert "BW2026" in str(as_party(traded_one, "auditor-ch", path))
    assert "BW2026" not in str(as_party(traded_one, "miner-bw", path))


def test_a_page_on_a_trade_ledger_says_no_number_no_part_and_no_record(traded_one: Shown) -> None:
    for parcel in ("stone", "ring", "certified", "waiting", "rest"):
        stone = traded_one.answers.stone(traded_one.token(parcel))
        told = str(stone["verdicts"]["rows"])
        assert "BW2026" not in told
        hashes = {row["sha256"] for row in stone["verdicts"]["rows"]}
        hashes |= {used["sha256"] for row in stone["verdicts"]["rows"] for used in row["tables"]}
        assert set(re.findall("0x[0-9a-f]{64}", told)) <= hashes


def test_a_page_of_a_piece_shows_each_stone_with_its_own_origin(open_one: Shown) -> None:
    ring = open_one.answers.stone(open_one.token("ring"))
    (part,) = ring["parts"]
    assert part["parcelId"] == open_one.hex("stone")
    assert part["mined"]["countries"] == ["Botswana", "Canada"]
    assert part["cut"]["countryNames"] == ["India"]
    page = open_one.client.get(f"/stones/{open_one.token('ring')}").text
    assert "The stones in it" in page
    assert "Sold to a consumer" in page


def test_the_matrix_has_adopted_definitions_first_and_counts(open_one: Shown) -> None:
    verdicts = open_one.answers.stone(open_one.token("stone"))["verdicts"]
    statuses = [row["status"] for row in verdicts["rows"]]
    assert statuses == sorted(statuses, key=("adopted", "proposed", "rejected").index)
    assert verdicts["date"] == "2026-01-02"


def test_the_matrix_is_made_anew_on_another_day() -> None:
    with shown(journey()) as made:
        token = made.token("stone")
        first = made.answers.stone(token)["verdicts"]["date"]
        made.desk.clock.now_ms += 86_400_000
        assert made.answers.stone(token)["verdicts"]["date"] != first


def test_a_page_without_a_file_that_the_charter_names_judges_nothing(open_one: Shown) -> None:
    class Without(Library):
        def collection_at(self, view, size=None):  # noqa: ARG002 - as its base takes them
            raise TableMissing("kp-measures", "ab" * 32)

    answers = Answers(open_one.book, open_one.desk.clock, links=open_one.links, library=Without())
    verdicts = answers.stone(open_one.token("stone"))["verdicts"]
    assert verdicts["rows"] == []
    assert "kp-measures" in verdicts["fault"]
    with pytest.raises(TableMissing):
        answers.verdicts(open_one.hex("stone"))
