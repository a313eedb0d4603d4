"""Keys in files, and keys changed on the ledger."""

import json
import stat

import pytest

from ledger.cli.documents import IMPORTED_KEY, KEY, KEYS
from ledger.keys import DEMO_SCRYPT_COST, Keyring
from tests.ledger.cli.people import a_device, person
from tests.ledger.cli.town import NAMES, PASSPHRASE
from tests.world import address_of, secret_of

REPEAT = "another passphrase"


@pytest.mark.long
def test_a_new_key_is_for_its_owner_alone_and_tells_its_address(town):
    made = town.json("keys", "new", "fresh")
    assert tuple(made) == KEY
    assert stat.S_IMODE((town.keys / "fresh.json").stat().st_mode) == 0o600
    assert town.json("keys", "show", "fresh") == made
    listed = town.json("keys", "list")
    assert tuple(listed) == KEYS
    assert [one["name"] for one in listed["keys"]] == sorted((*NAMES, "fresh"))


def test_a_name_that_is_taken_or_misshapen_is_wrong_and_the_key_stays(town):
    before = (town.keys / "miner-bw.json").read_bytes()
    assert town.error("keys", "new", "miner-bw", code=2)["field"] == "name"
    assert town.error("keys", "new", "../escape", code=2)["field"] == "name"
    assert town.error("keys", "import", "miner-bw", "-", code=2)["field"] == "name"
    assert (town.keys / "miner-bw.json").read_bytes() == before


def test_a_wrong_file_among_the_keys_keeps_nobody_from_the_others_and_is_named(town):
    (town.keys / "torn.json").write_text("")
    assert [one["name"] for one in town.json("keys", "list")["keys"]] == sorted(NAMES)
    told = town.run("keys", "list")
    assert "miner-bw" in told.out
    assert "torn.json" in told.err


@pytest.mark.long
def test_a_wallets_keystore_is_kept_under_another_name(town, tmp_path):
    Keyring(tmp_path / "wallet").add("utc", secret_of("spare-1"), PASSPHRASE, DEMO_SCRYPT_COST)
    file = tmp_path / "wallet" / "utc.json"
    kept = town.json("keys", "import", "from-wallet", str(file))
    assert kept["address"] == "0x" + address_of("spare-1").hex()


@pytest.mark.long
def test_a_secret_is_kept_from_stdin_and_never_shown(town):
    secret = secret_of("spare-2").hex()
    said = town.run("keys", "import", "from-stdin", "-", typed=f"0x{secret}\n")
    assert "0x" + address_of("spare-2").hex() in said.out


@pytest.mark.parametrize("typed", ["", "xyz\n", "00" * 31 + "\n", "00" * 32 + "\n", "ff" * 32])
def test_what_is_no_secret_is_not_kept(town, typed):
    said = town.run("--json", "keys", "import", "fresh", "-", typed=typed, code=2)
    assert said.error["field"] == "secret"
    assert not (town.keys / "fresh.json").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"address": "00"}', "no JSON"])
def test_what_is_no_keystore_is_not_kept(town, tmp_path, text):
    (tmp_path / "wallet.json").write_text(text)
    assert town.error("keys", "import", "fresh", "wallet.json", code=2)["sort"] == "wrong"
    assert town.error("keys", "import", "fresh", "missing.json", code=2)["field"] == "file"
    assert not (town.keys / "fresh.json").exists()


def test_a_wrong_passphrase_is_wrong_and_nothing_is_recorded(town):
    size = town.size()
    words = ("register", "--weight", "5", "--as", "miner-bw")
    error = town.error(*words, code=2, ADAMANT_PASSPHRASE=REPEAT)
    assert error["field"] == "passphrase"
    assert REPEAT not in json.dumps(error)
    assert town.size() == size


def test_a_passphrase_comes_from_a_file_and_goes_over_the_environment(town, tmp_path):
    (tmp_path / "secret").write_text(PASSPHRASE + "\nanother line\n")
    words = ("register", "--weight", "5", "--as", "miner-bw", "--passphrase-file")
    town.run(*words, "secret", ADAMANT_PASSPHRASE=REPEAT)
    assert town.error(*words, "missing", code=2)["field"] == "--passphrase-file"


def test_where_nobody_can_be_asked_the_ways_to_give_a_passphrase_are_named(town, monkeypatch):
    monkeypatch.delenv("ADAMANT_PASSPHRASE", raising=False)
    from typer.testing import CliRunner

    from ledger.cli.app import app

    words = ["--ledger", town.ledger, "--keys", str(town.keys)]
    result = CliRunner().invoke(app, [*words, "register", "--weight", "5", "--as", "miner-bw"])
    assert result.exit_code == 2
    assert "ADAMANT_PASSPHRASE" in result.stderr
    assert "--passphrase-file" in result.stderr


def test_a_new_key_needs_a_passphrase_that_is_not_empty(town):
    assert town.error("keys", "new", "fresh", code=2, ADAMANT_PASSPHRASE="")["sort"] == "wrong"
    assert not (town.keys / "fresh.json").exists()


