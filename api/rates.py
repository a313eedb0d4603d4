"""How much one client may ask and send in a minute, and how it is told when that is used up.

There are three budgets: reading (requests), writing (records, so that a batch costs what is in it)
and signing in (requests). Each is kept for a client's address, and once more for the party whose
token a request bears; both are charged, so that a token opens no further budget. Whether the server
lives and is ready may be asked without end.

What is left is said in the fields of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10);
what is refused is refused by 429 (RFC 6585 §4) with ``Retry-After``. No refusal here bears on what
a ledger accepts: the same record is taken later, or from elsewhere.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.clients import Clients
from api.problems import ProblemError, problem
from api.windows import Windows
from ledger.limits import RateLimits

Kind = Literal["reading", "writing", "sign-in"]
PartyOf = Callable[[Request], str | None]

METER: Final = "adamant.meter"
"""Where a request's scope holds its :class:`Meter`; nothing is there where nothing is counted."""
WINDOW_SECONDS: Final = 60
FREE_PATHS: Final = frozenset(("/livez", "/readyz", "/metrics"))
SIGN_IN_PATHS: Final = ("/v1/sign-in", "/v1/sign-out")
RECORDS_PATHS: Final = frozenset(("/v1/records", "/v1/records/batch"))
"""Where records are sent; what else is below is charged as any request."""


