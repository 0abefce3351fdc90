"""Section The directory of docs/protocol-log.md: the form of a line and of each statement."""

from tests.foreign.declaring import CODE, DIGEST, INSTANT, ORIGIN, Shape, exactly, many, maybe, one_of, text, whole

COMMON: dict[str, Shape] = {
    "v": one_of("zegel/1"),
    "issuer": CODE,
    "number": whole(1, 2**31 - 1),
    "previous": maybe(DIGEST),
    "time": INSTANT,
}
RULE_ID = text(r"[A-Za-z0-9._-]{1,64}")
FURTHER: dict[str, dict[str, Shape]] = {
    "root": {"keys": many(DIGEST, 32), "threshold": whole(1, 32)},
    "member": {"instantie": CODE, "identity": many(DIGEST, 8), "successor": maybe(CODE)},
    "log": {
        "origin": ORIGIN,
        "key": DIGEST,
        "old_size": INSTANT,
        "old_root": maybe(DIGEST),
    },
    "convenant": {
        "digest": DIGEST,
        "documents": many(exactly(document=RULE_ID, hash=DIGEST, version=RULE_ID), 64),
        "from_": INSTANT,
    },
    "keys": {
        "keys": many(exactly(from_=INSTANT, key=DIGEST, until=INSTANT, use=one_of("signing", "sealing", "hop")), 256)
    },
    "revoke": {"key": DIGEST, "at": INSTANT, "index": INSTANT},
}
NOT_EMPTY = {"root": "keys", "convenant": "documents", "keys": "keys"}
OF_ROOT = {"root", "member", "log", "convenant"}
LINE = exactly(
    body=lambda value: isinstance(value, str),
    signatures=many(exactly(key=DIGEST, signature=text(r"[A-Za-z0-9_-]{85}[AQgw]")), 64),
)
