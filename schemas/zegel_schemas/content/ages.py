"""Age bands: what the convenant's rules on consent need to know of a birth date, and no more."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

AgeBand = Literal["under_12", "12_15", "16_plus"]

_CHILD_JOINS = 12  # from this age the child consents together with who holds authority (Jeugdwet 7.3.4, 7.3.5)
_CHILD_DECIDES = 16  # from this age the person consents alone
_LAST_MOMENT = 253_402_214_400  # 9999-12-31T00:00:00Z, seconds since 1970; a day later Python's calendar ends


def age_band(born: date, on: date) -> AgeBand:
    """Return the band of somebody born on `born` on the day `on`; a leap-day child ages on 1 March."""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if years < _CHILD_JOINS:
        return "under_12"
    return "12_15" if years < _CHILD_DECIDES else "16_plus"


def possible_bands(born: str, issued: int) -> frozenset[str]:
    """Return the bands of somebody born on the ISO day `born` at `issued` (seconds since 1970 UTC).

    Two around a birthday's midnight: the day in Amsterdam is that of UTC or the next. None when no calendar reaches
    that far.
    """
    if issued > _LAST_MOMENT:
        return frozenset()
    moment, day = datetime.fromtimestamp(issued, tz=UTC), date.fromisoformat(born)
    return frozenset(age_band(day, (moment + timedelta(hours=hours)).date()) for hours in (0, 2))
