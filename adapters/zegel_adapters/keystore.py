"""The private keys of one instantie, one encrypted file each, mode 0600; they leave this process in no form but a use.

Lives follow the protocol: signing and hop keys 90 days, sealing keys 8 days each and a week apart, published weeks
ahead so that a sender always finds a valid one; the private half of one is destroyed 9 days after its last day.
"""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import Home, erase_file, read_private, require_private, write_file
from zegel_adapters.homekey import HomeKey
from zegel_schemas import canonical
from zegel_schemas.seal.keys import KeyUse, PrivateKey
from zegel_schemas.seal.primitives import b64u, pae, unb64u
from zegel_schemas.shapes import Closed, Code, Hash, Instant

DAY = 24 * 3600  # seconds
LONG_LIFE = 90 * DAY  # of a signing or hop key, at most (protocol, Keys)
SEALING_LIFE = 8 * DAY  # at most; a new one starts every 7 days, so two overlap for a day
SEALING_STEP = 7 * DAY
SEALING_WEEKS = 6  # published ahead
LEAST_WEEKS, MOST_WEEKS = 5, 26  # bounds of that (protocol, Keys)
IDENTITY_LIFE = 10 * 365 * DAY  # "years"; its statement is the root's, not ours
KEPT_AFTER = 9 * DAY  # 7 days validity of a message + 2: until then something may still come that needs the old key
RENEW_UNDER = 30 * DAY  # of a signing or hop key: then the next one is made
WARN_UNDER = 14 * DAY  # of published sealing keys

OwnUse = Literal["identity", "signing", "sealing", "hop"]
PUBLISHED: tuple[OwnUse, ...] = ("signing", "hop", "sealing")  # what a keys statement names


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A private key with its life, bounds in seconds since 1970, inclusive."""

    private: PrivateKey
    valid_from: int
    valid_until: int

    @property
    def use(self) -> KeyUse:
        """Return what the key is for."""
        return self.private.public.use

    @property
    def id(self) -> bytes:
        """Return the key id, 32 bytes."""
        return self.private.public.id

    def is_valid(self, at: int) -> bool:
        """Return whether the key may be used at second `at`."""
        return self.valid_from <= at <= self.valid_until


class _KeyFile(Closed):
    v: Literal["zegel-key/1"] = "zegel-key/1"
    use: Literal["identity", "signing", "sealing", "hop"]
    owner: Code
    id: Hash
    valid_from: Instant
    valid_until: Instant
    box: str

    def context(self) -> bytes:
        """Return what the box is bound to: every clear field, so that none can be changed."""
        fields = (self.v, self.use, self.owner, self.id, str(self.valid_from), str(self.valid_until))
        return pae(*(field.encode() for field in fields))


class Keystore:
    """The keys of `owner` in one home, loaded once; `prune` and `add` change files and what is held here alike."""

    def __init__(self, home: Home, key: HomeKey, *, owner: str) -> None:
        """Load every key file; raise KeystoreError when one is too widely readable, damaged or another's."""
        self._home, self._key, self.owner = home, key, owner
        self._keys: dict[bytes, OwnKey] = {}
        self.reload()

    def reload(self) -> None:
        """Load the key files as they are now, such as after another process made new ones."""
        folder = self._home.keys
        require_private(folder, folder.stat())
        self._keys = {own.id: own for own in map(self._read, sorted(folder.glob("*.key")))}

    def keys(self, use: OwnUse) -> list[OwnKey]:
        """Return the keys of one use, the newest first."""
        found = [own for own in self._keys.values() if own.use == use]
        return sorted(found, key=lambda own: own.valid_from, reverse=True)

    def valid(self, use: OwnUse, *, at: int) -> list[OwnKey]:
        """Return the keys of `use` that may be used at second `at`, the newest first."""
        return [own for own in self.keys(use) if own.is_valid(at)]

    def find(self, key_id: bytes) -> OwnKey:
        """Return the key with this id, valid or not; raise KeystoreError when it was destroyed or never ours."""
        try:
            return self._keys[key_id]
        except KeyError:
            raise KeystoreError(
                f"no private key for {b64u(key_id)[:8]}: destroyed after its term, or of another home"
            ) from None

    def add(self, use: OwnUse, *, valid_from: int, valid_until: int) -> OwnKey:
        """Generate a key of `use`, write its file, and return it."""
        own = OwnKey(PrivateKey.generate(use, self.owner), valid_from, valid_until)
        self.keep(own, use)
        return own

    def prune(self, *, now: int) -> int:
        """Destroy the private halves whose term is over, and return how many; what they opened stays in the mailbox."""
        gone = [own for own in self._keys.values() if own.use != "identity" and own.valid_until + KEPT_AFTER < now]
        for own in gone:
            erase_file(self._path(own))
            del self._keys[own.id]
        return len(gone)

    def keep(self, own: OwnKey, use: OwnUse) -> None:
        """Write the file of a key that was made elsewhere, such as one from a backup."""
        self._write(own, use)
        self._keys[own.id] = own

    def give_up(self, own: OwnKey) -> None:
        """Erase a key of this home that lies elsewhere from now on."""
        erase_file(self._path(own))
        del self._keys[own.id]

    def _path(self, own: OwnKey) -> Path:
        return self._home.keys / f"{own.use}-{own.id.hex()[:16]}.key"

    def _write(self, own: OwnKey, use: OwnUse) -> None:
        clear = _KeyFile(
            use=use,
            owner=self.owner,
            id=b64u(own.id),
            valid_from=own.valid_from,
            valid_until=own.valid_until,
            box="",
        )
        box = self._key.encrypt(own.private.unsafe_seed(), context=clear.context())
        write_file(self._path(own), canonical.encode(clear.model_copy(update={"box": b64u(box)}).model_dump()))

    def _read(self, path: Path) -> OwnKey:
        try:
            file = _KeyFile.model_validate(canonical.decode(read_private(path)))
            seed = self._key.decrypt(unb64u(file.box), context=file.context())
        except (ValidationError, canonical.NotCanonicalError, ValueError):
            raise KeystoreError(f"{path}: damaged; restore it from the backup of this home") from None
        own = OwnKey(PrivateKey.from_seed(file.use, file.owner, seed), file.valid_from, file.valid_until)
        if file.owner != self.owner or b64u(own.id) != file.id:
            raise KeystoreError(f"{path}: a key of another instantie than the settings name")
        return own


