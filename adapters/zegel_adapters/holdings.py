"""What this instantie holds of what the root signed: directory and convenants, one immutable snapshot at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zegel_adapters.errors import NotConnectedError
from zegel_adapters.home import Home
from zegel_adapters.settings import Settings
from zegel_schemas.convenant import Convenant, load_convenant, shipped_convenant
from zegel_schemas.directory import Directory, require_extends
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import KeyRecord

CONVENANT_VERSION = "CONVENANT_VERSIE"


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """A directory checked from the fingerprint up, and the convenants at hand by digest (43 characters b64u)."""

    directory: Directory
    convenants: Mapping[str, Convenant]

    def convenant(self, digest: str) -> Convenant | None:
        """Return the set of documents with this digest, or None when its file is not here."""
        return self.convenants.get(digest)

    def in_force(self, at: int) -> Convenant:
        """Return the convenant in force at second `at`; raise Refusal CONVENANT_VERSIE when its file is not here."""
        digest = self.directory.convenant_at(at)
        if digest is None:
            raise Refusal(CONVENANT_VERSION, "convenant", detail="the directory names no set of documents in force now")
        found = self.convenants.get(digest)
        if found is None:
            raise Refusal(CONVENANT_VERSION, "convenant", detail="put the file of the set in force into convenants/")
        return found


class Shelf:
    """Where the holdings of a home lie; `refresh` takes a new directory in when its file changed."""

    def __init__(self, home: Home, settings: Settings) -> None:
        """Load them; raise NotConnectedError, Refusal REGISTER_ONGELDIG or ConvenantInvalid."""
        self._file = settings.directory or home.directory
        self._folder = settings.convenants or home.convenants
        self._fingerprint = settings.root_fingerprint
        self._seen = self._stat()
        self.holdings = self._load()

    def refresh(self) -> bool:
        """Load anew if the files changed, and return whether they did; a directory that goes back is refused."""
        seen = self._stat()
        if seen == self._seen:
            return False
        self._seen = seen
        found = self._load()
        require_extends(self.holdings.directory, found.directory)
        self.holdings = found
        return True

    def key(self, key_id: bytes) -> KeyRecord | None:
        """Return what was ever said of a key; a KeyLookup that outlives a refresh.

        Also of a member that left: whether a key counted is decided in the directory a record names.
        """
        return self.holdings.directory.published_key(key_id)

    def _load(self) -> Holdings:
        if not self._file.exists() or not self._fingerprint:
            raise NotConnectedError(
                "this home holds no directory yet: run `zegel-adapter join WELCOME --home HOME` with the file "
                "the municipality sent"
            )
        directory = Directory.load(self._file.read_bytes(), root_fingerprint=self._fingerprint)
        own = [load_convenant(each) for each in self._convenant_files()]
        return Holdings(directory, {each.digest: each for each in (shipped_convenant(), *own)})

    def _convenant_files(self) -> list[Path]:
        # Each file or folder in convenants/ is one set: a set may consist of several files.
        return (
            sorted(each for each in self._folder.iterdir() if not each.name.startswith(".")) if self._has_own() else []
        )

    def _has_own(self) -> bool:
        return self._folder.is_dir()

    def _stat(self) -> tuple[tuple[str, int, int], ...]:
        files = [self._file, *self._convenant_files()]
        found = [(each, each.stat()) for each in files if each.exists()]
        return tuple((str(path), stat.st_mtime_ns, stat.st_ino) for path, stat in found)
