"""Every refusal of the document that a record can meet from the group *ledger* on has its case."""

from __future__ import annotations

import itertools

from ledger.records import WRITABLE, Charter
from tests import spec_tables
from tests.ledger.rules import (
    test_goods,
    test_people,
    test_people_admissions,
    test_people_keys,
    test_receipts,
    test_registrations,
    test_reports,
    test_sites,
    test_transforming,
    test_who,
    test_who_governors,
)
from tests.ledger.rules.cases import Case, new_stage
from tests.world import World

MODULES = (
    test_goods,
    test_people,
    test_people_admissions,
    test_people_keys,
    test_receipts,
    test_registrations,
    test_reports,
    test_sites,
    test_transforming,
    test_who,
    test_who_governors,
)
CASES: list[Case] = [told for module in MODULES for told in module.case.all]
NAMES = [name for _, name in spec_tables.refusals()]
REACHABLE = [
    name
    for name in (name for _, name in spec_tables.refusals_of_version_1())
    if NAMES.index(name) >= NAMES.index("charter-first")
]


def test_the_document_lists_each_refusal_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
    groups = [group for group, _ in itertools.groupby(group for group, _ in spec_tables.refusals())]
    assert len(set(groups)) == len(groups)


def test_every_refusal_that_a_record_can_meet_has_a_case_that_meets_it() -> None:
    met = {refusal[0] for refusal in (told.refusal() for told in CASES) if refusal is not None}
    amendment = test_people.amendment(new_stage())
    first = World().refusal_of(amendment.record, *amendment.signers)
    assert first is not None
    met.add(first.rule)
    assert [name for name in REACHABLE if name not in met] == []


def test_no_case_meets_a_refusal_that_the_document_does_not_list() -> None:
    unlisted = {told.rule for told in CASES} - {*REACHABLE, "emptiness"}
    assert unlisted == set()


def test_cases_have_names_of_their_own() -> None:
    for module in MODULES:
        names = [told.name for told in module.case.all]
        assert len(set(names)) == len(names)


def test_every_kind_has_cases() -> None:
    kinds = {type(told.make(new_stage(), False).record) for told in CASES}
    assert {*WRITABLE} - kinds == {Charter}
