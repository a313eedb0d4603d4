"""The anchor contract in py-evm: which logs it takes, and what it says of those it refuses."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from ledger.anchor.artifacts import Told
from ledger.errors import Reverted
from ledger.merkle import inclusion_proof
from ledger.values import NO_ADDRESS, NO_HASH, Hash32
from tests.contracts.anchoring import (
    KEY,
    LEDGER,
    OPENING,
    OTHER_KEY,
    OTHER_SECRET,
    REWRITTEN,
    SECRET,
    TREE,
    Anchored,
    charter,
    events,
    head,
    opening,
    proof,
    refusal,
)
from tests.contracts.proof_cases import Consistency, Inclusion, cases
from tests.trials import dice, trials

ROOT = head(5)[1]


# --- Opening ---


def test_a_ledger_is_opened_by_its_charter_with_the_key_that_it_names():
    anchored = Anchored()
    assert anchored.ask("latest", LEDGER) == (0, NO_HASH, NO_ADDRESS, 0, False)
    done = anchored.evm.transact(anchored.contract, OPENING.data())
    assert events(done) == [Told("Opened", {"ledger": LEDGER, "anchorKey": KEY})]
    assert anchored.ask("latest", LEDGER) == (0, NO_HASH, KEY, 0, False)
    assert anchored.ask("wasAnchorKey", LEDGER, KEY)


@pytest.mark.parametrize(
    "values",
    [
        {"tables": {"zones": Hash32(b"\7" * 32), "countries": Hash32(b"\10" * 32)}},
        {"mode": "trade", "mirror": "allowed"},
        {"tolerance_millicarats": 0, "threshold": 3},
    ],
    ids=lambda values: next(iter(values)),
)
def test_whatever_a_charter_says_its_ledger_opens(values):
    anchored, said = Anchored(), opening(charter(**values))
    assert said.ledger != LEDGER
    anchored.open(said)
    assert anchored.ask("latest", said.ledger)[2] == KEY


def test_nobody_opens_a_ledger_with_another_key():
    anchored = Anchored()
    what = list(OPENING.what)
    what[what.index(KEY)] = OTHER_KEY
    said = replace(OPENING, what=tuple(what))
    told = refusal(anchored.evm.call, anchored.contract, said.data(LEDGER))
    assert told is not None
    assert (told.name, told.values["ledger"]) == ("AnotherLedger", LEDGER)


def changed(value):
    """Return another value of the same type."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, tuple):
        return (*value, value[0])
    return bytes((value[0] ^ 1, *value[1:]))


def test_every_sheet_and_the_details_bind_the_ledger():
    anchored = Anchored()
    said = opening(charter(tables={"zones": Hash32(b"\7" * 32)}))
    others = [replace(said, details=Hash32(b"\1" * 32))]
    others += [
        replace(said, hashes={**said.hashes, place: Hash32(b"\1" * 32)})
        for place in ("who", "amounts", "scene")
    ]
    for at, value in enumerate(said.what):
        what = (*said.what[:at], changed(value), *said.what[at + 1 :])
        others.append(replace(said, what=what))
    for other in others:
        told = refusal(anchored.evm.call, anchored.contract, other.data(said.ledger))
        assert told is not None
        assert told.name == "AnotherLedger"
    assert len(others) == 4 + 12
    anchored.evm.call(anchored.contract, said.data(said.ledger))


def test_a_charter_without_an_anchor_key_opens_nothing():
    anchored, said = Anchored(), opening(charter(anchor_key=NO_ADDRESS))
    told = refusal(anchored.open, said)
    assert told == Told("NoAnchorKey", {"ledger": said.ledger})


def test_opening_again_does_nothing(at_five):
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    before = at_five.ask("latest", LEDGER)
    assert at_five.evm.transact(at_five.contract, OPENING.data()).logs == ()
    assert at_five.ask("latest", LEDGER) == before


# --- Anchoring ---


