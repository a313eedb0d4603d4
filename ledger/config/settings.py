"""Settings: ``ledger.toml`` in the ledger's folder, and over it the environment (``ADAMANT_…``).

Settings say where a ledger listens and where its second store lies. They decide nothing about what
is accepted: that stands in signed records alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ledger.errors import BadQuestion
from ledger.files import write_once

LogLevel = Literal["debug", "info", "warning", "error"]
LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)

FRESH_TOML = """\
# Settings of this ledger. Each may also stand in the environment, as ADAMANT_HOST and so on;
# the environment wins. `adamant serve --help` says more.

# Where `adamant serve` listens.
# host = "127.0.0.1"
# port = 8420

# debug, info, warning or error.
# log_level = "info"

# The second store, which remembers what was ever published. On another disk it also survives the
# loss of this one. A path that is not absolute is taken from this folder.
checkpoints = {checkpoints}
"""
"""What ``ledger.toml`` says in a ledger that was just made."""


class Settings(BaseSettings):
    """How one ledger is run.

    Attributes:
        host: the address to listen on.
        port: the port to listen on; 0 = any that is free.
        checkpoints: the file of the second store; relative to the ledger's folder.
        log_level: the least important sort of line that ``serve`` logs.

    """

    model_config = SettingsConfigDict(env_prefix="ADAMANT_", extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8420, ge=0, le=65_535)
    checkpoints: Path = Path("checkpoints.db")
    log_level: LogLevel = "info"


_NAMES = ", ".join(Settings.model_fields)


def read_settings(path: Path) -> Settings:
    """Read the settings of a ledger; a file that is not there says nothing.

    Raises:
        BadQuestion: a setting is unknown or has not the right form.

    """

    class Read(Settings):
        """The settings, with this ledger's own file as the last place to look."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no such file is read
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            file = TomlConfigSettingsSource(settings_cls, toml_file=path)
            return init_settings, env_settings, file

    try:
        return Settings(**Read().model_dump())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            raise BadQuestion(f"setting {name}", f"one of {_NAMES}") from None
        raise BadQuestion(
            f"setting {name}", first["msg"].removeprefix("Input should be ")
        ) from None
    except ValueError:  # what the reader of TOML raises
        raise BadQuestion(path.name, "a file of settings in TOML") from None


def write_fresh(path: Path, checkpoints: Path) -> None:
    """Write the settings of a ledger that is being made.

    Raises:
        FileExistsError: there are some already; they are left as they are.

    """
    # A JSON string of plain text is a TOML string as well.
    text = FRESH_TOML.format(checkpoints=json.dumps(str(checkpoints)))
    write_once(path, text)
