"""The one thread that tells: what to say next to each address, and when to try again."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from standardwebhooks import Webhook

from ledger.entry import decode
from ledger.errors import AdamantError, Unavailable
from ledger.limits import WebhookLimits
from ledger.store.protocol import Published, View
from ledger.values import to_hex
from ledger.webhooks.positions import Positions, Told
from ledger.webhooks.posting import Post
from ledger.webhooks.targets import Network, Resolve, Target, read_networks, resolve

_log = logging.getLogger(__name__)
GONE = 410
"""What a receiver answers that wants nothing more."""


class Source(Protocol):
    """Where messages are read from: an open book."""

    @property
    def published(self) -> Published:
        """The last checkpoint that may be shown."""

    def view(self) -> AbstractContextManager[View]:
        """Open a consistent view."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told at once, and how far an address has been told with it."""

    id: str
    kind: str
    data: dict[str, Any]
    then: Told


@dataclass
class _Receiver:
    """One address, and when it is tried next."""

    target: Target
    told: Told
    fails: int = 0
    next_try: float = 0.0
    is_gone: bool = False


class Webhooks:
    """Tells some addresses of what is published.

    Args:
        source: what is read.
        urls: whom to tell.
        secret: signs each message, ``whsec_`` and base64.
        file: remembers how far each was told.
        networks: what may be reached though it is not public.
        limits: how patient it is.
        resolve: tells what a name stands for.
        clock: gives seconds since 1970-01-01 UTC.

    Raises:
        BadQuestion: an address or a network is none.
        RefusesToStart: the file cannot be read.

    """

    def __init__(
        self,
        source: Source,
        urls: Sequence[str],
        secret: str,
        file: Path,
        networks: Collection[str] = (),
        limits: WebhookLimits | None = None,
        resolve: Resolve = resolve,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._signer = Webhook(secret)
        self._positions = Positions(file)
        self._networks: tuple[Network, ...] = read_networks(networks)
        self._limits = limits or WebhookLimits()
        self._resolve = resolve
        self._clock = clock
        size = source.published.size
        self._receivers = [
            _Receiver(target, self._positions.of(target.url, size))
            for target in map(Target.parse, dict.fromkeys(urls))
        ]
        self._is_over = threading.Event()
        self._post: Post | None = None
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def close(self) -> None:
        """Stop telling; what is on its way is cut, and told again after the next start."""
        self._is_over.set()
        post = self._post
        if post is not None:
            post.end()
        if self._thread.is_alive():
            self._thread.join()

    # -- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                while self._step():
                    pass
            except AdamantError as error:  # the ledger is busy, or has stopped
                _log.warning("webhooks wait: %s", type(error).__name__)
            except Exception:  # telling others says nothing about the ledger
                _log.exception("webhooks wait")
            self._is_over.wait(self._limits.poll_seconds)

    def _step(self) -> bool:
        """Tell every address that is due one message; tell whether there was any that took one."""
        took = False
        for receiver in self._receivers:
            if self._is_over.is_set():
                return False
            if receiver.is_gone or receiver.next_try > time.monotonic():
                continue
            message = self._next(receiver.told)
            if message is not None:
                took = self._deliver(receiver, message) or took
        return took

    def _next(self, told: Told) -> Message | None:
        published = self._source.published
        if told.entries < published.size:
            stop = min(told.entries + self._limits.message_entries, published.size)
            with self._source.view() as view:
                rows = list(view.rows(told.entries, stop))
            return Message(
                f"entries-{told.entries}-{stop}",
                "entries.recorded",
                {"entries": [_shown(row.index, row.entry) for row in rows]},
                replace(told, entries=stop),
            )
        if told.checkpoint < published.size:
            note = (published.note or b"").decode()
            data = {"size": published.size, "root": to_hex(published.root), "note": note}
            then = replace(told, checkpoint=published.size)
            return Message(f"checkpoint-{published.size}", "checkpoint.signed", data, then)
        return None

    def _deliver(self, receiver: _Receiver, message: Message) -> bool:
        try:
            status = self._send(receiver, message)
        except Unavailable as error:
            self._postpone(receiver, str(error))
            return False
        if status == GONE:
            _log.warning("a webhook wants nothing more until the server starts again")
            receiver.is_gone = True
            return False
        if not 200 <= status <= 299:
            self._postpone(receiver, f"a webhook was not taken: {status}")
            return False
        self._positions.remember(receiver.target.url, message.then)
        receiver.told, receiver.fails = message.then, 0
        return True

    def _postpone(self, receiver: _Receiver, why: str) -> None:
        limits = self._limits
        wait = min(limits.retry_seconds * 2.0 ** min(receiver.fails, 30), limits.retry_seconds_max)
        receiver.fails += 1
        receiver.next_try = time.monotonic() + wait
        if not self._is_over.is_set():
            _log.warning("%s; tried again in %d s", why, wait)

    def _send(self, receiver: _Receiver, message: Message) -> int:
        target = receiver.target
        addresses = target.addresses(self._networks, self._resolve)
        now = datetime.fromtimestamp(self._clock(), UTC)
        plain = {"type": message.kind, "timestamp": now.isoformat(), "data": message.data}
        body = json.dumps(plain, separators=(",", ":"))
        headers = {
            "content-type": "application/json",
            "user-agent": "adamant",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(message.id, now, body),
        }
        post = self._post = Post(target, self._limits.post_seconds_max)
        if self._is_over.is_set():
            post.end()
        # One after the other: the first may be one that cannot be reached from here.
        address = addresses[receiver.fails % len(addresses)]
        return post.send(address, headers, body.encode())


def _shown(index: int, raw: bytes) -> dict[str, Any]:
    entry = decode(raw)
    return {
        "index": index,
        "entry": to_hex(raw),
        "recordedAtMs": entry.recorded_at_ms,
        "recordRoot": to_hex(entry.root),
    }
