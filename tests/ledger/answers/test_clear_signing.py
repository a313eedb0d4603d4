"""ERC-7730 descriptors: of the ERC's schema, complete, true, and in plain words on a wallet."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest

from ledger.answers.clear_signing import (
    OF_KIND,
    anchor_descriptor,
    descriptor,
    descriptors,
    lines_of,
    sentence_of,
    written,
)
from ledger.answers.clear_signing.descriptors import TIMES, formatted, paths_in
from ledger.answers.clear_signing.labels import (
    COMMON,
    INTENT_CHARACTERS_MAX,
    LABEL_CHARACTERS_MAX,
    label_of,
)
from ledger.answers.typed_data import data_of
from ledger.canonical import read_envelope, read_record
from ledger.records import KINDS, SHEETS, Kind
from ledger.signing import domain_separator
from ledger.signing.anchors import Anchor, Rotation
from ledger.values import NO_HASH, Address, Hash32, to_hex
from tests.tree import ROOT
from tests.vectors.make_screens import FILE, LEDGER, make, messages
from tests.vectors.make_screens import written as written_screens
from tests.wallet import NotForThis, encode_type, screen

SCHEMAS = ROOT / "tests" / "vectors" / "erc7730"
SCHEMA = SCHEMAS / "erc7730-v2.schema.json"
FOLDER = files("ledger.answers.clear_signing")
OTHER = Hash32(b"\x08" * 32)
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
EVERY_MESSAGE = pytest.mark.parametrize("name", messages())


@pytest.fixture(scope="module")
def schema() -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


def bound() -> Iterator[dict[str, Any]]:
    for kind in KINDS.values():
        yield descriptor(kind, LEDGER, "ledger.example/adamant")
    yield anchor_descriptor([(1, Address(b"\x05" * 20)), (31337, Address(b"\x06" * 20))])


def leaves(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for field in fields:
        yield from leaves(field["fields"]) if "fields" in field else (field,)


def declared(kind: Kind) -> dict[str, Any]:
    return {f"{place}.{one.wire}": one for place in SHEETS for one in kind.sheets[place].FIELDS}


def shown_fields(kind: Kind) -> list[dict[str, Any]]:
    ((_, shown_as),) = descriptor(kind)["display"]["formats"].items()
    return list(leaves(shown_as["fields"]))


def data(name: str, ledger_id: Hash32 = LEDGER) -> dict[str, Any]:
    kind, message = messages()[name]
    return data_of(read_record(KINDS[kind], message), ledger_id)


# -- the files -----------------------------------------------------------------------------------


def test_the_schema_is_the_one_that_is_said() -> None:
    digest = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()
    assert digest in (SCHEMAS / "README.md").read_text("utf-8")
    assert json.loads(SCHEMA.read_text("utf-8"))["version"] == "2.0.0"


def test_every_descriptor_is_of_the_schema_of_the_erc(schema: Any) -> None:
    plain = [json.loads(text) for text in written().values()]
    assert len(plain) == len(KINDS) + 1 == 19
    for one in (*plain, *bound()):
        assert not list(schema.iter_errors(one)), one["context"]["$id"]
        assert one["$schema"].endswith("erc7730-v2.schema.json")


def test_the_schema_refuses_what_it_does_not_know(schema: Any) -> None:
    good = descriptor(KINDS["Handoff"])
    ((key, _),) = good["display"]["formats"].items()
    for member, value in (("format", "carats"), ("more", 1), ("params", {"base": 3})):
        wrong = copy.deepcopy(good)
        wrong["display"]["formats"][key]["fields"][0][member] = value
        assert list(schema.iter_errors(wrong)), member


def test_the_files_in_the_package_are_what_the_declarations_give() -> None:
    there = {one.name: one.read_text("utf-8") for one in FOLDER.iterdir() if ".json" in one.name}
    assert there == written(), "run python -m docs.generate_descriptors"


# -- complete ------------------------------------------------------------------------------------


def test_every_kind_has_words_and_no_words_are_left_over() -> None:
    assert OF_KIND.keys() == KINDS.keys()
    wires = {path.rpartition(".")[2] for kind in KINDS.values() for path in declared(kind)}
    assert COMMON.keys() <= wires | {"details"}
    for name, words in OF_KIND.items():
        paths = declared(KINDS[name])
        assert words.labels.keys() <= paths.keys(), name
        assert words.groups.keys() <= paths.keys(), name
        assert paths_in(words.sentence), name
        assert 0 < len(words.intent) <= INTENT_CHARACTERS_MAX, name


@EVERY_KIND
def test_every_field_is_in_the_descriptor_once_with_a_label_of_its_own(kind: Kind) -> None:
    fields = shown_fields(kind)
    paths = [field["path"].removesuffix(".[]") for field in fields]
    assert sorted(paths) == sorted([*declared(kind), "details"])
    labels = [label_of(kind.name, path) for path in paths if not path.endswith(".salt")]
    assert all(0 < len(label) <= LABEL_CHARACTERS_MAX for label in labels)
    # Correction has one group of fields for each sheet.
    assert len(labels) == len(set(labels)) or kind.name == "Correction"


@EVERY_KIND
def test_salts_are_never_shown_and_only_chains_may_be_left_out(kind: Kind) -> None:
    visible = {field["path"]: field.get("visible", "always") for field in shown_fields(kind)}
    assert {path for path in visible if visible[path] == "never"} == {f"{p}.salt" for p in SHEETS}
    chains = {"previous", "piecePrevious", "state", "states"}
    for path, rule in visible.items():
        name = path.removesuffix(".[]").rpartition(".")[2]
        assert (rule == "optional") == (name in chains), path


@EVERY_KIND
def test_what_a_sentence_names_is_always_shown(kind: Kind) -> None:
    fields = {field["path"]: field for field in shown_fields(kind)}
    for path in paths_in(OF_KIND[kind.name].sentence):
        assert "visible" not in fields[path], path


def test_every_integer_says_what_it_counts() -> None:
    seen = {}
    for kind in KINDS.values():
        for field in declared(kind).values():
            if field.spec.wire_type == "uint64":
                seen[field.wire] = formatted(field)
    assert seen["weightMillicarats"] == {"format": "unit", "params": {"base": "ct", "decimals": 3}}
    assert seen["valuesUsCents"]["params"] == {"base": "USD", "decimals": 2}
    assert {name for name, how in seen.items() if how["format"] == "date"} == TIMES
    assert seen["recoveryDelaySeconds"] == {"format": "duration"}


# -- true ----------------------------------------------------------------------------------------


@EVERY_KIND
def test_its_key_is_the_type_that_wallets_hash(kind: Kind) -> None:
    (key,) = descriptor(kind)["display"]["formats"]
    assert key == encode_type(kind.name, kind.type_table)


@EVERY_MESSAGE
def test_every_path_leads_to_what_the_record_says(name: str) -> None:
    kind, message = messages()[name]
    for field in shown_fields(KINDS[kind]):
        found: Any = message
        for step in field["path"].removesuffix(".[]").split("."):
            found = found[step]
        assert isinstance(found, list) == field["path"].endswith(".[]")


def test_a_ledgers_descriptor_is_for_no_other_ledger() -> None:
    for name in ("Handoff sale", "Admission agent"):
        own = descriptor(KINDS[name.split()[0]], LEDGER)
        assert screen(data(name), own)
        with pytest.raises(NotForThis, match="domain"):
            screen(data(name, OTHER), own)
        del own["context"]["eip712"]["domain"]["salt"]
        with pytest.raises(NotForThis, match="domainSeparator"):
            screen(data(name, OTHER), own)


def test_a_charter_has_the_zero_separator_in_whatever_descriptor() -> None:
    separator = to_hex(domain_separator(NO_HASH))
    for made in (descriptor(KINDS["Charter"]), descriptor(KINDS["Charter"], OTHER)):
        assert made["context"]["eip712"]["domainSeparator"] == separator
        assert screen(data("Charter"), made)


def test_a_descriptor_is_for_its_own_kind_alone() -> None:
    for name, made in descriptors().items():
        if "Handoff" not in name:
            with pytest.raises(NotForThis):
                screen(data("Handoff sale"), made)


# -- in plain words ------------------------------------------------------------------------------


def test_a_wallet_shows_the_hand_over_of_the_specification_in_words() -> None:
    spec = (ROOT / "docs" / "spec" / "envelope.md").read_text("utf-8")
    (raw,) = re.findall(r'^{"kind":"Handoff".*}$', spec, re.MULTILINE)
    record = read_envelope(raw.encode()).record
    shown = screen(data_of(record, LEDGER), descriptor(KINDS["Handoff"], LEDGER))
    parcel = "0x0c71b9ebe998bcd745fe3232341ca9efc1469c1cd2af83aef5fc1e7943112d4d"
    recipient = "0xE57bFE9F44b819898F47BF37E5AF72a0783e1141"
    assert shown.intent == "Hand goods over"
    assert shown.sentence == f"Hand over 12.5 ct to {recipient} (sale), parcel {parcel}"
    details = "0xf40e5869f8fb7a8c9618fc2170957740a2449a112ca7e86f2478493780e8b37a"
    assert shown.lines == (
        ("Speaking for", "0xe1AB8145F7E55DC933d51a18c793F901A3A0b276"),
        ("To", recipient),
        ("Hand-over for", "sale"),
        ("Speaking as", "miner"),
        ("Parcel", parcel),
        ("Weight", "12.5 ct"),
        ("Stones", "3"),
        ("Seal", "BW-0001"),
        ("Happened", "2026-01-01T00:06:00Z"),
        ("Author's country", "BW"),
        ("Recipient's country", "BE"),
        ("Private fields' hash", details),
    )
    assert (
        sentence_of(record) == f"Hand over 12.500 ct to {recipient.lower()} (sale), parcel {parcel}"
    )


@pytest.mark.parametrize("kind", ["Charter", "Amendment"])
def test_what_is_given_up_is_shown_as_well(kind: str) -> None:
    """A charter without a tolerance, or without anchors, is not one that says nothing of them."""
    _, message = messages()[kind]
    message["what"]["anchorKey"] = "0x" + "00" * 20
    message["amounts"] |= {"toleranceMillicarats": 0, "tolerancePartsPerMillion": 0}
    record = read_record(KINDS[kind], message)
    shown = dict(screen(data_of(record, LEDGER), descriptor(KINDS[kind], LEDGER)).lines)
    assert shown["Key of anchors"] == "0x" + "00" * 20
    assert (shown["Tolerance, absolute"], shown["Tolerance, relative"]) == ("0 ct", "0 %")
    assert {"Key of anchors", "Tolerance, absolute"} <= {one.label for one in lines_of(record)}


def test_an_objection_is_not_shown_as_a_change_of_key() -> None:
    kind, message = messages()["KeyChange object"]
    record = read_record(KINDS[kind], message)
    shown = screen(data("KeyChange object"), descriptor(KINDS[kind], LEDGER))
    assert sentence_of(record) == f"Key of {message['who']['party']}: object"
    assert ("What is done", "object") in shown.lines
    assert not [line for line in shown.lines if "0x" + "00" * 20 in line]


def test_what_a_wallet_shows_of_every_example_is_what_was_reviewed() -> None:
    reviewed = FILE.read_text("utf-8")
    assert written_screens(make()) == reviewed, "read it: python -m tests.vectors.make_screens"


@EVERY_MESSAGE
def test_our_own_pages_show_what_a_wallet_shows(name: str) -> None:
    kind, message = messages()[name]
    record = read_record(KINDS[kind], message)
    shown = screen(data(name), descriptor(KINDS[kind], LEDGER))
    in_groups = {
        label_of(kind, field["path"].removesuffix(".[]"))
        for field in shown_fields(KINDS[kind])
        if field["path"].endswith(".[]")
    }
    wallets = [label for label, value in shown.lines if label not in in_groups]
    chains = {label_of(kind, path) for path in declared(KINDS[kind]) if is_chain(path)}
    ours = [line.label for line in lines_of(record) if line.label not in in_groups | chains]
    assert ours == wallets
    values = [value for line in lines_of(record) for value in line.values]
    salts = {message[place]["salt"] for place in SHEETS}
    assert not salts & set(values)


def is_chain(path: str) -> bool:
    return path.rpartition(".")[2] in {"previous", "piecePrevious", "state", "states"}


def test_every_value_of_a_record_stands_on_the_page() -> None:
    for name, (kind, message) in messages().items():
        record = read_record(KINDS[kind], message)
        told = " ".join(value for line in lines_of(record) for value in line.values)
        for place in SHEETS:
            for field, value in message[place].items():
                is_text = isinstance(value, str) and value.strip("0x") and field != "salt"
                assert not is_text or value in told, (name, field)


# -- anchors -------------------------------------------------------------------------------------


CHAIN, CONTRACT = 31337, Address(b"\x06" * 20)
ROOT_HASH = Hash32(b"\xab" * 32)


def first_anchor() -> Anchor:
    return Anchor(LEDGER, CHAIN, CONTRACT, 28, ROOT_HASH, 0, NO_HASH)


def rotation() -> Rotation:
    return Rotation(LEDGER, CHAIN, CONTRACT, Address(b"\1" * 20), Address(b"\2" * 20), 0)


def test_a_wallet_shows_an_anchor_in_words() -> None:
    made = anchor_descriptor([(CHAIN, CONTRACT)])
    shown = screen(first_anchor().plain()["typedData"], made)
    assert shown.intent == "Anchor a checkpoint"
    assert shown.sentence == f"Anchor 28 entries with the root {to_hex(ROOT_HASH)}"
    assert [label for label, _ in shown.lines] == ["Entries", "Root"]
    later = Anchor(LEDGER, CHAIN, CONTRACT, 30, LEDGER, 28, ROOT_HASH)
    lines = screen(later.plain()["typedData"], made).lines
    assert lines[2:] == (("Entries before", "28"), ("Root before", to_hex(ROOT_HASH)))


def test_a_wallet_shows_the_rotation_of_an_anchor_key_in_words() -> None:
    shown = screen(rotation().plain()["typedData"], anchor_descriptor())
    old, new = "0x" + "01" * 20, "0x" + "02" * 20
    assert shown.sentence == f"Replace the anchor key {old} by {new}"
    assert shown.lines[2] == ("Rotations before", "0")


def test_an_anchor_for_another_contract_is_not_shown_by_this_ones_descriptor() -> None:
    for place in ((CHAIN + 1, CONTRACT), (CHAIN, Address(b"\x07" * 20))):
        for statement in (first_anchor(), rotation()):
            with pytest.raises(NotForThis, match="deployments"):
                screen(statement.plain()["typedData"], anchor_descriptor([place]))
