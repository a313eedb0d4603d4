"""Wrong envelopes by kind, members, JSON types, integers and hex."""

from __future__ import annotations

from collections.abc import Iterator

from tests.vectors.record_cases import GONE, Case, Plain, changed, example, write, wrong, wrong_edit
from tests.vectors.record_examples import NO_HASH, OPERATIONS, named, party

FIRST = [(kind, operations[0]) for kind, operations in OPERATIONS.items()]
CHARTER, AMENDMENT, ADMISSION, REVOCATION, KEY_CHANGE, SITE, REGISTRATION, HANDOFF = FIRST[:8]
RECEIPT, WITHDRAWAL, TRANSFORMATION, REPORT = FIRST[8:12]
CERTIFICATE, CLEARANCE, STATEMENT, SETTING, SALE, CORRECTION = FIRST[12:]
MIX = ("Transformation", "mix")
OBJECT = ("KeyChange", "object")
AGENT = ("Admission", "agent")


def cases() -> Iterator[Case]:
    """Yield every case of this room."""
    yield from _kinds()
    yield from _missing()
    yield from _undeclared()
    yield from _nulls()
    yield from _types()
    yield from _integers()
    yield from _hex()


def _kinds() -> Iterator[Case]:
    for description, value in (
        ("of null", None),
        ("of a list", ["Handoff"]),
        ("of an object", {"Handoff": "Handoff"}),
        ("of a number", 7),
        ("of true", True),
        ("of an empty text", ""),
        ("unknown", "Handover"),
        ("in lower case", "handoff"),
        ("with a space", "Handoff "),
        ("of one of its sheets", "HandoffWho"),
        ("of the domain", "EIP712Domain"),
        ("of what a Sale could be", "Return"),
        ("that is no record of its own", "Checkpoint"),
        ("that no rules take", "Deletion"),
    ):
        yield wrong_edit(f"a kind {description}", "kind", "kind", HANDOFF, ("kind", value))
    yield wrong_edit("no kind", "kind", "kind", WITHDRAWAL, ("kind", GONE))
    plains: tuple[Plain, ...] = ([], {}, "Handoff", 7, None, True, [example(*HANDOFF)])
    for plain in plains:
        text = write(plain)
        shown = text if len(text) < 20 else "a list of one envelope"
        yield wrong(f"not an envelope but {shown}", "kind", "kind", text)


def _missing() -> Iterator[Case]:
    for of, path in (
        (CHARTER, "who.governors"),
        (AMENDMENT, "what.mode"),
        (ADMISSION, "what.kinds"),
        (REVOCATION, "what.compromisedSince"),
        (KEY_CHANGE, "who.newKey"),
        (SITE, "scene.place"),
        (REGISTRATION, "amounts.label"),
        (HANDOFF, "who.author"),
        (RECEIPT, "what.reason"),
        (WITHDRAWAL, "amounts.salt"),
        (MIX, "amounts.lossStones"),
        (REPORT, "what.authorRole"),
        (REPORT, "scene.occurredAt"),
        (CERTIFICATE, "who.importer"),
        (CLEARANCE, "scene.arrivalCountry"),
        (STATEMENT, "what.textId"),
        (SETTING, "what.piece"),
        (SALE, "amounts.stones"),
        (CORRECTION, "what.values"),
        (HANDOFF, "amounts"),
        (SITE, "details"),
        (REGISTRATION, "record"),
        (RECEIPT, "signatures"),
    ):
        yield wrong_edit(f"{path} is missing", "fields", path, of, (path, GONE))
    yield wrong_edit(
        "authorRole spelt as in Python",
        "fields",
        "what.authorRole",
        HANDOFF,
        ("what.authorRole", GONE),
        ("what.author_role", "miner"),
    )


def _undeclared() -> Iterator[Case]:
    for of, path, field in (
        (HANDOFF, "extra", ""),
        (WITHDRAWAL, "record.extra", ""),
        (CHARTER, "who.extra", "who"),
        (SITE, "what.extra", "what"),
        (REGISTRATION, "amounts.extra", "amounts"),
        (REPORT, "scene.extra", "scene"),
        (KEY_CHANGE, "who.privateKey", "who"),
        (SALE, "who.consumer", "who"),
        (CERTIFICATE, "who.authority", "who"),
        (ADMISSION, "what.operation", "what"),
        (WITHDRAWAL, "amounts.weightMillicarats", "amounts"),
        (TRANSFORMATION, "what.", "what"),
        (RECEIPT, "what.\u043eperation", "what"),  # a Cyrillic letter that looks like an o
    ):
        yield wrong_edit(f"undeclared {path}", "fields", field, of, (path, "0x00"))


