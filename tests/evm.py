"""A chain for tests of contracts: py-evm's state under one open block, in memory.

No blocks are mined and nothing is looked up later: whoever tests how a chain behaves takes
``ledger.anchor.local``. A call leaves no trace; a transaction is signed, paid for and its gas
counted as in a block, all of it: by default in Prague, the newest fork that py-evm has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from eth.abc import ComputationAPI, SignedTransactionAPI
from eth.chains.base import MiningChain
from eth.consensus.noproof import NoProofConsensus
from eth.db.atomic import AtomicDB
from eth.exceptions import Revert
from eth.vm.base import VM
from eth.vm.forks.prague import PragueVM
from eth_keys import keys

from ledger.errors import Reverted
from ledger.values import Address, Hash32

CHAIN_ID = 1337
GAS_MAX = 1 << 24  # no transaction may have more (EIP-7825)
_PAYER = keys.PrivateKey(b"\x51" * 32)
_GAS_PRICE = 10**9


@dataclass(frozen=True, slots=True)
class Log:
    """An event: its topics, and its data."""

    topics: tuple[Hash32, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What a transaction that succeeded used and logged."""

    gas_used: int
    logs: tuple[Log, ...]


class Evm:
    """A chain of one block that never ends."""

    def __init__(
        self, chain_id: int = CHAIN_ID, fork: type[VM] = PragueVM, gas_max: int = GAS_MAX
    ) -> None:
        """Begin with nothing but one account that pays, and ``gas_max`` for each transaction."""
        made = MiningChain.configure(
            __name__="Chain",
            vm_configuration=((0, fork),),
            consensus_context_class=NoProofConsensus,
            chain_id=chain_id,
        )
        self.chain_id, self.gas_max = chain_id, gas_max
        account = {"balance": 10**30, "nonce": 0, "code": b"", "storage": {}}
        self._chain = made.from_genesis(
            AtomicDB(),
            {"gas_limit": 2 * gas_max, "difficulty": 0, "timestamp": 1},
            {_PAYER.public_key.to_canonical_address(): account},
        )

    @cached_property
    def _vm(self) -> VM:
        return self._chain.get_vm()

    def deploy(self, bytecode: bytes) -> Address:
        """Make a contract; return its address.

        Raises:
            Reverted: its making fails.

        """
        return Address(self._run(b"", bytecode)[1].msg.storage_address)

    def put(self, address: Address, code: bytes) -> None:
        """Have code stand at an address, as if it had been made there."""
        self._vm.state.set_code(address, code)

    @property
    def payer(self) -> Address:
        """Who pays for everything."""
        return Address(_PAYER.public_key.to_canonical_address())

    def transact(self, to: Address, data: bytes, value: int = 0) -> Done:
        """Send a transaction and take it into the block.

        Raises:
            Reverted: it fails; its gas is paid, nothing else is left of it.

        """
        return self._run(to, data, value)[0]

    def call(self, to: Address, data: bytes) -> bytes:
        """Ask a contract.

        Raises:
            Reverted: it refuses.

        """
        state = self._vm.state
        before = state.snapshot()
        computation = state.get_transaction_executor()(self._transaction(to, data))
        state.revert(before)
        return _answer(computation)

    def _transaction(
        self, to: Address | bytes, data: bytes, value: int = 0
    ) -> SignedTransactionAPI:
        unsigned = self._vm.get_transaction_builder().create_unsigned_transaction(
            nonce=self._vm.state.get_nonce(self.payer),
            gas_price=_GAS_PRICE,
            gas=self.gas_max,
            to=to,
            value=value,
            data=data,
        )
        return unsigned.as_signed_transaction(_PAYER, chain_id=self.chain_id)

    def _run(self, to: Address | bytes, data: bytes, value: int = 0) -> tuple[Done, ComputationAPI]:
        header = self._vm.get_header()
        receipt, computation = self._vm.apply_transaction(
            header, self._transaction(to, data, value)
        )
        _answer(computation)
        logs = tuple(
            Log(tuple(Hash32(topic.to_bytes(32, "big")) for topic in topics), data)
            for _, topics, data in computation.get_log_entries()
        )
        return Done(receipt.gas_used - header.gas_used, logs), computation


def _answer(computation: ComputationAPI) -> bytes:
    if computation.is_error:
        is_said = isinstance(computation.error, Revert)
        raise Reverted(bytes(computation.output) if is_said else b"")
    return bytes(computation.output)
