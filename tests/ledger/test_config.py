"""A ledger's folder: made, founded, opened by one process at a time."""

import errno
import json
import logging
import os
import stat

import pytest
import structlog

from ledger import config
from ledger.config import LedgerFolder, Settings
from ledger.config import folder as folder_room
from ledger.drafts import Constitution, Moment
from ledger.errors import BadQuestion, Refused, RefusesToStart, Unavailable, Unknown
from ledger.signing import sign_record
from ledger.values import NO_HASH
from tests.world import ORIGIN, address_of, secret_of

GOVERNORS = ("governor-1", "governor-2", "governor-3")


def charter_of(folder: LedgerFolder, *signers: str, key: str = "", seconds_later: int = 0) -> bytes:
    """Return a Charter of the folder's ledger, signed by named governors."""
    governors = tuple(address_of(name) for name in GOVERNORS)
    keys = (key or str(folder.read_log_key().verifier_key),)
    salts = iter(bytes([number]) * 32 for number in range(1, 5))
    moment = Moment(config.system_clock() // 1000 + seconds_later, lambda: next(salts))
    record = Constitution(governors, 2, keys).charter(ORIGIN, moment)
    return sign_record(record, NO_HASH, [secret_of(name) for name in signers or GOVERNORS]).raw


@pytest.fixture
def folder(tmp_path):
    return config.make_folder(tmp_path / "ledger", ORIGIN)


@pytest.fixture
def founded(folder):
    config.found_ledger(folder, charter_of(folder))
    return folder


# -- settings --------------------------------------------------------------------------------


def test_without_a_file_the_settings_are_the_usual_ones_and_listen_on_this_machine_alone(tmp_path):
    settings = config.read_settings(tmp_path / "ledger.toml")
    assert settings == Settings()
    assert settings.host == "127.0.0.1"


def test_the_environment_goes_over_the_file_and_the_file_over_the_usual(tmp_path, monkeypatch):
    file = tmp_path / "ledger.toml"
    file.write_text('port = 4000\nlog_level = "debug"\n')
    monkeypatch.setenv("ADAMANT_PORT", "5000")
    monkeypatch.setenv("ADAMANT_LEDGER", "no setting of this sort")
    settings = config.read_settings(file)
    assert (settings.port, settings.log_level, settings.host) == (5000, "debug", "127.0.0.1")


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("prt = 4000", "setting prt"),
        ("port = 70000", "setting port"),
        ('port = "many"', "setting port"),
        ('log_level = "loud"', "setting log_level"),
        ('host = ""', "setting host"),
        ("port = ", "ledger.toml"),
        ("\x00", "ledger.toml"),
    ],
)
def test_a_setting_that_is_unknown_or_misshapen_is_named(tmp_path, text, field):
    file = tmp_path / "ledger.toml"
    file.write_text(text)
    with pytest.raises(BadQuestion) as caught:
        config.read_settings(file)
    assert caught.value.field == field


@pytest.mark.parametrize("text", ["127.0.0.1", '["127.0.0.1"', ""])
def test_a_list_of_the_environment_that_is_none_is_named(tmp_path, monkeypatch, text):
    monkeypatch.setenv("ADAMANT_TRUSTED_PROXIES", text)
    with pytest.raises(BadQuestion, match="a list in JSON") as caught:
        config.read_settings(tmp_path / "ledger.toml")
    assert caught.value.field == "ADAMANT_TRUSTED_PROXIES"


def test_public_addresses_stand_in_the_file_or_in_the_environment(tmp_path, monkeypatch):
    file = tmp_path / "ledger.toml"
    file.write_text('public_addresses = ["https://ledger.example"]\n')
    assert config.read_settings(file).public_addresses == ("https://ledger.example",)
    monkeypatch.setenv("ADAMANT_PUBLIC_ADDRESSES", '["https://a.example", "https://b.example"]')
    assert config.read_settings(file).public_addresses == ("https://a.example", "https://b.example")


def test_an_operators_token_lies_in_the_folder_for_its_owner_alone(folder):
    folder.write_server("http://127.0.0.1:1", "canary-token")
    assert stat.S_IMODE(folder.server_file.stat().st_mode) == 0o600
    assert "canary-token" in folder.server_file.read_text()
    folder.remove_server()
    assert not folder.server_file.exists()


@pytest.mark.parametrize("text", ["", "port = 5000", 'chain = "none" # yet\n', " chain='none'\n"])
def test_the_local_chain_is_named_in_settings_once(tmp_path, text):
    file = tmp_path / "ledger.toml"
    file.write_text(text)
    config.name_local_chain(file)
    assert config.read_settings(file).chain == "local"
    assert file.read_text().count("chain =") == 1


@pytest.mark.parametrize(
    "text", ['chain = "local"\n', "[table]\nport = 1\n", "chain = 7\n", "port"]
)
def test_settings_in_which_a_chain_cannot_be_named_are_left_as_they_are(tmp_path, text):
    file = tmp_path / "ledger.toml"
    file.write_text(text)
    with pytest.raises(BadQuestion, match="cannot be added"):
        config.name_local_chain(file)
    assert file.read_text() == text


