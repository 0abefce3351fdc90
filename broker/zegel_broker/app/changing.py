"""Watches what changes by itself while the broker runs: how long the published keys of each instantie last."""

import structlog

from zegel_broker.key_days import DAY, count_key_days, find_short
from zegel_broker.metrics import Metrics
from zegel_schemas.directory import Directory


class KeyWatch:
    """Shows the days left in the metrics, and warns once a day of each instantie that has too few."""

    def __init__(self, metrics: Metrics) -> None:
        """Take who shows it."""
        self._metrics = metrics
        self._warned: dict[tuple[str, str], int] = {}  # instantie and use -> the day it was last warned of
        self._log = structlog.get_logger()

    def look(self, directory: Directory, *, now: int) -> None:
        """Show and warn; `now` is seconds since 1970."""
        days = count_key_days(directory, now=now)
        self._metrics.set_key_days(days)
        today = now // DAY
        for member, use, left in find_short(days):
            if self._warned.get((member, use)) != today:
                self._warned[member, use] = today
                self._log.warning("keys_running_out", instantie=member, use=use, days=left)
