"""A signed statement as a line of the directory file: the body as text, and who signed it.

The body stands in the line as a JSON string, so the bytes that were signed are the bytes that are checked, and nothing
in them is read before a signature holds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from zegel_schemas import canonical
from zegel_schemas.directory.flaws import FlawCode, Flawed
from zegel_schemas.directory.statements import MAX_BODY, Statement, write_statement
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.seal.signatures import STATEMENT, sign
from zegel_schemas.shapes import Closed, Hash

MAX_SIGNATURES = 64  # two root sets of 32
_B64U_64 = r"^[A-Za-z0-9_-]{85}[AQgw]$"  # 64 bytes, canonical
Signed64 = Annotated[str, StringConstraints(pattern=_B64U_64)]
_ASCII = re.compile(rb"[\x20-\x7e]+")


class Signature(Closed):
    """Who signed (the id of the key) and the Ed25519 signature of 64 bytes."""

    key: Hash
    signature: Signed64


class _Line(Closed):
    body: str
    signatures: Annotated[tuple[Signature, ...], Field(strict=False, max_length=MAX_SIGNATURES)]


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """The bytes of a body and the signatures over it; nothing of it is checked yet."""

    body: bytes
    signatures: tuple[Signature, ...]

    def to_line(self) -> bytes:
        """Return the line of the directory file, with its line end; the signatures in the order of their key ids."""
        ordered = sorted(self.signatures, key=lambda each: each.key)
        values = {"body": self.body.decode("ascii"), "signatures": [each.model_dump() for each in ordered]}
        return canonical.encode(values) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "SignedStatement":
        """Read one line without its end; raise Flawed REGEL_ONLEESBAAR."""
        try:
            found = _Line.model_validate(canonical.decode(line))
        except (canonical.NotCanonicalError, ValidationError):
            raise Flawed(
                FlawCode.REGEL_ONLEESBAAR, "line", "fetch the statement again: this line was changed"
            ) from None
        body = found.body.encode("utf-8")
        if len(body) > MAX_BODY or not _ASCII.fullmatch(body):
            raise Flawed(FlawCode.REGEL_ONLEESBAAR, "body", f"a body is ASCII, at most {MAX_BODY} bytes")
        keys = [each.key for each in found.signatures]
        if keys != sorted(keys):
            raise Flawed(FlawCode.REGEL_ONLEESBAAR, "signatures", "the signatures stand in the order of their key ids")
        return cls(body, found.signatures)


def sign_statement(statement: Statement, keys: Sequence[PrivateKey]) -> SignedStatement:
    """Return the statement signed by each of `keys`: root keys of the old and the new set, or an identity key."""
    return sign_body(write_statement(statement), keys)


def sign_body(body: bytes, keys: Sequence[PrivateKey]) -> SignedStatement:
    """Return a body signed by each of `keys`; the body is not looked at (root holders sign one by one)."""
    signatures = tuple(Signature(key=b64u(each.id), signature=b64u(sign(each, STATEMENT, body))) for each in keys)
    return SignedStatement(body, signatures)


def join_signatures(*signed: SignedStatement) -> SignedStatement:
    """Return one statement with the signatures of several copies of it; raise ValueError when the bodies differ."""
    if len({each.body for each in signed}) != 1:
        raise ValueError("signatures over different statements cannot be joined")
    found = {each.key: each for copy in signed for each in copy.signatures}
    return SignedStatement(signed[0].body, tuple(found[key] for key in sorted(found)))