def generate_keys(store: Keystore, *, now: int, weeks: int = SEALING_WEEKS) -> list[OwnKey]:
    """Make what a new home needs: identity, signing, hop and `weeks` of sealing keys; return all but the identity.

    Lives begin at the day's first second (UTC), so that a partner whose clock is a little behind finds them valid.
    """
    start = now - now % DAY
    store.add("identity", valid_from=start, valid_until=start + IDENTITY_LIFE)
    uses: Iterable[OwnUse] = ("signing", "hop")
    made = [store.add(use, valid_from=start, valid_until=start + LONG_LIFE) for use in uses]
    for week in range(weeks):
        first = start + week * SEALING_STEP
        made.append(store.add("sealing", valid_from=first, valid_until=first + SEALING_LIFE))
    return made


def extend_keys(
    store: Keystore,
    *,
    now: int,
    weeks: int = SEALING_WEEKS,
    revoked: Collection[bytes] = (),
    at_once: bool = False,
) -> None:
    """Make the next keys where the present ones end soon: sealing keys `weeks` ahead, signing and hop keys in time.

    Keys whose ids are `revoked` count as absent. With `at_once` a new key of each use takes over from second `now` on.
    """
    today = now - now % DAY
    uses: Iterable[OwnUse] = ("signing", "hop")
    for use in uses:
        live = [own.valid_until for own in store.keys(use) if own.id not in revoked]
        if at_once or max(live, default=0) < now + RENEW_UNDER:
            # The newest first second wins, so one that takes over at once may not begin with the day.
            start = now if at_once else today
            store.add(use, valid_from=start, valid_until=start + LONG_LIFE)
    if at_once:
        store.add("sealing", valid_from=now, valid_until=now + SEALING_LIFE)
    _cover_weeks(store, today, weeks=weeks, revoked=revoked)


def _cover_weeks(store: Keystore, today: int, *, weeks: int, revoked: Collection[bytes]) -> None:
    """Make sealing keys so that from today on each week has one, each overlapping the one before by a day."""
    first = today
    while first < today + weeks * SEALING_STEP:
        live = [own for own in store.keys("sealing") if own.id not in revoked and own.is_valid(first)]
        end = max((own.valid_until for own in live), default=0)
        if end <= first + DAY:
            end = store.add("sealing", valid_from=first, valid_until=first + SEALING_LIFE).valid_until
        first = end - DAY


def draw(size: int) -> bytes:
    """Return fresh random bytes of the operating system: the one source the adapter passes to the seal."""
    return secrets.token_bytes(size)
