"""Nothing of web3 is imported before the first chain by JSON-RPC is made."""

from __future__ import annotations

import subprocess
import sys

from tests.tree import ROOT

BLOCK = """
import importlib.abc, sys

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("web3", "requests", "urllib3", "aiohttp", "eth"):
            raise ModuleNotFoundError(f"{name} is blocked", name=name)

sys.meta_path.insert(0, Blocker())
"""
USE = """
from ledger.anchor.rpc import Node, RpcChain
from ledger.errors import RefusesToStart
node = Node("http://127.0.0.1:1", 1)
sys.stdout.write("imported, ")
try:
    RpcChain(node)
except RefusesToStart as refused:
    sys.stdout.write(str(refused))
"""


def test_the_room_imports_without_web3_and_says_what_is_missing_when_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCK + USE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    said = 'a chain by JSON-RPC needs requests: pip install "adamant-ledger[evm]"'
    assert done.stdout == f"imported, {said}"


def test_making_a_node_imports_nothing_of_web3() -> None:
    use = """
import sys
import ledger.anchor.rpc
ledger.anchor.rpc.Node("http://127.0.0.1:1", 1)
assert not {"web3", "requests", "urllib3", "aiohttp"} & sys.modules.keys(), sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", use], cwd=ROOT, check=False)
    assert done.returncode == 0
