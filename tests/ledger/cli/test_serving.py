"""The command beside a server, through a server, and when the server is gone."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx2
import pytest

from ledger.canonical import encode
from ledger.config import LedgerFolder, locked
from tests.ledger.cli.process import server_of
from tests.ledger.cli.town import Town, secrets

pytestmark = pytest.mark.long


def afar(town: Town, url: str) -> Town:
    """Return the same town, seen from where only the server's address is known."""
    return Town(town.path, url)


def test_the_corridor_through_a_server_is_that_of_the_folder(town):
    with server_of(town) as server:
        distant = afar(town, server.url)
        bag = distant.register()
        distant.hand_over(bag, "miner-bw", "trader-be", "12.495")
        (lot, _) = distant.work(
            *("split", bag, "--into", "2.5:1:Lot 7", "--into", "9.99:2", "--lose", "sorting=rest"),
            by="trader-be",
        )
        distant.hand_over(lot, "trader-be", "cutter-in")
        (stone,) = distant.work(
            "polish", lot, "--into", "1.2:1", "--lose", "polishing=rest", by="cutter-in"
        )
        distant.hand_over(stone, "cutter-in", "jeweller-fr")
        ledger_id = distant.json("status")["ledgerId"]
        by_server = distant.json("trace", stone, "--ledger-id", ledger_id)
        # The same through the folder's own server.
        beside = town.json("trace", stone, "--ledger-id", ledger_id)
        assert by_server["checked"]["isSound"]
        assert by_server == beside
        refused = distant.error("handoff", bag, "--to", "trader-ae", "--as", "trader-be", code=1)
        assert refused["rule"] == "parcel-spent"
        assert distant.error("show", "0x" + "9" * 64, code=3)["sort"] == "unknown"
        assert server.stop() == 0
        said = server.said()
    for secret in secrets():
        assert secret not in said
    by_folder = town.json("trace", stone, "--ledger-id", ledger_id)
    assert {**by_folder, "parcel": {**by_folder["parcel"], "asOf": None}} == {
        **by_server,
        "parcel": {**by_server["parcel"], "asOf": None},
    }
    assert town.json("audit")["isClean"]


def test_a_server_logs_lines_of_json_and_leaves_its_address_only_while_it_runs(town):
    with server_of(town) as server:
        folder = server.folder
        assert folder.server().url == server.url
        assert folder.server().pid == server.process.pid
        town.register()
        assert server.stop(signal.SIGINT) == 0
        lines = [json.loads(line) for line in server.said().splitlines()]
    events = [line["event"] for line in lines]
    assert "serving" in events
    assert "checkpoint" in events
    assert events[-1] == "stopped"
    assert folder.server() is None


def test_what_works_on_bytes_waits_for_no_server_and_says_who_is_at_work(town):
    town.run("checkpoint", "--out", "last.note")
    with server_of(town) as server:
        for words in (("audit",), ("rebuild",), ("recover", "last.note"), ("serve", "--port", "0")):
            error = town.error(*words, code=4)
            assert server.url in error["said"]
            assert str(server.process.pid) in error["said"]


def test_after_a_server_was_killed_the_folder_is_free_and_all_is_there(town):
    with server_of(town) as server:
        bag = town.register()
        distant = afar(town, server.url)
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        assert distant.error("status", code=4)["sort"] == "unavailable"
        assert LedgerFolder(Path(town.ledger)).server() is not None  # left behind, and ignored
        assert town.json("show", bag)["weightMillicarats"] == 12_500
    assert town.json("audit")["isClean"]


def test_an_envelope_whose_fate_is_unknown_is_kept_and_sending_it_again_records_it_once(town):
    with server_of(town) as server:
        bag = town.register()
        token = server.folder.server().token
        with losing_answers_of(server.url, token) as url:
            words = ("handoff", bag, "--to", "trader-be", "--as", "miner-bw")
            error = afar(town, url).error(*words, code=4)
        (kept,) = Path().glob("unsent-*.json")
        assert f"adamant send {kept}" in error["said"]
        size = town.size()
        sent = town.json("send", str(kept))
        assert sent["again"]
        assert town.size() == size
        assert town.json("show", bag)["state"] == "offered"


