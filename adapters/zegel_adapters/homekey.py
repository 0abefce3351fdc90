"""The home key, under which every key file and casus key lies, and the three ways to unlock it, tried in a fixed order.

It is 32 random bytes, kept only encrypted under a key-encryption key: a systemd credential, else the OS keyring (if the
package `keyring` is there), else a passphrase through argon2id. Which way was chosen at `init` stands in `kek.json`, so
that another one cannot slip in later. Python cannot wipe memory: who reads the memory of the process reads the key.
"""

import contextlib
import importlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, cast

from pydantic import ValidationError

from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import Home, read_private, write_file
from zegel_schemas import canonical
from zegel_schemas.seal import primitives, vault
from zegel_schemas.shapes import Closed

Source = Literal["credential", "keyring", "passphrase"]
Passphrase = Callable[[], bytes]

CREDENTIAL = "zegel-adapter.kek"  # systemd: LoadCredentialEncrypted=zegel-adapter.kek
KEYRING_SERVICE = "zegel-adapter"
KEY_BYTES = 32
SALT_BYTES = 16  # crypto_pwhash_SALTBYTES
MIN_PASSPHRASE = 12  # characters; argon2id makes guessing slow, not impossible
RECOMMENDED = 1  # priority from which `keyring` recommends a backend: below it are files in the clear, and none at all
CONTEXT = b"zegel/1 home key"


