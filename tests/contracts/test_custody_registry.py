"""The mirror takes what the ledger took, and refuses what breaks custody, chains or weights."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from dataclasses import replace

import pytest

from ledger.anchor.mirroring import FUNCTIONS, batch_of, call_of, creation_of, registry
from ledger.canonical import seal
from ledger.drafts import Loss, Output
from ledger.errors import Refused, Reverted
from ledger.records import WRITABLE
from ledger.signing import domain_separator
from ledger.signing.curve import ORDER
from tests.contracts.mirror import Mirror, call_for
from tests.evm import Evm
from tests.ledger.rules.cases import Case, name_of, new_stage
from tests.ledger.rules.test_refusals import CASES
from tests.ledger.rules.troupe import Troupe
from tests.trials import dice, trials
from tests.world import GOVERNORS, World, address_of, usual_world

pytestmark = pytest.mark.node

CODE_BYTES_MAX = 24_576  # EIP-170
ELSEWHERE = {
    "charter-first", "charter-again", "charter-values", "time-ahead", "time-before", "period",
    "site-unknown", "site-closed", "site-operator", "site-zone", "parcel-frozen", "parcel-set",
    "parcel-sold", "not-reporter", "state-unknown", "recovery-pending", "recovery-none",
}  # fmt: skip
"""Rules that the mirror cannot judge, for want of a clock, of sites, of reports."""


@functools.cache
def stage_mirror() -> Mirror:
    """Return a mirror of the stage of the cases, to be copied."""
    mirror = Mirror(new_stage())
    mirror.follow()
    return mirror


def test_the_registry_is_small_enough_to_be_deployed():
    assert len(registry().code) <= CODE_BYTES_MAX


def test_every_kind_that_is_taken_is_mirrored_or_said_not_to_be():
    kinds = {record.KIND.name for record in WRITABLE}
    assert kinds - set(FUNCTIONS) == {"Charter", "Site", "Report"}


# -- the ledger decides, the mirror follows -----------------------------------------------------


class Mirrored(Troupe):
    """The troupe, with a mirror that is sent whatever was taken and asked what was refused."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror = Mirror(self.stage)
        self.mirror.follow()
        self.seen: Counter[str] = Counter()

    def attempt(self, record, *signers, allowed):
        """Say something to the ledger; then show it to the mirror."""
        signed = super().attempt(record, *signers, allowed=allowed)
        if signed is not None:
            self.mirror.follow()
            self.seen[record.KIND.name] += 1
            return signed
        envelope = self.stage.sign(record, *signers)
        rule = self.rule_of(envelope)
        call = call_for(envelope, self.stage.ledger_id)
        parcels = {getattr(record.what, "parcel", b""), *getattr(record.what, "inputs", ())}
        if call is None or parcels & self.mirror.left or rule in ELSEWHERE:
            return None
        party = self.stage.state.read(type(self.stage.party("miner-bw")), record.author)
        if rule in ("signer", "stale-previous", "emptiness") and party.next_key != bytes(20):
            return None  # either key may be in force: only the ledger's clock tells
        assert self.mirror.refusal(call) is not None, (rule, record)
        self.seen[f"refused as {rule}"] += 1
        return None

    def rule_of(self, envelope):
        """Return the rule by which the ledger refuses an envelope."""
        with pytest.raises(Refused) as refused:
            self.stage.fork().append(envelope)
        return refused.value.refusal.rule


def test_whatever_happens_the_mirror_takes_it_and_refuses_what_the_ledger_refuses():
    random = dice("contracts.mirrored")
    seen: Counter[str] = Counter()
    for _ in range(trials("contracts.mirrored")):
        troupe = Mirrored()
        for _ in range(80):
            troupe.act(random)
        for parcel in troupe.model.lots:
            troupe.mirror.compare(troupe.stage.parcel(parcel))
        seen += troupe.seen
    print(dict(sorted(seen.items())))
    assert {"Registration", "Handoff", "Receipt", "Transformation", "KeyChange"} <= set(seen)
    assert {"refused as not-custodian", "refused as signer", "refused as balance"} <= set(seen)


@pytest.mark.parametrize("told", CASES, ids=name_of)
def test_the_twin_of_every_refusal_is_taken_and_the_refusal_refused(told: Case):
    base = stage_mirror()
    for wrong in (False, True):
        with base.evm.trying():
            stage = new_stage()
            mirror = base.copy_for(stage)
            said = told.make(stage, wrong)
            mirror.follow()
            envelope = stage.sign(said.record, *said.signers)
            call = call_for(envelope, stage.ledger_id)
            if call is None or mirror.leaves(said.record, stage.ledger_id):
                continue
            refusal = mirror.refusal(call)
            if not wrong:
                assert refusal is None, refusal
            elif told.rule not in ELSEWHERE:
                assert refusal is not None
