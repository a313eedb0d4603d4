"""Streams, metrics, limits and logs of a server as its operator starts it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.system.crew import Crew, found
from tests.system.raw_http import SECONDS
from tests.system.serving import Server, serving
from tests.trials import dice

pytestmark = pytest.mark.long

STREAMS = 5
SETTINGS = """
metrics = true
rate_limits_local = true
reads_a_minute = 40
log_level = "info"
"""


class Stream:
    """One stream of the log, read from its socket."""

    def __init__(self, server: Server) -> None:
        parts = urlsplit(server.url())
        address = (parts.hostname or "", parts.port or 0)
        self.socket = socket.create_connection(address, timeout=SECONDS)
        head = (
            "GET /v1/entries/stream HTTP/1.1",
            "Host: here",
            f"Authorization: Bearer {server.token()}",
        )
        self.socket.sendall("\r\n".join((*head, "", "")).encode())
        self.came = b""
        self.wait_for(b"the log from")

    def wait_for(self, text: bytes) -> None:
        """Read until a text has come."""
        while text not in self.came:
            piece = self.socket.recv(65_536)
            assert piece, self.came
            self.came += piece

    def rest(self) -> bytes:
        """Read to the end; return all that came."""
        while piece := self.socket.recv(65_536):
            self.came += piece
        return self.came


@pytest.fixture
def crew() -> Crew:
    return Crew(dice("system.conventions"))


@pytest.fixture
def server(tmp_path: Path, crew: Crew) -> Iterator[Server]:
    folder = found(tmp_path / "ledger", crew)
    with folder.settings_file.open("a") as file:
        file.write(SETTINGS)
    started = Server.begin(folder, "serve", "--port", "0")
    try:
        started.url()
        yield started
    finally:
        started.end()


def test_streams_are_told_of_a_record_and_end_whole_when_the_server_stops(
    server: Server, crew: Crew
) -> None:
    url = server.url()
    with ExitStack() as opened:
        streams = [Stream(server) for _ in range(STREAMS)]
        for stream in streams:
            opened.enter_context(stream.socket)
        raw = next(crew.lives()).raw
        sent = httpx2.post(
            f"{url}/v1/records", content=raw, headers={"content-type": "application/json"}
        )
        assert sent.status_code == 201
        for stream in streams:
            stream.wait_for(b"event: entry\n")
            stream.wait_for(sent.json()["recordId"].encode())
            stream.wait_for(b"event: checkpoint\n")
        text = httpx2.get(f"{url}/metrics").text
        assert f"adamant_log_size {sent.json()['index'] + 1}.0" in text
        assert 'adamant_records_total{outcome="accepted"} 1.0' in text
        assert server.stop() == 0, server.said()
        for stream in streams:
            assert stream.rest().endswith(b"\r\n0\r\n\r\n"), "it was cut off"


def test_limits_of_the_settings_are_kept_and_the_log_names_nobody(server: Server) -> None:
    url = server.url()
    with httpx2.Client(headers={"x-forwarded-for": "198.51.100.9"}) as client:
        codes = [client.get(f"{url}/v1/status").status_code for _ in range(42)]
        assert client.get(f"{url}/readyz").status_code == 200
        assert client.get(f"{url}/metrics").status_code == 404  # it comes through some proxy
    assert codes == [200] * 40 + [429] * 2
    assert server.stop() == 0
    lines = [json.loads(line) for line in server.said().splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["route"] for line in requests} >= {"/v1/status", "/readyz", "/metrics"}
    assert len({line["request_id"] for line in requests}) == len(requests) == 44
    assert "198.51.100.9" not in server.said()
    assert "127.0.0.1" not in "".join(map(str, requests))


def test_webhooks_of_the_settings_are_told_of_a_record(tmp_path: Path, crew: Crew) -> None:
    folder = found(tmp_path / "ledger", crew)
    with socket.create_server(("127.0.0.1", 0)) as receiver:
        receiver.settimeout(SECONDS)
        hook = f"http://127.0.0.1:{receiver.getsockname()[1]}/hook"
        with folder.settings_file.open("a") as file:
            file.write(f'webhooks = ["{hook}"]\nwebhook_networks = ["127.0.0.1"]\n')
        with serving(folder) as server:
            raw = next(crew.lives()).raw
            headers = {"content-type": "application/json"}
            sent = httpx2.post(f"{server.url()}/v1/records", content=raw, headers=headers)
            assert sent.status_code == 201
            connection, _ = receiver.accept()
            with connection:
                connection.settimeout(SECONDS)
                came = b""
                while b"recordRoot" not in came:
                    piece = connection.recv(65_536)
                    assert piece, came
                    came += piece
                assert came.startswith(b"POST /hook HTTP/1.1\r\n")
                assert b'"index":%d,' % sent.json()["index"] in came
                assert sent.json()["recordId"].encode() not in came
                assert server.stop() == 0, server.said()  # though it was not answered
    assert folder.path.joinpath("webhook.secret").stat().st_mode & 0o077 == 0
    assert folder.path.joinpath("webhooks.json").exists()


def test_limits_of_the_door_in_the_settings_are_kept(tmp_path: Path, crew: Crew) -> None:
    folder = found(tmp_path / "ledger", crew)
    with folder.settings_file.open("a") as file:
        file.write("connections_max = 2\nbody_seconds_max = 1\nstreams_a_client_max = 1\n")
    with serving(folder) as server, ExitStack() as opened:
        parts = urlsplit(server.url())
        address = (parts.hostname or "", parts.port or 0)
        slow = opened.enter_context(socket.create_connection(address, timeout=SECONDS))
        slow.sendall(
            b"POST /v1/records HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
            b"Content-Length: 9\r\n\r\n{"
        )
        assert slow.recv(65_536).startswith(b"HTTP/1.1 408 ")
        slow.close()
        stream = Stream(server)
        opened.enter_context(stream.socket)
        refused = httpx2.get(
            f"{server.url()}/v1/entries/stream",
            headers={"authorization": f"Bearer {server.token()}"},
        )
        assert refused.status_code == 503
        with socket.create_connection(address, timeout=SECONDS) as second:
            second.sendall(b"GET /livez HTTP/1.1\r\nHost: here\r\n\r\n")
            assert second.recv(65_536).startswith(b"HTTP/1.1 200 ")
            with socket.create_connection(address, timeout=SECONDS) as third:
                assert third.recv(65_536).startswith(b"HTTP/1.1 503 ")
        assert server.stop() == 0, server.said()
