"""The name under which a message is remembered that may not occupy a message id."""

from zegel_schemas.seal.primitives import b64u


def aside_name(message_hash: bytes) -> str:
    """Return `#` and the hash: no message id looks like that, so nobody's id can be taken with it."""
    return f"#{b64u(message_hash)}"