# -- making and founding ---------------------------------------------------------------------


def test_a_folder_is_made_for_its_owner_alone(folder):
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.log_key.stat().st_mode) == 0o600
    assert folder.read_log_key().name == ORIGIN
    assert folder.settings() == Settings()


def test_two_folders_have_two_keys(tmp_path):
    one, other = (config.make_folder(tmp_path / name, ORIGIN) for name in ("one", "other"))
    assert one.read_log_key() != other.read_log_key()


def test_a_folder_that_has_a_ledger_is_left_as_it_is(folder):
    before = folder.log_key.read_bytes()
    with pytest.raises(RefusesToStart, match="already"):
        config.make_folder(folder.path, ORIGIN)
    assert folder.log_key.read_bytes() == before


def test_a_folder_whose_making_broke_off_before_its_key_was_there_is_made_again(folder):
    folder.log_key.unlink()
    again = config.make_folder(folder.path, ORIGIN, folder.path / "checkpoints.db")
    assert again.read_log_key().name == ORIGIN
    config.found_ledger(again, charter_of(again))


def test_a_second_store_other_than_the_settings_say_is_refused(folder, tmp_path):
    folder.log_key.unlink()
    with pytest.raises(BadQuestion, match="checkpoints"):
        config.make_folder(folder.path, ORIGIN, tmp_path / "elsewhere.db")
    assert not folder.log_key.exists()


def test_an_origin_that_cannot_name_a_key_makes_nothing(tmp_path):
    with pytest.raises(BadQuestion):
        config.make_folder(tmp_path / "ledger", "two words")
    assert not (tmp_path / "ledger").exists()


@pytest.mark.parametrize("damage", ["", "PRIVATE+KEY+x", "\xff"])
def test_a_log_key_that_is_none_refuses_to_start(folder, damage):
    folder.log_key.write_text(damage, encoding="latin-1")
    with pytest.raises(RefusesToStart, match="log's key"):
        folder.read_log_key()


def test_a_log_key_that_others_can_read_refuses_to_start(folder):
    folder.log_key.chmod(0o640)
    with pytest.raises(RefusesToStart, match="chmod 600"):
        folder.read_log_key()


def test_a_log_key_file_holds_several_keys_one_a_line(folder):
    first, other = folder.read_log_key(), config.fresh_log_key(ORIGIN)
    folder.log_key.write_text(f"{first.reveal_secret()}\n{other.reveal_secret()}\n")
    assert folder.read_log_keys() == (first, other)
    for text in (f"{first.reveal_secret()}\n\n", f"{first.reveal_secret()}\n" * 2):
        folder.log_key.write_text(text)
        with pytest.raises(RefusesToStart, match="log's key"):
            folder.read_log_keys()


def test_a_ledger_opens_with_any_of_its_keys_that_the_charter_names(founded):
    named, other = founded.read_log_key(), config.fresh_log_key(ORIGIN)
    founded.log_key.write_text(f"{other.reveal_secret()}\n{named.reveal_secret()}\n")
    with config.locked(founded), config.open_ledger(founded) as opened:
        assert opened.book.published.size == 1


def test_an_error_about_the_log_key_never_shows_it(folder):
    secret = folder.log_key.read_text().strip()
    folder.log_key.write_text(secret + "x")
    with pytest.raises(RefusesToStart) as caught:
        folder.read_log_key()
    assert secret[-40:] not in str(caught.value)


def test_a_founded_ledger_opens_and_has_its_first_checkpoint(founded):
    with config.locked(founded), config.open_ledger(founded) as opened:
        assert opened.book.published.size == 1


def test_a_ledger_is_founded_once(founded):
    with pytest.raises(RefusesToStart, match="already"):
        config.found_ledger(founded, charter_of(founded, seconds_later=1))


def test_two_who_make_one_folder_at_once_get_one_ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger"
    real, refused = folder_room.write_fresh, []

    def race(settings, checkpoints):
        with pytest.raises(RefusesToStart, match="in use by process") as other:
            config.make_folder(path, ORIGIN, charter=b"another's")
        refused.append(other)
        real(settings, checkpoints)

    monkeypatch.setattr(folder_room, "write_fresh", race)
    made = config.make_folder(path, ORIGIN, charter=b"one's")
    assert len(refused) == 1
    assert made.charter_draft.read_bytes() == b"one's\n"


@pytest.mark.parametrize("name", ["log.key", "ledger.toml"])
def test_a_file_that_comes_to_be_while_a_folder_is_made_is_left_as_it_is(
    tmp_path, monkeypatch, name
):
    path = tmp_path / "ledger"
    real = folder_room.write_fresh

    def race(settings, checkpoints):
        (path / name).write_text("another's")
        real(settings, checkpoints)

    monkeypatch.setattr(folder_room, "write_fresh", race)
    with pytest.raises(RefusesToStart, match="already"):
        config.make_folder(path, ORIGIN)
    assert (path / name).read_text() == "another's"


