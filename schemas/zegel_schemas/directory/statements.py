"""The six statements a directory is made of: who is who, with which keys, which log and which convenant.

The root says `root`, `member`, `log`, `convenant`; an identity key of a member says `keys` and `revoke` for it.
A body is canonical JSON; every issuer numbers its own statements from 1 and names the hash of its last one.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from zegel_schemas import canonical
from zegel_schemas.directory.flaws import FlawCode, Flawed
from zegel_schemas.record import RuleId
from zegel_schemas.seal.primitives import b64u, digest, person
from zegel_schemas.shapes import Closed, Code, Hash, Instant, OptionalCode, OptionalHash, Origin

ROOT = "root"  # the issuer of the root's statements, and the owner of its keys; no instantie may be called so
MAX_BODY = 64 * 1024  # bytes; 26 weeks of keys take 6 KiB
DAY = 24 * 3600  # seconds
MAX_LIFE = {"signing": 90 * DAY, "sealing": 8 * DAY, "hop": 90 * DAY}  # protocol, Keys
MAX_AHEAD = 26 * 7 * DAY  # a key is published at most this long before its first day

STATEMENT_HASH = person(b"zegel/1.statemnt")
HEAD_HASH = person(b"zegel/1.dir-head")

_Number = Annotated[int, Field(ge=1, lt=2**31)]


class _Statement(Closed):
    v: Literal["zegel/1"] = "zegel/1"
    number: _Number  # of this issuer, from 1
    previous: OptionalHash  # hash of this issuer's statement before, "" for the first
    time: Instant  # when it was made


class RootStatement(_Statement):
    """The root's next keys (Ed25519, 32 bytes each) and how many of them must sign; signed by the old and the new."""

    statement: Literal["root"] = "root"
    issuer: Literal["root"] = "root"
    keys: Annotated[tuple[Hash, ...], Field(strict=False, min_length=1, max_length=32)]
    threshold: Annotated[int, Field(ge=1, le=32)]


class MemberStatement(_Statement):
    """An instantie and its identity keys (Ed25519), which replace the earlier ones; none = it is no longer a member.

    Who leaves may name the member that takes its work over: whoever would write to it hears so. It takes over no key.
    """

    statement: Literal["member"] = "member"
    issuer: Literal["root"] = "root"
    instantie: Code
    identity: Annotated[tuple[Hash, ...], Field(strict=False, max_length=8)]
    successor: OptionalCode = ""  # only of who leaves, and a member at that moment


class LogStatement(_Statement):
    """The log from now on: its origin and Ed25519 key; a successor names the last size and root of the log before."""

    statement: Literal["log"] = "log"
    issuer: Literal["root"] = "root"
    origin: Origin
    key: Hash
    old_size: Instant = 0
    old_root: OptionalHash = ""


class Document(Closed):
    """One document of a convenant: its name, its version, and the hash of its file by the convenant loader."""

    document: RuleId
    version: RuleId
    hash: Hash


class ConvenantStatement(_Statement):
    """A set of documents, named by its digest, and from when it is in force; it ends where the next one begins."""

    statement: Literal["convenant"] = "convenant"
    issuer: Literal["root"] = "root"
    digest: Hash
    documents: Annotated[tuple[Document, ...], Field(strict=False, min_length=1, max_length=64)]
    start: Annotated[Instant, Field(alias="from")]


class PublishedKey(Closed):
    """A key of the issuer: for which use, and from when until when it is used (seconds, bounds inclusive)."""

    use: Literal["signing", "sealing", "hop"]
    key: Hash  # the 32 bytes of the public key
    valid_from: Annotated[Instant, Field(alias="from")]
    valid_until: Annotated[Instant, Field(alias="until")]


class KeysStatement(_Statement):
    """Keys a member publishes, signed by one of its identity keys."""

    statement: Literal["keys"] = "keys"
    issuer: Code
    keys: Annotated[tuple[PublishedKey, ...], Field(strict=False, min_length=1, max_length=256)]


class RevokeStatement(_Statement):
    """A member takes back one of its keys (`key` is the key's id): not valid at `at` or later.

    `index` is the first index of the log from which what the key signed is no longer trusted; a key that was only
    replaced, not stolen, names the largest integer.
    """

    statement: Literal["revoke"] = "revoke"
    issuer: Code
    key: Hash
    at: Instant
    index: Instant


Statement: TypeAlias = (
    RootStatement | MemberStatement | LogStatement | ConvenantStatement | KeysStatement | RevokeStatement
)
_STATEMENTS: TypeAdapter[Statement] = TypeAdapter(Annotated[Statement, Field(discriminator="statement")])


def write_statement(statement: Statement) -> bytes:
    """Return the canonical bytes of a statement: what is signed, hashed and logged."""
    return canonical.encode(statement.model_dump(by_alias=True, mode="json"))


def read_statement(body: bytes) -> Statement:
    """Read a body whose signatures held; raise Flawed REGEL_ONLEESBAAR or VELD_ONGELDIG, naming a field."""
    try:
        values = canonical.decode(body)
    except canonical.NotCanonicalError as error:
        raise Flawed(FlawCode.REGEL_ONLEESBAAR, "body", str(error)) from None
    try:
        statement = _STATEMENTS.validate_python(values)
    except ValidationError as error:
        raise _unfit(error) from None
    if write_statement(statement) != body:
        raise Flawed(FlawCode.VELD_ONGELDIG, "body", "write every key of this statement, also the empty ones")
    return statement


def hash_statement(body: bytes) -> bytes:
    """Return the 32-byte hash of a statement's body: what the issuer's next one names as `previous`."""
    return digest(STATEMENT_HASH, body)


def chain_head(head: str, body: bytes) -> str:
    """Return the head (b64u) of a directory after one statement more; the head of an empty directory is ""."""
    return b64u(digest(HEAD_HASH, head.encode("ascii") + b"\n" + hash_statement(body)))


def _unfit(error: ValidationError) -> Flawed:
    found = error.errors(include_input=False, include_url=False, include_context=False)[0]
    steps = [str(step) for step in found["loc"][1:] if isinstance(step, int) or step in _NAMES]
    field = ".".join(steps) or "statement"
    return Flawed(
        FlawCode.VELD_ONGELDIG, field, _REMEDIES.get(found["type"], "give it the form the protocol describes")
    )


_NAMES = frozenset(
    name
    for model in (
        RootStatement,
        MemberStatement,
        LogStatement,
        ConvenantStatement,
        KeysStatement,
        RevokeStatement,
        PublishedKey,
        Document,
    )
    for key, each in model.model_fields.items()
    for name in (key, each.alias or key)
)
_REMEDIES = {
    "missing": "add this field; every field of a statement is always there",
    "extra_forbidden": "take this field out, or look whether its name is misspelt",
    "union_tag_invalid": "use one of root, member, log, convenant, keys, revoke",
    "union_tag_not_found": "add `statement`: root, member, log, convenant, keys or revoke",
    "literal_error": "use one of the words the protocol gives",
    "string_pattern_mismatch": "a code is a-z 0-9 . _ -, a key or hash is 43 characters base64url",
}