class Budgets:
    """What everyone has used of their budgets; any thread, at any time.

    Args:
        limits: how large the budgets are, and how many clients are remembered.
        clock: gives seconds that never go back.

    """

    def __init__(self, limits: RateLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self.windows = Windows(limits.keys_max, clock)
        self._limiter = MovingWindowRateLimiter(self.windows)
        self._items: dict[Kind, RateLimitItem] = {
            "reading": RateLimitItemPerMinute(limits.reads_a_minute),
            "writing": RateLimitItemPerMinute(limits.records_a_minute),
            "sign-in": RateLimitItemPerMinute(limits.sign_ins_a_minute),
        }

    def item(self, kind: Kind) -> RateLimitItem:
        """Return how large a budget is."""
        return self._items[kind]

    def may_take(self, kind: Kind, key: str, cost: int) -> bool:
        """Tell whether so much is left."""
        return self._limiter.test(self._items[kind], kind, key, cost=cost)

    def take(self, kind: Kind, key: str, cost: int) -> bool:
        """Take from a budget; nothing is taken, and False returned, when so much is not left."""
        return self._limiter.hit(self._items[kind], kind, key, cost=cost)

    def left(self, kind: Kind, key: str) -> tuple[int, int]:
        """Return how much is left, and in how many seconds some of what is used comes back."""
        item = self._items[kind]
        name = item.key_for(kind, key)
        _, used = self.windows.get_moving_window(name, item.amount, WINDOW_SECONDS)
        return item.amount - used, self.seconds_until(kind, key, item.amount - used + 1)

    def seconds_until(self, kind: Kind, key: str, cost: int) -> int:
        """Return in how many whole seconds so much is left, at most the whole window's."""
        item = self._items[kind]
        cost = min(cost, item.amount)
        name = item.key_for(kind, key)
        return math.ceil(self.windows.seconds_until(name, item.amount, WINDOW_SECONDS, cost))


@dataclass(slots=True)
class Meter:
    """What a request is charged to.

    Attributes:
        kind: from which budgets.
        keys: whose budgets: of its address, and of its party if it bears a token.
        is_charged: whether anything was asked of them yet.

    """

    budgets: Budgets
    kind: Kind
    keys: dict[str, str] = field(default_factory=dict)
    is_charged: bool = False

    def check(self, cost: int = 1) -> None:
        """Return if so much is left in each budget.

        Raises:
            ProblemError: ``rate-limited``.

        """
        for key in self.keys.values():
            if not self.budgets.may_take(self.kind, key, cost):
                raise self._refusal(key, cost)

    def take(self, cost: int = 1) -> None:
        """Take from the budgets.

        Raises:
            ProblemError: ``rate-limited``.

        """
        self.is_charged = True
        self.check(cost)  # all of them first: what one refuses is taken from none
        for key in self.keys.values():
            self.budgets.take(self.kind, key, cost)

    def charge_one(self) -> None:
        """Take one from each budget that has it; what is done already is not refused any more."""
        self.is_charged = True
        for key in self.keys.values():
            self.budgets.take(self.kind, key, 1)

    def _refusal(self, key: str, cost: int) -> ProblemError:
        amount = self.budgets.item(self.kind).amount
        wait = max(1, self.budgets.seconds_until(self.kind, key, cost))
        unit = "records" if self.kind == "writing" else "requests"
        expected = f"at most {amount} {unit} in {WINDOW_SECONDS} seconds"
        headers = {**self.headers(), "retry-after": str(wait)}
        return problem("rate-limited", f"{self.kind}: {expected}", headers=headers)

    def headers(self) -> dict[str, str]:
        """Return the fields that say how large the budgets are, and what is left of them."""
        amount = self.budgets.item(self.kind).amount
        left = {name: self.budgets.left(self.kind, key) for name, key in self.keys.items()}
        return {
            "ratelimit-policy": ", ".join(
                f'"{name}";q={amount};w={WINDOW_SECONDS}' for name in self.keys
            ),
            "ratelimit": ", ".join(
                f'"{name}";r={remaining};t={seconds}' for name, (remaining, seconds) in left.items()
            ),
        }


class Rates:
    """Charges each request to whom it is from.

    Args:
        app: what is served behind it.
        budgets: what is left.
        clients: tells clients.
        party_of: whose token a request bears, if it bears one that opens anything.
        counts_local: whether clients on this machine itself are counted too.

    """

    def __init__(
        self,
        app: ASGIApp,
        budgets: Budgets,
        clients: Clients,
        party_of: PartyOf,
        *,
        counts_local: bool,
    ) -> None:
        self._app = app
        self._budgets = budgets
        self._clients = clients
        self._party_of = party_of
        self._counts_local = counts_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        meter = self._meter(scope)
        if meter is None:
            await self._app(scope, receive, send)
            return

        async def send_with_fields(message: Message) -> None:
            if message["type"] == "http.response.start":
                if not meter.is_charged:  # it was refused before its records were counted
                    meter.charge_one()
                headers = MutableHeaders(scope=message)
                for name, value in meter.headers().items():
                    headers.setdefault(name, value)
            await send(message)

        # What is in a batch is known when it has come; the route takes that.
        if _is_of_records(scope):
            meter.check()
        else:
            meter.take()
        scope[METER] = meter
        await self._app(scope, receive, send_with_fields)

    def _meter(self, scope: Scope) -> Meter | None:
        if scope["type"] != "http" or scope["path"] in FREE_PATHS:
            return None
        client = self._clients.of(scope)
        if client.is_local and not self._counts_local:
            return None
        kind = _kind_of(scope)
        keys = {str(kind): f"client {client.key}"}
        party = self._party_of(Request(scope))
        if party is not None:
            keys[f"{kind}-party"] = f"party {party}"
        return Meter(self._budgets, kind, keys)


def _kind_of(scope: Scope) -> Kind:
    if scope["path"].startswith(SIGN_IN_PATHS):
        return "sign-in"
    return "writing" if scope["method"] in ("POST", "PUT", "PATCH", "DELETE") else "reading"


def _is_of_records(scope: Scope) -> bool:
    return scope["method"] == "POST" and scope["path"] in RECORDS_PATHS


def charge_records(request: Request, count: int) -> None:
    """Charge records to whoever sends them, if that is counted.

    Raises:
        ProblemError: ``rate-limited``.

    """
    meter = request.scope.get(METER)
    if isinstance(meter, Meter):
        meter.take(count)
