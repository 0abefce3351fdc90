"""`zegel-broker directory root`: the root's own keys, and the statement that names them."""

import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from zegel_broker import ceremony
from zegel_broker.ceremony_terminal import (
    FingerprintOption,
    HeldOption,
    PassphraseOption,
    ToOption,
    ask_new_passphrase,
    read_held,
    refusing,
    say_prepared,
)
from zegel_broker.rootkeys import create_root_key, read_root_public
from zegel_broker.terminal import JsonOption, say
from zegel_schemas.directory import make_root
from zegel_schemas.seal.primitives import b64u

root_app = typer.Typer(help="The root's own keys, and the statement that names them.", no_args_is_help=True)


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
    with refusing(as_json=as_json):
        made = create_root_key(
            folder, holder, passphrase=lambda: ask_new_passphrase(passphrase_file), random=secrets.token_bytes
        )
    key = b64u(made.key.raw)
    say(
        {"holder": holder, "key": key, "private": str(made.private), "public": str(made.public)},
        f"wrote {made.private}: keep it, and a copy in another place; it never leaves your hands",
        f"wrote {made.public}: for the others; compare by voice:",
        f"  {key}",
        as_json=as_json,
    )


@root_app.command("statement")
def name_root(
    key: Annotated[list[Path], typer.Option(help="HOLDER.root-pub; once for each holder.")],
    threshold: Annotated[int, typer.Option(help="How many of them must sign.", min=1, max=32)],
    to: ToOption,
    directory: HeldOption = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Prepare the statement that names the root's keys: the first of a directory, or the next root of one.

    The first is signed by its own keys; a next one by enough of the old and enough of the new.
    """
    with refusing(as_json=as_json):
        keys, now = [read_root_public(each) for each in key], int(time.time())
        after = read_held(directory, root_fingerprint)
        made = ceremony.prepare(
            lambda before: make_root(keys=keys, threshold=threshold, time=now, signed_by=(), after=before),
            to=to,
            after=after,
        )
    say_prepared([made], to, after, as_json=as_json)
