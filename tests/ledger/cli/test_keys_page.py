"""The page for keepers of keys: its commands run, in their order, and its lists are whole."""

import json
import re
import shlex
from pathlib import Path

import pytest
from eth_account import Account

from ledger.keys import DEMO_SCRYPT_COST, Keyring
from tests.ledger.cli.people import a_device
from tests.ledger.cli.town import GOVERNORS, PASSPHRASE
from tests.tree import ROOT
from tests.world import address_of, secret_of

PAGE = (ROOT / "docs/keys.md").read_text("utf-8")
DEVICE = "/usr/local/bin/sign-by-device --account 0"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.splitlines()]


def addresses():
    """Yield what the page's 0x… stand for, in order; a signature is made when it is asked for."""
    for name in ("recovered-to", "device", "device", "device"):
        yield "0x" + address_of(name).hex()
    data = json.loads(Path("typed-data.json").read_text("utf-8"))
    signed = Account.sign_typed_data(secret_of("device"), full_message=data)
    yield "0x" + signed.signature.hex()
    yield "0x" + address_of("device").hex()


@pytest.mark.long
def test_every_command_of_the_page_runs_in_its_order(town, tmp_path):
    Keyring(tmp_path).add("wallet", secret_of("trader's"), PASSPHRASE, DEMO_SCRYPT_COST)
    stands_for = addresses()
    device = shlex.join(a_device("device"))
    assert len(LINES) > 15
    for line in LINES:
        words, _, stdin = line.removeprefix("adamant ").partition(" < ")
        words, _, stdout = words.partition(" > ")
        assert line.startswith("adamant ")
        while "0x…" in words:
            words = words.replace("0x…", next(stands_for), 1)
        typed = secret_of("cutter's").hex() if stdin == "secret" else None
        words = words.replace(DEVICE, device)
        env = {"ADAMANT_NEW_PASSPHRASE": PASSPHRASE}
        said = town.run(*shlex.split(words), typed=typed, **env)
        if stdout:
            Path(stdout).write_text(said.out, "utf-8")
    assert town.json("audit")["isClean"]
    assert json.loads(Path("backup.json").read_text())["version"] == 3


def test_the_page_names_every_way_a_command_is_refused():
    from ledger.keys import commands

    named = set(re.findall(r"^\| `(signer-[a-z]+)` \|", PAGE, re.MULTILINE))
    raised = set(re.findall(r"signer-[a-z]+", Path(commands.__file__).read_text("utf-8")))
    assert named == raised


def test_the_page_shows_settings_that_are_read():
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    from ledger.keys.commands import parse_settings

    address = "0x" + address_of(GOVERNORS[0]).hex()
    read = parse_settings(block.replace("0x…", address).encode(), "vault")
    assert shlex.join(read.command) == DEVICE
