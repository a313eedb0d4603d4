"""Who reads what over HTTP: every reader, every record, every sheet; and what else could tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ledger.records import SHEETS, WRITABLE
from ledger.signing import sheet_hash
from ledger.values import Hash32, ParcelId, to_hex
from tests.api.problem_check import problem_of
from tests.api.record_check import check_record
from tests.readers import EVERYBODY, PARTIES, Expected, busy
from tests.scene import OPERATORS, Shown, shown
from tests.world import GOVERNORS, address_of

MADE_UP = to_hex(bytes(range(32)))
Headers = Mapping[str, str]


@pytest.fixture(scope="module")
def trade() -> Iterator[Shown]:
    """A busy trade ledger; read only."""
    with shown(busy()) as made:
        yield made


@pytest.fixture(scope="module")
def expected(trade: Shown) -> Expected:
    """What each reader may read of it."""
    return Expected(trade.scene)


@pytest.fixture(scope="module")
def readers(trade: Shown) -> dict[str, Headers]:
    """Return what each key that can sign in sends."""
    return {key: trade.sign_in(key) for key in PARTIES}


def record_of(made: Shown, index: int, headers: Headers, through: ParcelId | None = None) -> Any:
    path = f"/v1/records/{to_hex(made.scene.log[index][1].record_id)}"
    more = {} if through is None else {"for": to_hex(through)}
    return made.client.get(path, headers=dict(headers), params=more)


def test_every_kind_that_can_be_written_is_there(trade: Shown) -> None:
    assert {signed.record.KIND.record for _, signed, _ in trade.scene.log} == set(WRITABLE)


def test_the_matrix_of_reader_record_and_sheet(
    trade: Shown, expected: Expected, readers: Mapping[str, Headers]
) -> None:
    cells = 0
    rows: set[tuple[str, str]] = set()
    for key, party in PARTIES.items():
        throughs = [None, *expected.held_by(party), ParcelId(Hash32(bytes(32)))]
        for index, (_, signed, _) in enumerate(trade.scene.log):
            for through in throughs:
                sheets = expected.sheets(party, index, through)
                check_record(trade, index, record_of(trade, index, readers[key], through), sheets)
                rows.add((expected.row(party, index, through), signed.record.KIND.name))
                cells += len(SHEETS)
    operator = {"authorization": f"Bearer {OPERATORS}"}
    for index in range(len(trade.scene.log)):
        check_record(trade, index, record_of(trade, index, operator), SHEETS)
        assert problem_of(record_of(trade, index, {}))["rule"] == "sign-in-needed"
        cells += 2 * len(SHEETS)
    print(f"access: {cells} cells of reader x record x sheet over HTTP")  # noqa: T201 - measured
    assert {row for row, _ in rows} == {"auditor", "named", "authority", "line", "other"}
    assert len(rows) > 45
    assert cells > 5_000


def test_a_story_shows_each_step_as_its_record_is_shown(
    trade: Shown, expected: Expected, readers: Mapping[str, Headers]
) -> None:
    steps = 0
    for key, party in PARTIES.items():
        for parcel in trade.scene.parcels.values():
            for question in ("history", "story"):
                path = f"/v1/parcels/{to_hex(parcel)}/{question}"
                response = trade.client.get(path, headers=dict(readers[key]))
                if response.status_code == 404:
                    continue
                for step in response.json()["steps"]:
                    sheets = expected.sheets(party, step["index"], parcel)
                    shown_sheets = [one for one in SHEETS if isinstance(step["record"][one], dict)]
                    assert shown_sheets == list(sheets), (key, step["index"])
                    assert (step["author"] is None) == ("who" not in sheets)
                    steps += 1
    assert steps > 200


def test_a_story_leaves_out_what_its_reader_may_not_read_and_nothing_else(
    trade: Shown, expected: Expected, readers: Mapping[str, Headers]
) -> None:
    auditor = readers["auditor-ch"]
    for key, party in PARTIES.items():
        for parcel in trade.scene.parcels.values():
            for question in ("history", "story", "trace", "descendants"):
                path = f"/v1/parcels/{to_hex(parcel)}/{question}"
                whole = trade.client.get(path, headers=dict(auditor)).json()
                part = trade.client.get(path, headers=dict(readers[key]))
                if part.status_code == 404:
                    continue
                rows = "steps" if "steps" in whole else "operations"
                through = None if question == "descendants" else parcel
                readable = [
                    one["index"]
                    for one in whole[rows]
                    if expected.sheets(party, one["index"], through)
                ]
                assert [one["index"] for one in part.json()[rows]] == readable, (key, path)
                assert part.json()["isWhole"] == (EVERYBODY.get(party, ("",))[0] == "auditor")


def test_asking_by_a_parcel_tells_of_its_line_and_of_no_other(
    trade: Shown, expected: Expected, readers: Mapping[str, Headers]
) -> None:
    auditor = dict(readers["auditor-ch"])
    told = 0
    for key, party in PARTIES.items():
        for parcel in trade.scene.parcels.values():
            path = f"/v1/parcels/{to_hex(parcel)}/descendants"
            whole = trade.client.get(path, headers=auditor).json()["operations"]
            for through in trade.scene.parcels.values():
                more = {"for": to_hex(through)}
                part = trade.client.get(path, headers=dict(readers[key]), params=more)
                if part.status_code == 404:
                    continue
                readable = {
                    one["index"] for one in whole if expected.sheets(party, one["index"], through)
                }
                found = {one["index"] for one in part.json()["operations"]}
                assert found <= readable, (key, path, through)
                line = {one["index"] for one in whole if is_along(expected, one, through)}
                assert found >= readable & line, (key, path, through)
                told += len(found)
    assert told > 20


def is_along(expected: Expected, operation: Any, through: ParcelId) -> bool:
    """Tell whether an operation leads to a parcel."""
    made = {bytes.fromhex(one["parcelId"][2:]) for one in operation["made"]}
    return bool(made & expected.ancestors(through))


def test_pages_of_a_part_tell_the_same_and_their_cursors_nothing_more(
    trade: Shown, readers: Mapping[str, Headers]
) -> None:
    for key in ("jeweller-fr", "cutter-key", "miner-bw", "authority-be", "scribe"):
        for parcel in trade.scene.parcels.values():
            for question in ("history", "story", "trace", "descendants"):
                path = f"/v1/parcels/{to_hex(parcel)}/{question}"
                headers = dict(readers[key])
                whole = trade.client.get(path, headers=headers)
                if whole.status_code == 404:
                    continue
                rows = "steps" if "steps" in whole.json() else "operations"
                found: list[int] = []
                cursor: str | None = ""
                while cursor is not None:
                    more = {"limit": "1", **({"cursor": cursor} if cursor else {})}
                    page = trade.client.get(path, headers=headers, params=more).json()
                    found += [one["index"] for one in page[rows]]
                    cursor = page["cursor"]
                assert found == [one["index"] for one in whole.json()[rows]]


# -- what else could tell ------------------------------------------------------------------------


def questions_about(parcel: str) -> Iterator[str]:
    for part in ("", "/history", "/story", "/trace", "/descendants"):
        yield f"/v1/parcels/{parcel}{part}"


def test_who_may_not_read_of_a_thing_is_answered_as_if_there_were_none(
    trade: Shown, expected: Expected, readers: Mapping[str, Headers]
) -> None:
    closed = 0
    for key, party in PARTIES.items():
        headers = dict(readers[key])
        unreadable = [
            signed.record_id
            for index, (_, signed, _) in enumerate(trade.scene.log)
            if not expected.sheets(party, index)
        ]
        for record_id in unreadable:
            for form in ("/v1/records/{}", "/v1/proofs/inclusion?record={}"):
                assert same_answer(trade, form, to_hex(record_id), headers)
                closed += 1
        for parcel in trade.scene.parcels.values():
            about = [at for at, goods in enumerate(expected.goods) if parcel in goods]
            is_lifter = party in GOVERNORS and parcel == trade.scene.parcels["rest"]
            if is_lifter or any(expected.sheets(party, index) for index in about):
                continue
            for form in questions_about("{}"):
                assert same_answer(trade, form, to_hex(parcel), headers), (key, form)
                assert same_answer(trade, form + "?limit=1", to_hex(parcel), headers)
                closed += 1
    assert closed > 100


def same_answer(made: Shown, form: str, name: str, headers: dict[str, str]) -> bool:
    """Tell whether a thing and one that is not there are answered alike, to the byte."""
    answers = []
    for asked in (name, MADE_UP):
        response = made.client.get(
            form.replace("{}", asked), headers={**headers, "x-request-id": "same"}
        )
        told = dict(response.headers)
        answers.append((response.status_code, response.text.replace(asked, "ID"), told))
    return answers[0] == answers[1]


def test_a_later_holder_is_told_neither_who_nor_how_much_upstream(
    trade: Shown, readers: Mapping[str, Headers]
) -> None:
    headers = dict(readers["jeweller-fr"])
    names = ("miner-bw", "miner-ca", "trader-be", "scribe", "lab-be")
    weights = {12_500, 8_000, 20_500, 4_100, 16_400, 4_098, 2_248}
    for path in questions_about(trade.hex("stone")):
        answer = trade.client.get(path, headers=headers)
        assert answer.status_code == 200
        assert not [name for name in names if address_of(name).hex() in answer.text], path
        assert not weights & set(numbers(answer.json())), path
    for ancestor in ("first", "second", "mixed", "rough"):
        more = {"for": trade.hex("stone")}
        for path in questions_about(trade.hex(ancestor)):
            answer = trade.client.get(path, headers=headers, params=more)
            assert answer.status_code == 200, path
            assert not [name for name in names if address_of(name).hex() in answer.text], path
            assert not weights & set(numbers(answer.json())), path


def numbers(plain: Any) -> Iterator[int]:
    """Yield every number of a JSON value."""
    if isinstance(plain, dict):
        plain = list(plain.values())
    if isinstance(plain, list):
        for one in plain:
            yield from numbers(one)
    elif isinstance(plain, int):
        yield plain


def test_who_gave_goods_on_is_told_nothing_of_what_came_after(
    trade: Shown, readers: Mapping[str, Headers]
) -> None:
    given_on = trade.scene.log
    receipts = [at for at, (_, one, _) in enumerate(given_on) if one.record.KIND.name == "Receipt"]
    story = trade.client.get(
        f"/v1/parcels/{trade.hex('first')}/story", headers=dict(readers["miner-bw"])
    ).json()
    assert story["steps"]
    assert max(step["index"] for step in story["steps"]) == receipts[0]
    down = trade.client.get(
        f"/v1/parcels/{trade.hex('first')}/descendants", headers=dict(readers["miner-bw"])
    ).json()
    assert (down["operations"], down["cursor"], down["isCut"]) == ([], None, False)
    book = trade.client.get(
        f"/v1/parcels/{trade.hex('first')}", headers=dict(readers["miner-bw"])
    ).json()
    assert book["withheld"] == list(SHEETS)
    for name in ("state", "weightMillicarats", "custodian", "usedBy", "head", "country", "last"):
        assert book[name] is None, name
    assert book["made"]["author"] == to_hex(address_of("miner-bw"))


def test_a_line_of_the_log_names_a_record_to_those_who_may_read_it(
    trade: Shown, expected: Expected, readers: Mapping[str, Headers]
) -> None:
    for key, party in PARTIES.items():
        answer = trade.client.get("/v1/entries?limit=1000", headers=dict(readers[key])).json()
        for line in answer["entries"]:
            sheets = expected.sheets(party, line["index"])
            is_told = bool(sheets) and expected.row(party, line["index"], None) != "line"
            is_told = is_told or trade.scene.log[line["index"]][1].record.KIND.name == "Site"
            assert (line["recordId"] is not None) == is_told, (key, line["index"])
            assert (line["kind"] is not None) == is_told


def test_what_a_party_holds_is_told_to_those_who_are_shown_the_book(
    trade: Shown, readers: Mapping[str, Headers]
) -> None:
    def held(reader: str, holder: str) -> set[str]:
        path = f"/v1/parties/{to_hex(address_of(holder))}?limit=1000"
        return {
            one["parcelId"]
            for one in trade.client.get(path, headers=dict(readers[reader])).json()["parcels"]
        }

    assert held("scribe", "trader-be") == {trade.hex("rest"), trade.hex("bag")}
    assert held("auditor-ch", "trader-be") == {trade.hex("rest"), trade.hex("bag")}
    assert held("trader-ae", "trader-be") == {trade.hex("bag")}  # it is offered to it
    assert held("jeweller-fr", "trader-be") == set()
    assert held(GOVERNORS[0], "trader-be") == {trade.hex("rest")}  # frozen: they may release it
    assert held("authority-in", "cutter-in") == set()


def test_a_site_shows_its_output_to_those_concerned(
    trade: Shown, readers: Mapping[str, Headers]
) -> None:
    path = f"/v1/sites/{trade.site('home')}"
    for key, is_whole in (("authority-bw", True), ("auditor-ch", True), ("jeweller-fr", False)):
        site = trade.client.get(path, headers=dict(readers[key])).json()
        assert (site["years"] is not None) == is_whole
        assert (site["yearlyCapacityMillicarats"] is not None) == is_whole
        assert site["label"] == "Jwaneng"


def test_an_open_ledger_shows_everything_to_every_party_and_nothing_to_strangers() -> None:
    with shown(busy("open")) as made:
        headers = made.sign_in("jeweller-fr")
        del made.client.headers["authorization"]
        for index in range(len(made.scene.log)):
            check_record(made, index, record_of(made, index, headers), SHEETS)
            assert problem_of(record_of(made, index, {}))["rule"] == "sign-in-needed"
        for parcel in made.scene.parcels.values():
            for path in questions_about(to_hex(parcel)):
                answer = made.client.get(path, headers=headers)
                assert answer.status_code == 200
                assert answer.json().get("isWhole", True)
                assert not [one for one in all_of("withheld", answer.json()) if one]
                stranger = made.client.get(path)
                assert problem_of(stranger)["rule"] == "sign-in-needed"
                assert stranger.headers["www-authenticate"] == "Bearer"
        assert made.client.get(f"/stones/{made.token('stone')}").status_code == 200


def all_of(name: str, plain: Any) -> Iterator[Any]:
    """Yield every member of a name."""
    if isinstance(plain, list):
        for one in plain:
            yield from all_of(name, one)
    elif isinstance(plain, dict):
        yield from (value for key, value in plain.items() if key == name)
        yield from all_of(name, list(plain.values()))


def test_answers_to_a_reader_are_kept_by_nobody_between(
    trade: Shown, readers: Mapping[str, Headers]
) -> None:
    answer = trade.client.get("/v1/charter", headers=dict(readers["jeweller-fr"]))
    assert answer.headers["cache-control"].startswith("private, no-")
    assert "authorization" in answer.headers["vary"].lower()


def test_a_sheets_hash_is_that_of_the_sheet(trade: Shown, readers: Mapping[str, Headers]) -> None:
    index = next(
        at for at, (_, one, _) in enumerate(trade.scene.log) if one.record.KIND.name == "Handoff"
    )
    answer = record_of(trade, index, readers["jeweller-fr"], trade.scene.parcels["stone"]).json()
    record = trade.scene.log[index][1].record
    assert answer["envelope"]["record"]["who"] == to_hex(sheet_hash(record.who))
    assert answer["envelope"]["record"]["amounts"] == to_hex(sheet_hash(record.amounts))
