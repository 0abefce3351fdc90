"""`zegel-adapter root`: what a holder of the root does, on a machine of one's own, with files only.

Holders are not the operator of the broker. docs/ceremony.md plays it all.
"""

import time
from pathlib import Path
from typing import Annotated

import typer

from zegel_adapters.errors import AdapterError
from zegel_adapters.home import PUBLIC_FILE, write_file
from zegel_adapters.keystore import draw
from zegel_adapters.rootkeys import create_root_key, open_root_key, read_root_public
from zegel_adapters.terminal import JsonOption, ask_root_passphrase, read_paper, say, telling
from zegel_schemas.directory import Directory, fingerprint, make_root
from zegel_schemas.directory.prepared import Prepared, prepare_next, read_prepared, sign_prepared
from zegel_schemas.directory.spoken import speak_key
from zegel_schemas.directory.words import tell_directory, tell_prepared, word_directory, word_prepared
from zegel_schemas.seal.primitives import b64u

root_app = typer.Typer(
    help="For a holder of the root: make a key, say what is signed, sign. Files only, so also without a network.\n\n"
    "`root create` once; then `root sign` whenever the operator brings prepared statements: it shows them and the root "
    "they hang on, and the passphrase is your yes. `root statement` prepares the first root, or the next one when a "
    "holder changes.\n\nExit codes: 0 done; 1 a key, passphrase or file of your own is wrong; 2 typed wrong; 3 what "
    "you were given is wrong: the text names statement, field and remedy. After 1, 2 and 3 nothing was written.",
    no_args_is_help=True,
)

HeldOption = Annotated[
    Path | None, typer.Option("--directory", help="The directory file; none while it has yet to begin.", dir_okay=False)
]
FingerprintOption = Annotated[
    str,
    typer.Option("--root-fingerprint", help="As on your paper; without it the file's own root is taken, and shown."),
]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File, mode 0600; without it the passphrase is asked for.")
]


@root_app.command("create")
def create(
    holder: Annotated[str, typer.Option(help="Short name of the holder, such as fg: only for the names of the files.")],
    folder: Annotated[Path, typer.Option(help="Where the two files go.", file_okay=False)] = Path(),
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the root key of one holder: HOLDER.root-key, encrypted, and HOLDER.root-pub, for the others.

    Do this on a machine of the holder's own, without a network. Without the passphrase the key opens for nobody; keep
    two copies of the file, in two places.
    """
    with telling(as_json=as_json):
        made = create_root_key(
            folder, holder, passphrase=lambda: ask_root_passphrase(passphrase_file, twice=True), random=draw
        )
        key, words = b64u(made.key.raw), speak_key(made.key)
        say(
            {"holder": holder, "key": key, "words": words, "private": str(made.private), "public": str(made.public)},
            [
                f"wrote {made.private}: keep it, and a copy in another place; it never leaves your hands",
                f"wrote {made.public}: for the others; its words, to compare by voice:",
                f"  {words}",
            ],
            as_json=as_json,
        )


@root_app.command("statement")
def state_root(
    key: Annotated[list[Path], typer.Option(help="HOLDER.root-pub; once for each holder.")],
    threshold: Annotated[int, typer.Option(help="How many of them must sign.", min=1, max=32)],
    to: Annotated[Path, typer.Option(help="File of prepared statements: made, or one longer.", dir_okay=False)],
    directory: HeldOption = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Prepare the statement that names the root's keys: the first of a directory, or the next root of one.

    The first is signed by its own keys; a next one by enough of the old and enough of the new.
    """
    with telling(as_json=as_json):
        keys, now = [read_root_public(each) for each in key], int(time.time())
        after = _read_held(directory, root_fingerprint)
        lines = prepare_next(
            lambda before: make_root(keys=keys, threshold=threshold, time=now, signed_by=(), after=before),
            read_paper(to) if to.exists() else b"",
            after=after,
        )
        write_file(to, lines, mode=PUBLIC_FILE)
        _say_prepared(read_prepared(lines, after=after)[-1:], to, after, as_json=as_json)


@root_app.command("sign")
def sign(
    file: Annotated[Path, typer.Argument(help="File of prepared statements.", dir_okay=False)],
    key: Annotated[Path, typer.Option(help="Your HOLDER.root-key.", dir_okay=False)],
    directory: HeldOption = None,
    passphrase_file: PassphraseOption = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what is prepared and the root it hangs on, then add your signature; the passphrase is your yes.

    Ctrl-C is your no. Before you say yes to a member, call that instantie on a number you know already, and let it read
    the twelve words of its key to you.
    """
    with telling(as_json=as_json):
        after = _read_held(directory, root_fingerprint)
        statements = _read_statements(file, after)
        if not as_json:
            typer.echo(f"you sign, under root {_root_of(statements, after)}:")
            typer.echo("\n".join(map(word_prepared, statements)))
        private = open_root_key(key, passphrase=lambda: ask_root_passphrase(passphrase_file))
        statements = sign_prepared(statements, private)
        write_file(file, b"".join(each.signed.to_line() for each in statements), mode=PUBLIC_FILE)
        _say_prepared(statements, file, after, as_json=as_json)


@root_app.command("show")
def show(
    directory: Annotated[Path, typer.Argument(help="The directory file.", dir_okay=False)],
    prepared: Annotated[Path | None, typer.Option(help="Show these prepared statements instead.")] = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show who is in a directory, or what prepared statements say; changes nothing and needs no key.

    The fingerprint in it is what you read out to every new member.
    """
    with telling(as_json=as_json):
        found = Directory.load(read_paper(directory), root_fingerprint=root_fingerprint or _own(directory))
        if prepared is not None:
            _say_prepared(_read_statements(prepared, found), prepared, found, as_json=as_json)
            return
        say(tell_directory(found), word_directory(found), as_json=as_json)


def _read_held(directory: Path | None, root_fingerprint: str) -> Directory | None:
    if directory is None:
        return None
    return Directory.load(read_paper(directory), root_fingerprint=root_fingerprint or _own(directory))


def _own(directory: Path) -> str:
    return fingerprint(read_paper(directory))


def _read_statements(file: Path, after: Directory | None) -> list[Prepared]:
    found = read_prepared(read_paper(file), after=after)
    if not found:
        raise AdapterError(f"{file}: it is empty: ask the operator for the file of prepared statements")
    return found


def _root_of(statements: list[Prepared], after: Directory | None) -> str:
    return after.root_fingerprint if after else fingerprint(statements[0].signed)


def _say_prepared(statements: list[Prepared], file: Path, after: Directory | None, *, as_json: bool) -> None:
    root = _root_of(statements, after)
    answer = {"file": str(file), "fingerprint": root, "statements": [tell_prepared(each) for each in statements]}
    say(answer, [f"{file}, under root {root}:", *map(word_prepared, statements)], as_json=as_json)
