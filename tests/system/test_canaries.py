"""Canaries: private values that were erased are in nothing that the ledger has or makes.

Random values go in as private fields, by the command and over HTTP, some of them wrongly. Before
they are erased they are in the one file that keeps them and nowhere else; afterwards in none:
no database or journal, no log of the server at its most talkative, no metric, answer, error or
export. The token of a link is in the one file that keeps links.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import httpx2
import pytest

from ledger import drafts
from ledger.canonical.private import join_private
from ledger.cli.speaking import fresh_salt
from ledger.config import LedgerFolder, system_clock
from ledger.drafts import Goods, Moment, Speaker
from ledger.signing import sign_record
from ledger.signing.private import private_to_plain, with_private
from ledger.values import Hash32
from tests.ledger.cli.conftest import _founded  # noqa: F401 - a fixture
from tests.ledger.cli.conftest import town as _town  # noqa: F401 - likewise
from tests.ledger.cli.process import Server, server_of
from tests.ledger.cli.town import Town
from tests.trials import dice, trials
from tests.world import address_of, secret_of

JSON = {"content-type": "application/json"}
ASKED = (
    "/v1/status", "/v1/checkpoint", "/openapi.json", "/problems", "/metrics", "/readyz",
    "/v1/entries", "/v1/charter",
)  # fmt: skip


@pytest.fixture
def town(_town: Town) -> Town:  # noqa: F811 - the fixture by its own name
    return _town


def canary(random: Random) -> str:
    """Return a value that nothing else has by chance."""
    return f"canary {random.randbytes(16).hex()}"


def files_with(folder: Path, value: bytes) -> list[str]:
    """Return the names of the files that hold a value."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.name for path in found if value in path.read_bytes()]


