"""Says what a directory and its statements hold: lines for the people of the ceremony, values for programs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from zegel_schemas.directory.fold import Fold, read_public
from zegel_schemas.directory.prepared import Prepared, fold_directory
from zegel_schemas.directory.snapshot import Directory
from zegel_schemas.directory.spoken import speak_key
from zegel_schemas.directory.statements import (
    ROOT,
    ConvenantStatement,
    KeysStatement,
    LogStatement,
    MemberStatement,
    RevokeStatement,
    RootStatement,
    Statement,
)
from zegel_schemas.seal.keys import KeyRecord, PublicKey
from zegel_schemas.seal.primitives import b64u

USES = ("signing", "sealing", "hop")


def word_statement(statement: Statement) -> str:  # noqa: PLR0911 - one for each of the six statements
    """Return one sentence that says what a statement says, with keys in full."""
    match statement:
        case RootStatement():
            return (
                f"the root has {len(statement.keys)} keys, {statement.threshold} must sign: {' '.join(statement.keys)}"
            )
        case MemberStatement() if statement.identity:
            return f"{statement.instantie} is a member, with identity key {' '.join(statement.identity)}"
        case MemberStatement():
            after = f", and {statement.successor} takes its work over" if statement.successor else ""
            return f"{statement.instantie} is no longer a member{after}"
        case LogStatement():
            after = f", after the {statement.old_size} entries of the one before" if statement.old_root else ""
            return f"the log is {statement.origin}, with key {statement.key}{after}"
        case ConvenantStatement():
            documents = ", ".join(f"{each.document} {each.version}" for each in statement.documents)
            return f"convenant {statement.digest} is in force from {word_time(statement.start)}: {documents}"
        case KeysStatement():
            return f"{statement.issuer} publishes {len(statement.keys)} keys"
        case RevokeStatement():
            return f"{statement.issuer} takes back key {statement.key} from {word_time(statement.at)}"


def word_prepared(prepared: Prepared) -> str:
    """Return lines about a prepared statement: its number, what it says, who must still sign, the words to compare."""
    state = f"{prepared.missing} more must sign" if prepared.missing > 0 else "enough have signed"
    lines = [f"statement {prepared.number}: {word_statement(prepared.statement)} ({state})"]
    if prepared.replaced:
        lines.append(f"    it was a member until now, with identity key {_join_keys(prepared.replaced)}")
    lines += [f"    compare by voice: {each}" for each in speak_statement(prepared.statement)]
    return "\n".join(lines)


def speak_statement(statement: Statement) -> list[str]:
    """Return the twelve words of each root or identity key a checked statement names."""
    match statement:
        case RootStatement():
            return [speak_key(read_public("root", ROOT, key)) for key in statement.keys]
        case MemberStatement():
            return [speak_key(read_public("identity", statement.instantie, key)) for key in statement.identity]
        case _:
            return []


def tell_prepared(prepared: Prepared) -> dict[str, Any]:
    """Return a prepared statement as JSON values: its number, the statement, key ids of who signed, how many miss."""
    return {
        "number": prepared.number,
        "statement": prepared.statement.model_dump(by_alias=True, mode="json"),
        "words": speak_statement(prepared.statement),
        "replaced": [b64u(each.raw) for each in prepared.replaced],
        "signed_by": sorted(map(b64u, prepared.signers)),
        "missing": max(0, prepared.missing),
    }


def word_directory(directory: Directory) -> Iterator[str]:
    """Give the lines about a whole directory, the fingerprint to read out first."""
    fold = fold_directory(directory)
    yield f"fingerprint   {directory.root_fingerprint}"
    yield f"version       {directory.count} statements, head {directory.head}"
    yield f"root          {fold.root.threshold} of {len(fold.root.keys)} keys must sign"
    yield from (f"              {b64u(each.raw)}" for each in fold.root.keys.values())
    for instantie, identity in sorted(fold.members.items()):
        yield f"member        {instantie}"
        yield from (f"              identity {b64u(each.raw)}" for each in identity)
        yield from (f"              {line}" for line in _word_keys(_keys_of(fold, instantie)))
    for gone, heir in sorted(fold.left.items()):
        yield f"left          {gone}" + (f", and {heir} takes its work over" if heir else "")
    running = directory.log
    for each in fold.logs.values():
        ended = "" if running and running[0] == each.origin else f", ended after {each.final_size} entries"
        yield f"log           {each.origin}, key {b64u(each.public.raw)}{ended}"
    for convenant in directory.convenants:
        yield f"convenant     {convenant.digest} from {word_time(convenant.start)}"
        yield from (f"              {name} {version}" for name, version, _ in convenant.documents)


def tell_directory(directory: Directory) -> dict[str, Any]:
    """Return a whole directory as JSON values; times are seconds since 1970, keys and hashes base64url."""
    fold = fold_directory(directory)
    return {
        "fingerprint": directory.root_fingerprint,
        "count": directory.count,
        "head": directory.head,
        "root": {"threshold": fold.root.threshold, "keys": [b64u(each.raw) for each in fold.root.keys.values()]},
        "members": {
            name: {
                "identity": [b64u(each.raw) for each in identity],
                "keys": [_tell_key(each) for each in _keys_of(fold, name)],
            }
            for name, identity in sorted(fold.members.items())
        },
        "left": dict(fold.left),
        "logs": [
            {"origin": each.origin, "key": b64u(each.public.raw), "final_size": each.final_size}
            for each in fold.logs.values()
        ],
        "convenants": [
            {"digest": each.digest, "from": each.start, "documents": [list(named) for named in each.documents]}
            for each in directory.convenants
        ],
    }


def word_time(seconds: int) -> str:
    """Return a time in UTC, such as 2026-03-01T00:00:00Z; the bare number when no calendar holds it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _join_keys(keys: tuple[PublicKey, ...]) -> str:
    return " ".join(b64u(each.raw) for each in keys)


def _keys_of(fold: Fold, instantie: str) -> list[KeyRecord]:
    return [each for each in fold.keys.values() if each.owner == instantie]


def _word_keys(keys: list[KeyRecord]) -> Iterator[str]:
    for use in USES:
        valid = [each for each in keys if each.public.use == use and not each.revoked_at]
        if valid:
            first, last = min(each.valid_from for each in valid), max(each.valid_until for each in valid)
            yield f"{use}: {len(valid)}, from {word_time(first)} until {word_time(last)}"
        yield from (
            f"{use} {b64u(each.id)}: taken back from {word_time(each.revoked_at)}"
            for each in keys
            if each.public.use == use and each.revoked_at
        )
    if not keys:
        yield "no keys yet: its keys-statement is still to be added"


def _tell_key(key: KeyRecord) -> dict[str, Any]:
    return {
        "use": key.public.use,
        "id": b64u(key.id),
        "key": b64u(key.public.raw),
        "from": key.valid_from,
        "until": key.valid_until,
        "revoked_at": key.revoked_at,
    }
