"""Private values are cut off an envelope's bytes, which stay as they were sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import decode, encode
from ledger.canonical.private import _TOKEN, cut_private, join_private
from ledger.errors import Refused
from ledger.limits import LIMITS

CANARY = "canary-in-the-bytes"
ENVELOPE = b'{"kind":"Handoff","record":{"who":{}},"signatures":["0x00"]}'
HASH = "0x" + "5a" * 32
FIELD = {"proof": [HASH] * 4, "salt": HASH, "value": CANARY}


def refusal_of(raw: bytes) -> tuple[str, str]:
    """Return rule and field by which a body is refused, which tells nothing of the value."""
    with pytest.raises(Refused) as found:
        cut_private(raw)
    assert CANARY not in str(found.value)
    return found.value.refusal.rule, found.value.refusal.field


def sent(member: bytes, behind: bytes = b',"record":{},"signatures":[]}') -> bytes:
    """Return a body with these bytes as its member."""
    return b'{"kind":"Handoff","private":' + member + behind


def test_the_envelope_stays_byte_for_byte() -> None:
    body = join_private(ENVELOPE, {"name": FIELD})
    assert body == encode({**json.loads(ENVELOPE), "private": {"name": FIELD}})
    assert cut_private(body) == (ENVELOPE, {"name": FIELD})


def test_what_stands_behind_the_member_is_left_to_the_reader_of_envelopes() -> None:
    behind = b',"record" : 1.5, not json'
    assert cut_private(sent(b"{}", behind)) == (b'{"kind":"Handoff","record" : 1.5, not json', {})


@pytest.mark.parametrize(
    "raw",
    [
        ENVELOPE,
        b"",
        b'{"kind":"Handoff","record":{"private":{}},"signatures":[]}',
        b'{"kind":"Handoff", "private":{},"record":{},"signatures":[]}',
        b'{"private":{},"kind":"Handoff","record":{},"signatures":[]}',
        b'{"kind":"Handoff","record":{},"private":{},"signatures":[]}',
        b'{"kind":"Hand\\u006fff","private":{},"record":{},"signatures":[]}',
    ],
)
def test_a_member_in_any_other_place_is_not_cut_off(raw: bytes) -> None:
    assert cut_private(raw) == (raw, None)


@pytest.mark.parametrize(
    ("member", "rule"),
    [
        (b"[]", "type"),
        (b"null", "type"),
        (b'"%s"' % CANARY.encode(), "type"),
        (b'{"name":"%s"' % CANARY.encode(), "json"),
        (b'{"name":{"value":"%s}' % CANARY.encode(), "json"),
        (b'{"name" :1}', "canonical"),
        (b'{"b":1,"a":2}', "canonical"),
        (b'{"a":"\\u0041"}', "canonical"),
        (b'{"a":1,"a":2}', "json"),
        (b'{"a":1.5}', "json"),
        (b'{"a":"\\ud800"}', "json"),
        (b'{"a":"\xff"}', "json"),
        (b'{"a":{"b":[[1]]}}', "depth"),
        (b'{"a":"' + b"x" * LIMITS.private_bytes_max + b'"}', "size"),
        (b'{"a":' + b"[" * 100_000, "depth"),
        (b'{"a"' * 100_000, "depth"),
        (b'{"a":"' + b'\\"' * 80_000, "size"),
    ],
)
def test_what_is_not_canonical_and_small_is_refused_by_name(member: bytes, rule: str) -> None:
    assert refusal_of(sent(member)) == (rule, "private")


def test_a_text_without_its_end_is_looked_through_once() -> None:
    # Anew from each of its quotes, one line of a batch would hold up everybody for seconds.
    endless = b'"' + b'\\"' * 1_000
    assert [token.span() for token in _TOKEN.finditer(endless)] == [(0, len(endless))]


@pytest.mark.parametrize("behind", [b"", b"}", b' ,"record":{}', b"{}"])
def test_the_rest_of_an_envelope_follows_at_once(behind: bytes) -> None:
    assert refusal_of(sent(b"{}", behind)) == ("json", "private")


_INNER = st.recursive(
    st.integers(0, 9) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


def rule_of(raw: bytes) -> str:
    """Return the rule by which a body is refused, or "" where it is cut."""
    try:
        cut_private(raw)
    except Refused as refused:
        return refused.refusal.rule
    return ""


@given(st.dictionaries(st.text("abcXYZ", max_size=5), _INNER))
def test_whatever_is_joined_is_cut_off_again(plain: dict[str, object]) -> None:
    body = join_private(ENVELOPE, plain)
    rule = rule_of(body)
    assert rule in ("", "depth")
    if not rule:
        assert cut_private(body) == (ENVELOPE, plain)
        assert decode(encode(plain)) == plain


@given(st.binary(max_size=80))
def test_any_bytes_give_a_refusal_or_a_shorter_body(garbage: bytes) -> None:
    for raw in (garbage, sent(garbage), sent(b'{"a":"' + garbage + b'"}')):
        if not rule_of(raw):
            assert len(cut_private(raw)[0]) <= len(raw)
