"""Working days of the Algemene termijnenwet: no Saturday, Sunday or generally recognised holiday (articles 1 and 3)."""

from datetime import date, timedelta
from functools import cache

import holidays

_SATURDAY = 5
REVIEW_DAYS = 3  # working days within which a use of break-glass is reviewed (brief; `beoordeling_werkdagen`)


def review_due(day: date, *, working_days: int = REVIEW_DAYS) -> date:
    """Return the last day on which a use of this day is reviewed in time: so many working days after it."""
    due = day
    for _ in range(working_days):
        due = next_working_day(due)
    return due


def next_working_day(day: date) -> date:
    """Return the first working day after this day."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def is_working_day(day: date) -> bool:
    """Say whether a term may end on this day."""
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    """Return the holidays of article 3: with Good Friday (lid 2), and 5 May of every year."""
    return frozenset(holidays.country_holidays("NL", years=year, categories=("public", "optional")))
