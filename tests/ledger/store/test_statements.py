from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from ledger.database.layout import Layout
from ledger.database.statements import script, statements
from ledger.store.sqlite.layout import CHECKPOINTS, LOG, PACKAGE
from tests.tree import ROOT


@pytest.mark.parametrize("layout", [LOG, CHECKPOINTS])
def test_every_statement_is_of_its_schema_and_is_used(layout: Layout) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute(script(PACKAGE, f"{layout.name}_schema"))
    found = statements(PACKAGE, layout.name)
    assert found
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "ledger/store").rglob("*.py"))
    for name, sql in found.items():
        values = (None,) * sql.count("?") if "?1" not in sql else (None,) * 8
        count = max((n for n in range(1, 9) if f"?{n}" in sql), default=len(values))
        list(connection.execute(f"EXPLAIN {sql}", values[:count]))
        stem = name.rsplit("_", 1)[0] + "_"
        assert f'"{name}"' in sources or f'"{stem}{{' in sources, f"nothing runs {name}"
    connection.close()


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


def test_a_name_that_stands_twice_is_refused(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "twice"
    (package / "sql").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "sql" / "all.sql").write_text("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="twice"):
        statements("twice", "all")