def test_the_only_key_speaks_if_none_is_named_and_of_several_one_must_be(town, tmp_path):
    error = town.error("register", "--weight", "5", code=2)
    assert error["field"] == "--as"
    assert "miner-bw" in error["expected"]
    alone = tmp_path / "alone"
    Keyring(alone).add("mine", secret_of("miner-bw"), PASSPHRASE, DEMO_SCRYPT_COST)
    town.run("register", "--weight", "5", ADAMANT_KEYS=str(alone))
    town.run("register", "--weight", "5", ADAMANT_AS="miner-bw")
    none = town.error("register", "--weight", "5", code=2, ADAMANT_KEYS=str(tmp_path / "none"))
    assert "adamant keys new" in none["expected"]


# -- keys of other wallets, and copies -------------------------------------------------------


@pytest.mark.long
def test_an_imported_keystore_is_kept_at_full_cost_and_what_was_weak_is_told(town, tmp_path):
    Keyring(tmp_path).add("utc", secret_of("spare-1"), PASSPHRASE, DEMO_SCRYPT_COST)
    stranger = {**json.loads((tmp_path / "utc.json").read_text())}
    del stranger["address"]
    (tmp_path / "utc.json").write_text(json.dumps(stranger))
    kept = town.json("keys", "import", "mine", "utc.json")
    assert tuple(kept) == IMPORTED_KEY
    weak, unstated = kept["findings"]
    assert "scrypt with n=1024, r=8, p=1 is cheap to guess" in weak
    assert "states no address" in unstated
    assert kept["weakness"] is None
    assert kept["address"] == "0x" + address_of("spare-1").hex()
    assert json.loads((town.keys / "mine.json").read_text())["crypto"]["kdfparams"]["n"] == 2**18


def test_a_hostile_keystore_costs_nothing_and_is_named_by_what_is_wrong(town, tmp_path):
    Keyring(tmp_path).add("utc", secret_of("spare-1"), PASSPHRASE, DEMO_SCRYPT_COST)
    text = (tmp_path / "utc.json").read_text()
    for old, new, place in (
        ('"n": 1024', '"n": 1073741824', "crypto.kdfparams.n"),
        ('"n": 1024', '"n": 1048576', "crypto.kdfparams"),
        ('"version": 3', '"version": 4', "version"),
        ('"address": "', '"address": "00', "address"),
        ("aes-128-ctr", "aes-128-cbc", "crypto.cipher"),
    ):
        assert old in text
        (tmp_path / "utc.json").write_text(text.replace(old, new))
        assert town.error("keys", "import", "mine", "utc.json", code=2)["field"] == place
    assert not (town.keys / "mine.json").exists()


@pytest.mark.long
def test_a_passphrase_is_changed_and_the_cost_of_guessing_it_raised(town, tmp_path):
    assert "cheap to guess" in town.run("keys", "list").err
    words = ("keys", "change-passphrase", "miner-bw")
    assert town.error(*words, code=2)["expected"].startswith("ADAMANT_NEW_PASSPHRASE")
    assert town.error(*words, code=2, ADAMANT_PASSPHRASE=REPEAT)["field"] == "passphrase"
    changed = town.json(*words, ADAMANT_NEW_PASSPHRASE=REPEAT)
    assert tuple(changed) == KEY
    assert changed["weakness"] is None
    register = ("register", "--weight", "5", "--as", "miner-bw")
    assert town.error(*register, code=2)["field"] == "passphrase"
    town.run(*register, ADAMANT_PASSPHRASE=REPEAT)
    (tmp_path / "new").write_text(PASSPHRASE)
    town.run(*words, "--new-passphrase-file", "new", ADAMANT_PASSPHRASE=REPEAT)
    town.run(*register)


def test_a_passphrase_that_wallets_take_in_different_ways_is_not_begun_with(town):
    ligature = "\N{LATIN SMALL LIGATURE FI}sh"
    error = town.error("keys", "new", "fresh", code=2, ADAMANT_PASSPHRASE=ligature)
    assert "NFKC" in error["expected"]
    assert ligature not in json.dumps(error, ensure_ascii=False)


def test_a_backup_opens_before_it_is_called_one_and_takes_no_files_place(town, tmp_path):
    words = ("keys", "export", "miner-bw", "backup.json")
    assert town.error(*words, code=2, ADAMANT_PASSPHRASE=REPEAT)["field"] == "passphrase"
    assert not (tmp_path / "backup.json").exists()
    assert tuple(town.json(*words)) == KEY
    copy = tmp_path / "backup.json"
    assert copy.read_bytes() == (town.keys / "miner-bw.json").read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert town.error(*words, code=2)["field"] == "file"


# -- keys that lie elsewhere -----------------------------------------------------------------


