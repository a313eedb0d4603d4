"""ERC-7730 descriptors, written from the declarations of records and the words of :mod:`.labels`.

A descriptor tells a wallet how to show a record: each field's label and format. It is bound to the
EIP-712 type of its kind (the key under ``display.formats``), to the domain's name and version, and,
when a ledger gives it out, to that ledger's domain separator. Our domains have no chain and no
contract, since a record belongs to a ledger; the ERC lets a wallet refuse such descriptors.

Source: ERC-7730, schema version 2.0.0. Addresses may be replaced by names of the user's own choice
alone (``local``): a name from elsewhere is not that of a party. Texts are shown raw, since the ERC
gives ``enum`` for integers. A field that may be empty is hidden while it is, unless that it is
empty binds as well; salts are never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from ledger.answers.clear_signing.labels import OF_KIND, Words, label_of
from ledger.records import KINDS, SHEETS, Charter, Field, Kind, Spec
from ledger.signing import DOMAIN_NAME, DOMAIN_VERSION, domain_separator
from ledger.values import ADDRESS_BYTES, HASH_BYTES, NO_HASH, Hash32, to_hex

Plain: TypeAlias = dict[str, Any]

SCHEMA: Final = "https://eips.ethereum.org/assets/eip-7730/erc7730-v2.schema.json"
OWNER: Final = "Adamant"
DETAILS: Final = "details"
NEVER, OPTIONAL = "never", "optional"
NAMED: Final[Plain] = {"format": "addressName", "params": {"types": ["eoa"], "sources": ["local"]}}
RAW: Final[Plain] = {"format": "raw"}
TIME: Final[Plain] = {"format": "date", "params": {"encoding": "timestamp"}}

TIMES: Final = frozenset(
    ("occurredAt", "expiresAt", "validUntil", "periodFrom", "periodTo", "asOf")
)
COUNTS: Final = frozenset(
    "stones lossStones parcelCount threshold rulesVersion compromisedSince predecessorSize".split()
)
_UNITS: Final = (("Millicarats", "ct", 3), ("UsCents", "USD", 2), ("Micrometres", "mm", 3))
# Which record the author saw last: a chain of hashes, for programs to check.
_CHAINS: Final = frozenset(("previous", "piecePrevious", "state", "states"))
TELLING_WHEN_EMPTY: Final = frozenset(
    ("anchorKey", "toleranceMillicarats", "tolerancePartsPerMillion")
)
"""Fields of which there being none, or none any more, binds as much as any other value."""

_PATH: Final = re.compile(r"{([A-Za-z.]+)}")


def file_name(struct: str) -> str:
    """Return the name of a descriptor's file, as the public registry of descriptors names them."""
    return f"eip712-{struct}.json"


def paths_in(sentence: str) -> tuple[str, ...]:
    """Return the paths of the fields that a sentence names."""
    return tuple(_PATH.findall(sentence))


def descriptor(kind: Kind, ledger_id: Hash32 | None = None, log_name: str = "") -> Plain:
    """Return the descriptor of a kind of record.

    Args:
        kind: the kind.
        ledger_id: the ledger to bind it to; without it, it is of every ledger, and so that of a
            Charter always is, which is signed under no ledger.
        log_name: what that ledger's log is called.

    """
    salt = NO_HASH if kind.record is Charter else ledger_id
    domain: Plain = {"name": DOMAIN_NAME, "version": DOMAIN_VERSION}
    bound: Plain = {"domain": domain}
    if salt is not None:
        domain["salt"] = to_hex(salt)
        bound["domainSeparator"] = to_hex(domain_separator(salt))
    words = OF_KIND[kind.name]
    return {
        "$schema": SCHEMA,
        "context": {"$id": f"{OWNER} {kind.name}", "eip712": bound},
        "metadata": {"owner": OWNER, **({"contractName": log_name} if log_name else {})},
        "display": {"formats": {kind.encode_type(kind.name): _format(kind, words)}},
    }


