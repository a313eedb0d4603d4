from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from ledger.anchor.journal import ANCHORS
from ledger.anchor.local import CHAIN
from ledger.database import Layout, script, statements
from ledger.store.sqlite import CHECKPOINTS, LINKS, LOG, PRIVATE
from tests.tree import ROOT


@pytest.mark.parametrize(
    "layout", [LOG, CHECKPOINTS, PRIVATE, LINKS, ANCHORS, CHAIN], ids=lambda layout: layout.name
)
def test_every_statement_is_of_its_schema_and_is_used(layout: Layout) -> None:
    connection = apsw.Connection(":memory:")
    connection.execute(script(layout.package, f"{layout.name}_schema"))
    found = statements(layout.package, layout.name)
    assert found
    folder = ROOT.joinpath(*layout.package.split(".")[:2])
    sources = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    for name, sql in found.items():
        values = (None,) * sql.count("?") if "?1" not in sql else (None,) * 8
        count = max((n for n in range(1, 9) if f"?{n}" in sql), default=len(values))
        list(connection.execute(f"EXPLAIN {sql}", values[:count]))
        stem = name.rsplit("_", 1)[0] + "_"
        assert f'"{name}"' in sources or f'"{stem}{{' in sources, f"nothing runs {name}"
    connection.close()


def test_application_ids_tell_files_apart() -> None:
    layouts = [LOG, CHECKPOINTS, PRIVATE, LINKS, ANCHORS, CHAIN]
    assert len({layout.application_id for layout in layouts}) == len(layouts)


def test_a_name_that_stands_twice_is_refused(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "twice"
    (package / "sql").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "sql" / "all.sql").write_text("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="twice"):
        statements("twice", "all")
