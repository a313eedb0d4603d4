"""What the demo tells its reader to type runs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.config import LedgerFolder
from ledger.demo.process import command_name
from tests.ledger.cli.town import Town


def test_the_command_is_named_as_it_can_be_typed_here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    name = command_name()
    assert name.endswith("/adamant")
    assert "adamant" in subprocess.check_output([name, "--version"], text=True)


def test_the_command_goes_by_its_name_where_that_finds_it(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PATH", str((tmp_path / command_name()).resolve().parent))
    assert command_name() == "adamant"


SERVING = """
import sys, time
from pathlib import Path
from ledger.config import LedgerFolder
from ledger.demo.process import ending_cleanly, running_server
with ending_cleanly(), running_server(LedgerFolder(Path(sys.argv[1]))) as url:
    print(url, flush=True)
    time.sleep(60)
"""


@pytest.mark.long
def test_a_demo_that_is_terminated_ends_its_server(tmp_path):
    town = Town(tmp_path)
    town.found()
    folder = LedgerFolder(Path(town.ledger))
    words = [sys.executable, "-c", SERVING, town.ledger]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline().startswith("http://127.0.0.1:")
        server = folder.server()
        assert server is not None
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(60) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)