@contextmanager
def losing_answers_of(url: str, token: str) -> Iterator[str]:
    """Stand between a command and a server: what is sent arrives, and its answer is lost.

    Nobody signs in through it, since it is not where the server says that it is: it asks by a token
    of its own.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {"accept": "application/json", "authorization": f"Bearer {token}"}
            answer = httpx2.get(url + self.path, headers=headers)
            self.send_response(answer.status_code)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kind = {"content-type": self.headers["content-type"]}
            httpx2.post(url + self.path, content=body, headers=kind).raise_for_status()
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as between:
        thread = threading.Thread(target=between.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{between.server_port}"
        finally:
            between.shutdown()
            thread.join()


def test_a_command_waits_a_little_for_another_and_then_says_that_it_is_busy(town, monkeypatch):
    monkeypatch.setattr("ledger.desk.opening.WAIT_SECONDS", 0.2)
    folder = LedgerFolder(Path(town.ledger))
    with locked(folder):
        error = town.error("status", code=4)
    assert "in use" in error["said"]


def test_a_server_on_an_address_that_is_taken_or_not_ours_does_not_start(town):
    with server_of(town) as server:
        port = server.url.rpartition(":")[2]
        error = town.error("serve", "--port", port, code=2)
        assert error["field"] == "--host, --port"
    assert town.error("serve", "--host", "192.0.2.1", code=2)["field"] == "--host, --port"
    assert town.error("serve", code=2, ADAMANT_PORT="many")["field"] == "setting port"


def test_a_ledger_that_refuses_to_start_is_not_served(town):
    (town.path / "ledger" / "checkpoints.db").unlink()
    assert town.error("serve", "--port", "0", code=5)["sort"] == "damaged"
    assert LedgerFolder(Path(town.ledger)).server() is None


def test_a_server_whose_ledger_fails_under_it_ends_with_code_five_and_says_why(town):
    with server_of(town) as server:
        town.register()
        said = town.path / "said.json"
        town.run("register", "--weight", "5", "--as", "miner-bw", "--out", str(said))
        log = Path(town.ledger) / "log.db"
        os.truncate(log, log.stat().st_size // 2)
        # Straight to the server: the command would ask it something first, and be told no more.
        document = json.loads(said.read_text())
        envelope = encode({name: document[name] for name in ("kind", "record", "signatures")})
        headers = {"content-type": "application/json"}
        answer = httpx2.post(server.url + "/v1/records", content=envelope, headers=headers)
        assert answer.status_code == 503
        assert server.process.wait(60) == 5
        events = [json.loads(line) for line in server.said().splitlines()]
    (stopped,) = [event for event in events if event["event"] == "ledger stopped"]
    assert stopped["fault"] in ("Damaged", "StoreFailed")
    assert stopped["said"]


def test_from_afar_one_reads_by_a_key_and_the_folder_needs_none(town):
    with server_of(town) as server:
        bag = town.register()
        assert town.json("show", bag)["weightMillicarats"] == 12_500
        distant = afar(town, server.url)
        refused = distant.error("show", bag, code=1, ADAMANT_READER="")
        assert refused["rule"] == "sign-in-needed"
        assert "--reader" in refused["next"]
        assert distant.json("--reader", "miner-bw", "show", bag, ADAMANT_READER="")
        assert distant.error("show", bag, code=1, ADAMANT_READER="spare-1")["rule"] == (
            "sign-in-party"
        )
        # Whoever speaks reads by the key that it speaks with.
        distant.run("handoff", bag, "--to", "trader-be", "--as", "miner-bw", ADAMANT_READER="")
        token = server.folder.server().token
        assert server.folder.server_file.stat().st_mode & 0o077 == 0
        assert token not in repr(server.folder.server())
        read = httpx2.get(f"{server.url}/v1/charter", headers={"authorization": f"Bearer {token}"})
        assert read.status_code == 200
        assert server.stop() == 0
        assert token not in server.said()
