"""Next keys before the present ones end, and taking keys back: both as a statement of the identity key.

Nobody notices a rotation: new keys are published weeks ahead, senders take the newest valid one, and a message that was
sealed to the one before still opens, for its private half stays until nine days after its last day.
"""

from dataclasses import dataclass
from pathlib import Path

from zegel_adapters.assemble import open_home
from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import PUBLIC_FILE, Home, write_file
from zegel_adapters.homekey import Passphrase
from zegel_adapters.identity import find_identity
from zegel_adapters.keystore import LEAST_WEEKS, MOST_WEEKS, PUBLISHED, SEALING_WEEKS, Keystore, extend_keys
from zegel_adapters.settings import Settings
from zegel_schemas.directory import Directory, SignedStatement, make_keys, make_revoke
from zegel_schemas.directory.make import NOT_STOLEN
from zegel_schemas.seal.keys import KeyRecord, PrivateKey, PublicKey
from zegel_schemas.seal.primitives import b64u


@dataclass(frozen=True, slots=True)
class Written:
    """A statement about keys of `instantie`, and the file it lies in."""

    instantie: str
    keys: tuple[KeyRecord, ...]
    statement: SignedStatement
    path: Path
    identity: PublicKey | None  # who signed; None = still to be signed

    @property
    def signed(self) -> bool:
        """Return whether it is ready for the directory."""
        return self.identity is not None

    def to_line(self) -> bytes:
        """Return the statement as the line of the directory file it becomes."""
        return self.statement.to_line()


def rotate_keys(
    home: Path | str,
    *,
    now: int,
    passphrase: Passphrase | None = None,
    weeks: int = SEALING_WEEKS,
    at_once: bool = False,
    identity: PrivateKey | None = None,
) -> Written | None:
    """Make the next keys, and write the statement with all of ours that the directory does not name yet.

    `keys-statement` is signed by the identity key in the home, or by `identity`; when it lies elsewhere, `to-sign` is
    written instead. Doing it twice before the municipality published them gives the same keys again; None, and nothing
    written, when there is nothing to publish. Also destroys what is past its term. Raise KeystoreError before the home
    is connected, or when `weeks` is not 5 to 26.
    """
    if not LEAST_WEEKS <= weeks <= MOST_WEEKS:
        raise KeystoreError(f"sealing keys are published {LEAST_WEEKS} to {MOST_WEEKS} weeks ahead")
    place, settings, store, directory = open_keys(home, passphrase)
    store.prune(now=now)
    revoked = {own.id for own in store.keys("signing") + store.keys("hop") + store.keys("sealing")}
    revoked = {each for each in revoked if (known := directory.key(each)) is not None and known.revoked_at}
    extend_keys(store, now=now, weeks=weeks, revoked=revoked, at_once=at_once)
    owned = [own for use in PUBLISHED for own in reversed(store.keys(use)) if own.valid_until > now]
    records = tuple(
        KeyRecord(own.private.public, own.valid_from, own.valid_until) for own in owned if directory.key(own.id) is None
    )
    if not records:
        return None
    signer = _find_signer(store, directory, identity)
    statement = make_keys(records, time=now, owner=settings.instantie, signed_by=signer, after=directory.to_bytes())
    return _write(place, place.statement, records, statement, signer)


def revoke_key(
    home: Path | str,
    key_id: str,
    *,
    now: int,
    passphrase: Passphrase | None = None,
    stolen_from: int = NOT_STOLEN,
    identity: PrivateKey | None = None,
) -> Written:
    """Write the statement that takes back the published key whose id (b64u) begins with `key_id`, from now on.

    `stolen_from` is the first index of the log from which what the key signed is no longer trusted; without it the key
    was only replaced. Raise KeystoreError when no key, or more than one, is meant.
    """
    place, settings, store, directory = open_keys(home, passphrase)
    found = [each for each in published_keys(directory, settings.instantie) if b64u(each.id).startswith(key_id)]
    if len(found) != 1 or not key_id:
        raise KeystoreError(f"{len(found)} published keys of this home have an id that begins so: see `keys list`")
    if found[0].revoked_at:
        raise KeystoreError("this key was taken back before; nothing more is needed")
    signer = _find_signer(store, directory, identity)
    statement = make_revoke(
        found[0].id,
        at=now,
        time=now,
        index=stolen_from,
        owner=settings.instantie,
        signed_by=signer,
        after=directory.to_bytes(),
    )
    return _write(place, place.revocation, (found[0],), statement, signer)


def published_keys(directory: Directory, owner: str) -> list[KeyRecord]:
    """Return every key the directory names of `owner`, the revoked and the past ones too."""
    return [each for use in PUBLISHED for each in directory.keys_of(owner, use)]


def open_keys(home: Path | str, passphrase: Passphrase | None) -> tuple[Home, Settings, Keystore, Directory]:
    """Open what the commands about keys need; raise KeystoreError before the home is connected."""
    place, settings, key = open_home(home, passphrase)
    store = Keystore(place, key, owner=settings.instantie)
    return place, settings, store, read_directory(place, settings)


def read_directory(place: Home, settings: Settings) -> Directory:
    """Return the directory this home holds; raise KeystoreError before it is connected."""
    if not place.directory.exists():
        raise KeystoreError("first join (`zegel-adapter join`): the first keys of this home are in no directory yet")
    return Directory.load(place.directory.read_bytes(), root_fingerprint=settings.root_fingerprint)


def _find_signer(store: Keystore, directory: Directory, identity: PrivateKey | None) -> PrivateKey | None:
    """Return who signs; None when the identity key lies elsewhere and was not brought."""
    if identity is None:
        return find_identity(store, directory) if store.keys("identity") else None
    if identity.public.raw not in {each.raw for each in directory.members.get(store.owner, ())}:
        raise KeystoreError("the directory does not name this identity key for this home: take the file of this one")
    return identity


def _write(
    place: Home, path: Path, keys: tuple[KeyRecord, ...], statement: SignedStatement, signer: PrivateKey | None
) -> Written:
    path = path if signer else place.unsigned
    write_file(path, statement.to_line(), mode=PUBLIC_FILE)
    return Written(keys[0].owner, keys, statement, path, signer.public if signer else None)
