"""The fingerprint of the root: the one thing an adapter is told, read out by a holder who is not the operator."""

from base64 import b32encode

from zegel_schemas.directory.envelope import SignedStatement
from zegel_schemas.directory.flaws import DirectoryInvalid, Flawed
from zegel_schemas.seal.primitives import digest, person

FINGERPRINT_HASH = person(b"zegel/1.rootcode")
_SIZE = 20  # bytes; 160 bits stand against a second root statement made to fit
_GROUP = 4  # characters read out in one breath


def fingerprint(first: SignedStatement | bytes) -> str:
    """Return the fingerprint of the first root statement: 32 characters a-z 2-7 in eight groups (`k7qm-2x4p-…`).

    Takes the statement, or a directory file (or just its first line); raise DirectoryInvalid when that is unreadable.
    """
    if isinstance(first, bytes):
        try:
            first = SignedStatement.from_line(first.partition(b"\n")[0])
        except Flawed as flawed:
            raise DirectoryInvalid([flawed.at(1)]) from None
    code = b32encode(digest(FINGERPRINT_HASH, first.body, size=_SIZE)).decode("ascii").lower()
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def spell_fingerprint(typed: str) -> str:
    """Return what somebody typed in the one spelling: capitals, spaces and hyphens do not count."""
    code = "".join(typed.replace("-", " ").split()).lower()
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))
