"""What clients of a server notice of its sockets."""

from __future__ import annotations

import socket
from contextlib import closing

from ledger.cli.serving import _listen


def test_connections_do_not_hold_an_answer_back_until_its_first_half_is_acknowledged() -> None:
    with _listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with closing(connection):
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
