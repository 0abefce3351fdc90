"""Says a public key in twelve words, for two people who compare it by telephone."""

from functools import lru_cache

from mnemonic import Mnemonic

from zegel_schemas.seal.keys import PublicKey
from zegel_schemas.seal.primitives import digest, pae, person

WORDS_HASH = person(b"zegel/1.keywords")
WORDS_BITS = 128  # what twelve words tell, besides 4 bits that find a misheard one: no second key can be made to fit


def speak_key(key: PublicKey) -> str:
    """Return the twelve words of a key: BIP-39, English list, of 16 bytes of hash over use, owner and key."""
    data = pae(key.use.encode("ascii"), key.owner.encode("ascii"), key.raw)
    return _words().to_mnemonic(digest(WORDS_HASH, data, size=WORDS_BITS // 8))


@lru_cache(maxsize=1)  # the list is read from a file
def _words() -> Mnemonic:
    return Mnemonic("english")
