"""What is to be mined: a contract made, a ledger opened in it, an anchor taken by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.anchor.calls import Latest, anchor_call, open_call
from ledger.anchor.kept import DEPLOY, OPEN, Deployment, KeptAnchor, Place, Transaction, errand_of
from ledger.anchor.submitting import contract_of
from ledger.anchor.watching import Log
from ledger.errors import ChainDown, Diverged, ProofError, RefusesToStart
from ledger.merkle import verify_consistency
from ledger.records import Charter
from ledger.signing.anchors import Anchor, AnchorStatement, signer_of
from ledger.values import Address, Hash32, to_hex


class AnchorSigner(Protocol):
    """Signs for the ledger's anchor key."""

    @property
    def address(self) -> Address:
        """The anchor key, as the contract knows it."""

    def sign(self, statement: AnchorStatement) -> bytes:
        """Return r ‖ s ‖ v, 65 bytes, low s, v 27 or 28."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What makes a contract, and tells it of the ledger; only who is asked to deploy has it.

    Attributes:
        creation_code: what makes the contract; empty where none is to be made.
        code: what is at its address then.
        charter: the ledger's, which names the anchor key.

    """

    creation_code: bytes
    code: bytes
    charter: Charter


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be mined.

    Attributes:
        name: ``deploy``, ``open``, or ``anchor`` and a size.
        to: whom it calls; None where it makes a contract.
        data: with what.
        contract: where its effect is.
        gas: how much to allow, where that was found already; 0 where the chain is to be asked.

    """

    name: str
    to: Address | None
    data: bytes
    contract: Address
    gas: int = 0

    def is_done_by(self, transaction: Transaction) -> bool:
        """Tell whether this is what a transaction, once mined, has done."""
        if (transaction.errand, transaction.to) != (self.name, self.to):
            return False
        made = contract_of(transaction.sender, transaction.nonce)
        return self.to is not None or made == self.contract


def deploying(
    founding: Founding | None,
    deployment: Deployment | None,
    before: Sequence[Transaction],
    following: Address,
) -> Errand:
    """Make a contract; where one is on its way, that one.

    Args:
        founding: what it is made of.
        deployment: what was kept of it.
        before: transactions that were to make it.
        following: what the account's next nonce would make.

    Raises:
        RefusesToStart: there is none, and none is to be made.
        ChainDown: the one that there was is not there, and was not ours.

    """
    if deployment is None:
        if founding is None or not founding.creation_code:
            raise RefusesToStart("there is no contract to anchor in: `adamant chain deploy`")
        return Errand(DEPLOY, None, founding.creation_code, following)
    contract = deployment.place.contract
    ours = [one for one in before if contract_of(one.sender, one.nonce) == contract]
    if not ours:
        raise ChainDown(f"the contract is not at {to_hex(contract)}")
    return Errand(DEPLOY, None, ours[-1].data, contract)


def opening(
    founding: Founding | None, ledger_id: Hash32, place: Place, before: Sequence[Transaction]
) -> Errand:
    """Tell a contract of the ledger.

    Raises:
        RefusesToStart: it does not know it, and is not to be told.

    """
    if founding is not None:
        data = open_call(ledger_id, founding.charter)
        return Errand(OPEN, place.contract, data, place.contract)
    ours = [one for one in before if one.to == place.contract]
    if not ours:
        raise RefusesToStart("the contract does not know the ledger: open it there")
    return Errand(OPEN, place.contract, ours[-1].data, place.contract)


def anchoring(log: Log, kept: KeptAnchor) -> Errand:
    """Anchor what was signed."""
    said = kept.statement
    proof = prove(log, said)
    data = anchor_call(said.ledger, said.size, said.root, proof, kept.signature)
    return Errand(errand_of(said.size), said.contract, data, said.contract)


def stated(log: Log, ledger_id: Hash32, place: Place, latest: Latest, size: int) -> Anchor:
    """Return what is to be signed: ``size`` entries, after what the contract holds.

    Raises:
        Diverged: the log does not continue what the contract holds.

    """
    said = Anchor(
        ledger_id,
        place.chain_id,
        place.contract,
        size,
        log.root_at(size),
        latest.size,
        latest.root,
    )
    prove(log, said)
    return said


def sign_by(signer: AnchorSigner, said: Anchor) -> bytes:
    """Have a statement signed.

    Raises:
        RefusesToStart: what came is not by the key that the signer says it has.

    """
    signature = signer.sign(said)
    if signer_of(said, signature) != signer.address:
        raise RefusesToStart("the anchor key's signer signs by another key")
    return signature


def prove(log: Log, said: Anchor) -> tuple[Hash32, ...]:
    """Return the proof that the contract asks for, verified; empty for the first anchor.

    Raises:
        Diverged: the log does not continue what is said to be before.

    """
    if said.previous_size == 0:
        return ()
    proof = log.consistency(said.previous_size, said.size)
    try:
        verify_consistency(said.previous_size, said.size, proof, said.previous_root, said.root)
    except ProofError as error:
        raise Diverged(f"the log does not continue what is anchored: {error}") from error
    return tuple(proof)
