"""What the README says can be repeated from it: its commands run, its output is what they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import ROOT

README = (ROOT / "README.md").read_text("utf-8")
SCRIPTS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
OUTPUTS = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
LEFT_OUT = ("make test",)
TOOLS = Path(sys.executable).parent


def run(script: str, folder: Path) -> str:
    """Run a script as a reader would, with the command on the path; it must succeed."""
    environment = {
        **os.environ,
        "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "150",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def without_what_differs(text: str) -> list[str]:
    """Return the lines of an output with everything that no two runs share made alike."""
    for pattern, stand_in in (
        (r"0x[0-9a-f]{4}…[0-9a-f]{4}", "0x…"),
        (r"0x[0-9a-f]{6,}", "0x…"),
        (r"/stones/[0-9a-f]{32}", "/stones/…"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:…"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "(time)"),
        (r"adamant-demo-[0-9-]+", "adamant-demo-…"),
        (r"[\d.]+ s\b", "… s"),
        (r"\d+ verified", "… verified"),
    ):
        text = re.sub(pattern, stand_in, text)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_every_command_but_the_tests_themselves_is_run_here() -> None:
    commands = [line for script in SCRIPTS for line in script.splitlines()]
    assert set(LEFT_OUT) <= set(commands)
    assert len(SCRIPTS) == 4


@pytest.mark.long
def test_the_demo_prints_what_the_readme_shows() -> None:
    before = set(ROOT.glob("adamant-demo-*"))
    try:
        printed = without_what_differs(run(SCRIPTS[0], ROOT))
    finally:
        for folder in set(ROOT.glob("adamant-demo-*")) - before:
            shutil.rmtree(folder)
    shown = without_what_differs(OUTPUTS[0])
    assert [line for line in shown if line not in printed and line != "…"] == []
    after = iter(printed)
    assert [line for line in shown if line != "…" and line not in after] == []  # in this order


@pytest.mark.long
def test_the_way_by_hand_can_be_walked_as_written(tmp_path: Path) -> None:
    script = "\n".join(script for script in SCRIPTS if "adamant" in script)
    printed = run(script, tmp_path)
    assert "no faults found" in printed
    assert "12.496 ct in, 12.496 ct out, nothing lost" in printed


def test_every_file_that_the_readme_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
