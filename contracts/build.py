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


def hardhat_compile(folder: Path, *sources: str) -> None:
    """Compile sources, named by their paths in the project, into a folder of their own.

    Raises:
        RuntimeError: they do not compile; with what the compiler said.

    """
    command = ("tools/node", "hardhat", "compile", "--quiet", "--", *sources)
    environment = {**os.environ, "ADAMANT_BUILD": str(folder)}
    done = subprocess.run(  # noqa: S603 - a program of this project
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def artifact(folder: Path, source: str) -> dict[str, Any]:
    """Return what a compiled source made of its one contract, which has the source's name."""
    made, name = folder / "artifacts", Path(source).stem
    contract = json.loads((made / source / f"{name}.json").read_text("utf-8"))
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


def compiled() -> dict[str, str]:
    """Compile the contracts; return the text of each file of :data:`ARTIFACTS`."""
    sources = [f"contracts/{name}.sol" for name in NAMES]
    with tempfile.TemporaryDirectory(prefix="adamant-build-") as folder:
        hardhat_compile(Path(folder), *sources)
        artifacts = [artifact(Path(folder), source) for source in sources]
    return {f"{each['name']}.json": _text(each) for each in artifacts}


def _text(made: dict[str, Any]) -> str:
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the artifacts of all contracts."""
    for name, text in compiled().items():
        (ARTIFACTS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
