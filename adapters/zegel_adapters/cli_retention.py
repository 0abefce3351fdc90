"""The command that ends retention: `destroy` one casus for good, and say so to who gave the data."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from zegel_adapters.desk import Desk
from zegel_adapters.retention import MISSED, Destruction, Reason
from zegel_adapters.terminal import SAID_NO, HomeOption, JsonOption, ask_passphrase, say, telling
from zegel_adapters.wording import STATES


def destroy(
    home: HomeOption,
    casus: Annotated[str, typer.Option(help="Casus id of which everything is destroyed.")],
    reason: Annotated[Reason, typer.Option(help="Why: ends up in the confirmation.")] = "bewaartermijn",
    kept: Annotated[str, typer.Option(help="What you must keep elsewhere, and under which law.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it cannot be undone.")] = False,
    anyway: Annotated[bool, typer.Option(help="Also when messages of it are still on their way.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Destroy the key of a casus, so that nothing of it can be read any more, and confirm that to who gave the data.

    Each instantie that gave data gets a `vernietiging` message with the categories and persons; the running adapter
    sends it. Call it again to see where those stand; what did not arrive then goes again. Exit code 4 when one failed.
    """
    with telling(as_json=as_json):
        if not yes:
            typer.confirm(f"Destroy all content of casus {casus}? It cannot be undone", abort=True, err=True)
        with Desk(home, passphrase=ask_passphrase()) as desk:
            done = desk.destroy(casus, reason=reason, kept=kept, anyway=anyway)
        say(_tell(done), _word(done), as_json=as_json)
        if any(each.outcome.state in MISSED for each in done.confirmations[-1:]):
            raise typer.Exit(SAID_NO)


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
