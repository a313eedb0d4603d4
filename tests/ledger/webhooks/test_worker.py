"""What is told to whom, in which order, and how often."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from ledger.checkpoint import open_checkpoint
from ledger.entry import decode
from ledger.errors import RefusesToStart, Unavailable
from ledger.limits import WebhookLimits
from ledger.webhooks import Target, Webhooks, read_or_make_secret
from ledger.webhooks.posting import Post
from tests.desk import LOG_KEY, Desk, journey

SECONDS = 30.0
QUICK = WebhookLimits(message_entries=3, retry_seconds=0.01, poll_seconds=0.01)


class Receiver:
    """A server that takes messages; what it answers is the test's to say."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.changed = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with outer.changed:
                    outer.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
                    status = outer.answers.pop(0) if outer.answers else 204
                    outer.changed.notify_all()
                self.send_response(status)
                if status in (301, 302, 307, 308):
                    self.send_header("location", f"{outer.url}/elsewhere")
                self.end_headers()

            def log_message(self, *_given: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def wait(self, is_reached: Callable[[list[dict[str, Any]]], object]) -> list[dict[str, Any]]:
        """Wait until something holds of the messages; return them."""
        with self.changed:
            assert self.changed.wait_for(lambda: is_reached(self.messages), SECONDS)
            return self.messages

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What came."""
        return [json.loads(body) for _, body in self.seen]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@contextmanager
def hooks(source: Any, folder: Path, *urls: str, **more: Any) -> Iterator[Webhooks]:
    given = {"networks": ("127.0.0.1",), "limits": QUICK, **more}
    secret = read_or_make_secret(folder / "secret")
    made = Webhooks(source, urls, secret, folder / "told.json", **given)
    made.start()
    try:
        yield made
    finally:
        made.close()


def has_checkpoint(size: int) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda found: any(one["data"].get("size") == size for one in found)


def test_entries_and_their_checkpoint_are_told_in_order_and_signed(
    tmp_path: Path, receiver: Receiver
) -> None:
    desk = Desk(journey()).fill()
    size = desk.head().size
    raws = desk.say_registrations(7)
    with desk.open() as book, hooks(book, tmp_path, f"{receiver.url}/hook?a=b"):
        for raw in raws:
            book.append(raw)
        found = receiver.wait(has_checkpoint(size + 7))
    with desk.store.view() as view:
        rows = {row.index: row.entry for row in view.rows(0, size + 7)}
    told = [one for message in found for one in message["data"].get("entries", [])]
    assert [one["index"] for one in told] == list(range(size, size + 7))
    for one in told:
        raw = rows[one["index"]]
        assert one["entry"] == f"0x{raw.hex()}"
        assert one["recordRoot"] == f"0x{decode(raw).root.hex()}"
    notes = [one["data"] for one in found if one["type"] == "checkpoint.signed"]
    for note in notes:
        opened = open_checkpoint(note["note"].encode(), [LOG_KEY.verifier_key])
        assert opened.checkpoint.size == note["size"]
    for at, message in enumerate(found):  # a checkpoint is told after all that it covers
        if message["type"] == "checkpoint.signed":
            before = sum(len(one["data"].get("entries", [])) for one in found[:at])
            assert before >= message["data"]["size"] - size
    secret = (tmp_path / "secret").read_text().strip()
    for headers, body in receiver.seen:
        assert Webhook(secret).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body + b" ", headers)
    assert len({headers["webhook-id"] for headers, _ in receiver.seen}) == len(receiver.seen)


def test_a_message_that_is_not_taken_is_sent_again_the_same_and_none_overtakes_it(
    tmp_path: Path, receiver: Receiver
) -> None:
    desk = Desk(journey()).fill()
    size = desk.head().size
    raws = desk.say_registrations(2)
    receiver.answers = [500, 302, 404, 503]
    with desk.open() as book:
        book.submit(raws).result(SECONDS)  # before it starts: told from here on all the same
        with hooks(book, tmp_path, receiver.url):
            pass
    with desk.open() as book, hooks(book, tmp_path, receiver.url):
        book.append(desk.say_registrations(1)[0])
        receiver.wait(has_checkpoint(size + 3))
    ids = [headers["webhook-id"] for headers, _ in receiver.seen]
    assert ids[:5] == [f"entries-{size + 2}-{size + 3}"] * 5
    assert ids[5:] == [f"checkpoint-{size + 3}"]
    assert not [headers for headers, _ in receiver.seen if "elsewhere" in str(headers)]


def test_what_was_taken_is_remembered_over_a_restart_and_what_came_meanwhile_is_told(
    tmp_path: Path, receiver: Receiver
) -> None:
    desk = Desk(journey()).fill()
    size = desk.head().size
    with desk.open() as book, hooks(book, tmp_path, receiver.url):
        book.append(desk.say_registrations(1)[0])
        receiver.wait(has_checkpoint(size + 1))
    with desk.open() as book:
        book.append(desk.say_registrations(1)[0])
    with desk.open() as book, hooks(book, tmp_path, receiver.url):
        found = receiver.wait(has_checkpoint(size + 2))
    told = [one["index"] for message in found for one in message["data"].get("entries", [])]
    assert told == [size, size + 1]


def test_one_that_answers_gone_is_told_nothing_more_and_others_are(
    tmp_path: Path, receiver: Receiver
) -> None:
    desk = Desk(journey()).fill()
    size = desk.head().size
    receiver.answers = [410]
    urls = (f"{receiver.url}/a", f"{receiver.url}/b")
    with desk.open() as book, hooks(book, tmp_path, *urls):
        book.append(desk.say_registrations(1)[0])
        receiver.wait(has_checkpoint(size + 1))
        book.append(desk.say_registrations(1)[0])
        receiver.wait(has_checkpoint(size + 2))
    assert len(receiver.seen) == 1 + 4


def test_an_append_waits_for_no_receiver_and_neither_does_the_end(tmp_path: Path) -> None:
    desk = Desk(journey()).fill()
    raws = desk.say_registrations(20)
    with socket.create_server(("127.0.0.1", 0)) as deaf, desk.open() as book:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        patient = WebhookLimits(post_seconds_max=3_600.0, poll_seconds=0.01)
        with hooks(book, tmp_path, url, limits=patient):
            book.append(raws[0])
            connection, _ = deaf.accept()  # and it is never answered
            with connection:
                for raw in raws[1:]:
                    book.append(raw)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_is_on_its_way_is_cut_whatever_it_waits_for(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, ThreadPoolExecutor() as pool:
        target = Target.parse(f"{scheme}://127.0.0.1:{deaf.getsockname()[1]}/")
        post = Post(target, seconds_max=3_600.0)
        sent = pool.submit(post.send, "127.0.0.1", {}, b"{}")
        connection, _ = deaf.accept()
        with connection:
            assert connection.recv(1)  # a request, or the first of a TLS handshake
            post.end()
            with pytest.raises(Unavailable):
                sent.result(SECONDS)


def test_all_addresses_of_a_name_are_tried_in_turn(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(journey()).fill()
    size = desk.head().size
    url = receiver.url.replace("127.0.0.1", "hook.example")
    more: Any = {"networks": ("127.0.0.0/8",), "resolve": lambda *_: ["127.9.9.9", "127.0.0.1"]}
    with desk.open() as book, hooks(book, tmp_path, url, **more):
        book.append(desk.say_registrations(1)[0])
        receiver.wait(has_checkpoint(size + 1))


def test_a_name_that_stands_for_this_machine_is_not_told_anything(
    tmp_path: Path, receiver: Receiver
) -> None:
    desk = Desk(journey()).fill()
    asked = threading.Semaphore(0)

    def rebind(_host: str, _port: int) -> list[str]:
        asked.release()
        return ["127.0.0.1"]

    url = receiver.url.replace("127.0.0.1", "hook.example").replace("http:", "https:")
    with desk.open() as book, hooks(book, tmp_path, url, networks=(), resolve=rebind):
        book.append(desk.say_registrations(1)[0])
        for _ in range(3):
            assert asked.acquire(timeout=SECONDS)
    assert receiver.seen == []


def test_a_secret_is_made_once_and_one_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    made = read_or_make_secret(file)
    assert made.startswith("whsec_")
    assert read_or_make_secret(file) == made
    file.chmod(0o644)
    with pytest.raises(RefusesToStart):
        read_or_make_secret(file)
    for text in ("", "whsec_", "whsec_AAAA", "whsec_!!", "whsec_é", made.removeprefix("whsec_")):
        file.write_text(text, "latin-1")
        file.chmod(0o600)
        with pytest.raises(RefusesToStart):
            read_or_make_secret(file)
    file.unlink()
    file.mkdir(mode=0o700)
    with pytest.raises(RefusesToStart):
        read_or_make_secret(file)


@pytest.mark.parametrize("text", ["", "[]", '{"x": 1}', '{"x": {"entries": "a"}}', "\xff"])
def test_a_file_of_positions_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "told.json").write_text(text, "latin-1")
    desk = Desk(journey()).fill()
    with desk.open() as book, pytest.raises(RefusesToStart):
        Webhooks(book, [], read_or_make_secret(tmp_path / "secret"), tmp_path / "told.json")
