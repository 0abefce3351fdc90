"""What holds after a number of statements: members, keys, log and convenants, each as the last statement left it.

Applying checks nothing: only statements that passed `check.py` come here, in the order of the log.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from zegel_schemas.directory.statements import (
    ROOT,
    ConvenantStatement,
    KeysStatement,
    LogStatement,
    MemberStatement,
    RevokeStatement,
    RootStatement,
    Statement,
    hash_statement,
)
from zegel_schemas.seal.keys import KeyRecord, KeyUse, PublicKey
from zegel_schemas.seal.primitives import b64u, unb64u


@dataclass(frozen=True, slots=True)
class LogName:
    """A log the root named; `final_size` is its number of leaves when a successor took over, None = running."""

    origin: str
    public: PublicKey
    final_size: int | None = None


@dataclass(frozen=True, slots=True)
class ConvenantInForce:
    """A set of documents the root signed: its digest, its documents (name, version, file hash) and its first second."""

    digest: str
    documents: tuple[tuple[str, str, str], ...]
    start: int


@dataclass(frozen=True, slots=True)
class RootKeys:
    """The root's keys by key id, and how many different ones must sign."""

    keys: dict[bytes, PublicKey]
    threshold: int


@dataclass(frozen=True, slots=True)
class LastStatement:
    """The last statement of an issuer: the next one must follow on it."""

    number: int = 0
    hash: str = ""
    time: int = 0


@dataclass(slots=True)
class Fold:
    """The state after the statements so far; grows by `apply`."""

    root: RootKeys = field(default_factory=lambda: RootKeys({}, 1))
    members: dict[str, tuple[PublicKey, ...]] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)  # who is a member no more -> who took its work over, or ""
    logs: dict[str, LogName] = field(default_factory=dict)  # by origin, the newest last
    convenants: list[ConvenantInForce] = field(default_factory=list)
    keys: dict[bytes, KeyRecord] = field(default_factory=dict)
    gone: dict[bytes, KeyRecord] = field(default_factory=dict)  # of members that left, as they were then
    issuers: dict[str, LastStatement] = field(default_factory=dict)
    published: set[bytes] = field(default_factory=set)  # every raw public key ever named, whatever its use
    broken: bool = False  # a statement was faulty: go on only to find the other faults, the whole is refused

    def apply(self, statement: Statement, body: bytes) -> None:
        """Take in one checked statement; `body` is its bytes."""
        self.issuers[statement.issuer] = LastStatement(statement.number, b64u(hash_statement(body)), statement.time)
        match statement:
            case RootStatement():
                self.root = read_root_keys(statement)
                self.published |= {each.raw for each in self.root.keys.values()}
            case MemberStatement():
                self._apply_member(statement)
            case LogStatement():
                self._apply_log(statement)
            case ConvenantStatement():
                documents = tuple((each.document, each.version, each.hash) for each in statement.documents)
                self.convenants.append(ConvenantInForce(statement.digest, documents, statement.start))
            case KeysStatement():
                self._apply_keys(statement)
            case RevokeStatement():
                known = self.keys[unb64u(statement.key)]
                self.keys[known.id] = replace(known, revoked_at=statement.at, revoked_index=statement.index)

    def _apply_member(self, statement: MemberStatement) -> None:
        identity = tuple(read_public("identity", statement.instantie, key) for key in statement.identity)
        self.published |= {each.raw for each in identity}
        self.members.pop(statement.instantie, None)
        self.left.pop(statement.instantie, None)
        if identity:
            self.members[statement.instantie] = identity
            return
        # For good: admitted again later, it must not find keys in force that nobody watched over meanwhile.
        self.gone |= {key: each for key, each in self.keys.items() if each.owner == statement.instantie}
        self.keys = {key: each for key, each in self.keys.items() if each.owner != statement.instantie}
        self.left[statement.instantie] = statement.successor

    def _apply_log(self, statement: LogStatement) -> None:
        if self.logs:
            last = next(reversed(self.logs.values()))
            self.logs[last.origin] = replace(last, final_size=statement.old_size)
        public = read_public("log", LOG_OWNER, statement.key)
        self.logs[statement.origin] = LogName(statement.origin, public)
        self.published.add(public.raw)

    def _apply_keys(self, statement: KeysStatement) -> None:
        for each in statement.keys:
            public = read_public(each.use, statement.issuer, each.key)
            self.keys[public.id] = KeyRecord(public, each.valid_from, each.valid_until)
            self.published.add(public.raw)


LOG_OWNER = "broker"  # the log key is the broker's, whatever the origin is called


@lru_cache(maxsize=8192)  # checking a point takes 50 us, and every key is met in each check, fold and look back
def read_public(use: KeyUse, owner: str, key: str) -> PublicKey:
    """Return a key given as b64u once its point was checked; raise Refusal REGISTER_ONGELDIG."""
    return PublicKey(use, owner, unb64u(key))


def read_root_keys(statement: RootStatement) -> RootKeys:
    """Return the keys of a root statement by id; raise Refusal REGISTER_ONGELDIG on a key that is no Ed25519 point."""
    publics = [read_public("root", ROOT, key) for key in statement.keys]
    return RootKeys({public.id: public for public in publics}, statement.threshold)
