"""Making statements: pure, the time, the keys and the issuer's last statement come in as arguments.

    first = make_root(keys=[...], threshold=2, time=now)
    file = first.to_line()
    file = append_statement(file, make_member("school_vo", identity=[...], time=now, signed_by=root_keys, after=file))

Each maker numbers and chains by itself: it reads the issuer's last statement from `after`, the directory file so far.
What it returns is checked by `Directory.load`, not here.
"""

from collections.abc import Sequence

from zegel_schemas.directory.envelope import SignedStatement, sign_statement
from zegel_schemas.directory.flaws import DirectoryInvalid, Flawed
from zegel_schemas.directory.fold import LastStatement
from zegel_schemas.directory.statements import (
    ROOT,
    ConvenantStatement,
    Document,
    KeysStatement,
    LogStatement,
    MemberStatement,
    PublishedKey,
    RevokeStatement,
    RootStatement,
    hash_statement,
    read_statement,
)
from zegel_schemas.seal.keys import KeyRecord, PrivateKey, PublicKey
from zegel_schemas.seal.primitives import b64u

NOT_STOLEN = 2**53 - 1  # the `index` of a revocation that takes back nothing already said


def make_root(
    *, keys: Sequence[PublicKey], threshold: int, time: int, signed_by: Sequence[PrivateKey], after: bytes = b""
) -> SignedStatement:
    """Return a root statement; the first is signed by its own keys, a later one by the old and the new."""
    last = find_last(after, ROOT)
    names = tuple(b64u(each.raw) for each in keys)
    return sign_statement(
        RootStatement(number=last.number + 1, previous=last.hash, time=time, keys=names, threshold=threshold), signed_by
    )


def make_member(
    instantie: str,
    *,
    identity: Sequence[PublicKey],
    time: int,
    signed_by: Sequence[PrivateKey],
    after: bytes,
    successor: str = "",
) -> SignedStatement:
    """Return the root's statement that `instantie` is a member with these identity keys; none = it leaves.

    Who leaves may name a `successor`: the member that takes its work over.
    """
    last = find_last(after, ROOT)
    names = tuple(b64u(each.raw) for each in identity)
    statement = MemberStatement(
        number=last.number + 1,
        previous=last.hash,
        time=time,
        instantie=instantie,
        identity=names,
        successor=successor,
    )
    return sign_statement(statement, signed_by)


def make_log(
    origin: str,
    *,
    key: PublicKey,
    time: int,
    signed_by: Sequence[PrivateKey],
    after: bytes,
    old_size: int = 0,
    old_root: bytes = b"",
) -> SignedStatement:
    """Return the root's statement that this is the log from now on; a successor names size and root of the old log."""
    last = find_last(after, ROOT)
    statement = LogStatement(
        number=last.number + 1,
        previous=last.hash,
        time=time,
        origin=origin,
        key=b64u(key.raw),
        old_size=old_size,
        old_root=b64u(old_root) if old_root else "",
    )
    return sign_statement(statement, signed_by)


def make_convenant(
    digest: str,
    *,
    documents: Sequence[tuple[str, str, str]],
    start: int,
    time: int,
    signed_by: Sequence[PrivateKey],
    after: bytes,
) -> SignedStatement:
    """Return the root's statement that a set of documents (name, version, file hash b64u) is in force from `start`."""
    last = find_last(after, ROOT)
    statement = ConvenantStatement(
        number=last.number + 1,
        previous=last.hash,
        time=time,
        digest=digest,
        documents=tuple(Document(document=name, version=version, hash=each) for name, version, each in documents),
        start=start,
    )
    return sign_statement(statement, signed_by)


def make_keys(
    keys: Sequence[KeyRecord], *, time: int, signed_by: PrivateKey | None, after: bytes, owner: str = ""
) -> SignedStatement:
    """Return a member's statement that publishes keys; `signed_by` is its identity key, whose owner is the issuer.

    Without it the statement of `owner` is still to be signed (`sign_body`), for instance where that key lies.
    """
    issuer = signed_by.public.owner if signed_by else owner
    last = find_last(after, issuer)
    published = tuple(
        PublishedKey.model_validate(
            {"use": each.public.use, "key": b64u(each.public.raw), "from": each.valid_from, "until": each.valid_until}
        )
        for each in keys
    )
    statement = KeysStatement(number=last.number + 1, previous=last.hash, time=time, issuer=issuer, keys=published)
    return sign_statement(statement, [signed_by] if signed_by else [])


def make_revoke(
    key_id: bytes,
    *,
    at: int,
    time: int,
    signed_by: PrivateKey | None,
    after: bytes,
    index: int = NOT_STOLEN,
    owner: str = "",
) -> SignedStatement:
    """Return a member's statement that takes back one of its keys from `at` on; `index` as in RevokeStatement.

    Without `signed_by` the statement of `owner` is still to be signed, as with `make_keys`.
    """
    issuer = signed_by.public.owner if signed_by else owner
    last = find_last(after, issuer)
    statement = RevokeStatement(
        number=last.number + 1,
        previous=last.hash,
        time=time,
        issuer=issuer,
        key=b64u(key_id),
        at=at,
        index=index,
    )
    return sign_statement(statement, [signed_by] if signed_by else [])


def find_last(data: bytes, issuer: str) -> LastStatement:
    """Return the last statement of an issuer in a directory file, unchecked; raise DirectoryInvalid when unreadable."""
    last = LastStatement()
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            body = SignedStatement.from_line(line).body
            statement = read_statement(body)
        except Flawed as flawed:
            raise DirectoryInvalid([flawed.at(number)]) from None
        if statement.issuer == issuer:
            last = LastStatement(statement.number, b64u(hash_statement(body)), statement.time)
    return last