def test_settings_that_could_not_be_written_whole_are_not_there(tmp_path, monkeypatch):
    def fill(*_arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fill)
        with pytest.raises(OSError, match="No space"):
            config.make_folder(tmp_path / "ledger", ORIGIN)
    assert not (tmp_path / "ledger" / "ledger.toml").exists()
    config.make_folder(tmp_path / "ledger", ORIGIN)


def test_a_charter_that_lacks_a_governor_founds_nothing_and_can_be_tried_again(folder):
    with pytest.raises(Refused):
        config.found_ledger(folder, charter_of(folder, "governor-1"))
    config.found_ledger(folder, charter_of(folder))
    with config.locked(folder), config.open_ledger(folder) as opened:
        assert opened.book.published.size == 1


def test_a_charter_that_names_another_log_key_founds_nothing(folder, tmp_path):
    other = config.make_folder(tmp_path / "other", ORIGIN)
    with pytest.raises(BadQuestion, match="checkpoint keys"):
        config.found_ledger(folder, charter_of(other))


def test_the_second_store_may_lie_elsewhere(tmp_path):
    second = tmp_path / "elsewhere.db"
    folder = config.make_folder(tmp_path / "ledger", ORIGIN, second)
    config.found_ledger(folder, charter_of(folder))
    assert second.exists()
    assert not (folder.path / "checkpoints.db").exists()
    with pytest.raises(RefusesToStart, match="checkpoint store"):
        config.make_folder(tmp_path / "another", ORIGIN, second)


# -- opening ---------------------------------------------------------------------------------


def test_a_folder_without_a_ledger_is_unknown(tmp_path):
    with pytest.raises(Unknown), config.locked(LedgerFolder(tmp_path)):
        pass


def test_one_process_at_a_time_works_on_a_folder(founded):
    with config.locked(founded):
        assert config.try_lock(founded) is None
        with pytest.raises(Unavailable, match="another process"), config.locked(founded):
            pass
    with config.locked(founded):
        pass


def test_a_lock_file_that_a_crash_left_behind_locks_nothing(founded):
    founded.lock.write_text("process 1, since ever")
    with config.locked(founded):
        pass


def test_who_is_refused_the_lock_is_told_of_the_server_that_holds_it(founded):
    with config.locked(founded):
        founded.write_server("http://127.0.0.1:1")
        with (
            pytest.raises(Unavailable, match=r"server at http://127\.0\.0\.1:1"),
            config.locked(founded),
        ):
            pass
        founded.remove_server()
        assert founded.server() is None


def test_what_a_killed_server_left_behind_is_not_believed_by_its_process_id_alone(founded):
    founded.write_server("http://127.0.0.1:1")  # by a process of the same id
    with config.locked(founded):
        assert founded.server() is None


def test_what_a_killed_server_left_behind_says_nothing_of_who_holds_the_lock_since(founded):
    with config.locked(founded):
        founded.server_file.write_text('{"url": "http://127.0.0.1:1", "pid": 1}')
        assert founded.server() is None
        with pytest.raises(Unavailable, match="another process"), config.locked(founded):
            pass


@pytest.mark.parametrize("text", ["", "[]", '{"url": "x"}', '{"url": "x", "pid": "y"}', "null"])
def test_a_server_file_that_says_nothing_is_no_server(founded, text):
    founded.server_file.write_text(text)
    assert founded.server() is None


def test_a_lost_checkpoint_store_refuses_to_start_and_says_how_to_go_on(founded):
    founded.checkpoints().unlink()
    with (
        config.locked(founded),
        pytest.raises(RefusesToStart, match="recover"),
        config.open_ledger(founded),
    ):
        pass


def test_a_ledger_that_was_never_founded_refuses_to_start(folder):
    with (
        config.locked(folder),
        pytest.raises(RefusesToStart, match="never founded"),
        config.open_ledger(folder),
    ):
        pass


def test_for_recovery_a_lost_checkpoint_store_is_made_empty(founded):
    founded.checkpoints().unlink()
    with config.locked(founded), config.open_for_recovery(founded) as stores:
        assert stores.checkpoints.latest() is None


# -- logs ------------------------------------------------------------------------------------


@pytest.fixture
def _logs_as_before():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logs_as_before")
def test_a_server_logs_one_line_of_json_for_each_event(capsys):
    config.log_as_json("info")
    config.log_event("something", size=3)
    config.log_event("a detail", level="debug")
    logging.getLogger("another.library").warning("its own %s", "words")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("something", "info"),
        ("its own words", "warning"),
    ]
    assert lines[0]["size"] == 3


@pytest.mark.usefixtures("_logs_as_before")
def test_a_command_logs_nothing_below_an_error(capsys):
    config.stay_quiet()
    config.log_event("something", level="warning")
    assert capsys.readouterr() == ("", "")
