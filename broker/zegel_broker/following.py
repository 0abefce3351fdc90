"""Follows the directory file while the broker runs: a changed one becomes a new registry, if it goes on from the held.

A file that goes back, forks or does not hold is refused, loudly, and the registry in use stays. A file is looked at
only once it has stopped changing, so one that is being written is not taken for a broken one.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import structlog

from zegel_broker.keyfiles import read_kek, read_keys
from zegel_broker.load import judged_by, load_convenants, load_directory, load_documents, require_hop_keys
from zegel_broker.registry import Registry
from zegel_broker.settings import Settings, SettingsError
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory, DirectoryInvalid, require_extends
from zegel_schemas.seal.hop import HopBox

LOOK_EVERY: Final = 2.0  # seconds between two looks at the file
Stamp: TypeAlias = tuple[int, int, int]  # of a file: when changed, how large, which one


class Follower:
    """Looks at the directory file; `trouble` says why the last one seen was refused, "" when none was."""

    def __init__(self, settings: Settings, registry: Registry, *, clock: Callable[[], float]) -> None:
        """Take where the file lies, what was made of it at start, and the time."""
        self._settings = settings
        self._clock = clock
        self._log = structlog.get_logger()
        self._seen: Stamp | None = None
        self._judged: Stamp | None = None
        self._hop_key = _current_hop_key(registry.directory, int(clock()))
        self.registry = registry
        self.trouble = ""
        self.refused = 0  # files refused since the start

    def look(self) -> Registry | None:
        """Return the registry a changed file makes, None when there is nothing new. To be called again and again."""
        seen, now = self._stat(), int(self._clock())
        settled = seen is not None and seen == self._seen and seen != self._judged
        self._seen = seen
        directory = self._read(seen) if settled else self.registry.directory
        hop_key = _current_hop_key(directory, now)
        if directory.version == self.registry.directory.version and hop_key == self._hop_key:
            return None
        self.registry = self._build(directory, renew_hop=hop_key != self._hop_key, now=now)
        self._hop_key = hop_key
        return self.registry

    def _stat(self) -> Stamp | None:
        try:
            found = self._settings.directory.stat()
        except OSError:
            return None  # it is being replaced, or gone: what was made of it stays in use
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self, seen: Stamp | None) -> Directory:
        """Return the directory in the file if it goes on from the held one, else the held one, and say so."""
        self._judged = seen
        held = self.registry.directory
        try:
            found = load_directory(self._settings)
            require_extends(held, found)
        except (SettingsError, DirectoryInvalid) as error:
            self.refused += 1
            code = error.flaws[0].code if isinstance(error, DirectoryInvalid) else "REGISTER_ONGELDIG"
            self.trouble = (
                f"the file was refused ({code}): version {held.count} stays in use: see `zegel-broker doctor`"
            )
            self._log.error("directory_refused", code=str(code), held=held.count)
            return held
        self.trouble = ""
        return found

    def _build(self, directory: Directory, *, renew_hop: bool, now: int) -> Registry:
        """Return the registry of a directory; what cannot be read beside it is kept as it was, never the directory."""
        convenants, documents, hop = self.registry.convenants, self.registry.documents, self.registry.hop
        judged = judged_by(directory, now=now)
        try:
            if not judged <= convenants.keys():
                convenants = {**convenants, **load_convenants(self._settings, sound=judged)}
                documents = {**documents, **load_documents(self._settings)}
        except SettingsError:
            # A revocation must count now, whatever is wrong with a text: /readyz says when the one in force is missing.
            self._log.error("convenants_not_read", wanted=len(judged))
        try:
            if renew_hop:
                own = read_keys(self._settings.keys, use="hop", kek=read_kek(self._settings.kek_file))
                hop = HopBox(require_hop_keys(directory, own, now=now))
        except SettingsError:
            self._log.error("hop_key_not_read")
        return Registry(directory, convenants, hop, documents)


def _current_hop_key(directory: Directory, now: int) -> bytes:
    key = directory.hop_key(BROKER, now)
    return b"" if key is None else key.id
