"""Checking a spreadsheet over HTTP: drafts that can be signed and sent, and every fault by row."""

from __future__ import annotations

import json

import pytest

from api.documentation import EXAMPLES
from api.importing import COLUMN, XLSX, Importing, Voice
from api.problems import ProblemError
from api.schemas import components
from ledger.access import Office, Reader
from ledger.canonical import read_plain
from ledger.errors import BadQuestion, Refused
from ledger.limits import LIMITS, DoorLimits
from ledger.signing import sign_record
from ledger.store.private import EVERYONE
from ledger.values import to_hex
from tests.api.problem_check import problem_of
from tests.api.schema_check import check
from tests.ledger.sheets.workbooks import sheet, workbook
from tests.naming import admit_by_name
from tests.scene import Shown
from tests.world import address_of, secret_of

PATH = "/v1/imports/check"
CSV = {"content-type": "text/csv"}
TABLE = "Mine,Bag,Carats\nJwaneng,B-1,12.5\nJwaneng,B-2,1.2345\nNowhere,B-3,1\n"


@pytest.fixture(scope="module")
def miner(jewel_shown: Shown) -> dict[str, str]:
    """Return the headers by which the miner asks."""
    return {**jewel_shown.sign_in("miner-bw"), **CSV}


def ask(made: Shown, headers, body=TABLE, **query):
    """Send a table; return the response."""
    return made.client.post(PATH, content=body, headers=headers, params=query)


