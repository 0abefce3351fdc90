"""`zegel-broker instantie`: members come and go; the operator prepares, the root's holders sign, he completes.

docs/ceremony.md plays it all.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from zegel_broker.ceremony_terminal import FingerprintOption, refusing, say_prepared
from zegel_broker.management_api import ApiError, ManagementApi
from zegel_broker.membership import Place, Signed, check_signed, prepare_admissions, prepare_leave
from zegel_broker.settings import Settings, SettingsError, load_settings
from zegel_broker.tenants import await_read, close_tenant, open_management, open_tenant, remove_queues
from zegel_broker.terminal import UNUSABLE, ConfigOption, JsonOption, fail, say
from zegel_broker.welcoming import make_handout, write_welcomes
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory.request import Request

READ_SECONDS: Final = 60.0  # in which a broker that runs has read what a closed instantie wrote
PREPARED: Final = Path("members.prepared")

instantie_app = typer.Typer(
    help="Members come and go.\n\n"
    "Joining: `zegel-adapter init` at the instantie makes a request; `admit REQUEST` shows its words and prepares what "
    "the root must sign; `zegel-adapter root sign` at enough holders; `admit --signed FILE...` writes directory and "
    "welcome; `zegel-adapter join` at the instantie. Leaving: `leave ID`, `root sign`, `leave --signed FILE...`.\n\n"
    "Exit codes: 0 done; 2 typed wrong; 3 a file or name is wrong: the text names field and remedy, and nothing was "
    "written; 4 RabbitMQ could not be used: repeat the same command, for each of its steps may be done twice.",
    no_args_is_help=True,
)

DirectoryOption = Annotated[
    Path | None, typer.Option("--directory", help="The directory file; default: the one of --config.", dir_okay=False)
]
ManagementOption = Annotated[
    Path | None,
    typer.Option(help="File, mode 0600, with RabbitMQ's management API: http://ADMIN:PASSWORD@127.0.0.1:15672."),
]
SignedOption = Annotated[bool, typer.Option("--signed", help="The files are statements that enough holders signed.")]
PreparedOption = Annotated[
    Path, typer.Option("--to", help="File of prepared statements: made, or longer.", dir_okay=False)
]


@instantie_app.command("admit")
def admit(
    files: Annotated[list[Path], typer.Argument(help="Requests; with --signed: signed statements and their copies.")],
    signed: SignedOption = False,
    directory: DirectoryOption = None,
    config: ConfigOption = None,
    to: PreparedOption = PREPARED,
    new_identity: Annotated[bool, typer.Option("--new-identity", help="These members renew their identity.")] = False,
    address: Annotated[str, typer.Option(help="Where members reach RabbitMQ: amqps://HOST:5671/zegel.")] = "",
    management: ManagementOption = None,
    welcomes: Annotated[Path, typer.Option(help="Folder where each ID.welcome goes.", file_okay=False)] = Path(),
    convenant: Annotated[list[Path] | None, typer.Option(help="A convenant besides the shipped one.")] = None,
    authority: Annotated[Path | None, typer.Option(help="PEM of who certified RabbitMQ, for the welcome.")] = None,
    certificates: Annotated[Path | None, typer.Option(help="Folder with ID.pem for each who asked for one.")] = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Admit instanties: first their requests, then, with --signed, what the root's holders made of them.

    The first time it shows the twelve words of each identity key. Call the instantie on a number you know already, and
    let it read its words to you; the holders do the same before they sign the file (--to).

    With --signed it checks everything from the root's fingerprint, makes user and queues at RabbitMQ (--management;
    without it, import `rabbitmq definitions` again), adds statements and keys to the directory, and writes ID.welcome
    for each. Nothing in a welcome is secret. All or nothing; doing it again is harmless.
    """
    with refusing(as_json=as_json):
        settings = load_settings(config) if config else None
        place = _place(directory, settings, root_fingerprint)
        if not signed:
            made = prepare_admissions(files, place=place, to=to, new_identity=new_identity, now=int(time.time()))
            say_prepared([each for _, each in made], to, place.load(), as_json=as_json)
            return
        found = check_signed(files, place=place)
        if not found.admitted:
            raise SettingsError("signed: these statements admit nobody; who leaves, does so with `leave --signed`")
        newcomers = [each for each in found.admitted if each.instantie != BROKER]
        written: dict[str, Path] = {}
        if newcomers:
            handout = make_handout(
                settings,
                address=address,
                convenants=convenant or (),
                authority=authority,
                certificates=certificates,
            )
            papers = [handout.write(each, found.directory) for each in newcomers]
            _open_tenants(newcomers, management, passwords=handout.passwords, as_json=as_json)
            written = write_welcomes(papers, welcomes)
        found.write(place)
    _say_admitted(found, place, written, told=management is not None, as_json=as_json)


