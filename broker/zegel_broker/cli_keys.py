"""`zegel-broker keys` and `zegel-broker connect`: the two steps that make a broker's home; `sweep` of other's keys."""

import time
from pathlib import Path
from typing import Annotated

import typer

from zegel_broker.cli_sweep import sweep
from zegel_broker.provision import connect_broker, init_broker
from zegel_broker.terminal import JsonOption, say, telling
from zegel_schemas.directory.spoken import speak_key
from zegel_schemas.seal.primitives import b64u

keys = typer.Typer(help="The broker's own keys, and what stolen ones of others touched.", no_args_is_help=True)
keys.command("sweep")(sweep)

HomeOption = Annotated[
    Path, typer.Option("--home", help="The broker's folder: settings, keys, ledger.", file_okay=False)
]


@keys.command("init")
def init(
    home: HomeOption,
    origin: Annotated[str, typer.Option(help="Name of the log for ever, such as zegel.example/nieuwegein.")],
    as_json: JsonOption = False,
) -> None:
    """Make identity, hop and log key, each in an encrypted file only you can read, and print what is public of them.

    HOME/request goes into `instantie admit`, like that of any instantie, and HOME/public-keys into `directory log`; let
    the holders of the root compare the words with you. Keep identity-*.key elsewhere: it is needed once in 90 days.
    """
    with telling(as_json=as_json):
        made = init_broker(home, origin=origin, now=int(time.time()))
    identity, log = b64u(made.keys.identity.raw), b64u(made.log.raw)
    words, request = speak_key(made.keys.identity), home / "request"
    say(
        {"identity": identity, "words": words, "log": log, "origin": origin, "request": str(request)},
        f"identity {identity}",
        f"words {words}",
        f"log {log}",
        f"origin {origin}",
        f"request {request}",
        as_json=as_json,
    )


def connect(
    home: HomeOption,
    directory: Annotated[Path, typer.Option(help="The signed directory file.", exists=True, dir_okay=False)],
    root_fingerprint: Annotated[str, typer.Option(help="As a root holder reads it out.")],
    amqp_url: Annotated[
        str, typer.Option(help="amqps://HOST/zegel?…, or amqp://broker@127.0.0.1/zegel on this machine.")
    ],
    amqp_password_file: Annotated[
        Path | None, typer.Option(help="File with the password of user `broker`, mode 0600.", exists=True)
    ] = None,
    http_port: Annotated[int, typer.Option(help="Port of /livez, /readyz and /metrics.")] = 8470,
    as_json: JsonOption = False,
) -> None:
    """Write HOME/zegel.toml, once the directory that names this broker's keys has come back."""
    with telling(as_json=as_json):
        config = connect_broker(
            home,
            directory=directory,
            root_fingerprint=root_fingerprint,
            amqp_url=amqp_url,
            amqp_password_file=amqp_password_file,
            http_port=http_port,
        )
    say({"config": str(config)}, f"wrote {config}; now: zegel-broker doctor --config {config}", as_json=as_json)