def lines_of(response):
    """Return the lines of an answer."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["cache-control"] == "no-store"
    return [json.loads(line) for line in response.text.splitlines()]


def test_each_row_is_a_draft_or_its_faults(jewel_shown, miner):
    good, *bad = lines_of(ask(jewel_shown, miner))
    assert (good["line"], good["envelope"]["signatures"]) == (2, [])
    assert [(one["line"], one["faults"]) for one in bad] == [
        (
            3,
            [
                {
                    "column": "Carats",
                    "reason": "carats have at most three decimals, and nothing is rounded",
                    "came": "1.2345",
                }
            ],
        ),
        (
            4,
            [
                {
                    "column": "Mine",
                    "reason": "neither the id of a site, nor its label or licence",
                    "came": "Nowhere",
                }
            ],
        ),
    ]


def test_what_is_drafted_can_be_signed_elsewhere_and_is_accepted(fresh):
    headers = {**fresh.sign_in("miner-bw"), **CSV}
    before = fresh.desk.head().size
    good, *_ = lines_of(ask(fresh, headers))
    assert fresh.desk.head().size == before  # nothing was stored
    record, signatures = read_plain(good["envelope"])
    assert signatures == ()
    envelope = sign_record(record, fresh.scene.ledger_id, [secret_of("miner-bw")])
    sent = fresh.client.post(
        "/v1/records", content=envelope.raw, headers={"content-type": "application/json"}
    )
    assert sent.status_code == 201, sent.text
    assert sent.json()["recordId"] == good["recordId"]


def test_a_workbook_is_checked_alike(jewel_shown, miner):
    rows = [["Mine", "Bag", "Carats"], ["Jwaneng", "B-1", 12.5]]
    raw = workbook({"Bags": sheet(rows), "More": sheet([])})
    headers = {**miner, "content-type": XLSX}
    (line,) = lines_of(ask(jewel_shown, headers, raw, sheet="Bags"))
    assert line["envelope"]["record"]["amounts"]["weightMillicarats"] == 12_500
    refused = problem_of(ask(jewel_shown, headers, raw))
    assert (refused["rule"], refused["field"]) == ("bad-question", "sheet")


def test_columns_are_named_in_the_query(jewel_shown, miner):
    body = "Gross;Tag\n12,5;B-1\n"
    query = {"says": "register", "decimal": ",", "always.site": "Jwaneng"}
    columns = {f"{COLUMN}weight": "Gross", f"{COLUMN}label": "Tag"}
    (line,) = lines_of(ask(jewel_shown, miner, body, **query, **columns))
    amounts = line["envelope"]["record"]["amounts"]
    assert (amounts["weightMillicarats"], amounts["label"]) == (12_500, "B-1")


def test_splits_and_hand_overs_are_drafted_for_who_signed_in(jewel_shown):
    headers = {**jewel_shown.sign_in("trader-be"), **CSV}
    to = to_hex(address_of("trader-ae"))
    body = (
        "what,parcel,outputs,to\n"
        f"split,{jewel_shown.hex('rest')},6.4:1:Left;10:3:Right,\n"
        f"handoff,Right,,{to}\n"
        "handoff,Left,,trader-ae\n"
    )
    split, handoff, named = lines_of(ask(jewel_shown, headers, body))
    assert split["envelope"]["record"]["who"]["author"] == to_hex(address_of("trader-be"))
    assert handoff["envelope"]["record"]["who"]["recipient"] == to
    assert named["faults"][0]["column"] == "to"  # a server knows no names of keys


def test_who_has_no_role_for_it_has_every_row_named(jewel_shown):
    headers = {**jewel_shown.sign_in("trader-be"), **CSV}
    (line,) = lines_of(ask(jewel_shown, headers, "Mine,Carats\nJwaneng,1\n"))
    assert line["faults"][0]["reason"].startswith("role-for-kind")


def test_only_a_party_that_signed_in_is_answered(jewel_shown, traded, miner):
    stranger = traded.client.post(PATH, content=TABLE, headers=CSV)
    assert problem_of(stranger)["rule"] == "sign-in-needed"
    operator = jewel_shown.client.post(PATH, content=TABLE, headers=CSV)
    assert problem_of(operator)["rule"] == "bad-question"


def test_on_a_trade_ledger_the_parties_parcels_alone_are_known(traded):
    headers = {**traded.sign_in("miner-bw"), **CSV}
    body = f"parcel,to\n{traded.hex('stone')},{to_hex(address_of('trader-be'))}\n"
    (line,) = lines_of(ask(traded, headers, body))
    assert line["faults"][0]["column"] == "parcel"


@pytest.mark.parametrize(
    ("body", "query", "field"),
    [
        (b"", {}, "body"),
        (b"a,b\n\xff,1\n", {}, "body"),
        (b"PK\x03\x04", {}, "body"),
        (b"a,b\n1,2\n", {}, "says"),
        (TABLE, {"says": "melt"}, "says"),
        (TABLE, {"weight": "x"}, "query"),
        (TABLE, {"column.weight": "Gross", "says": "register"}, "column"),
    ],
)
def test_what_is_no_table_or_mapping_is_refused(jewel_shown, miner, body, query, field):
    refused = problem_of(ask(jewel_shown, miner, body, **query))
    assert (refused["rule"], refused["field"]) == ("bad-question", field)


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "multipart/form-data"])
def test_another_media_type_is_refused(jewel_shown, miner, media_type):
    response = ask(jewel_shown, {**miner, "content-type": media_type})
    assert problem_of(response)["rule"] == "media-type"


def test_more_rows_than_are_checked_at_once_are_refused(jewel_shown, miner):
    body = "Mine,Carats\n" + "J,1\n" * (LIMITS.sheet_check_rows_max + 1)
    assert "rows" in problem_of(ask(jewel_shown, miner, body))["expected"]


def test_a_larger_body_than_may_be_is_refused(jewel_shown, miner):
    headers = {**miner, "content-length": str(LIMITS.sheet_bytes_max + 1)}
    assert problem_of(ask(jewel_shown, headers))["rule"] == "body-size"


def test_few_tables_are_checked_at_a_time(jewel_shown):
    door = Importing(jewel_shown.answers, None, DoorLimits(tables_at_once_max=1))
    refused = pytest.raises(ProblemError, match="too many tables")
    with door.turn(), refused, door.turn():
        pass
    with door.turn():
        pass


def test_the_example_is_of_its_schema():
    schemas = components()
    for line in EXAMPLES["checkTable"]["response"].splitlines():
        check(json.loads(line), schemas["CheckedRow"], schemas)


def test_of_several_roles_the_one_of_the_goods_country_speaks():
    offices = (Office("miner", "BW"), Office("miner", "ZA"), Office("trader", "BE"))
    reader = Reader("party", party=address_of("miner-bw"), offices=offices)
    voice = Voice(reader, "", "")
    assert voice("Registration", "", "ZA").country == "ZA"
    assert voice("Transformation", "split", "BE").role == "trader"
    with pytest.raises(BadQuestion, match="miner BW, miner ZA"):
        voice("Registration", "", "AO")
    assert Voice(reader, "miner", "BW")("Registration", "", "AO").country == "BW"
    with pytest.raises(Refused, match="role-for-kind"):
        Voice(reader, "trader", "")("Registration", "", "BW")


# -- recipients by their names -------------------------------------------------------------------


def test_a_recipient_is_found_by_a_name_that_the_party_may_see(fresh):
    record = admit_by_name(fresh, "jeweller-fr", "Bijoux Place")
    headers = {**fresh.sign_in("trader-be"), **CSV}
    table = f"Parcel,To\n{fresh.hex('rest')},Bijoux Place\n"
    (unseen,) = lines_of(ask(fresh, headers, table))
    ((reason, came),) = ((one["reason"], one["came"]) for one in unseen["faults"])
    assert "no name of a key or of a party" in reason
    assert came == "Bijoux Place"
    fresh.desk.private.grant(record, 0, address_of("trader-be"))
    (seen,) = lines_of(ask(fresh, headers, table))
    who = seen["envelope"]["record"]["who"]
    assert who["recipient"] == to_hex(address_of("jeweller-fr"))
    other = admit_by_name(fresh, "cutter-in", "Bijoux Place")
    assert "faults" not in lines_of(ask(fresh, headers, table))[0], "a namesake it may not see"
    fresh.desk.private.grant(other, 0, EVERYONE)
    (several,) = lines_of(ask(fresh, headers, table))
    (fault,) = several["faults"]
    assert (several["line"], fault["column"]) == (2, "To")
    for party in ("jeweller-fr", "cutter-in"):
        assert to_hex(address_of(party)) in fault["reason"]
    fresh.desk.private.erase(other, 0, 1)
    assert "faults" not in lines_of(ask(fresh, headers, table))[0]
