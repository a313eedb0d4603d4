"""The desk: asking a ledger and handing in to it, alike for a folder and for a server.

The rules of the room:

* The same question has the same answer, as the same JSON values, wherever it is asked.
* Errors are the ledger's own; none of the HTTP library's leaves this room.
* Of what a server says, :mod:`.checking` finds out how much proves itself.
"""

from ledger.desk.asking import Desk, Plain
from ledger.desk.local import LocalDesk, local_desk
from ledger.desk.opening import is_url, open_desk
from ledger.desk.remote import RemoteDesk, remote_desk

__all__ = [
    "Desk",
    "LocalDesk",
    "Plain",
    "RemoteDesk",
    "is_url",
    "local_desk",
    "open_desk",
    "remote_desk",
]
