"""A server that shows a party the stone's way in part, and lies as a test says."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ledger.desk import Desk, RemoteDesk
from ledger.desk.checked import Checked
from ledger.desk.checking import check_story
from ledger.entry import signatures_hash
from ledger.keys.signers import SecretSigner
from ledger.signing import sheet_hash
from ledger.values import to_hex
from tests.scene import ADDRESS, Scene, Shown, shown
from tests.world import secret_of

Lie = Callable[[str, dict[str, Any]], None]
Change = Callable[[dict[str, Any]], None]
HIDDEN = ("who", "amounts")


@contextmanager
def at_this_time(scene: Scene) -> Iterator[Shown]:
    """Put a scene into a book whose clock is that of this machine, as a desk's is."""
    with shown(scene) as made:
        made.client.headers["accept"] = "application/json"
        made.desk.clock.now_ms = time.time_ns() // 1_000_000
        yield made


class Server(Desk):
    """A server as a party reads it, which lies as the test says."""

    is_remote = True

    def __init__(self, made: Shown, name: str, lie: Lie | None = None) -> None:
        made.client.headers.pop("authorization", None)
        self._honest = RemoteDesk(made.client, ADDRESS)
        self._honest.read_by(lambda: SecretSigner(secret_of(name)))
        self._lie = lie or (lambda _path, _answer: None)
        self.made_up: dict[str, dict[str, Any]] = {}

    @property
    def reader(self) -> Any:
        return self._honest.reader

    def ask(self, path: str, **given: str | int) -> dict[str, Any]:
        if path in self.made_up:
            return copy.deepcopy(self.made_up[path])
        answer = copy.deepcopy(self._honest.ask(path, **given))
        self._lie(path, answer)
        return answer

    def append(self, *_given: Any, **_options: Any) -> list[Any]:
        raise NotImplementedError


def check(
    made: Shown, lie: Lie | None = None, by: str = "jeweller-fr", of: str = "stone"
) -> Checked:
    """Check a parcel's story as a server tells it to a party."""
    return check_story(Server(made, by, lie), made.scene.parcels[of], made.scene.ledger_id)


def index_of(made: Shown, kind: str) -> int:
    """Return the index of the first record of a kind."""
    return next(at for at, (_, one, _) in enumerate(made.scene.log) if one.record.KIND.name == kind)


def about(made: Shown, kind: str, change: Change) -> Lie:
    """Change what is answered about the first record of a kind."""
    record_id = to_hex(made.scene.log[index_of(made, kind)][1].record_id)

    def lie(path: str, answer: dict[str, Any]) -> None:
        if path.endswith(f"/v1/records/{record_id}"):
            change(answer)

    return lie


def withhold(made: Shown, *places: str) -> Change:
    """Return what keeps sheets of a record back, in good order."""
    by_id = {to_hex(one.record_id): one for _, one, _ in made.scene.log}

    def lie(answer: dict[str, Any]) -> None:
        signed = by_id[answer["recordId"]]
        for place in places:
            hidden = sheet_hash(getattr(signed.record, place))
            answer["envelope"]["record"][place] = to_hex(hidden)
        hidden = signatures_hash(signed.envelope.signatures)
        answer["envelope"]["signatures"] = to_hex(hidden)
        answer.update(signers=None, withheld=list(places))

    return lie


def doubts_of(checked: Checked) -> str:
    return "; ".join(f"{doubt.place}: {doubt.said}" for doubt in checked.doubts)
