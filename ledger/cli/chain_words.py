"""What is known of a ledger's chain, as people read it."""

from __future__ import annotations

from typing import Final

from ledger.anchor.kept import KeptAnchor
from ledger.cli.output import Output
from ledger.cli.words import anchor_line, count_of
from ledger.desk import Plain
from ledger.values import to_hex

_CONDITIONS: Final = {"starting": "by hand: no server runs", "closed": "by hand: no server runs"}


def tell_anchor(out: Output, kept: KeptAnchor) -> None:
    """Tell of one anchor."""
    spot = kept.spot
    document = {
        "size": kept.size,
        "root": to_hex(kept.statement.root),
        "state": kept.state,
        "chainId": kept.place.chain_id,
        "contract": to_hex(kept.place.contract),
        "blockNumber": None if spot is None else spot.block_number,
        "blockHash": None if spot is None else to_hex(spot.block_hash),
        "transaction": None if spot is None else to_hex(spot.transaction_hash),
    }
    out.either(document, anchor_line(document))


def condition_line(told: Plain) -> str:
    """Say how anchoring goes."""
    forked = "; MARKED AS FORKED on the chain" if told["isForked"] else ""
    return f"anchoring is {told['condition']}{forked}"


def tell_chain(out: Output, told: Plain) -> None:
    """Tell where checkpoints are anchored, how that goes, and how far hand-overs are mirrored."""
    if told["contract"] is None and not told["isAnchored"]:
        out.say("this ledger is not anchored: adamant chain start")
        return
    out.pairs(
        [
            ("anchoring", _CONDITIONS.get(told["condition"], told["condition"])),
            ("chain", told["chainId"]),
            ("contract", told["contract"] or "none yet: adamant chain deploy"),
            ("on the chain", count_of(told["chainSize"], "entry")),
            ("anchored for good", count_of(told["anchoredSize"], "entry")),
            ("checkpointed", count_of(told["asOf"]["checkpointSize"], "entry")),
            ("last block", told["headBlock"]),
            ("last final block", told["finalBlock"]),
            ("FORKED", "two roots of one size were signed" if told["isForked"] else ""),
        ]
    )
    mirror = told["mirror"]
    if mirror is None:
        return
    left_out = f", {mirror['leftOut']:,} left out: adamant chain unmirrored"
    out.pairs(
        [
            ("mirror of hand-overs", mirror["condition"]),
            ("its contract", mirror["contract"] or "none yet: adamant chain deploy"),
            ("settled there", count_of(mirror["position"], "entry")),
            (
                "in it for good",
                count_of(mirror["mirrored"], "record") + (left_out if mirror["leftOut"] else ""),
            ),
        ]
    )
