"""The home of one instantie: which file lies where, and how a file is written so that no half one can ever be read."""

import contextlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from zegel_adapters.errors import KeystoreError

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600
PUBLIC_FILE = 0o644


@dataclass(frozen=True)
class Home:
    """The paths under one instantie's folder; nothing here reads or writes."""

    root: Path

    @property
    def settings(self) -> Path:
        """Instantie, line to the broker, root fingerprint: TOML, mode 0600 because the URL may hold a password."""
        return self.root / "settings.toml"

    @property
    def directory(self) -> Path:
        """The municipality's signed directory, as received; checked from the root fingerprint at every load."""
        return self.root / "directory.json"

    @property
    def keys(self) -> Path:
        """The key files, each encrypted under the key-encryption key; mode 0700."""
        return self.root / "keys"

    @property
    def lock(self) -> Path:
        """What one opens the key files with: source, salt and a check value, no secret."""
        return self.keys / "kek.json"

    @property
    def mailbox(self) -> Path:
        """The mailbox, one SQLite file."""
        return self.root / "mailbox.sqlite"

    @property
    def statement(self) -> Path:
        """The public keys, signed by the identity key, for the municipality to put into the directory."""
        return self.root / "keys-statement"

    @property
    def unsigned(self) -> Path:
        """A statement that the identity key, which lies elsewhere, must still sign."""
        return self.root / "to-sign"

    @property
    def revocation(self) -> Path:
        """The statement that takes back a key of ours, for the municipality to put into the directory."""
        return self.root / "revoke-statement"

    @property
    def request(self) -> Path:
        """What the municipality needs to admit this instantie: all of it public, signed by the identity key."""
        return self.root / "request"

    @property
    def password(self) -> Path:
        """The password for RabbitMQ on this same machine; only its hash leaves this home."""
        return self.root / "amqp-password"

    @property
    def tls_key(self) -> Path:
        """The private key for RabbitMQ on another machine, as TLS reads it: in the clear, mode 0600."""
        return self.root / "tls" / "key.pem"

    @property
    def certificate(self) -> Path:
        """The certificate for that key."""
        return self.root / "tls" / "certificate.pem"

    @property
    def authority(self) -> Path:
        """The certificates by which RabbitMQ is known."""
        return self.root / "tls" / "authority.pem"

    @property
    def convenants(self) -> Path:
        """Convenant files newer than the ones the package carries; may be absent."""
        return self.root / "convenants"

    def create(self) -> None:
        """Make the folders, readable by their owner alone."""
        for folder in (self.root, self.keys):
            folder.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            folder.chmod(PRIVATE_DIRECTORY)


def write_file(path: Path, data: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Put `data` at `path` whole or not at all: written aside, synced, renamed, and the rename synced too."""
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _sync_folder(path.parent)


def erase_file(path: Path) -> None:
    """Overwrite a file and remove it, both on the disk when this returns; an absent one is fine.

    A disk that writes elsewhere (flash, copy-on-write) may keep the old bytes: what lies here is encrypted besides.
    """
    with contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync_folder(path.parent)


def read_private(path: Path) -> bytes:
    """Read a file only its owner may read; raise KeystoreError when it is absent or others can reach it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise KeystoreError(f"{path}: cannot be read ({error.strerror})") from None
    with os.fdopen(handle, "rb") as file:
        require_private(path, os.fstat(file.fileno()))
        return file.read()


def require_private(path: Path, found: os.stat_result) -> None:
    """Raise KeystoreError unless only this user can reach what `found` describes."""
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        wide = stat.S_IMODE(found.st_mode)
        raise KeystoreError(f"{path}: mode {wide:04o} lets others in; run: chmod go-rwx {path}")
    if found.st_uid not in (os.geteuid(), 0):
        raise KeystoreError(f"{path}: belongs to another user; the adapter's own user must own it")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
