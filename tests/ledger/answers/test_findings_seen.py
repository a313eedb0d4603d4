"""Evidence of findings on a trade ledger: none of it tells a book to whom that is not shown."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.values import Hash32, to_hex
from tests.scene import jewel, shown


def told(by: str, reader: str) -> dict[str, Any]:
    """Return what a reader is told of a finding, where a party says what the stone weighs."""
    scene = jewel("trade")
    document = Hash32(b"\x05" * 32)
    signed = scene.state_that(
        by, "document", scene.parcels["stone"], document=document, weight_millicarats=1
    )
    with shown(scene) as made:
        answer = made.client.get(
            f"/v1/parcels/{made.hex('stone')}", headers=made.sign_in(reader)
        ).json()
    (finding,) = answer["findings"]
    assert finding["name"] == "report-weight-mismatch"
    assert finding["recordId"] == to_hex(signed.record_id)
    return finding  # type: ignore[no-any-return]  # an object of JSON


@pytest.mark.parametrize(
    ("by", "reader", "is_told"),
    [
        ("trader-ae", "trader-ae", False),
        ("trader-ae", "auditor-ch", True),
        ("jeweller-fr", "jeweller-fr", True),
        ("trader-ae", "jeweller-fr", False),
    ],
)
def test_whoever_says_what_strange_goods_weigh_is_not_told_their_book(
    by: str, reader: str, is_told: bool
) -> None:
    evidence = told(by, reader)["evidence"]
    if is_told:
        assert "ct by the book" in evidence
    else:
        assert evidence is None
