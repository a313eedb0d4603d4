"""How a case of ``records.json`` is made and read: valid envelopes, and wrong ones with their rule.

A case holds its bytes as ``raw`` (a text), as ``hex`` when they are no text, or as ``pieces``, a
list of texts with how often each stands, when they are long.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import rfc8785
from eth_account import Account

from tests.reference_digests import eth_account_digest, typed_data
from tests.vectors.record_examples import keys_of, party, record, secret

Plain = Any
Case = dict[str, Plain]

LEDGER_ID = "0x8b1fa27417ae44f3fd25a08adf0a58b20644a850ca0d50ba1c467159d3df6942"
"""The id of the ledger of ``chain.json``."""

GONE: Any = object()
"""Stands for a member that is taken away."""


def raw_of(case: Case) -> bytes:
    """Return the bytes of a case."""
    if "pieces" in case:
        return "".join(text * times for text, times in case["pieces"]).encode()
    return bytes.fromhex(case["hex"]) if "hex" in case else str(case["raw"]).encode()


def sign(digest: str, keys: Iterable[int]) -> list[str]:
    """Sign a digest by each key, ascending by address; deterministic (RFC 6979)."""
    ordered = sorted(keys, key=party)
    return ["0x" + bytes(_sign(digest, key).signature).hex() for key in ordered]


def _sign(digest: str, key: int) -> Any:
    return Account.unsafe_sign_hash(bytes.fromhex(digest[2:]), secret(key))


def digest_of(kind: str, plain: Plain) -> str:
    """Return the record id of a plain record, as eth-account computes it."""
    return eth_account_digest(typed_data(kind, plain, LEDGER_ID))


def envelope(kind: str, plain: Plain, keys: Iterable[int]) -> dict[str, Plain]:
    """Return a plain envelope, signed."""
    return {"kind": kind, "record": plain, "signatures": sign(digest_of(kind, plain), keys)}


def root_of(digest: str, signatures: Iterable[str]) -> str:
    """Return the record root: SHA-256(0x02, record id, SHA-256(signatures))."""
    signed = sha256(bytes.fromhex("".join(text[2:] for text in signatures))).digest()
    return "0x" + sha256(b"\x02" + bytes.fromhex(digest[2:]) + signed).hexdigest()


def valid(description: str, kind: str, plain: Plain, keys: Iterable[int]) -> Case:
    """Make a case of an envelope that is accepted by all rules of form."""
    signed = tuple(keys)
    made = envelope(kind, plain, signed)
    digest = digest_of(kind, plain)
    return {
        "description": description,
        "kind": kind,
        "recordId": digest,
        "recordRoot": root_of(digest, made["signatures"]),
        "signers": sorted(party(key) for key in signed),
        "raw": rfc8785.dumps(made).decode(),
    }


def wrong(description: str, rule: str, field: str, raw: str | bytes) -> Case:
    """Make a case of bytes that are refused by a rule, at a field ("" for the whole)."""
    case: Case = {"description": description, "rule": rule, "field": field}
    if isinstance(raw, str):
        return case | {"raw": raw}
    return case | {"hex": raw.hex()}


def wrong_pieces(description: str, rule: str, field: str, *pieces: tuple[str, int]) -> Case:
    """Make a case of long bytes that are refused."""
    listed = [[text, times] for text, times in pieces]
    return {"description": description, "rule": rule, "field": field, "pieces": listed}


def example(kind: str, operation: str = "") -> dict[str, Plain]:
    """Return the example envelope of a kind and operation, signed by one key alone.

    Where governors sign, one signature is enough for the rules of form; its digest is no longer
    that of the record once a case has changed it, but some key recovers all the same.
    """
    return envelope(kind, record(kind, operation), keys_of(kind, operation)[:1])


def changed(made: Plain, *changes: tuple[str, Plain]) -> Plain:
    """Return an envelope with the values at some paths replaced (or, with ``GONE``, taken away).

    A path names members of the envelope or, short, of its record: ``what.inputs.0``.
    """
    copied = copy.deepcopy(made)
    for path, value in changes:
        steps = path.split(".")
        at = copied if steps[0] in ("kind", "record", "signatures", "extra") else copied["record"]
        for step in steps[:-1]:
            at = at[int(step)] if isinstance(at, list) else at[step]
        last: Any = int(steps[-1]) if isinstance(at, list) else steps[-1]
        if value is GONE:
            del at[last]
        else:
            at[last] = value
    return copied


def write(plain: Plain) -> str:
    """Write a plain value as canonical JSON writes what a record holds, whatever else it holds."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def wrong_edit(
    description: str, rule: str, field: str, of: tuple[str, str], *changes: tuple[str, Plain]
) -> Case:
    """Make a wrong case out of an example (kind, operation) by changing values in it."""
    about = f"{of[0]} {of[1]}".strip()
    raw = write(changed(example(*of), *changes))
    return wrong(f"{about}: {description}", rule, field, raw)
