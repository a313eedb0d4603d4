"""Every refusal of the document that a record can meet from the group *ledger* on has its case."""

from __future__ import annotations

import itertools
import re

import pytest

from ledger import drafts
from ledger.records import WRITABLE, Charter
from tests import spec_tables
from tests.ledger.rules import (
    test_certificates,
    test_clearances,
    test_corrections,
    test_goods,
    test_people,
    test_people_admissions,
    test_people_keys,
    test_pieces,
    test_receipts,
    test_registrations,
    test_reports,
    test_sales,
    test_sites,
    test_statements,
    test_transforming,
    test_who,
    test_who_governors,
)
from tests.ledger.rules.cases import Case, new_stage
from tests.world import World, address_of

MODULES = (
    test_certificates,
    test_clearances,
    test_corrections,
    test_goods,
    test_people,
    test_people_admissions,
    test_people_keys,
    test_pieces,
    test_receipts,
    test_registrations,
    test_reports,
    test_sales,
    test_sites,
    test_statements,
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


_IDS = re.compile("0x(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])")


@pytest.mark.parametrize("told", CASES, ids=lambda told: told.name)
def test_a_refusal_tells_no_address_and_no_id_that_was_not_sent(told: Case) -> None:
    stage = new_stage()
    said = told.make(stage, True)
    refusal = stage.refusal_of(said.record, *said.signers)
    assert refusal is not None
    sent = stage.sign(said.record, *said.signers).raw.decode()
    sent += "".join("0x" + address_of(signer).hex() for signer in said.signers)
    known = {sent} | {"0x" + stage.ledger_id.hex()}
    if told.rule == "stale-previous":  # told to the custodian, the recipient, or who may freeze
        known.add(refusal.expected)
    ids = _IDS.findall(f"{refusal.expected} {refusal.came}")
    assert [one for one in ids if not any(one in text for text in known)] == []


def test_who_may_not_know_where_goods_are_or_when_is_told_in_words() -> None:
    stage = new_stage()
    parcel = stage.polished("jeweller-fr")
    seizure = stage.report_on(parcel, "authority-bw", "seizure")
    refusal = stage.refusal_of(seizure, "authority-bw")
    assert refusal is not None
    assert (refusal.rule, refusal.expected) == ("country", "where the parcel is")
    early = drafts.report(
        stage.speaker("lab-be"), stage.moment(stage.now_s - 86_400), "dispute", parcel,
        state=stage.parcel(parcel).head,
    )  # fmt: skip
    refusal = stage.refusal_of(early, "lab-be")
    assert refusal is not None
    assert refusal.rule == "time-before"
    assert not re.search("[0-9]", refusal.expected)
