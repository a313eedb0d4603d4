"""A chain in the process: py-evm over one checked SQLite file in the ledger's folder.

Nobody else writes this chain, so it has no pool, no forks and no proof of work. A transaction that
is taken is mined at once, alone in its block, and the block is durable before ``send`` returns:
``latest``, ``safe`` and ``finalized`` are one block, and a reorganisation cannot happen. What it
proves by itself is no more than its owner says; it lets a ledger use the contracts with no node,
and anyone can replay it.

Importing this room imports py-evm (the ``[evm]`` extra): whoever chooses adapters does so when
this one is chosen, and not before.
"""

from ledger.imports import recursion_limit_kept

with recursion_limit_kept():
    from ledger.anchor.local.chain import LocalChain
    from ledger.anchor.local.checking import check_chain
    from ledger.anchor.local.identity import chain_id_of
    from ledger.anchor.local.layout import CHAIN, SETTINGS

__all__ = ["CHAIN", "SETTINGS", "LocalChain", "chain_id_of", "check_chain"]
