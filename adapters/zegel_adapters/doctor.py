"""Looks a home over and says what is well, what will go wrong soon, and what is wrong, each with its remedy."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from zegel_adapters.adapter import LOCK
from zegel_adapters.assemble import open_side
from zegel_adapters.errors import AdapterError
from zegel_adapters.evidence import HeldFor
from zegel_adapters.home import Home
from zegel_adapters.homekey import Passphrase
from zegel_adapters.keystore import DAY, PUBLISHED, WARN_UNDER, draw
from zegel_adapters.line import LOST, open_line
from zegel_adapters.lives import find_endings
from zegel_adapters.settings import Settings
from zegel_adapters.side import Side
from zegel_schemas.convenant import ConvenantInvalid
from zegel_schemas.declaration import BROKER, MAX_SKEW
from zegel_schemas.refusals import Refusal

Level = Literal["ok", "warning", "error"]
STUCK = 3600  # seconds a message may wait for word before somebody should look
REACH_SECONDS = 10.0
_FETCHES = "drafts wait until the running adapter has fetched it"


_WAITS: Mapping[HeldFor, str] = {
    "directory": "for a newer directory, which is being fetched",
    "convenant": "for a convenant, which is being fetched",
    "history": "for a proof that the log has one history, overdue since four hours: call the municipality",
    "revocation": "the sender's key was stolen when it signed: ask the sender by voice, it can send anew",
    "fork": "the log showed two histories: call the holders of the root",
}


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
        found += [*_examine_keys(side, now), *_examine_directory(side, now)]
        found += [*_examine_partners(side, now), *_examine_clock(side, now)]
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
    remedy = "run `keys rotate` and hand keys-statement to the municipality"
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
    yield _say_standing(side, now)
    if directory.hop_key(BROKER, now) is None:
        yield Finding("error", "broker's key", "the directory names no valid hop key of the broker: fetch a newer one")
    try:
        yield Finding("ok", "convenant", f"in force: {side.holdings.in_force(now).digest}")
    except Refusal as refusal:
        yield Finding("error", "convenant", str(refusal))


def _say_standing(side: Side, now: int) -> Finding:
    """Say whether the directory is the one the log names: only then a draft is sealed."""
    standing, named = side.standing(now), side.witness.named()
    if standing == "fresh" and named is not None:
        return Finding("ok", "freshness", f"the log named this directory {max(now - named.time, 0) // 60} minutes ago")
    if standing == "behind" and named is not None:
        return Finding("warning", "freshness", f"the log names {named.version.count} statements: {_FETCHES}")
    if standing == "stale":
        when = "nothing yet" if named is None else f"nothing since {(now - named.time) // 3600} hours ago"
        return Finding("warning", "freshness", f"{when} proves that this directory is the newest: {_FETCHES}")
    what = "the log names a directory with another past" if standing == "split" else "the log showed two histories"
    return Finding("error", "freshness", f"{what}: nothing is sealed; keep this home as it is, call the root holders")


def _examine_partners(side: Side, now: int) -> Iterator[Finding]:
    ending = [each for each in find_endings(side.holdings.directory, now=now) if each.instantie != side.instantie]
    if not ending:
        yield Finding("ok", "partners", "everybody can be written to for two weeks or more")
    for each in ending:
        who = f"{each.instantie}: its published {each.use} keys"
        text = f"{who} last for {each.days} more days: ask it to publish new ones" if each.days else f"{who} run out"
        yield Finding("warning", "partners", text)


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
    what = "; ".join(_WAITS[each] for each in sorted({each.what for each in held}))
    yield _count(len(held), "held", f"deliveries wait unopened: {what}", "no delivery is held")
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
