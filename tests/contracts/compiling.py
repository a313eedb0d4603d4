"""Contracts of the tests, which ship with nothing: compiled where they are asked for."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

from contracts.build import artifact, hardhat_compile
from ledger.anchor.artifacts import Contract, read_artifact


@cache
def contract_of_tests(name: str) -> Contract:
    """Compile ``tests/contracts/NAME.sol``."""
    source = f"tests/contracts/{name}.sol"
    with tempfile.TemporaryDirectory(prefix="adamant-build-") as folder:
        hardhat_compile(Path(folder), source)
        return read_artifact(json.dumps(artifact(Path(folder), source)))
