"""Who signs for whom in the mirror, when keys and charters change."""

from __future__ import annotations

import pytest

from ledger import drafts
from tests.contracts.mirror import Mirror, call_for
from tests.ledger.rules.cases import new_stage
from tests.ledger.rules.test_people import amendment
from tests.world import GOVERNORS, WEEK

pytestmark = pytest.mark.node


class Keys:
    """A stage, its mirror, and who may sign for the miner there."""

    def __init__(self):
        self.stage = new_stage()
        self.parcel = self.stage.give("miner-bw")
        self.mirror = Mirror(self.stage)

    def change(self, operation, new_key="", signers=()):
        """Change the miner's key, in the ledger and in the mirror."""
        self.stage.change_key(operation, "miner-bw", new_key, signers)
        self.mirror.follow()

    def may(self, record, key):
        """Tell whether the mirror takes a record that a key signs."""
        envelope = self.stage.sign(record, key)
        return self.mirror.refusal(call_for(envelope, self.stage.ledger_id)) is None

    def may_register(self, key):
        """Tell whether a key may sign what brings goods in."""
        speaker, moment = self.stage.speaker("miner-bw"), self.stage.moment()
        return self.may(drafts.registration(speaker, moment, self.stage.site, 1_000), key)

    def may_offer(self, key):
        """Tell whether a key may sign what gives goods away."""
        return self.may(self.stage.offering(self.parcel, "miner-bw", "trader-be"), key)

    def may_admit_an_agent(self, key):
        """Tell whether a key may admit an agent, which gives goods away."""
        return self.may(
            self.stage.admitting("miner-bw", "clerk", "agent", "BW", kinds=("Handoff",)), key
        )

    def signing(self, *keys):
        """Return what each key may sign: nothing, goods in, or goods out as well."""
        self.mirror.follow()
        return [self.may_register(key) + self.may_offer(key) for key in keys]


def test_a_rotation_ends_the_old_key():
    keys = Keys()
    assert keys.signing("miner-bw", "second") == [2, 0]
    keys.change("rotate", "second")
    assert keys.signing("miner-bw", "second") == [0, 2]


def test_from_an_announcement_on_only_the_announced_key_gives_goods_away():
    keys = Keys()
    keys.change("recover", "second")
    assert keys.signing("miner-bw", "second", "stranger") == [1, 2, 0]
    assert keys.may_admit_an_agent("second")
    assert not keys.may_admit_an_agent("miner-bw")
    keys.stage.later(WEEK)
    keys.change("recover", "third")  # so the second had come into force
    assert keys.signing("miner-bw", "second", "third") == [0, 1, 2]
    keys.change("object", signers=("second",))
    assert keys.signing("miner-bw", "second", "third") == [0, 2, 0]
    keys.change("override", "third")  # the very key that was objected to
    assert keys.signing("miner-bw", "second", "third") == [0, 0, 2]


def test_what_the_announced_key_signs_ends_the_old_one():
    """Else who stole the old key could object on the chain, long after the ledger's delay."""
    keys = Keys()
    keys.change("recover", "second")
    keys.stage.later(WEEK)
    objection = keys.stage.changing_key("miner-bw", "object", "miner-bw")
    assert keys.may(objection, "miner-bw")
    speaker, moment = keys.stage.speaker("miner-bw"), keys.stage.moment()
    keys.stage.say(drafts.registration(speaker, moment, keys.stage.site, 1_000), "second")
    assert keys.signing("miner-bw", "second") == [0, 2]
    assert not keys.may(objection, "miner-bw")


def test_what_a_governors_announced_key_signs_with_others_ends_its_old_one():
    stage = new_stage()
    stage.change_key("recover", "governor-1", "second")
    stage.later(WEEK)
    mirror = Mirror(stage)
    mirror.follow()

    def is_taken(*names):
        record = stage.admitting("governor-2", "newcomer", "authority", "FR")
        return mirror.refusal(call_for(stage.sign(record, *names), stage.ledger_id)) is None

    assert is_taken("governor-1", "governor-2")
    record = stage.admitting("governor-2", "other", "authority", "IT")
    stage.say(record, "second", "governor-2")
    mirror.follow()
    assert not is_taken("governor-1", "governor-2")
    assert is_taken("second", "governor-2")


def test_a_rotation_after_a_recovery_is_signed_by_the_key_that_came_into_force():
    keys = Keys()
    keys.change("recover", "second")
    keys.stage.later(WEEK)
    keys.change("rotate", "third", ("second", "third"))
    assert keys.signing("miner-bw", "second", "third") == [0, 0, 2]


def test_a_governor_of_two_keys_counts_once():
    stage = new_stage()
    stage.change_key("recover", "governor-1", "second")
    record = stage.admitting("governor-1", "newcomer", "authority", "FR")
    mirror = Mirror(stage)
    mirror.follow()

    def refusal(*names):
        return mirror.refusal(call_for(stage.sign(record, *names), stage.ledger_id))

    assert refusal("governor-1", "second") == "NotTheGovernors"
    assert refusal("governor-1", "governor-2") is None
    assert refusal("second", "governor-2") is None
    assert refusal("governor-2", "governor-3") == "NotTheGovernors"  # the author is not among them


def test_an_amendment_that_was_overtaken_is_refused():
    stage = new_stage()
    mirror = Mirror(stage)
    mirror.follow()
    for threshold, signers in ((2, 2), (1, 2), (2, 1)):
        record = amendment(stage, threshold=threshold).record
        stage.say(record, *GOVERNORS[:signers])
    calls = [call for call, _ in mirror.to_send()]
    for call in calls:
        mirror.send(call)
    assert mirror.ask("charter")[1] == 2
    assert mirror.refusal(calls[0]) == "StalePrevious"
    assert mirror.refusal(calls[2]) is None  # the charter in force, again: no effect
