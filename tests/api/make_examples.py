"""Makes ``api/examples.json``: what a small ledger really answers to each question of the API.

Run as ``python -m tests.api.make_examples``. Keys, salts and times are fixed, so it gives the same
file every time; a test compares.
"""

from __future__ import annotations

import json
from typing import Any

from ledger import drafts
from ledger.canonical.private import join_private
from ledger.signing.private import private_to_plain, with_private
from tests.borders import EXPORTED, journey
from tests.scene import Shown, jewel, shown, signed_in_body
from tests.tree import ROOT
from tests.world import address_of

FILE = ROOT / "api" / "examples.json"
JSON = {"content-type": "application/json"}
LINES = {"content-type": "application/x-ndjson"}
AS_JSON = {"accept": "application/json"}


def asked(made: Shown) -> dict[str, str]:
    """Return the path that the example of each operation asks."""
    stone, token = made.hex("stone"), made.token("stone")
    jeweller = "0x" + address_of("jeweller-fr").hex()
    last = len(made.scene.log) - 1
    return {
        "status": "/v1/status",
        "charter": "/v1/charter",
        "tables": "/v1/tables",
        "table": "/v1/tables/warranty-texts",
        "checkpoint": "/v1/checkpoint",
        "chain": "/v1/chain",
        "anchors": "/v1/anchors",
        "inclusion": f"/v1/proofs/inclusion?index={last}",
        "consistency": "/v1/proofs/consistency?from=20",
        "entries": f"/v1/entries?start={last - 1}&limit=1",
        "entry": f"/v1/entries/{last}",
        "record": f"/v1/records/0x{made.scene.log[last][1].record_id.hex()}",
        "parcel": f"/v1/parcels/{stone}",
        "history": f"/v1/parcels/{stone}/history?limit=1",
        "story": f"/v1/parcels/{stone}/story?limit=1",
        "trace": f"/v1/parcels/{stone}/trace?limit=1",
        "descendants": f"/v1/parcels/{made.hex('rough')}/descendants",
        "recalls": f"/v1/recalls?site={made.site('home')}&limit=2",
        "rejudged": "/v1/recalls/verdicts?country=BW&definition=eu-2024"
        "&asOf=2026-01-01&compareDate=2020-01-01&limit=4",
        "verdicts": f"/v1/parcels/{stone}/verdicts?definition=kp-2003",
        "definitions": "/v1/definitions",
        "definition": "/v1/definitions/kp-2003",
        "links": f"/v1/parcels/{stone}/links",
        "link": f"/v1/links/{token}",
        "parties": "/v1/parties",
        "party": f"/v1/parties/{jeweller}",
        "sites": "/v1/sites?limit=1",
        "site": f"/v1/sites/{made.site('home')}",
        "annexIii": "/v1/reports/annex-iii?country=BW&year=2026",
        "figureEntries": "/v1/reports/annex-iii/entries?country=BW&year=2026&limit=1",
        "reconciliation": "/v1/reports/reconciliation?country=BW&year=2026",
        "importer": f"/v1/reports/importer/us/{stone}?asOf=2026-06-01",
        "typedData": "/v1/typed-data/Withdrawal",
        "descriptor": "/v1/typed-data/Withdrawal/descriptor",
        "stone": f"/stones/{token}",
        "stoneAsData": f"/stones/{token}.json",
        "livez": "/livez",
        "readyz": "/readyz",
        "problems": "/problems",
        "problem": "/problems/balance",
    }


def asked_at_borders(made: Shown) -> dict[str, str]:
    """Return the path that the example of each operation about certificates asks."""
    token = made.answers.certificate(EXPORTED)["token"]
    return {
        "certificate": f"/v1/certificates/{EXPORTED}",
        "certificatePaper": f"/certificates/{token}",
        "certificatePaperAsData": f"/certificates/{token}.json",
    }


def at_borders() -> dict[str, Any]:
    """Ask everything about a certificate."""
    with shown(journey()) as made:
        found = {}
        for name, path in asked_at_borders(made).items():
            response = made.client.get(path, headers=AS_JSON)
            assert response.status_code == 200, response.text
            found[name] = {"path": path, "response": response.json()}
        return found


def make() -> dict[str, Any]:
    """Ask everything once, then send a record and a batch; return what came."""
    with shown(jewel()) as made:
        found: dict[str, Any] = {}
        for name, path in asked(made).items():
            response = made.client.get(path, headers=AS_JSON)
            assert response.status_code == 200, response.text
            found[name] = {"path": path, "response": response.json()}
        found["problems"]["response"]["problems"] = found["problems"]["response"]["problems"][:2]
        found["stone"]["response"]["steps"] = found["stone"]["response"]["steps"][-2:]
        del found["stone"]["response"]["verdicts"]["rows"][1:]
        found["stoneAsData"]["response"] = found["stone"]["response"]
        del found["definitions"]["response"]["definitions"][2:]
        found |= at_borders() | linked(made) | sent(made) | signed_in(made)
        return found | checked(made) | private(made)


