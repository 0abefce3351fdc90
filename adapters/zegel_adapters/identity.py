"""The identity key kept elsewhere: moved out of the home into a file of its own, and used from there to sign.

Nothing but new keys and revocations needs it, so it can lie in a safe, or on a machine without a network.
"""

from pathlib import Path

from zegel_adapters.errors import KeystoreError
from zegel_adapters.keystore import Keystore
from zegel_adapters.strongbox import AskPassphrase, Strongbox, read_strongbox, write_strongbox
from zegel_schemas.directory import Directory, SignedStatement
from zegel_schemas.directory.envelope import sign_body
from zegel_schemas.directory.flaws import Flawed
from zegel_schemas.directory.statements import KeysStatement, RevokeStatement, read_statement
from zegel_schemas.seal.keys import PrivateKey


def move_identity(store: Keystore, directory: Directory, file: Path, *, now: int, passphrase: AskPassphrase) -> None:
    """Write the identity key to `file`, read it back, and only then erase it from the home; raise KeystoreError."""
    private = find_identity(store, directory)
    write_strongbox(file, "identity", Strongbox(store.owner, now, private.unsafe_seed()), passphrase=passphrase)
    if read_identity_file(file, passphrase=passphrase).id != private.id:
        raise KeystoreError(f"{file}: was not written well; the identity key stays in this home")
    for own in store.keys("identity"):
        if own.id == private.id:
            store.give_up(own)


def read_identity_file(file: Path, *, passphrase: AskPassphrase) -> PrivateKey:
    """Return the identity key in `file`; raise KeystoreError."""
    found = read_strongbox(file, "identity", passphrase=passphrase)
    return PrivateKey.from_seed("identity", found.owner, found.secret)


def find_identity(store: Keystore, directory: Directory) -> PrivateKey:
    """Return the newest of our identity keys that the root has named: only what that one signs is taken."""
    named = {each.raw for each in directory.members.get(store.owner, ())}
    held = store.keys("identity")
    for own in held:
        if own.private.public.raw in named:
            return own.private
    if not held:
        raise KeystoreError("the identity key of this home lies elsewhere: name its file with --identity-file")
    raise KeystoreError("the directory names none of this home's identity keys: it left, or another home replaced it")


def read_unsigned(line: bytes) -> KeysStatement | RevokeStatement:
    """Return what a `to-sign` file asks the identity key to sign; raise KeystoreError when it is something else."""
    try:
        statement = read_statement(SignedStatement.from_line(line.removesuffix(b"\n")).body)
    except Flawed as flawed:
        raise KeystoreError(f"nothing an identity key signs: {flawed}") from None
    if not isinstance(statement, KeysStatement | RevokeStatement):
        raise KeystoreError("an identity key signs only keys and revocations of its own instantie")
    return statement


def sign_unsigned(line: bytes, identity: PrivateKey) -> SignedStatement:
    """Return the statement in a `to-sign` file, signed; raise KeystoreError when it is another instantie's."""
    if read_unsigned(line).issuer != identity.public.owner:
        raise KeystoreError(f"this is a statement of another instantie than {identity.public.owner}: nothing is signed")
    return sign_body(SignedStatement.from_line(line.removesuffix(b"\n")).body, [identity])
