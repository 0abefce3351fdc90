"""Section The directory of docs/protocol-log.md, as a signer makes statements and numbers them."""

import base64
from dataclasses import dataclass, field
from typing import Any

from tests.foreign import ciphers
from tests.foreign.notation import Key, b64u, canonical, h, pae

DAY = 24 * 3600


def hash_body(body: bytes) -> str:
    """Return the statement hash."""
    return b64u(h("zegel/1.statemnt", body))


def next_head(head: str, body: bytes) -> str:
    """Return head(n) from head(n-1)."""
    return b64u(h("zegel/1.dir-head", head.encode() + b"\n" + h("zegel/1.statemnt", body)))


def fingerprint(body: bytes) -> str:
    """Return the fingerprint of the first statement."""
    code = base64.b32encode(h("zegel/1.rootcode", body, size=20)).decode().lower()
    return "-".join(code[at : at + 4] for at in range(0, 32, 4))


def write_line(body: bytes, *signed_by: Key) -> bytes:
    """Return the line of a statement signed by these keys."""
    made = [(b64u(key.id), ciphers.ed25519_sign(key.seed, pae(b"zegel/1 statement", body))) for key in signed_by]
    signatures = [{"key": key, "signature": b64u(signature)} for key, signature in sorted(made)]
    return canonical({"body": body.decode(), "signatures": signatures}) + b"\n"


@dataclass
class File:
    """A directory file in the making: numbers the statements of each issuer and names the one before."""

    lines: list[bytes] = field(default_factory=list)
    last: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, statement: str, *signed_by: Key, issuer: str = "root", **further: Any) -> bytes:
        """Add a statement and return its body; `further` may also replace `number` and `previous`."""
        number, previous = self.last.get(issuer, (0, ""))
        says = {
            "v": "zegel/1",
            "statement": statement,
            "issuer": issuer,
            "number": number + 1,
            "previous": previous,
        }
        body = canonical(says | {name.rstrip("_"): value for name, value in further.items()})
        self.last[issuer] = (number + 1, hash_body(body))
        self.lines.append(write_line(body, *signed_by))
        return body

    def copy(self) -> "File":
        """Return another file that begins the same."""
        return File(list(self.lines), dict(self.last))
