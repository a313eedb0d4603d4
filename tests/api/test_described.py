"""The API does what its own description says: requests made from it by schemathesis.

Every operation is asked what its description allows and what it does not. No answer may be a 5xx,
of a status, a type or a shape that is not described, and nothing that breaks the description may be
taken. What the description allows may still be refused by a rule (a size beyond the log's, a record
nobody signed): 400 and 422 are no fault there. A batch is answered 200 whatever its lines are, and
refuses each by a line of its own: these are looked at instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig

from api.documentation import BEARER
from tests.scene import Shown
from tests.trials import seed as chosen_seed
from tests.trials import trials

BATCH = "/v1/records/batch"
REFUSED_BY_A_RULE = ["400", "422"]
CONFIG: dict[str, Any] = {
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", "401", "403", "404", "406", *REFUSED_BY_A_RULE]
        },
        # What is too long is refused as that (413), whatever else is wrong with it.
        "negative_data_rejection": {"expected-statuses": ["4xx"]},
    },
    "operations": [
        {
            "include-path": BATCH,
            "checks": {"negative_data_rejection": {"expected-statuses": ["200", "4xx"]}},
        }
    ],
}


@schemathesis.check
def every_line_of_a_batch_is_refused(_context: object, response: Any, case: Case) -> None:
    """Nothing that is made up here is signed."""
    if case.operation.path == BATCH and response.status_code == 200:
        codes = [json.loads(line)["code"] for line in response.content.splitlines()]
        assert codes
        assert all(400 <= code < 500 for code in codes), codes


@schemathesis.serializer("application/x-ndjson", "application/jsonl", "text/csv")
def as_it_is(_context: object, value: Any) -> bytes:
    """Write the body of a batch or of a spreadsheet: whatever text was made up."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def operations(made: Shown, reader: str) -> Iterator[Any]:
    """Yield every operation of the API's description, asked by a stranger or a party."""
    given = {}
    if reader:
        token = made.sign_in(reader)["authorization"].removeprefix("Bearer ")
        given = {"auth": {"openapi": {BEARER: {"bearer": token}}}}
    config = SchemathesisConfig.from_dict({**CONFIG, **given})
    schema = schemathesis.openapi.from_asgi("/openapi.json", made.client.app, config=config)
    for found in schema.get_all_operations():
        yield found.ok()


def faults_of(operation: Any, mode: GenerationMode) -> Iterator[str]:
    """Ask an operation again and again; yield what it answered that is not described."""
    if mode is GenerationMode.NEGATIVE and not takes_anything(operation):
        return

    @seed(chosen_seed())
    @settings(
        max_examples=trials("api.described"),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        case.call_and_validate()

    try:
        ask()
    except BaseExceptionGroup as group:
        for error in group.exceptions:
            yield f"{operation.label} ({mode.value}): {error}"


def takes_anything(operation: Any) -> bool:
    """Tell whether an operation takes anything that could be wrong."""
    taken = operation.definition.raw
    has_form = any("pattern" in one["schema"] or one["schema"]["type"] != "string"
                   for one in taken.get("parameters", ()))  # fmt: skip
    return has_form or "requestBody" in taken


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("reader", ["", "trader-be"])
def test_every_operation_answers_as_it_is_described(fresh, mode, reader, record_property):
    faults: list[str] = []
    count = 0
    for operation in operations(fresh, reader):
        count += 1
        faults += faults_of(operation, mode)
    record_property(
        "figure",
        f"described: {count} operations, {trials('api.described')} requests each, "
        f"{mode.value}, by {reader or 'a stranger'}: {len(faults)} faults",
    )
    assert not faults, "\n\n".join(faults)
