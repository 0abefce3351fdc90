"""A backup of the keys: what a lost disk may not cost, under a passphrase of its own; never what a casus holds.

In it: the identity, signing, hop and sealing keys whose term is not over, settings, directory, convenants and login.
Not in it: the home key, the mailbox and every casus key. A restored home draws a home key of its own, so no older copy
of the mailbox opens in it: what was destroyed stays destroyed (docs/decisions).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from zegel_adapters.assemble import open_home
from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import Home, write_file
from zegel_adapters.homekey import Passphrase, create_home_key, read_passphrase_file
from zegel_adapters.keystore import KEPT_AFTER, Keystore, OwnKey, OwnUse
from zegel_adapters.settings import read_saved, save_settings
from zegel_adapters.strongbox import AskPassphrase, Strongbox, read_strongbox, write_strongbox
from zegel_schemas import canonical
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import b64u, unb64u
from zegel_schemas.shapes import Closed, Instant

USES: tuple[OwnUse, ...] = ("identity", "signing", "hop", "sealing")
NOT_CARRIED = ("passphrase_file", "directory", "convenants")  # settings that name places on the old machine


class _Key(Closed):
    use: OwnUse
    valid_from: Instant
    valid_until: Instant
    seed: str


class _Content(Closed):
    v: Literal["zegel-backup/1"] = "zegel-backup/1"
    settings: dict[str, str]
    files: dict[str, str]  # path in the home -> content
    keys: Annotated[tuple[_Key, ...], Field(strict=False)]


@dataclass(frozen=True, slots=True)
class Backup:
    """What was saved or restored: whose, made when (second since 1970), and how many keys of each use."""

    owner: str
    made: int
    keys: dict[str, int]


def export_backup(
    home: Path | str, file: Path, *, now: int, backup_passphrase: AskPassphrase, passphrase: Passphrase | None = None
) -> Backup:
    """Write an encrypted backup of the keys of a home to `file`, mode 0600; raise AdapterError.

    Keys past their term are destroyed first, so that none of them gets in.
    """
    place, settings, key = open_home(home, passphrase)
    store = Keystore(place, key, owner=settings.instantie)
    store.prune(now=now)
    held = [(use, own) for use in USES for own in store.keys(use)]
    content = _Content(
        settings={name: str(value) for name, value in read_saved(place).items() if name not in NOT_CARRIED},
        files={str(each.relative_to(place.root)): b64u(each.read_bytes()) for each in _files(place)},
        keys=tuple(
            _Key(
                use=use,
                valid_from=own.valid_from,
                valid_until=own.valid_until,
                seed=b64u(own.private.unsafe_seed()),
            )
            for use, own in held
        ),
    )
    secret = canonical.encode(content.model_dump(mode="json"))
    write_strongbox(file, "backup", Strongbox(store.owner, now, secret), passphrase=backup_passphrase)
    return Backup(store.owner, now, _count([use for use, _ in held]))


def restore_backup(
    home: Path | str,
    file: Path,
    *,
    now: int,
    backup_passphrase: AskPassphrase,
    passphrase_file: Path | None = None,
    prompt: Passphrase | None = None,
) -> Backup:
    """Make a home from a backup, under a home key of its own; raise AdapterError, and leave nothing, when it fails.

    The home key is locked as `init` does it. Keys whose term ended meanwhile are left out. A place that holds anything
    is never written into.
    """
    place = Home(Path(home))
    if place.root.exists() and any(place.root.iterdir()):
        raise KeystoreError(f"{place.root} is not empty: restore where no home is, in another folder")
    box = read_strongbox(file, "backup", passphrase=backup_passphrase)
    try:
        content = _Content.model_validate(canonical.decode(box.secret))
    except (ValidationError, canonical.NotCanonicalError):
        raise KeystoreError(f"{file}: of another version of this program: restore it with that one") from None
    place.create()
    try:
        live = _fill(place, box.owner, content, now=now, passphrase_file=passphrase_file, prompt=prompt)
    except BaseException:
        shutil.rmtree(place.root)
        raise
    return Backup(box.owner, box.made, _count(live))


def _fill(
    place: Home, owner: str, content: _Content, *, now: int, passphrase_file: Path | None, prompt: Passphrase | None
) -> list[str]:
    values = dict(content.settings)
    if passphrase_file is not None:
        values["passphrase_file"] = str(passphrase_file.resolve())
    passphrase = read_passphrase_file(passphrase_file) if passphrase_file else None
    store = Keystore(place, create_home_key(place, passphrase=passphrase, prompt=prompt), owner=owner)
    live = [each for each in content.keys if each.use == "identity" or each.valid_until + KEPT_AFTER >= now]
    for each in live:
        private = PrivateKey.from_seed(each.use, owner, unb64u(each.seed))
        store.keep(OwnKey(private, each.valid_from, each.valid_until), each.use)
    for name, data in content.files.items():
        path = place.root / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_file(path, unb64u(data))
    save_settings(place, values)  # last: from here on it is a home
    return [each.use for each in live]


def _files(place: Home) -> list[Path]:
    single = (place.directory, place.password, place.tls_key, place.certificate, place.authority)
    found = [each for each in single if each.is_file()]
    return [*found, *(each for each in sorted(place.convenants.rglob("*")) if each.is_file())]


def _count(uses: list[str]) -> dict[str, int]:
    return {use: uses.count(use) for use in USES}
