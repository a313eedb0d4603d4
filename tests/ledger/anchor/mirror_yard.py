"""A real ledger whose hand-overs are mirrored on a chain by a worker that can be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eth_account import Account

from ledger.anchor.artifacts import Told, contract
from ledger.anchor.errands import Founding
from ledger.anchor.journal import SqliteJournal
from ledger.anchor.kept import Place
from ledger.anchor.mirror import Mirror
from ledger.anchor.mirror_kept import LeftOut, MirrorStatus
from ledger.anchor.mirroring import creation_of, registry
from ledger.anchor.protocol import Chain, Event
from ledger.anchor.submitting import Fields, KeySubmitter
from ledger.anchor.worker import Worker
from ledger.audit.mirror import MirrorReport, audit_mirror
from ledger.book import Book
from ledger.config.anchoring import BookLog
from ledger.keys import SecretSigner
from ledger.limits import AnchorLimits, MirrorLimits
from ledger.records import Charter
from ledger.values import Address, Hash32, ParcelId
from tests.desk import Desk
from tests.ledger.anchor.yard import PAYER, SPEAKER, STRANGER, Fuse, Mortal
from tests.scene import Scene, jewel
from tests.world import World, address_of, secret_of

ANCHORS = contract("CheckpointAnchor")
GWEI = 10**9
LIMITS = AnchorLimits(entries=1, seconds=1, fee_wei_max=10**11)
MIRROR_LIMITS = MirrorLimits(seconds=0, gas_max=200_000_000)
ROUNDS_MAX = 80


def mirrored_jewel(mode: str = "open") -> Scene:
    """Return the world of the stone under a charter that allows to mirror it."""
    return jewel(mode, mirror="allowed", anchor_key=address_of(SPEAKER))


@dataclass
class MirrorYard:
    """A book, a chain, and a worker with a mirror."""

    folder: Path
    chain: Any
    desk: Desk
    book: Book
    limits: MirrorLimits = MIRROR_LIMITS
    patience: AnchorLimits = LIMITS
    may_deploy: bool = True
    contract: Address | None = None
    now: float = 1_780_000_000.0
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.journal = SqliteJournal.create(self.folder / "anchors.db")
        self.log: Any = BookLog(self.book)
        self.worker = self.reopened()

    @property
    def world(self) -> World:
        return self.desk.world

    @property
    def scene(self) -> Scene:
        assert isinstance(self.world, Scene)
        return self.world

    def register(self) -> ParcelId:
        """Register a parcel, which the ledger is not told of yet; return its id."""
        return self.scene.register(self.scene.sites["home"], 2_000, 2, zone="South")

    @property
    def charter(self) -> Charter:
        record = self.world.log[0][1].record
        assert isinstance(record, Charter)
        return record

    def reopened(self) -> Worker:
        """Start the process again."""
        self.fuse.left = None
        self.journal.close()
        self.journal = SqliteJournal(self.folder / "anchors.db")
        chain: Any = Mortal(self.chain, self.fuse)
        journal: Any = Mortal(self.journal, self.fuse)
        kept: Any = Mortal(self.journal.mirror, self.fuse)
        log, ledger_id = self.log, self.world.ledger_id
        made = creation_of(ledger_id, self.charter) if self.may_deploy else b""
        mirror = Mirror(
            chain, journal, kept, log, ledger_id, self.patience, self.limits,
            contract=self.contract, creation=made if self.contract is None else b"",
        )  # fmt: skip
        self.worker = Worker(
            chain,
            journal,
            log,
            ledger_id,
            SecretSigner(secret_of(SPEAKER)),
            KeySubmitter(secret_of(PAYER)),
            self.patience,
            founding=Founding(ANCHORS.bytecode, ANCHORS.code, self.charter),
            clock=lambda: self.now,
            dice=lambda: 0.0,
            mirror=mirror,
        )
        return self.worker

    # -- time passes -------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Put into the ledger what the world said since."""
        self.desk.catch_up(self.book)

    def go(self, rounds: int = 1, seconds: float = 61.0) -> None:
        """Step and mine in turns, where blocks are to be mined."""
        for _ in range(rounds):
            self.worker.step()
            if hasattr(self.chain, "mine"):
                self.chain.mine()
            self.now += seconds

    def settled(self) -> MirrorYard:
        """Go on until all that is published is settled in the mirror."""
        for _ in range(ROUNDS_MAX):
            self.worker.ask()
            self.go()
            if self.status.position == self.book.published.size:
                return self
        raise AssertionError(self.worker.status())

    def fund_stranger(self) -> None:
        """Give a stranger money, by the account that has some."""
        payer = Account.from_key(secret_of(PAYER))
        fields = {
            "type": 2, "chainId": self.chain.chain_id, "value": 10**20, "data": b"",
            "nonce": self.chain.nonce(address_of(PAYER)), "to": address_of(STRANGER),
            "gas": 21_000, "maxFeePerGas": 10 * GWEI, "maxPriorityFeePerGas": 1,
        }  # fmt: skip
        self.chain.send(bytes(payer.sign_transaction(fields).raw_transaction))
        if hasattr(self.chain, "mine"):
            self.chain.mine()

    def send_as_stranger(self, data: bytes, to: Address | None = None) -> Hash32:
        """Send a call to the mirror by an account that has nothing to do with the ledger."""
        stranger = KeySubmitter(secret_of(STRANGER))
        fields = Fields(
            self.chain.chain_id, self.chain.nonce(stranger.address), to or self.place.contract,
            data, 3_000_000, 10 * GWEI, 1,
        )  # fmt: skip
        sent: Hash32 = self.chain.send(stranger.sign(fields))
        return sent

    # -- past the worker ---------------------------------------------------------------------

    @property
    def status(self) -> MirrorStatus:
        status = self.worker.status().mirror
        assert status is not None
        return status

    @property
    def place(self) -> Place:
        deployment = self.journal.mirror.deployment()
        assert deployment is not None
        return deployment.place

    @property
    def left_out(self) -> list[LeftOut]:
        return self.journal.mirror.left_out(self.place, limit=1_000)

    def events(self) -> list[tuple[Event, Told]]:
        """Return what the mirror told, in order."""
        head = self.chain.block("latest")
        found = self.chain.events(self.place.contract, (), 0, head.number)
        told = [(one, registry().event(one.topics, one.data)) for one in found]
        return [(event, said) for event, said in told if said is not None]

    def on_chain(self) -> list[Hash32]:
        """Return the records that the mirror holds, in the order in which it told of them."""
        return list(dict.fromkeys(told.values["record"] for _, told in self.events()))

    def audit(self) -> MirrorReport:
        """Compare the mirror with the ledger."""
        with self.book.view() as view:
            report = audit_mirror(view, self.chain, self.journal.mirror, self.world.ledger_id)
        assert report is not None
        return report

    def to_mirror(self) -> list[Hash32]:
        """Return the records of the ledger that are of kinds that are mirrored."""
        unmirrored = {"Charter", "Site", "Report"}
        return [
            signed.record_id
            for _, signed, _ in self.world.log
            if signed.envelope.kind not in unmirrored
        ]

    def ask(self, name: str, *values: object) -> Any:
        """Ask the contract."""
        answer = self.chain.call(self.place.contract, registry().call(name, *values))
        return registry().answer(name, answer)[0]


@contextmanager
def mirror_yard(
    folder: Path, chain: Chain, world: World | None = None, **options: Any
) -> Iterator[MirrorYard]:
    """Open a ledger with a mirror on a chain, where the account that pays has money."""
    desk = Desk(world or mirrored_jewel()).fill()
    with ExitStack() as stack:
        book = stack.enter_context(desk.open())
        yard = MirrorYard(folder, chain, desk, book, **options)
        stack.callback(lambda: yard.journal.close())
        yield yard


def with_limits(**values: Any) -> MirrorLimits:
    """Return the limits of these tests, changed."""
    return replace(MIRROR_LIMITS, **values)
