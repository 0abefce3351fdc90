"""`zegel-adapter keys`: see the keys of this home, make the next ones, take one back, keep a copy, change the lock."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zegel_adapters.assemble import open_home
from zegel_adapters.backup import Backup, export_backup, restore_backup
from zegel_adapters.errors import AdapterError
from zegel_adapters.home import PUBLIC_FILE, Home, write_file
from zegel_adapters.homekey import Source, read_passphrase_file, relock
from zegel_adapters.identity import move_identity, read_identity_file, read_unsigned, sign_unsigned
from zegel_adapters.keystore import SEALING_WEEKS, Keystore
from zegel_adapters.keytable import Row, list_keys
from zegel_adapters.rotation import Written, open_keys, read_directory, revoke_key, rotate_keys
from zegel_adapters.settings import read_saved, save_settings
from zegel_adapters.terminal import (
    HomeOption,
    JsonOption,
    ask_file_passphrase,
    ask_new_passphrase,
    ask_passphrase,
    read_paper,
    say,
    telling,
)
from zegel_schemas.directory.make import NOT_STOLEN
from zegel_schemas.directory.statements import KeysStatement, RevokeStatement
from zegel_schemas.seal.keys import PrivateKey

keys_app = typer.Typer(
    help="The keys of this home: list, rotate, revoke, export, restore, and what opens them.", no_args_is_help=True
)

IdentityFile = Annotated[
    Path | None, typer.Option("--identity-file", help="The identity key, when it lies outside this home.")
]
IdentityPassphrase = Annotated[
    Path | None, typer.Option("--identity-passphrase-file", help="Mode 0600; default: it is asked.")
]
BackupPassphrase = Annotated[
    Path | None, typer.Option("--backup-passphrase-file", help="Mode 0600; default: it is asked.")
]


@keys_app.command("list")
def list_(home: HomeOption, as_json: JsonOption = False) -> None:
    """Show every key: use, id, from and until (UTC), and whether it is ahead, in use, in its grace or destroyed."""
    with telling(as_json=as_json):
        place, settings, key = open_home(home, ask_passphrase())
        store = Keystore(place, key, owner=settings.instantie)
        directory = read_directory(place, settings) if place.directory.exists() else None
        rows = list_keys(store, directory, now=int(time.time()))
        say([asdict(each) for each in rows], map(_line, rows), as_json=as_json)


@keys_app.command()
def rotate(
    home: HomeOption,
    weeks: Annotated[int, typer.Option(help="How far ahead sealing keys are made: 5 to 26 weeks.")] = SEALING_WEEKS,
    at_once: Annotated[bool, typer.Option("--at-once", help="A new key of each use takes over now.")] = False,
    identity_file: IdentityFile = None,
    identity_passphrase_file: IdentityPassphrase = None,
    as_json: JsonOption = False,
) -> None:
    """Make the next keys in time, destroy what is past its term, and write the statement that publishes the new ones.

    Hand `keys-statement` to the municipality. Run it every week: then sealing keys are always published weeks ahead,
    and nobody notices. When the identity key lies elsewhere: name its file, or carry `to-sign` there for `keys sign`.
    """
    with telling(as_json=as_json):
        identity = _open_identity(identity_file, identity_passphrase_file)
        now = int(time.time())
        made = rotate_keys(home, now=now, passphrase=ask_passphrase(), weeks=weeks, at_once=at_once, identity=identity)
        _say_written(made, as_json=as_json)


@keys_app.command()
def revoke(
    home: HomeOption,
    key: Annotated[str, typer.Argument(help="Id of the key as `keys list` shows it, or how it begins.")],
    stolen_from: Annotated[
        int, typer.Option(help="First log index from which what it signed is not to be trusted; none = only replaced.")
    ] = NOT_STOLEN,
    identity_file: IdentityFile = None,
    identity_passphrase_file: IdentityPassphrase = None,
    as_json: JsonOption = False,
) -> None:
    """Write the statement that takes a published key back from now on: `revoke-statement`, for the municipality.

    It works once it stands in the directory. Then `keys rotate` fills the gap it leaves.
    """
    with telling(as_json=as_json):
        identity = _open_identity(identity_file, identity_passphrase_file)
        now = int(time.time())
        made = revoke_key(home, key, now=now, passphrase=ask_passphrase(), stolen_from=stolen_from, identity=identity)
        _say_written(made, as_json=as_json)


@keys_app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="The `to-sign` that `rotate` or `revoke` wrote.", dir_okay=False)],
    identity_file: Annotated[Path, typer.Option(help="The identity key.")],
    to: Annotated[Path, typer.Option(help="Where the signed statement goes.")] = Path("keys-statement"),
    identity_passphrase_file: IdentityPassphrase = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a statement where the identity key lies, such as on a machine without a network: show first, then sign."""
    with telling(as_json=as_json):
        line = read_paper(file)
        statement = read_unsigned(line)
        shown = [*_show(statement)]
        if not as_json:
            say({}, shown, as_json=False)
        identity = read_identity_file(
            identity_file, passphrase=ask_file_passphrase(str(identity_file), identity_passphrase_file)
        )
        write_file(to, sign_unsigned(line, identity).to_line(), mode=PUBLIC_FILE)
        say({"signed": str(to), "says": shown}, [f"Signed; hand to the municipality (public): {to}"], as_json=as_json)


