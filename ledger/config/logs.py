"""Logs: one line of JSON for each event on stderr, for a server; silence for a command.

What is logged is chosen line by line: names, counts, sizes, addresses and ids. A passphrase, a
secret key, an envelope or a private field is never given to a logger, and an exception is logged
by its type and message, not with the variables of its frames.
"""

from __future__ import annotations

import logging
import sys

import structlog

from ledger.config.settings import LogLevel


def log_as_json(level: LogLevel) -> None:
    """Log from ``level`` on as JSON lines on stderr; the libraries' own lines likewise."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(number)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def log_event(event: str, *, level: LogLevel = "info", **values: str | int) -> None:
    """Log one event with its values."""
    structlog.get_logger("ledger").log(
        logging.getLevelNamesMapping()[level.upper()], event, **values
    )


def stay_quiet() -> None:
    """Log nothing below an error: a command says on its own what its reader needs."""
    logging.getLogger().setLevel(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
