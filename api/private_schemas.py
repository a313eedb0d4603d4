"""JSON Schemas of private fields, as they are handed in and as they are shown."""

from __future__ import annotations

from typing import Any, Final

from ledger.answers.questions import ADDRESS_FORM, HASH_FORM

Schema = dict[str, Any]

_HASH: Final[Schema] = {"type": "string", "pattern": HASH_FORM}
_VALUE: Final[Schema] = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
_PROOF: Final[Schema] = {"type": "array", "items": _HASH, "minItems": 4, "maxItems": 4}
_GRANTEE: Final = f"{ADDRESS_FORM}|^everyone$"

PRIVATE: Final[Schema] = {
    "type": "object",
    "description": (
        "Private fields of the record, by name: kept outside the log, where `details` commits to "
        "them. The four hashes lead from the field's leaf to `details`. Stands directly behind "
        "`kind`; left out where there are none."
    ),
    "minProperties": 1,
    "maxProperties": 16,
    "additionalProperties": {
        "type": "object",
        "properties": {"proof": _PROOF, "salt": _HASH, "value": _VALUE},
        "required": ["proof", "salt", "value"],
        "additionalProperties": False,
    },
}

PRIVATE_FIELDS: Final[Schema] = {
    "type": "object",
    "description": "The private fields of a record that the reader may see.",
    "properties": {
        "recordId": _HASH,
        "kind": {"type": "string"},
        "details": _HASH,
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "position": {"type": "integer", "minimum": 0, "maximum": 15},
                    "value": {"anyOf": [*_VALUE["anyOf"], {"type": "null"}]},
                    "salt": {"anyOf": [_HASH, {"type": "null"}]},
                    "proof": {"type": "array", "items": _HASH},
                    "grants": {"type": "array", "items": {"type": "string", "pattern": _GRANTEE}},
                    "erasedAtMs": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                },
                "required": [
                    *("name", "position", "value", "salt", "proof", "grants", "erasedAtMs"),
                ],
                "additionalProperties": False,
            },
        },
    },
    "required": ["recordId", "kind", "details", "fields"],
    "additionalProperties": False,
}

GRANT: Final[Schema] = {
    "type": "object",
    "description": "To whom a field is shown: a party's address, or `everyone`.",
    "properties": {"party": {"type": "string", "pattern": _GRANTEE}},
    "required": ["party"],
    "additionalProperties": False,
}
