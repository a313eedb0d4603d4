"""Settings: ``ledger.toml`` in the ledger's folder, and over it the environment (``ADAMANT_…``).

Settings say where a ledger listens and where its second store lies. They decide nothing about what
is accepted: that stands in signed records alone.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from ledger.errors import BadQuestion
from ledger.files import write_once, write_over
from ledger.limits import LIMITS, AnchorLimits, DoorLimits, RateLimits, StreamLimits

LogLevel = Literal["debug", "info", "warning", "error"]
LOG_LEVELS: tuple[LogLevel, ...] = get_args(LogLevel)
_RATES = RateLimits()
_DOOR = DoorLimits()
_STREAMS = StreamLimits()
_ANCHORS = AnchorLimits()
GWEI = 10**9

FRESH_TOML = """\
# Settings of this ledger. Each may also stand in the environment, as ADAMANT_HOST and so on;
# the environment wins. `adamant serve --help` says more.

# Where `adamant serve` listens.
# host = "127.0.0.1"
# port = 8420

# Under which addresses clients reach it, if it stands behind a proxy: parties sign in at these.
# public_addresses = ["https://ledger.example"]

# Proxies, by address or network, that say in X-Forwarded-For whom they ask for. Behind a proxy that
# is not named here all clients are taken for one.
# trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]

# How much one client, and one signed-in party, may do in any minute: requests that read, records
# that are sent, requests to sign in. Clients on this machine itself are not counted unless said.
# rate_limits = true
# rate_limits_local = false
# reads_a_minute = 6000
# records_a_minute = 60000
# sign_ins_a_minute = 120

# How much the server takes and holds at once, and for how many seconds it waits for a client.
# connections_max = 4096
# client_seconds_max = 30.0
# body_seconds_max = 60.0
# arriving_bytes_max = 268435456
# batches_at_once_max = 4
# long_records_at_once_max = 2
# questions_at_once_max = 16
# streams_max = 256
# streams_a_client_max = 16
# stream_heartbeat_seconds = 15.0
# stream_take_seconds_max = 30.0

# Metrics for Prometheus at /metrics: whether there are any, and who may read them, by address or
# network, beside this machine itself. For everyone else there is nothing there.
# metrics = false
# metrics_readers = ["10.0.0.5"]

# Addresses that are told of new entries and checkpoints by signed messages (Standard Webhooks), by
# TLS and on the public Internet alone; networks that may be reached nevertheless; and the file of
# the secret that signs, which is made if it is not there.
# webhooks = ["https://example.com/hook"]
# webhook_networks = ["10.0.0.0/8"]
# webhook_secret = "webhook.secret"

# The chain on which checkpoints are anchored: none, local (in this folder: `adamant chain start`),
# or node (Ethereum or the like, by a node's JSON-RPC address, which must be of that chain id).
# chain = "none"
# chain_url = "http://127.0.0.1:8545"
# chain_id = 1
# The contract they go to, if it is not the one that `adamant chain deploy` made, and a block before
# which it was not there: looking through a public chain from its beginning takes hours.
# anchor_contract = "0x0000000000000000000000000000000000000001"
# anchor_first_block = 0
# An anchor is due after so many entries, or so many seconds while there are any: 1000 and 5 on a
# local chain, 1000 and 3600 elsewhere. The most that is paid for one gas. How many blocks make one
# final where the node names no final block.
# anchor_entries = 1000
# anchor_seconds = 3600
# anchor_fee_gwei_max = 100.0
# anchor_confirmations = 64

# Whether hand-overs are mirrored on that chain too, by the parties' own signatures: who holds what,
# at which weight, for everyone who reads the chain, for ever. Only if the charter says that it may
# be (mirror: allowed), on whichever chain. The contract that mirrors them, if it is not the one
# that `adamant chain deploy` made.
# mirror = false
# mirror_contract = "0x0000000000000000000000000000000000000002"

# debug, info, warning or error; and whether each request's line names its client's address.
# log_level = "info"
# log_addresses = false