class HomeKey:
    """The unlocked home key; encrypts and decrypts, and shows itself to nobody."""

    __slots__ = ("__key",)

    def __init__(self, key: bytes) -> None:
        """Hold 32 bytes."""
        if len(key) != KEY_BYTES:
            raise KeystoreError("a home key has 32 bytes")
        self.__key = key

    def encrypt(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Return `plaintext` boxed; only the same `context` opens it."""
        return vault.encrypt(self.__key, plaintext, context=context, random=secrets.token_bytes)

    def decrypt(self, box: bytes, *, context: bytes) -> bytes:
        """Return what `encrypt` boxed under this `context`; raise KeystoreError when it does not open."""
        try:
            return vault.decrypt(self.__key, box, context=context)
        except vault.VaultError:
            raise KeystoreError("does not open under this home key: another home's file, or damaged") from None

    def blind(self, name: bytes) -> bytes:
        """Return a keyed hash of `name` (16 bytes): the same under this key, meaningless to who does not hold it."""
        return primitives.digest(b"zegel/1 blindidx", name, key=self.__key, size=16)

    def __reduce__(self) -> str:
        """Refuse to be pickled."""
        raise TypeError("a home key does not leave its process")


class LockFile(Closed):
    """What `kek.json` says: the way to unlock, its salt, and the home key under it."""

    v: Literal["zegel-home/1"] = "zegel-home/1"
    source: Source
    salt: str
    box: str


class _Keyring(Protocol):
    def get_password(self, service: str, name: str) -> str | None: ...
    def set_password(self, service: str, name: str, value: str) -> None: ...
    def delete_password(self, service: str, name: str) -> None: ...


def read_passphrase_file(path: Path) -> Passphrase:
    """Return a way to read the passphrase from a file only its owner may read; a last newline is not part of it."""
    return lambda: read_private(path).removesuffix(b"\n")


def create_home_key(home: Home, *, passphrase: Passphrase | None, prompt: Passphrase | None = None) -> HomeKey:
    """Draw a home key and lock it; an explicit `passphrase` is used, else the first way this machine has.

    Raise KeystoreError when there is none, or the home has a key already.
    """
    if home.lock.exists():
        raise KeystoreError(f"{home.lock}: this home has its key already")
    key = secrets.token_bytes(KEY_BYTES)
    _lock(home, key, "passphrase" if passphrase else _choose(), passphrase or prompt)
    return HomeKey(key)


def relock(home: Home, *, old: Passphrase | None, source: Source, new: Passphrase | None) -> None:
    """Lock the same home key anew, such as with another passphrase; raise KeystoreError, and change nothing, if shut.

    One atomic write: a crash leaves the old lock or the new one. A copy of the old lock still opens with the old way.
    """
    key, before = _unlock(home, old)
    _lock(home, key, source, new)
    if before.source == "keyring":
        _forget_in_keyring(home, before.salt)


def unlock(home: Home, *, passphrase: Passphrase | None) -> HomeKey:
    """Open the home key the way it was locked; raise KeystoreError naming what is missing or wrong."""
    return HomeKey(_unlock(home, passphrase)[0])


def read_source(home: Home) -> Source:
    """Return what opens this home; raise KeystoreError."""
    return _read_lock(home).source


def _lock(home: Home, key: bytes, source: Source, passphrase: Passphrase | None) -> None:
    salt = secrets.token_bytes(SALT_BYTES)
    if source == "keyring":
        _store_in_keyring(home, primitives.b64u(salt), secrets.token_bytes(KEY_BYTES))
    kek = _key_encryption_key(home, source, salt, passphrase)
    box = vault.encrypt(kek, key, context=CONTEXT, random=secrets.token_bytes)
    lock = LockFile(source=source, salt=primitives.b64u(salt), box=primitives.b64u(box))
    write_file(home.lock, canonical.encode(lock.model_dump()))


def _unlock(home: Home, passphrase: Passphrase | None) -> tuple[bytes, LockFile]:
    lock = _read_lock(home)
    kek = _key_encryption_key(home, lock.source, primitives.unb64u(lock.salt), passphrase)
    try:
        return vault.decrypt(kek, primitives.unb64u(lock.box), context=CONTEXT), lock
    except vault.VaultError:
        raise KeystoreError(
            f"the {lock.source} does not open {home.lock}: wrong {lock.source}, or a damaged file"
        ) from None


def _read_lock(home: Home) -> LockFile:
    try:
        lock = LockFile.model_validate(canonical.decode(read_private(home.lock)))
        primitives.unb64u(lock.box)
        if len(primitives.unb64u(lock.salt)) == SALT_BYTES:
            return lock
    except (ValidationError, canonical.NotCanonicalError, ValueError):
        pass
    raise KeystoreError(f"{home.lock}: damaged; restore it from the backup of this home")


def _choose() -> Source:
    if _credential_path() is not None:
        return "credential"
    return "keyring" if _keyring() is not None else "passphrase"


def _key_encryption_key(home: Home, source: Source, salt: bytes, passphrase: Passphrase | None) -> bytes:
    if source == "credential":
        return _read_credential()
    if source == "keyring":
        return _read_keyring(home, primitives.b64u(salt))
    if passphrase is None:
        raise KeystoreError(
            "this home opens with a passphrase: set passphrase_file in settings.toml, or run in a terminal"
        )
    secret = passphrase()
    if len(secret.decode("utf-8", "replace")) < MIN_PASSPHRASE:
        raise KeystoreError(f"the passphrase is shorter than {MIN_PASSPHRASE} characters")
    return vault.derive_kek(secret, salt)


def _credential_path() -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    path = Path(folder) / CREDENTIAL
    return path if folder and path.exists() else None


def _read_credential() -> bytes:
    # systemd guards this folder itself, with an ACL that shows as a group bit: no mode check here.
    path = _credential_path()
    if path is None:
        raise KeystoreError(f"this home opens with the systemd credential {CREDENTIAL}, and the unit does not load it")
    return _decode_key(path.read_text("latin-1").strip(), CREDENTIAL)


def _entry(home: Home, salt: str) -> str:
    # With the salt in its name a new lock never overwrites the key of the present one.
    return f"{home.root.resolve()} {salt}"


def _read_keyring(home: Home, salt: str) -> bytes:
    ring = _keyring()
    text = ring.get_password(KEYRING_SERVICE, _entry(home, salt)) if ring else None
    if text is None:
        raise KeystoreError(
            "this home opens with the OS keyring, and its entry is not there: log in as the adapter's user"
        )
    return _decode_key(text, "keyring entry")


def _store_in_keyring(home: Home, salt: str, key: bytes) -> None:
    ring = _keyring()
    if ring is None:
        raise KeystoreError("this machine has no keyring that encrypts: use a credential or a passphrase")
    ring.set_password(KEYRING_SERVICE, _entry(home, salt), primitives.b64u(key))


def _forget_in_keyring(home: Home, salt: str) -> None:
    ring = _keyring()
    if ring is not None:
        with contextlib.suppress(Exception):  # the new lock holds; an entry left over opens nothing any more
            ring.delete_password(KEYRING_SERVICE, _entry(home, salt))


def _keyring() -> _Keyring | None:
    try:
        module = importlib.import_module("keyring")
    except ImportError:
        return None
    backend = module.get_keyring()
    # Several together are one `chainer`, which writes into the first of them.
    first = next(iter(getattr(backend, "backends", ())), backend)
    return cast("_Keyring", module) if first.priority >= RECOMMENDED else None


def _decode_key(text: str, what: str) -> bytes:
    try:
        key = primitives.unb64u(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeystoreError(f"the {what} must be 32 random bytes as base64url without padding (43 characters)")
    return key
