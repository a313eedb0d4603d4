"""Mines, and what comes out of them: Site and Registration."""

from __future__ import annotations

from ledger.records.fields import (
    EITHER,
    ListSpec,
    Record,
    Sheet,
    address,
    author,
    author_country,
    author_role,
    choice,
    country,
    filled_but_for,
    hash32,
    kind,
    occurred_at,
    salt,
    sheet,
    text,
    uint,
)
from ledger.values import ROUGH_CODES, Address, Hash32

# Open Location Code of 4 or 6 digits, padded with zeros: about 100 km or 5 km of side.
# Source: Open Location Code specification, "Code Precision" and "Padding".
_COARSE_PLACE = r"[2-9C][2-9CFGHJMPQRV][2-9CFGHJMPQRVWX]{2}(?:0000|[2-9CFGHJMPQRVWX]{2}00)\+"


@sheet
class SiteWho(Sheet):
    """Which site, and who may register there."""

    author: Address = author()
    site: Hash32 = hash32("site id; zero for open", filled_but_for("open"))
    operators: tuple[Address, ...] = address(
        "miners that may register here; empty = any miner of the country",
        EITHER,
        ListSpec(most=64, ascending=True),
    )
    salt: Hash32 = salt()


@sheet
class SiteWhat(Sheet):
    """What kind of site, under which licence."""

    operation: str = choice("open, change or close", ("open", "change", "close"))
    author_role: str = author_role()
    site_type: str = choice("how it is worked", ("industrial", "artisanal"))
    licence: str = text("licence number as printed")
    previous: Hash32 = hash32(
        "site chain: the site's last Site record; zero for open", filled_but_for("open")
    )
    salt: Hash32 = salt()


@sheet
class SiteAmounts(Sheet):
    """Capacity and name."""

    yearly_capacity_millicarats: int = uint("declared yearly capacity; 0 = none declared", EITHER)
    label: str = text("public name", EITHER)
    salt: Hash32 = salt()


@sheet
class SiteScene(Sheet):
    """Where, and until when licensed."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    country: str = country("the site's country")
    zone: str = text("zone as the reference tables spell it; empty = no zone", EITHER)
    place: str = text("coarse Open Location Code", EITHER, pattern=_COARSE_PLACE)
    valid_until: int = uint("last second of the licence; 0 = until closed", EITHER)
    salt: Hash32 = salt()


@kind(
    details=("operatorName", "exactPlace", "contact", "document"),
    roles=("authority",),
    correctable=("details",),
)
class Site(Record):
    """A mine or diggings; states it in full each time."""

    who: SiteWho
    what: SiteWhat
    amounts: SiteAmounts
    scene: SiteScene
    details: Hash32


@sheet
class RegistrationWho(Sheet):
    """Who mined, and where."""

    author: Address = author()
    site: Hash32 = hash32("the site it comes from, open and licensed")
    salt: Hash32 = salt()


@sheet
class RegistrationWhat(Sheet):
    """What sort of rough."""

    author_role: str = author_role()
    hs_code: str = choice("HS code of the rough", ROUGH_CODES)
    salt: Hash32 = salt()


@sheet
class RegistrationAmounts(Sheet):
    """Weight and count."""

    weight_millicarats: int = uint("weight of the parcel")
    stones: int = uint("number of stones; 0 = not counted", EITHER)
    label: str = text("bag code or lot name", EITHER)
    salt: Hash32 = salt()


@sheet
class RegistrationScene(Sheet):
    """When and where it was mined."""

    occurred_at: int = occurred_at()
    author_country: str = author_country()
    zone: str = text("the site's zone, copied; empty if it has none", EITHER)
    period_from: int = uint("mined from; seconds")
    period_to: int = uint("mined until; seconds; its year (UTC) counts for the capacity")
    salt: Hash32 = salt()


@kind(
    details=(
        "seller",
        "slipNumber",
        "priceUsCents",
        "productionBook",
        "exactPlace",
        "document",
    ),
    roles=("miner",),
    correctable=("amounts.label", "scene.periodFrom", "scene.periodTo", "details"),
)
class Registration(Record):
    """A new parcel of rough."""

    who: RegistrationWho
    what: RegistrationWhat
    amounts: RegistrationAmounts
    scene: RegistrationScene
    details: Hash32
