"""Cases of log entries: the chain of the worked examples, and lines that are none."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from coincurve import PrivateKey

Case = dict[str, Any]

OWN = "made here"
WORKED = "the worked examples of docs/spec/records.md"

# Record ids of the eight worked examples, with the keys that sign in the order of their addresses;
# key n is the integer n, a signature's nonce that of RFC 6979.
RECORDS = (
    ("8b1fa27417ae44f3fd25a08adf0a58b20644a850ca0d50ba1c467159d3df6942", (2, 3, 1)),
    ("a6c752e70b7235f9732c5befda95a0745a2cca908ec56967545ea09b75b8772d", (2, 1)),
    ("cb8a942425e0a0f8fb00e7817ea8893dfa3b48d83404dbf3f12fd008435c7c5b", (4,)),
    ("58e244acbb409e7487279bc835cc34004dea2a6ab3053e8664f8247a28ebfe6c", (1,)),
    ("4e680f9eb6130caadc7516d4703e17b89ae6ffe316f58c48bde18fdca3b69779", (4,)),
    ("0b821c8e92e7e69d74badd31de20bd817fc560b25194031727248e001857b049", (5,)),
    ("06764b1ead87c4185d16047c32eedd771ecc8ea5ae060c8e6474ec3bde8b8065", (5,)),
    ("1258d2482c838025506c098184afe38608baecef2d7e5ff854eec5abf4df17f7", (6,)),
)
FIRST_RECORDED_AT_MS = 1767225601500
PUBLISHED_ENTRIES = "6ce6a3b07aef872dc08826d9b3eeefd614d379819902588c5c9ceb51cc5235ce"
"""SHA-256 of the eight entries that the worked examples publish, one after the other."""


def _signature(record_id: bytes, key: int) -> bytes:
    signed = PrivateKey(key.to_bytes(32, "big")).sign_recoverable(record_id, hasher=None)
    return signed[:64] + bytes([27 + signed[64]])


def _chain() -> Iterator[Case]:
    previous, all_entries = bytes(32), b""
    for index, (record_id, keys) in enumerate(RECORDS):
        signatures = [_signature(bytes.fromhex(record_id), key) for key in keys]
        recorded_at_ms = FIRST_RECORDED_AT_MS + 60_000 * index
        signed = sha256(b"".join(signatures)).digest()
        root = sha256(b"\x02" + bytes.fromhex(record_id) + signed).digest()
        entry = b"\x01" + recorded_at_ms.to_bytes(8, "big") + previous + root
        yield {
            "origin": WORKED,
            "description": f"entry {index}",
            "recorded_at_ms": recorded_at_ms,
            "previous": previous.hex(),
            "record_id": record_id,
            "signatures": [signature.hex() for signature in signatures],
            "record_root": root.hex(),
            "expected": entry.hex(),
        }
        previous = sha256(entry).digest()
        all_entries += entry
    if sha256(all_entries).hexdigest() != PUBLISHED_ENTRIES:
        raise ValueError("entries of the worked examples")


def _lines() -> Iterator[Case]:
    line = b"\x01" + bytes(8) + b"\xaa" * 32 + b"\xbb" * 32
    for description, data, expected in (
        ("a record at time 0", line, "valid"),
        ("a record at the last time there is", b"\x01" + b"\xff" * 8 + line[9:], "valid"),
        ("a map root", b"\x02" + line[1:], "valid"),
        ("sort 0x00", b"\x00" + line[1:], "altered"),
        ("sort 0x03", b"\x03" + line[1:], "altered"),
        ("sort 0xff", b"\xff" + line[1:], "altered"),
        ("no byte", b"", "truncated"),
        ("the sort alone", line[:1], "truncated"),
        ("a byte missing at the end", line[:-1], "truncated"),
        ("a byte missing at the beginning", line[1:], "truncated"),
        ("a byte more", line + b"\x00", "altered"),
        ("two entries", line + line, "altered"),
    ):
        yield {
            "origin": OWN,
            "description": description,
            "entry": data.hex(),
            "expected": expected,
        }


def entries() -> dict[str, list[Case]]:
    """Return the cases of ``entries.json``."""
    return {"chain": [*_chain()], "lines": [*_lines()]}
