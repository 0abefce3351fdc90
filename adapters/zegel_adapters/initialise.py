"""Makes a home: keys, what of them is public, and the settings; then adds the municipality's directory and the line.

`init_home` makes the keys and the request the municipality admits; what comes back is taken in by `joining.py`.
`connect_home` does the same for a program that has directory and line at hand.
"""

from dataclasses import dataclass
from pathlib import Path

from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import PUBLIC_FILE, Home, write_file
from zegel_adapters.homekey import Passphrase, create_home_key, read_passphrase_file
from zegel_adapters.keystore import (
    DAY,
    IDENTITY_LIFE,
    SEALING_WEEKS,
    Keystore,
    generate_keys,
)
from zegel_adapters.login import make_certificate_request, make_password
from zegel_adapters.rotation import open_keys
from zegel_adapters.settings import read_saved, save_settings
from zegel_schemas.directory import Directory, SignedStatement, make_keys, require_extends
from zegel_schemas.directory.request import make_request
from zegel_schemas.seal.keys import KeyRecord, PublicKey


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
    Writes `settings.toml`, `keys-statement` and `request`.
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
    request = make_request(
        identity,
        keys=statement,
        login=make_password(place),
        certificate_request=make_certificate_request(place, instantie),
    )
    write_file(place.request, request.to_bytes(), mode=PUBLIC_FILE)
    return KeysStatement(instantie, identity.public, records, statement)


def renew_identity(home: Path | str, *, now: int, passphrase: Passphrase | None = None) -> PublicKey:
    """Make a new identity key, and a `request` to have it take the place of the present one; return its public half.

    The present one goes on signing until the root has named the new one. Raise KeystoreError before the home is
    connected.
    """
    place, _, store, _ = open_keys(home, passphrase)
    start = now - now % DAY
    made = store.add("identity", valid_from=start, valid_until=start + IDENTITY_LIFE)
    write_file(place.request, make_request(made.private, keys=None).to_bytes(), mode=PUBLIC_FILE)
    return made.private.public


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
