"""What a sender makes who writes its own client: any bytes, validly signed; and where the recipient refuses them."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.two_instanties import CORPORATION, REGIE, SEALING, SIGNING, counted_bytes, declare, receive
from zegel_schemas.declaration import Declaration
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import PrivateKey, Sealed, Use, open_parts
from zegel_schemas.seal.frame import DOMAIN_OF_USE, Frame
from zegel_schemas.seal.padding import pad, part_bucket
from zegel_schemas.seal.parts import (
    PART_HASH,
    WRAP_HASH,
    commitment,
    declaration_hash,
    part_context,
    part_key,
    wrap_key,
)
from zegel_schemas.seal.parts import _encryption_key as encryption_key
from zegel_schemas.seal.parts import _nonce as nonce_of
from zegel_schemas.seal.primitives import digest, encrypt
from zegel_schemas.seal.signatures import sign_parts
from zegel_schemas.seal.table import Row, SealTable

MESSAGE_KEY = bytes(range(32))
FAULTS = {str(fault) for fault in Fault}


def refusal_of(container: bytes, opener: PrivateKey = SEALING[CORPORATION]) -> Refusal:
    """Walk the recipient's whole way and return where it ends; anything but a Refusal fails the test."""
    with pytest.raises(Refusal) as caught:
        open_parts(receive(container), opener)
    return caught.value


def code_of(container: bytes, opener: PrivateKey = SEALING[CORPORATION]) -> str:
    return refusal_of(container, opener).code


def forge(
    declaration: Declaration | bytes,
    sealed: bytes = b"",
    table: SealTable | bytes = b"\0",
    *,
    signing: PrivateKey = SIGNING[REGIE],
    use: Use = "message",
) -> bytes:
    """Sign anything: what a sender makes who writes its own client."""
    declared = declaration if isinstance(declaration, bytes) else declaration.to_bytes()
    tabled = table if isinstance(table, bytes) else table.to_bytes()
    signature = sign_parts(signing, DOMAIN_OF_USE[use], declared, tabled)
    return Frame(
        use=use, signer=signing.id, declaration=declared, table=tabled, sealed=sealed, signature=signature
    ).to_bytes()


def table_of(wrap: bytes, *sealed: tuple[bytes, bytes]) -> SealTable:
    """Return the honest table of (ciphertext, part key) pairs."""
    rows = tuple(Row(len(box), digest(PART_HASH, box), commitment(key)) for box, key in sealed)
    return SealTable(rows, digest(WRAP_HASH, wrap))


def forge_padded(padded: bytes, category: str = "huurachterstand", *, committed: bytes | None = None) -> bytes:
    """Return a container whose one part holds `padded` as it is, sealed and committed to correctly unless told."""
    declaration = declare(category)
    hashed = declaration_hash(declaration.to_bytes())
    context = part_context(hashed, 0, category)
    key = part_key(MESSAGE_KEY, context)
    box = encrypt(key=encryption_key(key), nonce=nonce_of(key), context=context, plaintext=padded)
    wrap = wrap_key(SEALING[CORPORATION].public, hashed, MESSAGE_KEY, counted_bytes())
    table = table_of(wrap, (box, key))
    if committed is not None:
        table = dataclasses.replace(table, rows=(dataclasses.replace(table.rows[0], commitment=committed),))
    return forge(declaration, wrap + box, table)


def forge_content(content: bytes, category: str = "huurachterstand") -> bytes:
    return forge_padded(pad(content, part_bucket), category)


def frame_of(sealed: Sealed) -> Frame:
    return Frame.from_bytes(sealed.container)


def with_json(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Return a validly signed container whose declaration was changed as JSON."""
    values = json.loads(declare().to_bytes())
    change(values)
    return forge(json.dumps(values, sort_keys=True, separators=(",", ":")).encode("ascii"))