def linked(made: Shown) -> dict[str, Any]:
    """Mint a link and end it; its token, which no second run gives again, is made up."""
    path, token = f"/v1/parcels/{made.hex('stone')}/links", "f" * 32
    minted = made.client.post(path, headers=made.sign_in("jeweller-fr"))
    assert minted.status_code == 201, minted.text
    plain = minted.json()
    ended = made.client.delete(f"{path}/{plain['token']}", headers=made.sign_in("jeweller-fr"))
    assert ended.status_code == 204, ended.text
    return {
        "mintLink": {
            "path": path,
            "response": {**plain, "token": token, "path": f"/stones/{token}"},
        },
        "endLink": {"path": f"{path}/{token}"},
    }


def sent(made: Shown) -> dict[str, Any]:
    """Send a record, and then it and another one as a batch."""
    raws = made.registrations(2)
    draft = made.client.post("/v1/typed-data", content=raws[0], headers=JSON)
    assert draft.status_code == 200
    one = made.client.post("/v1/records", content=raws[0], headers=JSON)
    lines = b"".join(raw + b"\n" for raw in raws)
    many = made.client.post("/v1/records/batch", content=lines, headers=LINES)
    assert (one.status_code, many.status_code) == (201, 200)
    return {
        "draft": {
            "path": "/v1/typed-data",
            "request": json.loads(raws[0]),
            "response": draft.json(),
        },
        "sendRecord": {
            "path": "/v1/records",
            "request": json.loads(raws[0]),
            "response": one.json(),
        },
        "sendBatch": {
            "path": "/v1/records/batch",
            "request": lines.decode(),
            "response": many.text,
        },
    }


def private(made: Shown) -> dict[str, Any]:
    """Admit the trader again by its name; show and grant that, list the parties, erase it."""
    scene, trader = made.scene, address_of("trader-ae")
    record = drafts.admission(
        scene.speaker("governor-1"), scene.moment(), trader, "trader", "AE",
        previous=scene.head_of(trader),
    )  # fmt: skip
    record, fields = with_private(record, {"name": "Example Trading"}, scene.salt)
    raw = join_private(scene.sign(record, "governor-1").raw, private_to_plain(fields))
    record_id = made.client.post("/v1/records", content=raw, headers=JSON).json()["recordId"]
    path = f"/v1/records/{record_id}/private"
    grant = {"party": "everyone"}
    assert made.client.post(f"{path}/name/grants", json=grant).status_code == 204
    shown_fields = made.client.get(path).json()
    parties = {"path": "/v1/parties", "response": made.client.get("/v1/parties").json()}
    assert parties["response"]["names"] == {"0x" + trader.hex(): "Example Trading"}
    withdrawn = f"{path}/name/grants/everyone"
    for gone in (withdrawn, f"{path}/name"):
        assert made.client.delete(gone).status_code == 204
    return {
        "parties": parties,
        "privateFields": {"path": path, "response": shown_fields},
        "grantPrivateField": {"path": f"{path}/name/grants", "request": grant},
        "withdrawPrivateField": {"path": withdrawn},
        "erasePrivateField": {"path": f"{path}/name"},
    }


def checked(made: Shown) -> dict[str, Any]:
    """Check a table of a good and a bad row; salts, and so the id, differ each time: made up."""
    path = "/v1/imports/check"
    table = f"Mine,Bag,Carats\n{made.site('home')},B-1,12.5\nJwaneng,B-2,1.2345\n"
    headers = {**made.sign_in("miner-bw"), "content-type": "text/csv"}
    response = made.client.post(path, content=table, headers=headers)
    assert response.status_code == 200, response.text
    good, bad = (json.loads(line) for line in response.text.splitlines())
    good["recordId"] = "0x" + "f" * 64
    for sheet in ("who", "what", "amounts", "scene"):
        good["envelope"]["record"][sheet]["salt"] = "0x" + "5a" * 32
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in (good, bad))
    return {"checkTable": {"path": path, "request": table, "response": lines}}


def signed_in(made: Shown) -> dict[str, Any]:
    """Sign in and out; the nonce and the token, which no second run gives again, are made up."""
    nonce, now_ms = "f" * 64, made.desk.clock.now_ms
    opened = made.client.post("/v1/sign-in/nonce").json()
    real = signed_in_body("jeweller-fr", opened["nonce"], now_ms)
    token = made.client.post("/v1/sign-in", json=real).json()
    return {
        "nonce": {"path": "/v1/sign-in/nonce", "response": {**opened, "nonce": nonce}},
        "signIn": {
            "path": "/v1/sign-in",
            "request": signed_in_body("jeweller-fr", nonce, now_ms),
            "response": {**token, "token": "x" * 43},
        },
        "signOut": {"path": "/v1/sign-out"},
    }


def written(examples: dict[str, Any]) -> str:
    """Write the examples as the file holds them."""
    return json.dumps(examples, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(make()), "utf-8")
