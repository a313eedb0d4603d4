"""Signing with a wallet: a draft in words, its signers by our own digest, and only then sent."""

from __future__ import annotations

import hashlib
import itertools
import json
import re

import pytest

from ledger import drafts
from ledger.answers.clear_signing import descriptor
from ledger.canonical import Envelope, seal
from ledger.canonical.private import join_private
from ledger.records import KINDS
from ledger.signing import record_id, recover, sign
from ledger.signing.curve import ORDER
from ledger.signing.private import private_to_plain, with_private
from ledger.values import Hash32, to_hex
from tests.api.problem_check import problem_of
from tests.api.signing import (
    FORM,
    JSON,
    MINER,
    Answered,
    a_record,
    answered,
    digest_of,
    draft,
    draft_of,
    signed,
    size_of,
    step,
)  # fmt: skip
from tests.ledger.answers.test_clear_signing import LEDGER
from tests.scene import Shown
from tests.wallet import screen
from tests.world import GOVERNORS, address_of, secret_of


def high_s(signature: str) -> str:
    raw = bytes.fromhex(signature[2:])
    s = ORDER - int.from_bytes(raw[32:64], "big")
    return to_hex(raw[:32] + s.to_bytes(32, "big") + bytes((55 - raw[64],)))


# -- the whole way -------------------------------------------------------------------------------


def test_a_party_signs_with_a_wallet_step_by_step(fresh: Shown) -> None:
    record = a_record(fresh)
    begun = answered(fresh.client.get("/sign"))
    assert [one["id"] for one in begun.page.named("textarea")] == ["draft"]
    shown = step(fresh, "show", draft_of(record))
    assert shown.status == 200
    assert "Register 12.500 ct of rough (7102.31) mined at" in shown.text
    assert to_hex(digest_of(fresh, record)) in shown.text
    assert not shown.may_send
    # What a wallet is given is what this ledger takes; it shows the same in words.
    data = json.loads(shown.field("typed-data"))
    kept = fresh.client.get("/v1/typed-data/Registration/descriptor").json()
    assert screen(data, kept).sentence == ""
    assert ("Weight", "12.5 ct") in screen(data, kept).lines
    checked = step(fresh, "check", shown.field("draft"), signed(fresh, record))
    assert checked.status == 200
    assert to_hex(address_of(MINER)) + " : as asked" in checked.text.replace("</code>", "")
    assert checked.may_send
    size = size_of(fresh)
    sent = step(fresh, "send", checked.field("draft"))
    assert sent.status == 201
    assert f"Entry {size}" in sent.text
    assert size_of(fresh) == size + 1
    again = step(fresh, "send", checked.field("draft"))
    assert (again.status, size_of(fresh)) == (200, size + 1)
    assert "on record already" in again.text


def test_a_draft_may_be_laid_out_as_its_author_likes(fresh: Shown) -> None:
    record = a_record(fresh)
    laid_out = json.dumps(json.loads(draft_of(record)), indent=2)
    shown = step(fresh, "show", f"\n{laid_out}\n")
    bare = " " + signed(fresh, record).upper().replace("0X", "") + "\n"
    checked = step(fresh, "check", shown.field("draft"), bare)
    assert checked.may_send
    assert step(fresh, "send", checked.field("draft")).status == 201


def test_private_fields_go_along_and_are_shown_to_whoever_signs_their_hash(fresh: Shown) -> None:
    plain = a_record(fresh)
    salts = iter(bytes([number]) * 32 for number in itertools.count(1))
    record, private = with_private(
        plain, {"seller": "<b>Kgosi", "priceUsCents": 12_345_678}, lambda: next(salts)
    )
    draft = join_private(seal(record, ()).raw, private_to_plain(private)).decode()
    shown = step(fresh, "show", draft)
    assert [one for one in shown.page.words if "Kgosi" in one] == ["<b>Kgosi", shown.field("draft")]
    assert "123456.78 USD" in shown.text
    assert "Kgosi" not in shown.field("typed-data")
    checked = step(fresh, "check", shown.field("draft"), signed(fresh, record))
    assert step(fresh, "send", checked.field("draft")).status == 201
    told = fresh.client.get(
        f"/v1/records/{to_hex(digest_of(fresh, record))}/private", headers=fresh.sign_in(MINER)
    )
    assert "Kgosi" in told.text


def test_two_sign_by_passing_the_draft_on(fresh: Shown) -> None:
    scene = fresh.scene
    record = drafts.admission(
        scene.speaker(GOVERNORS[0]), scene.moment(), address_of("new"), "auditor", "CH"
    )
    fresh.desk.clock.now_ms = scene.now_ms
    first = step(fresh, "check", draft_of(record), signed(fresh, record, GOVERNORS[0]))
    assert "as many as the charter asks" in first.text
    passed_on = first.field("draft")
    second = step(fresh, "check", passed_on, signed(fresh, record, GOVERNORS[1]))
    assert second.text.count("as asked") == 2
    assert step(fresh, "send", second.field("draft")).status == 201


