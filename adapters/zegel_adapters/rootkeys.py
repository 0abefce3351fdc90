"""The root's private keys, one file per holder, encrypted under that holder's passphrase (Argon2id), mode 0600.

They live offline, with holders who are not the operator. What others need of a key stands in the `.root-pub` beside it.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from pydantic import ValidationError

from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import PUBLIC_FILE, read_private, write_file
from zegel_schemas import canonical
from zegel_schemas.directory import ROOT
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.primitives import b64u, pae, unb64u
from zegel_schemas.seal.vault import SALT_SIZE, VaultError, decrypt, derive_kek, encrypt
from zegel_schemas.shapes import CODE, Closed, Code, Hash

MIN_PASSPHRASE: Final = 16  # characters; more than an adapter's 12: a root key lives for years and may be copied
MARK: Final = "root"  # first word of a .root-pub, so that another file is not taken for one

Random: TypeAlias = Callable[[int], bytes]
Passphrase: TypeAlias = Callable[[], str]


class _KeyFile(Closed):
    v: Literal["zegel-root-key/1"] = "zegel-root-key/1"
    holder: Code
    key: Hash
    salt: str
    box: str

    def context(self) -> bytes:
        """Return what the box is bound to: every clear field but itself, so that none can be changed."""
        return pae(*(field.encode() for field in (self.v, self.holder, self.key, self.salt)))


@dataclass(frozen=True, slots=True)
class RootKeyFiles:
    """The files of a new root key, and its public half."""

    private: Path
    public: Path
    key: PublicKey


def create_root_key(folder: Path, holder: str, *, passphrase: Passphrase, random: Random) -> RootKeyFiles:
    """Make `HOLDER.root-key` and `HOLDER.root-pub` in `folder`; raise KeystoreError rather than overwrite one."""
    if not re.fullmatch(CODE, holder):
        raise KeystoreError("holder: a name of a-z, 0-9, dot, dash, underscore")
    private, public = folder / f"{holder}.root-key", folder / f"{holder}.root-pub"
    for each in (private, public):
        if os.path.lexists(each):
            raise KeystoreError(f"{each}: there is one already; a root key is never made anew in place")
    secret = passphrase()
    if len(secret) < MIN_PASSPHRASE:
        raise KeystoreError(f"passphrase: {MIN_PASSPHRASE} characters or more: a few words that nobody would guess")
    key, salt = PrivateKey.generate("root", ROOT), random(SALT_SIZE)
    clear = _KeyFile(holder=holder, key=b64u(key.public.raw), salt=b64u(salt), box="")
    box = encrypt(derive_kek(secret.encode(), salt), key.unsafe_seed(), context=clear.context(), random=random)
    try:
        write_file(private, canonical.encode(clear.model_copy(update={"box": b64u(box)}).model_dump()))
        write_file(public, f"{MARK} {holder} {b64u(key.public.raw)}\n".encode(), mode=PUBLIC_FILE)
    except OSError as error:
        raise KeystoreError(f"{folder}: {error.strerror}") from None
    return RootKeyFiles(private, public, key.public)


def open_root_key(path: Path, *, passphrase: Passphrase) -> PrivateKey:
    """Return the key in a `.root-key`; the passphrase is asked for once the file is known to be one.

    Raise KeystoreError.
    """
    file = _read(path)
    try:
        seed = decrypt(derive_kek(passphrase().encode(), unb64u(file.salt)), unb64u(file.box), context=file.context())
        key = PrivateKey.from_seed("root", ROOT, seed)
    except VaultError:
        raise KeystoreError(f"{path}: does not open: another passphrase, or a damaged file") from None
    except ValueError:
        raise KeystoreError(f"{path}: damaged: restore it from the copy in the other safe") from None
    if b64u(key.public.raw) != file.key:
        raise KeystoreError(f"{path}: not the key it says it is: restore it from the copy in the other safe")
    return key


def read_root_public(path: Path) -> PublicKey:
    """Return the key in a `.root-pub`; raise KeystoreError."""
    try:
        words = path.read_text("ascii").split()
        public = PublicKey("root", ROOT, unb64u(words[-1])) if words[:1] == [MARK] else None
    except OSError as error:
        raise KeystoreError(f"{path}: {error.strerror}") from None
    except (ValueError, Refusal):
        public = None
    if public is None:
        raise KeystoreError(f"{path}: no public key of a root holder: give the HOLDER.root-pub of `root create`")
    return public


def _read(path: Path) -> _KeyFile:
    try:
        return _KeyFile.model_validate(canonical.decode(read_private(path)))
    except (ValidationError, canonical.NotCanonicalError):
        raise KeystoreError(f"{path}: no root key: give the HOLDER.root-key of `root create`") from None
