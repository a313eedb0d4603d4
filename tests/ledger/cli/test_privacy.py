"""Private fields from the command line: given with a record, shown, granted and erased."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import Town

CANARY = "canary of the command line"


def sold(town: Town, *private: str, **env: str) -> str:
    """Register and offer a parcel with private fields; return the offer's id."""
    parcel = town.register()
    words = [word for one in private for word in ("--private", one)]
    said = town.run(
        *("--json", "handoff", parcel, "--to", "trader-be", "--as", "miner-bw", *words), **env
    )
    assert CANARY not in said.out + said.err
    record: str = said.plain["recordId"]
    return record


def test_values_are_committed_to_kept_and_shown(town: Town) -> None:
    record = sold(town, f"invoiceNumber={CANARY}", "priceUsCents=162500")
    shown = town.json("private", "show", record)
    assert {one["name"]: one["value"] for one in shown["fields"]} == {
        "invoiceNumber": CANARY,
        "priceUsCents": 162_500,
    }
    assert shown["isRecords"] is True
    assert shown["kind"] == "Handoff"
    assert CANARY in town.run("private", "show", record).out


def test_values_are_read_from_files_and_documents_named_by_their_hash(
    town: Town, tmp_path: Path
) -> None:
    (tmp_path / "number.txt").write_text(CANARY + "\n")
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF \xff")
    record = sold(town, "invoiceNumber=@number.txt", "document=@invoice.pdf")
    fields = town.json("private", "show", record)["fields"]
    assert {one["name"]: one["value"] for one in fields} == {
        "invoiceNumber": CANARY,
        "document": "0x" + hashlib.sha256(b"%PDF \xff").hexdigest(),
    }


def test_what_is_typed_wrong_is_told_without_its_value(town: Town, tmp_path: Path) -> None:
    (tmp_path / "long").write_text(CANARY + "x" * 2_000)
    (tmp_path / "bytes").write_bytes(b"\xff")
    parcel = town.register()
    size = town.size()
    for private in (
        f"nickname={CANARY}",
        CANARY,
        f"priceUsCents={CANARY}",
        "priceUsCents=1.5",
        f"document={CANARY}",
        "invoiceNumber=",
        "invoiceNumber=@long",
        "invoiceNumber=@bytes",
        "invoiceNumber=@absent",
    ):
        words = ("handoff", parcel, "--to", "trader-be", "--as", "miner-bw")
        error = town.error(*words, "--private", private, code=2)
        assert CANARY not in json.dumps(error)
    twice = ("--private", "invoiceNumber=1", "--private", "invoiceNumber=2")
    town.error(*words, *twice, code=2)
    assert town.size() == size


def test_a_field_is_granted_withdrawn_and_erased(town: Town) -> None:
    record = sold(town, f"invoiceNumber={CANARY}")
    for to in ("trader-be", "everyone"):
        town.run("private", "grant", record, "invoiceNumber", "--to", to)
    (field,) = town.json("private", "show", record)["fields"]
    assert len(field["grants"]) == 2
    town.run("private", "grant", record, "invoiceNumber", "--to", "everyone", "--withdraw")
    (field,) = town.json("private", "show", record)["fields"]
    assert len(field["grants"]) == 1
    assert "--yes" in town.error("private", "erase", record, "invoiceNumber", code=2)["said"]
    for _ in range(2):
        town.run("private", "erase", record, "invoiceNumber", "--yes")
    (field,) = town.json("private", "show", record)["fields"]
    assert (field["value"], field["grants"]) == (None, [])
    assert "erased" in town.run("private", "show", record).out
    town.error("private", "erase", record, "priceUsCents", "--yes", code=3)
    town.error("private", "show", "0x" + "7" * 64, code=3)


def test_a_changed_byte_of_the_file_is_found_by_the_audit(town: Town) -> None:
    sold(town, f"invoiceNumber={CANARY}")
    town.run("audit")
    path = Path(town.ledger) / "private.db"
    raw = bytearray(path.read_bytes())
    raw[raw.index(CANARY.encode())] ^= 1
    path.write_bytes(raw)
    said = town.run("audit", code=1)
    assert "private.db page" in said.out + said.err
    assert CANARY[1:] not in said.out + said.err


def test_a_draft_passed_round_carries_its_fields_to_the_ledger(town: Town) -> None:
    given = ("--private", f"contact={CANARY}", "--out", "draft.json")
    words = ("admit", "trader-be", "--role", "auditor", "--country", "BE")
    town.run(*words, "--as", "governor-1", *given)
    assert CANARY in Path("draft.json").read_text()
    assert Path("draft.json").stat().st_mode & 0o077 == 0
    said = town.run("cosign", "draft.json", "--as", "governor-2", "--yes")
    assert CANARY not in said.out + said.err
    record = town.json("send", "draft.json")["recordId"]
    (field,) = town.json("private", "show", record)["fields"]
    assert (field["name"], field["value"]) == ("contact", CANARY)


def test_a_server_shows_owners_their_fields_and_others_none(town: Town) -> None:
    record = sold(town, f"invoiceNumber={CANARY}")
    with server_of(town) as server:
        there = Town(town.path, server.url)
        own = there.json("private", "show", record, "--reader", "miner-bw")
        assert own["fields"][0]["value"] == CANARY
        assert own["isRecords"] is True
        there.error("private", "show", record, "--reader", "trader-ae", code=3)
        there.error("private", "show", record, code=1, ADAMANT_READER="")
        grant = ("private", "grant", record, "invoiceNumber", "--to", "trader-ae")
        there.error(*grant, "--reader", "trader-ae", code=3)
        there.run(*grant, "--reader", "miner-bw")
        shown = there.json("private", "show", record, "--reader", "trader-ae")
        assert shown["fields"][0]["value"] == CANARY
        there.run("private", "erase", record, "invoiceNumber", "--yes", "--reader", "miner-bw")
        there.error("private", "show", record, "--reader", "trader-ae", code=3)
        # Beside the server a command on the folder goes through it, as the operator.
        (field,) = town.json("private", "show", record)["fields"]
        assert field["value"] is None
