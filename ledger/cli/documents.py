"""The members of the JSON documents that commands print with ``--json``, at their top level.

``docs/cli.md`` lists them from here, and a test compares them with what is printed. An answer that
the API gives as well is named by its path, and has the members that the API documents.
"""

from __future__ import annotations

from typing import Final

RECORDED: Final = (
    *("kind", "operation", "recordId", "index", "status", "recordedAtMs"),
    *("again", "parcels", "made", "siteId", "certificatePath"),
)
"""A record that was accepted; ``made`` are the parcels that it makes, with weight and label."""

DRAFTED: Final = ("file", "kind", "operation", "recordId", "signers", "signaturesNeeded")
"""A draft written to a file; ``signaturesNeeded`` is null where no ledger was asked for k or n."""

COMPARED: Final = ("recordId", "document", "file", "same")
"""A document laid beside the hash that a record names: ``file`` is the hash of what was brought."""

PRINTED: Final = ("file", "bytes", "address")
"""A paper; ``address`` is where its QR code leads."""

TYPED: Final = ("types", "primaryType", "domain", "message")
"""What a wallet signs of a draft; with ``--descriptor``, an ERC-7730 descriptor instead."""

FOUNDED: Final = (
    *("folder", "origin", "ledgerId", "mode", "mirror", "logKey", "anchorKey"),
    *("threshold", "governors", "isFounded", "charterFile"),
)
KEY: Final = ("name", "address", "kind", "file", "weakness")
"""A key; ``file`` is null for one of the environment, ``weakness`` where none is known."""

IMPORTED_KEY: Final = (*KEY, "findings")
"""A key that came from elsewhere; ``findings`` say in words what was weak about how it came."""

KEYS: Final = ("keys",)
CHAIN_MADE: Final = ("chain", "chainId", "isNew", "block", "submitter", "balanceWei")
DEPLOYED: Final = ("isOpen", "chainId", "contract", "mirrorContract")
ANCHOR: Final = (
    *("size", "root", "state", "chainId", "contract"),
    *("blockNumber", "blockHash", "transaction"),
)
"""An anchor; the last three are null while it is in no block."""

LEFT_OUT: Final = ("index", "recordId", "reason")
CHAIN_SHOWN: Final = (
    *("isAnchored", "condition", "chainId", "contract", "isOpen", "isForked"),
    *("chainSize", "anchoredSize", "headBlock", "finalBlock", "mirror", "asOf", "last"),
)
"""The chain; ``last`` is the last anchor, or null."""

TRACED: Final = (
    *("parcel", "origins", "findings", "names", "anchors", "steps", "spokenLeftOut", "checked"),
)
DESCENDANTS: Final = ("parcel", "operations", "names", "isCut", "isChecked", "asOf")
VERDICT: Final = (
    *("isClean", "size", "root", "faults", "unlistedFaults", "chain", "figures", "missingTables"),
)
REBUILT: Final = ("size", "fingerprint", "hasChanged")
RECOVERED: Final = ("size", "root")
SERVING: Final = ("url", "pid")
IMPORTED: Final = (
    *("file", "isDryRun", "mapping", "rows", "recorded", "refused", "bad", "waiting"),
    *("resultFile", "results"),
)
"""What became of a spreadsheet; ``results`` are its rows, in their order."""

EXPORTED: Final = ("file", "what", "format", "rows")
ERROR: Final = ("exitCode", "sort", "said")
"""An error, under ``error`` on stderr."""

REFUSED: Final = ("rule", "field", "expected", "came", "next")
"""What the error of a refusal has besides; members that would be empty are left out."""

PRIVATE: Final = ("recordId", "kind", "details", "fields", "isRecords")
"""Private fields; ``isRecords`` tells whether the record was read and commits to them."""

GRANTED: Final = ("recordId", "name", "party", "shown")
ERASED: Final = ("recordId", "name")

LINK: Final = ("token", "path", "parcelId", "mintedAtMs", "isOwn", "endedAtMs")
LINKS: Final = ("parcelId", "links")
ENDED: Final = ("token", "parcelId")

REPORTED: Final = ("folder", "files")
"""A report's files; without ``--out`` the answer of the same name in the API."""

KEPT: Final = ("folder", "records", "withheld")

DOCUMENTS: Final[dict[str, tuple[str, ...] | str]] = {
    "init": FOUNDED,
    "register": RECORDED,
    "handoff": RECORDED,
    "receive": RECORDED,
    "withdraw": RECORDED,
    **dict.fromkeys(
        (
            *("report theft", "report loss", "report seizure", "report recovery"),
            *("report release", "report dispute", "report answer"),
        ),
        RECORDED,
    ),
    "report annex-iii": REPORTED,
    "report reconciliation": REPORTED,
    "report importer": REPORTED,
    "report five-year": KEPT,
    **dict.fromkeys(("certify", "clear", "set", "unset", "sell", "take-back"), RECORDED),
    **dict.fromkeys(("correct", "answer"), RECORDED),
    **dict.fromkeys(
        ("state grading", "state origin", "state location", "state warranty", "state document"),
        RECORDED,
    ),
    "document check": COMPARED,
    "certificate show": "/v1/certificates/{id}",
    "certificate pdf": PRINTED,
    "verdict": "/v1/parcels/{id}/verdicts",
    "history": "/v1/parcels/{id}/history",
    "split": RECORDED,
    "mix": RECORDED,
    "cut": RECORDED,
    "polish": RECORDED,
    "recut": RECORDED,
    "reweigh": RECORDED,
    "admit": RECORDED,
    "revoke": RECORDED,
    "amend": RECORDED,
    "private show": PRIVATE,
    "private grant": GRANTED,
    "private erase": ERASED,
    "link mint": LINK,
    "link list": LINKS,
    "link end": ENDED,
    "chain start": CHAIN_MADE,
    "chain deploy": DEPLOYED,
    "chain status": CHAIN_SHOWN,
    "chain anchor": ANCHOR,
    "chain watch": ANCHOR,
    "chain unmirrored": LEFT_OUT,
    "keys new": KEY,
    "keys list": KEYS,
    "keys import": IMPORTED_KEY,
    "keys attach": KEY,
    "keys export": KEY,
    "keys change-passphrase": KEY,
    "keys show": KEY,
    "keys rotate": RECORDED,
    "keys object": RECORDED,
    "keys recover": RECORDED,
    "keys override": RECORDED,
    "site open": RECORDED,
    "site change": RECORDED,
    "site close": RECORDED,
    "sign": DRAFTED,
    "cosign": DRAFTED,
    "typed-data": TYPED,
    "add-signature": DRAFTED,
    "send": RECORDED,
    "status": "/v1/status",
    "checkpoint": "/v1/checkpoint",
    "show": "the API's answer about it",
    "trace": TRACED,
    "recall": "/v1/recalls/stream",
    "audit": VERDICT,
    "tables list": "/v1/tables",
    "tables show": "/v1/tables/NAME",
    "tables check": ("name", "sha256", "bytes"),
    "tables add": ("name", "sha256", "isFresh"),
    "tables export": ("files",),
    "rebuild": REBUILT,
    "recover": RECOVERED,
    "serve": SERVING,
    "import": IMPORTED,
    "export": EXPORTED,
}
"""What each command prints with ``--json``: members, or the path of the same answer in the API."""
