"""The login of an instantie at RabbitMQ, so that no password travels: it makes one itself and hands in only a hash."""

import base64
import hashlib
from collections.abc import Callable

PASSWORD_BYTES = 32  # drawn at random, so that its fast hash may be public: there is nothing to guess


def hash_password(password: str, *, random: Callable[[int], bytes]) -> str:
    """Return rabbit_password_hashing_sha256 of a password: base64(salt ‖ SHA-256(salt ‖ password)), salt 4 bytes."""
    salt = random(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
