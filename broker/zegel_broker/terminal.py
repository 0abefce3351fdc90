"""What the commands share: options with one meaning everywhere, how an answer is printed, and the exit codes.

0  done, and all is well
1  looked, and something is wrong: a finding, a failed case, a failed check
2  the command was typed wrong
3  settings, keys, directory or convenant are wrong: nothing was started; the text names field and remedy
4  RabbitMQ or the ledger could not be used
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from zegel_broker.settings import SettingsError

FOUND: Final = 1
MISCONFIGURED: Final = 3
UNUSABLE: Final = 4
EXIT_CODES: Final = (
    "Exit codes: 0 all is well; 1 something was found wrong; 2 typed wrong; 3 settings, keys, directory or convenant "
    "are wrong; 4 RabbitMQ or the ledger could not be used."
)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="ZEGEL_BROKER_CONFIG", help="The broker's zegel.toml.", dir_okay=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer with one JSON object, for programs.")]


def say(answer: Mapping[str, Any], *lines: str, as_json: bool) -> None:
    """Print the answer: `lines` for people, or `answer` as one JSON object."""
    typer.echo(json.dumps(answer) if as_json else "\n".join(lines))


@contextmanager
def telling(*, as_json: bool) -> Iterator[None]:
    """Turn an error of the settings into a text on stderr and exit code 3."""
    try:
        yield
    except SettingsError as error:
        fail(str(error), MISCONFIGURED, as_json=as_json)


def fail(text: str, code: int, *, as_json: bool) -> None:
    """Say what is wrong on stderr and exit."""
    typer.echo(json.dumps({"error": text}) if as_json else text, err=True)
    raise typer.Exit(code)
