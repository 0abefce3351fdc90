"""`zegel-adapter`: connect an instantie, run its adapter, send, read, and look whether all is well.

Exit codes: 0 done; 1 own side fails (keys, settings, directory); 2 wrong use; 3 the draft was refused here and nothing
was sent; 4 the broker or the recipient said no; 5 no word within --wait; 6 the doctor found something wrong;
7 an exhibit proves nothing.
"""

import asyncio
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from zegel_adapters.adapter import Adapter
from zegel_adapters.cli_disclosure import disclose, verify_disclosure
from zegel_adapters.cli_messages import inbox, send
from zegel_adapters.doctor import Finding, examine
from zegel_adapters.errors import AdapterError
from zegel_adapters.home import Home
from zegel_adapters.initialise import KeysStatement, connect_home, init_home, renew_home
from zegel_adapters.logs import start_logging
from zegel_adapters.settings import load_settings
from zegel_adapters.terminal import ILL, HomeOption, JsonOption, ask_new_passphrase, ask_passphrase, say, telling
from zegel_schemas.directory import Directory

app = typer.Typer(
    help="Connect an instantie to the corridor: init once, keep `run` running, then send and read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command()(send)
app.command()(inbox)
app.command()(disclose)
app.command()(verify_disclosure)


@app.command()
def init(
    home: HomeOption,
    instantie: Annotated[str, typer.Option(help="Id in the directory, such as `wil`. Only at the first step.")] = "",
    role: Annotated[str, typer.Option(help="Role of the employees who send; default: what the convenant says.")] = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="File, mode 0600, with this home's passphrase.")] = None,
    directory: Annotated[Path | None, typer.Option(help="The signed directory the municipality sent.")] = None,
    root_fingerprint: Annotated[str, typer.Option(help="As a root holder read it out to you: never from a mail.")] = "",
    amqp: Annotated[
        str, typer.Option(help="amqps://USER:PASSWORD@HOST/zegel; others on this machine can see it.")
    ] = "",
    amqp_file: Annotated[Path | None, typer.Option(help="File with that URL: better than --amqp.")] = None,
    renew: Annotated[bool, typer.Option("--renew", help="Make the next keys and a new keys-statement.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a home with fresh keys, then connect it.

    First: `init --instantie wil --home DIR` makes the keys. Hand DIR/keys-statement and DIR/identity.pub (both public)
    to the municipality. Then: `init --home DIR --directory FILE --root-fingerprint FP --amqp-file FILE` takes what came
    back, checked from the fingerprint up. Repeat the second whenever a newer directory comes. When the doctor warns
    that keys end: `init --home DIR --renew`, and hand the new DIR/keys-statement over.
    """
    with telling(as_json=as_json):
        place = Home(home)
        made = None
        if renew:
            made = renew_home(home, now=int(time.time()), passphrase=ask_passphrase())
        elif not place.settings.exists():
            if not instantie:
                raise typer.BadParameter("a new home needs --instantie")
            now, prompt = int(time.time()), ask_new_passphrase
            made = init_home(home, instantie, now=now, passphrase_file=passphrase_file, prompt=prompt, role=role)
        elif instantie not in {"", load_settings(place).instantie}:
            raise AdapterError(f"{home} is the home of {load_settings(place).instantie}")
        url = amqp_file.read_text().strip() if amqp_file else amqp
        received = directory.read_bytes() if directory else b""
        held = connect_home(home, directory=received, root_fingerprint=root_fingerprint, amqp_url=url)
        say(_tell_init(place, held), _word_init(place, made, held), as_json=as_json)


@app.command()
def run(home: HomeOption) -> None:
    """Keep the line to the broker: send what the outbox holds, take in what comes. Stop with Ctrl-C or SIGTERM."""
    with telling(as_json=False):
        start_logging(load_settings(Home(home)).log_level)
        adapter = Adapter(home, passphrase=ask_passphrase())
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(adapter))


@app.command()
def doctor(home: HomeOption, as_json: JsonOption = False) -> None:
    """Look the home over: modes and lives of keys, directory, line, clock, and what is stuck, held or put aside.

    Exit code 6 when something is wrong; warnings alone are 0.
    """
    with telling(as_json=as_json):
        found = asyncio.run(examine(Home(home), passphrase=ask_passphrase(), clock=time.time))
        say(
            [{"level": each.level, "check": each.check, "text": each.text} for each in found],
            map(_word_finding, found),
            as_json=as_json,
        )
        if any(each.level == "error" for each in found):
            raise typer.Exit(ILL)


async def _run(adapter: Adapter) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, adapter.stop)
    await adapter.run()


def _tell_init(place: Home, held: Directory | None) -> dict[str, object]:
    return {
        "instantie": load_settings(place).instantie,
        "home": str(place.root),
        "keys_statement": str(place.statement),
        "identity": str(place.identity),
        "directory": held.count if held else 0,
    }


def _word_init(place: Home, made: KeysStatement | None, held: Directory | None) -> Iterator[str]:
    if made is not None:
        yield f"Keys made for {made.instantie} in {place.root}. Private keys never leave it."
        yield f"Hand to the municipality (public): {place.statement} and {place.identity}"
    if held is not None and load_settings(place).amqp_url.get_secret_value():
        yield f"Connected. Now keep this running: zegel-adapter run --home {place.root}"
    elif held is None:
        yield "Next: init --home HOME --directory FILE --root-fingerprint FP --amqp-file FILE, with what comes back."


def _word_finding(finding: Finding) -> str:
    mark = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}[finding.level]
    return f"{mark}  {finding.check}: {finding.text}"