def test_an_agent_signs_for_its_party(fresh: Shown) -> None:
    scene = fresh.scene
    admission = drafts.admission(
        scene.speaker(MINER), scene.moment(), address_of("helper"), "agent", "BW",
        kinds=("Registration",),
    )  # fmt: skip
    scene.say(admission, MINER)
    fresh.catch_up()
    record = a_record(fresh)
    checked = step(fresh, "check", draft_of(record), signed(fresh, record, "helper"))
    assert checked.may_send
    assert step(fresh, "send", checked.field("draft")).status == 201


# -- what is not sent ----------------------------------------------------------------------------


def test_another_keys_signature_is_named_and_not_sent(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, size = a_record(fresh), size_of(fresh)

    let_nothing_be_sent(fresh, monkeypatch)
    shown = step(fresh, "check", draft_of(record), signed(fresh, record, "trader-be"))
    refused_by_name(shown, expected=to_hex(address_of(MINER)), came=to_hex(address_of("trader-be")))
    # It stays where it was pasted, and is no part of the draft that goes round.
    assert shown.field("signature") == signed(fresh, record, "trader-be")
    assert json.loads(shown.field("draft"))["signatures"] == []
    # Nor if it stands in the draft already, whatever the page had said of it.
    forged = draft_of(record, bytes.fromhex(signed(fresh, record, "trader-be")[2:]))
    for do in ("show", "send"):
        refused_by_name(
            step(fresh, do, forged),
            expected=to_hex(address_of(MINER)),
            came=to_hex(address_of("trader-be")),
        )
    assert size_of(fresh) == size


def let_nothing_be_sent(made: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(*_words: object, **_more: object) -> None:
        raise AssertionError("it was sent")

    monkeypatch.setattr(made.book, "submit", submit)


def refused_by_name(shown: Answered, *, expected: str, came: str) -> None:
    assert shown.status == 422
    (alert,) = re.findall(
        r'<div class="alert".*?</div>\n</div>|<div class="alert".*?</dl>', shown.html, re.DOTALL
    )
    assert expected in alert
    assert came in alert
    assert "Nothing was sent" in alert
    assert not shown.may_send


def test_a_wallet_that_was_given_other_typed_data_is_found_out(fresh: Shown) -> None:
    """What was signed is ten times the weight: the digest of the draft gives another signer."""
    record, size = a_record(fresh), size_of(fresh)
    tampered = a_record(fresh, weight=125_000)
    signature = signed(fresh, tampered)
    stranger = to_hex(recover(digest_of(fresh, record), bytes.fromhex(signature[2:])))
    shown = step(fresh, "check", draft_of(record), signature)
    refused_by_name(shown, expected=to_hex(address_of(MINER)), came=stranger)
    assert size_of(fresh) == size


@pytest.mark.parametrize("over", ["another ledger", "no ledger", "its bytes"])
def test_a_signature_over_another_digest_is_found_out(fresh: Shown, over: str) -> None:
    record = a_record(fresh)
    digest = {
        "another ledger": record_id(record, LEDGER),
        "no ledger": record_id(record, Hash32(bytes(32))),
        "its bytes": Hash32(hashlib.sha256(seal(record, ()).raw).digest()),
    }[over]
    signature = sign(digest, secret_of(MINER))
    stranger = to_hex(recover(digest_of(fresh, record), signature))
    shown = step(fresh, "check", draft_of(record), to_hex(signature))
    refused_by_name(shown, expected=to_hex(digest_of(fresh, record)), came=stranger)


@pytest.mark.parametrize("fault", ["high s", "v from 0", "64 bytes", "no hex", "nothing"])
def test_a_signature_of_another_form_is_refused(fresh: Shown, fault: str) -> None:
    record = a_record(fresh)
    good = signed(fresh, record)
    wrong = {
        "high s": high_s(good),
        "v from 0": good[:-2] + f"{int(good[-2:], 16) - 27:02x}",
        "64 bytes": good[:-2],
        "no hex": "0x" + "zz" * 65,
        "nothing": "",
    }[fault]
    shown = step(fresh, "check", draft_of(record), wrong)
    assert shown.status == 400
    assert "65 bytes" in shown.text
    assert not shown.may_send
    # The draft is not lost, nor what was pasted.
    assert step(fresh, "check", shown.field("draft"), good).may_send
    raw = "" if fault in ("no hex", "nothing") else wrong
    if raw:
        forged = json.dumps({**json.loads(draft_of(record)), "signatures": [raw]})
        assert step(fresh, "send", forged).status == 400
        assert problem_of(draft(fresh, forged))["rule"] == "signature-form"


def test_a_draft_that_nobody_signed_is_not_sent(
    fresh: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = size_of(fresh)
    let_nothing_be_sent(fresh, monkeypatch)
    shown = step(fresh, "send", draft_of(a_record(fresh)))
    assert shown.status == 400
    assert "Nothing was sent" in shown.text
    assert size_of(fresh) == size


def test_what_the_rules_refuse_is_told_on_the_page(fresh: Shown) -> None:
    record = a_record(fresh, hs_code="7102.10")
    checked = step(fresh, "check", draft_of(record), signed(fresh, record))
    fresh.desk.clock.now_ms -= 3_600_000
    shown = step(fresh, "send", checked.field("draft"))
    assert shown.status >= 400
    assert "Nothing was sent" in shown.text


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "not json", '{"kind":"Handoff","record":{},"signatures":[]}', "<b>x</b>"],
)
def test_what_is_no_draft_is_refused_on_the_page(jewel_shown: Shown, text: str) -> None:
    shown = step(jewel_shown, "show", text)
    assert shown.status == 400
    assert "Nothing was sent" in shown.text
    assert [one["aria-invalid"] for one in shown.page.named("textarea")] == ["true"]


@pytest.mark.parametrize(
    "body",
    [b"", b"draft=1", b"do=show&do=send", b"do=burn&draft=x", b"do=show&more=1", b"do=show&x",
     b"\xff", b"a=1&" * 1_000],
)  # fmt: skip
def test_a_form_that_is_not_this_pages_is_refused(jewel_shown: Shown, body: bytes) -> None:
    response = jewel_shown.client.post("/sign", content=body, headers=FORM)
    assert response.status_code == 400
    reads_json = {**JSON, "accept": "application/json"}
    as_json = jewel_shown.client.post("/sign", content=b"{}", headers=reads_json)
    assert problem_of(as_json)["rule"] == "media-type"


# -- as data -------------------------------------------------------------------------------------


def test_a_draft_as_data_says_what_the_page_says(fresh: Shown) -> None:
    record = a_record(fresh)
    envelope: Envelope = seal(record, (sign(digest_of(fresh, record), secret_of(MINER)),))
    plain = draft(fresh, envelope.raw.decode()).json()
    assert plain["recordId"] == to_hex(digest_of(fresh, record))
    assert plain["ledgerId"] == to_hex(fresh.scene.ledger_id)
    assert plain["signers"] == [{"address": to_hex(address_of(MINER)), "isAsked": True}]
    assert plain["isReady"]
    assert plain["envelope"] == json.loads(envelope.raw)
    text = step(fresh, "show", envelope.raw.decode()).text
    for line in plain["lines"]:
        assert line["label"] in text
        assert all(value in text for value in line["values"])
    for value in (plain["sentence"], plain["recordId"], plain["ledgerId"]):
        assert value in text
    stranger = draft(fresh, draft_of(record, sign(digest_of(fresh, record), secret_of("nobody"))))
    assert stranger.json()["signers"][0]["isAsked"] is False
    assert stranger.json()["isReady"] is False


def test_a_draft_leaves_nothing_behind(fresh: Shown) -> None:
    before = fresh.client.get("/v1/checkpoint").text
    record = a_record(fresh)
    draft(fresh, draft_of(record, sign(digest_of(fresh, record), secret_of(MINER))))
    step(fresh, "check", draft_of(record), signed(fresh, record))
    assert fresh.client.get("/v1/checkpoint").text == before


def test_a_descriptor_is_bound_to_this_ledger_and_can_be_kept(jewel_shown: Shown) -> None:
    for name, kind in KINDS.items():
        response = jewel_shown.client.get(f"/v1/typed-data/{name}/descriptor")
        status = jewel_shown.client.get("/v1/status").json()
        ledger_id = jewel_shown.scene.ledger_id
        assert response.json() == descriptor(kind, ledger_id, status["origin"])
        tag = {"if-none-match": response.headers["etag"]}
        again = jewel_shown.client.get(f"/v1/typed-data/{name}/descriptor", headers=tag)
        assert again.status_code == 304


def test_there_is_no_descriptor_of_what_is_no_kind(jewel_shown: Shown) -> None:
    for name in ("Anchor", "handoff", "<b>"):
        response = jewel_shown.client.get(f"/v1/typed-data/{name}/descriptor")
        assert problem_of(response)["rule"] == "unknown"
