"""The Solidity tests, in Hardhat's own network, as often as ``trials.toml`` says."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.tree import ROOT
from tests.trials import dice, trials

CALLS_A_RUN = 100


@pytest.mark.node
@pytest.mark.long
def test_the_contracts_hold_in_hardhats_network_however_they_are_called(tmp_path):
    """Fuzzed inputs, and calls in random order with invariants asked after each."""
    fuzzed = trials("contracts.fuzz")
    runs = max(1, trials("contracts.invariant_calls") // CALLS_A_RUN)
    environment = {
        **os.environ,
        "ADAMANT_BUILD": str(tmp_path),
        "ADAMANT_FUZZ_RUNS": str(fuzzed),
        "ADAMANT_FUZZ_SEED": f"0x{dice('contracts.fuzz').randrange(2**256):064x}",
        "ADAMANT_INVARIANT_RUNS": str(runs),
        "ADAMANT_INVARIANT_DEPTH": str(CALLS_A_RUN),
    }
    command = ("tools/node", "hardhat", "test", "solidity")
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(re.findall(r"✔ (\w+)\(.*\) \(runs: (\d+)\)", done.stdout))
    told = {name: int(count) for name, count in counts.items()}
    assert {name.partition("_")[0] for name in told} == {"testFuzz", "invariant"}
    for name, count in told.items():
        assert count == (fuzzed if name.startswith("testFuzz") else runs), name
