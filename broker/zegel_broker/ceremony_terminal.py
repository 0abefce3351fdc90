"""What the commands of the ceremony share: options with one meaning, how a refusal is told.

A refusal names the statement by its place in the directory, the field and the remedy; it exits with 3.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from zegel_broker.settings import SettingsError
from zegel_broker.terminal import MISCONFIGURED, fail, say
from zegel_schemas.convenant import ConvenantInvalid
from zegel_schemas.directory import Directory, DirectoryInvalid, fingerprint
from zegel_schemas.directory.prepared import Prepared
from zegel_schemas.directory.words import tell_prepared, word_prepared

DirectoryOption = Annotated[Path, typer.Option("--directory", help="The directory file.", dir_okay=False)]
ToOption = Annotated[
    Path, typer.Option("--to", help="File of prepared statements: made, or one statement longer.", dir_okay=False)
]
FingerprintOption = Annotated[
    str, typer.Option("--root-fingerprint", help="As read out; without it the file's own root is taken, and shown.")
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