def offer(town: Town, parcel: str, value: str) -> bytes:
    """Return an offer of a parcel by the miner with a private value, as it is sent."""
    book = town.json("show", parcel)
    goods = Goods(
        Hash32(bytes.fromhex(parcel[2:])), Hash32(bytes.fromhex(book["head"][2:])),
        book["weightMillicarats"], book["stones"], book["hsCode"],
    )  # fmt: skip
    record = drafts.handoff(
        Speaker(address_of("miner-bw"), "miner", "BW"),
        Moment(system_clock() // 1000, fresh_salt),
        goods,
        address_of("trader-be"),
        "BE",
    )
    record, fields = with_private(record, {"invoiceNumber": value}, fresh_salt)
    ledger_id = Hash32(bytes.fromhex(town.json("status")["ledgerId"][2:]))
    envelope = sign_record(record, ledger_id, [secret_of("miner-bw")])
    return join_private(envelope.raw, private_to_plain(fields))


def operators(folder: LedgerFolder) -> dict[str, str]:
    """Return the header by which the operator reads."""
    server = folder.server()
    assert server is not None
    return {"authorization": f"Bearer {server.token}"}


def answers(server: Server, records: list[str], parcels: list[str]) -> Iterator[bytes]:
    """Yield all that the server answers about some records, to its operator."""
    paths = [
        *ASKED,
        *(f"/v1/records/{record}" for record in records),
        *(f"/v1/parcels/{parcel}/{part}" for parcel in parcels for part in ("history", "story")),
    ]
    headers = operators(server.folder)
    with httpx2.Client(base_url=server.url, headers=headers, trust_env=False) as client:
        for path in paths:
            yield client.get(path).content


def test_what_was_erased_is_nowhere(town: Town) -> None:
    random = dice("canaries")
    folder = Path(town.ledger)
    values: dict[str, str] = {}
    parcels: list[str] = []
    printed: list[str] = []
    # By the command, on the folder itself.
    for _ in range(trials("private.canaries")):
        value = canary(random)
        parcels.append(town.register())
        words = ("handoff", parcels[-1], "--to", "trader-be", "--as", "miner-bw")
        said = town.run("--json", *words, "--private", f"invoiceNumber={value}")
        values[said.plain["recordId"]] = value
        printed += [said.out, said.err]
    refused: list[str] = []
    with server_of(town) as server:
        # Over HTTP, and wrongly.
        with httpx2.Client(base_url=server.url, trust_env=False) as client:
            for _ in range(trials("private.canaries")):
                value, wrong = canary(random), canary(random)
                parcels.append(town.register())
                body = offer(town, parcels[-1], value)
                for spoilt in (
                    body.replace(value.encode(), wrong.encode()),
                    body.replace(b'"invoiceNumber"', b'"%s"' % wrong.encode()),
                    body[:-9] + wrong.encode(),
                ):
                    reply = client.post("/v1/records", content=spoilt, headers=JSON)
                    assert 400 <= reply.status_code < 500, reply.text
                    printed.append(reply.text)
                refused.append(wrong)
                reply = client.post("/v1/records", content=body, headers=JSON)
                assert reply.status_code == 201, reply.text
                printed.append(reply.text)
                values[reply.json()["recordId"]] = value
        shown = b"".join(answers(server, list(values), parcels))
        log = server.said()
        # Before they are erased: in the file that keeps them, and nowhere else.
        for value in values.values():
            assert files_with(folder, value.encode()) == ["private.db"]
        told = shown.decode() + log + "".join(printed)
        for value in (*values.values(), *refused):
            assert value not in told
        for number, record in enumerate(values):
            reader = ("--reader", "miner-bw") if number % 2 else ()
            town.run("private", "erase", record, "invoiceNumber", "--yes", *reader)
        for value in (*values.values(), *refused):
            assert files_with(town.path, value.encode()) == []  # the server's own log is there too
        shown = b"".join(answers(server, list(values), parcels)) + server.said().encode()
    exported = town.path / "exported.ndjson"
    town.run("export", "parcels", "--format", "ndjson", "--out", str(exported), code=0)
    town.run("audit")
    for value in (*values.values(), *refused):
        assert value.encode() not in shown
        assert files_with(town.path, value.encode()) == []
    for record in values:
        fields = town.json("private", "show", record)["fields"]
        assert [one["value"] for one in fields] == [None]
        assert json.dumps(fields).count("erasedAtMs") == 1


def test_a_name_that_was_erased_is_on_no_page_and_in_no_answer_or_file(town: Town) -> None:
    random = dice("canary names")
    folder, name = Path(town.ledger), canary(random)
    parcel = town.register()
    town.hand_over(parcel, "miner-bw", "trader-be")
    words = ("admit", "trader-be", "--role", "trader", "--country", "BE", "--as", "governor-1")
    record = town.json(*words, "--private", f"name={name}")["recordId"]
    town.run("private", "grant", record, "name", "--to", "everyone")
    token = town.json("link", "mint", parcel)["token"]
    trader = "0x" + address_of("trader-be").hex()
    paths = [
        *(f"/v1/parcels/{parcel}{part}" for part in ("", "/history", "/story", "/descendants")),
        *(f"/v1/parties/{trader}", "/v1/parties", f"/v1/records/{record}"),
        *(f"/stones/{token}.json", f"/stones/{token}"),
    ]
    sales = town.path / "sales.csv"
    with server_of(town) as server:
        operator = operators(server.folder)
        with httpx2.Client(base_url=server.url, headers=operator, trust_env=False) as client:
            before = [client.get(path) for path in paths]
            assert [name in one.text for one in before] == [True] * len(paths)
            assert files_with(folder, name.encode()) == ["private.db"]
            town.run("private", "erase", record, "name", "--yes", "--reader", "trader-be")
            tags = [{"if-none-match": one.headers["etag"]} for one in before]
            after = [client.get(path, headers=tag) for path, tag in zip(paths, tags, strict=True)]
            assert [one.status_code for one in after] == [200] * len(paths)
            assert [name in one.text for one in after] == [False] * len(paths)
            assert name not in client.get("/metrics").text
        sales.write_text(f"Parcel,To\n{parcel},{name}\n")
        bad = town.json("import", str(sales), "--as", "trader-be", "--dry-run", code=1)["bad"]
        assert bad == 1
        sales.unlink()
        assert name not in server.said()
    for table in ("parcels", "records", "entries"):
        exported = town.path / f"{table}.csv"
        town.run("export", table, "--format", "csv", "--out", str(exported), code=0)
    assert files_with(town.path, name.encode()) == []


def test_the_token_of_a_link_is_in_the_one_file_that_keeps_it(town: Town) -> None:
    folder = Path(town.ledger)
    parcel = town.register()
    with server_of(town) as server:
        there = Town(town.path, server.url)
        links = [
            there.json("link", "mint", parcel, "--reader", "miner-bw")["token"]
            for _ in range(trials("private.canaries"))
        ]
        headers = operators(server.folder)
        with httpx2.Client(base_url=server.url, trust_env=False) as client:
            for number, link in enumerate(links):
                for path in (f"/stones/{link}", f"/stones/{link}.json", f"/v1/links/{link}"):
                    client.get(path)
                client.get(f"/v1/links/{link}", headers=headers)
                if number % 2:
                    there.run("link", "end", link, "--reader", "miner-bw")
                    assert client.get(f"/stones/{link}").status_code == 410
        told = b"".join(answers(server, [], [parcel])) + server.said().encode()
    exported = town.path / "exported.ndjson"
    town.run("export", "parcels", "--format", "ndjson", "--out", str(exported))
    for link in links:
        assert link.encode() not in told
        assert files_with(town.path, link.encode()) == []
        assert files_with(folder, bytes.fromhex(link)) == ["links.db"]
