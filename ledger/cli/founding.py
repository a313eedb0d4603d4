"""The command that founds a ledger: its folder, its log key, its Charter.

With all governors' keys here, one command does it. With governors elsewhere, the Charter is written
as a draft, passed round to be cosigned, and comes back with ``init --charter``. The same command
goes on with a founding that was cut short: the draft lies there from before the log key is written
until the ledger is founded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from ledger.canonical import Envelope, seal
from ledger.checkpoint import SignerKey
from ledger.cli.charters import DAY_SECONDS, read_anchor_key
from ledger.cli.drafting import add_signature, id_of, read_draft, show_draft, signers_of
from ledger.cli.options import Context, PassphraseFile
from ledger.cli.passphrases import Passphrases
from ledger.cli.session import Session, session_of
from ledger.cli.speaking import fresh_salt
from ledger.cli.words import read_carats
from ledger.config import (
    OWNER_ONLY_FOLDER,
    LedgerFolder,
    found_ledger,
    fresh_log_key,
    known_or_fresh,
    make_folder,
    system_clock,
)
from ledger.custody import Nothing
from ledger.drafts import Constitution, Moment
from ledger.errors import AlreadyThere, BadQuestion, Refusal, Refused
from ledger.keys import Signer
from ledger.records import Charter, Record
from ledger.reference import Shelf, shipped
from ledger.rules import check
from ledger.signing import read_signed
from ledger.values import NO_ADDRESS, NO_HASH, to_hex

commands = typer.Typer()
PANEL: Final = "Start"
DEFAULT_ORIGIN: Final = "localhost/adamant"


OriginOption = Annotated[
    str,
    typer.Option(metavar="NAME", help="The log's name for ever, such as ledger.example/main."),
]
GovernorsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--governor",
        metavar="KEY",
        help="A governor: a key's name here, or 0x… of one elsewhere. Once for each.",
    ),
]
CountOption = Annotated[
    int,
    typer.Option(
        "--governors",
        metavar="N",
        min=1,
        max=16,
        help="How many governors' keys to make, if none is named.",
    ),
]
ThresholdOption = Annotated[
    int | None,
    typer.Option(metavar="K", min=1, help="How many of them decide; a majority if not said."),
]
ModeOption = Annotated[
    Literal["open", "trade"],
    typer.Option(
        help="Who may read records: every party, or those concerned. An open ledger can become a "
        "trade ledger, never the other way."
    ),
]
MirrorOption = Annotated[
    Literal["forbidden", "allowed"],
    typer.Option(help="Whether records may be mirrored on a chain, for everybody to read."),
]
ToleranceOption = Annotated[
    str, typer.Option(metavar="CARATS", help="Weighing tolerance, absolute.")
]
PpmOption = Annotated[
    int,
    typer.Option(metavar="N", min=0, help="Weighing tolerance, parts per million of the weight."),
]
RecoveryOption = Annotated[
    int, typer.Option(metavar="N", min=1, help="Days before a recovered key takes effect.")
]
CheckpointsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where the second store lies, best on another disk."),
]
AnchorKeyOption = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Address of the key that signs anchors on a chain, if it is kept elsewhere; none = "
        "this ledger is never anchored. One is made in the folder if not said.",
    ),
]
TablesOption = Annotated[
    bool,
    typer.Option(
        "--tables/--no-tables",
        help="Adopt the reference tables and definitions that come with this package; else they "
        "count all the same, marked as not adopted.",
    ),
]
CharterOption = Annotated[
    str, typer.Option(metavar="FILE", help="Found the ledger by this Charter, signed by all.")
]


@commands.command(rich_help_panel=PANEL)
def init(
    context: Context,
    *,
    origin: OriginOption = DEFAULT_ORIGIN,
    governors: GovernorsOption = None,
    count: CountOption = 3,
    threshold: ThresholdOption = None,
    mode: ModeOption = "open",
    mirror: MirrorOption = "forbidden",
    tolerance: ToleranceOption = "0.005",
    tolerance_ppm: PpmOption = 1000,
    recovery_days: RecoveryOption = 7,
    checkpoints: CheckpointsOption = None,
    anchor_key: AnchorKeyOption = "",
    tables: TablesOption = True,
    charter: CharterOption = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Found a ledger: make its folder and log key, and write the Charter that governs it.

    Examples: adamant init --origin ledger.example/main; adamant init --governor alice --governor
    0x… --threshold 2
    """
    session = session_of(context)
    if charter:
        _found_by(session, read_draft(charter))
        return
    folder, passphrases = session.folder, Passphrases(passphrase_file)
    if folder.is_made:
        raise _made_already(folder)
    constitution = Constitution(
        governors=tuple(session.address(one, "--governor") for one in governors or ()),
        threshold=threshold or len(governors or range(count)) // 2 + 1,
        checkpoint_keys=(),
        mode=mode,
        mirror=mirror,
        tolerance_millicarats=read_carats(tolerance, "--tolerance"),
        tolerance_parts_per_million=tolerance_ppm,
        recovery_delay_seconds=recovery_days * DAY_SECONDS,
        tables={file.name: file.sha256 for file in shipped().values()} if tables else {},
    )
    key = fresh_log_key(origin)
    if governors:
        here = [name for name in governors if not name.startswith("0x")]
        signers = [session.signer(name, passphrases) for name in here]
    else:
        signers = _governors_keys(session, count, passphrases)
        made = tuple(signer.address for signer in signers)
        constitution = replace(constitution, governors=made)
    _check_threshold(constitution)
    # It stands in the Charter from the first, since that is where a contract finds it.
    kept_here = None if anchor_key else known_or_fresh(folder.anchor_key, "the anchor key")
    anchored_by = kept_here.address if kept_here else read_anchor_key(anchor_key)
    constitution = replace(constitution, anchor_key=anchored_by)
    envelope = _charter(session, constitution, key, signers)
    is_whole = len(envelope.signatures) == len(constitution.governors)
    if is_whole:  # nothing is made of a Charter that would not be accepted
        check(Nothing(), read_signed(envelope.raw, NO_HASH), 0, system_clock())
    make_folder(folder.path, origin, checkpoints, key, envelope.raw, kept_here)
    _keep_tables(folder, envelope.record)  # before governors elsewhere sign their hashes
    if is_whole:
        _found(session, folder, envelope)
    else:
        _pass_round(session, folder, envelope)