# The second store, which remembers what was ever published. On another disk it also survives the
# loss of this one. A path that is not absolute is taken from this folder.
checkpoints = {checkpoints}

# The store of private fields: names, prices, documents. It can be erased from, so whoever copies it
# must erase from the copies too.
# private = "private.db"
"""
"""What ``ledger.toml`` says in a ledger that was just made."""


class Settings(BaseSettings):
    """How one ledger is run.

    Attributes:
        host: the address to listen on.
        port: the port to listen on; 0 = any that is free.
        checkpoints: the file of the second store; relative to the ledger's folder.
        private: the file of private fields; relative to the ledger's folder.
        public_addresses: under which clients reach it, if it stands behind a proxy; parties sign in
            at these. Where it listens itself, if none is said.
        trusted_proxies: proxies, by address or network, whose ``X-Forwarded-For`` is believed.
        rate_limits: whether clients are counted at all.
        rate_limits_local: whether clients on this machine itself are counted too.
        reads_a_minute: how many requests that read one client may make in any minute.
        records_a_minute: how many records it may send.
        sign_ins_a_minute: how often it may ask to sign in or out.
        connections_max: how many connections there may be at a time.
        client_seconds_max: how long one may wait for the head of a request, or for an answer to be
            taken.
        body_seconds_max: how long the body of a request may take to arrive.
        arriving_bytes_max: how many bytes of records may be held that arrive, or wait to be read.
        batches_at_once_max: how many batches are worked on at a time.
        long_records_at_once_max: how many single records are read at a time that are too long to be
            read together with others.
        questions_at_once_max: how many questions are answered at a time.
        streams_max: how many streams of the log there may be at a time.
        streams_a_client_max: how many of one client.
        stream_heartbeat_seconds: after how long without an event a stream shows that it lives.
        stream_take_seconds_max: how long its client may take for what is sent at a time.
        metrics: whether there are metrics at ``/metrics``.
        metrics_readers: who may read them, by address or network, beside this machine itself.
        webhooks: addresses that are told of new entries and checkpoints.
        webhook_networks: networks that messages may go to though they are not public.
        webhook_secret: the file of the secret that signs messages; relative to the folder.
        chain: where checkpoints are anchored.
        chain_url: the address of a chain's node; it may hold a secret.
        chain_id: of the chain that the node must be on.
        anchor_contract: the contract that anchors go to, if it is not the one deployed from here.
        anchor_first_block: no block before this one has an event of ``anchor_contract``.
        anchor_entries: how many entries make an anchor due.
        anchor_seconds: after how long any do.
        anchor_fee_gwei_max: the most that is paid for one gas.
        anchor_confirmations: how many blocks make one final where the node names no final one.
        mirror: whether hand-overs are mirrored on the chain.
        mirror_contract: the contract that mirrors them, if it is not the one deployed from here.
        log_level: the least important sort of line that ``serve`` logs.
        log_addresses: whether the line of each request names its client's address.

    """

    model_config = SettingsConfigDict(env_prefix="ADAMANT_", extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8420, ge=0, le=65_535)
    checkpoints: Path = Path("checkpoints.db")
    private: Path = Path("private.db")
    public_addresses: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    rate_limits: bool = True
    rate_limits_local: bool = False
    reads_a_minute: int = Field(default=_RATES.reads_a_minute, ge=1)
    records_a_minute: int = Field(default=_RATES.records_a_minute, ge=LIMITS.batch_records_max)
    sign_ins_a_minute: int = Field(default=_RATES.sign_ins_a_minute, ge=3)
    connections_max: int = Field(default=_DOOR.connections_max, ge=1, le=1_000_000)
    client_seconds_max: float = Field(default=_DOOR.client_seconds_max, ge=1, le=3_600)
    body_seconds_max: float = Field(default=_DOOR.body_seconds_max, ge=1, le=3_600)
    # Room for the largest batch; and no more at once than there are threads for.
    arriving_bytes_max: int = Field(default=_DOOR.arriving_bytes_max, ge=LIMITS.batch_bytes_max)
    batches_at_once_max: int = Field(default=_DOOR.batches_at_once_max, ge=1, le=8)
    long_records_at_once_max: int = Field(default=_DOOR.long_records_at_once_max, ge=1, le=4)
    questions_at_once_max: int = Field(default=_DOOR.questions_at_once_max, ge=1, le=20)
    streams_max: int = Field(default=_STREAMS.streams_max, ge=1, le=10_000)
    streams_a_client_max: int = Field(default=_STREAMS.streams_a_client_max, ge=1, le=10_000)
    stream_heartbeat_seconds: float = Field(default=_STREAMS.heartbeat_seconds, ge=1, le=600)
    stream_take_seconds_max: float = Field(default=_STREAMS.take_seconds_max, ge=1, le=600)
    metrics: bool = False
    metrics_readers: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    webhook_networks: tuple[str, ...] = ()
    webhook_secret: Path = Path("webhook.secret")
    chain: Literal["none", "local", "node"] = "none"
    chain_url: str = Field(default="", repr=False)
    chain_id: int | None = Field(default=None, ge=1, lt=2**53)
    anchor_contract: str = Field(default="", pattern="^(0x[0-9a-f]{40})?$")
    anchor_first_block: int = Field(default=0, ge=0, lt=2**53)
    anchor_entries: int = Field(default=_ANCHORS.entries, ge=1)
    anchor_seconds: int | None = Field(default=None, ge=1)
    anchor_fee_gwei_max: float = Field(default=_ANCHORS.fee_wei_max / GWEI, gt=0, le=1_000_000)
    anchor_confirmations: int | None = Field(default=None, ge=1, le=10_000)
    mirror: bool = False
    mirror_contract: str = Field(default="", pattern="^(0x[0-9a-f]{40})?$")
    log_level: LogLevel = "info"
    log_addresses: bool = False


_MIRROR = """
# Hand-overs are mirrored on the chain too, for everybody to read.
mirror = true
"""
_LOCAL_CHAIN = """
# The chain in this folder, made by `adamant chain start`.
chain = "local"
"""
_NO_CHAIN = re.compile(r"""^[ \t]*chain[ \t]*=[ \t]*(?:"none"|'none')""", re.MULTILINE)
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
    except SettingsError as error:  # a list of the environment that is no JSON
        name = str(error).partition('"')[2].partition('"')[0]
        raise BadQuestion(f"ADAMANT_{name.upper()}", 'a list in JSON, such as ["…"]') from None
    except ValueError:  # what the reader of TOML raises
        raise BadQuestion(path.name, "a file of settings in TOML") from None


def mirror_hand_overs(path: Path) -> None:
    """Say in a file of settings that was just made that hand-overs are mirrored on the chain."""
    write_over(path, path.read_text("utf-8") + _MIRROR)


def name_local_chain(path: Path) -> None:
    """Say in a file of settings that the ledger's chain is the one in its folder.

    It is said in a line of its own at the end, since the file is its operator's; or in the line
    that names no chain, if there is one.

    Raises:
        BadQuestion: the file would not say so then.

    """
    text = path.read_text("utf-8") if path.exists() else ""
    gap = "" if not text or text.endswith("\n") else "\n"
    said, count = _NO_CHAIN.subn('chain = "local"', text, count=1)
    named = said if count else f"{text}{gap}{_LOCAL_CHAIN}"
    try:
        is_named = tomllib.loads(named).get("chain") == "local"
    except tomllib.TOMLDecodeError:
        is_named = False
    if not is_named:
        raise BadQuestion(path.name, 'chain = "local"; it cannot be added to what stands there')
    write_over(path, named)


def write_fresh(path: Path, checkpoints: Path) -> None:
    """Write the settings of a ledger that is being made.

    Raises:
        FileExistsError: there are some already; they are left as they are.

    """
    # A JSON string of plain text is a TOML string as well.
    text = FRESH_TOML.format(checkpoints=json.dumps(str(checkpoints)))
    write_once(path, text)
