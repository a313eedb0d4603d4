"""Every error that the ledger raises, in families by who can act on it.

========================  ==============================================================
family                    who can act
========================  ==============================================================
:class:`Refused`          the author of a record: says which rule, field, and what was expected
:class:`BadQuestion`      the caller: an address, cursor or number that has not the right form
:class:`Unknown`          the caller: well asked, but the ledger knows no such thing
:class:`LinkEnded`        whoever minted the link, or the custodian: by minting another
:class:`NotYours`         another party: what was asked is not this caller's to do
:class:`SignInNeeded`     the caller: by signing in as a party of the ledger
:class:`ProofError`       whoever was given a proof, a note or a checkpoint: it proves nothing
:class:`SignInRefused`    whoever signs in: the message or its signature opens nothing
:class:`Unavailable`      the caller, later: the ledger is stopping or too busy
:class:`Damaged`          the operator: stored data is not what it must be; nothing goes on
:class:`Forked`           whoever asks a server: its log is not the one that was seen before
:class:`RolledBack`       likewise: its log is shorter than it was
:class:`StoreFailed`      the operator: a medium failed; the process ends and starts again
:class:`RefusesToStart`   the operator: what lies in the folder must be settled first
:class:`AlreadyThere`     nobody: what was to be made is there already
:class:`ChainDown`        nobody, for a while: the chain cannot be asked; anchors wait
:class:`ChainRefused`     the anchoring worker: a node does not take a transaction
:class:`Reverted`         whoever called a contract: it refuses, and says why in its own terms
:class:`Diverged`         the operator: a chain or contract is not what the ledger says it is
========================  ==============================================================

The core never prints, never exits and knows no HTTP status: ``api`` holds that table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class AdamantError(Exception):
    """The base of every error raised on purpose by this package."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was not accepted.

    Attributes:
        rule: the refusal's name, from the closed list of ``docs/spec/records.md`` §6.
        field: the field at fault as a path (``amounts.weightMillicarats``), or "" for the whole.
        expected: what the rule asks, in words.
        came: what was found; never an echo of bytes that did not pass typed parsing.

    """

    rule: str
    field: str
    expected: str
    came: str

    def __str__(self) -> str:
        """Return the refusal as one sentence for people."""
        place = f" at {self.field}" if self.field else ""
        return f"{self.rule}{place}: expected {self.expected}; came {self.came}"


class Refused(AdamantError):
    """A record was refused; nothing of it was kept."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class BadQuestion(AdamantError):
    """A question is not well formed: an address, a cursor, a size."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected


class BadTable(BadQuestion):
    """The file of a reference table is not in its one writing.

    Attributes:
        table: its name.
        line: from 1, the headings; 0 for the file as a whole.
        column: its name, or "" for the whole line.

    """

    def __init__(self, table: str, line: int, column: str, expected: str) -> None:
        place = f", line {line}" if line else ""
        super().__init__(f"{table}{place}" + (f", column {column}" if column else ""), expected)
        self.table = table
        self.line = line
        self.column = column


class BadDefinition(BadQuestion):
    """The file of a definition is not one that can be judged by.

    Attributes:
        definition: its name.
        key: the key at fault, as a path; "" for the file as a whole.

    """

    def __init__(self, definition: str, key: str, expected: str) -> None:
        super().__init__(definition + (f", key {key}" if key else ""), expected)
        self.definition = definition
        self.key = key


class Unknown(AdamantError):
    """The ledger holds no such thing."""

    def __init__(self, sort: str, name: str) -> None:
        super().__init__(f"no {sort} {name}")
        self.sort = sort
        self.name = name


class LinkEnded(Unknown):
    """A link to a stone's page was minted, and was ended since."""

    def __init__(self) -> None:
        super().__init__("stone", "by this link any more: it was ended")


class NotYours(AdamantError):
    """What was asked is for another party to do; the caller may see what it is about."""


class SignInNeeded(AdamantError):
    """A question is asked by a stranger that only those who have signed in may ask."""


ProofFault = Literal[
    # Merkle proofs.
    "index",
    "sizes",
    "hash-length",
    "proof-too-long",
    "proof-too-short",
    "root",
    "old-root",
    "new-root",
    # Signed notes.
    "note-bytes",
    "note-text",
    "note-form",
    "signature-line",
    "signature-count",
    "signature",
    "no-known-signature",
    # Checkpoints.
    "checkpoint-form",
    "checkpoint-size",
    "checkpoint-root",
    "origin",
]
"""Every name that :attr:`ProofError.reason` may have."""


