"""What an operator's settings say of the door is what the door keeps."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from pydantic import ValidationError

from api.conventions import Conventions, door_limits
from ledger.config import Settings
from ledger.limits import LIMITS, DoorLimits, StreamLimits

DOOR: dict[str, Any] = {
    "connections_max": 7, "client_seconds_max": 1.5, "body_seconds_max": 2.5,
    "arriving_bytes_max": LIMITS.batch_bytes_max, "batches_at_once_max": 1,
    "questions_at_once_max": 3, "long_records_at_once_max": 1,
}  # fmt: skip
STREAMS: dict[str, Any] = {
    "streams_max": 5, "streams_a_client_max": 2, "stream_heartbeat_seconds": 3.5,
    "stream_take_seconds_max": 4.5,
}  # fmt: skip
OUTSIDE: dict[str, tuple[Any, ...]] = {
    "connections_max": (0, 1_000_001),
    "client_seconds_max": (0.5, 3_601, float("nan")),
    "body_seconds_max": (0.5, 3_601, float("inf")),
    "arriving_bytes_max": (LIMITS.batch_bytes_max - 1,),
    "batches_at_once_max": (0, 9),
    "long_records_at_once_max": (0, 5),
    "questions_at_once_max": (0, 21),
    "streams_max": (0, 10_001),
    "streams_a_client_max": (0, 10_001),
    "stream_heartbeat_seconds": (0, 601),
    "stream_take_seconds_max": (0, 601),
}


def test_where_nothing_is_said_the_usual_limits_hold() -> None:
    assert door_limits(Settings()) == DoorLimits()
    assert Conventions.of(Settings()).streams == StreamLimits()


def test_what_is_said_of_the_door_holds_there() -> None:
    assert door_limits(Settings(**DOOR)) == dataclasses.replace(DoorLimits(), **DOOR)


def test_what_is_said_of_streams_holds_there() -> None:
    said = {name.removeprefix("stream_"): value for name, value in STREAMS.items()}
    expected = dataclasses.replace(StreamLimits(), **said)
    assert Conventions.of(Settings(**STREAMS)).streams == expected


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in OUTSIDE.items() for value in values]
)
def test_what_no_server_could_keep_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: value})


def test_every_limit_of_the_door_has_its_bounds_tried() -> None:
    assert set(OUTSIDE) == {*DOOR, *STREAMS}


def test_questions_records_and_streams_together_leave_threads_to_others() -> None:
    """The framework has 40 threads; two are for tables, four for the readers of streams."""
    most = Settings(questions_at_once_max=20, batches_at_once_max=8, long_records_at_once_max=4)
    sending = most.batches_at_once_max + most.long_records_at_once_max
    assert most.questions_at_once_max + sending + 2 + 4 < 40