def format_of(kind: Kind) -> Plain:
    """Return how a kind of record is shown: intent, sentence and fields."""
    return _format(kind, OF_KIND[kind.name])


def _format(kind: Kind, words: Words) -> Plain:
    sentence = {"interpolatedIntent": words.sentence} if words.is_enough else {}
    return {"$id": kind.name, "intent": words.intent, **sentence, "fields": [*_fields(kind, words)]}


def _fields(kind: Kind, words: Words) -> Iterator[Plain]:
    declared = {
        f"{place}.{field.wire}": field for place in SHEETS for field in kind.sheets[place].FIELDS
    }
    named = paths_in(words.sentence)
    beside = {path: _beside(declared, path) for path in words.groups}
    in_groups = {path for paths in beside.values() for path in paths}
    for path, field in declared.items():
        if path in words.groups:
            yield _group(kind, words.groups[path], {one: declared[one] for one in beside[path]})
        elif path not in in_groups:
            yield _shown(kind, path, field, is_named=path in named)
    empty = {"visible": {"ifNotIn": [to_hex(NO_HASH)]}}
    yield {"path": DETAILS, "label": label_of(kind.name, DETAILS), **RAW, **empty}


def _beside(declared: dict[str, Field], first: str) -> list[str]:
    """Return a list, and those of the same length that stand beside it."""
    lists = {path: field.spec.items for path, field in declared.items() if field.spec.items}
    return [path for path, items in lists.items() if first in (path, items.parallel_to)]


def _group(kind: Kind, name: str, lists: dict[str, Field]) -> Plain:
    fields = [_shown(kind, path, field, is_named=False) for path, field in lists.items()]
    fields[0]["separator"] = name + " {index}"
    return {"label": name, "iteration": "bundled", "fields": fields}


def _shown(kind: Kind, path: str, field: Field, *, is_named: bool) -> Plain:
    visible = None if is_named else _visible(field)
    return {
        "path": path + (".[]" if field.spec.items else ""),
        "label": label_of(kind.name, path),
        **(RAW if field.spec.is_salt else formatted(field)),
        **({} if visible is None else {"visible": visible}),
    }


def _visible(field: Field) -> str | Plain | None:
    """Return when a field is shown; None for always.

    Elements of lists always are: of lists side by side each has as many.
    """
    if field.spec.is_salt:
        return NEVER
    if field.wire in _CHAINS:
        return OPTIONAL
    filling = field.spec.filling
    may_be_empty = {filling.otherwise, *filling.by_operation.values()} != {"filled"}
    if not may_be_empty or field.spec.items or field.wire in TELLING_WHEN_EMPTY:
        return None
    return {"ifNotIn": [empty_of(field.spec)]}


def empty_of(spec: Spec) -> str | int:
    """Return what a field of such a type holds when it is empty."""
    if spec.wire_type == "uint64":
        return 0
    lengths = {"address": ADDRESS_BYTES, "bytes32": HASH_BYTES}
    return to_hex(bytes(lengths[spec.wire_type])) if spec.wire_type in lengths else ""


def formatted(field: Field) -> Plain:
    """Return a field's format and its parameters.

    Raises:
        ValueError: it is an integer of which nobody has said what it counts.

    """
    if field.spec.wire_type == "address":
        return NAMED
    if field.spec.wire_type != "uint64" or field.wire in COUNTS:
        return RAW
    if field.wire in TIMES:
        return TIME
    if field.wire.endswith("Seconds"):
        return {"format": "duration"}
    if field.wire.endswith("PartsPerMillion"):
        return _unit("%", 4)
    for ending, base, decimals in _UNITS:
        if field.wire.endswith(ending):
            return _unit(base, decimals)
    raise ValueError(f"{field.wire} has no unit")


def _unit(base: str, decimals: int) -> Plain:
    return {"format": "unit", "params": {"base": base, "decimals": decimals}}


def descriptors() -> dict[str, Plain]:
    """Return the descriptors of all kinds, bound to no ledger, by the names of their files."""
    return {file_name(kind.name): descriptor(kind) for kind in KINDS.values()}
