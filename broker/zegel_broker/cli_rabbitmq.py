"""`zegel-broker rabbitmq`: what RabbitMQ must know, generated from the signed directory."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from zegel_broker.keyfiles import write_private
from zegel_broker.settings import SettingsError, read_secret
from zegel_broker.terminal import telling
from zegel_broker.topology import hash_password, make_definitions, print_definitions
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory, DirectoryInvalid

rabbitmq = typer.Typer(help="Exchanges, queues, users and permissions.", no_args_is_help=True)


@rabbitmq.callback()
def _group() -> None:
    """Exchanges, queues, users and permissions, generated from the signed directory."""


@rabbitmq.command("definitions")
def definitions(
    directory: Annotated[Path, typer.Option(help="The signed directory file.", exists=True, dir_okay=False)],
    root_fingerprint: Annotated[str, typer.Option(help="As a root holder reads it out.")],
    passwords: Annotated[
        Path | None, typer.Option(help="Folder with a password per user; a missing one is made. Only for loopback.")
    ] = None,
    no_passwords: Annotated[bool, typer.Option("--no-passwords", help="Users log in with certificates.")] = False,
) -> None:
    """Print what `load_definitions` and `rabbitmqctl import_definitions` take: hashes, never a password.

    Choose --passwords DIR or --no-passwords. Import again whenever an instantie comes; one that left is to be deleted
    by hand (user and its two queues), for what still lies there is its own.
    """
    if (passwords is None) != no_passwords:
        raise typer.BadParameter("choose --passwords DIR or --no-passwords")
    with telling(as_json=False):
        names = _members(directory, root_fingerprint)
        hashes = {} if passwords is None else {name: _hash(passwords, name) for name in names}
    typer.echo(print_definitions(make_definitions(names, password_hashes=hashes)), nl=False)


def _members(directory: Path, root_fingerprint: str) -> list[str]:
    try:
        found = Directory.load(directory.read_bytes(), root_fingerprint=root_fingerprint)
    except DirectoryInvalid as error:
        raise SettingsError(f"directory: {directory}: {error}") from None
    return sorted({BROKER, *found.members})


def _hash(folder: Path, name: str) -> str:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{name}.password"
    if not os.path.lexists(file):
        write_private(file, f"{secrets.token_urlsafe(32)}\n".encode())
    return hash_password(read_secret(file), random=secrets.token_bytes)
