"""SQL kept in ``.sql`` files beside the store that runs it, read once, looked up by name.

::

    -- name: read_row
    SELECT entry, envelope FROM entries WHERE idx = ?;
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def statements(package: str, name: str) -> Mapping[str, str]:
    """Return the statements of ``sql/<name>.sql`` in a package, by their names.

    Raises:
        ValueError: a name stands twice.

    """
    _, *parts = _NAME.split(script(package, name))
    names = parts[::2]
    if len(names) != len(set(names)):
        raise ValueError(f"a statement's name twice in {name}.sql")
    return MappingProxyType(dict(zip(names, (sql.strip() for sql in parts[1::2]), strict=True)))


def script(package: str, name: str) -> str:
    """Return the whole text of ``sql/<name>.sql`` in a package."""
    return files(package).joinpath("sql", f"{name}.sql").read_text("utf-8")
