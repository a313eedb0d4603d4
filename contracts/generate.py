"""Writes ``Records.sol`` and ``RecordHash.sol`` from the declarations of ``ledger.records``.

A record in Solidity is a struct of four structs and one word, field for field as it is declared,
and its hash is EIP-712's ("Definition of hashStruct"). From the project's folder::

    python -m contracts.generate

writes both files again; ``tests/contracts/test_record_hash.py`` finds one that is out of date.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.records import KINDS, SHEETS, Field, Kind
from ledger.signing import DOMAIN_NAME, DOMAIN_VERSION
from ledger.signing.hashing import DOMAIN_TYPE

HERE: Final = Path(__file__).parent
MIRRORED: Final = (
    "Charter",
    "Amendment",
    "Admission",
    "Revocation",
    "KeyChange",
    "Registration",
    "Handoff",
    "Receipt",
    "Withdrawal",
    "Transformation",
)
"""The kinds that a chain can be shown (``docs/decisions/0024-*``)."""
COLUMNS: Final = 100
_INDENT: Final = "    "
# A contract is made with its ledger's Charter, and what a contract is made with lies in memory.
_IN_MEMORY: Final = frozenset(("Charter",))
_HEAD: Final = """\
// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// Written by `python -m contracts.generate` from the declarations in ledger/records.
"""


def records() -> str:
    """Return the text of ``Records.sol``."""
    parts = [_structs(KINDS[name]) for name in MIRRORED]
    return _HEAD + "\n" + "\n".join(parts)


def _structs(kind: Kind) -> str:
    sheets = [_sheet_struct(kind, place) for place in SHEETS]
    fields = "".join(f"{_INDENT}{kind.name}{place.capitalize()} {place};\n" for place in SHEETS)
    whole = (
        f"{_doc(kind.record.__doc__)}struct {kind.name} {{\n{fields}{_INDENT}bytes32 details;\n}}\n"
    )
    return "\n".join([*sheets, whole])


def _sheet_struct(kind: Kind, place: str) -> str:
    sheet = kind.sheets[place]
    fields = "".join(_declared(field) for field in sheet.FIELDS)
    return f"{_doc(sheet.__doc__)}struct {sheet.__name__} {{\n{fields}}}\n"


def _doc(text: str | None) -> str:
    return f"/// @notice {(text or '').splitlines()[0]}\n"


def _declared(field: Field) -> str:
    declared = f"{_INDENT}{field.spec.full_type} {field.wire};"
    beside = f"{declared} // {field.spec.meaning}"
    if len(beside) <= COLUMNS:
        return beside + "\n"
    return f"{_INDENT}// {field.spec.meaning}\n{declared}\n"


def record_hash() -> str:
    """Return the text of ``RecordHash.sol``."""
    return "".join(
        (_HEAD, _imports(), _LIBRARY_HEAD, _constants(), _LIBRARY_IDS, *_hashes(), "}\n")
    )


def _imports() -> str:
    names = sorted(name for kind in MIRRORED for name in KINDS[kind].type_table)
    joined = ",\n".join(_INDENT + name for name in names)
    return f'\nimport {{\n{joined}\n}} from "./Records.sol";\n'


_LIBRARY_HEAD: Final = """
/// @title Hashes of records: EIP-712, as docs/spec/signatures.md has it.
/// @notice A record's digest is its id, and what its signers sign. The domain holds the ledger id
/// as its salt and no chain id, since a record belongs to a ledger and not to a chain.
/// @dev One function for each sheet and each kind: `hash` gives hashStruct. Elements of a list are
/// padded to words by `encodePacked`, as EIP-712 asks; values outside their type revert.
library RecordHash {
"""


def _constants() -> str:
    domain = (
        f"{_INDENT}bytes32 private constant DOMAIN_TYPE =\n"
        f'{_INDENT * 2}keccak256("{DOMAIN_TYPE}");\n'
        f'{_INDENT}bytes32 private constant DOMAIN_NAME = keccak256("{DOMAIN_NAME}");\n'
        f'{_INDENT}bytes32 private constant DOMAIN_VERSION = keccak256("{DOMAIN_VERSION}");\n'
    )
    types = [
        f"{_INDENT}bytes32 internal constant {_constant(struct)} = keccak256(\n"
        + "".join(_literals(KINDS[name].encode_type(struct)))
        + f"{_INDENT});\n"
        for name in MIRRORED
        for struct in KINDS[name].type_table
    ]
    return domain + "".join(types)


def _constant(struct: str) -> str:
    words = "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in struct)
    return words.removeprefix("_") + "_TYPE"


def _literals(text: str) -> Iterator[str]:
    """Yield a text as literals one below the other, broken after commas and brackets."""
    room = COLUMNS - 2 * len(_INDENT) - 2
    while text:
        part = text
        if len(text) > room:
            end = max(text.rfind(",", 0, room), text.rfind(")", 0, room)) + 1
            part = text[:end]
        yield f'{_INDENT * 2}"{part}"\n'
        text = text[len(part) :]


_LIBRARY_IDS: Final = """
    /// @notice Return the EIP-712 domain separator of a ledger; its Charter alone is signed under
    /// zero.
    function domainSeparator(bytes32 ledger) internal pure returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, DOMAIN_NAME, DOMAIN_VERSION, ledger));
    }

    /// @notice Return the id of a record from the domain separator and the record's hash.
    function recordId(bytes32 separator, bytes32 record) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, record));
    }

    /// @notice Return the id of the parcel that a record makes at a position.
    function outputId(bytes32 record, uint256 position) internal pure returns (bytes32) {
        return keccak256(abi.encode(record, position));
    }

    /// @notice Return the hash of a list of texts.
    function hash(string[] calldata texts) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](texts.length);
        for (uint256 i = 0; i < texts.length; ++i) hashes[i] = keccak256(bytes(texts[i]));
        return keccak256(abi.encodePacked(hashes));
    }

    /// @notice Return the hash of a list of texts in memory.
    function hashInMemory(string[] memory texts) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](texts.length);
        for (uint256 i = 0; i < texts.length; ++i) hashes[i] = keccak256(bytes(texts[i]));
        return keccak256(abi.encodePacked(hashes));
    }
