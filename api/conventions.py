"""What an operator chooses of how this door treats its clients; by default, as a library has it.

None of it bears on what is accepted. ``adamant serve`` reads it from the settings; whoever makes
the application in a program of their own gets the defaults here: nothing counted, nothing measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.config import Settings
from ledger.limits import DoorLimits, RateLimits, StreamLimits


@dataclass(frozen=True, slots=True)
class Conventions:
    """How clients are counted, and who is shown what of the server itself.

    Attributes:
        rates: how much one client may ask and send; None where nobody is counted.
        counts_local: whether clients on this machine itself are counted too.
        trusted_proxies: addresses and networks of proxies whose ``X-Forwarded-For`` is believed.
        shows_metrics: whether there are metrics at ``/metrics``.
        metrics_readers: addresses and networks that may read them, beside this machine itself.
        streams: how many streams of the log there are, and how patient they are.
        logs_addresses: whether the log names the address of each request's client.

    """

    rates: RateLimits | None = None
    counts_local: bool = False
    trusted_proxies: tuple[str, ...] = ()
    shows_metrics: bool = False
    metrics_readers: tuple[str, ...] = ()
    streams: StreamLimits = field(default_factory=StreamLimits)
    logs_addresses: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Conventions:
        """Read them from a ledger's settings."""
        rates = RateLimits(
            settings.reads_a_minute, settings.records_a_minute, settings.sign_ins_a_minute
        )
        return cls(
            rates=rates if settings.rate_limits else None,
            counts_local=settings.rate_limits_local,
            trusted_proxies=settings.trusted_proxies,
            shows_metrics=settings.metrics,
            metrics_readers=settings.metrics_readers,
            streams=StreamLimits(
                streams_max=settings.streams_max,
                streams_a_client_max=settings.streams_a_client_max,
                heartbeat_seconds=settings.stream_heartbeat_seconds,
                take_seconds_max=settings.stream_take_seconds_max,
            ),
            logs_addresses=settings.log_addresses,
        )


def door_limits(settings: Settings) -> DoorLimits:
    """Read how much the door takes and holds at once from a ledger's settings."""
    return DoorLimits(
        connections_max=settings.connections_max,
        client_seconds_max=settings.client_seconds_max,
        body_seconds_max=settings.body_seconds_max,
        arriving_bytes_max=settings.arriving_bytes_max,
        batches_at_once_max=settings.batches_at_once_max,
        long_records_at_once_max=settings.long_records_at_once_max,
        questions_at_once_max=settings.questions_at_once_max,
    )
