"""All that a client can be asked to do, for both clients: what needs a proof, and the questions.

Whoever drives the steps adds nothing to them, so both clients do the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ledger.answers.shapes import ConsistencyAnswer, InclusionAnswer, LinkShown, RecordAnswer
from ledger.answers.wire import members_of
from ledger.client.asking import Asking, Manner
from ledger.client.exchange import Steps
from ledger.client.parts import RecordInPart
from ledger.client.questions import Questions, check_token
from ledger.client.recalling import Recalling
from ledger.client.remembering import Remembered
from ledger.client.sending import Line, Sending, Sent
from ledger.client.trusting import Trusting
from ledger.desk import Plain
from ledger.desk.answering import about
from ledger.desk.signing_in import sign_in_body, token_in
from ledger.desk.withholding import check_withheld, mode_of
from ledger.entry import decode
from ledger.errors import ProofError
from ledger.keys import Signer
from ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from ledger.signing import read_shown
from ledger.values import ParcelId, RecordId, to_hex


class Core(Questions):
    """Asks, proves and hands in.

    Args:
        manner: how it works.
        remembered: what is believed.

    """

    def __init__(self, manner: Manner, remembered: Remembered) -> None:
        asking = Asking(manner)
        trusting = Trusting(asking, remembered)
        super().__init__(asking, trusting)
        self._manner = manner
        self._sending = Sending(manner, asking, trusting)
        self._is_trade = False
        """Whether the charter was found to say so; it then does for ever."""

    # -- records -----------------------------------------------------------------------------

    def record(
        self, record_id: RecordId, *, checked: bool = True, through: ParcelId | None = None
    ) -> Steps[RecordAnswer]:
        """Ask for one record.

        Args:
            record_id: which.
            checked: whether to compute its id, signers, parcels and entry again here, and to prove
                under the believed checkpoint that it stands at its index. Otherwise all of it is
                the server's word.
            through: see :meth:`parcel`.

        Returns:
            The answer; a :class:`~ledger.client.parts.RecordInPart` if it was checked and some of
            its sheets are withheld from this reader.

        Raises:
            ProofError: it is not proved, or no checkpoint covers it yet.
            Damaged: it is not the record that it is said to be, or something of it is kept back
                that every party may read.

        """
        named = to_hex(record_id)
        path, query = f"/v1/records/{named}", {} if through is None else {"for": to_hex(through)}
        self._trusting.settled()
        plain = yield from self._asking.plain(path, query)
        about(plain, "record", recordId=named)
        answer = self._asking.made(plain, RecordAnswer)
        if not checked:
            return answer
        desk = Recalling()
        desk.tell(path, plain)
        desk.record(record_id, self._trusting.ledger_id)
        root = decode(answer.entry).root
        yield from self._trusting.prove(answer.index, root, answer.recorded_at_ms)
        if not answer.withheld:
            return answer
        yield from self._check_withheld(plain)
        return RecordInPart(**members_of(answer), shown=read_shown(plain["envelope"]))

    def _check_withheld(self, plain: Plain) -> Steps[None]:
        """See that the ledger may withhold what it does, by its charter."""
        if not self._is_trade:
            desk = Recalling()
            found = partial(mode_of, desk, self._trusting.ledger_id)
            self._is_trade = (yield from desk.fetch(found, self._asking.plain)) == "trade"
        check_withheld(plain, "trade" if self._is_trade else "open")

    def send(self, envelope: bytes, *, checked: bool = True) -> Steps[Sent]:
        """Hand one envelope in, and send it again while its answer is lost.

        Args:
            envelope: its canonical bytes; signed for the pinned ledger.
            checked: whether to wait until a checkpoint covers it, and to prove that it does.
                Otherwise the record is durable when this returns; its index is the server's word.

        Raises:
            Refused: it was not accepted; it is not sent again.
            OutcomeUnknown: what became of it is not known: send the very same envelope again.
            Unavailable: it was not taken.
            ProofError: the server says that it is recorded, and does not prove it.

        """
        return self._sending.send(envelope, checked=checked)

    def send_all(
        self, envelopes: Sequence[bytes], *, atomic: bool = False, checked: bool = True
    ) -> Steps[tuple[Line, ...]]:
        """Hand envelopes in, in one request; return what became of each, in their order.

        Args:
            envelopes: at most as many as a batch takes.
            atomic: whether all are accepted or none.
            checked: see :meth:`send`; each record is proved by a request of its own.

        Raises:
            Refused: one is not well formed; none was sent.
            OutcomeUnknown, Unavailable, ProofError: see :meth:`send`.

        """
        return self._sending.send_all(envelopes, atomic=atomic, checked=checked)

    # -- links -------------------------------------------------------------------------------

    def mint_link(self, parcel: ParcelId) -> Steps[LinkShown]:
        """Mint a link to the page of a parcel that the reader's party holds.

        It is asked for once: if the answer is lost, :meth:`links` shows whether it was minted.

        Raises:
            Refused: ``not-yours``, ``sign-in-needed``.
            Unknown: there is no such parcel.
            BadQuestion: it has as many links as it can have.
            Unavailable: no answer, or none of a ledger.

        """
        named = to_hex(parcel)
        self._trusting.settled()
        plain = yield from self._asking.do("POST", f"/v1/parcels/{named}/links", LinkShown)
        about(plain, "parcel", parcelId=named)
        return self._asking.made(plain, LinkShown)

    def end_link(self, parcel: ParcelId, token: str) -> Steps[None]:
        """End a link to a parcel's page, for ever; again changes nothing.

        Raises:
            Unknown: there is no such link that is the reader's to end.
            Refused: ``sign-in-needed``.
            Unavailable: no answer: end it again.

        """
        check_token(token)
        self._trusting.settled()
        yield from self._asking.do("DELETE", f"/v1/parcels/{to_hex(parcel)}/links/{token}")

    # -- proofs ------------------------------------------------------------------------------

    def inclusion(self, index: int, *, size: int | None = None) -> Steps[InclusionAnswer]:
        """Ask for the proof that an entry is in the log, and verify it.

        Args:
            index: the entry's.
            size: the tree's. By default that of the believed checkpoint, whose root it is laid on;
                for another size it is laid on the root in the answer, which is the server's word.

        Raises:
            ProofError: it does not hold.

        """
        known = self._trusting.settled().checkpoint
        if size is None or (known is not None and size == known.size):
            answer, _ = yield from self._trusting.inclusion(index)
            return answer
        query = {"index": str(index), "size": str(size)}
        plain = yield from self._asking.plain("/v1/proofs/inclusion", query)
        about(plain, "proof", index=index, size=size)
        answer = self._asking.made(plain, InclusionAnswer)
        leaf = leaf_hash(answer.entry)
        verify_inclusion(leaf, index, size, answer.proof, answer.root)
        return answer

    def consistency(self, from_size: int, to_size: int | None = None) -> Steps[ConsistencyAnswer]:
        """Ask for the proof that a tree continues a smaller one, and verify it.

        Args:
            from_size: of the smaller tree.
            to_size: of the larger; that of the server's last checkpoint by default.

        Raises:
            ProofError: it does not hold, or has another root than the believed checkpoint at its
                size. Roots at other sizes are the server's word.

        """
        known = self._trusting.settled().checkpoint
        query = {"from": str(from_size), **({} if to_size is None else {"to": str(to_size)})}
        plain = yield from self._asking.plain("/v1/proofs/consistency", query)
        about(
            plain, "proof", fromSize=from_size, **({} if to_size is None else {"toSize": to_size})
        )
        answer = self._asking.made(plain, ConsistencyAnswer)
        roots = ((answer.from_size, answer.from_root), (answer.to_size, answer.to_root))
        for size, root in roots:
            if known is not None and size == known.size and root != known.root:
                raise ProofError("root", f"another root of {size} entries was signed")
        verify_consistency(
            answer.from_size, answer.to_size, answer.proof, answer.from_root, answer.to_root
        )
        return answer

    # -- reading as a party ------------------------------------------------------------------

    def sign_in(self, signer: Signer) -> Steps[None]:
        """Sign in by a key, so that questions are answered as to its party.

        A token lasts a while; when it has ended, questions raise ``Refused`` (``session-ended``).
        Whether a record is accepted never depends on it.

        Args:
            signer: signs a message for this server and no other.

        Raises:
            Refused: the key opens nothing there.
            Unavailable: the server lets nobody sign in, or does not answer.

        """
        nonce = (yield from self._asking.post("/v1/sign-in/nonce", None)).get("nonce")
        body = sign_in_body(self._manner.url, nonce, signer, self._manner.clock())
        token = token_in((yield from self._asking.post("/v1/sign-in", body)))
        if token is None:
            raise self._asking.stranger()
        self._manner.token = lambda: token
