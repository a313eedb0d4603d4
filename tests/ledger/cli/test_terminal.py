"""At a terminal: passphrases are asked for and never shown, and nobody signs unasked."""

import pytest

from ledger.keys import Keyring
from tests.ledger.cli.process import at_a_terminal, server_of
from tests.ledger.cli.town import PASSPHRASE
from tests.world import address_of

pytestmark = pytest.mark.long

TYPED = "typed at the terminal"


def test_a_passphrase_is_asked_for_twice_for_a_new_key_and_never_shown(town):
    shown = at_a_terminal(
        ["--keys", str(town.keys), "keys", "new", "fresh"],
        [
            ("Passphrase for the new key fresh: ", TYPED),
            ("Repeat for confirmation: ", "something else"),
            ("Passphrase for the new key fresh: ", TYPED),
            ("Repeat for confirmation: ", TYPED),
        ],
    )
    assert shown.endswith("exit 0"), shown
    assert TYPED not in shown
    assert "something else" not in shown
    assert Keyring(town.keys).unlock("fresh", TYPED)


def test_a_passphrase_is_asked_for_to_sign_and_a_wrong_one_is_wrong(town):
    words = ["--ledger", town.ledger, "--keys", str(town.keys)]
    words += ["register", "--weight", "5", "--as", "miner-bw"]
    shown = at_a_terminal(words, [("Passphrase of key miner-bw: ", TYPED)])
    assert shown.endswith("exit 2"), shown
    assert TYPED not in shown
    assert "the one that key miner-bw was kept under" in shown


def test_a_draft_is_shown_and_signed_only_after_a_yes(town):
    town.run(
        *("admit", "spare-1", "--role", "auditor", "--country", "CH", "--as", "governor-1"),
        *("--out", "draft.json"),
    )
    words = ["--ledger", town.ledger, "--keys", str(town.keys)]
    words += ["cosign", "draft.json", "--as", "governor-2"]
    shown = at_a_terminal(words, [("Sign this? [y/N]: ", "n")])
    assert shown.endswith("exit 1"), shown
    assert "0x" + address_of("spare-1").hex() in shown
    assert "auditor" in shown


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
def test_through_a_server_a_record_is_shown_and_signed_only_after_a_yes(town, answer, code):
    bag = town.register()
    with server_of(town) as server:
        size = town.size()
        words = ["--ledger", server.url, "--keys", str(town.keys)]
        words += ["handoff", bag, "--to", "trader-be", "--as", "miner-bw"]
        shown = at_a_terminal(
            words, [("Sign this? [y/N]: ", answer)], ADAMANT_PASSPHRASE=PASSPHRASE
        )
        assert town.size() == size + (code == 0)
    assert shown.endswith(f"exit {code}"), shown
    assert bag in shown
    assert "12.500 ct" in shown


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
def test_through_a_server_a_spreadsheet_is_signed_only_after_a_yes(town, tmp_path, answer, code):
    (tmp_path / "bags.csv").write_text("Mine,Bag,ct\nJwaneng,B-1,1.5\nJwaneng,B-2,2\n")
    with server_of(town) as server:
        size = town.size()
        words = ["--ledger", server.url, "--keys", str(town.keys)]
        words += ["import", str(tmp_path / "bags.csv"), "--as", "miner-bw"]
        shown = at_a_terminal(
            words, [("Sign 2 records? [y/N]: ", answer)], ADAMANT_PASSPHRASE=PASSPHRASE
        )
        assert town.size() == size + 2 * (code == 0)
    assert shown.endswith(f"exit {code}"), shown
    assert "3.500 ct" in shown
    assert "from the mines" in shown


def test_a_ledger_is_founded_with_fresh_keys_under_one_passphrase(tmp_path):
    folder = tmp_path / "ledger"
    shown = at_a_terminal(
        ["--ledger", str(folder), "init", "--governors", "1"],
        [
            ("Passphrase for the new key governor-1: ", TYPED),
            ("Repeat for confirmation: ", TYPED),
        ],
    )
    assert shown.endswith("exit 0"), shown
    assert "1 of 1 governors" in shown
    assert TYPED not in shown
