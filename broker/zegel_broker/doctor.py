"""Looks whether a broker can run: settings, directory, convenant, keys, RabbitMQ, ledger, clock; it changes nothing.

Each check says ok, warn or fail, and with the last two what to do. One that fails does not keep the next from looking.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from zegel_broker.app.reach import find_amqp_faults
from zegel_broker.key_days import DAY, WARN_DAYS, count_key_days, find_short
from zegel_broker.keyfiles import OwnKey, read_kek, read_keys
from zegel_broker.ledger import LedgerError
from zegel_broker.ledger.migrate import check_schema
from zegel_broker.load import (
    judged_by,
    load_convenants,
    load_directory,
    require_convenant,
    require_hop_keys,
    require_log_key,
)
from zegel_broker.settings import Settings, SettingsError
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory
from zegel_schemas.note import open_checkpoint
from zegel_schemas.refusals import Refusal

State = Literal["ok", "warn", "fail"]
Answer: TypeAlias = tuple[State, str]

MAX_BEHIND: Final = 120  # seconds the clock may lie behind the newest entry


@dataclass(frozen=True, slots=True)
class Check:
    """The answer of one check."""

    name: str
    state: State
    text: str


async def examine(settings: Settings, *, now: int) -> list[Check]:
    """Return every check in order; `now` is seconds since 1970."""
    checks = [Check("settings", "ok", "read")]
    try:
        directory = load_directory(settings)
    except SettingsError as error:
        return [*checks, Check("directory", "fail", str(error))]
    text = f"version {directory.count}, {len(directory.members)} members, checked from the fingerprint"
    checks.append(Check("directory", "ok", text))
    checks += (_look(name, look) for name, look in _file_checks(settings, directory, now=now))
    checks.append(await _look_at("rabbitmq", lambda: _examine_amqp(settings, directory)))
    return checks


def _file_checks(settings: Settings, directory: Directory, *, now: int) -> Iterator[tuple[str, Callable[[], Answer]]]:
    yield "convenant", lambda: _examine_convenant(settings, directory, now=now)
    yield "hop key", lambda: _examine_hop_key(settings, directory, now=now)
    yield "log key", lambda: _examine_log_key(settings, directory)
    yield "kek", lambda: _examine_kek(settings)
    yield "published keys", lambda: _examine_published(directory, now=now)
    yield "ledger", lambda: _examine_ledger(settings, directory)
    yield "anchor", lambda: _examine_anchor(settings)
    yield "clock", lambda: _examine_clock(settings, now=now)


def _look(name: str, look: Callable[[], Answer]) -> Check:
    try:
        return Check(name, *look())
    except (SettingsError, LedgerError, Refusal, sqlite3.Error, OSError) as error:
        return Check(name, "fail", str(error))


async def _look_at(name: str, look: Callable[[], Awaitable[Answer]]) -> Check:
    try:
        return Check(name, *await look())
    except SettingsError as error:
        return Check(name, "fail", str(error))


async def _examine_amqp(settings: Settings, directory: Directory) -> Answer:
    instanties = sorted(set(directory.members) - {BROKER})
    faults = await find_amqp_faults(settings.amqp_line("zegel-broker doctor"), instanties)
    return (
        ("fail", "; ".join(faults)) if faults else ("ok", f"{len(instanties)} inboxes, and the rights it should have")
    )


def _examine_convenant(settings: Settings, directory: Directory, *, now: int) -> Answer:
    found = require_convenant(directory, load_convenants(settings, sound=judged_by(directory, now=now)), now=now)
    return "ok", f"{found.digest} is in force and loaded: {len(found.documents)} documents"


def _examine_hop_key(settings: Settings, directory: Directory, *, now: int) -> Answer:
    require_hop_keys(directory, _own(settings, "hop"), now=now)
    days = (directory.published_until(BROKER, "hop") - now) // DAY
    return ("ok" if days >= WARN_DAYS else "warn"), f"published for {days} days more"


def _examine_log_key(settings: Settings, directory: Directory) -> Answer:
    origin, _ = require_log_key(directory, _own(settings, "log"))
    return "ok", f"the one the root names for {origin}"


def _examine_kek(settings: Settings) -> Answer:
    read_kek(settings.kek_file)
    if settings.kek_file is not None and settings.kek_file.parent == settings.keys.parent:
        return "warn", "it lies beside what it opens: make it a systemd credential, or keep it on another disk"
    return "ok", "apart from the key files"


def _examine_published(directory: Directory, *, now: int) -> Answer:
    short = [f"{member} {use} ({days})" for member, use, days in find_short(count_key_days(directory, now=now))]
    text = f"under {WARN_DAYS} days left: " + ", ".join(short)
    return ("warn", text) if short else ("ok", f"every member has {WARN_DAYS} days or more")


def _examine_ledger(settings: Settings, directory: Directory) -> Answer:
    if not settings.ledger.exists():
        return "warn", "not there yet: the first `run` makes it"
    if directory.log is None:
        return "fail", "the root has named no log"
    with _reading(settings.ledger) as connection:
        check_schema(connection)
        size, note = connection.execute("SELECT size, note FROM state").fetchone()
    checkpoint = open_checkpoint(note, *directory.log)
    if checkpoint.size != size:
        return "fail", "its newest note is over another number of entries: run `zegel-broker log verify`"
    return "ok", f"{size} entries, the newest note is signed by the log key"


def _examine_anchor(settings: Settings) -> Answer:
    if settings.anchor is None:
        return "warn", "none: a ledger restored from a backup would go unnoticed until a partner tells"
    folder = settings.anchor.parent
    if not folder.is_dir():
        return "fail", f"{folder} is not there: make it, on another disk than the ledger"
    if folder.stat().st_dev == settings.ledger.parent.stat().st_dev:
        return "warn", "on the same disk as the ledger: a restored disk would bring both back"
    return "ok", "on another disk than the ledger"


def _examine_clock(settings: Settings, *, now: int) -> Answer:
    if not settings.ledger.exists():
        return "ok", "nothing to compare with yet"
    with _reading(settings.ledger) as connection:
        (newest,) = connection.execute("SELECT time FROM state").fetchone()
    behind = newest - now
    if behind > MAX_BEHIND:
        return "fail", f"{behind} s behind the newest entry: set the clock, or the broker will not start"
    return "ok", "not behind the newest entry"


def _own(settings: Settings, use: Literal["hop", "log"]) -> tuple[OwnKey, ...]:
    return read_keys(settings.keys, use=use, kek=read_kek(settings.kek_file))


def _reading(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True))
