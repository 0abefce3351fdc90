"""What the corridor knows when a message comes in: who is who, which convenants exist, and the broker's hop keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from zegel_schemas.convenant import Convenant
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory
from zegel_schemas.seal.hop import HopBox


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """One immutable snapshot, built at start (`load.py`); a changed directory is a new snapshot, never a changed one.

    `convenants` holds every set of documents this broker can judge by, keyed by its digest (43 characters b64u);
    `documents` the files they were read from, byte for byte, by the hash the root's statement names them by.
    """

    directory: Directory
    convenants: Mapping[str, Convenant]
    hop: HopBox
    documents: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def convenant(self, digest: str) -> Convenant | None:
        """Return the set of documents with this digest, or None when no file on this broker has it."""
        return self.convenants.get(digest)

    def in_force(self, at: int) -> Convenant | None:
        """Return the convenant the root put in force at `at` (seconds since 1970), or None: then nothing is allowed."""
        digest = self.directory.convenant_at(at)
        return None if digest is None else self.convenants.get(digest)

    @property
    def instanties(self) -> tuple[str, ...]:
        """Everybody with an inbox and an outbox: all members but the broker itself, in alphabetical order."""
        return tuple(sorted(set(self.directory.members) - {BROKER}))
