"""The ceremony that makes a directory, on files only: prepare statements, let holders sign them, add them, read them.

Nothing here needs settings, a broker or a network: the holders of the root work on a machine that has none of these.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import ValidationError

from zegel_broker.settings import SettingsError
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import (
    LOG_OWNER,
    Directory,
    DirectoryInvalid,
    Flaw,
    FlawCode,
    SignedStatement,
    fingerprint,
    make_log,
)
from zegel_schemas.directory.prepared import Prepared, join_prepared, read_prepared
from zegel_schemas.note import open_checkpoint
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import KeyUse, PublicKey
from zegel_schemas.seal.primitives import unb64u

PUBLIC_MODE: Final = 0o644

Maker: TypeAlias = Callable[[bytes], SignedStatement]  # all statements so far -> the next one, unsigned


def read_directory(path: Path, *, root_fingerprint: str = "") -> Directory:
    """Return the directory in a file, checked from the fingerprint, or without one from the file's own first line.

    Raise DirectoryInvalid, or SettingsError when there is no such file.
    """
    data = _read(path)
    return Directory.load(data, root_fingerprint=root_fingerprint or fingerprint(data))


def prepare(make: Maker, *, to: Path, after: Directory | None) -> Prepared:
    """Add one statement, still without signatures, to the prepared ones in the file `to`; return it.

    Raise DirectoryInvalid when it could never follow on the directory and what is prepared already; then nothing was
    written.
    """
    lines = to.read_bytes() if to.exists() else b""
    before = (after.to_bytes() if after else b"") + lines
    try:
        lines += make(before).to_line()
    except ValidationError as error:
        field = ".".join(map(str, error.errors(include_input=False)[0]["loc"])) or "statement"
        flaw = Flaw(FlawCode.VELD_ONGELDIG, before.count(b"\n") + 1, field, "give it the form the protocol describes")
        raise DirectoryInvalid([flaw]) from None
    prepared = read_prepared(lines, after=after)
    write_public(to, lines)
    return prepared[-1]


def read_statements(path: Path, *, after: Directory | None) -> list[Prepared]:
    """Return the prepared statements in a file; raise DirectoryInvalid or SettingsError."""
    found = read_prepared(_read(path), after=after)
    if not found:
        raise SettingsError(f"{path}: it is empty: `directory root statement`, `member`, `log` or `convenant` fills it")
    return found


def write_statements(path: Path, statements: Sequence[Prepared]) -> None:
    """Write prepared statements with the signatures they have now."""
    write_public(path, b"".join(each.signed.to_line() for each in statements))


def add_statements(files: Sequence[Path], *, directory: Path, root_fingerprint: str = "") -> tuple[Directory, int]:
    """Append to the directory what is new in `files`, and begin it if it is not there; return it and how many were new.

    Copies of one statement count as one, with the signatures of all. Raise DirectoryInvalid with every flaw, or
    SettingsError; then nothing was written.
    """
    held = _read(directory) if directory.exists() else b""
    lines = join_prepared(*map(_read, files)).splitlines(keepends=True)
    known = {SignedStatement.from_line(line).body for line in _checked(held, root_fingerprint)}
    new = [line for line in lines if SignedStatement.from_line(line[:-1]).body not in known]
    data = held + b"".join(new)
    found = Directory.load(data, root_fingerprint=root_fingerprint or fingerprint(data))
    if new:
        write_public(directory, data)
    return found, len(new)


def read_identity(path: Path) -> PublicKey:
    """Return the identity key in an adapter's `identity.pub` or a broker's `public-keys`; raise SettingsError."""
    named = _read_words(path)
    if "identity" in named and "origin" in named:
        return _public("identity", BROKER, named["identity"], path)
    if len(named) != 1:
        raise SettingsError(f"{path}: no identity key: give an adapter's identity.pub or a broker's public-keys")
    ((instantie, key),) = named.items()
    return _public("identity", instantie, key, path)


def read_log(path: Path) -> tuple[str, PublicKey]:
    """Return origin and key of the log from a broker's `public-keys`; raise SettingsError."""
    named = _read_words(path)
    if not {"origin", "log"} <= named.keys():
        raise SettingsError(f"{path}: no log and origin: give the public-keys that `zegel-broker keys init` made")
    return named["origin"], _public("log", LOG_OWNER, named["log"], path)


def log_maker(public_keys: Path, *, last_note: Path | None, after: Directory | None, now: int) -> Maker:
    """Return the maker of a `log` statement; a log that follows on another names its last size and root.

    These stand in `last_note`, the newest note of the old log, whose signature is checked. Raise SettingsError.
    """
    origin, key = read_log(public_keys)
    old_size, old_root = 0, b""
    if last_note is not None:
        if after is None or after.log is None:
            raise SettingsError(f"{last_note}: this directory has no log yet for a new one to follow on")
        try:
            last = open_checkpoint(_read(last_note), *after.log)
        except Refusal as refusal:
            raise SettingsError(f"{last_note}: not a note of the present log: {refusal}") from None
        old_size, old_root = last.size, last.root
    return lambda before: make_log(
        origin, key=key, time=now, signed_by=(), after=before, old_size=old_size, old_root=old_root
    )


def write_public(path: Path, data: bytes) -> None:
    """Put `data` at `path` whole or not at all, readable for everybody; raise SettingsError when it cannot be."""
    try:
        handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), PUBLIC_MODE)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _checked(held: bytes, root_fingerprint: str) -> list[bytes]:
    """Return the lines of the directory held, once they were checked."""
    if held:
        Directory.load(held, root_fingerprint=root_fingerprint or fingerprint(held))
    return held.splitlines()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None


def _read_words(path: Path) -> dict[str, str]:
    try:
        lines = [line.split() for line in _read(path).decode("ascii").splitlines()]
        return {name: value for name, value in lines}  # noqa: C416 - dict() would take a line of another length
    except ValueError:
        raise SettingsError(f"{path}: no file with public keys: each line has a name and a value") from None


def _public(use: KeyUse, owner: str, key: str, path: Path) -> PublicKey:
    try:
        return PublicKey(use, owner, unb64u(key))
    except (ValueError, Refusal) as error:
        detail = error.detail if isinstance(error, Refusal) else "not a key in base64url"
        raise SettingsError(f"{path}: {use}: {detail}: have its owner hand it in again") from None
