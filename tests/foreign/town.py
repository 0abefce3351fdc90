"""Who speaks in the vectors, with which test keys, and what they say; every seed is one byte, 32 times."""

from typing import Any

from tests.foreign.notation import Key, b64u, canonical

CORPORATION, REGIE, BROKER, SCHOOL = "jutphaas_wonen", "gemeente.regieteam", "broker", "school_vo"


def test_key(use: str, owner: str, byte: int) -> Key:
    """Return the key whose seed is this byte, 32 times."""
    return Key(use, owner, bytes([byte]) * 32)


KEYS = {
    "signing": test_key("signing", CORPORATION, 0x11),
    "sealing": test_key("sealing", REGIE, 0x22),
    "hop_adapter": test_key("hop", CORPORATION, 0x33),
    "hop_broker": test_key("hop", BROKER, 0x44),
    "signing_regie": test_key("signing", REGIE, 0x55),
    "sealing_corporation": test_key("sealing", CORPORATION, 0x66),
    "hop_regie": test_key("hop", REGIE, 0x77),
    "signing_school": test_key("signing", SCHOOL, 0x88),
    "identity": test_key("identity", CORPORATION, 0x99),
    "log": test_key("log", BROKER, 0xAA),
    "root": test_key("root", "root", 0xBB),
}
SIGNING, SEALING = KEYS["signing"], KEYS["sealing"]
MESSAGE_KEY, EPHEMERAL, HOP_NONCE = b"\xa1" * 32, b"\xa2" * 32, b"\xa3" * 24
NOTE = b"zegel.example/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
ISSUED = 1_750_000_000
CONVENANT, RE = b64u(b"\xc0" * 32), b64u(b"\xc1" * 32)
EMERGENCY = {"person": "", "reason": "", "second": "", "until": 0}
ANSWER_CLAIMS: dict[str, Any] = {
    "action": "",
    "completeness": "",
    "emergency": EMERGENCY,
    "motivation": {},
    "weighing": "",
}
ASK_CLAIMS: dict[str, Any] = {
    "directory": {"count": 0, "head": ""},
    "files": [],
    "log": {"origin": "", "sizes": []},
}
QUESTION_CLAIMS: dict[str, Any] = {
    "action": "",
    "emergency": EMERGENCY,
    "motivation": {"waarom_nodig": 71},
    "motivation_per_category": {},
    "new_facts": 0,
    "period_months": 6,
}


def declare(*categories: str, to: Key = SEALING, signing: Key = SIGNING, **changes: Any) -> dict[str, Any]:
    """Return a declaration that encloses these categories; `changes` replace what else it says."""
    plain: dict[str, Any] = {
        "asks": [],
        "casus": "3f0a1c5e-8f6b-4c2d-9a7e-1b2c3d4e5f60",
        "claims": ANSWER_CLAIMS,
        "convenant": CONVENANT,
        "due": 0,
        "expires": ISSUED + 604_800,
        "from": {"instantie": signing.owner, "key": b64u(signing.id), "role": "woonconsulent"},
        "id": "0197759a-3800-7000-8000-000000000001",
        "issued": ISSUED,
        "kind": "informatieantwoord",
        "parts": [
            {"category": each, "label": "" if each == "motivering" else "feit", "schema": 1} for each in categories
        ],
        "purpose": "armoede_schulden",
        "re": RE,
        "registers": [],
        "subjects": ["p1", "p2"],
        "to": {"instantie": to.owner, "key": b64u(to.id) if categories else ""},
        "v": "zegel/1",
    }
    return plain | changes


def content(category: str, body: Any, schema: int = 1) -> bytes:
    """Return the content of a part."""
    return canonical({"body": body, "category": category, "schema": schema})


def content_of_size(category: str, size: int) -> bytes:
    """Return a content of exactly so many bytes."""
    return content(category, "x" * (size - len(content(category, ""))))


DEBT = content(
    "huurachterstand",
    {"aantal_maanden": 3, "bedrag_centen": 213750, "toelichting": "Brief van 1 juni: € 2.137,50."},
)
WHY = content("motivering", {"waarom_nodig": "Zonder dit gegeven kan het regieteam niet bepalen welke maatregel past."})
