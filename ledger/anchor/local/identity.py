"""Which chain it is: its id, its rules, and the block that it begins with.

The genesis block follows from the chain id and the funded account alone, so whoever knows the two
can tell whether a file holds their chain. Its ``extraData`` commits to the chain id, which no
other part of a block does (EIP-155 ids are in transactions alone).
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Final

from eth.abc import AtomicDatabaseAPI, BlockHeaderAPI
from eth.chains.base import MiningChain
from eth.consensus.noproof import NoProofConsensus
from eth.db.chain import ChainDB
from eth.typing import AccountDetails, HeaderParams
from eth.vm.forks.prague import PragueVM
from eth_typing import Address as EvmAddress
from eth_typing import BlockNumber

from ledger.values import ADDRESS_BYTES, Address, Hash32

GAS_LIMIT: Final = 250_000_000
"""Of a block, and so of a transaction, which is alone in it.

The costliest record, with 512 parcels in and 512 out, takes some 50 million gas to mirror. EIP-1559
wants blocks half full, so twice that changes no fee; the rest is room.
"""

CALL_GAS: Final = 50_000_000
"""What a question may use up (go-ethereum's ``--rpc.gascap``): 15 seconds in this EVM at worst."""

BASE_FEE_WEI: Final = 7
"""The lowest fee at which EIP-1559 stands still: an eighth of it is less than one wei."""

FUNDS_WEI: Final = 10**24
"""What the funded account begins with: more than fees of 7 wei will ever use."""

CHAIN_ID_MAX: Final = 4_503_599_627_370_476
"""Wallets take no more: twice it and 36, the ``v`` of EIP-155, is below 2^53."""

_ID_LEAST: Final = 2**51
_ID_BITS: Final = 50


VM: Final = PragueVM.configure(__name__="LocalVM", consensus_class=NoProofConsensus)
"""The newest rules that py-evm knows, without proof of work; they hold from the first block on."""


class Evm(MiningChain):
    """py-evm's chain by these rules."""

    vm_configuration = ((BlockNumber(0), VM),)

    def __init__(self, base_db: AtomicDatabaseAPI, header: BlockHeaderAPI | None = None) -> None:
        """Begin at a header: that of the block to make or, without one, of the last block."""
        super().__init__(base_db, header or ChainDB(base_db).get_canonical_head())


@cache
def evm_of(chain_id: int) -> type[Evm]:
    """Return the chain's rules; its id is among them."""
    return Evm.configure(__name__="LocalEvm", chain_id=chain_id)


def chain_id_of(ledger_id: Hash32) -> int:
    """Return the id of the local chain of a ledger.

    Each ledger's is its own, so that what is signed for one local chain means nothing on another,
    though all of them begin alike and give the first contract the same address. It lies from 2^51
    to 2^51 + 2^50: above every public chain, below what JSON numbers hold, and so low that twice
    it, the ``v`` of EIP-155, can be held too.
    """
    digest = sha256(b"adamant local chain\0" + ledger_id).digest()
    return _ID_LEAST + (int.from_bytes(digest[:8], "big") >> (64 - _ID_BITS))


def base_fee_of(header: BlockHeaderAPI) -> int:
    """Return a block's base fee, which every block here has; in wei for each unit of gas."""
    return header.base_fee_per_gas or 0


def write_genesis(pairs: AtomicDatabaseAPI, chain_id: int, funded: Address) -> BlockHeaderAPI:
    """Write the first block and its state; return its header."""
    commitment = sha256(b"adamant genesis\0" + chain_id.to_bytes(8, "big") + funded).digest()
    block: dict[str, HeaderParams] = {
        "base_fee_per_gas": BASE_FEE_WEI,
        "coinbase": EvmAddress(bytes(ADDRESS_BYTES)),
        "difficulty": 0,
        "extra_data": commitment,
        "gas_limit": GAS_LIMIT,
        "timestamp": 0,
    }
    account: AccountDetails = {"balance": FUNDS_WEI, "nonce": 0, "code": b"", "storage": {}}
    chain = evm_of(chain_id).from_genesis(pairs, block, {EvmAddress(funded): account})
    return chain.get_canonical_block_header_by_number(BlockNumber(0))
