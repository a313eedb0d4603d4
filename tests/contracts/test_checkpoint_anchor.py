"""The anchor contract in py-evm: what it takes, what it refuses, and what it says about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from ledger.anchor.artifacts import Told
from ledger.errors import Reverted
from ledger.merkle import consistency_proof, inclusion_proof
from ledger.signing import address_of_secret
from ledger.values import NO_ADDRESS, NO_HASH, Address, Hash32
from tests.contracts.anchoring import (
    ANCHORS,
    OTHER_SECRET,
    SECRET,
    Anchored,
    Place,
    charter,
    opening,
    refusal,
)
from tests.contracts.proof_cases import Consistency, Inclusion, cases
from tests.evm import Evm
from tests.reference_merkle import Reference
from tests.trials import dice, trials

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
KEY, OTHER_KEY = map(address_of_secret, (SECRET, OTHER_SECRET))
OPENING = opening(charter())
LEDGER = OPENING.ledger
TREE = Reference({index: b"entry %d" % index for index in range(300)})
REWRITTEN = Reference({index: b"entry %d" % index for index in range(300)} | {3: b"another"})
ROOT = TREE.mth(0, 5)


def head(size, of=TREE):
    return size, of.mth(0, size)


def proof(old, new, of=TREE):
    return consistency_proof(old, new, of.read)


def events(done):
    return [ANCHORS.event(log.topics, log.data) for log in done.logs]


@pytest.fixture
def anchored() -> Anchored:
    """Return the contract with the ledger opened, and nothing anchored."""
    made = Anchored()
    made.open(OPENING)
    return made


@pytest.fixture
def at_five(anchored) -> Anchored:
    """Return the contract with the ledger anchored at five entries."""
    anchored.anchor(LEDGER, head(5))
    return anchored


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


# --- Who signs, and where it holds ---


def test_another_key_anchors_nothing(at_five):
    told = refusal(at_five.anchor, LEDGER, head(6), proof(5, 6), OTHER_SECRET)
    values = {"ledger": LEDGER, "signer": OTHER_KEY, "anchorKey": KEY}
    assert told == Told("WrongSigner", values)


def elsewhere(here: Place) -> dict[str, Place]:
    """Return places that differ from one in one way each."""
    return {
        "chain": replace(here, chain_id=here.chain_id + 1),
        "contract": replace(here, contract=Address(b"\1" * 20)),
        "ledger": replace(here, ledger=OPENING.other(b"\1" * 32).ledger),
    }


@pytest.mark.parametrize("what", ["chain", "contract", "ledger"])
def test_an_anchor_signed_for_another_place_is_refused(at_five, what):
    other = elsewhere(at_five.place(LEDGER))[what]
    signature = other.sign("Anchor", (*head(6), *head(5)))
    told = refusal(at_five.do, "anchor", LEDGER, *head(6), proof(5, 6), signature)
    assert told is not None
    assert told.name == "WrongSigner"


def test_an_anchor_is_refused_when_it_is_replayed_on_another_chain_contract_or_ledger():
    evm = Evm()
    first, second, third = Anchored(evm), Anchored(evm), Anchored(Evm(evm.chain_id + 1))
    other = OPENING.other(b"\1" * 32)
    for each in (first, second, third):
        each.open(OPENING)
        each.open(other)
    call = first.anchor_call(LEDGER, head(5))
    replays = [(second, call), (third, call)]
    replays.append((first, call.replace(LEDGER, other.ledger)))
    for where, data in replays:
        told = refusal(where.evm.transact, where.contract, data)
        assert told is not None
        assert told.name == "WrongSigner"
    first.evm.transact(first.contract, call)


def test_an_anchor_holds_only_after_the_one_that_it_names(at_five):
    signature = at_five.place(LEDGER).sign("Anchor", (*head(8), *head(5)))
    at_five.anchor(LEDGER, head(6), proof(5, 6))
    told = refusal(at_five.do, "anchor", LEDGER, *head(8), proof(6, 8), signature)
    assert told is not None
    assert told.name == "WrongSigner"


def forms(signature: bytes) -> dict[str, bytes]:
    """Return other spellings of a signature, and some that are none."""
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    low = signature[:64]
    compact = (s | (v - 27) << 255).to_bytes(32, "big")
    return {
        "high s": r + (ORDER - s).to_bytes(32, "big") + bytes((55 - v,)),
        "high s, the same v": r + (ORDER - s).to_bytes(32, "big") + bytes((v,)),
        "64 bytes (EIP-2098)": r + compact,
        "64 bytes, v left out": low,
        "66 bytes": signature + b"\0",
        "v 0 or 1": low + bytes((v - 27,)),
        "v 29": low + b"\x1d",
        "v 35 or 36 (EIP-155)": low + bytes((v + 8,)),
        "nothing": b"",
        "zeros": bytes(65),
        "r zero": bytes(32) + signature[32:],
        "s zero": r + bytes(32) + bytes((v,)),
        "r the order": ORDER.to_bytes(32, "big") + signature[32:],
        "no point": b"\xff" * 32 + signature[32:],
        "both in a list of words": r + signature[32:64] + v.to_bytes(32, "big"),
    }


@pytest.mark.parametrize("form", forms(bytes(64) + b"\x1b"))
def test_any_other_spelling_of_a_signature_is_refused_and_told(at_five, form):
    right = at_five.place(LEDGER).sign("Anchor", (*head(6), *head(5)))
    wrong = forms(right)[form]
    told = refusal(at_five.do, "anchor", LEDGER, *head(6), proof(5, 6), wrong)
    assert told == Told("BadSignature", {"signature": wrong})
    at_five.do("anchor", LEDGER, *head(6), proof(5, 6), right)


def test_the_domain_separator_is_that_of_the_typed_data(anchored):
    from eth_account._utils.encode_typed_data.encoding_and_hashing import hash_domain

    domain = anchored.place(LEDGER).domain()
    assert anchored.ask("domainSeparator", LEDGER) == hash_domain(domain)


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


# --- Rotation ---


def test_the_anchor_key_is_replaced_on_its_own_word(at_five):
    done = at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    values = {"ledger": LEDGER, "oldKey": KEY, "newKey": OTHER_KEY, "rotations": 1}
    assert events(done) == [Told("Rotated", values)]
    assert at_five.ask("latest", LEDGER) == (*head(5), OTHER_KEY, 1, False)
    told = refusal(at_five.anchor, LEDGER, head(6), proof(5, 6))
    assert told == Told("WrongSigner", {"ledger": LEDGER, "signer": KEY, "anchorKey": OTHER_KEY})
    at_five.anchor(LEDGER, head(6), proof(5, 6), OTHER_SECRET)
    assert at_five.ask("wasAnchorKey", LEDGER, KEY)
    assert at_five.ask("wasAnchorKey", LEDGER, OTHER_KEY)


def test_a_rotation_cannot_be_replayed_even_when_the_old_key_is_back(anchored):
    signature = anchored.place(LEDGER).sign("Rotation", (KEY, OTHER_KEY, 0))
    anchored.do("rotate", LEDGER, OTHER_KEY, signature)
    again = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature)
    anchored.rotate(LEDGER, OTHER_SECRET, SECRET)
    back = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature)
    for told in (again, back):
        assert told is not None
        assert told.name == "WrongSigner"
    assert anchored.ask("latest", LEDGER) == (0, NO_HASH, KEY, 2, False)


def test_nobody_else_replaces_the_key_and_none_is_no_key(anchored):
    place = anchored.place(LEDGER)
    signature = place.sign("Rotation", (KEY, OTHER_KEY, 0), OTHER_SECRET)
    told = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature)
    assert told == Told("WrongSigner", {"ledger": LEDGER, "signer": OTHER_KEY, "anchorKey": KEY})
    for other in elsewhere(place).values():
        elsewhere_signed = other.sign("Rotation", (KEY, OTHER_KEY, 0))
        told = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, elsewhere_signed)
        assert told is not None
        assert told.name == "WrongSigner"
    nobody = place.sign("Rotation", (KEY, NO_ADDRESS, 0))
    told = refusal(anchored.do, "rotate", LEDGER, NO_ADDRESS, nobody)
    assert told == Told("NoAnchorKey", {"ledger": LEDGER})
    told = refusal(anchored.do, "rotate", NO_HASH, OTHER_KEY, signature)
    assert told == Told("UnknownLedger", {"ledger": NO_HASH})
    told = refusal(anchored.do, "rotate", LEDGER, OTHER_KEY, signature[:64])
    assert told == Told("BadSignature", {"signature": signature[:64]})


def test_an_anchor_signature_rotates_nothing_and_the_other_way_round(at_five):
    place = at_five.place(LEDGER)
    anchor = place.sign("Anchor", (*head(6), *head(5)))
    rotation = place.sign("Rotation", (KEY, OTHER_KEY, 0))
    for data in (
        ANCHORS.call("rotate", LEDGER, OTHER_KEY, anchor),
        ANCHORS.call("anchor", LEDGER, *head(6), proof(5, 6), rotation),
    ):
        told = refusal(at_five.evm.transact, at_five.contract, data)
        assert told is not None
        assert told.name == "WrongSigner"


# --- Forks ---


def forked(anchored, one_secret=SECRET, other_secret=SECRET, here=None, there=None, size=6):
    """Return two signed anchors of one size, and the fork that they are."""
    here = here or anchored.place(LEDGER)
    one = here.said(*head(size), head(5), one_secret)
    other = (there or here).said(*head(size, REWRITTEN), head(5), other_secret)
    keys = map(address_of_secret, (one_secret, other_secret))
    key, other_key = keys
    return one, other, (size, key, TREE.mth(0, size), other_key, REWRITTEN.mth(0, size))


def test_a_reported_fork_stays_visible_for_ever(at_five):
    one, other, fork = forked(at_five)
    done = at_five.do("reportFork", LEDGER, one, other)
    names = ("size", "key", "root", "otherKey", "otherRoot")
    values = {"ledger": LEDGER, **dict(zip(names, fork, strict=True))}
    assert events(done) == [Told("Forked", values)]
    assert at_five.ask("latest", LEDGER) == (*head(5), KEY, 0, True)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY) == (0, NO_ADDRESS, NO_HASH, NO_ADDRESS, NO_HASH)
    at_five.anchor(LEDGER, head(8), proof(5, 8))
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    at_five.evm.transact(at_five.contract, OPENING.data())
    assert at_five.ask("latest", LEDGER) == (*head(8), OTHER_KEY, 1, True)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork


def test_the_first_report_stays_and_another_does_nothing(at_five):
    one, other, fork = forked(at_five)
    at_five.do("reportFork", LEDGER, other, one)
    first = at_five.ask("forkOf", LEDGER, KEY)
    assert first == (fork[0], *fork[3:], *fork[1:3])
    for pair in ((one, other), (other, one), forked(at_five, size=7)[:2]):
        assert at_five.do("reportFork", LEDGER, *pair).logs == ()
    assert at_five.ask("forkOf", LEDGER, KEY) == first


@pytest.mark.parametrize("what", ["chain", "contract"])
def test_a_fork_over_two_chains_or_contracts_is_reported_to_either(at_five, what):
    there = elsewhere(at_five.place(LEDGER))[what]
    one, other, fork = forked(at_five, there=there)
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork


def test_a_fork_of_which_neither_half_was_signed_for_this_contract_is_reported_too(at_five):
    places = elsewhere(at_five.place(LEDGER))
    one, other, fork = forked(at_five, here=places["chain"], there=places["contract"])
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, KEY) == fork


def test_replacing_the_key_between_two_roots_hides_no_fork(at_five):
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    one, other, fork = forked(at_five, SECRET, OTHER_SECRET)
    at_five.do("reportFork", LEDGER, one, other)
    for key in (KEY, OTHER_KEY):
        assert at_five.ask("forkOf", LEDGER, key) == fork


def test_who_has_a_former_key_cannot_hide_a_fork_of_the_key_in_force(at_five):
    at_five.rotate(LEDGER, SECRET, OTHER_SECRET)
    one, other, planted = forked(at_five)
    at_five.do("reportFork", LEDGER, one, other)
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY)[0] == 0
    one, other, fork = forked(at_five, OTHER_SECRET, OTHER_SECRET)
    assert len(at_five.do("reportFork", LEDGER, one, other).logs) == 1
    assert at_five.ask("forkOf", LEDGER, KEY) == planted
    assert at_five.ask("forkOf", LEDGER, OTHER_KEY) == fork


def test_a_fork_by_a_key_that_never_was_the_ledgers_is_none(at_five):
    for secrets in ((OTHER_SECRET, OTHER_SECRET), (SECRET, OTHER_SECRET), (OTHER_SECRET, SECRET)):
        one, other, _ = forked(at_five, *secrets)
        told = refusal(at_five.do, "reportFork", LEDGER, one, other)
        values = {"ledger": LEDGER, "signer": OTHER_KEY, "anchorKey": KEY}
        assert told == Told("WrongSigner", values)
    assert at_five.ask("latest", LEDGER)[4] is False


def test_a_fork_of_another_ledger_is_none_of_this_one(at_five):
    there = elsewhere(at_five.place(LEDGER))["ledger"]
    one, other, _ = forked(at_five, there=there)
    told = refusal(at_five.do, "reportFork", LEDGER, one, other)
    assert told is not None
    assert told.name == "WrongSigner"


def test_what_is_no_fork_is_refused_with_both_heads(at_five):
    place = at_five.place(LEDGER)
    zero = place.said(0, ROOT), place.said(0, TREE.mth(0, 6))
    same = place.said(*head(6), head(5)), place.said(*head(6), head(3))
    grown = place.said(*head(6), head(5)), place.said(*head(7), head(5))
    for one, other in (zero, same, grown):
        told = refusal(at_five.do, "reportFork", LEDGER, one, other)
        values = {"size": one[2], "root": one[3], "otherSize": other[2], "otherRoot": other[3]}
        assert told == Told("NoFork", {"ledger": LEDGER, **values})


@pytest.mark.parametrize("form", ["high s", "64 bytes (EIP-2098)", "v 0 or 1", "zeros"])
def test_a_fork_is_reported_with_well_formed_signatures_only(at_five, form):
    one, other, _ = forked(at_five)
    wrong = forms(other[-1])[form]
    for pair in ((one, (*other[:-1], wrong)), ((*other[:-1], wrong), one)):
        told = refusal(at_five.do, "reportFork", LEDGER, *pair)
        assert told == Told("BadSignature", {"signature": wrong})


def test_a_fork_is_reported_of_a_ledger_that_was_opened(at_five):
    one, other, _ = forked(at_five)
    fresh = Anchored(at_five.evm)
    told = refusal(fresh.do, "reportFork", LEDGER, one, other)
    assert told == Told("WrongSigner", {"ledger": LEDGER, "signer": KEY, "anchorKey": NO_ADDRESS})
    fresh.open(OPENING)
    fresh.do("reportFork", LEDGER, one, other)


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
