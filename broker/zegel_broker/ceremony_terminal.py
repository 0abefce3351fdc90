"""What the commands of the ceremony share: options with one meaning, how a refusal is told, how a passphrase is asked.

A refusal names the statement by its place in the directory, the field and the remedy; it exits with 3.
"""

import getpass
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from zegel_broker.ceremony import read_directory
from zegel_broker.directory_words import tell_prepared, word_prepared
from zegel_broker.settings import SettingsError, read_secret
from zegel_broker.terminal import MISCONFIGURED, fail, say
from zegel_schemas.convenant import ConvenantInvalid
from zegel_schemas.directory import Directory, DirectoryInvalid, fingerprint
from zegel_schemas.directory.prepared import Prepared

DirectoryOption = Annotated[Path, typer.Option("--directory", help="The directory file.", dir_okay=False)]
HeldOption = Annotated[
    Path | None,
    typer.Option("--directory", help="The directory file; none while it has yet to begin.", dir_okay=False),
]
ToOption = Annotated[
    Path, typer.Option("--to", help="File of prepared statements: made, or one statement longer.", dir_okay=False)
]
FingerprintOption = Annotated[
    str, typer.Option("--root-fingerprint", help="As read out; without it the file's own root is taken, and shown.")
]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File, mode 0600; without it the passphrase is asked for.")
]


@contextmanager
def refusing(*, as_json: bool) -> Iterator[None]:
    """Turn what is wrong with a file into a text on stderr, a line for each flaw, and exit code 3."""
    try:
        yield
    except DirectoryInvalid as error:
        text = "\n".join(map(str, error.flaws))
        flaws = [{"number": f.number, "field": f.field, "code": f.code, "remedy": f.remedy} for f in error.flaws]
        typer.echo(json.dumps({"error": text, "flaws": flaws}) if as_json else text, err=True)
        raise typer.Exit(MISCONFIGURED) from None
    except (SettingsError, ConvenantInvalid) as error:
        fail(str(error), MISCONFIGURED, as_json=as_json)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}", MISCONFIGURED, as_json=as_json)


def say_prepared(statements: Sequence[Prepared], file: Path, after: Directory | None, *, as_json: bool) -> None:
    """Print what is prepared, and the root all of it hangs on."""
    root = after.root_fingerprint if after else fingerprint(statements[0].signed)
    answer = {"file": str(file), "fingerprint": root, "statements": [tell_prepared(each) for each in statements]}
    say(answer, f"{file}, under root {root}:", *map(word_prepared, statements), as_json=as_json)


def read_held(directory: Path | None, root_fingerprint: str) -> Directory | None:
    """Return the directory in a file, checked, or None when none is named: then it has yet to begin."""
    return read_directory(directory, root_fingerprint=root_fingerprint) if directory else None


def ask_passphrase(file: Path | None) -> str:
    """Return the passphrase of a root key, from a file or from the terminal; raise SettingsError without either."""
    if file is not None:
        return read_secret(file)
    if not sys.stdin.isatty():
        raise SettingsError("passphrase: there is no terminal to ask it in: give --passphrase-file")
    return getpass.getpass("Passphrase of this root key: ")


def ask_new_passphrase(file: Path | None) -> str:
    """Return the passphrase of a new root key; at a terminal it is asked for twice."""
    first = ask_passphrase(file)
    if file is None and getpass.getpass("Passphrase, once more: ") != first:
        raise SettingsError("passphrase: the two differ; nothing was made")
    return first
