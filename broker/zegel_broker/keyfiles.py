"""The broker's own private keys: identity, hop and log, one encrypted file each, mode 0600.

They open with one key-encryption key: a systemd credential `zegel-broker.kek`, else the file the settings name. A copy
of the key folder alone opens nothing. Python cannot wipe memory: who reads this process's memory reads the keys.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from pydantic import ValidationError

from zegel_broker.settings import PRIVATE_MODE, SettingsError, read_secret
from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import b64u, pae, unb64u
from zegel_schemas.seal.vault import VaultError, decrypt, encrypt
from zegel_schemas.shapes import Closed, Code, Hash, Instant

CREDENTIAL: Final = "zegel-broker.kek"  # systemd: LoadCredentialEncrypted=zegel-broker.kek
KEK_SIZE: Final = 32

BrokerUse = Literal["identity", "hop", "log"]
Random: TypeAlias = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A private key of the broker with its life, bounds in seconds since 1970, inclusive."""

    private: PrivateKey
    valid_from: int
    valid_until: int


class _KeyFile(Closed):
    v: Literal["zegel-key/1"] = "zegel-key/1"
    use: BrokerUse
    owner: Code
    id: Hash
    valid_from: Instant
    valid_until: Instant
    box: str

    def context(self) -> bytes:
        """Return what the box is bound to: every clear field, so that none can be changed."""
        fields = (self.v, self.use, self.owner, self.id, str(self.valid_from), str(self.valid_until))
        return pae(*(field.encode() for field in fields))


def read_kek(kek_file: Path | None) -> bytes:
    """Return the 32-byte key that opens the key files; raise SettingsError when there is none or it is not one."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder) / CREDENTIAL if folder else None
    # systemd hands its credentials out mode 0400 or 0440, in a folder only this service can enter.
    if credential is not None and credential.is_file():
        return _kek(credential.read_text("ascii").strip(), credential)
    if kek_file is None:
        raise SettingsError(f"kek_file: nothing opens the key files: name a file, or load a credential {CREDENTIAL}")
    return _kek(read_secret(kek_file), kek_file)


def write_key(folder: Path, own: OwnKey, *, use: BrokerUse, kek: bytes, random: Random) -> Path:
    """Write one key file and return its path; raise FileExistsError rather than overwrite one."""
    key = own.private
    clear = _KeyFile(
        use=use, owner=BROKER, id=b64u(key.id), valid_from=own.valid_from, valid_until=own.valid_until, box=""
    )
    box = encrypt(kek, key.unsafe_seed(), context=clear.context(), random=random)
    path = folder / f"{use}-{key.id.hex()[:16]}.key"
    write_private(path, canonical.encode(clear.model_copy(update={"box": b64u(box)}).model_dump()))
    return path


def read_keys(folder: Path, *, use: BrokerUse, kek: bytes) -> tuple[OwnKey, ...]:
    """Return the broker's keys of one use, the newest first; raise SettingsError naming file and remedy."""
    found = [_read(path, kek) for path in sorted(folder.glob(f"{use}-*.key"))]
    if not found:
        raise SettingsError(f"{folder}: no {use} key: `zegel-broker keys init` makes one")
    return tuple(sorted(found, key=lambda own: own.valid_from, reverse=True))


def write_private(path: Path, data: bytes) -> None:
    """Write a new file only its owner can read, on disk when this returns; raise FileExistsError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, kek: bytes) -> OwnKey:
    if path.stat().st_mode & PRIVATE_MODE:
        raise SettingsError(f"{path}: others can read this key: chmod 600 {path}, and consider making a new one")
    try:
        file = _KeyFile.model_validate(canonical.decode(path.read_bytes()))
        seed = decrypt(kek, unb64u(file.box), context=file.context())
        own = OwnKey(PrivateKey.from_seed(file.use, file.owner, seed), file.valid_from, file.valid_until)
    except VaultError:
        raise SettingsError(f"{path}: does not open with this kek: restore the kek that was made with it") from None
    except (ValidationError, canonical.NotCanonicalError, ValueError):
        raise SettingsError(f"{path}: damaged: restore it from its backup") from None
    if b64u(own.private.id) != file.id:
        raise SettingsError(f"{path}: not the key it says it is: restore it from its backup")
    return own


def _kek(text: str, path: Path) -> bytes:
    try:
        kek = unb64u(text)
    except ValueError:
        kek = b""
    if len(kek) != KEK_SIZE:
        raise SettingsError(f"{path}: not a key: it holds 43 characters, 32 bytes in base64url")
    return kek