@keys_app.command()
def detach(
    home: HomeOption,
    file: Annotated[Path, typer.Argument(help="New file for the identity key; keep it off this machine.")],
    identity_passphrase_file: IdentityPassphrase = None,
    as_json: JsonOption = False,
) -> None:
    """Move the identity key out of this home into a file with a passphrase of its own: only `rotate` needs it."""
    with telling(as_json=as_json):
        _, _, store, directory = open_keys(home, ask_passphrase())
        ask = ask_file_passphrase(str(file), identity_passphrase_file, twice=True)
        move_identity(store, directory, file, now=int(time.time()), passphrase=ask)
        say({"identity": str(file)}, [f"Moved to {file}. Keep two copies, in two places."], as_json=as_json)


@keys_app.command()
def export(
    home: HomeOption,
    file: Annotated[Path, typer.Argument(help="New file for the backup.")],
    backup_passphrase_file: BackupPassphrase = None,
    as_json: JsonOption = False,
) -> None:
    """Write an encrypted backup of keys, settings and login, under a passphrase of its own.

    What a casus holds is never in it. Make a new one after every `rotate`, and destroy the one before: it opens what
    was recorded on the line in its weeks.
    """
    with telling(as_json=as_json):
        ask = ask_file_passphrase(str(file), backup_passphrase_file, twice=True)
        now = int(time.time())
        made = export_backup(home, file, now=now, backup_passphrase=ask, passphrase=ask_passphrase())
        say({"backup": str(file), "keys": made.keys}, [f"{file}: {_count(made)}"], as_json=as_json)


@keys_app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.", dir_okay=False)],
    home: HomeOption,
    backup_passphrase_file: BackupPassphrase = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="File, mode 0600, with the new home's passphrase.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a home from a backup, where there is none; its mailbox is empty, and it opens with a lock of its own.

    Never run it beside the home it was made of. When that one may be in other hands: `keys rotate --at-once`, then
    `keys revoke` what it had.
    """
    with telling(as_json=as_json):
        made = restore_backup(
            home,
            file,
            now=int(time.time()),
            backup_passphrase=ask_file_passphrase(str(file), backup_passphrase_file),
            passphrase_file=passphrase_file,
            prompt=ask_new_passphrase,
        )
        lines = [f"{home}: {made.owner}, {_count(made)}, saved {_day(made.made)}", "Next: keys rotate, then run"]
        say({"home": str(home), "instantie": made.owner, "keys": made.keys, "made": made.made}, lines, as_json=as_json)


@keys_app.command()
def rekey(
    home: HomeOption,
    to: Annotated[Source, typer.Option(help="What opens this home from now on.")],
    passphrase_file: Annotated[Path | None, typer.Option(help="File, mode 0600, with the new passphrase.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Change what opens this home: another passphrase, the OS keyring, or a systemd credential.

    A copy of the home from before still opens in the old way: destroy such copies.
    """
    with telling(as_json=as_json):
        if passphrase_file and to != "passphrase":
            raise AdapterError(f"--passphrase-file goes with --to passphrase, not with {to}")
        place, values = Home(home), read_saved(Home(home))
        named = values.pop("passphrase_file", None)
        old = read_passphrase_file(Path(named)) if named else ask_passphrase()
        new = read_passphrase_file(passphrase_file) if passphrase_file else ask_new_passphrase
        relock(place, old=old, source=to, new=new)
        if passphrase_file:
            values["passphrase_file"] = str(passphrase_file.resolve())
        save_settings(place, values)
        say({"home": str(home), "opens_with": to}, [f"{home}: opens with {to} from now on"], as_json=as_json)


def _open_identity(file: Path | None, passphrase_file: Path | None) -> PrivateKey | None:
    return read_identity_file(file, passphrase=ask_file_passphrase(str(file), passphrase_file)) if file else None


def _say_written(made: Written | None, *, as_json: bool) -> None:
    if made is None:
        told = {"keys": 0, "file": "", "signed": False}
        say(told, ["Nothing to publish: the directory names all keys of this home."], as_json=as_json)
        return
    told = {"keys": len(made.keys), "file": str(made.path), "signed": made.signed}
    what = f"{len(made.keys)} keys"
    line = f"{what}; hand to the municipality (public): {made.path}"
    carry = f"{what}; carry {made.path} to where the identity key lies: zegel-adapter keys sign"
    say(told, [line if made.signed else carry], as_json=as_json)


def _show(statement: KeysStatement | RevokeStatement) -> Iterator[str]:
    yield f"{statement.statement} of {statement.issuer}, number {statement.number}, {_day(statement.time)}"
    if isinstance(statement, RevokeStatement):
        yield f"  takes back {statement.key} from {_day(statement.at)}"
        return
    for each in statement.keys:
        yield f"  {each.use:8} {_day(each.valid_from)} – {_day(each.valid_until)}"


def _line(row: Row) -> str:
    named = "" if row.published else "  not published"
    return f"{row.use:8} {row.id[:12]}  {_day(row.valid_from)} – {_day(row.valid_until)}  {row.state}{named}"


def _day(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).date().isoformat()


def _count(made: Backup) -> str:
    return ", ".join(f"{number} {use}" for use, number in made.keys.items())
