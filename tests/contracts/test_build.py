"""What ships is what the sources make."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from contracts.build import ARTIFACTS, NAMES, compiled, hardhat_compile
from tests.tree import ROOT


@pytest.mark.node
def test_compiling_again_makes_every_artifact_byte_for_byte():
    made = compiled()
    kept = {path.name: path.read_text("utf-8") for path in ARTIFACTS.glob("*.json")}
    assert made == kept


@pytest.mark.parametrize("name", NAMES)
def test_an_artifact_names_the_sources_that_it_was_made_of(name):
    """Needs no Node: whoever changes a source and builds nothing is told here."""
    found = json.loads((ARTIFACTS / f"{name}.json").read_text("utf-8"))
    assert f"contracts/{name}.sol" in found["sources"]
    for source, digest in found["sources"].items():
        assert sha256((ROOT / source).read_bytes()).hexdigest() == digest, source


@pytest.mark.parametrize("name", NAMES)
def test_an_artifact_runs_on_the_newest_fork_of_py_evm_and_needs_no_linking(name):
    found = json.loads((ARTIFACTS / f"{name}.json").read_text("utf-8"))
    settings = found["compiler"]["settings"]
    assert settings["evmVersion"] == "cancun"
    assert settings["metadata"] == {"bytecodeHash": "none"}
    assert found["linkReferences"] == {}
    assert len(found["deployedBytecode"]) // 2 - 1 <= 24_576  # EIP-170


@pytest.mark.node
def test_what_does_not_compile_is_told(tmp_path):
    with pytest.raises(RuntimeError, match="Nowhere"):
        hardhat_compile(tmp_path, "contracts/Nowhere.sol")
