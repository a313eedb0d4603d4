"""The documents of ``docs/spec`` agree with the golden types and with the code.

Where tables of ``records.md`` are generated from declarations, the golden types tell whether both
are right; the numbers of every example are computed again.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ledger import entry, merkle, signing
from ledger.canonical import Envelope, encode, read_envelope, seal
from ledger.canonical.reading import ORDER
from ledger.checkpoint import Checkpoint, VerifierKey, open_checkpoint
from ledger.errors import ProofError, Refused
from ledger.limits import LIMITS
from ledger.records import KINDS, SHEETS, WRITABLE
from ledger.signing import Detail
from ledger.values import NO_HASH, Hash32, from_hex, to_hex
from tests import spec_tables
from tests.spec_tables import EVERY_KIND, GOLDEN, SPEC, document, examples, fields_of

ENTRIES = Path(__file__).with_name("vectors") / "entries.json"
NOTES = ENTRIES.with_name("notes.json")
TOY = ENTRIES.with_name("chain.json")
RECORDS = document("records.md")
HANDOFF = document("envelope.md").partition("```json\n")[2].partition("\n```")[0].encode()
LEDGER_ID = Hash32(bytes.fromhex(examples("signatures.md")["ledger id"][2:]))


def generate() -> Any:
    """Load the generator, which is no part of any package."""
    found = importlib.util.spec_from_file_location("generate", SPEC / "generate.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def hash_of(text: str) -> Hash32:
    value = from_hex(text, 32)
    assert value is not None
    return Hash32(value)


# The document and the golden types.


def test_generated_parts_are_up_to_date() -> None:
    assert generate().filled(RECORDS) == RECORDS


def test_generating_writes_back_a_part_that_was_changed_by_hand() -> None:
    damaged = RECORDS.replace("`amounts.seal`", "`amounts.sale`")
    assert damaged != RECORDS
    assert generate().filled(damaged) == RECORDS


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_document_states_the_golden_types_of_every_kind(kind: str) -> None:
    golden, text = GOLDEN["kinds"][kind], spec_tables.kind_parts()[kind]
    assert f"```text\n{golden['encodeType']}\n```" in text
    for struct, type_hash in golden["typeHashes"].items():
        assert f"| `{struct}` | `{type_hash}` |" in text
    for position, name in enumerate(golden["privateFields"]):
        assert f"{position} `{name}`" in text


def test_the_document_lists_the_golden_author_roles() -> None:
    listed = spec_tables.author_roles()
    assert listed == {
        kind: {op: tuple(roles) for op, roles in golden["authorRoles"].items()}
        for kind, golden in GOLDEN["kinds"].items()
    }


def test_every_field_but_the_shared_ones_has_a_row() -> None:
    shared = {"author", "authorRole", "occurredAt", "authorCountry", "salt"}
    for kind, text in spec_tables.kind_parts().items():
        rows = spec_tables.table_under(text, "| field |")[1:]
        asked = [f"`{p}.{f.wire}`" for p, f in fields_of(kind) if f.wire not in shared]
        assert [row[0] for row in rows] == asked


def test_the_kinds_marked_as_taken_are_those_that_the_reader_takes() -> None:
    rows = spec_tables.table_under(RECORDS, "<!-- generated: kinds -->")[1:]
    assert [row[1].strip("`") for row in rows] == list(EVERY_KIND)
    taken = {row[1].strip("`") for row in rows if row[2] == "taken"}
    assert taken == {record.KIND.name for record in WRITABLE}
    for section, kind, _ in rows:
        assert f"### {section} {kind.strip('`')}\n" in RECORDS


def test_the_table_of_transformations_names_the_roles_of_each_operation() -> None:
    rows = spec_tables.table_under(RECORDS, "### 3.20")[1:]
    written = {row[0].strip("`"): row[-1].split(", ") for row in rows}
    assert written == GOLDEN["kinds"]["Transformation"]["authorRoles"]


# The table of parcel states.


def test_a_cell_is_a_state_a_sign_or_a_refusal() -> None:
    states = spec_tables.parcel_states()
    for cell in spec_tables.state_table().values():
        assert cell.partition(":")[0] in {*states[1:], "x", "=", "-"}


def test_rows_are_kinds_with_operations_that_they_have() -> None:
    for name in {row for row, _ in spec_tables.state_table()}:
        kind, *operation = name.partition(" (")[0].split()
        spec = next(f.spec for _, f in fields_of(kind) if f.wire in ("operation", "authorRole"))
        assert operation == [] or operation[0] in (spec.one_of or ())


def test_every_operation_on_a_parcel_has_a_row() -> None:
    rows = {row.partition(" (")[0] for row, _ in spec_tables.state_table()}
    for kind in ("Receipt", "Setting", "Sale", "Report"):
        operations = GOLDEN["kinds"][kind]["closedLists"]["what.operation"]
        assert {f"{kind} {operation}" for operation in operations} <= rows
    whole = {"Registration", "Handoff", "Withdrawal", "Transformation", "Certificate", "Clearance"}
    assert whole | {"Statement"} <= rows


def test_each_parcel_state_has_its_refusal_in_the_order_of_the_columns() -> None:
    named = [name for _, name in spec_tables.refusals() if name.startswith("parcel-")]
    assert named == [f"parcel-{state}" for state in spec_tables.parcel_states()]


# Refusals.


def test_refusals_have_one_name_each_and_stand_by_group() -> None:
    names = [name for _, name in spec_tables.refusals()]
    assert len(names) == len(set(names))
    groups = [group for group, _ in itertools.groupby(spec_tables.refusals(), key=lambda r: r[0])]
    assert groups == [
        *("bytes", "signatures", "private", "ledger", "who", "sites", "parcels"),
        *("weights", "stones", "time", "certificates", "corrections"),
    ]
    assert spec_tables.refusals_of_version_1() == spec_tables.refusals()


def test_the_reader_asks_the_group_bytes_in_the_written_order() -> None:
    written = [name for group, name in spec_tables.refusals() if group == "bytes"]
    assert written == ["size", "json", "depth", "kind", *ORDER, "canonical"]


# The examples.


def test_the_example_envelope_reads_and_has_the_length_that_is_told() -> None:
    envelope = read_envelope(HANDOFF)
    assert envelope.kind == "Handoff"
    assert f"{len(HANDOFF)} bytes" in document("envelope.md")


CHANGES = spec_tables.table_under(document("envelope.md"), "<!-- changed bytes -->")[1:]


@pytest.mark.parametrize(("stood", "stands", "name"), CHANGES)
def test_the_example_with_one_change_is_refused_as_told(stood: str, stands: str, name: str) -> None:
    old, new = stood.strip("`").encode(), stands.strip("`").encode()
    assert HANDOFF.count(old) == 1
    with pytest.raises(Refused) as caught:
        read_envelope(HANDOFF.replace(old, new))
    assert caught.value.refusal.rule == name.strip("`")


def test_the_limits_of_envelopes_are_those_in_force() -> None:
    rows = spec_tables.table_under(document("envelope.md"), "## Limits")[1:]
    told = [int(row[1].replace(",", "").split()[0]) for row in rows]
    assert told == [
        LIMITS.envelope_bytes_max,
        LIMITS.envelope_depth_max,
        LIMITS.list_elements_max,
        LIMITS.text_bytes_max,
        LIMITS.integer_max,
    ]


def test_the_nesting_that_is_not_parsed_is_told() -> None:
    told = re.search(r"nested deeper than (\d+) are refused as\s+`depth`", document("envelope.md"))
    assert told is not None
    levels = int(told[1])
    for opened, rule in ((levels, "json"), (levels + 1, "depth")):
        with pytest.raises(Refused) as caught:
            read_envelope(b"[" * opened)
        assert caught.value.refusal.rule == rule


def test_more_signatures_than_are_looked_at_are_a_wrong_number_of_them() -> None:
    told = re.search(r"More than (\d+) are `signature-count` before", document("signatures.md"))
    assert told is not None
    record = read_envelope(HANDOFF).record
    for count, rule in ((int(told[1]), "signature-form"), (int(told[1]) + 1, "signature-count")):
        with pytest.raises(Refused) as caught:
            signing.check_signatures(seal(record, (b"",) * count), LEDGER_ID)
        assert caught.value.refusal.rule == rule


def test_the_example_checkpoint_is_that_of_the_golden_log() -> None:
    text, told = document("checkpoint.md"), examples("checkpoint.md")
    note = text.partition("```text\n")[2].partition("```")[0].encode()
    golden = json.loads(NOTES.read_text("utf-8"))["checkpoints"][0]
    assert note.decode() == golden["note"]
    assert [told["verifier key"]] == golden["keys"]
    key = VerifierKey.parse(told["verifier key"])
    opened = open_checkpoint(note, [key])
    (signature,) = opened.note.signatures
    assert opened.checkpoint.format() + "\n" == note.decode().partition("— ")[0]
    assert told == {
        "verifier key": str(key),
        "public key": to_hex(key.public_key),
        "key id": to_hex(signature.key_id),
        "root": to_hex(opened.checkpoint.root),
        "signature": to_hex(signature.value),
    }
    named = key.name.encode() + b"\n\x01" + key.public_key
    assert to_hex(hashlib.sha256(named).digest()[:4]) == told["key id"]


def test_the_limits_of_checkpoints_are_those_in_force() -> None:
    text = document("checkpoint.md")
    most = LIMITS.checkpoint_leaves_max
    assert f"at most {most:,} (2^63 - 1)" in text
    assert f"one to {LIMITS.note_signatures_max} signature lines" in text
    assert f"at most {LIMITS.note_bytes_max:,} bytes" in text
    root = base64.b64encode(bytes(32)).decode()
    for lines in (f"o\n{most + 1}\n{root}\n", f"o\n1\n{root}\nan extension\n"):
        with pytest.raises(ProofError):
            Checkpoint.parse(lines)
    assert Checkpoint.parse(f"o\n{most}\n{root}\n").size == most


def test_the_numbers_of_the_example_signature_are_right() -> None:
    told, record = examples("signatures.md"), read_envelope(HANDOFF).record
    hashes = signing.sheet_hashes(record)
    digest = signing.record_id(record, LEDGER_ID)
    signature = bytes.fromhex(told["signature"][2:])
    secret = (5).to_bytes(32, "big")
    assert told == {
        "ledger id": to_hex(LEDGER_ID),
        "domain separator": to_hex(signing.domain_separator(LEDGER_ID)),
        "zero separator": to_hex(signing.domain_separator(NO_HASH)),
        "type hash": to_hex(signing.type_hash("Handoff")),
        **{f"hash of {place}": to_hex(hashes[place]) for place in SHEETS},
        "record struct": to_hex(signing.struct_hash("Handoff", hashes, record.details)),
        "record id": to_hex(digest),
        "signature": to_hex(signing.sign(digest, secret)),
        "signer": to_hex(signing.recover(digest, signature)),
    }
    assert read_envelope(HANDOFF).signatures == (signature,)
    assert signing.address_of_secret(secret) == record.author


def test_the_numbers_of_the_example_details_are_right() -> None:
    told, given = examples("details.md"), {}
    for position in ("0", "1"):
        name, value = json.loads(told[f"position {position}"])
        given[name] = Detail(value, bytes.fromhex(told[f"salt {position}"][2:]))
    filler = [bytes([0xE0 + position]) * 32 for position in range(16)]
    leaves = signing.details_leaves(KINDS["Handoff"].details, given, filler)
    assert [to_hex(leaf) for leaf in leaves[:2]] == [told["data 0"], told["data 1"]]
    for leaf, (name, detail) in zip(leaves[:2], given.items(), strict=True):
        assert leaf == hashlib.sha256(detail.salt + encode([name, detail.value])).digest()
    root = signing.details_root(leaves)
    assert to_hex(root) == told["details"]
    assert root == read_envelope(HANDOFF).record.details


def test_the_numbers_of_the_example_entry_are_right() -> None:
    told = examples("entry.md")
    envelope: Envelope = read_envelope(HANDOFF)
    record_id = signing.record_id(envelope.record, LEDGER_ID)
    line = bytes.fromhex(told["entry"][2:])
    read = entry.decode(line)
    assert told == {
        "recorded at": str(read.recorded_at_ms),
        "previous": to_hex(read.previous),
        "record id": to_hex(record_id),
        "signature": to_hex(b"".join(envelope.signatures)),
        "signatures hash": to_hex(hashlib.sha256(b"".join(envelope.signatures)).digest()),
        "record root": to_hex(entry.record_root(record_id, envelope.signatures)),
        "entry": to_hex(read.encode()),
        "leaf hash": to_hex(merkle.leaf_hash(line)),
        "next previous": to_hex(entry.hash_of(line)),
    }
    assert to_hex(read.root) == told["record root"]
    assert len(line) == entry.ENTRY_BYTES


def test_the_toy_ledger_has_the_ids_that_its_entries_seal() -> None:
    rows = spec_tables.table_under(RECORDS, "## 7.")[1:]
    told = [row[3].strip("`") for row in rows]
    chain = json.loads(ENTRIES.read_text("utf-8"))["chain"]
    assert ["0x" + case["record_id"] for case in chain] == told
    assert told[0] == to_hex(LEDGER_ID)
    assert told[6] == examples("signatures.md")["record id"]
    assert to_hex(signing.output_id(hash_of(told[5]), 0)) in RECORDS.partition("## 7.")[2]
    assert f"`tests/vectors/{TOY.name}`" in RECORDS.partition("## 7.")[2]
    in_full = json.loads(TOY.read_text("utf-8"))["chain"]
    assert [case["recordId"] for case in in_full] == told


def test_the_index_lists_every_document() -> None:
    index = document("README.md")
    for path in SPEC.glob("*.md"):
        assert path.name == "README.md" or f"]({path.name})" in index
