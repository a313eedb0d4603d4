"""Step 5 of the order of work: anchor (``docs/order-of-work.md``).

One worker per ledger carries checkpoints to a contract on a chain. It trusts the log, its journal
and, of the chain, only what is final; it keeps everything before it sends anything; it goes on from
its journal and the chain alone. It takes nothing from who appends: whatever the chain does, the log
is written as ever. On any doubt about what is anchored it stops, and says why.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from ledger.anchor.calls import Anchored, Latest, anchor_call, open_call
from ledger.anchor.carrying import Carrier, Errand
from ledger.anchor.kept import (
    DEPLOY,
    OPEN,
    AnchorState,
    Deployment,
    Journal,
    KeptAnchor,
    Place,
    Transaction,
    errand_of,
)
from ledger.anchor.protocol import Block, Chain
from ledger.anchor.sight import Tips, is_in_chain, see_anchored, see_latest, see_tips
from ledger.anchor.status import Status
from ledger.anchor.submitting import Submitter, contract_of
from ledger.anchor.tracking import gone, overtaken, seen, walk_back
from ledger.errors import AdamantError, ChainDown, Diverged, ProofError
from ledger.limits import AnchorLimits
from ledger.merkle import verify_consistency
from ledger.records import Charter
from ledger.signing import keccak
from ledger.signing.anchors import Anchor, AnchorStatement, signer_of
from ledger.values import NO_HASH, Address, Hash32, to_hex
