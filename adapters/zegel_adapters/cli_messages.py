"""The commands an employee or a script uses: `send` a message and hear what became of it, read the `inbox`, answer."""

import asyncio
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import typer
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from zegel_adapters.assemble import find_instantie
from zegel_adapters.desk import Desk
from zegel_adapters.draft import read_draft
from zegel_adapters.errors import AdapterError
from zegel_adapters.examples import make_example
from zegel_adapters.inbox import Item
from zegel_adapters.outcome import Outcome
from zegel_adapters.terminal import (
    NO_WORD,
    SAID_NO,
    HomeOption,
    JsonOption,
    ask_passphrase,
    say,
    telling,
)
from zegel_adapters.wording import word_outcome
from zegel_schemas.convenant import shipped_convenant
from zegel_schemas.declaration import MOTIVATION_PART

GOOD = frozenset({"queued", "sent", "delivered", "opened", "would_pass"})
DRY_RUN_WAIT = 30.0  # seconds to wait for the answer to a dry run, unless told otherwise


def send(
    home: HomeOption,
    file: Annotated[Path | None, typer.Argument(help="Draft in YAML or JSON; options below override it.")] = None,
    kind: Annotated[str, typer.Option(help="Kind of message, such as informatieverzoek.")] = "",
    to: Annotated[str, typer.Option(help="Instantie it goes to, such as wil.")] = "",
    casus: Annotated[str, typer.Option(help="Casus id; drawn here for an aanmelding.")] = "",
    purpose: Annotated[str, typer.Option(help="Doel of the convenant, such as armoede_schulden.")] = "",
    subject: Annotated[list[str] | None, typer.Option(help="Pseudonym in the casus: p1. Repeat for more.")] = None,
    ask: Annotated[list[str] | None, typer.Option(help="Category asked for. Repeat for more.")] = None,
    motivation: Annotated[
        Path | None, typer.Option(help="Why: a text, or YAML with waarom_nodig, waarom_deze_instantie and so on.")
    ] = None,
    content: Annotated[
        list[str] | None, typer.Option(help="CATEGORY=FILE, its fields in YAML or JSON. Repeat for more.")
    ] = None,
    due: Annotated[str, typer.Option(help="Day to answer by, such as 2026-03-12.")] = "",
    role: Annotated[str, typer.Option(help="Role of the employee on whose behalf.")] = "",
    example: Annotated[str, typer.Option(help="Print a filled example of this KIND to edit, and stop.")] = "",
    anyway: Annotated[bool, typer.Option(help="Send even if no rule of the convenant seems to fit.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only ask whether it would pass; nothing is delivered.")] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait for what becomes of it.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Put a message into the outbox; the running adapter seals and sends it.

    Start from an example: `send --example informatieverzoek > ask.yaml`, edit it, `send ask.yaml --wait 30`. A draft
    of wrong form is refused here, with the fields, and nothing is sent. Lengths of texts and other claims about the
    content are filled in. "Geen bezwaar" means: the broker has no objection; the provider still decides.
    """
    with telling(as_json=as_json):
        if example:
            values = make_example(example, shipped_convenant(), sender=find_instantie(home), today=date.today())  # noqa: DTZ011 - the user's day
            say(values, as_yaml(values), as_json=as_json)
            return
        given: dict[str, Any] = {"kind": kind, "to": to, "casus": casus, "purpose": purpose, "due": due, "role": role}
        given |= {"subjects": subject, "asks": ask}
        values = (read_file(file) if file else {}) | {name: value for name, value in given.items() if value}
        values["contents"] = dict(values.get("contents", {})) | read_contents(content or [])
        if motivation:
            values["contents"][MOTIVATION_PART] = read_motivation(motivation)
        with Desk(home, passphrase=ask_passphrase()) as desk:
            draft = read_draft(values)
            dry_run = dry_run or draft.dry_run
            message_id = desk.ask_whether(draft) if dry_run else desk.send(draft, anyway=anyway)
            wait = wait or (DRY_RUN_WAIT if dry_run else 0.0)
            outcome = asyncio.run(desk.outcome(message_id, wait))
            told = as_values(outcome) | {"casus": desk.draft(message_id).casus}
        say(told, word_outcome(outcome), as_json=as_json)
        _exit_by(outcome, waited=wait > 0)


def inbox(
    home: HomeOption,
    show: Annotated[str, typer.Option(help="Message id: print its contents.")] = "",
    answer: Annotated[str, typer.Option(help="Message id: answer it with --file.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="The answer in YAML or JSON: contents, and labels, claims or kind if needed.")
    ] = None,
    ack: Annotated[str, typer.Option(help="Message id: this application has it, do not hand it over again.")] = "",
    anyway: Annotated[bool, typer.Option(help="With --answer: as in `send`.")] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait: for a message, or for what becomes of the answer.")
    ] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """List what was received and not acknowledged yet; show, answer or acknowledge one message.

    A message is listed until it is acknowledged, always under the same id: store it on your side first, then --ack. An
    answer gets addressee, casus, purpose, persons and reference from the question; `kind: weigering` declines it.
    """
    with telling(as_json=as_json), Desk(home, passphrase=ask_passphrase()) as desk:
        if answer:
            _answer(desk, answer, read_file(file) if file else {}, anyway=anyway, wait=wait, as_json=as_json)
        if show:
            item = desk.item(show)
            say(_full(item), as_yaml(_full(item)), as_json=as_json)
        if ack:
            desk.acknowledge(desk.item(ack))
            say({"acknowledged": ack}, [f"{ack}: acknowledged"], as_json=as_json)
        if not (answer or show or ack):
            items = asyncio.run(desk.arrivals(wait))
            say([_head(each) for each in items], map(_line, items), as_json=as_json)


def read_file(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML or JSON file, its days as text; raise AdapterError naming the line at fault."""
    try:
        values = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise AdapterError(f"{path}: not YAML or JSON{f', line {mark.line + 1}' if mark else ''}") from None
    if not isinstance(values, dict):
        raise AdapterError(f"{path}: must hold names with values, as `send --example KIND` prints them")
    return {str(name): _days_as_text(value) for name, value in values.items()}


def read_contents(pairs: list[str]) -> dict[str, Any]:
    """Return the contents named as CATEGORY=FILE; raise AdapterError."""
    found = {}
    for pair in pairs:
        category, equals, path = pair.partition("=")
        if not equals:
            raise AdapterError("--content takes CATEGORY=FILE, such as huurachterstand=rent.yaml")
        found[category] = read_file(Path(path))
    return found


def read_motivation(path: Path) -> dict[str, Any]:
    """Return the motivation in a file: its fields, or, for a plain text, the one field `waarom_nodig`."""
    text = path.read_text("utf-8").strip()
    try:
        values = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        values = text
    return read_file(path) if isinstance(values, dict) else {"waarom_nodig": text}


def as_values(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON values."""
    return {
        "id": outcome.id,
        "state": outcome.state,
        "instead_of": outcome.instead_of,
        "codes": list(outcome.codes),
        "fields": list(outcome.fields),
        "reason": outcome.reason,
        "index": outcome.index,
        "message_hash": outcome.message_hash,
        "explanation": dict(outcome.explanation),
    }


def _answer(desk: Desk, question: str, values: dict[str, Any], *, anyway: bool, wait: float, as_json: bool) -> None:
    contents = values.pop("contents", {})
    message_id = desk.answer(desk.item(question), contents, anyway=anyway, **values)
    outcome = asyncio.run(desk.outcome(message_id, wait))
    say(as_values(outcome), word_outcome(outcome), as_json=as_json)
    _exit_by(outcome, waited=wait > 0)


def _exit_by(outcome: Outcome, *, waited: bool) -> None:
    if outcome.state not in GOOD:
        raise typer.Exit(NO_WORD if outcome.state == "no_answer" else SAID_NO)
    if waited and not outcome.decided:
        raise typer.Exit(NO_WORD)


def _head(item: Item) -> dict[str, Any]:
    said = item.declaration
    return {
        "id": item.id,
        "from": item.sender,
        "kind": said.kind,
        "casus": said.casus,
        "purpose": said.purpose,
        "subjects": list(said.subjects),
        "asks": list(said.asks),
        "parts": [each.category for each in said.parts],
        "re": said.re,
        "due": said.due,
        "index": item.index,
        "message_hash": item.message_hash,
    }


def _full(item: Item) -> dict[str, Any]:
    contents = {category: each.model_dump(mode="json") for category, each in item.contents.items()}
    registers = [each.model_dump(mode="json") for each in item.declaration.registers]
    return _head(item) | {"registers": registers, "contents": contents}


def _line(item: Item) -> str:
    said = item.declaration
    what = ", ".join([*(f"asks {each}" for each in said.asks), *(each.category for each in said.parts)])
    return f"{item.id}  {said.kind} from {item.sender}, casus {said.casus}, for {said.purpose or '-'}: {what}"


def as_yaml(values: dict[str, Any]) -> Iterator[str]:
    """Yield values as YAML for a person to read."""
    out, yaml = StringIO(), YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 120
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # ruamel's annotation says None
    yaml.dump(values, out)
    yield out.getvalue().rstrip()


def _days_as_text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): _days_as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_days_as_text(each) for each in value]
    return value
