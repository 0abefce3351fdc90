"""The command that ends retention: `destroy` one casus for good, and say so to who gave the data."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import typer

from zegel_adapters.desk import Desk
from zegel_adapters.retention import MISSED, Destruction, Reason
from zegel_adapters.terminal import NO_WORD, SAID_NO, HomeOption, JsonOption, ask_passphrase, say, telling
from zegel_adapters.wording import STATES


def destroy(
    home: HomeOption,
    casus: Annotated[str, typer.Option(help="Casus id of which everything is destroyed.")],
    reason: Annotated[Reason, typer.Option(help="Why: ends up in the confirmation.")] = "bewaartermijn",
    kept: Annotated[str, typer.Option(help="What you must keep elsewhere, and under which law.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it cannot be undone.")] = False,
    anyway: Annotated[bool, typer.Option(help="Also when messages of it are still on their way.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for what becomes of the confirmations.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Destroy the key of a casus, so that nothing of it can be read any more, and confirm that to who gave the data.

    Each instantie that gave data gets a `vernietiging` message with the categories and persons; the running adapter
    sends it. Call it again to see where those stand; what did not arrive then goes again.
    """
    with telling(as_json=as_json):
        if not yes:
            typer.confirm(f"Destroy all content of casus {casus}? It cannot be undone", abort=True, err=True)
        with Desk(home, passphrase=ask_passphrase()) as desk:
            done = desk.destroy(casus, reason=reason, kept=kept, anyway=anyway)
            if wait:
                done = asyncio.run(_await_word(desk, done, wait))
        say(_tell(done), _word(done), as_json=as_json)
        states = {each.outcome.state for each in done.confirmations}
        if states & MISSED:
            raise typer.Exit(SAID_NO)
        if wait and not all(each.outcome.decided for each in done.confirmations):
            raise typer.Exit(NO_WORD)


async def _await_word(desk: Desk, done: Destruction, wait: float) -> Destruction:
    """Return the destruction with what became of its confirmations within `wait` seconds."""
    ids = [each.outcome.id for each in done.confirmations]
    outcomes = await asyncio.gather(*(desk.outcome(each, wait) for each in ids))
    found = zip(done.confirmations, outcomes, strict=True)
    return replace(done, confirmations=tuple(replace(each, outcome=outcome) for each, outcome in found))


def _tell(done: Destruction) -> dict[str, Any]:
    confirmations = [
        {
            "id": each.outcome.id,
            "to": each.to,
            "subjects": list(each.subjects),
            "categories": list(each.categories),
            "state": each.outcome.state,
            "codes": list(each.outcome.codes),
        }
        for each in done.confirmations
    ]
    return {"casus": done.casus, "destroyed": done.destroyed, "confirmations": confirmations}


def _word(done: Destruction) -> Iterator[str]:
    if done.destroyed:
        yield f"{done.casus}: vernietigd, niets ervan is nog te lezen | destroyed, nothing of it can be read any more"
    else:
        yield f"{done.casus}: was al vernietigd | was destroyed already"
    for each in done.confirmations:
        dutch, english = STATES[each.outcome.state]
        what = ", ".join(each.categories)
        yield f"  bevestiging aan {each.to} ({what}): {dutch} | confirmation to {each.to}: {english}"
