"""Compile the contracts and keep what the Python package needs: ``python -m contracts.build``.

Hardhat compiles each contract by itself (``hardhat.config.js``: isolated), so its bytes depend on
its own sources and the settings alone. What it made is written to ``ledger/anchor/artifacts``, one
JSON file a contract; a second run changes nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
ARTIFACTS: Final = ROOT / "ledger" / "anchor" / "artifacts"
NAMES: Final = ("CheckpointAnchor", "CustodyRegistry")
_PROJECT: Final = "project/"
"""What Hardhat puts before the path of a source of this project."""


def compiled(folder: Path) -> dict[str, str]:
    """Compile every contract into a folder; return the text of each file of :data:`ARTIFACTS`.

    Raises:
        RuntimeError: it does not compile; with what the compiler said.

    """
    present = [name for name in NAMES if (ROOT / "contracts" / f"{name}.sol").exists()]
    command = (
        *("tools/node", "hardhat", "compile", "--quiet", "--no-tests", "--"),
        *(f"contracts/{name}.sol" for name in present),
    )
    environment = {**os.environ, "ADAMANT_BUILD": str(folder)}
    done = subprocess.run(  # noqa: S603 - a program of this project
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return {f"{name}.json": _text(_artifact(folder / "artifacts", name)) for name in present}


def _artifact(made: Path, name: str) -> dict[str, Any]:
    contract = json.loads((made / "contracts" / f"{name}.sol" / f"{name}.json").read_text("utf-8"))
    build = json.loads((made / "build-info" / f"{contract['buildInfoId']}.json").read_text("utf-8"))
    settings = build["input"]["settings"]
    return {
        "name": name,
        "compiler": {
            "version": build["solcLongVersion"],
            "settings": {key: settings[key] for key in settings if key != "outputSelection"},
        },
        "sources": {
            path.removeprefix(_PROJECT): sha256(source["content"].encode()).hexdigest()
            for path, source in build["input"]["sources"].items()
        },
        "abi": contract["abi"],
        "bytecode": contract["bytecode"],
        "deployedBytecode": contract["deployedBytecode"],
        "immutableReferences": contract["immutableReferences"],
        "linkReferences": contract["linkReferences"],
    }


def _text(artifact: dict[str, Any]) -> str:
    return json.dumps(artifact, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the artifacts of all contracts."""
    with tempfile.TemporaryDirectory(prefix="adamant-build-") as folder:
        texts = compiled(Path(folder))
    for name, text in texts.items():
        (ARTIFACTS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
