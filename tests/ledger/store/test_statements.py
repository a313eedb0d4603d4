from __future__ import annotations

import apsw
import pytest

from ledger.database.statements import script, statements
from ledger.store.sqlite.layout import PACKAGE


def test_lookups_by_holder_read_their_index_and_nothing_else() -> None:
    connection = apsw.Connection(":memory:")
    connection.execute(script(PACKAGE, "log_schema"))
    sql = statements(PACKAGE, "log")["parcels_of"]
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", (b"", b"", 1))]
    for index in ("parcels_held (custodian=?", "parcels_offered (recipient=?"):
        assert any(f"COVERING INDEX {index} AND rowid>?)" in line for line in plan)
    assert not any(line.startswith("SCAN parcels") for line in plan), plan
    connection.close()


@pytest.mark.parametrize("name", ["read_index", "read_parcel", "page_parcels"])
def test_lookups_by_id_read_the_index_of_its_beginning(name: str) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute(script(PACKAGE, "log_schema"))
    sql = statements(PACKAGE, "log")[name]
    values = (b"",) if "?2" not in sql else (b"", 1)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    table = "records" if name == "read_index" else "parcels"
    comparison = ">" if name == "page_parcels" else "="
    assert plan[0] == f"SEARCH {table} USING INDEX {table}_by_id (<expr>{comparison}?)"
    connection.close()
