"""What is to be mined, and which transactions do it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.anchor.errands import Errand, deploying, opening
from ledger.anchor.kept import DEPLOY, Deployment, Place
from ledger.anchor.submitting import contract_of
from ledger.errors import ChainDown, RefusesToStart
from ledger.values import Address, Hash32
from tests.ledger.anchor.journal_contract import HERE, SENDER, transaction
from tests.ledger.anchor.yard import charter

MADE = contract_of(SENDER, 4)
MAKING = transaction(4, errand=DEPLOY)
THERE = Deployment(Place(HERE.chain_id, MADE), Hash32(b"\x03" * 32), 0)


def test_a_contract_is_made_by_the_nonce_that_gives_it_its_address() -> None:
    errand = Errand(DEPLOY, None, b"code", MADE)
    assert errand.is_done_by(MAKING)
    assert not errand.is_done_by(replace(MAKING, nonce=5))
    assert not errand.is_done_by(replace(MAKING, sender=Address(b"\x08" * 20)))
    assert not errand.is_done_by(replace(MAKING, errand="open"))


def test_a_call_is_done_by_whatever_nonce_at_the_contract_that_it_is_for() -> None:
    errand = Errand("anchor 5", HERE.contract, b"data", HERE.contract)
    assert errand.is_done_by(transaction(7))
    assert errand.is_done_by(transaction(8))
    assert not errand.is_done_by(replace(transaction(7), to=MADE))
    assert not errand.is_done_by(transaction(7, errand="anchor 6"))


def test_a_contract_on_its_way_goes_on_with_what_it_was_made_of() -> None:
    errand = deploying(None, THERE, [transaction(3, errand=DEPLOY), MAKING], HERE.contract)
    assert errand == Errand(DEPLOY, None, MAKING.data, MADE)


def test_a_contract_that_others_made_is_not_made_again() -> None:
    with pytest.raises(ChainDown):
        deploying(None, THERE, [transaction(3, errand=DEPLOY)], HERE.contract)


def test_nothing_is_made_or_told_that_was_not_asked_for() -> None:
    with pytest.raises(RefusesToStart, match="deploy"):
        deploying(None, None, [], MADE)
    with pytest.raises(RefusesToStart, match="open"):
        opening(None, charter()[0], HERE, [])
