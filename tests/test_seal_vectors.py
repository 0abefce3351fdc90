"""The worked example of docs/protocol.md is what the product makes and reads, byte for byte."""

import json
from pathlib import Path
from typing import Any

from tests.vectors.make_protocol_1 import FILE, HOP_BROKER, KEYS, SEALING, make_vectors
from zegel_schemas.seal import HopBox, KeyRecord, check_frame, open_parts, read

VECTORS: dict[str, Any] = json.loads(FILE.read_text())
MESSAGE: dict[str, Any] = VECTORS["message"]
DOCUMENT = (Path(__file__).parent.parent / "docs" / "protocol.md").read_text()


def known(key_id: bytes) -> KeyRecord | None:
    return {key.id: KeyRecord(key.public, 0, 2**40) for key in KEYS.values()}.get(key_id)


def test_the_file_is_what_the_product_makes_today() -> None:
    """A change here is a change of the protocol: it needs another name than zegel/1."""
    assert make_vectors() == FILE.read_text()


def test_the_product_reads_it() -> None:
    frame, sender = HopBox([HOP_BROKER]).open(bytes.fromhex(MESSAGE["hop"]), known)
    opened = open_parts(read(check_frame(frame.body, known)), SEALING)

    assert sender.owner == "jutphaas_wonen"
    assert [part.content.decode() for part in opened.contents] == [part["content"] for part in MESSAGE["parts"]]
    assert opened.message_key.hex() == VECTORS["draws"]["message_key"]


def test_the_product_reads_the_message_without_parts() -> None:
    empty = VECTORS["message_without_parts"]
    verified = read(check_frame(bytes.fromhex(empty["container"]), known))

    assert verified.message_hash.hex() == empty["message_hash"]
    assert verified.ciphertexts == ()


def test_the_document_shows_the_same_values() -> None:
    shown = [
        *(value for key in VECTORS["keys"].values() for value in (key["public"], key["id"])),
        *VECTORS["draws"].values(),
        MESSAGE["declaration"],
        MESSAGE["declaration_hash"],
        *(part[name] for part in MESSAGE["parts"] for name in part if name not in {"ciphertext", "content"}),
        *(part["content"] for part in MESSAGE["parts"]),
        MESSAGE["table"],
        MESSAGE["wrap"],
        MESSAGE["signature"],
        MESSAGE["message_hash"],
        MESSAGE["head"],
        VECTORS["message_without_parts"]["message_hash"],
    ]
    text = "".join(DOCUMENT.split())

    assert [value for value in shown if "".join(value.split()) not in text] == []
