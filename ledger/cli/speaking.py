"""Saying something: draft it from what the ledger knows, sign it, hand it in or pass it round.

One function holds the order of events, :func:`speak`. What a command adds is the record: it is
given a :class:`Speech`, asks it for the speaker, the goods and the moment, and returns a draft.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import typer

from ledger.book import Status
from ledger.canonical import Envelope, seal, to_plain
from ledger.cli.describe import author as author_of
from ledger.cli.describe import sentence
from ledger.cli.drafting import (
    Private,
    add_signature,
    document_of,
    id_of,
    sent_bytes,
    show_draft,
    write_draft,
)
from ledger.cli.parcels import Plain, goods_of, parcel_at
from ledger.cli.parties import Choice, address_of, bytes_of, party_at, site_namer, speaker_of
from ledger.cli.passphrases import Passphrases
from ledger.cli.private_values import read_values
from ledger.cli.results import print_result
from ledger.cli.session import Session
from ledger.cli.words import count_of, read_time
from ledger.config import system_clock
from ledger.desk import Desk
from ledger.desk.answering import AnotherAnswer
from ledger.drafts import Goods, Moment, Speaker
from ledger.errors import BadQuestion, Unavailable, Unknown
from ledger.keys import Signer
from ledger.limits import LIMITS
from ledger.records import Amendment, Charter, Kind, Record
from ledger.signing import signature_count
from ledger.signing.private import with_private
from ledger.values import NO_HASH, Address, Hash32, to_hex


@dataclass(frozen=True, slots=True)
class Pen:
    """The options of every command that says something.

    Attributes:
        keys: names of keys, or one party's address with ``out``; the first one's party speaks.
        role, country: in which role, if several would do.
        at: when it happened, as typed; "" = now.
        out: where to write the envelope instead of handing it in.
        wait: what must be reached before the command ends.
        passphrases: where passphrases come from.
        yes: whether to sign without asking.
        private: private values, as typed: NAME=VALUE.

    """

    keys: tuple[str, ...] = ()
    role: str = ""
    country: str = ""
    at: str = ""
    out: Path | None = None
    wait: Status = "checkpointed"
    passphrases: Passphrases = field(default_factory=Passphrases)
    yes: bool = False
    private: tuple[str, ...] = ()

    def also(self, session: Session, key: str) -> Pen:
        """Return the pen with one more key behind its own."""
        return replace(self, keys=(*(self.keys or (only_key(session),)), key))


class Speech:
    """What a command has at hand while it drafts.

    Args:
        session: this run of the command.
        desk: the ledger's desk.
        pen: the options.
        key: the address of the key, or of the party, that speaks.

    """

    def __init__(self, session: Session, desk: Desk, pen: Pen, key: Address) -> None:
        self.session = session
        self.desk = desk
        self.pen = pen
        self.ledger_id = session.ledger_id(desk)
        self.party = party_at(session, desk, key)
        self.private_of: Kind | None = None
        """Whose private fields go along: the kind that a Correction corrects; None: the draft's."""
        self._not_before = 0
        if self.author != key:
            session.out.aside(f"{session.name(key)} speaks for {session.name(self.author)}")

    @property
    def author(self) -> Address:
        """The party that speaks."""
        return address_of(self.party["address"])

    def speaker(
        self, kind: str, operation: str = "", likely: str = "", within: str = ""
    ) -> Speaker:
        """Choose the role in which the party speaks; see :class:`~ledger.cli.parties.Choice`."""
        choice = Choice(self.pen.role, self.pen.country, likely, within)
        return speaker_of(self.party, kind, operation, choice)

    def party_named(self, who: str, option: str) -> Plain:
        """Return the party of a key's name or an address.

        Raises:
            BadQuestion: a server names another party than what was typed, and nobody can be asked.

        """
        typed = self.session.address(who, option)
        party = party_at(self.session, self.desk, typed)
        self.check_named(typed, address_of(party["address"]), option)
        return party

    def check_named(self, typed: Address, named: Address, option: str) -> None:
        """Say so when the ledger names another party than was typed; a server's word is asked for.

        Raises:
            BadQuestion: nobody can be asked whether that party is meant.

        """
        if typed == named:
            return
        session = self.session
        session.out.aside(f"{session.name(typed)} is a key or agent of {session.name(named)}")
        if not self.desk.is_remote or self.pen.yes:
            return
        if not may_ask(session):
            expected = f"the party itself, {to_hex(named)} as the server says; or --yes"
            raise BadQuestion(option, expected)
        typer.confirm("Is this party meant?", abort=True, err=True)

    def parcel(self, text: str) -> Plain:
        """Return what the book says of a parcel; its short form is looked for among one's own."""
        found = parcel_at(self.desk, text, self.author, is_signed=True)
        self.follows(bytes_of(found["head"]))
        return found

    def goods(self, text: str) -> Goods:
        """Return a parcel as the record must name it."""
        return goods_of(self.parcel(text))

    def charter(self) -> tuple[Record, Hash32]:
        """Return the Charter or Amendment in force, as its governors signed it, and its id.

        Raises:
            AnotherAnswer: it is neither, or the Charter of another ledger.

        """
        head = bytes_of(self.desk.charter()["head"])
        record = self.follows(head)
        is_founding = isinstance(record, Charter) and head == self.ledger_id
        if not is_founding and not isinstance(record, Amendment):
            raise AnotherAnswer("charter", to_hex(self.ledger_id), to_hex(head))
        return record, head

    def chain_head(self, address: Address) -> Hash32:
        """Return the head of the chain of a party or an agent; zeros for a stranger."""
        try:
            known = self.desk.party(address)
        except Unknown:
            return NO_HASH
        head = bytes_of(known["head"])
        if head != NO_HASH:
            self.follows(head)
        return head

    def follows(self, record_id: Hash32) -> Record:
        """Return a record that this one follows, read again here; this one is not to be earlier.

        Raises:
            AnotherAnswer: it is another record.

        """
        record = self.desk.read(record_id, self.ledger_id).record
        self._not_before = max(self._not_before, record.scene.occurred_at)
        return record

    def moment(self) -> Moment:
        """Return when it happened; asked for after all that the record follows."""
        if self.pen.at:
            return Moment(read_time(self.pen.at), fresh_salt)
        now = system_clock() // 1000
        # A record of another party, whose clock runs ahead a little, is not to stop this one.
        is_near = now < self._not_before <= now + LIMITS.ahead_seconds_max
        return Moment(self._not_before if is_near else now, fresh_salt)


