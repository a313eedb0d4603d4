"""Sending one message: to an address that was checked, in bounded time, following nothing."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException

from ledger.errors import Unavailable
from ledger.webhooks.targets import Target


class Post:
    """One request on its way; whoever stops the server may end it.

    Args:
        target: to whom.
        seconds_max: how long all of it may take.

    """

    def __init__(self, target: Target, seconds_max: float) -> None:
        self._target = target
        self._seconds_max = seconds_max
        self._socket: socket.socket | None = None
        self._is_ended = threading.Event()

    def send(self, address: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send it to an address of the target; return the status of the answer.

        Raises:
            Unavailable: there was no answer.

        """
        target = self._target
        timer = threading.Timer(self._seconds_max, self.end)
        timer.daemon = True
        timer.start()
        connection = HTTPConnection(target.host, target.port)
        try:
            with closing(connection):
                connection.sock = self._connect(address)
                fields = {**headers, "host": target.authority, "connection": "close"}
                connection.request("POST", target.path, body, fields)
                return connection.getresponse().status
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"a webhook was not taken: {type(error).__name__}") from None
        finally:
            timer.cancel()

    def _connect(self, address: str) -> socket.socket:
        made = socket.create_connection((address, self._target.port), self._seconds_max)
        if self._target.scheme != "https":
            self._keep(made)
            return made
        # The socket beneath is given up when it is wrapped: what may be ended is the one around it.
        secured = ssl.create_default_context().wrap_socket(
            made, server_hostname=self._target.host, do_handshake_on_connect=False
        )
        self._keep(secured)
        try:
            secured.do_handshake()
        except OSError:
            secured.close()
            raise
        return secured

    def _keep(self, made: socket.socket) -> None:
        """Let a socket be ended from here on."""
        self._socket = made
        if self._is_ended.is_set():
            made.close()
            raise TimeoutError

    def end(self) -> None:
        """End it, whatever it waits for; any thread, at any time."""
        self._is_ended.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
