"""The directory as a client uses it: one immutable state, checked from the fingerprint of the root up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from zegel_schemas.directory.check import check_first, check_next
from zegel_schemas.directory.envelope import SignedStatement
from zegel_schemas.directory.fingerprint import fingerprint, spell_fingerprint
from zegel_schemas.directory.flaws import DirectoryInvalid, Flaw, FlawCode, Flawed
from zegel_schemas.directory.fold import ConvenantInForce, Fold, LogName
from zegel_schemas.directory.statements import Statement, chain_head
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.keys import KeyRecord, PublicKey

_DOOR: Final = object()
_CONSEQUENCES = frozenset(  # what an earlier faulty statement makes of a good one; said again once that one is repaired
    {
        FlawCode.GEEN_LID,
        FlawCode.ONDERTEKENAAR_ONBEVOEGD,
        FlawCode.DREMPEL_NIET_GEHAALD,
        FlawCode.VREEMDE_INTREKKING,
        FlawCode.LOGBOEK_VOLGT_NIET,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class _Checked:
    """Statements whose every signature and rule held, and the head after each; only `_check_all` makes one."""

    signed: tuple[SignedStatement, ...]
    statements: tuple[Statement, ...]
    heads: tuple[str, ...]
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("a directory is made by Directory.load, which checks it")


class Directory:
    """Who is who at one version {count, head}; all lookups take times in seconds since 1970 UTC, bounds inclusive."""

    def __init__(self, checked: _Checked, count: int) -> None:
        """Fold the first `count` checked statements; outside this module use `load`."""
        if not 1 <= count <= len(checked.statements):
            raise IndexError("this directory holds no such version")
        self._checked = checked
        self.count = count
        self.head = checked.heads[count - 1]
        fold = Fold()
        for statement, signed in zip(checked.statements[:count], checked.signed[:count], strict=True):
            fold.apply(statement, signed.body)
        self.members: Mapping[str, tuple[PublicKey, ...]] = MappingProxyType(fold.members)
        self.left: Mapping[str, str] = MappingProxyType(fold.left)  # who left -> who took its work over, or ""
        self.convenants: tuple[ConvenantInForce, ...] = tuple(fold.convenants)
        self.logs: Mapping[str, LogName] = MappingProxyType(fold.logs)
        self._published: Mapping[bytes, KeyRecord] = fold.gone | fold.keys
        self._keys = {key: record for key, record in fold.keys.items() if record.owner in fold.members}
        self._of_owner = _group(self._keys.values())

    @classmethod
    def load(cls, data: bytes, *, root_fingerprint: str) -> "Directory":
        """Check a directory file from the fingerprint up; raise DirectoryInvalid (a Refusal REGISTER_ONGELDIG)."""
        checked = _check_all(_split_lines(data), spell_fingerprint(root_fingerprint))
        return cls(checked, len(checked.statements))

    @property
    def version(self) -> DirectoryVersion:
        """{count, head}, as decision records and ticks name it."""
        return DirectoryVersion(self.count, self.head)

    @property
    def root_fingerprint(self) -> str:
        """The fingerprint of the first root statement."""
        return fingerprint(self._checked.signed[0])

    @property
    def log(self) -> tuple[str, PublicKey] | None:
        """Origin and key of the running log, or None while the root has named none."""
        if not self.logs:
            return None
        last = [*self.logs.values()][-1]
        return last.origin, last.public

    def head_at(self, count: int) -> str | None:
        """Return the head after `count` statements, or None when this directory does not reach so far."""
        return self._checked.heads[count - 1] if 1 <= count <= self.count else None

    def at(self, count: int) -> "Directory":
        """Return the directory as it was after `count` statements, 1 <= count <= self.count."""
        if not 1 <= count <= self.count:
            raise IndexError("this directory holds no such version")
        return self if count == self.count else _look_back(self._checked, count)

    def key(self, key_id: bytes) -> KeyRecord | None:
        """Return the signing, sealing or hop key of a present member with this id (32 bytes); a KeyLookup."""
        return self._keys.get(key_id)

    def published_key(self, key_id: bytes) -> KeyRecord | None:
        """Return what was ever said of a key, also of a member that left since: for what it signed before."""
        return self._published.get(key_id)

    def published_keys(self) -> tuple[KeyRecord, ...]:
        """Return every signing, sealing and hop key ever published, of who is a member and of who left."""
        return tuple(self._published.values())

    def signing_key(self, owner: str, at: int) -> KeyRecord | None:
        """Return the newest signing key of `owner` that is valid at `at`."""
        return self._newest("signing", owner, at)

    def sealing_key(self, owner: str, at: int) -> KeyRecord | None:
        """Return the newest sealing key of `owner` that is valid at `at`."""
        return self._newest("sealing", owner, at)

    def hop_key(self, owner: str, at: int) -> KeyRecord | None:
        """Return the newest hop key of `owner` that is valid at `at`."""
        return self._newest("hop", owner, at)

    def keys_of(self, owner: str, use: str) -> tuple[KeyRecord, ...]:
        """Return every key of this use that a present member published, the newest first, whatever its life."""
        return self._of_owner.get((owner, use), ())

    def published_until(self, owner: str, use: str) -> int:
        """Return the last second covered by a published, unrevoked key of this use; 0 = none. Warn under 14 days."""
        found = self._of_owner.get((owner, use), ())
        return max((each.valid_until for each in found if not each.revoked_at), default=0)

    def convenant_at(self, at: int) -> str | None:
        """Return the digest of the set of documents in force at `at`, or None: then nothing is permitted."""
        return next((each.digest for each in reversed(self.convenants) if each.start <= at), None)

    def signed_convenant(self, digest: str) -> bool:
        """Tell whether the root ever signed this set of documents."""
        return any(each.digest == digest for each in self.convenants)

    def to_bytes(self) -> bytes:
        """Return the directory file."""
        return b"".join(each.to_line() for each in self._checked.signed[: self.count])

    def extend(self, lines: bytes) -> "Directory":
        """Return this directory with further statements; raise DirectoryInvalid when one does not follow on it."""
        return Directory.load(self.to_bytes() + lines, root_fingerprint=self.root_fingerprint)

    def _newest(self, use: str, owner: str, at: int) -> KeyRecord | None:
        for each in self._of_owner.get((owner, use), ()):
            if each.valid_from <= at <= each.valid_until and not 0 < each.revoked_at <= at:
                return each
        return None


def require_extends(old: Directory, new: Directory) -> None:
    """Raise DirectoryInvalid unless `new` is `old` or goes on from it: a directory never goes back and never forks."""
    if new.count < old.count:
        remedy = "keep the directory you hold, and ask who gave you an older one"
        raise DirectoryInvalid([Flaw(FlawCode.TERUG, 0, "count", remedy)])
    if new.head_at(old.count) != old.head:
        remedy = "two histories exist: keep both files as evidence and call the holders of the root"
        raise DirectoryInvalid([Flaw(FlawCode.SPLITSING, 0, "head", remedy)])


def require_valid(key: KeyRecord, at: int) -> None:
    """Raise Refusal SLEUTEL_INGETROKKEN or SLEUTEL_NIET_GELDIG unless `key` was valid at `at` (seconds since 1970)."""
    if 0 < key.revoked_at <= at:
        raise Refusal(Fault.SLEUTEL_INGETROKKEN, "from.key")
    if not key.valid_from <= at <= key.valid_until:
        raise Refusal(Fault.SLEUTEL_NIET_GELDIG, "from.key")


def append_statement(data: bytes, signed: SignedStatement) -> bytes:
    """Return the directory file with one line more; nothing is checked here, `Directory.load` does that."""
    return data + signed.to_line()


@lru_cache(maxsize=32)  # the versions that stamps in flight name
def _look_back(checked: _Checked, count: int) -> Directory:
    return Directory(checked, count)


def _group(keys: Iterable[KeyRecord]) -> dict[tuple[str, str], tuple[KeyRecord, ...]]:
    """Return the keys per (owner, use), the newest first."""
    found: dict[tuple[str, str], list[KeyRecord]] = {}
    for each in keys:
        found.setdefault((each.owner, each.public.use), []).append(each)
    return {of: tuple(sorted(each, key=lambda key: -key.valid_from)) for of, each in found.items()}


def _split_lines(data: bytes) -> list[bytes]:
    if not data.endswith(b"\n"):
        remedy = "fetch the file again: it is empty, or its last line is cut off"
        raise DirectoryInvalid([Flaw(FlawCode.REGEL_ONLEESBAAR, 0, "file", remedy)])
    return data[:-1].split(b"\n")


def _check_all(lines: Sequence[bytes], wanted: str) -> _Checked:
    fold, flaws = Fold(), list[Flaw]()
    signed, statements, heads = list[SignedStatement](), list[Statement](), list[str]()
    for number, line in enumerate(lines, start=1):
        try:
            found = SignedStatement.from_line(line)
            statement = check_next(found, fold) if number > 1 else _check_beginning(found, wanted)
        except Flawed as flawed:
            if number == 1:
                raise DirectoryInvalid([flawed.at(1)]) from None  # nothing else can be judged without a root
            if not flaws or flawed.code not in _CONSEQUENCES:
                flaws.append(flawed.at(number))
            fold.broken = True
            continue
        fold.apply(statement, found.body)
        signed.append(found)
        statements.append(statement)
        heads.append(chain_head(heads[-1] if heads else "", found.body))
    if flaws:
        raise DirectoryInvalid(flaws)
    return _Checked(tuple(signed), tuple(statements), tuple(heads), door=_DOOR)


def _check_beginning(first: SignedStatement, wanted: str) -> Statement:
    if fingerprint(first) != wanted:
        remedy = "compare the fingerprint again with who read it out; if it differs, this is not your directory"
        raise Flawed(FlawCode.ANDERE_WORTEL, "fingerprint", remedy)
    return check_first(first)
