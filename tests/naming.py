"""Parties of the tests' world admitted again by their names, and what a name could try to do."""

from __future__ import annotations

from ledger import drafts
from ledger.canonical.private import join_private
from ledger.signing.private import private_to_plain, with_private
from ledger.values import Hash32
from tests.readers import EVERYBODY
from tests.scene import Shown
from tests.world import GOVERNORS, address_of

HOSTILE = "<script>alert(1)</script>\u05d0\u05d1 =cmd|'/c calc'!A1 \u200b\u2028 0x1111…2222"
"""Text that a private field takes: markup, letters from right to left, a formula, the unseen."""


def admit_by_name(made: Shown, party: str, name: str) -> Hash32:
    """Admit a party again by its name, which its owners alone may see; return the record's id."""
    scene = made.scene
    role, country = EVERYBODY[party]
    record = drafts.admission(
        scene.speaker(GOVERNORS[0]), scene.moment(), address_of(party), role, country,
        previous=scene.head_of(address_of(party)),
    )  # fmt: skip
    record, fields = with_private(record, {"name": name}, scene.salt)
    both = role in ("authority", "auditor")
    signed = scene.say(record, *GOVERNORS[: 2 if both else 1])
    made.desk.clock.now_ms = scene.now_ms
    return made.book.append(join_private(signed.envelope.raw, private_to_plain(fields))).record_id