@instantie_app.command("leave")
def leave(
    who: Annotated[list[str], typer.Argument(help="Id of a member; with --signed: signed statements, copies of them.")],
    signed: SignedOption = False,
    directory: DirectoryOption = None,
    config: ConfigOption = None,
    to: PreparedOption = PREPARED,
    successor: Annotated[
        str, typer.Option(help="Member that takes its work over; senders hear it. No key moves.")
    ] = "",
    management: ManagementOption = None,
    root_fingerprint: FingerprintOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let a member leave: first prepare the statement, then, with --signed, carry out what the root's holders signed.

    With --signed it ends the member's login at RabbitMQ (--management), waits until the broker has read what it had
    sent, and extends the directory: from then on its keys are not accepted and nobody seals to it. Its queues go. What
    it never collected ends as undeliverable, and each sender hears that from the broker.
    """
    with refusing(as_json=as_json):
        settings = load_settings(config) if config else None
        place = _place(directory, settings, root_fingerprint)
        if not signed:
            if len(who) != 1:
                raise SettingsError("instantie: give one at a time; several statements fit in one file (--to)")
            made = prepare_leave(who[0], successor=successor, place=place, to=to, now=int(time.time()))
            say_prepared([made], to, place.load(), as_json=as_json)
            return
        found = check_signed([Path(each) for each in who], place=place)
        if not found.gone:
            raise SettingsError("signed: these statements let nobody leave; who joins, does so with `admit --signed`")
        left = _close_tenants(found, place, management, as_json=as_json)
    _say_gone(found, left, as_json=as_json)


def _place(directory: Path | None, settings: Settings | None, root_fingerprint: str) -> Place:
    if directory is not None:
        return Place(directory, root_fingerprint)
    if settings is None:
        raise SettingsError("directory: give --directory FILE, or the broker's --config")
    return Place(settings.directory, root_fingerprint or settings.root_fingerprint)


@contextmanager
def _rabbitmq(*, as_json: bool) -> Iterator[None]:
    try:
        yield
    except ApiError as error:
        fail(f"management: {error}: mend it and repeat this command", UNUSABLE, as_json=as_json)


def _open_tenants(newcomers: Sequence[Request], management: Path | None, *, passwords: bool, as_json: bool) -> None:
    if management is None:
        return
    api = open_management(management)
    with _rabbitmq(as_json=as_json):
        for each in newcomers:
            open_tenant(api, each.instantie, password_hash=each.login if passwords else "")


def _close_tenants(found: Signed, place: Place, management: Path | None, *, as_json: bool) -> dict[str, int]:
    """Close who left, extend the directory, remove the queues; return how many deliveries each never collected."""
    if management is None:
        found.write(place)
        return {}
    api = open_management(management)
    with _rabbitmq(as_json=as_json):
        for name in found.gone:
            close_tenant(api, name)
        _require_read(api, found.gone, as_json=as_json)
        found.write(place)
        return {name: remove_queues(api, name) for name in found.gone}


def _require_read(api: ManagementApi, gone: Sequence[str], *, as_json: bool) -> None:
    for name in gone:
        if left := await_read(api, name, seconds=READ_SECONDS, pause=time.sleep):
            text = f"{name}: the broker has not read {left} messages it sent: start the broker and repeat this command"
            fail(text, UNUSABLE, as_json=as_json)


def _say_admitted(found: Signed, place: Place, written: dict[str, Path], *, told: bool, as_json: bool) -> None:
    directory = found.directory
    lines = [f"{place.directory}: {found.new} statements added, {directory.count} in all"]
    lines += [f"{name}: hand over {path}" for name, path in written.items()]
    if written and not told:
        lines.append("RabbitMQ does not know them yet: import `zegel-broker rabbitmq definitions` again")
    lines.append(f"A root holder reads the fingerprint out to each of them: {directory.root_fingerprint}")
    answer = {
        "directory": str(place.directory),
        "added": found.new,
        "count": directory.count,
        "fingerprint": directory.root_fingerprint,
        "admitted": [each.instantie for each in found.admitted],
        "welcomes": {name: str(path) for name, path in written.items()},
        "rabbitmq": told,
    }
    say(answer, *lines, as_json=as_json)


def _say_gone(found: Signed, left: dict[str, int], *, as_json: bool) -> None:
    lines = []
    for name in found.gone:
        lines.append(f"{name} is no longer a member")
        if name in left:
            lines.append(f"  login and queues are gone; {left[name]} deliveries were not collected: senders hear so")
        else:
            lines.append(f"  now at RabbitMQ: rabbitmqctl delete_user {name}, then delete exchange and queue in.{name}")
            lines.append(f"  once the broker has read it, and queue out.{name}")
    say({"gone": list(found.gone), "uncollected": left, "added": found.new}, *lines, as_json=as_json)
