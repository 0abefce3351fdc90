"""What this instantie holds of what the root signed: directory and convenants, one immutable snapshot at a time."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zegel_adapters.errors import NotConnectedError
from zegel_adapters.home import PRIVATE_DIRECTORY, Home, write_file
from zegel_adapters.settings import Settings
from zegel_schemas.asking import assemble_convenant
from zegel_schemas.convenant import Convenant, load_convenant, shipped_convenant
from zegel_schemas.directory import ConvenantInForce, Directory, require_extends
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
        self.documents: dict[str, bytes] = {}
        """Documents the root named, by hash, that are held until their set is complete."""
        self._unreadable: set[str] = set()

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

    def take(self, directory: Directory, documents: Mapping[str, bytes]) -> bool:
        """Keep a directory that goes on from the one held, and documents the root named; return what is new.

        What is on the disk is whole at every moment. Raise Refusal CONVENANT_ONLEESBAAR when the documents of a set do
        not make it, once; the rest is taken all the same.
        """
        held = self.holdings
        require_extends(held.directory, directory)
        if directory.count > held.directory.count:
            write_file(self._file, directory.to_bytes())
        self.documents |= documents
        found, unreadable = self._complete_sets(directory)
        self.holdings = Holdings(directory, {**held.convenants, **found})
        self._seen = self._stat()
        if unreadable is not None:
            raise unreadable
        return bool(found) or directory.count > held.directory.count

    def _complete_sets(self, directory: Directory) -> tuple[dict[str, Convenant], Refusal | None]:
        """Return the sets that can be made now, written into the folder of convenants, and what is wrong with one."""
        found: dict[str, Convenant] = {}
        wrong = None
        for each in directory.convenants:
            if each.digest in {*self.holdings.convenants, *self._unreadable, *found}:
                continue
            try:
                made = assemble_convenant(each.digest, directory, self.documents)
            except Refusal as refusal:
                self._unreadable.add(each.digest)
                wrong = refusal
                continue
            if made is not None:
                self._write_set(each)
                found[each.digest] = made
        return found, wrong

    def _write_set(self, signed: ConvenantInForce) -> None:
        """Put the documents of a set into a folder of its own: whole, or not there."""
        self._folder.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
        place, aside = self._folder / signed.digest, self._folder / f".new-{signed.digest}"
        shutil.rmtree(aside, ignore_errors=True)  # of a process that was killed here
        aside.mkdir(mode=PRIVATE_DIRECTORY)
        for _, _, file in signed.documents:
            write_file(aside / f"{file}.yaml", self.documents[file])
        aside.rename(place)

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