def _nulls() -> Iterator[Case]:
    for of, path, what in (
        (HANDOFF, "who.recipient", "an address"),
        (CHARTER, "what.anchorKey", "an address that may be empty"),
        (RECEIPT, "what.parcel", "32 bytes"),
        (WITHDRAWAL, "scene.salt", "a salt"),
        (HANDOFF, "amounts.seal", "a text"),
        (REGISTRATION, "what.hsCode", "a closed list"),
        (SITE, "amounts.yearlyCapacityMillicarats", "an integer"),
        (SITE, "who.operators", "a list"),
        (MIX, "what.inputs.1", "an element of 32 bytes"),
        (MIX, "amounts.stones.0", "an element that is an integer"),
        (MIX, "amounts.labels.0", "an element that is a text"),
        (REPORT, "details", "details"),
        (REPORT, "who", "a sheet"),
        (ADMISSION, "signatures", "the signatures"),
        (HANDOFF, "signatures.0", "a signature"),
    ):
        yield wrong_edit(f"null for {what}", "type", path, of, (path, None))
    yield wrong_edit("null for the record", "type", "", HANDOFF, ("record", None))


def _types() -> Iterator[Case]:
    sheet = [party(5), named("salt")]
    choices: tuple[tuple[tuple[str, str], str, str, Plain], ...] = (
        (HANDOFF, "a text for an integer", "amounts.weightMillicarats", "12500"),
        (RECEIPT, "hex for an integer", "amounts.stones", "0x3"),
        (SITE, "true for an integer", "scene.validUntil", True),
        (REVOCATION, "false for an integer", "what.compromisedSince", False),
        (REGISTRATION, "a list for an integer", "amounts.stones", [3]),
        (CHARTER, "an object for an integer", "amounts.threshold", {"k": 2}),
        (HANDOFF, "a number for a text", "amounts.seal", 1),
        (REGISTRATION, "true for a text", "amounts.label", True),
        (SITE, "a list for a text", "what.licence", ["ML"]),
        (REGISTRATION, "a number for a closed list", "what.hsCode", 710231),
        (KEY_CHANGE, "a list for an operation", "what.operation", ["rotate"]),
        (KEY_CHANGE, "an integer for an address", "who.newKey", 1),
        (RECEIPT, "an integer for 32 bytes", "what.parcel", 0),
        (WITHDRAWAL, "a list of bytes for 32 bytes", "what.previous", [0] * 32),
        (MIX, "a text for a list", "what.inputs", named("input 0")),
        (CHARTER, "an object for a list", "what.tables", {"0": "kp-participants"}),
        (AGENT, "false for a list", "what.kinds", False),
        (MIX, "a text for an element", "amounts.weightsMillicarats.1", "1000"),
        (MIX, "true for an element", "amounts.lossStones.1", True),
        (CHARTER, "a number for an element", "what.checkpointKeys.0", 5),
        (MIX, "a list for an element", "what.previous.2", []),
        (REPORT, "a list for a sheet", "who", sheet),
        (WITHDRAWAL, "a text for a sheet without values", "amounts", named("salt")),
        (HANDOFF, "an integer for details", "details", 0),
        (HANDOFF, "an object for details", "details", {"priceUsCents": 162500}),
        (ADMISSION, "a text for the signatures", "signatures", "0x" + "11" * 65),
        (REPORT, "an object for the signatures", "signatures", {"0": "0x" + "11" * 65}),
        (REGISTRATION, "a list for a signature", "signatures.0", ["0x" + "11" * 65]),
        (RECEIPT, "a number for a signature", "signatures.0", 17),
    )
    for of, description, path, value in choices:
        yield wrong_edit(description, "type", path, of, (path, value))
    for value in ([], [{}], "Handoff", 7, False):
        yield wrong_edit(f"{write(value)} for the record", "type", "", HANDOFF, ("record", value))


