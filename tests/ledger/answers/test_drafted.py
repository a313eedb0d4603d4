"""A draft before it is sent: whom it asks, and who signed it by the digest computed here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.answers.drafted import (
    parties_asked,
    read_beside,
    read_signature,
    signatures_by_signer,
    with_signature,
)
from ledger.canonical import read_record, seal
from ledger.errors import BadQuestion, Refused
from ledger.records import KINDS, Record
from ledger.signing import SIGNATURES_MAX, record_id, sign
from ledger.values import Hash32, to_hex
from tests.scene import Shown
from tests.vectors.record_examples import GOVERNORS, OPERATIONS, party, record, secret
from tests.world import address_of, secret_of

LEDGER = Hash32(b"\x07" * 32)
HANDOFF = ("Handoff", "sale")


def read(kind: str, operation: str = "") -> Record:
    return read_record(KINDS[kind], record(kind, operation))


def asked(kind: str, operation: str) -> set[str]:
    return {to_hex(one) for one in parties_asked(read(kind, operation))}


def test_a_record_asks_its_author_and_whoever_signs_beside_it() -> None:
    for kind, operations in OPERATIONS.items():
        for operation in operations:
            author = record(kind, operation)["who"]["author"]
            more = {
                ("Receipt", "acceptShort"): {party(5)},
                ("KeyChange", "rotate"): {party(8)},
                ("Charter", ""): set(GOVERNORS),
            }.get((kind, operation), set())
            assert asked(kind, operation) == {author} | more, (kind, operation)


def test_signatures_are_laid_in_the_order_of_their_signers() -> None:
    rotation = read("KeyChange", "rotate")
    digest = record_id(rotation, LEDGER)
    one, other = sign(digest, secret(5)), sign(digest, secret(8))
    orders = []
    for first, second in ((one, other), (other, one)):
        envelope = with_signature(seal(rotation, (first,)), LEDGER, second)
        orders.append(list(signatures_by_signer(envelope, LEDGER)))
        assert len(envelope.signatures) == 2
        again = with_signature(envelope, LEDGER, second)
        assert again.raw == envelope.raw
    assert orders[0] == orders[1] == sorted(orders[0])


def test_more_signatures_than_any_record_bears_are_not_recovered() -> None:
    handoff = read(*HANDOFF)
    good = sign(record_id(handoff, LEDGER), secret(5))
    with pytest.raises(Refused, match="signature-count"):
        signatures_by_signer(seal(handoff, (good,) * (SIGNATURES_MAX + 1)), LEDGER)


def test_a_signature_for_another_ledger_is_a_strangers() -> None:
    handoff = read(*HANDOFF)
    envelope = seal(handoff, (sign(record_id(handoff, LEDGER), secret(5)),))
    assert [to_hex(one) for one in signatures_by_signer(envelope, LEDGER)] == [party(5)]
    assert party(5) not in map(to_hex, signatures_by_signer(envelope, Hash32(b"\x08" * 32)))


@pytest.mark.parametrize("form", ["0x{}", "{}", " 0x{}\n", '"0x{}"', "0X{}"])
def test_a_signature_is_read_as_wallets_give_it(form: str) -> None:
    raw = sign(LEDGER, secret(5))
    for text in (raw.hex(), raw.hex().upper()):
        assert read_signature(form.format(text)) == raw


@pytest.mark.parametrize(
    "text", ["", "0x", "0xabc", "zz" * 65, "é" * 65, "ab" * 500, "0x0x" + "ab" * 65]
)
def test_what_is_no_hex_is_no_signature(text: str) -> None:
    with pytest.raises(BadQuestion, match="signature"):
        read_signature(text)


def test_a_draft_is_read_in_whatever_layout_and_comes_out_canonical() -> None:
    envelope = seal(read(*HANDOFF), ())
    laid_out = json.dumps(json.loads(envelope.raw), indent=2).encode()
    assert read_beside(laid_out) == (envelope, ())


def test_a_draft_says_whom_it_asks_and_whether_that_is_enough(jewel_shown: Shown) -> None:
    def told(kind: str, operation: str = "") -> Any:
        return jewel_shown.answers.drafted(seal(read(kind, operation), ()))

    for kind, needed, by_governors in (
        (HANDOFF, 1, False),
        (("KeyChange", "rotate"), 2, False),
        (("KeyChange", "recover"), None, True),
    ):
        plain = told(*kind)
        assert plain["signaturesNeeded"] == needed
        assert plain["byGovernors"] is by_governors
        assert plain["signers"] == []
        assert plain["isReady"] is False


def test_a_governor_other_than_the_author_is_asked_too(jewel_shown: Shown) -> None:
    scene = jewel_shown.scene
    admission = next(s.record for _, s, _ in scene.log if s.record.KIND.name == "Admission")
    assert admission.author in map(address_of, ("governor-1", "governor-2", "governor-3"))
    digest = record_id(admission, scene.ledger_id)

    for name, is_asked in (("governor-2", True), ("governor-3", True), ("miner-bw", False)):
        envelope = seal(admission, (sign(digest, secret_of(name)),))
        plain = jewel_shown.answers.drafted(envelope)
        assert plain["signers"] == [{"address": to_hex(address_of(name)), "isAsked": is_asked}]
        assert plain["isReady"] is is_asked
