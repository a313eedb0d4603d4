"""The client of a server: typed questions, records sent safely, and a memory of what the log said.

The rules of the room:

* A server is believed nothing that it can prove and does not. Every checkpoint is laid beside the
  one remembered; a record is proved under it, unless the caller says otherwise (``checked``).
* Nothing is lost by asking again: an envelope whose answer was lost is sent again as it is.
* What a client does is written once (:mod:`.core`), as steps that reach no network; both clients
  only drive them.
* Errors are the ledger's own; none of the HTTP library's leaves this room.

>>> from ledger.values import Hash32
>>> remembered = InMemory(Pin(Hash32(bytes(32))))
>>> with Client("http://127.0.0.1:8000", remembered) as client:
...     client.remembered.checkpoint
"""

from ledger.client.awaited import AsyncClient
from ledger.client.blocking import Client
from ledger.client.evidence import (
    Evidence,
    Verified,
    read_evidence,
    verify_evidence,
    write_evidence,
)
from ledger.client.parts import RecordInPart
from ledger.client.remembering import (
    Dispute,
    InFile,
    InMemory,
    Pin,
    Remembered,
    Trusted,
)
from ledger.client.sending import Line, OutcomeUnknown, Sent

__all__ = [
    "AsyncClient",
    "Client",
    "Dispute",
    "Evidence",
    "InFile",
    "InMemory",
    "Line",
    "OutcomeUnknown",
    "Pin",
    "RecordInPart",
    "Remembered",
    "Sent",
    "Trusted",
    "Verified",
    "read_evidence",
    "verify_evidence",
    "write_evidence",
]
