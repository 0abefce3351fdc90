"""Reads what a broker starts with, directory, convenants and keys, and holds them against each other.

A broker that would judge by another convenant than the root signed, sign with a key no adapter trusts, or box with a
hop key nobody knows, does not start.
"""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from zegel_broker.convenant_tools.beside import cases_beside
from zegel_broker.convenant_tools.lint import require_sound
from zegel_broker.keyfiles import OwnKey, read_kek, read_keys
from zegel_broker.registry import Registry
from zegel_broker.settings import Settings, SettingsError
from zegel_schemas.convenant import Convenant, hash_file, load_convenant, read_files, shipped_convenant
from zegel_schemas.convenant.faults import ConvenantInvalid
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory, DirectoryInvalid
from zegel_schemas.seal.hop import HopBox
from zegel_schemas.seal.keys import PrivateKey


@dataclass(frozen=True, slots=True, eq=False)
class Equipment:
    """Everything that is read from files at start: the registry, and the log the root named with its private key."""

    registry: Registry
    origin: str
    log_key: PrivateKey


def load_equipment(settings: Settings, *, now: int) -> Equipment:
    """Read and check it all; `now` is seconds since 1970. Raise SettingsError naming field and remedy."""
    directory = load_directory(settings)
    convenants = load_convenants(settings, sound=judged_by(directory, now=now))
    kek = read_kek(settings.kek_file)
    hop = require_hop_keys(directory, read_keys(settings.keys, use="hop", kek=kek), now=now)
    origin, log_key = require_log_key(directory, read_keys(settings.keys, use="log", kek=kek))
    require_convenant(directory, convenants, now=now)
    return Equipment(Registry(directory, convenants, HopBox(hop), load_documents(settings)), origin, log_key)


def load_directory(settings: Settings) -> Directory:
    """Return the directory, checked from the root's fingerprint; raise SettingsError."""
    try:
        return Directory.load(settings.directory.read_bytes(), root_fingerprint=settings.root_fingerprint)
    except OSError as error:
        raise SettingsError(f"directory: {settings.directory}: {error.strerror}") from None
    except DirectoryInvalid as error:
        raise SettingsError(f"directory: {settings.directory}: {error}") from None


def judged_by(directory: Directory, *, now: int) -> frozenset[str]:
    """Return the digests of the convenants that are in force, or will be; older ones only tell what was decided."""
    later = {each.digest for each in directory.convenants if each.start > now}
    current = directory.convenant_at(now)
    return frozenset(later if current is None else {*later, current})


def load_convenants(settings: Settings, *, sound: Container[str] = ()) -> dict[str, Convenant]:
    """Return every set of documents there is, by digest: the shipped one and those the settings name.

    One whose digest is in `sound` must lint without errors and decide the cases beside it as they expect.
    """
    found = [(None, shipped_convenant()), *((path, _load_convenant(path)) for path in settings.convenants)]
    for path, convenant in found:
        if convenant.digest in sound:
            _require_sound(convenant, path)
    return {each.digest: each for _, each in found}


def load_documents(settings: Settings) -> dict[str, bytes]:
    """Return the files of all these sets by hash, byte for byte, for members that ask for them; raise SettingsError."""
    try:
        files = [data for path in (None, *settings.convenants) for data in read_files(path).values()]
    except OSError as error:
        raise SettingsError(f"convenants: {error.filename}: {error.strerror}") from None
    return {hash_file(each): each for each in files}


def _require_sound(convenant: Convenant, path: Path | None) -> None:
    try:
        require_sound(convenant, cases_beside(path))
    except OSError as error:
        raise SettingsError(f"convenants: {error.filename}: {error.strerror}") from None
    except ConvenantInvalid as error:
        raise SettingsError(f"convenants: {path or 'the shipped one'} is not sound:\n{error}") from None


def require_hop_keys(directory: Directory, own: tuple[OwnKey, ...], *, now: int) -> tuple[PrivateKey, ...]:
    """Return our hop keys, the one the directory has valid now first; raise SettingsError when it has none of ours."""
    current = directory.hop_key(BROKER, now)
    ours = [each.private for each in own]
    first = [key for key in ours if current is not None and key.id == current.id]
    if not first:
        raise SettingsError(
            "keys: the directory has no valid hop key of this broker: sign new ones with `zegel-broker keys` and have "
            "the directory extended"
        )
    return (*first, *(key for key in ours if key.id != first[0].id))


def require_log_key(directory: Directory, own: tuple[OwnKey, ...]) -> tuple[str, PrivateKey]:
    """Return origin and private key of the log the root named; raise SettingsError when its key is not here."""
    if directory.log is None:
        raise SettingsError("directory: the root has named no log yet: ask for a `log` statement with our public key")
    origin, public = directory.log
    for each in own:
        if each.private.id == public.id:
            return origin, each.private
    raise SettingsError(f"keys: the private key of log {origin} is not here: no adapter would trust what we sign")


def require_convenant(directory: Directory, convenants: dict[str, Convenant], *, now: int) -> Convenant:
    """Return the convenant in force at `now`; raise SettingsError when no file has the digest the root signed."""
    digest = directory.convenant_at(now)
    if digest is None:
        raise SettingsError("directory: the root has put no convenant in force, so nothing would be permitted")
    if digest not in convenants:
        raise SettingsError(
            f"convenants: no file has digest {digest}, which the root put in force: add the signed text, byte for byte"
        )
    return convenants[digest]


def _load_convenant(path: Path) -> Convenant:
    try:
        return load_convenant(path)
    except OSError as error:
        raise SettingsError(f"convenants: {path}: {error.strerror}") from None
    except ConvenantInvalid as error:
        raise SettingsError(f"convenants: {path}: {error}") from None
