"""How the commands speak: lines for a person or JSON for a program, errors with their remedy and an exit code."""

import functools
import getpass
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from zegel_adapters.errors import AdapterError
from zegel_adapters.home import read_private
from zegel_adapters.homekey import Passphrase
from zegel_adapters.wording import word_refusal
from zegel_schemas.convenant import ConvenantInvalid
from zegel_schemas.directory import DirectoryInvalid, Flaw
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
        flaws = refusal.flaws if isinstance(refusal, DirectoryInvalid) else ()
        said = {"code": refusal.code, "fields": list(refusal.fields), "detail": refusal.detail}
        say(
            {"refused": {**said, "flaws": [_tell_flaw(each) for each in flaws]}},
            word_refusal(refusal),
            as_json=as_json,
            error=True,
        )
        raise typer.Exit(REFUSED_HERE) from None
    except (AdapterError, ConvenantInvalid, OSError) as error:
        say({"error": str(error)}, [str(error)], as_json=as_json, error=True)
        raise typer.Exit(OWN_SIDE) from None


def _tell_flaw(flaw: Flaw) -> dict[str, object]:
    return {"number": flaw.number, "field": flaw.field, "code": flaw.code, "remedy": flaw.remedy}


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


def ask_root_passphrase(file: Path | None, *, twice: bool = False) -> str:
    """Return the passphrase of a root key, from a file or from the terminal; raise AdapterError without either."""
    if file is not None:
        return read_private(file).decode("utf-8", "replace").strip()
    if not sys.stdin.isatty():
        raise AdapterError("passphrase: there is no terminal to ask it in: give --passphrase-file")
    first = getpass.getpass("Passphrase of this root key: ")
    if twice and getpass.getpass("Passphrase, once more: ") != first:
        raise AdapterError("passphrase: the two differ; nothing was made")
    return first


def ask_fingerprint() -> str:
    """Return the root's fingerprint as somebody types it who hears it read out; raise AdapterError without terminal."""
    if not sys.stdin.isatty():
        raise AdapterError(
            "fingerprint: there is no terminal to type it in: give --root-fingerprint, as it was read out"
        )
    return str(typer.prompt("Fingerprint, as a holder of the root reads it out", prompt_suffix=": "))


def read_paper(path: Path) -> bytes:
    """Return a public file that somebody handed over; raise AdapterError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise AdapterError(f"{path}: {error.strerror}") from None


def ask_new_passphrase() -> bytes:
    """Ask twice for the passphrase of a new home."""
    if not sys.stdin.isatty():
        raise AdapterError("no terminal to ask a passphrase in: give --passphrase-file, or a systemd credential")
    first = getpass.getpass("New passphrase for this home (12 characters or more): ")
    if getpass.getpass("Once more: ") != first:
        raise AdapterError("the two passphrases differ")
    return first.encode()


def ask_file_passphrase(what: str, file: Path | None, *, twice: bool = False) -> Passphrase:
    """Return a way to get the passphrase of a file of its own: from `file` (mode 0600), else from the terminal."""

    def ask() -> bytes:
        if file is not None:
            return read_private(file).removesuffix(b"\n")
        if not sys.stdin.isatty():
            raise AdapterError(f"no terminal to ask the passphrase of {what} in: give it in a file, mode 0600")
        first = getpass.getpass(f"Passphrase of {what} (16 characters or more): ")
        if twice and getpass.getpass("Once more: ") != first:
            raise AdapterError("the two passphrases differ")
        return first.encode()

    return functools.cache(ask)
