"""Writes those parts of ``records.md`` that follow from the declarations of ``ledger.records``.

A part stands between ``<!-- generated: kind Handoff -->`` and ``<!-- end -->``. All around it is
written by hand and left alone. From the project's folder::

    python -m docs.spec.generate

writes the file again; ``tests/test_spec.py`` finds a part that is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from ledger.limits import LIMITS
from ledger.records import KINDS, ROLES, SHEETS, WRITABLE, Field, Kind, Spec
from ledger.signing import DOMAIN_NAME, DOMAIN_VERSION, keccak, type_hash
from ledger.signing.hashing import DOMAIN_TYPE
from ledger.values import COUNTRIES, EU, EU_COUNTRIES, HS_CODES, form_of, to_hex

RECORDS: Final = Path(__file__).with_name("records.md")
SHARED: Final = ("author", "author_role", "occurred_at", "author_country", "salt")
"""What every kind has by Python name; §1 of the document lists it once."""

ORDER: Final = (
    *("Charter", "Amendment", "Admission", "Revocation", "KeyChange", "Site", "Registration"),
    *("Handoff", "Receipt", "Withdrawal", "Transformation", "Certificate", "Clearance"),
    *("Statement", "Setting", "Sale", "Report", "Correction"),
)
_PART: Final = re.compile(r"(?<=<!-- generated: )([^\n]+?)( -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
_EMPTINESS: Final = {"filled": "no", "either": "may be", "empty": "must be"}
_CODES_A_LINE: Final = 28


def filled(document: str) -> str:
    """Return a document with every generated part written again."""
    return _PART.sub(lambda match: f"{match[1]}{match[2]}\n{part(match[1])}\n\n", document)


def part(name: str) -> str:
    """Return the generated part of a name: ``kind Handoff``, ``closed lists``, ..."""
    if name.startswith("kind "):
        return kind_part(KINDS[name.removeprefix("kind ")])
    return _PARTS[name]()


def kind_part(kind: Kind) -> str:
    """Return all that follows from one kind's declaration."""
    parts = (
        _private_fields(kind),
        _table(("for", "author's role"), _role_rows(kind)),
        _table(_COLUMNS, _field_rows(kind)),
        _correctable(kind),
        _table(("struct", "type hash"), _hash_rows(kind)),
        _fenced([kind.encode_type(kind.name)]),
    )
    return "\n\n".join(parts)


_COLUMNS: Final = ("field", "type", "place", "meaning", "empty", "list or pattern", "bounds")


def _private_fields(kind: Kind) -> str:
    if not kind.details:
        return "Private fields: none of its own."
    names = ", ".join(f"{position} `{name}`" for position, name in enumerate(kind.details))
    return f"Private fields: {names}."


def _correctable(kind: Kind) -> str:
    return f"A Correction may name: {_codes(kind.correctable) or 'nothing'}."


def _role_rows(kind: Kind) -> Iterator[tuple[str, ...]]:
    for operation, roles in kind.roles.items():
        yield f"`{operation}`" if operation else "every", _codes(roles)


def _hash_rows(kind: Kind) -> Iterator[tuple[str, ...]]:
    for struct in kind.type_table:
        yield f"`{struct}`", f"`{to_hex(type_hash(struct))}`"


def _field_rows(kind: Kind) -> Iterator[tuple[str, ...]]:
    for place in SHEETS:
        for position, field in enumerate(kind.sheets[place].FIELDS, start=1):
            if field.name not in SHARED:
                yield _field_row(place, position, field)


def _field_row(place: str, position: int, field: Field) -> tuple[str, ...]:
    spec = field.spec
    return (
        f"`{place}.{field.wire}`",
        f"`{spec.full_type}`",
        f"{place} {position}",
        spec.meaning,
        emptiness(spec),
        allowed(spec),
        bounds(spec),
    )


