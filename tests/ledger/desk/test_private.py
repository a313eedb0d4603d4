"""Private fields at a desk: what is asked of a server, and what is never asked."""

from __future__ import annotations

import pytest

from ledger.desk.private import request_of
from ledger.errors import BadQuestion
from ledger.records import KINDS
from ledger.values import Hash32

RECORD = Hash32(b"\x07" * 32)


def test_every_fields_name_is_asked_by_its_own_path() -> None:
    names = {name for kind in KINDS.values() for name in kind.details}
    assert len(names) > 10
    for name in names:
        path = f"/v1/records/0x{RECORD.hex()}"
        assert request_of(RECORD, name, "erase", "") == ("DELETE", f"{path}/private/{name}", None)


@pytest.mark.parametrize("name", ["name/grants/everyone", "name%2Fgrants", "name?x", "..", "", "é"])
def test_what_is_no_name_becomes_no_other_request(name: str) -> None:
    with pytest.raises(BadQuestion, match="name"):
        request_of(RECORD, name, "erase", "")
