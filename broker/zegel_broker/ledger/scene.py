"""What is the same for every message of one transaction: the time, the directory and the convenant in force."""

from dataclasses import dataclass
from datetime import date

from zegel_broker.days import day_of
from zegel_broker.registry import Registry
from zegel_schemas.convenant import Convenant
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.seal.primitives import Random


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scene:
    """One `now` for everything, so that no message is judged by two clocks. Times are seconds since 1970 UTC."""

    origin: str
    now: int
    day: date  # of `now`, on the town's calendar
    registry: Registry
    directory: DirectoryVersion
    digest: str  # of the convenant in force, "" when there is none
    convenant: Convenant | None  # None also when no file of this broker has that digest: then nothing is permitted
    random: Random

    @classmethod
    def at(cls, now: int, *, origin: str, registry: Registry, random: Random) -> "Scene":
        """Return the scene at `now`."""
        digest = registry.directory.convenant_at(now) or ""
        return cls(
            origin=origin,
            now=now,
            day=day_of(now),
            registry=registry,
            directory=registry.directory.version,
            digest=digest,
            convenant=registry.convenant(digest),
            random=random,
        )
