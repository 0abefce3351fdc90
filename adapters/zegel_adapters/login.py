"""What an instantie logs in to RabbitMQ with, made at home: a password for one machine, a certificate beyond it.

Only the hash of the one and a request for the other leave the home. Neither opens a message.
"""

import secrets
import shutil
import subprocess

from zegel_adapters.errors import KeystoreError
from zegel_adapters.home import PRIVATE_DIRECTORY, Home, write_file
from zegel_schemas.login import PASSWORD_BYTES, hash_password

OPENSSL_SECONDS = 60.0


def make_password(place: Home) -> str:
    """Make the password of this home, and return its hash as RabbitMQ keeps it."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    write_file(place.password, f"{password}\n".encode())
    return hash_password(password, random=secrets.token_bytes)


def make_certificate_request(place: Home, instantie: str) -> str:
    """Make a TLS key in this home and return the request for its certificate (PEM); "" when `openssl` is not here.

    The key lies unencrypted, mode 0600, for TLS reads it from a file. Raise KeystoreError when `openssl` fails.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        return ""
    place.tls_key.parent.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
    write_file(place.tls_key, b"")  # with its mode before there is a key in it
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(place.tls_key)]
    done = subprocess.run(
        [openssl, "req", "-new", "-batch", "-subj", f"/CN={instantie}", *new],
        capture_output=True,
        text=True,
        timeout=OPENSSL_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise KeystoreError(f"openssl made no request for a certificate: it ended with {done.returncode}")
    return done.stdout
