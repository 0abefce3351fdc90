"""`zegel-broker casus show`: one casus with its duties, for FG and regisseur; looking is an entry in the log."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import typer

from zegel_broker.casus import Casus
from zegel_broker.days import day_of
from zegel_broker.duties import Duty, duties
from zegel_broker.ledger import LedgerError
from zegel_broker.load import load_equipment
from zegel_broker.looking import LookerOption, look
from zegel_broker.settings import load_settings
from zegel_broker.terminal import FOUND, UNUSABLE, ConfigOption, JsonOption, fail, say, telling
from zegel_schemas.convenant import Convenant

casus_app = typer.Typer(help="Look into a casus.", no_args_is_help=True)


@casus_app.callback()
def _group() -> None:
    """Keep `show` a command of its own."""


@casus_app.command("show")
def show(
    casus: Annotated[str, typer.Argument(help="The id of the casus.")],
    by: LookerOption,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show phase, parties and duties of one casus; that somebody looked, and who, is entered in the log first.

    Persons are counted, never named. Exits with 1 when the casus is unknown.
    """
    with telling(as_json=as_json):
        settings = load_settings(config)
        now = int(time.time())
        equipment = load_equipment(settings, now=now)
        convenant = equipment.registry.in_force(now)
    try:
        found = asyncio.run(look(settings, equipment, lambda ledger: ledger.access(casus, by)))
    except (LedgerError, sqlite3.Error) as error:
        fail(f"ledger: {error}", UNUSABLE, as_json=as_json)
        return
    if found is None or convenant is None:
        fail("no such casus in this ledger", FOUND, as_json=as_json)
        return
    owed = duties(found, convenant, day_of(now))
    say(as_values(found, owed), *_lines(found, owed, convenant), as_json=as_json)


def as_values(casus: Casus, owed: tuple[Duty, ...]) -> dict[str, Any]:
    """Return what is shown of a casus as JSON values: codes, days and counts."""
    return {
        "casus": casus.id,
        "regime": casus.regime,
        "phase": casus.phase,
        "since": _iso(casus.phase_day),
        "opened": _iso(casus.opened),
        "closed": _iso(casus.closed),
        "purposes": sorted(casus.purposes),
        "subjects": len(casus.subjects),
        "roles": {party: list(roles) for party, roles in sorted(casus.roles.items())},
        "duties": [
            {
                "kind": each.kind,
                "holder": each.holder,
                "subjects": each.subjects,
                "since": _iso(each.since),
                "due": _iso(each.due),
                "overdue": each.overdue,
                "discharged": each.discharged,
                "blocks": list(each.blocks),
            }
            for each in owed
        ],
    }


def _lines(casus: Casus, owed: tuple[Duty, ...], convenant: Convenant) -> Iterator[str]:
    phase = convenant.phases.get(casus.phase)
    yield f"casus {casus.id}: {casus.regime}, {casus.phase}{f' ({phase.title})' if phase else ''}"
    yield f"  {len(casus.subjects)} betrokkenen | persons concerned"
    for party, roles in sorted(casus.roles.items()):
        yield f"  {party}: {', '.join(roles)}"
    for each in owed:
        state = "te laat | overdue" if each.overdue else "voldaan | done" if each.discharged else "open"
        due = each.due.isoformat() if each.due else "-"
        yield f"  {each.kind:22} {each.holder:22} {due:10} {each.subjects:3}  {state}"


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
