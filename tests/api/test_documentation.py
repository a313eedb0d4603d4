"""The OpenAPI document: complete, true, and with examples that validate."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from api.documentation import EXAMPLES
from api.problems import PROBLEMS
from api.schemas import components
from tests.api.make_examples import FILE, make, written
from tests.api.schema_check import Invalid, check
from tests.scene import Shown

HTTP = {"get", "post", "delete"}


@pytest.fixture(scope="module")
def document(jewel_shown: Shown) -> dict[str, Any]:
    response = jewel_shown.client.get("/openapi.json")
    assert response.headers["content-type"] == "application/json"
    return response.json()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        kind, name = node["$ref"].removeprefix("#/components/").split("/")
        node = document["components"][kind][name]
    return node


def test_it_is_openapi_3_1_and_names_every_route_once(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(method in HTTP for _, method, _ in operations(document))


def test_every_route_of_the_brief_is_there(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {
        "/v1/records", "/v1/records/batch", "/v1/records/{id}", "/v1/typed-data/{kind}",
        "/v1/typed-data", "/v1/typed-data/{kind}/descriptor",
        "/v1/parcels/{id}", "/v1/parcels/{id}/history", "/v1/parcels/{id}/story",
        "/v1/parcels/{id}/trace", "/v1/parcels/{id}/descendants", "/v1/entries",
        "/v1/recalls", "/v1/recalls/verdicts", "/v1/tables", "/v1/tables/{name}",
        "/v1/parcels/{id}/verdicts", "/v1/definitions", "/v1/definitions/{name}",
        "/v1/certificates/{id}", "/certificates/{token}", "/certificates/{token}.json",
        "/certificates/{token}.pdf",
        "/v1/entries/{index}", "/v1/checkpoint", "/v1/proofs/inclusion", "/v1/proofs/consistency",
        "/v1/parties", "/v1/parties/{address}", "/v1/sites", "/v1/sites/{id}", "/v1/charter",
        "/v1/status", "/v1/chain", "/v1/anchors",
        "/livez", "/readyz", "/stones/{token}", "/stones/{token}.json", "/problems",
        "/problems/{name}", "/v1/sign-in", "/v1/sign-in/nonce", "/v1/sign-out",
        "/v1/imports/check", "/v1/records/{id}/private",
        "/v1/records/{id}/private/{name}", "/v1/records/{id}/private/{name}/grants",
        "/v1/records/{id}/private/{name}/grants/{party}",
        "/v1/parcels/{id}/links", "/v1/parcels/{id}/links/{token}", "/v1/links/{token}",
        "/v1/reports/annex-iii", "/v1/reports/annex-iii/entries", "/v1/reports/reconciliation",
        "/v1/reports/importer/{jurisdiction}/{id}",
    }  # fmt: skip


def test_every_parameter_in_a_path_is_declared(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert declared == {part[1:-1] for part in _braced(path)}


def _braced(path: str) -> list[str]:
    return [re.sub(r"[.](json|pdf)$", "", part) for part in path.split("/") if part.startswith("{")]


def test_every_answer_and_body_in_json_has_an_example_of_its_schema(document) -> None:
    schemas = document["components"]["schemas"]
    for _, _, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for body in (*bodies, *operation["responses"].values()):
            for media_type, content in body.get("content", {}).items():
                if media_type not in ("application/json", "application/problem+json"):
                    continue
                assert content["examples"], operation["operationId"]
                for example in content["examples"].values():
                    check(resolve(document, example)["value"], content["schema"], schemas)


def test_the_lines_of_a_batch_are_of_their_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    batch = document["paths"]["/v1/records/batch"]["post"]
    for body, name in ((batch["requestBody"], "Envelope"), (batch["responses"]["200"], "SentLine")):
        example = body["content"]["application/x-ndjson"]["examples"]["example"]
        lines = resolve(document, example)["value"].splitlines()
        assert len(lines) == 2
        for line in lines:
            check(json.loads(line), schemas[name], schemas)


def test_every_route_says_which_problems_it_has(document: dict[str, Any]) -> None:
    told: set[str] = set()
    for _, _, operation in operations(document):
        errors = {status for status in operation["responses"] if int(status) >= 400}
        assert errors >= {"400", "405", "500", "503"}
        for status in errors:
            examples = operation["responses"][status]["content"]["application/problem+json"]
            for example in examples["examples"].values():
                value = resolve(document, example)["value"]
                assert value["status"] == int(status)
                told.add(value["rule"])
    # These go with paths that are none, and with what a book never says to a caller.
    assert PROBLEMS.keys() - told == {"no-such-path", "proof", "head-moved", "refuses-to-start"}


def test_a_proof_of_an_unknown_record_is_answered_as_it_is_documented(
    document: dict[str, Any], jewel_shown: Shown
) -> None:
    response = jewel_shown.client.get("/v1/proofs/inclusion", params={"record": "0x" + "9" * 64})
    documented = document["paths"]["/v1/proofs/inclusion"]["get"]["responses"]
    assert documented[str(response.status_code)]["description"] == response.json()["rule"]


def test_the_examples_are_what_a_ledger_really_answers() -> None:
    assert written(make()) == FILE.read_text("utf-8"), "run python -m tests.api.make_examples"


def test_every_operation_has_an_example(document: dict[str, Any]) -> None:
    # A paper is no text.
    shown = {op["operationId"] for _, _, op in operations(document)} - {"certificatePaperAsPdf"}
    assert EXAMPLES.keys() == shown


def test_the_validator_sees_what_is_wrong() -> None:
    schemas = components()
    good = EXAMPLES["entry"]["response"]
    check(good, schemas["EntryShown"], schemas)
    for wrong in (
        {**good, "index": "1"},
        {**good, "index": True},
        {**good, "entry": "0xZZ"},
        {**good, "more": 1},
        {name: value for name, value in good.items() if name != "kind"},
        {**good, "status": "sealed"},
    ):
        with pytest.raises(Invalid):
            check(wrong, schemas["EntryShown"], schemas)


def test_the_root_points_to_what_describes_the_api(jewel_shown: Shown) -> None:
    pointer = jewel_shown.client.get("/").json()
    for name in ("openapi", "problems"):
        assert jewel_shown.client.get(pointer[name]).status_code == 200
