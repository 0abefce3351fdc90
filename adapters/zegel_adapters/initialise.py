"""Makes a home: keys, what of them is public, and the settings; then adds the municipality's directory and the line.

Two steps, because the directory must name this instantie's keys before it can be used. `init_home` makes the keys and
the statement the municipality puts into the directory; `connect_home` takes the directory that came back, checks it
from the fingerprint of its root, and only then writes it down.
"""

from dataclasses import dataclass
from pathlib import Path

from zegel_adapters.assemble import open_home
from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import PUBLIC_FILE, Home, write_file
from zegel_adapters.homekey import Passphrase, create_home_key, read_passphrase_file
from zegel_adapters.keystore import PUBLISHED, SEALING_WEEKS, Keystore, extend_keys, generate_keys
from zegel_adapters.settings import read_saved, save_settings
from zegel_schemas.directory import Directory, SignedStatement, make_keys, require_extends
from zegel_schemas.seal.keys import KeyRecord, PublicKey
from zegel_schemas.seal.primitives import b64u, unb64u


@dataclass(frozen=True, slots=True)
class KeysStatement:
    """What leaves a new home, all of it public: the identity for the root to name, and the keys it vouches for."""

    instantie: str
    identity: PublicKey
    keys: tuple[KeyRecord, ...]
    statement: SignedStatement

    def to_line(self) -> bytes:
        """Return the statement as the line of the directory file it becomes."""
        return self.statement.to_line()


def init_home(
    home: Path | str,
    instantie: str,
    *,
    now: int,
    passphrase_file: Path | None = None,
    prompt: Passphrase | None = None,
    role: str = "",
    weeks: int = SEALING_WEEKS,
) -> KeysStatement:
    """Make the home of `instantie` with fresh keys; raise KeystoreError when there is one already.

    The home key is locked with the passphrase in `passphrase_file` when given, else with what `homekey.py` finds.
    Writes `settings.toml`, `keys-statement` and `identity.pub`.
    """
    place = Home(Path(home))
    if place.settings.exists() or place.lock.exists():
        raise KeystoreError(f"{place.root} is a home already; its keys are never made anew in place")
    place.create()
    values = {"instantie": instantie}
    if role:
        values["role"] = role
    if passphrase_file is not None:
        values["passphrase_file"] = str(passphrase_file.resolve())
    save_settings(place, values)  # first, for it checks the id of the instantie
    passphrase = read_passphrase_file(passphrase_file) if passphrase_file else None
    try:
        store = Keystore(place, create_home_key(place, passphrase=passphrase, prompt=prompt), owner=instantie)
    except BaseException:
        place.settings.unlink()
        raise
    made = generate_keys(store, now=now, weeks=weeks)
    identity = store.keys("identity")[0].private
    records = tuple(KeyRecord(own.private.public, own.valid_from, own.valid_until) for own in made)
    statement = make_keys(records, time=now, signed_by=identity, after=b"")
    write_file(place.statement, statement.to_line(), mode=PUBLIC_FILE)
    write_file(place.identity, f"{instantie} {b64u(identity.public.raw)}\n".encode(), mode=PUBLIC_FILE)
    return KeysStatement(instantie, identity.public, records, statement)


def renew_home(home: Path | str, *, now: int, passphrase: Passphrase | None = None) -> KeysStatement | None:
    """Make the next keys, and write `keys-statement` with all of ours that the directory does not name yet.

    Doing it twice before the municipality published them gives the same keys again; None, and nothing written, when
    there is nothing to publish. Raise KeystoreError before the home is connected.
    """
    place, settings, key = open_home(home, passphrase)
    if not place.directory.exists():
        raise KeystoreError("first connect this home: its first keys are not in any directory yet")
    file = place.directory.read_bytes()
    directory = Directory.load(file, root_fingerprint=settings.root_fingerprint)
    store = Keystore(place, key, owner=settings.instantie)
    extend_keys(store, now=now)
    identity = store.keys("identity")[0].private
    owned = [own for use in PUBLISHED for own in reversed(store.keys(use)) if own.valid_until > now]
    records = tuple(
        KeyRecord(own.private.public, own.valid_from, own.valid_until) for own in owned if directory.key(own.id) is None
    )
    if not records:
        return None
    statement = make_keys(records, time=now, signed_by=identity, after=file)
    write_file(place.statement, statement.to_line(), mode=PUBLIC_FILE)
    return KeysStatement(settings.instantie, identity.public, records, statement)


def connect_home(
    home: Path | str, *, directory: bytes = b"", root_fingerprint: str = "", amqp_url: str = ""
) -> Directory | None:
    """Add what was received to a home: directory (checked, and never an older one), fingerprint, line to the broker.

    Return the directory this home now holds, or None while there is none. Raise Refusal REGISTER_ONGELDIG.
    """
    place = Home(Path(home))
    values = read_saved(place)
    if root_fingerprint:
        values["root_fingerprint"] = root_fingerprint
    if amqp_url:
        values["amqp_url"] = amqp_url
    pinned = str(values.get("root_fingerprint", ""))
    held = Directory.load(place.directory.read_bytes(), root_fingerprint=pinned) if place.directory.exists() else None
    if directory:
        found = Directory.load(directory, root_fingerprint=pinned)
        if held is not None:
            require_extends(held, found)
        write_file(place.directory, directory)
        held = found
    save_settings(place, values)
    return held


def read_identity(path: Path) -> PublicKey:
    """Return the identity key an `identity.pub` names; raise Refusal REGISTER_ONGELDIG or ValueError else."""
    instantie, key = path.read_text("ascii").split()
    return PublicKey("identity", instantie, unb64u(key))
