"""One stone's way in the world of the tests: mined, mixed, polished, and held by a jeweller.

``jewel`` tells it on an open ledger, ``jewel("trade")`` on a trade ledger. ``Shown`` puts such a
world into a real book over stores in memory, with everything that answers about it.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.testclient import TestClient

from api import create_app
from api.sessions import Sessions
from ledger import drafts
from ledger.anchor.told import Anchors
from ledger.answers import Answers
from ledger.book import Book
from ledger.drafts import Loss, Output, Speaker
from ledger.limits import DoorLimits
from ledger.signin import Message, sign_message, time_text, write_message
from ledger.store.links import THE_OPERATOR, TOKEN_BYTES, Link, LinkStore, MemoryLinks
from ledger.values import Hash32, ParcelId, to_hex
from tests.desk import Desk
from tests.world import CAST, World, address_of, secret_of

ABROAD = {"authority-ca": ("authority", "CA"), "miner-ca": ("miner", "CA")}
ROUGH, POLISHED = "7102.31", "7102.39"
LABEL = '<script>alert("lot")</script>'
ADDRESS = "http://testserver"
OPERATORS = "token-of-the-operator-of-the-tests"
MINE, OTHER_MINE = "Jwaneng", "Ekati & <b>sons</b>"


@dataclass
class Scene(World):
    """A world with a second mining country, and the names of what is in it."""

    parcels: dict[str, ParcelId] = field(default_factory=dict)
    sites: dict[str, Hash32] = field(default_factory=dict)

    def speaker(self, name: str) -> Speaker:
        """Return a named actor in its role."""
        if name in ABROAD:
            role, country = ABROAD[name]
            return Speaker(address_of(name), role, country)
        return super().speaker(name)

    def report(self, operation: str, parcel: ParcelId, by: str, **more: object) -> None:
        """Report on a parcel."""
        record = drafts.report(self.speaker(by), self.moment(), operation, parcel, **more)
        self.say(record, by)


@functools.cache
def _jewel(mode: str, **charter: object) -> Scene:
    scene = Scene()
    scene.found(mode=mode, **charter)
    for name, (role, country) in {**CAST, **ABROAD}.items():
        scene.admit(name, role, country)
    scene.later()
    home = scene.open_site(label=MINE, zone="South", yearly_capacity_millicarats=5_000_000)
    abroad = scene.open_site("authority-ca", label=OTHER_MINE, site_type="artisanal")
    scene.later()
    first = scene.register(home, 12_500, 3, label=LABEL, zone="South")
    second = scene.register(abroad, 8_000, 2, by="miner-ca", label="CA-2")
    for parcel, miner in ((first, "miner-bw"), (second, "miner-ca")):
        scene.hand_over(parcel, miner, "trader-be")
    scene.later(3_600)
    (mixed,) = scene.transform(
        "trader-be", "mix", sorted([first, second]), [Output(20_500, 5, ROUGH, "Blend")]
    )
    rough, rest = scene.transform(
        "trader-be", "split", [mixed], [Output(4_100, 1, ROUGH), Output(16_400, 4, ROUGH)]
    )
    scene.hand_over(rough, "trader-be", "cutter-in", weight_millicarats=4_098)
    scene.later(86_400)
    (stone,) = scene.transform(
        "cutter-in", "polish", [rough], [Output(1_850, 1, POLISHED, LABEL)],
        polishing=Loss(2_248),
    )  # fmt: skip
    scene.hand_over(stone, "cutter-in", "jeweller-fr")
    scene.later()
    scene.parcels |= {
        "first": first, "second": second, "mixed": mixed, "rough": rough, "rest": rest,
        "stone": stone,
    }  # fmt: skip
    scene.sites |= {"home": home, "abroad": abroad}
    return scene


def jewel(mode: str = "open", **charter: object) -> Scene:
    """Return the world of the stone, on an open or a trade ledger, by a charter of these values."""
    return _jewel(mode, **charter).fork()  # type: ignore[return-value]  # a fork is of its world's class


@dataclass
class Shown:
    """A scene in a real book, and all that answers about it."""

    scene: Scene
    desk: Desk
    book: Book
    answers: Answers
    client: TestClient
    links: LinkStore

    def hex(self, parcel: str) -> str:
        """Return a named parcel's id as text."""
        return to_hex(self.scene.parcels[parcel])

    def token(self, parcel: str) -> str:
        """Return the token of a link to a named parcel's page, which its minting made so."""
        return self.token_of(self.scene.parcels[parcel])

    def token_of(self, parcel: ParcelId) -> str:
        """Return the token of a link to a parcel's page, minted by the operator if it is not yet.

        Tests read their answers again: it is the same in every run, and follows from no id that
        anyone is told.
        """
        token = hashlib.sha256(b"the link of " + parcel).digest()[:TOKEN_BYTES]
        if self.links.find(token) is None:
            self.links.mint(Link(token, parcel, THE_OPERATOR, self.desk.clock.now_ms))
        return token.hex()

    def site(self, name: str) -> str:
        """Return a named site's id as text."""
        return to_hex(self.scene.sites[name])

    def registrations(self, count: int) -> list[bytes]:
        """Let the miner register more parcels, none of them sent yet; return their envelopes."""
        start = len(self.scene.log)
        for number in range(count):
            self.scene.register(self.scene.sites["home"], 1_000 + number, 1, zone="South")
        self.desk.clock.now_ms = self.scene.now_ms
        return self.desk.raws(start)

    def catch_up(self) -> None:
        """Put into the book what the scene said since."""
        self.desk.catch_up(self.book)

    def sign_in(self, name: str) -> dict[str, str]:
        """Sign in with the key of a named actor; return the headers by which it then reads."""
        nonce = self.client.post("/v1/sign-in/nonce").json()["nonce"]
        body = signed_in_body(name, nonce, self.desk.clock.now_ms)
        response = self.client.post("/v1/sign-in", json=body)
        assert response.status_code == 200, response.text
        return {"authorization": f"Bearer {response.json()['token']}"}


def signed_in_body(name: str, nonce: str, now_ms: int, **parts: object) -> dict[str, str]:
    """Return what a named actor sends to sign in; ``parts`` of the message may be others."""
    usual = {
        "domain": ADDRESS.partition("://")[2], "address": address_of(name), "uri": ADDRESS,
        "nonce": nonce, "issued_at": time_text(now_ms),
    }  # fmt: skip
    text = write_message(Message(**{**usual, **parts}))  # type: ignore[arg-type]  # by name
    return {"message": text, "signature": to_hex(sign_message(text, secret_of(name)))}


@contextmanager
def shown(
    scene: Scene, desk: Desk | None = None, anchors: Anchors | None = None, **limits: object
) -> Iterator[Shown]:
    """Put a scene into a book, and open the door.

    The client asks an open ledger as its operator, and a trade ledger as a stranger.
    """
    desk = desk or Desk(scene)
    desk.fill()
    with desk.open() as book:
        links = MemoryLinks()
        answers = Answers(book, desk.clock, links=links, anchors=anchors)
        sessions = Sessions(answers, [ADDRESS], clock=desk.clock, operator_token=OPERATORS)
        door = DoorLimits(**limits)  # type: ignore[arg-type]  # by name
        app = create_app(book, answers, door, sessions)
        with TestClient(app, ADDRESS, raise_server_exceptions=False) as client:
            if answers.charter()["mode"] == "open":
                client.headers["authorization"] = f"Bearer {OPERATORS}"
            yield Shown(scene, desk, book, answers, client, links)
