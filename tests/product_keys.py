"""The test keys of the vectors, as the product holds them."""

from tests.foreign.notation import Key
from tests.foreign.town import KEYS
from zegel_schemas.seal import KeyRecord, PrivateKey
from zegel_schemas.seal.keys import KeyUse

_USES: dict[str, KeyUse] = {
    "root": "root",
    "identity": "identity",
    "signing": "signing",
    "sealing": "sealing",
    "hop": "hop",
    "log": "log",
}


def to_product(key: Key) -> PrivateKey:
    """Return a key of the second implementation as one of the product."""
    return PrivateKey.from_seed(_USES[key.use], key.owner, key.seed)


OURS = {name: to_product(key) for name, key in KEYS.items()}
FOREIGN = {key.id: key.public for key in KEYS.values()}


def known(key_id: bytes) -> KeyRecord | None:
    """Return what the product's directory says of a key of the vectors."""
    return next((KeyRecord(key.public, 0, 2**40) for key in OURS.values() if key.id == key_id), None)
