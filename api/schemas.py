"""JSON Schemas of what goes out, read off the shapes of the answers."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.private_schemas import GRANT, PRIVATE, PRIVATE_FIELDS
from api.problems import PROBLEMS
from ledger.answers import QUESTIONS
from ledger.answers.questions import ADDRESS_FORM, HASH_FORM
from ledger.answers.shapes import DraftAnswer
from ledger.answers.wire import camel
from ledger.values import Address, Hash32

Schema = dict[str, Any]
REF: Final = "#/components/schemas/"

_HEX: Final = {"type": "string", "pattern": "^0x(?:[0-9a-f]{2})*$"}
_PLAIN: Final[dict[object, Schema]] = {
    Hash32: {"type": "string", "pattern": HASH_FORM},
    Address: {"type": "string", "pattern": ADDRESS_FORM},
    bytes: _HEX,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    type(None): {"type": "null"},
}

SENT: Final[Schema] = {
    "type": "object",
    "description": "The record is in the ledger.",
    "properties": {
        "status": {"enum": ["sequenced", "checkpointed", "anchored"]},
        "index": {"type": "integer"},
        "recordId": _PLAIN[Hash32],
        "recordedAtMs": {"type": "integer"},
        "parcels": {
            "type": "array",
            "items": _PLAIN[Hash32],
            "description": "The parcels that the record made or advanced, outputs last.",
        },
    },
    "required": ["status", "index", "recordId", "recordedAtMs", "parcels"],
    "additionalProperties": False,
}
ENVELOPE: Final[Schema] = {
    "type": "object",
    "description": (
        "A record with its signatures, as canonical JSON (RFC 8785): see `/v1/typed-data/{kind}` "
        "for the fields of each kind."
    ),
    "properties": {
        "kind": {"type": "string"},
        "private": PRIVATE,
        "record": {"type": "object"},
        "signatures": {"type": "array", "items": _HEX},
    },
    "required": ["kind", "record", "signatures"],
    "additionalProperties": False,
}
PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "An error (RFC 9457). `type` is the path under which it is explained.",
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/[a-z0-9-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "rule": {"enum": list(PROBLEMS)},
        "field": {"type": "string"},
        "expected": {"type": "string"},
        "came": {"type": "string"},
        "line": {"type": "integer", "description": "The line of an atomic batch, from 1."},
        "requestId": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail", "rule", "field", "expected", "came"],
    "additionalProperties": False,
}
_LINE: Final[Schema] = {"line": {"type": "integer"}, "code": {"type": "integer"}}
SENT_LINE: Final[Schema] = {
    "description": "What became of one line of a batch; `code` is its HTTP status.",
    "oneOf": [
        {
            "type": "object",
            "properties": {**_LINE, **SENT["properties"]},
            "required": ["line", "code", *SENT["required"]],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {**_LINE, "problem": {"$ref": REF + "Problem"}},
            "required": ["line", "code", "problem"],
            "additionalProperties": False,
        },
    ],
}
PROBLEM_TYPE: Final[Schema] = {
    "type": "object",
    "description": "One sort of error, explained.",
    "properties": {
        "type": {"type": "string"},
        "name": {"enum": list(PROBLEMS)},
        "group": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
    },
    "required": ["type", "name", "group", "status", "title"],
    "additionalProperties": False,
}
NONCE: Final[Schema] = {
    "type": "object",
    "description": "What a sign-in message must bear, once and before `endsAtMs`.",
    "properties": {
        "nonce": {"type": "string", "pattern": "^[A-Za-z0-9]{8,}$"},
        "endsAtMs": {"type": "integer"},
        "chainId": {"type": "integer"},
        "version": {"enum": ["1"]},
    },
    "required": ["nonce", "endsAtMs", "chainId", "version"],
    "additionalProperties": False,
}
SIGN_IN: Final[Schema] = {
    "type": "object",
    "description": "A sign-in message (EIP-4361) and its signature (EIP-191).",
    "properties": {
        "message": {"type": "string"},
        "signature": {"type": "string", "pattern": "^0x[0-9a-f]{130}$"},
    },
    "required": ["message", "signature"],
    "additionalProperties": False,
}
SIGNED_IN: Final[Schema] = {
    "type": "object",
    "description": "The token, to be sent as `Authorization: Bearer`, and who reads by it.",
    "properties": {
        "token": {"type": "string"},
        "endsAtMs": {"type": "integer"},
        "party": _PLAIN[Address],
        "signer": _PLAIN[Address],
        "isAgent": {"type": "boolean"},
        "roles": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"role": {"type": "string"}, "country": {"type": "string"}},
                "required": ["role", "country"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["token", "endsAtMs", "party", "signer", "isAgent", "roles"],
    "additionalProperties": False,
}
CHECKED_ROW: Final[Schema] = {
    "description": "A row of a table: a draft ready to be signed, or what is wrong with it.",
    "oneOf": [
        {
            "type": "object",
            "properties": {
                "line": {"type": "integer"},
                "recordId": {**_PLAIN[Hash32], "description": "The EIP-712 digest to sign."},
                "envelope": {"$ref": REF + "Envelope"},
            },
            "required": ["line", "recordId", "envelope"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "line": {"type": "integer"},
                "faults": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            name: {"type": "string"} for name in ("column", "reason", "came")
                        },
                        "required": ["column", "reason", "came"],
                        "additionalProperties": False,
                    },
                },
            },
            "required": ["line", "faults"],
            "additionalProperties": False,
        },
    ],
}
HEALTH: Final[Schema] = {
    "type": "object",
    "properties": {"status": {"enum": ["alive", "ready"]}},
    "required": ["status"],
    "additionalProperties": False,
}


def reference(shape: type[Any]) -> Schema:
    """Refer to the schema of a shape."""
    return {"$ref": REF + shape.__name__}


def components() -> dict[str, Schema]:
    """Return every schema by name."""
    found: dict[str, Schema] = {
        "Sent": SENT,
        "SentLine": SENT_LINE,
        "Envelope": ENVELOPE,
        "PrivateFields": PRIVATE_FIELDS,
        "Grant": GRANT,
        "Problem": PROBLEM,
        "ProblemType": PROBLEM_TYPE,
        "Problems": {
            "type": "object",
            "properties": {"problems": {"type": "array", "items": {"$ref": REF + "ProblemType"}}},
            "required": ["problems"],
            "additionalProperties": False,
        },
        "CheckedRow": CHECKED_ROW,
        "Health": HEALTH,
        "Nonce": NONCE,
        "SignIn": SIGN_IN,
        "SignedIn": SIGNED_IN,
    }
    waiting: list[type[Any]] = [DraftAnswer, *(question.shape for question in QUESTIONS)]
    while waiting:
        shape = waiting.pop()
        if shape.__name__ not in found:
            hints = typing.get_type_hints(shape)
            found[shape.__name__] = _shape(shape, hints)
            waiting += [inner for hint in hints.values() for inner in _shapes_in(hint)]
    return dict(sorted(found.items()))


def _shape(shape: type[Any], hints: Mapping[str, Any]) -> Schema:
    names = [field.name for field in dataclasses.fields(shape)]
    return {
        "type": "object",
        "description": inspect.cleandoc(shape.__doc__ or ""),
        "properties": {camel(name): _schema(hints[name]) for name in names},
        "required": [camel(name) for name in names],
        "additionalProperties": False,
    }


def _schema(hint: Any) -> Schema:  # noqa: ANN401 - a type
    if dataclasses.is_dataclass(hint):
        return reference(typing.cast("type[Any]", hint))
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(argument) for argument in arguments]}
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*arguments)
    return _PLAIN[hint]


def _mapping(name: Any, value: Any) -> Schema:  # noqa: ANN401 - types
    if value is Any:
        return {"type": "object"}
    return {
        "type": "object",
        "propertyNames": _schema(name),
        "additionalProperties": _schema(value),
    }


def _shapes_in(hint: Any) -> Iterator[type[Any]]:  # noqa: ANN401 - a type
    if dataclasses.is_dataclass(hint):
        yield typing.cast("type[Any]", hint)
    for argument in typing.get_args(hint):
        yield from _shapes_in(argument)
