"""How a worker says how it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.anchor.kept import Place
from ledger.anchor.mirror_kept import MirrorStatus

Condition = Literal["starting", "working", "waiting", "down", "diverged", "failed", "closed"]
"""What a worker does.

*starting*: it has not looked yet. *working*: something is on its way. *waiting*: nothing is due.
*down*: the chain cannot be asked, or does not take what is sent; tried again. *diverged*: the chain
or the contract is not what it must be; an operator must look. *failed*: the journal's medium, or
the log, cannot be read, or something must be settled first. *closed*: it was ended.
"""


@dataclass(frozen=True, slots=True)
class Status:
    """How a worker is.

    Attributes:
        condition: what it does.
        detail: why, in words; may be empty.
        place: where anchors go; None before anything is deployed.
        is_open: whether the contract, as of the chain's last block, knows the ledger.
        is_forked: whether it is marked there as forked, for ever.
        chain_size: how many entries the contract's last anchor has, final or not.
        anchored_size: how many the last final one has.
        published_size: how many the log's last checkpoint has.
        head_block, final_block: numbers of the chain's last blocks; None when not seen.
        fails: how often in a row the chain could not be used.
        mirror: how the mirror of hand-overs is; None where there is none.

    """

    condition: Condition = "starting"
    detail: str = ""
    place: Place | None = None
    is_open: bool = False
    is_forked: bool = False
    chain_size: int = 0
    anchored_size: int = 0
    published_size: int = 0
    head_block: int | None = None
    final_block: int | None = None
    fails: int = 0
    mirror: MirrorStatus | None = None
