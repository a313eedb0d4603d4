"""What is seen of a chain at one look: its last blocks, and what the contract holds and told.

Everything is asked as of a block's number, so that one look does not mix two blocks; whatever is
kept for good rests on what is asked as of the final block alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.anchor.calls import (
    Anchored,
    Latest,
    anchored_topics,
    latest_call,
    read_anchored,
    read_latest,
)
from ledger.anchor.kept import Place
from ledger.anchor.protocol import Block, Chain
from ledger.errors import ChainDown
from ledger.limits import AnchorLimits
from ledger.values import Hash32


@dataclass(frozen=True, slots=True)
class Tips:
    """The last block, and the last that is safe and final; None where nothing says which."""

    head: Block
    safe: Block | None
    final: Block | None


def see_tips(chain: Chain, limits: AnchorLimits) -> Tips:
    """Ask for the last blocks, the surest first: none can then be above one that was asked later.

    Raises:
        ChainDown: the node knows of no block, or names blocks that cannot be of one chain.

    """
    final, safe, head = chain.block("finalized"), chain.block("safe"), chain.block("latest")
    if head is None:
        raise ChainDown("the node has no block")
    if final is None and limits.confirmations is not None:
        number = head.number - limits.confirmations
        final = chain.block(number) if number >= 0 else None
    if any(block is not None and block.number > head.number for block in (final, safe)):
        raise ChainDown("the node's last block is before one that is final")
    return Tips(head, safe or final, final)


def see_latest(chain: Chain, place: Place, ledger: Hash32, block: Block) -> Latest | None:
    """Ask for the last anchor of a ledger as of a block; None where no contract is there then."""
    answer = chain.call(place.contract, latest_call(ledger), block.number)
    return read_latest(answer) if answer else None


def see_anchored(
    chain: Chain, place: Place, ledger: Hash32, blocks: range, step: int
) -> dict[int, Anchored]:
    """Return what the contract told of a ledger's anchors in some blocks, by size.

    Args:
        chain: is asked.
        place: the contract.
        ledger: whose anchors.
        blocks: the numbers of the blocks.
        step: of how many blocks to ask at a time.

    """
    topics, found = anchored_topics(ledger), {}
    for first in blocks[::step]:
        last = min(first + step, blocks.stop) - 1
        for event in chain.events(place.contract, topics, first, last):
            is_ours = event.address == place.contract and event.topics[:2] == topics
            if not is_ours or not first <= event.block_number <= last:
                raise ChainDown("the node names events that were not asked for")
            told = read_anchored(event)
            found[told.size] = told
    return found


def is_in_chain(chain: Chain, number: int, block_hash: Hash32) -> bool:
    """Tell whether the chain has this block, and no other one of its number.

    Raises:
        ChainDown: it has none of that number: it is behind.

    """
    block = chain.block(number)
    if block is None:
        raise ChainDown(f"the node is behind: it has no block {number}")
    return block.block_hash == block_hash
