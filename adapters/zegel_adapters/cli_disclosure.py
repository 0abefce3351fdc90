"""The two commands of a disclosure: the holder proves one part of a message, a third party checks it by itself."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zegel_adapters.cli_messages import as_yaml
from zegel_adapters.desk import Desk
from zegel_adapters.disclosures import Disclosing
from zegel_adapters.errors import AdapterError
from zegel_adapters.home import PRIVATE_FILE
from zegel_adapters.terminal import NOT_PROVEN, HomeOption, JsonOption, ask_passphrase, say, telling
from zegel_adapters.wording import word_refusal
from zegel_schemas.convenant import Convenant, load_convenant, shipped_convenant
from zegel_schemas.declaration import PartName
from zegel_schemas.disclosure import Shown, check_exhibit
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal import b64u


def disclose(
    home: HomeOption,
    message: Annotated[
        str, typer.Argument(help="Id of a message received or sent; none = list what was disclosed.")
    ] = "",
    part: Annotated[str, typer.Option(help="Category of the part to prove, such as huurachterstand.")] = "",
    to: Annotated[Path | None, typer.Option(help="File to write; it must not be there yet.")] = None,
    sender: Annotated[str, typer.Option(help="Who sent it, when several used that id.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Write the proof of one part of a message, received or sent, for an FG, a supervisor or a court.

    Whoever has the file can read that part, and check with `verify-disclosure` who said it, to whom, and that it was
    permitted; the other parts stay sealed and no key of yours is in it. That it was made is kept in this home.
    """
    with telling(as_json=as_json), Desk(home, passphrase=ask_passphrase()) as desk:
        if not message:
            made = desk.disclosed()
            say([_tell_made(each) for each in made], map(_word_made, made), as_json=as_json)
            return
        if not part or to is None:
            raise typer.BadParameter("give --part CATEGORY and --to FILE")
        if to.exists():
            raise AdapterError(f"{to} exists already: an exhibit never replaces a file")
        exhibit = desk.disclose(message, part, sender=sender)
        _write_new(to, exhibit)
        made_now = desk.disclosed()[-1]
        say(
            _tell_made(made_now) | {"file": str(to)},
            [
                f"{to}: toont en bewijst {part} van bericht {message}. Geef dit alleen aan wie dat mag zien.",
                f"{to}: shows and proves {part} of message {message}. Give it only to who may see that.",
            ],
            as_json=as_json,
        )


def verify_disclosure(
    file: Annotated[Path, typer.Argument(help="The exhibit, as `disclose` wrote it.")],
    root_fingerprint: Annotated[str, typer.Option(help="As a holder of the root read it out to you.")],
    directory: Annotated[
        Path | None, typer.Option(help="A newer directory from elsewhere, to see what was revoked since.")
    ] = None,
    convenant: Annotated[
        Path | None, typer.Option(help="File or folder with the convenant it was decided by; one is built in.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check an exhibit with nothing but the fingerprint of the root: who said this, to whom, and was it permitted.

    Needs no home, no key, no broker and no network. Exit code 0: proven, and the content is printed. 7: it proves
    nothing, with the code of what is wrong, and no content.
    """
    with telling(as_json=as_json):
        held = [shipped_convenant(), *([load_convenant(convenant)] if convenant else [])]
        sets: dict[str, Convenant] = {each.digest: each for each in held}
        newer = directory.read_bytes() if directory else b""
        data = file.read_bytes()
        try:
            shown = check_exhibit(data, root_fingerprint=root_fingerprint, convenants=sets.get, newer=newer)
        except Refusal as refusal:
            said = {"code": refusal.code, "fields": list(refusal.fields), "detail": refusal.detail}
            say({"proven": False, "refused": said}, _word_false(refusal), as_json=as_json)
            raise typer.Exit(NOT_PROVEN) from None
        say(_tell_shown(shown), _word_shown(shown), as_json=as_json)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, readable by its owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _tell_made(made: Disclosing) -> dict[str, Any]:
    return {
        "at": made.at,
        "message": made.message,
        "from": made.sender,
        "part": made.category,
        "sha256": made.sha256,
    }


def _word_made(made: Disclosing) -> str:
    return f"{_moment(made.at)}  {made.category} of {made.message} from {made.sender}, file sha256 {made.sha256}"


def _tell_shown(shown: Shown) -> dict[str, Any]:
    said, proven = shown.disclosed.declaration, shown.proven
    part = _part_of(shown)
    return {
        "proven": True,
        "message": said.id,
        "message_hash": b64u(shown.disclosed.message_hash),
        "from": said.sender.instantie,
        "to": said.recipient.instantie,
        "kind": said.kind,
        "casus": said.casus,
        "purpose": said.purpose,
        "subjects": list(said.subjects),
        "issued": said.issued,
        "part": part.category,
        "label": part.label,
        "content": shown.content.model_dump(mode="json"),
        "log": proven.leaf.origin,
        "index": proven.index,
        "decided": proven.leaf.time,
        "rules": list(proven.record.rules.get(part.category, ())),
        "rules_checked": shown.rules_checked,
        "convenant": proven.record.convenant,
        "directory": shown.directory.count,
        "root_fingerprint": shown.directory.root_fingerprint,
    }


def _word_shown(shown: Shown) -> Iterator[str]:
    told = _tell_shown(shown)
    yield "BEWEZEN | PROVEN"
    yield f"  {told['from']} zei dit tegen {told['to']}, in bericht {told['message']} van {_moment(told['issued'])}."
    yield f"  {told['from']} said this to {told['to']}, in message {told['message']} of {_moment(told['issued'])}."
    yield f"  soort | kind: {told['kind']}; doel | purpose: {told['purpose']}; casus: {told['casus']}"
    yield f"  over | about: {', '.join(told['subjects'])}; deel | part: {told['part']} ({told['label'] or '-'})"
    yield f"  De makelaar had geen bezwaar: {_permission(told)}."
    yield f"  The broker had no objection: {_permission(told)}."
    if not told["rules_checked"]:
        yield "  De tekst van dat convenant is hier niet: of de regels passen, is niet nagegaan. Geef --convenant."
        yield "  The text of that convenant is not here: whether the rules fit was not checked. Give --convenant."
    yield f"  Gecontroleerd met het register tot en met verklaring {told['directory']}."
    yield "  Wat daarna is ingetrokken, blijkt alleen uit een nieuwer register (--directory)."
    yield f"  Checked with the directory up to statement {told['directory']}."
    yield "  What was revoked after that shows only in a newer directory (--directory)."
    yield "inhoud | content:"
    for line in "\n".join(as_yaml(told["content"])).splitlines():
        yield f"  {line}"


def _permission(told: dict[str, Any]) -> str:
    rules = ", ".join(told["rules"]) or "-"
    return f"{rules}; {told['log']} #{told['index']}, {_moment(told['decided'])}; convenant {told['convenant']}"


def _word_false(refusal: Refusal) -> Iterable[str]:
    return ("NIET BEWEZEN | NOT PROVEN", *word_refusal(refusal))


def _part_of(shown: Shown) -> PartName:
    category = shown.disclosed.part.category
    return next(each for each in shown.disclosed.declaration.parts if each.category == category)


def _moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