def fresh_salt() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(32)


def speak(session: Session, pen: Pen, compose: Callable[[Speech], Record]) -> None:
    """Say something: draft, sign, and hand in or write.

    Args:
        session: this run of the command.
        pen: who signs, and what becomes of the envelope.
        compose: drafts the record from what the ledger knows.

    """
    # 1. The keys, while nobody is kept waiting by an open ledger.
    keys = pen.keys or (only_key(session),)
    author = session.address(keys[0], "--as")
    signers = unlock(session, pen, keys)
    if signers and not session.reader:
        session.reader_signer = signers[0]  # whoever speaks reads by the same key
    with session.desk() as desk:
        # 2. Who speaks, what the ledger knows, and from both the record, checked.
        speech = Speech(session, desk, pen, author)
        record = compose(speech)
        values = read_values(speech.private_of or record.KIND, pen.private)
        record, private = with_private(record, values, fresh_salt, speech.private_of)
        envelope = seal(record, ())
        # 3. The signatures; what a server or a device has a part in is shown first.
        if signers and (desk.is_remote or any(one.kind == "command" for one in signers)):
            show_and_ask(session, pen, envelope, speech.ledger_id, is_remote=desk.is_remote)
        for signer in signers:
            envelope = add_signature(envelope, speech.ledger_id, signer)
        # 4. Pass it round, or hand it in and say what became of it.
        if pen.out is not None:
            write_out(speech, envelope, pen.out, private)
        else:
            hand_in(session, desk, envelope, speech.ledger_id, pen.wait, private)