class ProofError(AdamantError):
    """A Merkle proof, a signed note or a checkpoint does not show what it is said to show.

    Attributes:
        reason: the fault's name, for programs.
        detail: the same in words; never an echo of what was signed by nobody.

    """

    def __init__(self, reason: ProofFault, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: ProofFault = reason
        self.detail = detail


SignInFault = Literal[
    # The message, part by part (docs/spec/sign-in.md).
    "size",
    "form",
    "domain",
    "address",
    "statement",
    "uri",
    "version",
    "chain-id",
    "nonce",
    "issued-at",
    "expiration-time",
    "not-before",
    "request-id",
    "resources",
    # Its signature.
    "signature",
    "signer",
    # Whoever signed it.
    "party",
]
"""Every name that :attr:`SignInRefused.reason` may have."""


class SignInRefused(AdamantError):
    """A sign-in message, or its signature, is not one that opens reading here.

    Attributes:
        reason: the fault's name, for programs.
        detail: what was expected, in words; never an echo of what came.

    """

    def __init__(self, reason: SignInFault, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: SignInFault = reason
        self.detail = detail


class Unavailable(AdamantError):
    """The ledger cannot take this now; the same request may succeed later."""


class TableMissing(Unavailable):
    """The file of a reference table that a charter names is not in the ledger's folder.

    Attributes:
        table: its name.
        sha256: of the file, as lower-case hex.

    """

    def __init__(self, table: str, sha256: str) -> None:
        super().__init__(
            f"the charter names table {table} of SHA-256 {sha256}, and its file is not here: "
            "the operator must add it; no other version is taken for it"
        )
        self.table = table
        self.sha256 = sha256


class ClockBehind(Unavailable):
    """The clock is so far behind the last entry that nothing more is written."""

    def __init__(self, behind_ms: int) -> None:
        super().__init__(f"the clock is {behind_ms} ms behind the last entry; set it right")
        self.behind_ms = behind_ms


class ClockAhead(Unavailable):
    """The clock has leapt ahead since the ledger was first opened, so far that nothing is written.

    What counts is the first time since the machine started.
    """

    def __init__(self, ahead_ms: int) -> None:
        super().__init__(
            f"the clock gained {ahead_ms} ms on the time that passed: set it right; if it was "
            "wrong before and is right, remove clock.json from the ledger's folder and start again"
        )
        self.ahead_ms = ahead_ms


class Damaged(AdamantError):
    """Stored data is not what it must be.

    Attributes:
        fault: gap, duplicate, reorder, altered, truncated or forked.
        place: the entry, table or page at fault.

    """

    def __init__(self, fault: str, place: str, detail: str = "") -> None:
        super().__init__(f"{fault} at {place}" + (f": {detail}" if detail else ""))
        self.fault = fault
        self.place = place
        self.detail = detail


class RolledBack(Damaged):
    """A server's log is smaller than one that it signed before.

    Attributes:
        remembered_size, served_size: of the checkpoint that was believed, and of the one that came.
        evidence: where both are kept.

    """

    def __init__(self, remembered_size: int, served_size: int, evidence: str) -> None:
        place = f"checkpoint {served_size}"
        detail = f"{remembered_size} entries were signed before; the evidence is kept in {evidence}"
        super().__init__("truncated", place, detail)
        self.remembered_size = remembered_size
        self.served_size = served_size
        self.evidence = evidence


class Forked(Damaged):
    """A server's log does not continue one that it signed before; see :class:`RolledBack`."""

    def __init__(self, remembered_size: int, served_size: int, evidence: str) -> None:
        detail = (
            f"it does not continue the log of {remembered_size} entries that was signed before; "
            f"the evidence is kept in {evidence}"
        )
        super().__init__("forked", f"checkpoint {served_size}", detail)
        self.remembered_size = remembered_size
        self.served_size = served_size
        self.evidence = evidence


class StoreFailed(AdamantError):
    """A medium failed while it was read or written: nothing more is believed until a fresh start.

    What was being written may or may not be there: an fsync that failed once cannot be believed
    later, so whoever opens the store again looks at what is durable.
    """


class RefusesToStart(AdamantError):
    """What lies in the ledger's folder must be settled by its operator first."""


class AlreadyThere(RefusesToStart):
    """What was to be made is there already; nothing was done, and nothing is wrong."""


class HeadMoved(AdamantError):
    """Another writer moved the head first; nothing was written."""


class ChainDown(Unavailable):
    """A chain cannot be asked now: no connection, no answer in time, an answer that is none."""


ChainRefusal = Literal["nonce-too-low", "underpriced", "no-funds", "other"]
"""Every name that :attr:`ChainRefused.reason` may have."""


class ChainRefused(AdamantError):
    """A node does not take a transaction.

    Attributes:
        reason: why, as far as the node's words tell.
        detail: the node's words, cut short.

    """

    def __init__(self, reason: ChainRefusal, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: ChainRefusal = reason
        self.detail = detail


class Reverted(AdamantError):
    """A contract refuses a call.

    Attributes:
        data: its error, ABI-encoded: four bytes of selector, then its values; may be empty.

    """

    def __init__(self, data: bytes) -> None:
        super().__init__(f"reverted with 0x{data[:100].hex()}")
        self.data = data


class Diverged(AdamantError):
    """A chain, or a contract on it, is not what it must be: nothing more is anchored there.

    Another chain id, other code at the contract's address, or an anchored root that is not the
    log's.
    """
