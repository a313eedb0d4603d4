"""What docs/client.md says is so: its example runs, its methods are all there, its numbers hold."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest

from ledger.client import Client
from ledger.desk.remote import UNKNOWN
from ledger.limits import ClientLimits
from tests.ledger.client.wire import Wire
from tests.scene import ADDRESS, OPERATORS
from tests.tree import ROOT

DOCUMENT = (ROOT / "docs/client.md").read_text("utf-8")


def test_the_example_runs_as_it_is_written(fresh, monkeypatch, tmp_path, capsys):
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    transport = httpx2.MockTransport(Wire(fresh))
    given = Client.__init__.__kwdefaults__
    monkeypatch.setitem(given, "transport", transport)
    monkeypatch.chdir(tmp_path)
    (envelope,) = fresh.registrations(1)
    names = {
        "LEDGER_ID": fresh.scene.ledger_id.hex(),
        "URL": ADDRESS,
        "TOKEN": OPERATORS,
        "ENVELOPE": envelope,
    }
    exec(compile(example, "docs/client.md", "exec"), names)  # noqa: S102 - our own document
    size = fresh.desk.head().size
    printed = [line for line in capsys.readouterr().out.splitlines() if "[info" not in line]
    assert printed == [
        f"entry {size - 1} under a checkpoint of {size}",
        "1000 millicarats held",
        f"{size - 1} Registration checkpointed",
    ]
    assert Path("ledger.json").exists()


def test_every_method_is_named():
    methods = {name for name in vars(Client) if not name.startswith("_")} - {"run", "close"}
    table = DOCUMENT.partition("| methods |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\|(.*?)\|", table, re.MULTILINE))))
    assert named == methods


def test_the_numbers_are_those_of_the_limits():
    limits = ClientLimits()
    words = {6: "six times", 120.0: "two minutes", 0.25: "0.25 s"}
    for value in (limits.attempts_max, limits.retry_after_seconds_max, limits.pause_seconds):
        assert words[value] in DOCUMENT
    assert UNKNOWN.partition(":")[0] in DOCUMENT


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#:]+)\)", DOCUMENT))
def test_every_file_that_it_names_is_there(path):
    assert (ROOT / "docs" / path).exists()