def may_ask(session: Session) -> bool:
    """Tell whether a person is there to be asked."""
    return sys.stdin.isatty() and not session.out.as_json


def show_and_ask(
    session: Session, pen: Pen, envelope: Envelope, ledger_id: Hash32, *, is_remote: bool = True
) -> None:
    """Show what is about to be signed, and ask whoever is at a terminal.

    A draft rests on a server's answers, and a signature cannot be taken back.
    """
    if session.out.as_json:
        record = envelope.record
        said = f"{author_of(record, session.name)} {sentence(record, session.name)}"
        session.out.line_aside({"signing": {"said": said, "record": to_plain(record)}})
        return
    show_draft(session.out, envelope, ledger_id, session.name)
    if session.pinned is None and is_remote:
        session.out.note("which ledger this is for is the server's word: pin it with --ledger-id")
    if may_ask(session) and not pen.yes:
        typer.confirm("Sign this?", abort=True, err=True)


def only_key(session: Session) -> str:
    """Return the name of the only key.

    Raises:
        BadQuestion: there is none, or more than one.

    """
    names = list(session.keys_by_name)
    if len(names) != 1:
        held = f"one of {', '.join(names)}" if names else "a key: make one with `adamant keys new`"
        raise BadQuestion("--as", held)
    return names[0]


def unlock(session: Session, pen: Pen, keys: Sequence[str]) -> list[Signer]:
    """Return what signs for named keys; a bare address has none, and is for a draft alone.

    Raises:
        BadQuestion: a passphrase is wrong, or an address was given without ``--out``.
        Unknown: there is no such key.

    """
    if pen.out is None and any(key.startswith("0x") for key in keys):
        raise BadQuestion("--as", "the name of a key; or --out FILE, to have it signed elsewhere")
    named = [key for key in keys if not key.startswith("0x")]
    for name in named:
        session.keyring.address(name)  # all of them are there, before anybody is asked
    return [session.signer(name, pen.passphrases) for name in named]


def write_out(speech: Speech, envelope: Envelope, file: Path, private: Private = ()) -> None:
    """Write a draft, and say what it is."""
    out, ledger_id = speech.session.out, speech.ledger_id
    write_draft(file, envelope, private)
    document = document_of(envelope, ledger_id, str(file), governors_needed(speech, envelope))
    if out.as_json:
        out.document(document)
        return
    show_draft(out, envelope, ledger_id, speech.session.name)
    count, needed = len(document["signers"]), document["signaturesNeeded"]
    out.say(f"written to {file}: {count} of {count_of(needed, 'signature')}")
    step = "sign" if not count else "send" if count >= needed else "cosign"
    out.note(f"next: adamant {step} {file}")


def governors_needed(speech: Speech, envelope: Envelope) -> int | None:
    """Return how many governors sign what is theirs to sign, by the charter in force."""
    if signature_count(envelope.record) is not None:
        return None
    charter, _ = speech.charter()
    is_by_all = envelope.record.operation == "override"
    needed: int = len(charter.who.governors) if is_by_all else charter.amounts.threshold
    return needed


def hand_in(
    session: Session,
    desk: Desk,
    envelope: Envelope,
    ledger_id: Hash32,
    wait: Status,
    private: Private = (),
) -> None:
    """Hand an envelope in, and say what became of it.

    Raises:
        Refused: it was not accepted.
        Unavailable: it is kept in a file when nobody knows what became of it.
        AnotherAnswer: likewise.

    """
    record_id = id_of(envelope.record, ledger_id)
    try:
        answer = desk.hand_in(sent_bytes(envelope, private), record_id, wait)
    except (Unavailable, AnotherAnswer) as error:
        kept = Path(f"unsent-{to_hex(record_id)[2:14]}.json")
        write_draft(kept, envelope, private)
        said = f"the envelope is kept: `adamant send {kept}`"
        if isinstance(error, Unavailable):
            raise Unavailable(f"{error}; {said}") from None
        session.out.aside(said)
        raise
    print_result(session.out, envelope.record, answer, session.name, site_namer(desk))
