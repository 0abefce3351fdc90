"""The containers of the vectors: every use, no parts, one, many, small and large ones, at each border of a bucket."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.foreign.making import Container, Part, ask_of, hash_declaration, receipt_of, seal
from tests.foreign.notation import Key, b64u
from tests.foreign.town import (
    ASK_CLAIMS,
    BROKER,
    DEBT,
    EPHEMERAL,
    ISSUED,
    KEYS,
    MESSAGE_KEY,
    QUESTION_CLAIMS,
    REGIE,
    SIGNING,
    WHY,
    content,
    content_of_size,
    declare,
)

LARGE = 32 * 1024  # bytes of a container above which the file holds its hash instead
ODD = '"\\\b\t\n\f\r\x00\x1f\x7f\x80 é € \u2028 \U0001f3e0 / \U0010ffff'
BORDERS = (1023, 1024, 2047, 2048)
WIDE_BORDERS = (32767, 32768, 65535, 65536, 131071, 131072)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One container: what its sender gives, and what comes out."""

    name: str
    declaration: dict[str, Any]
    contents: tuple[bytes, ...]
    signing: str  # name of the key in keys.json
    sealing: str  # the recipient's; "" without parts
    made: Container


def make_cases() -> Iterator[Case]:
    """Yield every case."""
    yield _case("two_parts", declare("huurachterstand", "motivering"), DEBT, WHY)
    yield _case("no_parts", declare())
    yield _case("empty_body", declare("huurachterstand"), content("huurachterstand", {}))
    yield _case("escapes", declare("huurachterstand"), content("huurachterstand", {"toelichting": ODD, ODD: True}))
    yield _case("borders", *_sized(BORDERS))
    yield _case("wide_borders", *_sized(WIDE_BORDERS))
    yield _case("most_parts", *_sized([64 + at for at in range(32)]))
    yield _case("question", _ask(), WHY, signing="signing_regie", sealing="sealing_corporation")
    yield _case("registration", _register())
    yield from _receipts()
    yield _case("dryrun", declare("huurachterstand", "motivering"), use="dryrun")
    open_key = declare("huurachterstand") | {"to": {"instantie": REGIE, "key": ""}}
    yield _case("dryrun_key_left_open", open_key, use="dryrun")
    yield _case("ask", _ask_broker(), use="ask")


def _case(
    name: str,
    declaration: dict[str, Any],
    *contents: bytes,
    use: str = "message",
    signing: str = "signing",
    sealing: str = "sealing",
) -> Case:
    made = seal(
        declaration,
        contents,
        signing=KEYS[signing],
        to=KEYS[sealing].public if contents else None,
        message_key=MESSAGE_KEY,
        ephemeral=EPHEMERAL,
        use=use,
    )
    return Case(
        name=name,
        declaration=declaration,
        contents=contents,
        signing=signing,
        sealing=sealing if contents else "",
        made=made,
    )


def _sized(sizes: Sequence[int]) -> tuple[Any, ...]:
    names = [f"category_{at}" for at in range(len(sizes))]
    contents = [content_of_size(name, size) for name, size in zip(names, sizes, strict=True)]
    return declare(*names), *contents


def _ask() -> dict[str, Any]:
    return declare(
        "motivering",
        to=KEYS["sealing_corporation"],
        signing=KEYS["signing_regie"],
        id="0197759a-3800-7000-8000-000000000002",
        kind="informatieverzoek",
        asks=["huurachterstand"],
        claims=QUESTION_CLAIMS,
        re="",
        due=ISSUED + 86_400,
    )


def _register() -> dict[str, Any]:
    fact = {"fact": "toestemming_ingetrokken", "consent": "0197759a-3800-7000-8000-00000000000c", "by": "p1"}
    return _to_broker(kind="registratie", registers=[fact], claims={}, subjects=["p1"], re="")


def _ask_broker() -> dict[str, Any]:
    return ask_of(
        signing=SIGNING,
        message_id="0197759a-3800-7000-8000-0000000000a5",
        now=ISSUED,
        convenant=b64u(bytes(32)),  # a directory that names none yet
        claims=ASK_CLAIMS,
    )


def _to_broker(signing: Key = SIGNING, **changes: Any) -> dict[str, Any]:
    return declare(signing=signing, to=Key("hop", BROKER, b"\x44" * 32), **changes)


def _receipts() -> Iterator[Case]:
    answered = declare("huurachterstand", "motivering")
    message_hash = _case("", answered, DEBT, WHY).made.message_hash
    for name, reason in (("receipt_opened", ""), ("receipt_rejected", "claim_klopt_niet")):
        said = receipt_of(
            answered,
            message_hash,
            signing=KEYS["signing_regie"],
            message_id="0197759a-3800-7000-8000-0000000000a1",
            now=ISSUED + 60,
            reason=reason,
        )
        yield _case(name, said, use="receipt", signing="signing_regie")


def write_cases() -> list[dict[str, Any]]:
    """Return what containers.json says."""
    return [_write(case) for case in make_cases()]


def _write(case: Case) -> dict[str, Any]:
    made, large = case.made, len(case.made.container) > LARGE
    written: dict[str, Any] = {
        "name": case.name,
        "use": made.use,
        "signing_key": case.signing,
        "sealing_key": case.sealing,
        "message_key": MESSAGE_KEY.hex() if made.parts else "",
        "ephemeral": EPHEMERAL.hex() if made.parts else "",
        "declaration": made.declaration.decode(),
        "declaration_hash": hash_declaration(made.declaration).hex(),
        "parts": [_write_part(each, large=large) for each in made.parts],
        "wrap": _write_wrap(made),
        "seal_table": made.table.hex(),
        "signed": made.signed.hex(),
        "signature": made.signature.hex(),
        "message_hash": made.message_hash.hex(),
        "head": made.head.hex(),
        "container_length": len(made.container),
        "container_sha256": hashlib.sha256(made.container).hexdigest(),
    }
    return written if large else written | {"container": made.container.hex()}


def _write_part(part: Part, *, large: bool) -> dict[str, Any]:
    text = part.content.decode()
    run = re.fullmatch(r"(.*?)(x{32,})(.*)", text)
    shown: dict[str, Any] = {"content": text}
    if large and run:  # a run of x, written as its length
        shown = {"content_before": run[1], "content_x": len(run[2]), "content_after": run[3]}
    values = {
        name: getattr(part, name).hex()
        for name in ("context", "part_key", "commitment", "encryption_key", "nonce", "ciphertext", "ciphertext_hash")
        if not (large and name == "ciphertext")
    }
    return shown | {"content_length": len(part.content), "padded_length": len(part.padded)} | values


def _write_wrap(made: Container) -> dict[str, str]:
    if made.wrap is None:
        return {}
    names = ("inside", "ephemeral_public", "shared", "nonce", "wrap", "wrap_hash")
    return {name: getattr(made.wrap, name).hex() for name in names}
