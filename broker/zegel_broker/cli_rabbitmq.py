"""`zegel-broker rabbitmq`: what RabbitMQ must know, generated from the signed directory."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from zegel_broker.ceremony import read_file
from zegel_broker.ceremony_terminal import refusing
from zegel_broker.keyfiles import write_private
from zegel_broker.membership import Place
from zegel_broker.settings import read_secret
from zegel_broker.topology import make_definitions, print_definitions
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory.request import read_request
from zegel_schemas.login import PASSWORD_BYTES, hash_password

rabbitmq = typer.Typer(help="Exchanges, queues, users and permissions.", no_args_is_help=True)


@rabbitmq.callback()
def _group() -> None:
    """Exchanges, queues, users and permissions, generated from the signed directory."""


@rabbitmq.command("definitions")
def definitions(
    directory: Annotated[Path, typer.Option(help="The signed directory file.", exists=True, dir_okay=False)],
    root_fingerprint: Annotated[str, typer.Option(help="As a root holder reads it out.")],
    broker_password: Annotated[
        Path | None, typer.Option(help="File with the broker's password, made if missing. Only for loopback.")
    ] = None,
    no_passwords: Annotated[bool, typer.Option("--no-passwords", help="Users log in with certificates.")] = False,
) -> None:
    """Print what `load_definitions` and `rabbitmqctl import_definitions` take: hashes, never a password.

    Choose --broker-password FILE or --no-passwords. With passwords, each instantie made its own, and only the hash
    stands in the request kept beside the directory. Importing again is harmless; `instantie admit --signed` and
    `instantie leave --signed` with --management do the same for one instantie while the town runs.
    """
    if (broker_password is None) != no_passwords:
        raise typer.BadParameter("choose --broker-password FILE or --no-passwords")
    with refusing(as_json=False):
        place = Place(directory, root_fingerprint)
        names = sorted({BROKER, *place.load().members})
        hashes = {} if broker_password is None else {**_logins(names, place), BROKER: _hash(broker_password)}
    typer.echo(print_definitions(make_definitions(names, password_hashes=hashes)), nl=False)


def _logins(names: list[str], place: Place) -> dict[str, str]:
    kept = [name for name in names if name != BROKER and place.request(name).exists()]
    return {name: read_request(read_file(place.request(name)), fold=None).login for name in kept}


def _hash(file: Path) -> str:
    if not os.path.lexists(file):
        write_private(file, f"{secrets.token_urlsafe(PASSWORD_BYTES)}\n".encode())
    return hash_password(read_secret(file), random=secrets.token_bytes)
