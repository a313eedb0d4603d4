"""The declarations of ``ledger.records`` are those of ``tests/vectors/types.json``, kind by kind.

The golden file is kept by hand: what records are may not follow from the code that reads them.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger import signing
from ledger.records import KINDS, ROLES, SHEETS, Spec
from ledger.records.fields import ListSpec
from ledger.values import COUNTRIES, EU, to_hex
from tests.spec_tables import EVERY_KIND, GOLDEN, fields_of


def test_the_golden_types_name_every_kind_and_no_other() -> None:
    assert set(EVERY_KIND) == set(KINDS)
    assert len(EVERY_KIND) == 18


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_kind_is_declared_as_its_golden_types_say(kind: str) -> None:
    golden, declared = GOLDEN["kinds"][kind], KINDS[kind]
    assert {
        place: [f"{field.spec.full_type} {field.wire}" for field in declared.sheets[place].FIELDS]
        for place in SHEETS
    } == golden["fields"]
    assert declared.encode_type(kind) == golden["encodeType"]
    assert list(declared.details) == golden["privateFields"]
    assert list(declared.correctable) == golden["correctable"]
    assert {op: list(roles) for op, roles in declared.roles.items()} == golden["authorRoles"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_type_hashes_of_a_kind_and_its_sheets_are_the_golden_ones(kind: str) -> None:
    hashes = GOLDEN["kinds"][kind]["typeHashes"]
    assert set(hashes) == set(KINDS[kind].type_table)
    assert {struct: to_hex(signing.type_hash(struct)) for struct in hashes} == hashes
    encoded = GOLDEN["kinds"][kind]["encodeType"].encode()
    assert to_hex(signing.keccak(encoded)) == hashes[kind]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_closed_lists_of_a_kind_are_the_golden_ones(kind: str) -> None:
    found: dict[str, Any] = {}
    for place, field in fields_of(kind):
        listed = field.spec.one_of
        if listed is None or field.name in ("author_role", "author_country"):
            continue
        countries = {COUNTRIES: "country", COUNTRIES | {EU}: "country or EU"}
        found[f"{place}.{field.wire}"] = countries.get(frozenset(listed), list(listed))
    assert found == GOLDEN["kinds"][kind]["closedLists"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_field_may_be_empty_where_its_golden_row_says_so(kind: str) -> None:
    golden, selector = GOLDEN["kinds"][kind], KINDS[kind].selector
    operations = golden["closedLists"].get(f"what.{selector}", [""])
    for place, field in fields_of(kind):
        row = golden["empty"].get(f"{place}.{field.wire}", "filled")
        if field.name == "author_country":
            row = "either"
        for operation in operations:
            asked = row if isinstance(row, str) else row.get(operation, row.get("else"))
            assert field.spec.filling.of(operation) == asked, (field.wire, operation)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_field_has_the_bounds_of_its_golden_row(kind: str) -> None:
    found = {f"{place}.{field.wire}": bounds_of(field.spec) for place, field in fields_of(kind)}
    assert {name: row for name, row in found.items() if row} == GOLDEN["kinds"][kind]["bounds"]


def bounds_of(spec: Spec) -> dict[str, Any]:
    """Return what bounds a field beyond what bounds every field of its type."""
    items = spec.items or ListSpec()
    row = {
        "elements": [items.least, items.most] if spec.items else None,
        "ascending": items.ascending,
        "parallelTo": items.parallel_to,
        "emptyElements": items.empty_elements,
        "bytes": spec.bytes_max if spec.bytes_max != 48 else None,
        "integer": spec.integer_max if spec.integer_max != 2**53 - 1 else None,
        "pattern": spec.pattern.pattern if spec.pattern else None,
    }
    return {name: value for name, value in row.items() if value}


def test_roles_and_domain_are_the_golden_ones() -> None:
    domain = GOLDEN["domain"]
    assert list(ROLES) == GOLDEN["roles"]
    assert domain["name"] == signing.DOMAIN_NAME
    assert domain["version"] == signing.DOMAIN_VERSION
    assert to_hex(signing.keccak(domain["encodeType"].encode())) == domain["typeHash"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_has_the_fields_that_all_share(kind: str) -> None:
    at = {f"{place}.{field.wire}": field for place, field in fields_of(kind)}
    wires = {place: [f.wire for f in KINDS[kind].sheets[place].FIELDS] for place in SHEETS}
    assert wires["who"][0] == "author"
    assert next(wire for wire in wires["what"] if wire != "operation") == "authorRole"
    assert wires["scene"][:2] == ["occurredAt", "authorCountry"]
    assert all(names[-1] == "salt" for names in wires.values())
    assert at["what.authorRole"].spec.one_of == ROLES
    assert frozenset(at["scene.authorCountry"].spec.one_of or ()) == COUNTRIES | {EU}
