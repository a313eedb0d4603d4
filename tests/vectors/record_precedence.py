"""Envelopes wrong in several ways: the rule that is written first is the answer."""

from __future__ import annotations

from collections.abc import Iterator

from tests.vectors.record_cases import (
    GONE,
    Case,
    Plain,
    changed,
    example,
    write,
    wrong,
    wrong_pieces,
)
from tests.vectors.record_examples import NO_HASH, named
from tests.vectors.record_fields import HANDOFF, MIX

ANSWER = ("Report", "answer")

# From the last rule to the first: what brings it about, and the field that it names. Each is added
# to all before it, so that every rule is seen to go before every later one.
FAULTS: tuple[tuple[str, str, tuple[tuple[str, Plain], ...]], ...] = (
    ("signature-count", "signatures", (("signatures", []),)),
    ("signature-form", "signatures.0", (("signatures", ["0x00"]),)),
    ("canonical", "", ()),  # white space, in all that follow
    ("salt", "", (("who.salt", named("one salt")), ("what.salt", named("one salt")))),
    ("emptiness", "scene.occurredAt", (("scene.occurredAt", 0),)),
    ("list-parallel", "what.previous", (("what.previous", [NO_HASH]),)),
    ("list-order", "amounts.lossReasons", (("amounts.lossReasons", ["other", "missing"]),)),
    ("list-size", "amounts.labels", (("amounts.labels", []),)),
    ("enumeration", "what.hsCodes.1", (("what.hsCodes.1", "7103.10"),)),
    ("text", "amounts.labels.0", (("amounts.labels", ["\u202e"] * 513),)),
    ("hex", "who.author", (("who.author", "0x"),)),
    ("integer", "amounts.stones.0", (("amounts.stones", [-1] * 513),)),
    ("type", "scene.authorCountry", (("scene.authorCountry", None),)),
    ("fields", "what", (("what.extra", None),)),
    ("kind", "kind", (("kind", "Gift"),)),
    ("depth", "", (("extra", [[[[[[[[0]]]]]]]]),)),
)


def cases() -> Iterator[Case]:
    """Yield every case of this room."""
    yield from _one_by_one()
    yield from _before_json()
    yield from _pairs()


def _one_by_one() -> Iterator[Case]:
    made = example(*MIX)
    space = ""
    later: list[str] = []
    for rule, field, changes in FAULTS:
        made = changed(made, *changes)
        space = " " if rule == "canonical" else space
        text = f"{rule} before " + (", ".join(later[::-1]) if later else "nothing")
        yield wrong(text, rule, field, write(made) + space)
        later.append(rule)


def _before_json() -> Iterator[Case]:
    deep = "[" * 9 + "]" * 9
    yield wrong("json before depth", "json", "", deep + "]")
    yield wrong("json before kind", "json", "", '{"kind":"Gift","kind":"Gift"}')
    yield wrong_pieces("size before json and depth", "size", "", ("[", 131_073))


def _pairs() -> Iterator[Case]:
    same = named("one salt")
    for text, rule, field, of, changes in (
        (
            "a contradiction of fields before the salts",
            "emptiness",
            "what.state",
            ANSWER,
            (("what.state", NO_HASH), ("who.salt", same), ("scene.salt", same)),
        ),
        (
            "no operation before what would follow from it",
            "emptiness",
            "what.operation",
            ("Site", "open"),
            (("what.operation", ""),),
        ),
        (
            "the first place in the record, of one rule",
            "integer",
            "amounts.weightMillicarats",
            HANDOFF,
            (("scene.occurredAt", -1), ("amounts.weightMillicarats", -1)),
        ),
        (
            "a missing field before an undeclared one",
            "fields",
            "who.recipient",
            HANDOFF,
            (("who.recipient", GONE), ("who.receiver", "0x")),
        ),
        (
            "the type of a signature before the integer of a record",
            "type",
            "signatures.0",
            HANDOFF,
            (("signatures", [None]), ("amounts.stones", -1)),
        ),
        (
            "the type of the 513th signature before their number",
            "type",
            "signatures.512",
            HANDOFF,
            (("signatures", ["0x"] * 512 + [0]),),
        ),
    ):
        yield wrong(text, rule, field, write(changed(example(*of), *changes)))
