"""Write the golden vectors of anchors: ``anchors.json``.

Run as ``python -m tests.vectors.make_anchors``; a second run changes nothing. Digests and
signatures are those of eth-account (private key n is the integer n), calls those of ``eth_abi``,
trees those of the RFC's definitions; of ``ledger`` nothing is used. The ledger is that of the
Charter in ``records.json``, whose anchor key is key 9. A case is a call after some steps; most are
refused, each for one reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eth_abi import encode
from eth_account import Account
from eth_account._utils.encode_typed_data.encoding_and_hashing import (
    hash_domain,
    hash_struct,
)
from eth_account.messages import _hash_eip191_message, encode_typed_data
from eth_utils import keccak

from tests.reference_digests import typed_data as record_data
from tests.reference_merkle import Reference
from tests.vectors.record_examples import party, record, secret

FILE = Path(__file__).with_name("anchors.json")
ORIGIN = (
    "made here, by make_anchors.py; digests and signatures by eth-account 0.14 (private key n is "
    "the integer n), calls by eth_abi 6, trees by the definitions of RFC 6962"
)
KEY, OTHER_KEY, STRANGER = 9, 10, 11
CHAIN_ID = 31_337
CONTRACT = "0x" + "ad" * 20
NONE = "0x" + "00" * 32
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
TREE = Reference({index: b"entry %d" % index for index in range(20)})
REWRITTEN = Reference({index: b"entry %d" % index for index in range(20)} | {3: b"another"})
TYPES = {
    "EIP712Domain": (
        "string name", "string version", "uint256 chainId", "address verifyingContract",
        "bytes32 salt",
    ),
    "Anchor": ("uint64 size", "bytes32 root", "uint64 previousSize", "bytes32 previousRoot"),
    "Rotation": ("address oldKey", "address newKey", "uint64 rotations"),
}  # fmt: skip
CHARTER = record("Charter")
CHARTER_DATA = record_data("Charter", CHARTER, NONE)
WHAT = (
    "string", "string", "string", "string", "uint64", "string[]", "address", "string[]",
    "bytes32[]", "bytes32", "bytes32", "bytes32",
)  # fmt: skip
SAID = "(uint256,address,uint64,bytes32,uint64,bytes32,bytes)"
FUNCTIONS = {
    "open": ("bytes32", f"({','.join(WHAT)})", "bytes32", "bytes32", "bytes32", "bytes32"),
    "anchor": ("bytes32", "uint64", "bytes32", "bytes32[]", "bytes"),
    "verifyInclusion": ("bytes32", "uint64", "bytes32", "bytes32[]"),
    "reportFork": ("bytes32", SAID, SAID),
    "rotate": ("bytes32", "address", "bytes"),
    "latest": ("bytes32",),
    "forkOf": ("bytes32", "address"),
}
Case = dict[str, Any]


def raw(text: str) -> bytes:
    """Read 0x hex."""
    return bytes.fromhex(text[2:])


def shown(value: bytes) -> str:
    """Write 0x hex."""
    return "0x" + value.hex()


def _charter_id() -> str:
    return shown(_hash_eip191_message(encode_typed_data(full_message=CHARTER_DATA)))


LEDGER = _charter_id()
PLACE = {"chainId": CHAIN_ID, "contract": CONTRACT, "ledger": LEDGER}


def call(function: str, *values: Any) -> str:
    """Return the data of a call."""
    kinds = FUNCTIONS[function]
    selector = keccak(text=f"{function}({','.join(kinds)})")[:4]
    return shown(selector + encode(kinds, values))


def typed(kind: str, values: Sequence[Any], place: dict[str, Any]) -> dict[str, Any]:
    """Return a statement as wallets are given it."""
    split = {name: [field.split(" ") for field in TYPES[name]] for name in ("EIP712Domain", kind)}
    domain = ("Adamant Anchor", "1", place["chainId"], place["contract"], place["ledger"])
    return {
        "types": {
            name: [{"name": field, "type": of} for of, field in fields]
            for name, fields in split.items()
        },
        "primaryType": kind,
        "domain": dict(zip((name for _, name in split["EIP712Domain"]), domain, strict=True)),
        "message": dict(zip((name for _, name in split[kind]), values, strict=True)),
    }


def signature(kind: str, values: Sequence[Any], key: int = KEY, **elsewhere: Any) -> bytes:
    """Sign a statement for the place of the vectors, or one that differs."""
    data = typed(kind, values, PLACE | elsewhere)
    return bytes(Account.sign_typed_data(secret(key), full_message=data).signature)


def statement(description: str, kind: str, values: Sequence[Any], key: int) -> Case:
    """Return a statement with every hash on the way to its signature."""
    data = typed(kind, values, PLACE)
    types = {name: data["types"][name] for name in (kind,)}
    return {
        "description": description,
        "typedData": data,
        "typeHash": shown(keccak(text=f"{kind}({','.join(TYPES[kind])})")),
        "structHash": shown(hash_struct(kind, types, data["message"])),
        "domainSeparator": shown(hash_domain(data["domain"])),
        "digest": shown(_hash_eip191_message(encode_typed_data(full_message=data))),
        "key": key,
        "signer": party(key),
        "signature": shown(signature(kind, values, key)),
    }


def head(size: int, of: Reference = TREE) -> tuple[int, str]:
    """Return a size and its root."""
    return size, shown(of.mth(0, size)) if size else NONE


FIVE, EIGHT = head(5), head(8)
GROWN = (*EIGHT, *FIVE)


def anchor(
    new: tuple[int, str], proof: Sequence[bytes], signed: bytes, ledger: str = LEDGER
) -> str:
    """Return the call that anchors a head."""
    return call("anchor", raw(ledger), new[0], raw(new[1]), list(proof), signed)


def said(new: tuple[int, str], key: int = KEY, **elsewhere: Any) -> tuple[Any, ...]:
    """Return a signed anchor as ``reportFork`` takes it."""
    place, before = PLACE | elsewhere, FIVE
    signed = signature("Anchor", (*new, *before), key, **elsewhere)
    where = (place["chainId"], place["contract"])
    return (*where, new[0], raw(new[1]), before[0], raw(before[1]), signed)


def report(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """Return the call that reports a fork."""
    return call("reportFork", raw(LEDGER), one, other)


def rotate(new: str, signed: bytes) -> str:
    """Return the call that replaces the key."""
    return call("rotate", raw(LEDGER), new, signed)


def opening(anchor_key: str | None = None) -> str:
    """Return the call that opens the ledger, by its Charter or with another key in it."""
    types, message = dict(CHARTER_DATA["types"]), CHARTER_DATA["message"]
    del types["EIP712Domain"]
    hashes = [
        hash_struct(f"Charter{place.capitalize()}", types, message[place])
        for place in ("who", "amounts", "scene")
    ]
    sheet = dict(message["what"])
    if anchor_key:
        sheet["anchorKey"] = anchor_key
    fields = zip(WHAT, (sheet[each["name"]] for each in types["CharterWhat"]), strict=True)
    what = [_abi(kind, value) for kind, value in fields]
    return call("open", raw(LEDGER), what, *hashes, raw(message["details"]))


def _abi(kind: str, value: Any) -> Any:
    if kind == "bytes32":
        return raw(value) if isinstance(value, str) else value
    return [_abi(kind[:-2], each) for each in value] if kind.endswith("[]") else value


PROOF = TREE.proof(5, 8)
RIGHT = signature("Anchor", GROWN)
ROTATION = signature("Rotation", (party(KEY), party(OTHER_KEY), 0))
FORK = (said(EIGHT), said(head(8, REWRITTEN)))
STEPS = {
    "open": opening(),
    "five": anchor(FIVE, (), signature("Anchor", (*FIVE, 0, NONE))),
    "eight": anchor(EIGHT, PROOF, RIGHT),
    "rotate": rotate(party(OTHER_KEY), ROTATION),
    "fork": report(*FORK),
}


def case(description: str, after: str, data: str, **expected: Any) -> Case:
    """Return a call after some steps, and what it comes to."""
    return {"description": description, "after": after.split(), "call": data, **expected}


def refused(description: str, after: str, data: str, error: str, **values: Any) -> Case:
    """Return a call that is refused with an error and its values."""
    return case(description, after, data, error=error, values={"ledger": LEDGER} | values)


def taken() -> Iterator[Case]:
    """Yield calls that are taken."""
    told = {"ledger": LEDGER, "anchorKey": party(KEY)}
    yield case("a ledger is opened", "", opening(), event="Opened", values=told)
    told = {"ledger": LEDGER, "size": 5, "root": FIVE[1], "previousSize": 0, "previousRoot": NONE}
    yield case("a first anchor", "open", STEPS["five"], event="Anchored", values=told)
    names = ("size", "root", "previousSize", "previousRoot")
    told = {"ledger": LEDGER} | dict(zip(names, GROWN, strict=True))
    yield case(
        "an anchor that continues it", "open five", STEPS["eight"], event="Anchored", values=told
    )
    told = {"ledger": LEDGER, "oldKey": party(KEY), "newKey": party(OTHER_KEY), "rotations": 1}
    yield case("the key replaced", "open five", STEPS["rotate"], event="Rotated", values=told)
    told = {
        "ledger": LEDGER, "size": 8, "key": party(KEY), "root": EIGHT[1],
        "otherKey": party(KEY), "otherRoot": head(8, REWRITTEN)[1],
    }  # fmt: skip
    yield case("a fork", "open five", STEPS["fork"], event="Forked", values=told)
    elsewhere = report(said(EIGHT, chainId=1), said(head(8, REWRITTEN), contract="0x" + "11" * 20))
    yield case("a fork over two places", "open", elsewhere, event="Forked", values=told)
    yield case("the same checkpoint again", "open five", anchor(FIVE, PROOF, b"x"), event=None)
    yield case("opened again", "open five", opening(), event=None)
    yield case("a fork reported again", "open fork", report(*FORK[::-1]), event=None)
    later = signature("Anchor", GROWN, OTHER_KEY)
    told = {"ledger": LEDGER} | dict(zip(names, GROWN, strict=True))
    call_data = anchor(EIGHT, PROOF, later)
    yield case(
        "an anchor of the key that came after",
        "open five rotate",
        call_data,
        event="Anchored",
        values=told,
    )


def not_continued() -> Iterator[Case]:
    """Yield anchors that are rightly signed, and do not continue what is anchored."""
    smaller = anchor(head(4), (), signature("Anchor", (*head(4), *FIVE)))
    yield refused("a smaller log", "open five", smaller, "Shrunk", size=4, anchoredSize=5)
    other = head(5, REWRITTEN)
    data = anchor(other, (), signature("Anchor", (*other, *FIVE)))
    values = {"size": 5, "root": other[1], "anchoredRoot": FIVE[1]}
    yield refused("another root of the same size", "open five", data, "AnotherRoot", **values)
    rewritten = head(8, REWRITTEN)
    signed = signature("Anchor", (*rewritten, *FIVE))
    ways = {
        "a rewritten history with its own proof": (rewritten, REWRITTEN.proof(5, 8), signed),
        "a rewritten history with the right proof": (rewritten, PROOF, signed),
        "no proof": (EIGHT, (), RIGHT),
        "a proof one hash too short": (EIGHT, PROOF[:-1], RIGHT),
        "a proof one hash too long": (EIGHT, (*PROOF, PROOF[-1]), RIGHT),
        "a proof in reverse": (EIGHT, PROOF[::-1], RIGHT),
    }
    for description, (new, proof, by) in ways.items():
        values = {"size": 8, "root": new[1], "anchoredSize": 5, "anchoredRoot": FIVE[1]}
        data = anchor(new, proof, by)
        yield refused(description, "open five", data, "NotAContinuation", **values)
    data = anchor(FIVE, PROOF, signature("Anchor", (*FIVE, 0, NONE)))
    values = {"size": 5, "root": FIVE[1], "anchoredSize": 0, "anchoredRoot": NONE}
    yield refused("a first anchor with a proof", "open", data, "NotAContinuation", **values)
    vast = 2**63 + 1, FIVE[1]
    data = anchor(vast, (), signature("Anchor", (*vast, 0, NONE)))
    values |= {"size": vast[0]}
    yield refused("more leaves than a tree has", "open", data, "NotAContinuation", **values)
    yield refused("a ledger that was not opened", "", STEPS["five"], "UnknownLedger")


def wrongly_signed() -> Iterator[Case]:
    """Yield anchors that continue what is anchored, and are not signed by its key."""
    by_stranger = signature("Anchor", GROWN, STRANGER)
    values = {"signer": party(STRANGER), "anchorKey": party(KEY)}
    data = anchor(EIGHT, PROOF, by_stranger)
    yield refused("another key", "open five", data, "WrongSigner", **values)
    values = {"signer": party(KEY), "anchorKey": party(OTHER_KEY)}
    yield refused("the former key", "open five rotate", STEPS["eight"], "WrongSigner", **values)
    elsewhere = {
        "another chain": signature("Anchor", GROWN, chainId=1),
        "another contract": signature("Anchor", GROWN, contract="0x" + "11" * 20),
        "another ledger": signature("Anchor", GROWN, ledger="0x" + "11" * 32),
        "another root before": signature("Anchor", (*EIGHT, 5, NONE)),
        "another size before": signature("Anchor", (*EIGHT, 4, FIVE[1])),
        "a rotation": ROTATION,
    }
    for description, signed in elsewhere.items():
        data = anchor(EIGHT, PROOF, signed)
        yield refused(f"signed for {description}", "open five", data, "WrongSigner")
    s, v = int.from_bytes(RIGHT[32:64], "big"), RIGHT[64]
    forms = {
        "high s": RIGHT[:32] + (ORDER - s).to_bytes(32, "big") + bytes((55 - v,)),
        "64 bytes (EIP-2098)": RIGHT[:32] + (s | (v - 27) << 255).to_bytes(32, "big"),
        "66 bytes": RIGHT + b"\0",
        "v 0 or 1": RIGHT[:64] + bytes((v - 27,)),
        "v 35 or 36": RIGHT[:64] + bytes((v + 8,)),
        "r zero": bytes(32) + RIGHT[32:],
        "nothing": b"",
    }
    for description, signed in forms.items():
        data, values = anchor(EIGHT, PROOF, signed), {"signature": shown(signed)}
        description = f"a signature of another form: {description}"
        yield case(description, "open five", data, error="BadSignature", values=values)


def not_opened() -> Iterator[Case]:
    """Yield openings and rotations that are refused."""
    yield refused("opened with another key", "", opening(party(STRANGER)), "AnotherLedger")
    again = signature("Rotation", (party(KEY), party(OTHER_KEY), 0))
    yield refused("a rotation again", "open rotate", rotate(party(OTHER_KEY), again), "WrongSigner")
    ahead = signature("Rotation", (party(KEY), party(OTHER_KEY), 1))
    yield refused(
        "a rotation ahead of its turn", "open", rotate(party(OTHER_KEY), ahead), "WrongSigner"
    )
    stranger = signature("Rotation", (party(KEY), party(STRANGER), 0), STRANGER)
    yield refused(
        "a rotation by another key", "open", rotate(party(STRANGER), stranger), "WrongSigner"
    )
    nobody = "0x" + "00" * 20
    none = signature("Rotation", (party(KEY), nobody, 0))
    yield refused("a rotation to no key", "open", rotate(nobody, none), "NoAnchorKey")


def no_forks() -> Iterator[Case]:
    """Yield reports of what is no fork."""
    other = head(8, REWRITTEN)
    values = {"size": 8, "root": EIGHT[1], "otherSize": 8, "otherRoot": EIGHT[1]}
    same = report(said(EIGHT), said(EIGHT, chainId=1))
    yield refused("one root twice", "open", same, "NoFork", **values)
    values = {"size": 8, "root": EIGHT[1], "otherSize": 9, "otherRoot": head(9)[1]}
    yield refused("two sizes", "open", report(said(EIGHT), said(head(9))), "NoFork", **values)
    strangers = report(said(EIGHT, STRANGER), said(other, STRANGER))
    values = {"signer": party(STRANGER), "anchorKey": party(KEY)}
    yield refused("a stranger's two roots", "open", strangers, "WrongSigner", **values)
    half = report(said(EIGHT), said(other, STRANGER))
    yield refused("one root of a stranger", "open", half, "WrongSigner", **values)
    away = report(said(EIGHT), said(other, ledger="0x" + "11" * 32))
    yield refused("one root of another ledger", "open", away, "WrongSigner")
    unknown = {"signer": party(KEY), "anchorKey": "0x" + "00" * 20}
    yield refused("of a ledger not opened", "", STEPS["fork"], "WrongSigner", **unknown)


def asked() -> Iterator[Case]:
    """Yield questions and their answers."""
    path = TREE.path(3, 5)
    for index, leaf, shown_path, answer in (
        (3, TREE.mth(3, 4), path, True),
        (2, TREE.mth(3, 4), path, False),
        (3, REWRITTEN.mth(3, 4), path, False),
        (3, TREE.mth(3, 4), path[:-1], False),
        (3, TREE.mth(3, 4), [*path, path[-1]], False),
        (5, TREE.mth(5, 6), TREE.path(5, 8), False),
    ):
        data = call("verifyInclusion", raw(LEDGER), index, leaf, shown_path)
        description = f"entry {index} {'is' if answer else 'is not shown to be'} in the log"
        yield case(description, "open five", data, answer=answer)


def contents() -> str:
    """Return the whole text of the file."""
    statements = [
        statement("a first anchor", "Anchor", (*FIVE, 0, NONE), KEY),
        statement("an anchor that continues it", "Anchor", GROWN, KEY),
        statement("a rotation", "Rotation", (party(KEY), party(OTHER_KEY), 0), KEY),
    ]
    rooms = (taken, not_continued, wrongly_signed, not_opened, no_forks, asked)
    made = {
        "origin": ORIGIN,
        "place": PLACE,
        "anchorKey": party(KEY),
        "statements": statements,
        "steps": STEPS,
        "cases": [each for room in rooms for each in room()],
    }
    return json.dumps(made, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(contents(), "ascii")
