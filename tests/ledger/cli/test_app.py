"""The command as a whole: its first options, its help, and how commands end."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from ledger import __version__
from ledger.cli.app import app, first_options_first
from ledger.cli.documents import DOCUMENTS
from ledger.cli.output import Output
from ledger.cli.session import Session
from tests.ledger.cli.process import environment
from tests.ledger.cli.town import Town

CORE_FILES = """
import resource, sys
from ledger.cli import main
_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
sys.argv[1:] = ["keys", "list", "--keys", "none"]
try:
    main()
finally:
    print(*resource.getrlimit(resource.RLIMIT_CORE), file=sys.stderr)
"""


def every_command() -> dict[str, typer.core.TyperCommand]:
    """Return every command by its words."""
    found = {}
    for name, command in get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found.update(
            {f"{name} {one}": two for one, two in inner.items()} if inner else {name: command}
        )
    return found


def test_the_commands_of_the_house_are_all_there():
    asked = """
        init keys admit revoke site sign cosign send register handoff receive withdraw split mix
        cut polish recut reweigh report trace show status checkpoint audit rebuild recover serve
        demo amend tables import export private link chain typed-data add-signature
        certify clear certificate set unset sell take-back state document correct answer verdict
        history recall
    """
    assert set(get_command(app).commands) == set(asked.split())
    assert set(get_command(app).commands["keys"].commands) == set(
        "new list import attach export change-passphrase show "
        "rotate recover object override".split()
    )
    assert set(get_command(app).commands["private"].commands) == {"show", "grant", "erase"}
    assert set(get_command(app).commands["link"].commands) == {"mint", "list", "end"}
    assert set(get_command(app).commands["chain"].commands) == set(
        "start deploy status anchor watch unmirrored".split()
    )
    assert set(get_command(app).commands["state"].commands) == set(
        "grading origin location warranty document".split()
    )
    assert set(get_command(app).commands["certificate"].commands) == {"show", "pdf"}
    assert set(get_command(app).commands["document"].commands) == {"check"}
    assert set(get_command(app).commands["site"].commands) == {"open", "change", "close"}


@pytest.mark.parametrize("name", every_command())
def test_every_command_explains_itself_with_an_example(tmp_path, name):
    said = Town(tmp_path).run(*name.split(), "--help")
    assert f"adamant {name}" in " ".join(every_command()[name].help.split())
    assert "Usage" in said.out


@pytest.mark.parametrize("name", every_command())
def test_every_option_and_argument_of_a_command_is_explained(name):
    for parameter in every_command()[name].params:
        assert parameter.help, f"{name} {parameter.name}"


def test_every_command_but_the_demo_has_its_document():
    assert set(DOCUMENTS) == set(every_command()) - {"demo"}


def test_the_exit_codes_stand_below_the_help(tmp_path):
    said = Town(tmp_path).run("--help")
    text = " ".join(said.out.split())
    for code in range(6):
        assert f"{code} " in text.partition("Exit codes:")[2]


def test_the_version_is_printed(tmp_path):
    assert Town(tmp_path).run("--version").out == f"adamant {__version__}\n"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("show x --json", "--json show x"),
        ("show --ledger here x", "--ledger here show x"),
        ("show x --ledger=here --keys k", "--ledger=here --keys k show x"),
        ("show -- --json", "show -- --json"),
        ("show x --ledger", "--ledger show x"),
        ("keys show x", "keys show x"),
        ("--json", "--json"),
    ],
)
def test_options_of_every_command_may_stand_behind_it(typed, read):
    assert first_options_first(typed.split()) == read.split()


def test_an_expected_error_is_words_on_stderr_and_one_document_with_json(town):
    said = town.run("show", "0x" + "9" * 64, code=3)
    assert said.out == ""
    assert said.err.startswith("adamant: no parcel, record or site")
    error = town.error("show", "0x" + "9" * 64, code=3)
    assert error["exitCode"] == 3


def test_what_a_ledger_answers_is_printed_as_it_came(town):
    status = town.json("status")
    assert status["origin"] == "town.example/ledger"
    checkpoint = town.json("checkpoint")
    assert town.run("checkpoint").out == checkpoint["note"]
    assert checkpoint["size"] == status["checkpointSize"] == status["size"]


def test_everything_that_has_an_id_can_be_shown_to_people(town):
    bag = town.register()
    made = town.json("show", bag)
    for what, words in (
        (bag, ("12.500 ct", "Bag 7", "miner-bw 0x", "held")),
        (made["head"], ("Registration", "12.500 ct", "Bag 7", "miner-bw 0x")),
        (str(made["made"]["index"]), ("Registration",)),
        ("0", ("Charter", "founds the ledger town.example/ledger")),
        ("miner-bw", ("miner in BW", bag)),
        ("governor-1", ("governor",)),
        (town.json("show", "sites")["sites"][0]["siteId"], ("Jwaneng", "1000000.000 ct a year")),
        ("sites", ("Jwaneng", "open")),
        ("charter", ("2 of 3 governors", "town.example/ledger+")),
    ):
        out = town.run("show", what).out
        for word in words:
            assert word in out, (what, out)


def test_people_see_carats_in_refusals_and_programs_the_ledgers_own_words(town):
    bag = town.register()
    words = ("split", bag, "--into", "6:1", "--into", "6:2", "--as", "miner-bw")
    assert town.error(*words, code=1)["expected"] == "outputs and losses of 12500"
    assert "outputs and losses of 12.500 ct" in town.run(*words, code=1).err


@pytest.mark.parametrize("words", [(), ("keys",), ("handoff",), ("site", "open")])
def test_what_takes_no_value_shows_no_type(town, words):
    assert "bool" not in town.run(*words, "--help").out


@pytest.mark.parametrize(
    ("words", "said", "command"),
    [
        (("register", "--wieght", "12"), "--wieght", "adamant register"),
        (("register",), "--weight", "adamant register"),
        (("no-such-command",), "no-such-command", "adamant"),
        (("--no-such-option", "status"), "--no-such-option", "adamant"),
        (("keys", "no-such-command"), "no-such-command", "adamant keys"),
    ],
)
def test_wrong_usage_is_one_document_with_json(town, words, said, command):
    for typed in (("--json", *words), (*words, "--json")):
        error = town.run(*typed, code=2).error
        assert (error["exitCode"], error["sort"]) == (2, "wrong")
        assert said in error["said"]
        assert error["next"] == f"see `{command} --help`"


def test_the_demo_is_told_for_people_alone(town):
    assert town.error("demo", code=2)["field"] == "--json"


def test_one_document_is_printed_whatever_is_asked(town):
    for words in (("status",), ("show", "sites"), ("keys", "list"), ("audit",), ("rebuild",)):
        assert isinstance(json.loads(town.run("--json", *words).out), dict)


def test_a_ledger_id_that_is_none_is_wrong_usage(town):
    assert town.error("status", "--ledger-id", "0x12", code=2)["field"] == "--ledger-id"
    assert town.error("status", "--ledger", "ftp://x", code=2)["field"] == "--ledger"


def test_a_file_in_a_folders_place_is_wrong_usage_and_no_traceback(town, tmp_path):
    (tmp_path / "file").write_text("")
    words = ("--governor", "governor-1", "--ledger", str(tmp_path / "file" / "ledger"))
    assert "file" in town.error("init", *words, code=2)["said"]
    keys = str(tmp_path / "file")
    assert town.error("keys", "show", "miner-bw", "--keys", keys, code=2)["sort"] == "wrong"


def test_keys_lie_beside_the_ledger_or_at_home_unless_it_is_said_where(tmp_path):
    def folder(ledger: str, keys: Path | None = None) -> Path:
        return Session(ledger, keys, None, Output(as_json=False)).keys_folder

    assert folder(str(tmp_path)) == tmp_path / "keys"
    assert folder("https://ledger.example") == Path.home() / ".adamant" / "keys"
    assert folder("https://ledger.example", tmp_path) == tmp_path


def test_no_command_leaves_a_core_file(tmp_path):
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("no core file is written here anyhow")
    told = subprocess.run(
        [sys.executable, "-c", CORE_FILES],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=environment(),
    )
    assert told.stderr.splitlines()[-1] == "0 0"