def _check_threshold(constitution: Constitution) -> None:
    """Check what governors elsewhere would otherwise sign in vain."""
    most = len(constitution.governors)
    if constitution.threshold > most:
        expected = f"at most {most}, the number of governors"
        came = str(constitution.threshold)
        raise Refused(Refusal("charter-values", "amounts.threshold", expected, came))


def _made_already(folder: LedgerFolder) -> AlreadyThere:
    waits = folder.charter_draft.exists()
    next_step = f"; it waits for `adamant init --charter {folder.charter_draft}`" if waits else ""
    return AlreadyThere(f"there is a ledger in {folder.path} already{next_step}")


def _governors_keys(session: Session, count: int, passphrases: Passphrases) -> list[Signer]:
    """Make the governors' keys, all under one passphrase; keys of a try before are used again."""
    names = [f"governor-{number}" for number in range(1, count + 1)]
    fresh = [name for name in names if name not in session.keys_by_name]
    passphrase = passphrases.of(", ".join(fresh or names), is_new=bool(fresh))
    session.folder.path.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    for name in fresh:
        session.keyring.create(name, passphrase)
    return [session.keyring.signer(name, lambda: passphrase) for name in names]


def _charter(
    session: Session, constitution: Constitution, key: SignerKey, signers: Sequence[Signer]
) -> Envelope:
    """Draft the Charter, naming the log key, and sign it with the governors' keys at hand."""
    named = replace(constitution, checkpoint_keys=(str(key.verifier_key),))
    record = named.charter(key.name, Moment(system_clock() // 1000, fresh_salt))
    envelope = seal(record, ())
    if any(signer.kind == "command" for signer in signers):  # whose device shows it as well
        show_draft(session.out, envelope, NO_HASH, session.name)
    for signer in signers:
        envelope = add_signature(envelope, NO_HASH, signer)
    return envelope


def _found_by(session: Session, envelope: Envelope) -> None:
    if not isinstance(envelope.record, Charter):
        raise BadQuestion("--charter", "the draft of a Charter")
    folder = session.folder
    folder.check_is_made()
    missing = set(envelope.record.who.governors) - set(signers_of(envelope, NO_HASH))
    if missing:
        names = ", ".join(sorted(session.name(one) for one in missing))
        raise Refused(Refusal("governors", "signatures", "every governor", f"none by {names}"))
    _keep_tables(folder, envelope.record)  # `init` may have been killed before it did
    _found(session, folder, envelope)


def _keep_tables(folder: LedgerFolder, charter: Record) -> None:
    """Keep the tables that come with this package: a later version may come with others."""
    adopted = dict(zip(charter.what.tables, charter.what.table_hashes, strict=True))
    for file in shipped().values():
        if adopted.get(file.name) == file.sha256:
            Shelf(folder.tables).add(file)


def _found(session: Session, folder: LedgerFolder, envelope: Envelope) -> None:
    answer = found_ledger(folder, envelope.raw)
    folder.charter_draft.unlink(missing_ok=True)
    document = _document(session, folder, envelope)
    if session.out.as_json:
        session.out.document({**document, "isFounded": True, "charterFile": None})
        return
    session.out.say(f"ledger founded in {folder.path}, {answer.status}", style="bold")
    _tell(session, document)
    session.out.note("next: admit an authority, and have it admit miners and open sites")
    session.out.note("      adamant admit --help, adamant site open --help")


def _pass_round(session: Session, folder: LedgerFolder, envelope: Envelope) -> None:
    file = str(folder.charter_draft)
    document = _document(session, folder, envelope)
    if session.out.as_json:
        session.out.document({**document, "isFounded": False, "charterFile": file})
        return
    count = len(document["governors"])
    session.out.say(f"the Charter has {len(envelope.signatures)} of {count} signatures: {file}")
    _tell(session, document)
    session.out.note(f"next: each other governor, adamant cosign {file}")
    session.out.note(f"      then adamant init --charter {file}")


def _document(session: Session, folder: LedgerFolder, envelope: Envelope) -> dict[str, Any]:
    record = envelope.record
    names = {address: name for name, address in session.keys_by_name.items()}
    anchor_key = record.what.anchor_key
    return {
        "folder": str(folder.path),
        "origin": record.what.origin,
        "ledgerId": to_hex(id_of(record, NO_HASH)),
        "mode": record.what.mode,
        "mirror": record.what.mirror,
        "logKey": record.what.checkpoint_keys[0],
        "anchorKey": None if anchor_key == NO_ADDRESS else to_hex(anchor_key),
        "threshold": record.amounts.threshold,
        "governors": [
            {"address": to_hex(one), "key": names.get(one)} for one in record.who.governors
        ],
    }


def _tell(session: Session, document: dict[str, Any]) -> None:
    governors = document["governors"]
    who = "every party" if document["mode"] == "open" else "those concerned"
    session.out.pairs(
        [
            ("ledger", document["origin"]),
            ("ledger id", document["ledgerId"]),
            ("who may read", who),
            ("decided by", f"{document['threshold']} of {len(governors)} governors"),
            *[("governor", session.name(one["address"])) for one in governors],
            ("log key", document["logKey"]),
            ("anchor key", document["anchorKey"] or "none"),
        ]
    )