def test_a_key_of_the_environment_signs_without_a_passphrase(town, tmp_path):
    (tmp_path / "secret").write_text(secret_of("miner-bw").hex())
    (tmp_path / "secret").chmod(0o600)
    mine = {"ADAMANT_KEYS": str(tmp_path / "none"), "ADAMANT_KEY_MINE": str(tmp_path / "secret")}
    (key,) = town.json("keys", "list", **mine)["keys"]
    assert (key["name"], key["kind"], key["file"]) == ("mine", "environment", None)
    town.run("register", "--weight", "5", "--as", "mine", **mine)
    (tmp_path / "secret").chmod(0o644)
    error = town.error("register", "--weight", "5", "--as", "mine", code=2, **mine)
    assert error["field"] == "ADAMANT_KEY_MINE"
    taken = town.error("keys", "new", "mine", code=2, **mine)
    assert taken["field"] == "name"


@pytest.mark.long
def test_a_device_signs_what_was_shown_and_its_owner_speaks_by_it(town):
    mine = person(town, "spare-1")
    words = ("--address", "0x" + address_of("miner-bw").hex(), "--", *a_device("miner-bw"))
    attached = mine.run("keys", "attach", "vault", *words)
    assert secret_of("miner-bw").hex() not in attached.out
    kinds = {key["name"]: key["kind"] for key in mine.json("keys", "list")["keys"]}
    assert kinds == {"spare-1": "keystore", "vault": "command"}
    # All of it is shown in words before the device is asked; nobody is asked for a passphrase.
    said = mine.run("register", "--weight", "5", "--as", "vault", ADAMANT_PASSPHRASE="")
    assert "5.000 ct" in said.err
    bag = town.json("show", "miner-bw")["parcels"][0]["parcelId"]
    # It cosigns as well, beside a key in a keystore.
    mine.run("keys", "rotate", "--as", "vault", "--new", "spare-1")
    mine.run("handoff", bag, "--to", "0x" + address_of("trader-be").hex(), "--as", "spare-1")
    assert town.json("audit")["isClean"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("behaviour", "holds", "reason"),
    [
        ("honest", "trader-be", "signer-address"),
        ("garbage", "miner-bw", "signer-form"),
        ("broken", "miner-bw", "signer-exit"),
        ("deaf", "miner-bw", "signer-time"),
    ],
)
def test_a_device_that_does_not_sign_is_not_attached(town, behaviour, holds, reason):
    address = "0x" + address_of("miner-bw").hex()
    words = ("--address", address, "--timeout", "1", "--", *a_device(holds, behaviour))
    if behaviour == "honest":  # which takes longer to load than a second
        words = (*words[:2], *words[4:])
    error = town.run("--json", "keys", "attach", "vault", *words, code=2).error
    assert error["field"] == reason
    assert not (town.keys / "vault.toml").exists()


@pytest.mark.long
def test_a_device_that_signs_something_else_later_leaves_nothing_recorded(town):
    address = "0x" + address_of("miner-bw").hex()
    town.run("keys", "attach", "vault", "--address", address, "--", *a_device("miner-bw"))
    settings = town.keys / "vault.toml"
    settings.write_text(settings.read_text().replace('"honest"', '"high-s"'))
    size = town.size()
    said = town.run("register", "--weight", "5", "--as", "vault", code=2)
    assert "signer-form" in said.err
    assert town.size() == size


# -- on the ledger ---------------------------------------------------------------------------


def test_a_party_changes_its_key_and_keeps_its_identity(town):
    town.run("keys", "rotate", "--as", "miner-bw", "--new", "spare-1")
    party = town.json("show", "miner-bw")
    assert party["signingKey"] == "0x" + address_of("spare-1").hex()
    assert town.error("register", "--weight", "5", "--as", "miner-bw", code=1)["rule"] == "signer"
    bag = town.json("register", "--weight", "5", "--as", "spare-1")
    assert town.json("show", bag["made"][0]["parcelId"])["custodian"] == party["address"]
    again = town.error("keys", "rotate", "--as", "spare-1", "--new", "trader-be", code=1)
    assert again["rule"] == "key-seen"


def test_a_key_that_is_elsewhere_cosigns_its_own_rotation(town):
    new = "0x" + address_of("spare-1").hex()
    words = ("keys", "rotate", "--as", "miner-bw", "--new", new)
    assert town.error(*words, code=2)["field"] == "--new"
    town.run(*words, "--out", "rotation.json")
    town.run("cosign", "rotation.json", "--as", "spare-1", "--yes")
    town.run("send", "rotation.json")
    assert town.json("show", "miner-bw")["signingKey"] == new


def test_a_recovery_is_announced_objected_to_and_overridden(town):
    governors = [word for one in ("governor-1", "governor-2") for word in ("--as", one)]
    town.run("keys", "recover", "miner-bw", "--new", "spare-1", *governors)
    assert town.json("show", "miner-bw")["nextKey"] == "0x" + address_of("spare-1").hex()
    bag = town.error("keys", "rotate", "--as", "miner-bw", "--new", "spare-2", code=1)
    assert bag["rule"] == "recovery-pending"
    town.run("keys", "object", "--as", "miner-bw")
    assert town.json("show", "miner-bw")["nextKey"] is None
    words = ("keys", "override", "miner-bw", "--new", "spare-1")
    assert town.error(*words, *governors, code=1)["rule"] == "governors"
    town.run(*words, *governors, "--as", "governor-3")
    assert town.json("show", "miner-bw")["signingKey"] == "0x" + address_of("spare-1").hex()
