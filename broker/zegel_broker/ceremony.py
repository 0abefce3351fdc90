"""The operator's side of the ceremony, on files only: prepare statements, add what the root's holders signed, read.

The holders sign on machines of their own, with `zegel-adapter root`.
"""

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from zegel_broker.settings import SettingsError
from zegel_schemas.directory import LOG_OWNER, Directory, fingerprint, make_log
from zegel_schemas.directory.prepared import Maker, Prepared, add_lines, prepare_next, read_prepared
from zegel_schemas.note import open_checkpoint
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import KeyUse, PublicKey
from zegel_schemas.seal.primitives import unb64u

PUBLIC_MODE: Final = 0o644


def read_directory(path: Path, *, root_fingerprint: str = "") -> Directory:
    """Return the directory in a file, checked from the fingerprint, or without one from the file's own first line.

    Raise DirectoryInvalid, or SettingsError when there is no such file.
    """
    data = read_file(path)
    return Directory.load(data, root_fingerprint=root_fingerprint or fingerprint(data))


def prepare(make: Maker, *, to: Path, after: Directory | None) -> Prepared:
    """Add one statement, still without signatures, to the prepared ones in the file `to`; return it.

    Raise DirectoryInvalid when it could never follow on the directory and what is prepared already; then nothing was
    written.
    """
    lines = prepare_next(make, to.read_bytes() if to.exists() else b"", after=after)
    write_public(to, lines)
    return read_prepared(lines, after=after)[-1]


def read_statements(path: Path, *, after: Directory | None) -> list[Prepared]:
    """Return the prepared statements in a file; raise DirectoryInvalid or SettingsError."""
    found = read_prepared(read_file(path), after=after)
    if not found:
        raise SettingsError(
            f"{path}: it is empty: `instantie admit`, `directory log` or `directory convenant` fills it"
        )
    return found


def add_statements(files: Sequence[Path], *, directory: Path, root_fingerprint: str = "") -> tuple[Directory, int]:
    """Append to the directory what is new in `files`, and begin it if it is not there; return it and how many were new.

    Copies of one statement count as one, with the signatures of all. Raise DirectoryInvalid with every flaw, or
    SettingsError; then nothing was written.
    """
    held = read_held(directory)
    found, new = add_lines(held, *map(read_file, files), root_fingerprint=root_fingerprint)
    if new:
        write_public(directory, found.to_bytes())
    return found, new


def read_held(directory: Path) -> bytes:
    """Return what stands in a directory file, nothing when it has yet to begin."""
    return read_file(directory) if directory.exists() else b""


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
            last = open_checkpoint(read_file(last_note), *after.log)
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


def read_file(path: Path) -> bytes:
    """Return what stands in a file; raise SettingsError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None


def _read_words(path: Path) -> dict[str, str]:
    try:
        lines = [line.split() for line in read_file(path).decode("ascii").splitlines()]
        return {name: value for name, value in lines}  # noqa: C416 - dict() would take a line of another length
    except ValueError:
        raise SettingsError(f"{path}: no file with public keys: each line has a name and a value") from None


def _public(use: KeyUse, owner: str, key: str, path: Path) -> PublicKey:
    try:
        return PublicKey(use, owner, unb64u(key))
    except (ValueError, Refusal) as error:
        detail = error.detail if isinstance(error, Refusal) else "not a key in base64url"
        raise SettingsError(f"{path}: {use}: {detail}: have its owner hand it in again") from None
