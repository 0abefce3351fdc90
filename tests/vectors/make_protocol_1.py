"""Makes protocol-1.json, the worked example of docs/protocol.md, with `python -m tests.vectors.make_protocol_1`.

Every key in it is a test key with a seed anybody can guess; never use one of them for anything else.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from zegel_schemas.declaration import Declaration, PartName, Recipient, Sender
from zegel_schemas.seal import HopBox, HopFrame, KeyUse, PlainPart, PrivateKey, b64u, seal
from zegel_schemas.seal.frame import HEAD_SIZE, Frame
from zegel_schemas.seal.parts import _encryption_key as encryption_key
from zegel_schemas.seal.parts import _nonce as nonce_of
from zegel_schemas.seal.parts import commitment, declaration_hash, part_context, part_key
from zegel_schemas.seal.primitives import pae
from zegel_schemas.seal.signatures import MESSAGE

FILE = Path(__file__).parent / "protocol-1.json"

CONTENTS = {
    "huurachterstand": (
        '{"body":{"aantal_maanden":3,"bedrag_centen":213750,"toelichting":"Brief van 1 juni: \\u20ac 2.137,50."},'
        '"category":"huurachterstand","schema":1}'
    ),
    "motivering": (
        '{"body":{"waarom_nodig":"Zonder dit gegeven kan het regieteam niet bepalen welke maatregel past."},'
        '"category":"motivering","schema":1}'
    ),
}


def example_key(use: KeyUse, owner: str, byte: int) -> PrivateKey:
    """Return the test key whose seed is one byte, 32 times."""
    return PrivateKey.from_seed(use, owner, bytes([byte]) * 32)


SIGNING = example_key("signing", "jutphaas_wonen", 0x11)
SEALING = example_key("sealing", "gemeente.regieteam", 0x22)
HOP_ADAPTER = example_key("hop", "jutphaas_wonen", 0x33)
HOP_BROKER = example_key("hop", "broker", 0x44)
KEYS = {"signing": SIGNING, "sealing": SEALING, "hop_adapter": HOP_ADAPTER, "hop_broker": HOP_BROKER}
DRAWS = {"message_key": bytes([0xA1]) * 32, "wrap_ephemeral": bytes([0xA2]) * 32, "hop_nonce": bytes([0xA3]) * 24}
NOTE = b"zegel.example/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"


def in_order(*draws: bytes) -> Callable[[int], bytes]:
    """Return a source that gives these bytes, one after the other, and nothing else."""
    left: Iterator[bytes] = iter(draws)

    def draw(size: int) -> bytes:
        drawn = next(left)
        if len(drawn) != size:
            raise ValueError("another number of bytes was drawn than the example holds")
        return drawn

    return draw


def make_declaration(*categories: str) -> Declaration:
    """Return the declaration of the example; without categories nothing is sealed."""
    return Declaration(
        id="0197759a-3800-7000-8000-000000000001",
        kind="informatieantwoord",
        casus="3f0a1c5e-8f6b-4c2d-9a7e-1b2c3d4e5f60",
        convenant=b64u(bytes([0xC0]) * 32),
        sender=Sender(instantie=SIGNING.public.owner, role="woonconsulent", key=b64u(SIGNING.id)),
        recipient=Recipient(instantie=SEALING.public.owner, key=b64u(SEALING.id) if categories else ""),
        purpose="armoede_schulden",
        subjects=("p1", "p2"),
        parts=tuple(
            PartName(category=name, schema_version=1, label="feit" if name == "huurachterstand" else "")
            for name in categories
        ),
        re=b64u(bytes([0xC1]) * 32),
        issued=1_750_000_000,
        expires=1_750_604_800,
    )


def make_sealed() -> dict[str, Any]:
    """Return the message with two parts, and every value on the way to it."""
    declaration = make_declaration(*CONTENTS)
    parts = [PlainPart(name, 1, content.encode("ascii")) for name, content in CONTENTS.items()]
    draws = in_order(DRAWS["message_key"], DRAWS["wrap_ephemeral"])
    sealed = seal(declaration, parts, signing=SIGNING, recipient=SEALING.public, random=draws)
    frame = Frame.from_bytes(sealed.container)
    hop = HopBox([HOP_ADAPTER]).seal(
        HOP_BROKER.public, HopFrame("message", NOTE, sealed.container), random=in_order(DRAWS["hop_nonce"])
    )
    return {
        "declaration": frame.declaration.decode("ascii"),
        "declaration_hash": declaration_hash(frame.declaration).hex(),
        "parts": [_part(frame, at, name) for at, name in enumerate(CONTENTS)],
        "wrap": frame.sealed[:152].hex(),
        "table": frame.table.hex(),
        "signed": pae(MESSAGE, frame.declaration, frame.table).hex(),
        "signature": frame.signature.hex(),
        "message_hash": sealed.message_hash.hex(),
        "head": sealed.container[:HEAD_SIZE].hex(),
        "container": sealed.container.hex(),
        "hop": hop.hex(),
    }


def _part(frame: Frame, at: int, name: str) -> dict[str, str]:
    context = part_context(declaration_hash(frame.declaration), at, name)
    key = part_key(DRAWS["message_key"], context)
    return {
        "content": CONTENTS[name],
        "context": context.hex(),
        "part_key": key.hex(),
        "commitment": commitment(key).hex(),
        "encryption_key": encryption_key(key).hex(),
        "nonce": nonce_of(key).hex(),
        "ciphertext": frame.sealed[152 + at * 1040 :][:1040].hex(),
    }


def make_empty() -> dict[str, Any]:
    """Return the same message with nothing sealed."""
    sealed = seal(make_declaration(), [], signing=SIGNING, recipient=None, random=in_order())
    frame = Frame.from_bytes(sealed.container)
    return {
        "declaration": frame.declaration.decode("ascii"),
        "table": frame.table.hex(),
        "message_hash": sealed.message_hash.hex(),
        "container": sealed.container.hex(),
    }


def make_vectors() -> str:
    """Return the text of the file."""
    vectors = {
        "protocol": "zegel/1",
        "warning": "test keys: every seed is one byte, repeated; never use them",
        "keys": {name: _key(key) for name, key in KEYS.items()},
        "draws": {name: drawn.hex() for name, drawn in DRAWS.items()},
        "note": NOTE.decode("ascii"),
        "message": make_sealed(),
        "message_without_parts": make_empty(),
    }
    return json.dumps(vectors, indent=1) + "\n"


def _key(key: PrivateKey) -> dict[str, str]:
    public = key.public
    return {
        "use": public.use,
        "owner": public.owner,
        "seed": key.unsafe_seed().hex(),
        "public": public.raw.hex(),
        "id": public.id.hex(),
    }


if __name__ == "__main__":
    FILE.write_text(make_vectors(), encoding="ascii")
