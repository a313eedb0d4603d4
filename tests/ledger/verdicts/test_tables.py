"""Reference tables: bytes in, frozen rows out, or the line and column at fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import BadTable
from ledger.limits import LIMITS
from ledger.reference import shipped
from ledger.values import COUNTRIES
from ledger.verdicts.tables import COLUMNS, read_table, same_zone, sha256_of
from tests.ledger.verdicts.test_spans import at
from tests.trials import trials

HEADING = ",".join(COLUMNS["un-embargoes"])
CI = "CI-2005,CI,no-exports,2005-12-15,day,2014-04-29,day,resolution 1643,confirmed,"
LR = 'LR-2003,LR,no-exports,2003-12-22,day,2007-04-27,day,"resolutions, two",unconfirmed,'
WHOLE = f"{HEADING}\n{CI}\n{LR}\n"
TABLES = tuple(name for name in shipped() if name in COLUMNS)


def read(text: str, name: str = "un-embargoes"):
    return read_table(name, text.encode())


def test_a_table_is_its_rows_and_the_hash_of_its_bytes():
    table = read(WHOLE)
    assert (table.name, table.sha256) == ("un-embargoes", sha256_of(WHOLE.encode()))
    first, second = table.rows
    assert (first.key, first["country"], first.is_confirmed) == ("CI-2005", "CI", True)
    assert (second["source"], second.is_confirmed) == ("resolutions, two", False)
    with pytest.raises(KeyError):
        first["zone"]


FAULTS = {
    "unknown column": (WHOLE.replace("note", "notes"), 1, "note"),
    "column too few": (WHOLE.replace(",note", ""), 1, ""),
    "columns in another order": (WHOLE.replace("key,country", "country,key"), 1, "key"),
    "duplicate key": (f"{HEADING}\n{CI}\n{CI}\n", 3, "key"),
    "unsorted": (f"{HEADING}\n{LR}\n{CI}\n", 3, "key"),
    "no such day": (WHOLE.replace("2014-04-29", "2014-04-31"), 2, "until"),
    "date less exact than its precision": (WHOLE.replace("2014-04-29", "2014-04"), 2, "until"),
    "precision without a date": (WHOLE.replace("2014-04-29", ""), 2, "until"),
    "date without a precision": (WHOLE.replace("2014-04-29,day", "2014-04-29,"), 2, "until"),
    "ended before it began": (WHOLE.replace("2014-04-29", "2004-04-29"), 2, "until"),
    "country": (WHOLE.replace("CI,no", "XX,no"), 2, "country"),
    "kind of embargo": (WHOLE.replace("CI,no-exports", "CI,forbidden"), 2, "what"),
    "confidence": (WHOLE.replace(",confirmed", ",C"), 2, "confidence"),
    "no source": (WHOLE.replace("resolution 1643", ""), 2, "source"),
    "formula": (WHOLE.replace("resolution 1643", "=1+1"), 2, "source"),
    "cell too few": (WHOLE.replace("confirmed,\nLR", "confirmed\nLR"), 2, ""),
    "empty line": (WHOLE.replace("\nLR", "\n\nLR"), 3, ""),
    "needless quotes": (WHOLE.replace("resolution 1643", '"resolution 1643"'), 2, ""),
    "open quote": (WHOLE.replace("resolution 1643", '"resolution 1643'), 2, ""),
    "no end of line": (WHOLE.removesuffix("\n"), 3, ""),
    "carriage return": (WHOLE.replace("\n", "\r\n"), 1, ""),
    "byte order mark": ("\ufeff" + WHOLE, 1, "key"),
    "not NFC": (WHOLE.replace("resolution 1643", "re\u0301solution"), 2, ""),
    "bad key": (WHOLE.replace("CI-2005", "CI 2005"), 2, "key"),
    "long cell": (WHOLE.replace("resolution 1643", "x" * 601), 2, "source"),
    "nothing": ("", 1, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_not_the_one_writing_is_refused_with_its_line_and_column(fault):
    text, line, column = FAULTS[fault]
    assert text != WHOLE
    with pytest.raises(BadTable) as refused:
        read(text)
    assert (refused.value.table, refused.value.line) == ("un-embargoes", line)
    assert refused.value.column == column
    assert f"line {line}" in str(refused.value)


def test_a_table_that_nobody_reads_and_one_that_is_too_long_are_refused():
    with pytest.raises(BadTable):
        read(WHOLE, "kp-gossip")
    with pytest.raises(BadTable):
        read_table("un-embargoes", b"x" * (LIMITS.table_bytes_max + 1))
    with pytest.raises(BadTable):
        read(HEADING + "\n" + "\n" * (LIMITS.table_rows_max + 1))
    with pytest.raises(BadTable) as refused:
        read_table("un-embargoes", WHOLE.encode().replace(b"resolution 1643", b"r\xe9solution"))
    assert refused.value.line == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [("latitude_millidegrees", "90001"), ("longitude_millidegrees", "-180001"),
     ("latitude_millidegrees", "1.5"), ("reach_kilometres", "-1"), ("place", "")],
)  # fmt: skip
def test_a_place_is_somewhere(column, value):
    cells = {"key": "BE", "country": "BE", "place": "Antwerp", "latitude_millidegrees": "-0",
             "longitude_millidegrees": "4400", "reach_kilometres": "300", "source": "a map",
             "confidence": "confirmed", "note": ""}  # fmt: skip
    cells["latitude_millidegrees"] = "51200"
    read(",".join(cells) + "\n" + ",".join(cells.values()) + "\n", "places")
    cells[column] = value
    with pytest.raises(BadTable) as refused:
        read(",".join(cells) + "\n" + ",".join(cells.values()) + "\n", "places")
    assert refused.value.column == column


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=trials("tables.bytes"))
@given(data=st.data())
def test_any_bytes_give_a_table_or_our_error(name, data):
    raw = bytearray(shipped()[name].raw)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        table = read_table(name, bytes(raw))
    except BadTable:
        return
    assert table.sha256 == sha256_of(bytes(raw))


@settings(max_examples=trials("tables.bytes"))
@given(st.binary(max_size=400))
def test_garbage_gives_our_error(raw):
    with pytest.raises(BadTable):
        read_table("un-embargoes", raw)


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=trials("tables.bytes"))
@given(data=st.data())
def test_any_single_byte_that_changes_makes_another_version(name, data):
    raw = bytearray(shipped()[name].raw)
    at, by = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    raw[at] ^= by
    assert sha256_of(bytes(raw)) != shipped()[name].sha256


def written(table) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if set(text) & {",", '"'} else text

    lines = [COLUMNS[table.name], *([text for _, text in row.cells] for row in table.rows)]
    return "".join(",".join(map(cell, cells)) + "\n" for cells in lines)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_written_again_is_the_same_bytes(name):
    assert written(read_table(name, shipped()[name].raw)).encode() == shipped()[name].raw


def rows(name: str) -> dict:
    return {row.key: row for row in read_table(name, shipped()[name].raw).rows}


def test_sixty_participants_stand_for_eighty_six_countries():
    found = [
        row for row in rows("kp-participants").values() if row.span.on(at("2025-06-01")) == "yes"
    ]
    # Regions that take part through another are no participants of their own.
    through = {"GL", "HK", "LI", "MO", "TW"}
    participants = {row["country"] for row in found if not row["covered_by"]} - through
    members = {row["country"] for row in found if row["covered_by"] == "EU"}
    assert (len(participants), len(members)) == (60, 27)
    assert len((participants - {"EU"}) | members) == 86


def test_every_country_has_one_place():
    places = rows("places")
    assert {row["country"] for row in places.values()} == COUNTRIES | {"EU"} == set(places)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_says_where_it_is_from(name):
    assert all(row["source"] for row in rows(name).values())
    assert rows(name)


def test_what_is_from_memory_is_never_called_confirmed():
    for name in TABLES:
        for row in rows(name).values():
            if "from memory" in row["source"]:
                assert not row.is_confirmed, (name, row.key)


def test_a_zone_is_the_same_however_it_is_spelt():
    assert same_zone("Berbérati", "BERBERATI")
    assert same_zone(" Nola", "nola")
    assert not same_zone("Nola", "Boda")
    assert not same_zone("", "Nola")
