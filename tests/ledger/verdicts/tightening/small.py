"""The small random histories of ``tests/ledger/trace``, told to the linear programs."""

from __future__ import annotations

from ledger.verdicts.tightening.history import Draw, History, Holding
from ledger.verdicts.tightening.program import Share
from tests.ledger.trace import histories


def told(history: histories.History) -> History:
    """Return a history of the tests as the tightening sees it; the numbers are the same."""
    mined = {
        number: histories.SITES[next(iter(parcel.registered_sites))]
        for number, parcel in enumerate(history.parcels)
        if len(parcel.ancestry) == 1
    }
    return History(
        tuple(
            Holding(
                parcel.weight,
                min(history.tolerance, parcel.weight - 1)
                if parcel.stones == 1 and number not in mined
                else None,
                parcel.bounds,
            )
            for number, parcel in enumerate(history.parcels)
        ),
        tuple(Draw(inputs, outputs) for inputs, outputs in history.draws),
        mined,
    )


def shares_of_parcel(history: histories.History, number: int) -> list[Share]:
    """List the countries and the sites in the ancestry of a parcel, as its intervals are listed."""
    places = sorted(history.parcels[number].registered_sites)
    countries = sorted({histories.SITES[place][0] for place in places})
    return [*((country, None) for country in countries), *(histories.SITES[at] for at in places)]
