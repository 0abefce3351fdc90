"""`zegel-broker`: run the broker, provision its RabbitMQ, audit its ledger, and look whether all is well.

Read `terminal.py` for the exit codes.
"""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from zegel_broker import journal
from zegel_broker.app.run import run_broker
from zegel_broker.cli_casus import casus_app
from zegel_broker.cli_convenant import convenant_app
from zegel_broker.cli_directory import directory_app
from zegel_broker.cli_instantie import instantie_app
from zegel_broker.cli_keys import connect, keys
from zegel_broker.cli_rabbitmq import rabbitmq
from zegel_broker.doctor import Check, examine
from zegel_broker.ledger import LedgerError
from zegel_broker.ledger.audit import verify_log
from zegel_broker.ledger.report import report_lines
from zegel_broker.load import load_convenants, load_directory, load_equipment
from zegel_broker.settings import load_settings
from zegel_broker.terminal import (
    EXIT_CODES,
    FOUND,
    UNUSABLE,
    ConfigOption,
    JsonOption,
    fail,
    say,
    telling,
)

app = typer.Typer(
    help="Check, log and deliver sealed messages between instanties.\n\n"
    "First `keys init`, then `rabbitmq definitions`, then `connect`, then `doctor`, then `run`.\n\n" + EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
log = typer.Typer(help="Look into the ledger.", no_args_is_help=True)
app.add_typer(keys, name="keys")
app.add_typer(rabbitmq, name="rabbitmq")
app.add_typer(log, name="log")
app.add_typer(directory_app, name="directory")
app.add_typer(instantie_app, name="instantie")
app.add_typer(convenant_app, name="convenant")
app.add_typer(casus_app, name="casus")
app.command()(connect)


@app.command()
def run(config: ConfigOption = None) -> None:
    """Run one worker until SIGTERM or Ctrl-C; it then finishes what it has in hand and exits with 0.

    Log lines are JSON on stdout. /livez, /readyz and /metrics answer on the address in the settings.
    """
    with telling(as_json=False):
        settings = load_settings(config)
        equipment = load_equipment(settings, now=int(time.time()))
        journal.configure(settings.log_level)
        settings.amqp_line("")  # its password file is read again later, in the middle of things
    try:
        uvloop.run(run_broker(settings, equipment))
    except LedgerError as error:
        fail(f"ledger: {error}", UNUSABLE, as_json=False)
    except OSError as error:  # every connection error of AMQP is one
        fail(f"cannot start ({type(error).__name__}): run `zegel-broker doctor`", UNUSABLE, as_json=False)


@app.command()
def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Look at settings, directory, convenant, keys, RabbitMQ, ledger and clock; each line says ok, warn or fail.

    Changes nothing, and may be run while the broker runs. Exits with 1 when a line says fail.
    """
    with telling(as_json=as_json):
        settings = load_settings(config)
    checks = asyncio.run(examine(settings, now=int(time.time())))
    failed = any(check.state == "fail" for check in checks)
    answer = {"ok": not failed, "checks": [{"name": c.name, "state": c.state, "text": c.text} for c in checks]}
    say(answer, *map(_line, checks), as_json=as_json)
    raise typer.Exit(FOUND if failed else 0)


@log.command("verify")
def verify(
    config: ConfigOption = None,
    note: Annotated[list[Path] | None, typer.Option(help="A note from outside, such as a partner keeps.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read the whole ledger as a stranger would, and report all that is wrong; exits with 1 when anything is."""
    with telling(as_json=as_json):
        settings = load_settings(config)
        directory, convenants = load_directory(settings), load_convenants(settings)
    witnesses = [each.read_bytes() for each in note or ()]
    if settings.anchor is not None and settings.anchor.is_file():
        witnesses.append(settings.anchor.read_bytes())
    try:
        found = verify_log(settings.ledger, directory=directory, convenants=convenants, witnesses=witnesses)
    except (FileNotFoundError, ValueError) as error:
        fail(f"ledger: {error}", UNUSABLE, as_json=as_json)
        return
    answer = {"sound": found.sound, "entries": found.entries, "findings": [str(each) for each in found.findings]}
    say(answer, *report_lines(found), as_json=as_json)
    raise typer.Exit(0 if found.sound else FOUND)


def _line(check: Check) -> str:
    return f"{check.state:4}  {check.name}: {check.text}"
