"""What the ledger knows of a key: which messages it signed, and which were sealed to it, and what became of each.

Reads the database beside a running broker and changes nothing. Only what lies in the ledger can be listed: of a refused
message that may hold unknown codes no declaration is kept, and it was never delivered.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from zegel_broker.ledger.migrate import check_schema
from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import NOT_STOLEN
from zegel_schemas.record import read_leaf
from zegel_schemas.seal.keys import KeyRecord
from zegel_schemas.seal.primitives import b64u

_ENTRIES: Final = """SELECT entry.idx, leaf, declaration, message.hash, outcome, delivered, closing
FROM sent JOIN entry USING (idx) LEFT JOIN message USING (idx)
WHERE instr(declaration, CAST(? AS BLOB)) ORDER BY entry.idx"""

Bond = Literal["signed_by", "sealed_to"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One message a key has to do with.

    `state` is waiting, delivered, opened, rejected, expired, undeliverable, refused, settled (it was for the broker) or
    dryrun. `in_doubt`: signed at an index its owner no longer stands for, or sealed to a stolen key, whenever that was.
    """

    index: int
    time: int  # seconds since 1970
    message: str
    hash: bytes
    casus: str
    kind: str
    sender: str
    recipient: str
    bond: Bond
    key: str
    state: str
    in_doubt: bool

    @property
    def delivered(self) -> bool:
        """Return whether it lay in its recipient's queue, or got further."""
        return self.state in {"delivered", "opened", "rejected", "expired"}

    @property
    def open(self) -> bool:
        """Return whether nobody is known to have opened it, and somebody still may: to be sealed anew."""
        return self.state in {"waiting", "delivered"}


def is_stolen(key: KeyRecord) -> bool:
    """Tell whether the directory says that its owner no longer stands for what this key did."""
    return bool(key.revoked_at) and key.revoked_index < NOT_STOLEN


def sweep_keys(path: Path, keys: Sequence[KeyRecord]) -> list[Touched]:
    """Return every message of the ledger at `path` these keys signed or received, in the order of the log.

    Raise LedgerSchemaWrong, sqlite3.Error or OSError when the ledger cannot be read.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        check_schema(connection)
        found = [each for key in keys for each in _find(connection, key)]
    return sorted(found, key=lambda each: (each.index, each.bond))


def _find(connection: sqlite3.Connection, key: KeyRecord) -> Iterator[Touched]:
    name = b64u(key.id)
    for index, leaf, declaration, hashed, outcome, delivered, closing_word in connection.execute(_ENTRIES, (name,)):
        said = canonical.decode(bytes(declaration))
        if not isinstance(said, dict) or not isinstance(said["from"], dict) or not isinstance(said["to"], dict):
            continue  # `log verify` names it
        bond = _bond(said["from"].get("key"), said["to"].get("key"), name)
        if bond is None:
            continue
        recipient = str(said["to"]["instantie"])
        yield Touched(
            index=index,
            time=read_leaf(bytes(leaf)).time,
            message=str(said["id"]),
            hash=bytes(hashed or b""),
            casus=str(said["casus"]),
            kind=str(said["kind"]),
            sender=str(said["from"]["instantie"]),
            recipient=recipient,
            bond=bond,
            key=name,
            state=_state(outcome, delivered, closing_word, recipient),
            in_doubt=is_stolen(key) and (bond == "sealed_to" or index >= key.revoked_index),
        )


def _bond(signer: object, sealed_to: object, key: str) -> Bond | None:
    if signer == key:
        return "signed_by"
    return "sealed_to" if sealed_to == key else None


def _state(outcome: str | None, delivered: int | None, closing_word: str | None, recipient: str) -> str:
    if outcome is None:
        return "dryrun"
    if outcome == "refused":
        return "refused"
    if outcome == "receipt" or recipient == BROKER:
        return "settled"
    return closing_word or ("waiting" if delivered is None else "delivered")
