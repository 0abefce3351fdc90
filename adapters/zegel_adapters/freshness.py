"""Is the directory held here the one the log works by? Pure: who seals asks this first, and `doctor` shows it.

Every entry of the log names the version of the directory it was written by, so every proof that comes in says how new
ours is. An adapter that does not hold the version a proven entry of the last 24 hours names does not seal: a key may
have been revoked meanwhile, and what was sealed to it cannot be taken back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from zegel_schemas.directory import Directory
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.stamp import Proven

STALE_AFTER = 24 * 3600  # seconds (protocol, Keys)

# fresh: may seal. behind: the log names a newer one. stale: nothing recent was proven. split: the log names one with
# another past. forked: the log itself showed two histories.
Standing = Literal["fresh", "behind", "stale", "split", "forked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The version of the directory that entry `index` of log `origin` names, written at `time` (seconds since 1970)."""

    origin: str
    index: int
    version: DirectoryVersion
    time: int


def read_named(entry: Proven, *, now: int) -> Named | None:
    """Return what a proven entry says of the directory, or None when it says nothing.

    An entry cannot be newer than the moment it was proven here, whatever the clock of the log says: otherwise a log
    that runs ahead would keep this side content for as long as it likes.
    """
    version = entry.record.directory
    if not version.count:
        return None
    return Named(origin=entry.leaf.origin, index=entry.index, version=version, time=min(entry.leaf.time, now))


def follow(held: Named | None, shown: Named) -> Named:
    """Return the newer of two entries.

    Raise Refusal REGISTER_TERUG when the later of two entries of one log names fewer statements, REGISTER_GESPLITST
    when both name as many, but others.
    """
    if held is None:
        return shown
    old, new = sorted((held, shown), key=lambda each: each.index)
    if held.origin == shown.origin and old.version != new.version:
        if new.version.count < old.version.count:
            raise Refusal(Fault.REGISTER_TERUG, "directory", detail="a later entry names an older directory")
        if new.version.count == old.version.count:
            raise Refusal(Fault.REGISTER_GESPLITST, "directory", detail="two directories of one length")
    return max(held, shown, key=lambda each: (each.version.count, each.time, each.index))


def judge_standing(directory: Directory, named: Named | None, *, forked: Collection[str], now: int) -> Standing:
    """Return how the directory held stands at second `now` to what the newest proven entry names.

    `forked` are the origins of the logs that showed two histories here.
    """
    if directory.log is not None and directory.log[0] in forked:
        return "forked"
    if named is None:
        return "stale"
    if named.version.count > directory.count:
        return "behind"
    if directory.head_at(named.version.count) != named.version.head:
        return "split"
    return "fresh" if now - named.time < STALE_AFTER else "stale"
