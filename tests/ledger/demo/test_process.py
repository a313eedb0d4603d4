"""What the demo tells its reader to type runs."""

import subprocess

from ledger.demo.process import command_name


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