def test_checkpoints_are_anchored_one_after_the_other(anchored):
    done = anchored.anchor(LEDGER, head(5))
    told = {"ledger": LEDGER, "size": 5, "root": ROOT, "previousSize": 0, "previousRoot": NO_HASH}
    assert events(done) == [Told("Anchored", told)]
    done = anchored.anchor(LEDGER, head(8), proof(5, 8))
    told |= {"size": 8, "root": TREE.mth(0, 8), "previousSize": 5, "previousRoot": ROOT}
    assert events(done) == [Told("Anchored", told)]
    anchored.anchor(LEDGER, head(300), proof(8, 300))
    assert anchored.ask("latest", LEDGER) == (300, TREE.mth(0, 300), KEY, 0, False)


def test_the_same_checkpoint_again_does_nothing_whatever_the_rest_is(at_five):
    for rest in (((), b""), ((b"\1" * 32,), b"no signature"), ((), bytes(65))):
        assert at_five.do("anchor", LEDGER, *head(5), *rest).logs == ()
    assert at_five.head(LEDGER) == head(5)


def test_a_ledger_that_was_not_opened_takes_no_anchor():
    anchored = Anchored()
    told = refusal(anchored.do, "anchor", LEDGER, *head(5), (), bytes(65))
    assert told == Told("UnknownLedger", {"ledger": LEDGER})
    told = refusal(anchored.do, "anchor", LEDGER, 0, NO_HASH, (), b"")
    assert told == Told("UnknownLedger", {"ledger": LEDGER})


@pytest.mark.parametrize("size", [0, 1, 4])
def test_a_smaller_checkpoint_is_refused_with_both_sizes(at_five, size):
    told = refusal(at_five.anchor, LEDGER, head(size))
    assert told == Told("Shrunk", {"ledger": LEDGER, "size": size, "anchoredSize": 5})


def test_another_root_of_the_anchored_size_is_refused_with_both_roots(at_five):
    other = REWRITTEN.mth(0, 5)
    told = refusal(at_five.anchor, LEDGER, (5, other))
    values = {"ledger": LEDGER, "size": 5, "root": other, "anchoredRoot": ROOT}
    assert told == Told("AnotherRoot", values)


def test_an_empty_log_is_not_anchored(anchored):
    told = refusal(anchored.anchor, LEDGER, (0, TREE.mth(0, 0)))
    assert told is not None
    assert told.name == "AnotherRoot"
    assert anchored.do("anchor", LEDGER, 0, NO_HASH, (), b"").logs == ()
    assert anchored.head(LEDGER) == (0, NO_HASH)


def test_a_first_anchor_has_no_proof_and_no_more_leaves_than_a_tree_can_have(anchored):
    for size, hashes in ((5, (NO_HASH,)), (2**63 + 1, ()), (2**64 - 1, ())):
        told = refusal(anchored.anchor, LEDGER, (size, ROOT), hashes)
        values = {"size": size, "root": ROOT, "anchoredSize": 0, "anchoredRoot": NO_HASH}
        assert told == Told("NotAContinuation", {"ledger": LEDGER, **values})
    anchored.anchor(LEDGER, (2**63, ROOT))
    assert anchored.head(LEDGER) == (2**63, ROOT)


def test_a_rewritten_history_cannot_be_anchored_though_it_is_rightly_signed(at_five):
    """One old entry is another, the tree is made again, and the right key signs it."""
    for size in (6, 8, 100, 300):
        for of in (TREE, REWRITTEN):
            told = refusal(at_five.anchor, LEDGER, head(size, REWRITTEN), proof(5, size, of))
            values = {"size": size, "root": REWRITTEN.mth(0, size)}
            values |= {"anchoredSize": 5, "anchoredRoot": ROOT}
            assert told == Told("NotAContinuation", {"ledger": LEDGER, **values})
    assert at_five.head(LEDGER) == head(5)
    at_five.anchor(LEDGER, head(300), proof(5, 300))


def test_an_entry_changed_after_the_anchored_ones_is_no_rewriting(anchored):
    anchored.anchor(LEDGER, head(3))
    assert REWRITTEN.mth(0, 3) == TREE.mth(0, 3)
    anchored.anchor(LEDGER, head(9, REWRITTEN), proof(3, 9, REWRITTEN))


