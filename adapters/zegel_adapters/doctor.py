"""Looks a home over and says what is well, what will go wrong soon, and what is wrong, each with its remedy."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from zegel_adapters.adapter import LOCK
from zegel_adapters.assemble import open_side
from zegel_adapters.errors import AdapterError
from zegel_adapters.home import Home
from zegel_adapters.homekey import Passphrase
from zegel_adapters.keystore import DAY, PUBLISHED, WARN_UNDER, draw
from zegel_adapters.line import LOST, open_line
from zegel_adapters.settings import Settings
from zegel_adapters.side import Side
from zegel_schemas.convenant import ConvenantInvalid
from zegel_schemas.declaration import BROKER, MAX_SKEW
from zegel_schemas.refusals import Refusal

Level = Literal["ok", "warning", "error"]
STUCK = 3600  # seconds a message may wait for word before somebody should look
REACH_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `text` names the remedy when it is not ok; it holds no content and no secret."""

    level: Level
    check: str
    text: str


async def examine(home: Home, *, passphrase: Passphrase | None, clock: Callable[[], float]) -> list[Finding]:
    """Return all findings about a home; what cannot be opened at all is the last one."""
    try:
        side, settings = open_side(home.root, passphrase=passphrase, clock=clock, random=draw)
    except (AdapterError, Refusal, ConvenantInvalid, OSError) as error:
        return [Finding("error", "home", str(error))]
    try:
        now = side.now()
        found = [Finding("ok", "home", f"{side.instantie}: settings, home key and key files open, modes are right")]
        found += [*_examine_keys(side, now), *_examine_directory(side, now), *_examine_clock(side, now)]
        found += [*_examine_mailbox(side, now), _examine_process(home)]
        found.append(await _examine_line(settings))
        return found
    finally:
        side.mailbox.close()


def _examine_keys(side: Side, now: int) -> Iterator[Finding]:
    # Only a key that we hold and the directory names is of use.
    directory = side.holdings.directory
    for use in PUBLISHED:
        ends = [own.valid_until for own in side.keystore.keys(use) if directory.key(own.id) is not None]
        yield _life(f"{use} keys", max(ends, default=0) - now)


def _life(check: str, left: int) -> Finding:
    remedy = "run `init --renew` and hand keys-statement to the municipality"
    if left <= 0:
        return Finding("error", check, f"none is valid in the directory: {remedy}")
    days = left // DAY
    if left < WARN_UNDER:
        return Finding("warning", check, f"last for {days} more days: {remedy}")
    return Finding("ok", check, f"last for {days} more days")


def _examine_directory(side: Side, now: int) -> Iterator[Finding]:
    directory = side.holdings.directory
    yield Finding(
        "ok", "directory", f"{directory.count} statements, head {directory.head}, root {directory.root_fingerprint}"
    )
    if directory.hop_key(BROKER, now) is None:
        yield Finding("error", "broker's key", "the directory names no valid hop key of the broker: fetch a newer one")
    try:
        yield Finding("ok", "convenant", f"in force: {side.holdings.in_force(now).digest}")
    except Refusal as refusal:
        yield Finding("error", "convenant", str(refusal))


def _examine_clock(side: Side, now: int) -> Iterator[Finding]:
    behind = side.evidence.log_time() - now
    if behind > MAX_SKEW:
        yield Finding("error", "clock", f"runs at least {behind} s behind the log: set it, messages would be refused")
    else:
        yield Finding("ok", "clock", "not behind the log")


def _examine_mailbox(side: Side, now: int) -> Iterator[Finding]:
    stuck = side.outbox.stuck(now=now, over=STUCK)
    yield _count(
        stuck, "outbox", "messages wait longer than an hour for word from the broker", "nothing waits too long"
    )
    held = side.evidence.held()
    what = ", ".join(sorted({each.what for each in held}))
    yield _count(len(held), "held", f"deliveries wait unopened for a newer: {what}", "no delivery is held")
    aside = side.evidence.aside()
    codes = ", ".join(sorted({each.code for each in aside}))
    yield _count(len(aside), "aside", f"bodies were put aside, tell the municipality: {codes}", "nothing was put aside")
    duties = side.evidence.duties()
    which = "; ".join(each.detail for each in duties[-5:])
    yield _count(len(duties), "duties", f"notices of duties, the newest: {which}", "no duty is overdue")


def _count(number: int, check: str, wrong: str, right: str) -> Finding:
    return Finding("warning", check, f"{number} {wrong}") if number else Finding("ok", check, right)


def _examine_process(home: Home) -> Finding:
    handle = os.open(home.root / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Finding("ok", "adapter", "an adapter runs on this home")
    else:
        return Finding("warning", "adapter", "no adapter runs on this home: start `zegel-adapter run`")
    finally:
        os.close(handle)


async def _examine_line(settings: Settings) -> Finding:
    try:
        url = settings.require_line()
        async with asyncio.timeout(REACH_SECONDS), open_line(url, confirms=True):
            return Finding("ok", "line", "the broker's RabbitMQ takes our login")
    except AdapterError as error:
        return Finding("error", "line", str(error))
    except LOST as error:
        return Finding("error", "line", f"cannot reach the broker's RabbitMQ ({type(error).__name__}): check amqp_url")
