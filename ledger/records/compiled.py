"""Functions written out for one declaration each, as dataclasses write their constructors.

What is done for every record several times over, a field at a time, is slow by its loops and calls
more than by its work. Rooms that do such work write it out instead, from the declarations alone: a
few lines of Python for each class, that name its fields. In goes the source of one function, made
of names of declared fields and kinds, and what its other names stand for; out comes the function.
Nothing that comes from outside is ever part of a source, and this is the one place that runs any
(``docs/decisions/0014-two-ways-of-reading.md``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final, ParamSpec, TypeVar

Made = TypeVar("Made")
Arguments = ParamSpec("Arguments")

_INDENT: Final = "\n    "


def function_source(name: str, parameters: tuple[str, ...], lines: list[str]) -> str:
    """Write a function of these lines; those of a block inside it bring their own indent."""
    return f"def {name}({', '.join(parameters)}):{_INDENT}{_INDENT.join(lines)}\n"


def compiled(source: str, given: Mapping[str, object]) -> Any:  # noqa: ANN401 - a function
    """Return the one function that ``source`` defines.

    Args:
        source: from :func:`function_source`; names in it are of declarations, values are ``repr``.
        given: what names stand for that are neither its own nor built in.

    """
    made: dict[str, Any] = {}
    code = compile(source, "<written from declarations>", "exec")
    exec(code, dict(given), made)  # noqa: S102 - see the top
    (function,) = made.values()
    return function


def maker(cls: Callable[Arguments, Made]) -> Callable[Arguments, Made]:
    """Return what makes instances of a frozen, slotted dataclass as quickly as of an open one.

    A frozen class sets each of its own fields through ``object.__setattr__``. Here they are set on
    an instance of a class with the same slots that is not frozen, whose class becomes ``cls`` when
    it is whole: equal to what the constructor makes, and as frozen. Nobody else sees it open.

    Args:
        cls: a dataclass whose fields are all its slots, and which does nothing after them.

    """
    closed: Any = cls
    names = tuple(field.name for field in dataclasses.fields(closed))
    if names != closed.__slots__ or hasattr(closed, "__post_init__"):
        raise TypeError(f"{closed.__name__} is more than its fields")
    opened = type(f"Open{closed.__name__}", closed.__bases__, {"__slots__": names})
    make = compiled(maker_source(closed.__name__, names), {"Open": opened, "Closed": closed})
    make.__defaults__ = closed.__init__.__defaults__
    return make  # type: ignore[no-any-return]  # of the parameters of the constructor


def maker_source(name: str, fields: tuple[str, ...]) -> str:
    """Write what makes one instance from its fields in their order."""
    settings = [f"made.{field} = {field}" for field in fields]
    lines = ["made = Open()", *settings, "made.__class__ = Closed", "return made"]
    return function_source(f"make_{name}", fields, lines)
