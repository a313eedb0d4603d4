"""The whole door over the store that servers use: one stone's way over SQLite."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ledger.checkpoint import open_checkpoint
from ledger.store.checkpoints import SqliteCheckpoints
from ledger.store.sqlite import SqliteStore
from tests.api.problem_check import problem_of
from tests.desk import LOG_KEY, Desk
from tests.scene import jewel, shown

JSON = {"content-type": "application/json"}


def test_a_stones_way_over_sqlite(tmp_path: Path) -> None:
    scene = jewel()
    with (
        closing(SqliteStore.create(tmp_path / "log.db")) as store,
        closing(SqliteCheckpoints.create(tmp_path / "checkpoints.db")) as checkpoints,
        shown(scene, Desk(scene, store, checkpoints)) as made,
    ):
        (raw,) = made.registrations(1)
        sent = made.client.post("/v1/records", content=raw, headers=JSON)
        assert (sent.status_code, sent.json()["status"]) == (201, "checkpointed")
        assert made.client.post("/v1/records", content=raw, headers=JSON).status_code == 200
        broken = made.client.post("/v1/records", content=raw[:-1], headers=JSON)
        assert problem_of(broken)["rule"] == "json"
        for part in ("", "/history", "/story", "/trace", "/descendants"):
            path = f"/v1/parcels/{made.hex('stone')}{part}"
            assert made.client.get(path).status_code == 200, part
        note = made.client.get("/v1/checkpoint").content
        assert open_checkpoint(note, [LOG_KEY.verifier_key]).checkpoint.size == len(scene.log)
        assert made.client.get("/v1/proofs/inclusion?index=3").status_code == 200
        page = made.client.get(f"/stones/{made.token('stone')}")
        assert "in one of: Botswana, Canada" in page.text
        assert made.client.get("/stones/" + "0" * 32).status_code == 404


def test_memory_and_sqlite_answer_alike(tmp_path: Path) -> None:
    scene = jewel()
    paths = [
        "/v1/sites?limit=1",
        f"/v1/parcels/0x{scene.parcels['stone'].hex()}/trace",
        "/v1/entries?start=5&limit=3",
        "/v1/proofs/consistency?from=7",
    ]
    with (
        closing(SqliteStore.create(tmp_path / "log.db")) as store,
        closing(SqliteCheckpoints.create(tmp_path / "checkpoints.db")) as checkpoints,
        shown(scene, Desk(scene, store, checkpoints)) as on_disk,
        shown(jewel()) as in_memory,
    ):
        paths.append(f"/stones/{on_disk.token('stone')}.json")
        assert on_disk.token("stone") == in_memory.token("stone")
        for path in paths:
            assert on_disk.client.get(path).json() == in_memory.client.get(path).json(), path
