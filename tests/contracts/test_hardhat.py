"""The Solidity tests, in Hardhat's own network, as often as ``trials.toml`` says."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.tree import ROOT
from tests.trials import dice, trials

CALLS_A_RUN = 100


TESTS = sorted(path.name for path in (ROOT / "tests" / "contracts").glob("*.t.sol"))


@pytest.mark.node
@pytest.mark.long
@pytest.mark.parametrize("name", TESTS)
def test_the_contracts_hold_in_hardhats_network_however_they_are_called(tmp_path, name):
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
    command = ("tools/node", "hardhat", "test", "solidity", f"tests/contracts/{name}")
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(re.findall(r"✔ (\w+)\(.*\) \(runs: (\d+)\)", done.stdout))
    told = {name: int(count) for name, count in counts.items()}
    assert told
    for test, count in told.items():
        assert count == (fuzzed if test.startswith("testFuzz") else runs), test
