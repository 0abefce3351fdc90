"""Days on the town's calendar: the convenant counts in days of Europe/Amsterdam, bounds inclusive."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TOWN = ZoneInfo("Europe/Amsterdam")


def day_of(instant: int) -> date:
    """Return the day of an instant in seconds since 1970 UTC; the last day there is when it lies beyond that."""
    try:
        return datetime.fromtimestamp(instant, UTC).astimezone(TOWN).date()
    except (ValueError, OverflowError, OSError):
        return date.max  # a `due` in the year 200,000 is too late, never an exception


def day_from(text: str) -> date | None:
    """Return the day an ISO text names, None when it is empty; raise ValueError on a day that does not exist."""
    return date.fromisoformat(text) if text else None
