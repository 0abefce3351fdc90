"""A file that opens with a passphrase of its own, for what leaves a home: the identity key, a backup of the keys.

    {"v": "zegel-strongbox/1", "holds": "backup", "owner": "wil", "made": 1800000000, "salt": …, "box": …}

Argon2id makes a key of the passphrase; every clear field is bound to the box. Whoever has the file may guess for years,
so the passphrase is longer than that of a home.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import read_private, write_file
from zegel_adapters.keystore import draw
from zegel_schemas import canonical
from zegel_schemas.seal import vault
from zegel_schemas.seal.primitives import b64u, pae, unb64u
from zegel_schemas.shapes import Closed, Code, Instant

MIN_PASSPHRASE = 16  # characters, as for a root key

Holds = Literal["identity", "backup"]
AskPassphrase = Callable[[], bytes]


class _File(Closed):
    v: Literal["zegel-strongbox/1"] = "zegel-strongbox/1"
    holds: Holds
    owner: Code
    made: Instant
    salt: str
    box: str

    def context(self) -> bytes:
        fields = (self.v, self.holds, self.owner, str(self.made), self.salt)
        return pae(*(each.encode() for each in fields))


@dataclass(frozen=True, slots=True)
class Strongbox:
    """What an opened file says: whose it is, when it was made (second since 1970), and its secret content."""

    owner: str
    made: int
    secret: bytes = field(repr=False)


def write_strongbox(path: Path, holds: Holds, content: Strongbox, *, passphrase: AskPassphrase) -> None:
    """Write the file, mode 0600; raise KeystoreError when there is one already, or the passphrase is short."""
    if path.exists():
        raise KeystoreError(f"{path} exists already, and is not overwritten: name another file")
    secret = passphrase()
    if len(secret.decode("utf-8", "replace")) < MIN_PASSPHRASE:
        raise KeystoreError(f"the passphrase of {path} is shorter than {MIN_PASSPHRASE} characters")
    salt = draw(vault.SALT_SIZE)
    clear = _File(holds=holds, owner=content.owner, made=content.made, salt=b64u(salt), box="")
    kek = vault.derive_kek(secret, salt)
    box = vault.encrypt(kek, content.secret, context=clear.context(), random=draw)
    write_file(path, canonical.encode(clear.model_copy(update={"box": b64u(box)}).model_dump()))


def read_strongbox(path: Path, holds: Holds, *, passphrase: AskPassphrase) -> Strongbox:
    """Open the file; raise KeystoreError when it is readable by others, damaged, something else, or stays shut."""
    try:
        file = _File.model_validate(canonical.decode(read_private(path)))
        salt, box = unb64u(file.salt), unb64u(file.box)
    except (ValidationError, canonical.NotCanonicalError, ValueError):
        raise KeystoreError(f"{path}: no file of this kind, or damaged: take another copy of it") from None
    if file.holds != holds or len(salt) != vault.SALT_SIZE:
        raise KeystoreError(f"{path}: holds something else than asked for: {file.holds}")
    try:
        secret = vault.decrypt(vault.derive_kek(passphrase(), salt), box, context=file.context())
    except vault.VaultError:
        raise KeystoreError(f"{path}: does not open: wrong passphrase, or a damaged file") from None
    return Strongbox(file.owner, file.made, secret)
