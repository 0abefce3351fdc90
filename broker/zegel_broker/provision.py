"""Makes a broker's home: its keys, the public statement the root puts into the directory, and its settings.

Two steps, because the directory must name the broker's keys before a broker can use it: `init_broker` makes the keys;
`BrokerHome.connect` writes `zegel.toml` once the directory has come back.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yarl import URL

from zegel_broker.keyfiles import KEK_SIZE, OwnKey, write_key, write_private
from zegel_broker.settings import SettingsError, load_settings
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import SignedStatement, make_keys
from zegel_schemas.directory.request import make_request
from zegel_schemas.seal.keys import KeyRecord, PrivateKey, PublicKey
from zegel_schemas.seal.primitives import b64u

DAY: Final = 24 * 3600  # seconds
HOP_LIFE: Final = 90 * DAY  # at most (protocol, Keys)
LONG_LIFE: Final = 10 * 365 * DAY  # of identity and log key: years
CONFIG_NAME: Final = "zegel.toml"


@dataclass(frozen=True, slots=True)
class BrokerKeys:
    """What of a broker's keys is public: the identity for the root to name, and the hop key it vouches for."""

    instantie: str
    identity: PublicKey
    statement: SignedStatement


@dataclass(frozen=True, slots=True)
class BrokerHome:
    """A new home: where it lies, its public keys, and its log's key and origin for the root's `log` statement."""

    place: Path
    keys: BrokerKeys
    log: PublicKey
    origin: str

    def connect(self, *, directory: Path, root_fingerprint: str, amqp_url: str, http_port: int = 8470) -> Path:
        """Write the settings, as `connect_broker` does; return their path."""
        return connect_broker(
            self.place,
            directory=directory,
            root_fingerprint=root_fingerprint,
            amqp_url=amqp_url,
            http_port=http_port,
        )


def connect_broker(
    place: Path,
    *,
    directory: Path,
    root_fingerprint: str,
    amqp_url: str,
    amqp_password_file: Path | None = None,
    http_port: int = 8470,
) -> Path:
    """Write `zegel.toml` into a broker's home and return its path; a password in the URL goes to a file of its own.

    Raise SettingsError when the settings are wrong; they stand there all the same, to be mended.
    """
    url = URL(amqp_url)
    values: dict[str, str | int] = {"amqp_url": str(url.with_password(None))}
    if url.password is not None and amqp_password_file is None:
        amqp_password_file = place / "amqp-password"
        amqp_password_file.unlink(missing_ok=True)
        write_private(amqp_password_file, f"{url.password}\n".encode())
    if amqp_password_file is not None:
        values["amqp_password_file"] = str(amqp_password_file.resolve())
    values |= {
        "directory": str(directory.resolve()),
        "root_fingerprint": root_fingerprint,
        "keys": "keys",
        "kek_file": "kek",
        "ledger": "ledger.db",
        "anchor": "anchor/note",
        "http_port": http_port,
    }
    config = place / CONFIG_NAME
    # A JSON string without surrogates is a TOML basic string, a JSON integer a TOML one.
    config.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    load_settings(config)
    return config


def init_broker(place: Path, *, origin: str, now: int) -> BrokerHome:
    """Make keys and kek in `place`; `now` is seconds since 1970. Raise SettingsError when there are keys already.

    The identity key signs the next hop keys once in 90 days: keep it elsewhere in between. `anchor/` belongs on another
    disk, and `kek` in a systemd credential; what is here works, and `doctor` reminds.
    """
    folder = place / "keys"
    if folder.exists():
        raise SettingsError(f"{folder}: there are keys already; they are never made anew in place")
    folder.mkdir(mode=0o700, parents=True)
    (place / "anchor").mkdir(mode=0o700)
    kek = secrets.token_bytes(KEK_SIZE)
    write_private(place / "kek", f"{b64u(kek)}\n".encode())
    start = now - now % DAY  # a partner whose clock is a little behind finds them valid
    identity, hop, log = (
        OwnKey(PrivateKey.generate("identity", BROKER), start, start + LONG_LIFE),
        OwnKey(PrivateKey.generate("hop", BROKER), start, start + HOP_LIFE),
        OwnKey(PrivateKey.generate("log", BROKER), start, start + LONG_LIFE),
    )
    write_key(folder, identity, use="identity", kek=kek, random=secrets.token_bytes)
    write_key(folder, hop, use="hop", kek=kek, random=secrets.token_bytes)
    write_key(folder, log, use="log", kek=kek, random=secrets.token_bytes)
    statement = make_keys(
        [KeyRecord(hop.private.public, hop.valid_from, hop.valid_until)],
        time=now,
        signed_by=identity.private,
        after=b"",
    )
    (place / "keys-statement").write_bytes(statement.to_line())
    (place / "public-keys").write_text(f"log {b64u(log.private.public.raw)}\norigin {origin}\n")
    (place / "request").write_bytes(make_request(identity.private, keys=statement).to_bytes())
    return BrokerHome(place, BrokerKeys(BROKER, identity.private.public, statement), log.private.public, origin)
