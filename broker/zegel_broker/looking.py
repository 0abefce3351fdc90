"""Looking into the ledger beside a running broker: who looks is entered in the log first, then the answer is given."""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from zegel_broker.ledger import Ledger
from zegel_broker.load import Equipment
from zegel_broker.settings import Settings
from zegel_schemas.shapes import Employee

_BY: TypeAdapter[str] = TypeAdapter(Employee)
_Seen = TypeVar("_Seen")


def check_looker(by: str) -> str:
    """Return the pseudonym of who looks; raise typer.BadParameter when it is none, such as a name."""
    try:
        return _BY.validate_python(by)
    except ValidationError:
        raise typer.BadParameter("write m- and 16 hexadecimal digits", param_hint="--by") from None


LookerOption = Annotated[
    str, typer.Option("--by", help="Pseudonym of the employee who looks: m- and 16 hex digits.", callback=check_looker)
]


async def look(settings: Settings, equipment: Equipment, see: Callable[[Ledger], Awaitable[_Seen]]) -> _Seen:
    """Open the ledger of these settings for one look; `see` enters it and reads. Raise LedgerError or sqlite3.Error."""
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
        return await see(ledger)
    finally:
        await ledger.close()
