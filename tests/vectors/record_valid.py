"""Valid envelopes: every operation of every writable kind, values at their bounds, random ones."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import rfc8785
from eth_keys.datatypes import Signature

from ledger.records import KINDS
from tests.random_records import random_record
from tests.vectors.record_cases import Case, Plain, changed, digest_of, example, root_of, valid
from tests.vectors.record_examples import (
    LOG_KEY,
    NOW,
    OPERATIONS,
    ORIGIN,
    ascending,
    author_of,
    keys_of,
    named,
    record,
)
from tests.vectors.record_fields import CHARTER, HANDOFF, MIX, REGISTRATION, REVOCATION, SITE
from tests.vectors.record_signatures import ORDER

SEED = "records.json"
RANDOM_PER_KIND = 2
INTEGER_MAX = 2**53 - 1


def cases() -> Iterator[Case]:
    """Yield every case of this room."""
    for kind, operations in OPERATIONS.items():
        for operation in operations:
            text = f"{kind} {operation}".strip()
            yield valid(text, kind, record(kind, operation), keys_of(kind, operation))
    yield from _texts()
    yield from _bounds()
    yield from _lists()
    yield _half_order()
    yield from _random()


def _edited(text: str, of: tuple[str, str], *changes: tuple[str, Plain]) -> Case:
    plain = changed(example(*of), *changes)["record"]
    return valid(f"{of[0]} {of[1]}".strip() + f": {text}", of[0], plain, keys_of(*of))


def _texts() -> Iterator[Case]:
    path = "amounts.label"
    for label, name in (
        ("x" * 48, "a label of 48 letters"),
        ("钻" * 16, "a label of 16 ideographs in 48 bytes"),
        ("💎" * 12, "a label of 12 characters beyond U+FFFF in 48 bytes"),
        ('"\\/\u00a0\u2028\u2029', "what JSON escapes, and what it need not"),
        (" x ", "spaces at both ends"),
        ("\u00e9\u01d5\u1ed9\uac00", "letters composed as NFC asks"),
        ("x\u0332\u0301", "marks that compose with nothing"),
        ("\u05e9\u05dc\u05d5\u05dd \u0633\u0644\u0627\u0645", "letters written to the left"),
        ("👩\u200d🔬", "a zero-width joiner"),
        ("\ufeff\u00ad\u200b\ue000", "U+FEFF, a soft hyphen, no width, private use"),
        ("\u0870\U0001fae0", "letters that came with Unicode 14"),
        ("０１２", "full-width digits, which are text"),
        ("null", "a text that looks like a value"),
    ):
        yield _edited(name, REGISTRATION, (path, label))


def _bounds() -> Iterator[Case]:
    weight, stones = "amounts.weightMillicarats", "amounts.stones"
    yield _edited("the largest integers", HANDOFF, (weight, INTEGER_MAX), (stones, INTEGER_MAX))
    yield _edited("the smallest integers", HANDOFF, (weight, 1), (stones, 0))
    yield _edited("a compromised index", REVOCATION, ("what.compromisedSince", INTEGER_MAX))
    yield _edited("no details", HANDOFF, ("details", "0x" + "00" * 32))
    yield _edited(
        "bounds of tolerance and delay",
        CHARTER,
        ("amounts.tolerancePartsPerMillion", 100_000),
        ("amounts.recoveryDelaySeconds", 31_536_000),
        ("amounts.toleranceMillicarats", INTEGER_MAX),
        ("amounts.predecessorSize", INTEGER_MAX),
    )
    yield _edited(
        "longest texts",
        CHARTER,
        ("what.origin", "o" * 100),
        ("what.checkpointKeys", [LOG_KEY + "A" * (2048 - len(LOG_KEY))]),
        ("what.tables", ["k" * 40, "z"]),
    )
    yield _edited(
        "no zone, place, label, capacity; a last day",
        SITE,
        ("scene.place", ""),
        ("amounts.label", ""),
        ("amounts.yearlyCapacityMillicarats", 0),
        ("scene.validUntil", NOW),
    )
    yield _edited("a place of about 5 km", SITE, ("scene.place", "5G76CP00+"))
    yield _edited("an authority of the EU", SITE, ("scene.authorCountry", "EU"))


def _lists() -> Iterator[Case]:
    hashes = ascending(*(named(f"thing {number}") for number in range(64)))
    tables = [f"t-{number:03d}" for number in range(32)]
    yield _edited(
        "as many governors, keys and tables as there may be",
        CHARTER,
        ("who.governors", [value[:42] for value in hashes[:16]]),
        ("what.checkpointKeys", [f"{ORIGIN}+{number}" for number in range(8)]),
        ("what.tables", tables),
        ("what.tableHashes", hashes[:32]),
    )
    keys = ("what.checkpointKeys", [f"{ORIGIN}+\uff21", f"{ORIGIN}+💎"])
    yield _edited("keys ascending by UTF-8, not by UTF-16", CHARTER, keys)
    yield _edited("no tables", CHARTER, ("what.tables", []), ("what.tableHashes", []))
    yield _edited("64 operators", SITE, ("who.operators", [value[:42] for value in hashes]))
    yield _edited("any operator", SITE, ("who.operators", []))
    none = ("amounts.lossReasons", "amounts.lossWeightsMillicarats", "amounts.lossStones")
    yield _edited("no losses", MIX, *((path, []) for path in none))
    yield _edited("a loss of stones alone", MIX, (none[1], [1000, 0]), (none[2], [0, 2]))


def _half_order() -> Case:
    """Return a Withdrawal whose signature has the highest s that is allowed."""
    plain = record("Withdrawal")
    digest = digest_of("Withdrawal", plain)
    signature = Signature(vrs=(0, 1, ORDER // 2))
    signer = signature.recover_public_key_from_msg_hash(bytes.fromhex(digest[2:])).to_address()
    signatures = [f"0x{1:064x}{ORDER // 2:064x}1b"]
    made: Plain = {"kind": "Withdrawal", "record": plain, "signatures": signatures}
    return {
        "description": "Withdrawal: s is half of the order",
        "kind": "Withdrawal",
        "recordId": digest,
        "recordRoot": root_of(digest, signatures),
        "signers": [signer],
        "raw": rfc8785.dumps(made).decode(),
    }


def _random() -> Iterator[Case]:
    for kind in OPERATIONS:
        dice = Random(f"{SEED} {kind}")
        for number in range(RANDOM_PER_KIND):
            operation = dice.choice(OPERATIONS[kind])
            plain = random_record(KINDS[kind], dice, operation)
            keys = _keys_for(kind, operation, plain["what"]["authorRole"])
            yield valid(f"{kind} {operation}".strip() + f": random {number}", kind, plain, keys)


def _keys_for(kind: str, operation: str, role: str) -> tuple[int, ...]:
    """Return as many keys as sign in this role: one, where another than the example's speaks."""
    same = role == author_of(kind, operation)[1]
    two = operation in ("rotate", "acceptShort")
    return keys_of(kind, operation) if same or two else keys_of(kind, operation)[:1]
