"""Every shape comes back from the wire as it went out, and nothing else does."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.answers import shapes
from ledger.answers.wire import to_wire
from ledger.client.decoding import from_wire
from ledger.client.evidence import Evidence
from ledger.client.remembering import Trusted
from ledger.desk.forms import read_json
from ledger.limits import LIMITS
from ledger.values import ADDRESS_BYTES, HASH_BYTES, Address, Hash32
from tests.trials import trials

SHAPES = [
    *(one for one in vars(shapes).values() if dataclasses.is_dataclass(one)),
    Trusted,
    Evidence,
]
PLAIN = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"])), st.integers() | st.none()
)


def values_of(form: Any) -> st.SearchStrategy[Any]:
    """Return any value of a type that a shape may have."""
    if form in (Address, Hash32):
        size = ADDRESS_BYTES if form is Address else HASH_BYTES
        return st.binary(min_size=size, max_size=size)
    form = getattr(form, "__supertype__", form)
    origin, inner = typing.get_origin(form), typing.get_args(form)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(values_of, inner))
    if origin is typing.Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=3).map(tuple)
    if origin is Mapping and inner[1] is not Any:
        return st.dictionaries(*map(values_of, inner), max_size=3)
    if dataclasses.is_dataclass(form):
        hints = typing.get_type_hints(form)
        fields = {one.name: values_of(hints[one.name]) for one in dataclasses.fields(form)}
        return st.builds(form, **fields)
    simple = {
        types.NoneType: st.none(),
        bool: st.booleans(),
        bytes: st.binary(max_size=80),
        int: st.integers(0, LIMITS.integer_max),
        str: st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
        Mapping: PLAIN,
    }
    return simple[origin or form]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_shape_comes_back_as_it_went_out(shape):
    @settings(max_examples=trials("client.shapes"), deadline=None)
    @given(values_of(shape))
    def run(value):
        raw = json.dumps(to_wire(value)).encode()
        back = from_wire(read_json(raw), shape)
        assert back == value
        assert type(back) is shape

    run()


WRONG = [None, True, -1, 1.5, "", "0x1", "0xAB", [], {}, [None], "\u0660", 2**60]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_member_that_is_missing_or_of_another_form_is_an_error(shape):
    @settings(max_examples=trials("client.shapes"), deadline=None)
    @given(values_of(shape), st.data())
    def run(value, data):
        plain = to_wire(value)
        name = data.draw(st.sampled_from(sorted(plain)))
        with pytest.raises(ValueError, match=shape.__name__):
            from_wire({key: plain[key] for key in plain if key != name}, shape)
        spoilt = plain | {name: data.draw(st.sampled_from(WRONG))}
        try:
            back = from_wire(spoilt, shape)
        except ValueError:
            return
        assert to_wire(back) == spoilt  # it was of the form after all

    run()


def test_members_that_a_later_server_adds_are_left_alone():
    plain = {"size": 7, "checkpointSize": 5, "anchoredSize": 3, "later": 1}
    assert from_wire(plain, shapes.AsOf) == shapes.AsOf(7, 5, 3)


NAMED = {"parties": [], "cursor": None, "asOf": {"size": 7, "checkpointSize": 5, "anchoredSize": 0}}


def test_names_come_by_addresses():
    page = from_wire({**NAMED, "names": {"0x" + "12" * 20: "Søns"}}, shapes.PartiesAnswer)
    assert page.names == {Address(b"\x12" * 20): "Søns"}


@pytest.mark.parametrize("names", [{"0x12": "a"}, {"a": "b"}, {"0x" + "12" * 20: 7}, [], None])
def test_names_of_what_is_no_address_are_an_error(names):
    with pytest.raises(ValueError, match="PartiesAnswer"):
        from_wire({**NAMED, "names": names}, shapes.PartiesAnswer)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a": 1',
        b"\xff",
        b'{"a": NaN}',
        b'{"a": "\\ud800"}',
        b"[" * 200_000,
        b"[" * 100 + b"]" * 100,
        b"9" * 5_000,
    ],
)
def test_what_is_no_json_that_can_be_written_again_is_an_error(raw):
    with pytest.raises(ValueError):
        read_json(raw)
