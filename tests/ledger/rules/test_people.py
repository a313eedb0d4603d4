"""Charter and Amendment: how a ledger is founded and its charter restated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger import drafts
from ledger.checkpoint import SignerKey
from ledger.checkpoint.keys import key_id_of, to_base64
from ledger.custody import CharterInForce, Claim, Party
from ledger.errors import Damaged
from ledger.records import Record
from ledger.values import NO_HASH, Hash32
from tests.ledger.rules.cases import (
    MINUTES_5,
    Case,
    Cases,
    Said,
    Stage,
    altered,
    name_of,
    new_stage,
)
from tests.world import GOVERNORS, ORIGIN, World, address_of, secret_of

case = Cases()
WRONG_HASH = Hash32(b"\x09" * 32)
THREE = tuple(sorted(address_of(name) for name in GOVERNORS))


def amendment(stage: Stage, values: dict[str, object] | None = None, **more: Any) -> Said:
    """Return an Amendment that k governors sign."""
    charter = stage.charter()
    given = {"governors": THREE, "threshold": 2, "checkpoint_keys": charter.checkpoint_keys}
    constitution = drafts.Constitution(**{**given, **more})
    record = constitution.amendment(address_of("governor-1"), charter.head, stage.moment())
    return Said(altered(record, values or {}), GOVERNORS[:2])


# Charter values.


@case("charter-again", "")
def _a_second_charter(stage: Stage, wrong: bool) -> Said:
    if not wrong:
        return amendment(stage)
    constitution = drafts.Constitution(THREE, 2, stage.charter().checkpoint_keys)
    return Said(constitution.charter(ORIGIN, stage.moment()), GOVERNORS)


@case("charter-values", "amounts.threshold")
def _more_must_agree_than_govern(stage: Stage, wrong: bool) -> Said:
    return amendment(stage, threshold=3 + wrong)


@case("charter-values", "what.checkpointKeys.0")
def _a_verifier_key_of_another_origin(stage: Stage, wrong: bool) -> Said:
    name = ORIGIN + ("/other" if wrong else "")
    return amendment(stage, checkpoint_keys=(str(SignerKey(name, secret_of("x")).verifier_key),))


@case("charter-values", "what.checkpointKeys.1")
def _a_text_that_is_no_verifier_key(stage: Stage, wrong: bool) -> Said:
    keys = sorted(str(SignerKey(ORIGIN, secret_of(x)).verifier_key) for x in "abcdefgh")
    if wrong:
        keys[1] = keys[1][:-1] + ("A" if keys[1][-1] != "A" else "B")
    return amendment(stage, {"what.checkpoint_keys": tuple(keys)})


@case("charter-values", "what.checkpointKeys.0")
def _a_verifier_key_that_is_not_of_ed25519(stage: Stage, wrong: bool) -> Said:
    signature_type, key = 4 if wrong else 1, SignerKey(ORIGIN, secret_of("x")).verifier_key
    key_id = key_id_of(ORIGIN, signature_type, key.public_key).hex()
    material = to_base64(bytes([signature_type]) + key.public_key)
    return amendment(stage, checkpoint_keys=(f"{ORIGIN}+{key_id}+{material}",))


@case("charter-values", "what.rulesVersion")
def _rules_that_are_not_known(stage: Stage, wrong: bool) -> Said:
    return amendment(stage, rules_version=1 + wrong)


@case("charter-values", "what.mode")
def _a_trade_ledger_that_opens(stage: Stage, wrong: bool) -> Said:
    stage.say(amendment(stage, mode="trade").record, *GOVERNORS[:2])
    return amendment(stage, mode="open" if wrong else "trade")


@case("key-seen", "who.governors")
def _a_governor_at_the_address_of_an_agent(stage: Stage, wrong: bool) -> Said:
    stage.admit_agent("trader-be", "agent", "Handoff")
    fourth = address_of("agent" if wrong else "trader-be")
    return amendment(stage, governors=(*THREE, fourth))


@case("key-seen", "who.governors")
def _a_governor_at_the_address_of_a_key(stage: Stage, wrong: bool) -> Said:
    stage.change_key("rotate", "trader-be", "trader-be-2")
    fourth = address_of("trader-be-2" if wrong else "fresh")
    return amendment(stage, governors=(*THREE, fourth))


@case("stale-previous", "what.previous")
def _an_amendment_of_an_amended_charter(stage: Stage, wrong: bool) -> Said:
    said = amendment(stage)
    stage.say(said.record, *said.signers)
    return said if wrong else amendment(stage)


@case("time-before", "scene.occurredAt")
def _an_amendment_before_the_charter(stage: Stage, wrong: bool) -> Said:
    return amendment(stage, {"scene.occurred_at": stage.charter().head_at - wrong})


@case("time-ahead", "scene.occurredAt")
def _an_amendment_ahead_of_time(stage: Stage, wrong: bool) -> Said:
    return amendment(stage, {"scene.occurred_at": stage.now_s + MINUTES_5 + wrong})


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_wrong_in_one_way_is_refused_by_that_rule(told: Case) -> None:
    assert told.refusal() == (told.rule, told.field)


@pytest.mark.parametrize("told", case.all, ids=name_of)
def test_what_is_right_just_so_is_accepted(told: Case) -> None:
    told.accept()


# The Charter, which no other record stands before.


def charter(values: dict[str, object], **more: Any) -> Record:
    """Return a Charter; its ledger is not founded yet."""
    key = str(SignerKey(ORIGIN, secret_of("log")).verifier_key)
    given = {"governors": THREE, "threshold": 2, "checkpoint_keys": (key,)}
    world = World()
    constitution = drafts.Constitution(**{**given, **more})
    return altered(constitution.charter(ORIGIN, world.moment()), values)


HASH = Hash32(b"\x05" * 32)
WRONG_CHARTERS: dict[str, tuple[tuple[str, str], Record, tuple[str, ...]]] = {
    "a governor has not signed": (("governors", "signatures"), charter({}), GOVERNORS[:2]),
    "a stranger has signed": (
        ("governors", "signatures"),
        charter({}),
        (*GOVERNORS[:2], "stranger"),
    ),
    "the author is not the lowest": (
        ("governors", "who.author"),
        charter({"who.author": THREE[1]}),
        GOVERNORS,
    ),
    "the author is no governor": (
        ("governors", "who.author"),
        charter({"who.author": address_of("stranger")}),
        GOVERNORS,
    ),
    "the author speaks as a trader": (
        ("role", "what.authorRole"),
        charter({"what.author_role": "trader", "scene.author_country": "BE"}),
        GOVERNORS,
    ),
    "more must agree than govern": (
        ("charter-values", "amounts.threshold"),
        charter({}, threshold=4),
        GOVERNORS,
    ),
    "rules that are not known": (
        ("charter-values", "what.rulesVersion"),
        charter({}, rules_version=2),
        GOVERNORS,
    ),
    "a predecessor without a root": (
        ("charter-values", "what.predecessor"),
        charter({"what.predecessor": HASH, "amounts.predecessor_size": 9}),
        GOVERNORS,
    ),
    "a predecessor without a size": (
        ("charter-values", "what.predecessor"),
        charter({"what.predecessor": HASH, "what.predecessor_root": HASH}),
        GOVERNORS,
    ),
    "a predecessor without an id": (
        ("charter-values", "what.predecessor"),
        charter({"what.predecessor_root": HASH, "amounts.predecessor_size": 9}),
        GOVERNORS,
    ),
    "another origin than its keys name": (
        ("charter-values", "what.checkpointKeys.0"),
        charter({"what.origin": "other.example"}),
        GOVERNORS,
    ),
    "ahead of time": (
        ("time-ahead", "scene.occurredAt"),
        charter({"scene.occurred_at": World().now_s + MINUTES_5 + 1}),
        GOVERNORS,
    ),
}


@pytest.mark.parametrize("name", WRONG_CHARTERS)
def test_a_charter_that_is_wrong_in_one_way_is_refused_by_that_rule(name: str) -> None:
    expected, record, signers = WRONG_CHARTERS[name]
    refusal = World().refusal_of(record, *signers)
    assert refusal is not None
    assert (refusal.rule, refusal.field) == expected


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"scene.occurred_at": World().now_s + MINUTES_5},
        {
            "what.predecessor": HASH,
            "what.predecessor_root": HASH,
            "amounts.predecessor_size": 9,
        },
    ],
)
def test_a_charter_at_the_boundary_is_accepted(values: dict[str, object]) -> None:
    World().check(charter(values), *GOVERNORS)


def test_a_charter_that_one_governor_signs_alone_founds_a_ledger() -> None:
    alone = charter({}, governors=(address_of("governor-1"),), threshold=1)
    changes = World().check(alone, "governor-1")
    assert [type(item) for item in changes.items] == [CharterInForce, Party, Claim]


def test_the_first_record_must_be_a_charter() -> None:
    stage = new_stage()
    said = amendment(stage)
    refusal = World().refusal_of(said.record, *said.signers)
    assert refusal is not None
    assert (refusal.rule, refusal.field) == ("charter-first", "")


# What these records change.


def test_a_charter_seats_its_governors_with_empty_chains() -> None:
    world = World()
    world.found()
    for name in GOVERNORS:
        assert world.party(name) == Party(address_of(name), address_of(name))
        assert world.state.read(Claim, address_of(name)) is not None


def test_an_amendment_keeps_origin_and_ledger_and_leaves_old_governors_parties() -> None:
    stage = new_stage()
    before = stage.charter()
    said = amendment(stage, governors=(*THREE[1:], address_of("fourth")), threshold=3)
    stage.say(said.record, *said.signers)
    after = stage.charter()
    assert (after.ledger_id, after.origin) == (before.ledger_id, before.origin)
    assert after.threshold == 3
    assert stage.state.read(Party, THREE[0]) is not None
    assert stage.party("fourth").head == NO_HASH


def test_a_charter_in_force_of_rules_that_are_not_known_is_damage() -> None:
    stage = new_stage()
    said = amendment(stage)
    stage.place(replace(stage.charter(), rules_version=2))
    with pytest.raises(Damaged, match="rules version 2"):
        stage.check(said.record, *said.signers)
