"""`zegel-broker keys sweep`: what stolen keys signed and received, and a request to seal anew what is still open."""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from zegel_broker.ledger import Ledger, LedgerError
from zegel_broker.ledger.anew import ask_anew
from zegel_broker.ledger.key_sweep import Touched, is_stolen, sweep_keys
from zegel_broker.load import load_directory, load_equipment
from zegel_broker.settings import Settings, load_settings
from zegel_broker.terminal import FOUND, UNUSABLE, ConfigOption, JsonOption, fail, say, telling
from zegel_schemas.directory import Directory
from zegel_schemas.seal.keys import KeyRecord
from zegel_schemas.seal.primitives import b64u, unb64u


def sweep(
    config: ConfigOption = None,
    key: Annotated[str, typer.Option(help="Id of one key, 43 characters; also one that is not revoked yet.")] = "",
    instantie: Annotated[str, typer.Option(help="Only the stolen keys of this instantie.")] = "",
    list_only: Annotated[bool, typer.Option("--list-only", help="Ask nobody anything: look and list.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what stolen keys signed, and what was sealed to them; ask senders to seal anew what nobody opened yet.

    Stolen are the keys the directory says were revoked from an index of the log on. Each request is an entry of the
    log, made once; a running broker tells it to the sender within a minute, with proof, until it is confirmed. Of a
    key that is not revoked as stolen messages are only listed: have its owner revoke it first. Hop keys sign and seal
    no message, so they have none. Exits with 1 for a key or instantie the directory does not know.
    """
    with telling(as_json=as_json):
        settings = load_settings(config)
        directory = load_directory(settings)
    keys = find_keys(directory, key=key, instantie=instantie)
    if keys is None:
        fail("the directory knows no such key or instantie", FOUND, as_json=as_json)
        return
    asked: list[Touched] = []
    try:
        touched = sweep_keys(settings.ledger, keys)
        to_ask = [each for each in touched if each.open and each.in_doubt]
        if to_ask and not list_only:
            with telling(as_json=as_json):
                asked = asyncio.run(_ask(settings, to_ask))
    except (LedgerError, sqlite3.Error, OSError) as error:
        fail(f"ledger: {error}", UNUSABLE, as_json=as_json)
        return
    say(as_values(keys, touched, asked), *_lines(keys, touched, asked, list_only=list_only), as_json=as_json)


def find_keys(directory: Directory, *, key: str = "", instantie: str = "") -> list[KeyRecord] | None:
    """Return the keys meant: the one named, else those revoked as stolen; None for a key or instantie nobody knows."""
    if key:
        try:
            found = directory.published_key(unb64u(key))
        except ValueError:
            found = None
        return None if found is None or instantie not in {"", found.owner} else [found]
    published = directory.published_keys()
    if instantie and all(each.owner != instantie for each in published):
        return None
    return [each for each in published if is_stolen(each) and instantie in {"", each.owner}]


async def _ask(settings: Settings, touched: Sequence[Touched]) -> list[Touched]:
    equipment = load_equipment(settings, now=int(time.time()))
    ledger = await Ledger.open(
        settings.ledger,
        origin=equipment.origin,
        log_key=equipment.log_key,
        clock=time.time,
        random=secrets.token_bytes,
        registry=equipment.registry,
        anchor=settings.anchor,
    )
    try:
        return await ask_anew(ledger, touched)
    finally:
        await ledger.close()


def as_values(keys: Sequence[KeyRecord], touched: Sequence[Touched], asked: Sequence[Touched]) -> dict[str, Any]:
    """Return the answer for programs; times are seconds since 1970."""
    done = {each.index for each in asked}
    return {
        "keys": [
            {
                "key": b64u(each.id),
                "instantie": each.owner,
                "use": each.public.use,
                "revoked_at": each.revoked_at,
                "revoked_index": each.revoked_index,
                "stolen": is_stolen(each),
            }
            for each in keys
        ],
        "messages": [
            {
                "index": each.index,
                "time": each.time,
                "message": each.message,
                "casus": each.casus,
                "kind": each.kind,
                "sender": each.sender,
                "recipient": each.recipient,
                "bond": each.bond,
                "key": each.key,
                "state": each.state,
                "delivered": each.delivered,
                "in_doubt": each.in_doubt,
                "asked": each.index in done,
            }
            for each in touched
        ],
        "asked": len(asked),
    }


def _lines(
    keys: Sequence[KeyRecord], touched: Sequence[Touched], asked: Sequence[Touched], *, list_only: bool
) -> Iterator[str]:
    for key in keys:
        revoked = datetime.fromtimestamp(key.revoked_at, UTC).isoformat() if key.revoked_at else "not revoked"
        since = f", in doubt from index {key.revoked_index}" if is_stolen(key) else ""
        yield f"key {b64u(key.id)}: {key.public.use} of {key.owner}, {revoked}{since}"
    for each in touched:
        when = datetime.fromtimestamp(each.time, UTC).isoformat()
        doubt = ", in doubt" if each.in_doubt else ""
        yield (
            f"{each.index:8} {when} {each.message} casus {each.casus} {each.kind} {each.sender} -> {each.recipient}: "
            f"{each.bond}, {each.state}{doubt}"
        )
    still = sum(each.open for each in touched)
    told = "nobody was asked" if list_only else f"{len(asked)} senders' messages asked anew"
    yield f"{len(touched)} messages of {len(keys)} keys; {still} of them not opened by anybody; {told}"