def test_anyone_may_submit_what_the_anchor_key_signed(at_five):
    """Whoever pays is not asked: the payer of these tests is nobody that the ledger knows."""
    sender = at_five.evm.payer
    assert sender not in (KEY, OTHER_KEY)
    at_five.anchor(LEDGER, head(6), proof(5, 6))


def test_the_contract_and_the_python_verifier_agree_on_every_anchor():
    anchored, random = Anchored(), dice("contracts.anchors")
    seen = Counter()
    for number, case in enumerate(cases(random, trials("contracts.anchors"))):
        said = OPENING.other(number.to_bytes(32, "big"))
        ledger = anchored.open(said)
        if isinstance(case, Inclusion):
            if not 0 < case.size <= 2**63 or case.index < 0:
                continue
            anchored.anchor(ledger, (case.size, case.root))
            answer = anchored.ask("verifyInclusion", ledger, case.index, case.leaf, case.proof)
            assert answer is case.is_shown(), case
        else:
            if not 0 < case.old_size != case.new_size:
                continue  # a first anchor, or the same one: no proof is asked for
            answer = consistent(anchored, ledger, case)
            assert answer is case.is_shown(), case
        seen[type(case), answer] += 1
    for kind in (Inclusion, Consistency):
        assert seen[kind, False] > seen[kind, True] > 0


def consistent(anchored, ledger, case) -> bool:
    """Anchor the one checkpoint, then the other; tell whether both were taken."""
    anchored.anchor(ledger, (case.old_size, case.old_root))
    told = refusal(anchored.anchor, ledger, (case.new_size, case.new_root), case.proof)
    assert told is None or told.name in ("NotAContinuation", "Shrunk"), told
    assert (told is None) is (anchored.head(ledger) == (case.new_size, case.new_root))
    return told is None


# --- Inclusion ---


def test_an_entry_is_shown_in_the_anchored_log_and_nowhere_else(at_five):
    leaf, shown = TREE.mth(3, 4), inclusion_proof(3, 5, TREE.read)
    ask = at_five.ask
    assert ask("verifyInclusion", LEDGER, 3, leaf, shown)
    assert not ask("verifyInclusion", LEDGER, 2, leaf, shown)
    assert not ask("verifyInclusion", LEDGER, 5, leaf, shown)
    assert not ask("verifyInclusion", LEDGER, 3, REWRITTEN.mth(3, 4), shown)
    assert not ask("verifyInclusion", OPENING.other(b"\1" * 32).ledger, 3, leaf, shown)
    at_five.anchor(LEDGER, head(6), proof(5, 6))
    assert not ask("verifyInclusion", LEDGER, 3, leaf, shown)
    assert ask("verifyInclusion", LEDGER, 3, leaf, inclusion_proof(3, 6, TREE.read))


def test_nothing_is_included_in_a_log_that_is_not_anchored(anchored):
    assert not anchored.ask("verifyInclusion", LEDGER, 0, NO_HASH, ())


# --- What the contract does not have ---


def test_it_takes_no_money_and_knows_no_other_call(at_five):
    for data in (b"", b"\0\0\0\0", bytes(100)):
        with pytest.raises(Reverted):
            at_five.evm.call(at_five.contract, data)
    with pytest.raises(Reverted):
        at_five.evm.transact(at_five.contract, at_five.anchor_call(LEDGER, head(5)), value=1)


def test_ledgers_do_not_touch_each_other(at_five):
    other = at_five.open(OPENING.other(b"\1" * 32))
    assert at_five.ask("latest", other) == (0, NO_HASH, KEY, 0, False)
    at_five.anchor(other, head(9, REWRITTEN))
    at_five.rotate(other, SECRET, OTHER_SECRET)
    assert at_five.ask("latest", LEDGER) == (*head(5), KEY, 0, False)
    assert not at_five.ask("wasAnchorKey", LEDGER, OTHER_KEY)