def emptiness(spec: Spec) -> str:
    """Say whether a field may be empty, by operation where that decides."""
    filling = spec.filling
    operations: dict[str, list[str]] = {}
    for operation, fill in filling.by_operation.items():
        operations.setdefault(fill, []).append(operation)
    words = [f"{_codes(named)}: {_EMPTINESS[fill]}" for fill, named in operations.items()]
    last = _EMPTINESS[filling.otherwise]
    return "; ".join((*words, f"else {last}" if words else last))


def allowed(spec: Spec) -> str:
    """Name the closed list or the pattern of a text."""
    if spec.pattern is not None:
        return f"`{spec.pattern.pattern}`"
    if spec.one_of is None:
        return "-"
    if spec.one_of == ROLES:
        return "role"
    if set(spec.one_of) >= COUNTRIES:
        return f"country, `{EU}`" if EU in spec.one_of else "country"
    return _codes(text for text in spec.one_of if text)


def bounds(spec: Spec) -> str:
    """Say how long, how large and how many."""
    words = []
    if spec.wire_type == "string" and spec.one_of is None:
        words.append(f"at most {spec.bytes_max:,} bytes")
    if spec.integer_max != LIMITS.integer_max:
        words.append(f"at most {spec.integer_max:,}")
    if items := spec.items:
        words.append(f"{items.least} to {items.most} elements")
        words += ["ascending"] if items.ascending else []
        words += [f"parallel to `{items.parallel_to}`"] if items.parallel_to else []
        words += ["elements may be empty"] if items.empty_elements else []
    return "; ".join(words) or "-"


def _kinds() -> str:
    taken = {record.KIND.name for record in WRITABLE}
    rows = (
        (f"3.{number}", f"`{name}`", "taken" if name in taken else "refused as `kind`")
        for number, name in enumerate(ORDER, start=1)
    )
    return _table(("section", "kind", "rules version 1"), rows)


def _shared_fields() -> str:
    spoken = KINDS["Handoff"].sheets
    rows = [
        _field_row(place, position, field)
        for place in SHEETS
        for position, field in enumerate(spoken[place].FIELDS, start=1)
        if field.name in SHARED and field.name != "salt"
    ]
    return _table(_COLUMNS, (_without_place(row) for row in rows))


def _without_place(row: tuple[str, ...]) -> tuple[str, ...]:
    # Where a kind has an operation, it stands before the role; §1 says so in words.
    return (*row[:2], row[2].split()[0], *row[3:])


def _closed_lists() -> str:
    codes = (f"`{code}` ({form_of(code)})" for code in HS_CODES)
    members = _codes(sorted(EU_COUNTRIES))
    return f"* **role**: {_codes(ROLES)}\n* **HS code**: {', '.join(codes)}\n* **`EU`**: {members}"


def _countries() -> str:
    codes = sorted(COUNTRIES)
    lines = range(0, len(codes), _CODES_A_LINE)
    return _fenced([" ".join(codes[start : start + _CODES_A_LINE]) for start in lines])


def _domain() -> str:
    named = f"name `{DOMAIN_NAME}`, version `{DOMAIN_VERSION}`, type hash"
    return f"{named} `{to_hex(keccak(DOMAIN_TYPE.encode()))}`:\n\n" + _fenced([DOMAIN_TYPE])


_PARTS: Final[dict[str, Callable[[], str]]] = {
    "kinds": _kinds,
    "shared fields": _shared_fields,
    "closed lists": _closed_lists,
    "countries": _countries,
    "domain": _domain,
}


def _codes(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _fenced(lines: Iterable[str]) -> str:
    return "\n".join(("```text", *lines, "```"))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    written = [" | ".join(cell.replace("|", r"\|") for cell in line) for line in lines]
    return "\n".join(f"| {line} |" for line in written)


def main() -> None:
    """Write the generated parts of ``records.md`` again."""
    RECORDS.write_text(filled(RECORDS.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
