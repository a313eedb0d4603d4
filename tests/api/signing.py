"""Steps of the page for signing with a wallet, as tests take them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ledger import drafts
from ledger.canonical import seal
from ledger.records import Record
from ledger.signing import record_id, sign
from ledger.values import Hash32, to_hex
from tests.api.test_pages import Page
from tests.scene import Shown
from tests.world import secret_of

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
MINER = "miner-bw"


@dataclass
class Answered:
    """A page that came, and what stands in it."""

    status: int
    page: Page
    html: str
    policy: str

    @property
    def text(self) -> str:
        return self.page.text

    def field(self, name: str) -> str:
        """Return what stands in a field of the page."""
        found = re.search(rf'<textarea id="{name}"[^>]*>(.*?)</textarea>', self.html, re.DOTALL)
        assert found is not None
        return "".join(Page(f"<p>{found[1]}</p>").words)

    @property
    def may_send(self) -> bool:
        return "send" in [button.get("value") for button in self.page.named("button")]


def step(made: Shown, do: str, draft: str, signature: str = "") -> Answered:
    given = {"draft": draft, "signature": signature, "do": do}
    return answered(made.client.post("/sign", data=given))


def answered(response: Any) -> Answered:
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "private, no-store"
    policy = response.headers["content-security-policy"]
    return Answered(response.status_code, Page(response.text), response.text, policy)


def a_record(made: Shown, **more: Any) -> Record:
    scene = made.scene
    made.desk.clock.now_ms = scene.now_ms
    weight = more.pop("weight", 12_500)
    home = scene.sites["home"]
    return drafts.registration(
        scene.speaker(MINER), scene.moment(), home, weight, stones=3, zone="South", **more
    )


def draft_of(record: Record, *signatures: bytes) -> str:
    return seal(record, signatures).raw.decode()


def digest_of(made: Shown, record: Record) -> Hash32:
    return record_id(record, made.scene.ledger_id)


def signed(made: Shown, record: Record, name: str = MINER) -> str:
    return to_hex(sign(digest_of(made, record), secret_of(name)))


def size_of(made: Shown) -> int:
    return int(made.client.get("/v1/status").json()["size"])


def draft(made: Shown, body: str) -> Any:
    """Ask what a draft says, as data."""
    return made.client.post("/v1/typed-data", content=body.encode(), headers=JSON)
