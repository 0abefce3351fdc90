"""How long each instantie's published keys last: for the metrics, the log and `doctor`."""

from collections.abc import Iterable
from typing import Final

from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory

DAY: Final = 24 * 3600  # seconds
WARN_DAYS: Final = 14  # under this many days of published keys an instantie is warned about (protocol, Keys)
USES: Final = ("signing", "sealing", "hop")
BROKER_USES: Final = ("hop",)  # all the broker publishes


def count_key_days(directory: Directory, *, now: int) -> dict[tuple[str, str], float]:
    """Return per (instantie, use) the days until its last published, unrevoked key ends; 0 when none is left."""
    return {
        (member, use): max(0, directory.published_until(member, use) - now) / DAY
        for member in sorted(directory.members)
        for use in _uses(member)
    }


def find_short(days: dict[tuple[str, str], float]) -> list[tuple[str, str, int]]:
    """Return (instantie, use, whole days left) of those with too few."""
    return [(member, use, int(left)) for (member, use), left in days.items() if left < WARN_DAYS]


def _uses(member: str) -> Iterable[str]:
    return BROKER_USES if member == BROKER else USES