def _integers() -> Iterator[Case]:
    for of, path, value in (
        (HANDOFF, "amounts.weightMillicarats", -1),
        (HANDOFF, "amounts.weightMillicarats", 2**53),
        (REGISTRATION, "scene.periodFrom", 2**63),
        (RECEIPT, "amounts.stones", 2**64 - 1),
        (SITE, "amounts.yearlyCapacityMillicarats", 2**64),
        (SITE, "scene.validUntil", -(2**53)),
        (REVOCATION, "what.compromisedSince", 10**20),
        (REPORT, "scene.occurredAt", -(2**64)),
        (CHARTER, "amounts.tolerancePartsPerMillion", 100_001),
        (AMENDMENT, "amounts.recoveryDelaySeconds", 31_536_001),
        (MIX, "amounts.weightsMillicarats.1", -1),
        (MIX, "amounts.lossStones.0", 2**53),
    ):
        yield wrong_edit(f"{path} of {value}", "integer", path, of, (path, value))
    for of, path, digits, sign in (
        (HANDOFF, "amounts.weightMillicarats", 4000, ""),
        (HANDOFF, "amounts.stones", 5000, ""),
        (ADMISSION, "scene.validUntil", 5000, "-"),
        (MIX, "amounts.stones.1", 5000, ""),
    ):
        raw = write(changed(example(*of), (path, "LONG"))).replace('"LONG"', sign + "9" * digits)
        text = f"{of[0]}: {path} of {sign}{digits} digits"
        yield wrong(text, "integer", path, raw)


def _hex() -> Iterator[Case]:
    hash_, address = named("parcel"), party(6)
    for of, description, path, value in (
        (HANDOFF, "an address in upper case", "who.recipient", "0x" + address[2:].upper()),
        (KEY_CHANGE, "an address with 0X", "who.newKey", "0X" + address[2:]),
        (ADMISSION, "an address without 0x", "who.party", address[2:]),
        (RECEIPT, "an address of 19 bytes", "who.sender", address[:-2]),
        (HANDOFF, "an address of 21 bytes", "who.recipient", address + "00"),
        (SITE, "32 bytes for an address", "who.operators.0", NO_HASH),
        (OBJECT, "0 for an address that must be empty", "who.newKey", "0"),
        (OBJECT, "nothing for an address that must be empty", "who.newKey", ""),
        (HANDOFF, "a mixed-case checksum (ERC-55)", "who.recipient", _checksum()),
        (RECEIPT, "one letter in upper case", "what.parcel", hash_[:-2] + "Ab"),
        (WITHDRAWAL, "an odd number of digits", "what.previous", hash_[:-1]),
        (WITHDRAWAL, "31 bytes", "what.previous", hash_[:-2]),
        (REPORT, "33 bytes", "what.parcel", hash_ + "00"),
        (REGISTRATION, "an address for 32 bytes", "who.site", address),
        (SITE, "0x for zeros", "what.previous", "0x"),
        (REPORT, "an empty text for zeros", "what.finding", ""),
        (HANDOFF, "a digit that is none", "what.parcel", hash_[:-1] + "g"),
        (HANDOFF, "full-width digits", "what.parcel", hash_[:-2] + "\uff11\uff12"),
        (HANDOFF, "Arabic-Indic digits", "what.parcel", hash_[:-2] + "\u0661\u0662"),
        (HANDOFF, "a newline at the end", "what.parcel", hash_[:-2] + "0\n"),
        (HANDOFF, "a space in front", "what.parcel", " " + hash_[:-1]),
        (HANDOFF, "an underscore between digits", "what.parcel", hash_[:-3] + "1_2"),
        (WITHDRAWAL, "base64", "details", "R7DMRzq2zV3R6bl4nQd1dyxPcW8CkqWQ2s6OLyWTX38="),
        (REGISTRATION, "details in upper case", "details", "0x" + "AB" * 32),
        (WITHDRAWAL, "a salt of 16 bytes", "who.salt", "0x" + "11" * 16),
        (MIX, "an element of 31 bytes", "what.inputs.0", hash_[:-2]),
        (MIX, "an element without 0x", "what.previous.1", hash_[2:]),
        (HANDOFF, "a signature in upper case", "signatures.0", "0x" + "AB" * 65),
        (REPORT, "a signature without 0x", "signatures.0", "11" * 65),
        (RECEIPT, "a signature of half bytes", "signatures.0", "0x" + "1" * 129),
        (ADMISSION, "a signature of no text", "signatures.0", ""),
    ):
        yield wrong_edit(description, "hex", path, of, (path, value))


def _checksum() -> str:
    return "0xE57bFE9F44b819898F47BF37E5AF72a0783e1141"
