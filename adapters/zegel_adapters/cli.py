"""`zegel-adapter`: connect an instantie, run its adapter, send, read, and look whether all is well.

Exit codes: 0 done; 1 own side fails (keys, settings, directory); 2 wrong use; 3 the draft was refused here and nothing
was sent; 4 the broker or the recipient said no; 5 no word within --wait; 6 the doctor found something wrong;
7 an exhibit proves nothing.
"""

import asyncio
import functools
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from zegel_adapters.adapter import Adapter
from zegel_adapters.cli_disclosure import disclose, verify_disclosure
from zegel_adapters.cli_keys import keys_app
from zegel_adapters.cli_messages import inbox, send
from zegel_adapters.cli_retention import destroy
from zegel_adapters.cli_root import root_app
from zegel_adapters.doctor import Finding, examine
from zegel_adapters.home import Home
from zegel_adapters.initialise import init_home, renew_identity
from zegel_adapters.joining import join_home
from zegel_adapters.logs import start_logging
from zegel_adapters.settings import load_settings
from zegel_adapters.terminal import (
    ILL,
    HomeOption,
    JsonOption,
    ask_fingerprint,
    ask_new_passphrase,
    ask_passphrase,
    read_paper,
    say,
    telling,
)
from zegel_schemas.directory.spoken import WORDS_BITS, speak_key
from zegel_schemas.seal.keys import PublicKey

app = typer.Typer(
    help="Connect an instantie to the corridor: `init`, then `join`, keep `run` running, then send and read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(root_app, name="root")
app.add_typer(keys_app, name="keys")
app.command()(send)
app.command()(inbox)
app.command()(disclose)
app.command()(verify_disclosure)
app.command()(destroy)


@app.command()
def init(
    home: HomeOption,
    instantie: Annotated[str, typer.Option(help="Id in the directory, such as `wil`. Only at the first step.")] = "",
    role: Annotated[str, typer.Option(help="Role of the employees who send; default: what the convenant says.")] = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="File, mode 0600, with this home's passphrase.")] = None,
    new_identity: Annotated[
        bool, typer.Option("--new-identity", help="Make a new identity key and a request to have it named.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a home with fresh keys, and the request to be admitted.

    `init --instantie wil --home DIR` makes the keys. Hand DIR/request, which is public, to the municipality, and read
    the twelve words of your identity key out when a holder of the root calls you. With what comes back: `join`.
    When the doctor warns that keys end: `keys rotate --home DIR`, and hand the new DIR/keys-statement over.
    """
    with telling(as_json=as_json):
        place, now = Home(home), int(time.time())
        if new_identity:
            made = renew_identity(home, now=now, passphrase=ask_passphrase())
        else:
            if not instantie:
                raise typer.BadParameter("a new home needs --instantie")
            made = init_home(
                home, instantie, now=now, passphrase_file=passphrase_file, prompt=ask_new_passphrase, role=role
            ).identity
        _say_request(place, made, as_json=as_json)


@app.command()
def join(
    welcome: Annotated[Path, typer.Argument(help="The file the municipality wrote for you.", dir_okay=False)],
    home: HomeOption,
    root_fingerprint: Annotated[
        str, typer.Option(help="As a holder of the root reads it out to you, never from a mail; default: it is asked.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Take the welcome in, checked from the fingerprint up, then connect and look all over, as `doctor` does.

    Who reads the fingerprint out is a holder of the root, and not the operator of the broker. A newer welcome is taken
    in the same way; an older one is refused. Exit code 6 when all is written, but something is still wrong.
    """
    with telling(as_json=as_json):
        heard = root_fingerprint or ask_fingerprint()
        asked = ask_passphrase()
        passphrase = functools.cache(asked) if asked else None
        joined = join_home(home, read_paper(welcome), root_fingerprint=heard, passphrase=passphrase)
        found = asyncio.run(examine(Home(home), passphrase=passphrase, clock=time.time))
        told = {"directory": joined.directory.count, "fingerprint": joined.directory.root_fingerprint}
        say(
            {**told, "convenants": joined.convenants, "findings": _tell_findings(found)},
            [
                f"Joined: the directory holds from the fingerprint on, with {joined.directory.count} statements.",
                *map(_word_finding, found),
                f"Now keep this running: zegel-adapter run --home {home}",
            ],
            as_json=as_json,
        )
        if any(each.level == "error" for each in found):
            raise typer.Exit(ILL)


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
            _tell_findings(found),
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


def _say_request(place: Home, identity: PublicKey, *, as_json: bool) -> None:
    words = speak_key(identity)
    say(
        {"instantie": identity.owner, "home": str(place.root), "request": str(place.request), "words": words},
        [
            f"Keys made for {identity.owner} in {place.root}. Private keys never leave it.",
            f"Hand to the municipality (public): {place.request}",
            f"Read out to a holder of the root who calls you ({WORDS_BITS} bits):",
            f"  {words}",
            f"With the welcome that comes back: zegel-adapter join WELCOME --home {place.root}",
        ],
        as_json=as_json,
    )


def _tell_findings(found: Iterable[Finding]) -> list[dict[str, str]]:
    return [{"level": each.level, "check": each.check, "text": each.text} for each in found]


def _word_finding(finding: Finding) -> str:
    mark = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}[finding.level]
    return f"{mark}  {finding.check}: {finding.text}"