"""


def _hashes() -> Iterator[str]:
    for name in MIRRORED:
        kind = KINDS[name]
        place_of = "memory" if name in _IN_MEMORY else "calldata"
        words = [*(f"hash(record.{place})" for place in SHEETS), "record.details"]
        yield _function(kind.name, "record", place_of, words)
        for place in SHEETS:
            sheet = kind.sheets[place]
            words = [_word(field, place_of) for field in sheet.FIELDS]
            yield _function(sheet.__name__, "sheet", place_of, words)


def _word(field: Field, place: str) -> str:
    value = f"sheet.{field.wire}"
    if field.spec.full_type == "string":
        return f"keccak256(bytes({value}))"
    if field.spec.full_type == "string[]":
        return f"hashInMemory({value})" if place == "memory" else f"hash({value})"
    return f"keccak256(abi.encodePacked({value}))" if field.spec.items else value


def _function(struct: str, parameter: str, place: str, words: list[str]) -> str:
    words = [_constant(struct), *words]
    head = f"function hash({struct} {place} {parameter}) internal pure returns (bytes32) {{"
    line = f"{_INDENT * 2}return keccak256(abi.encode({', '.join(words)}));"
    if len(line) > COLUMNS:
        inner = f",\n{_INDENT * 4}".join(words)
        line = (
            f"{_INDENT * 2}return keccak256(\n{_INDENT * 3}abi.encode(\n{_INDENT * 4}{inner}\n"
            f"{_INDENT * 3})\n{_INDENT * 2});"
        )
    return f"\n{_INDENT}{head}\n{line}\n{_INDENT}}}\n"


FILES: Final = {"Records.sol": records, "RecordHash.sol": record_hash}
"""What is written, and by which function."""


def main() -> None:
    """Write both files."""
    for name, text in FILES.items():
        (HERE / name).write_text(text(), "utf-8")


if __name__ == "__main__":
    main()
