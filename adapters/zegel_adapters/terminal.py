"""How the commands speak: lines for a person or JSON for a program, errors with their remedy and an exit code."""

import getpass
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from zegel_adapters.errors import AdapterError
from zegel_adapters.homekey import Passphrase
from zegel_adapters.wording import word_refusal
from zegel_schemas.convenant import ConvenantInvalid
from zegel_schemas.refusals import Refusal

OWN_SIDE, REFUSED_HERE, SAID_NO, NO_WORD, ILL, NOT_PROVEN = 1, 3, 4, 5, 6, 7

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="ZEGEL_ADAPTER_HOME", help="Folder with this instantie's keys and mailbox.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@contextmanager
def telling(*, as_json: bool) -> Iterator[None]:
    """Turn what went wrong into a text with its remedy and an exit code; a traceback is for bugs only."""
    try:
        yield
    except Refusal as refusal:
        say(
            {"refused": {"code": refusal.code, "fields": list(refusal.fields), "detail": refusal.detail}},
            word_refusal(refusal),
            as_json=as_json,
            error=True,
        )
        raise typer.Exit(REFUSED_HERE) from None
    except (AdapterError, ConvenantInvalid, OSError) as error:
        say({"error": str(error)}, [str(error)], as_json=as_json, error=True)
        raise typer.Exit(OWN_SIDE) from None


def say(values: object, lines: Iterable[str], *, as_json: bool, error: bool = False) -> None:
    """Print `values` as JSON on stdout, or `lines` for a person (on stderr when they are about an error)."""
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    for line in lines:
        typer.echo(line, err=error)


def ask_passphrase() -> Passphrase | None:
    """Return a way to ask for the passphrase, or None without a terminal: then the settings must name a file."""
    return (lambda: getpass.getpass("Passphrase: ").encode()) if sys.stdin.isatty() else None


def ask_new_passphrase() -> bytes:
    """Ask twice for the passphrase of a new home."""
    if not sys.stdin.isatty():
        raise AdapterError("no terminal to ask a passphrase in: give --passphrase-file, or a systemd credential")
    first = getpass.getpass("New passphrase for this home (12 characters or more): ")
    if getpass.getpass("Once more: ") != first:
        raise AdapterError("the two passphrases differ")
    return first.encode()
