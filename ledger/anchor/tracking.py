"""What became of anchors, decided from what was seen of the chain; nothing here asks or keeps.

The contract's anchors are a chain of their own: each tells the size before it. So what is final is
found by walking back from the size that the contract holds as of the final block, through the
events, to the last anchor that was final before. Where a link is missing (a node that does not
show all events), nothing is final yet; no event or receipt alone makes an anchor final.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.anchor.calls import Anchored
from ledger.anchor.kept import AnchorState, KeptAnchor, Place, Spot
from ledger.errors import Diverged
from ledger.signing.anchors import Anchor
from ledger.values import Hash32


def walk_back(
    found: Mapping[int, Anchored], size: int, base: int, last_block: int
) -> list[Anchored] | None:
    """Return the anchors from after ``base`` up to ``size``, by size.

    Args:
        found: what the contract told, by size.
        size: what it holds as of ``last_block``.
        base: the largest size that was final before.
        last_block: no later event counts.

    Returns:
        None where a link is missing.

    Raises:
        Diverged: the links lead past ``base``, so it was never anchored on this chain.

    """
    walked: list[Anchored] = []
    while size > base:
        told = found.get(size)
        if told is None or told.event.block_number > last_block or told.previous_size >= size:
            return None
        walked.append(told)
        size = told.previous_size
    if size < base:
        raise Diverged(f"the contract went from {size} entries past {base}, which were final")
    return walked[::-1]


def spot_of(told: Anchored) -> Spot:
    """Return where an anchor was told."""
    event = told.event
    return Spot(event.block_number, event.block_hash, event.transaction_hash)


def seen(
    kept: KeptAnchor | None,
    told: Anchored,
    state: AnchorState,
    place: Place,
    ledger: Hash32,
    now: int,
) -> KeptAnchor:
    """Return an anchor as the contract told it, whether it was known or not."""
    said = Anchor(
        ledger,
        place.chain_id,
        place.contract,
        told.size,
        told.root,
        told.previous_size,
        told.previous_root,
    )
    if kept is None:
        return KeptAnchor(said, b"", state, now, spot_of(told))
    # The same size may have been signed again with another one before it: what counts is on chain.
    signature = kept.signature if kept.statement == said else b""
    return KeptAnchor(said, signature, state, kept.signed_at, spot_of(told))


def gone(kept: KeptAnchor) -> KeptAnchor:
    """Return an anchor that is in no block of the chain."""
    return kept if kept.spot is None else kept.moved("submitted")


def overtaken(
    unended: Iterable[KeptAnchor], final: Iterable[Anchored], size: int
) -> list[KeptAnchor]:
    """Return those below a final size that are not among what is final."""
    sizes = {told.size for told in final}
    return [
        kept.moved("overtaken") for kept in unended if kept.size < size and kept.size not in sizes
    ]
