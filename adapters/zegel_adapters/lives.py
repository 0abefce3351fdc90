"""Whose published keys run out: ours, so that nobody can write to us any more, or a partner's, so that we cannot."""

from collections.abc import Iterator
from dataclasses import dataclass

from zegel_adapters.keystore import DAY, WARN_UNDER
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory


@dataclass(frozen=True, slots=True)
class Ending:
    """The published keys of one use of an instantie last for `days` more whole days; 0 = none is valid tomorrow."""

    instantie: str
    use: str
    days: int


def find_endings(directory: Directory, *, now: int, under: int = WARN_UNDER) -> Iterator[Ending]:
    """Yield what lasts less than `under` seconds: sealing keys of every member, and the broker's hop keys."""
    for each in sorted(directory.members):
        use = "hop" if each == BROKER else "sealing"
        left = directory.published_until(each, use) - now
        if left < under:
            yield Ending(each, use, max(left, 0) // DAY)
