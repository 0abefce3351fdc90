"""`zegel-broker directory`: begin and extend the directory, and read it; on files only.

Who is a member stands in `cli_instantie.py`; what the root's holders do, in the adapter's `root`.
docs/ceremony.md plays it from the first key to a broker that accepts the directory.
"""

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from zegel_broker import ceremony
from zegel_broker.ceremony_terminal import (
    DirectoryOption,
    FingerprintOption,
    ToOption,
    refusing,
    say_prepared,
)
from zegel_broker.settings import SettingsError
from zegel_broker.terminal import JsonOption, say
from zegel_schemas.convenant import load_convenant
from zegel_schemas.directory import make_convenant
from zegel_schemas.directory.words import tell_directory, word_directory

EXIT_CODES: Final = (
    "Exit codes: 0 done; 2 typed wrong; 3 a file is wrong, and then nothing was written: the text names the statement "
    "(by its place in the directory), the field and the remedy."
)

directory_app = typer.Typer(
    help="Begin and extend the signed directory, and show it; works on files only.\n\n"
    "`add` begins it with the root statement the holders signed; `log` and `convenant` prepare statements for them to "
    "sign, `instantie admit` those about members. docs/ceremony.md plays it all.\n\n" + EXIT_CODES,
    no_args_is_help=True,
)


@directory_app.command("log")
def name_log(
    public_keys: Annotated[Path, typer.Option(help="The public-keys that `zegel-broker keys init` made.")],
    to: ToOption,
    directory: DirectoryOption,
    last_note: Annotated[Path | None, typer.Option(help="For a next log: the newest note of the present one.")] = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Prepare the statement that names the log: its origin and key; a next log follows on the last note of this one."""
    with refusing(as_json=as_json):
        after = ceremony.read_directory(directory, root_fingerprint=root_fingerprint)
        maker = ceremony.log_maker(public_keys, last_note=last_note, after=after, now=int(time.time()))
        made = ceremony.prepare(maker, to=to, after=after)
    say_prepared([made], to, after, as_json=as_json)


@directory_app.command("convenant")
def name_convenant(
    to: ToOption,
    directory: DirectoryOption,
    convenant: Annotated[
        Path | None, typer.Option(help="File or folder, the very text that was signed; without it, the shipped one.")
    ] = None,
    start: Annotated[
        str, typer.Option("--from", help="When it comes into force, such as 2026-03-01T00:00:00+01:00; default: now.")
    ] = "",
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Prepare the statement that a convenant is in force; the set before it ends where this one begins."""
    with refusing(as_json=as_json):
        now = int(time.time())
        since = _read_time(start) if start else now
        text = load_convenant(convenant)
        after = ceremony.read_directory(directory, root_fingerprint=root_fingerprint)
        made = ceremony.prepare(
            lambda before: make_convenant(
                text.digest, documents=text.named, start=since, time=now, signed_by=(), after=before
            ),
            to=to,
            after=after,
        )
    say_prepared([made], to, after, as_json=as_json)


@directory_app.command("add")
def add(
    files: Annotated[list[Path], typer.Argument(help="Signed statements, copies of them, or keys-statements.")],
    directory: DirectoryOption,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Check signed statements as the next ones of the directory and append them; all of them or none.

    Takes prepared statements once enough holders have signed (several copies count as one, with all signatures), and
    the keys-statement of a member. Begins the directory when the file is not there.
    """
    with refusing(as_json=as_json):
        found, new = ceremony.add_statements(files, directory=directory, root_fingerprint=root_fingerprint)
    answer = {"directory": str(directory), "added": new, "count": found.count, "head": found.head}
    say(
        {**answer, "fingerprint": found.root_fingerprint},
        f"{directory}: {new} statements added, {found.count} in all",
        f"fingerprint {found.root_fingerprint}",
        as_json=as_json,
    )


@directory_app.command("show")
def show(
    directory: Annotated[Path, typer.Argument(help="The directory file.", dir_okay=False)],
    prepared: Annotated[Path | None, typer.Option(help="Show these prepared statements instead.")] = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show fingerprint, root, members with their keys and the lives of these, log and convenants; changes nothing.

    The fingerprint is what a root holder, who is not the operator of the broker, reads out to every instantie.
    """
    with refusing(as_json=as_json):
        found = ceremony.read_directory(directory, root_fingerprint=root_fingerprint)
        if prepared is not None:
            say_prepared(ceremony.read_statements(prepared, after=found), prepared, found, as_json=as_json)
            return
    say(tell_directory(found), *word_directory(found), as_json=as_json)


def _read_time(text: str) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise SettingsError("from: write day, time and distance to UTC, such as 2026-03-01T00:00:00+01:00")
    return int(found.timestamp())
