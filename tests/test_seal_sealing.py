"""Sealing refuses what was not made for each other, what the declaration does not announce, and what is too large."""

from typing import Any

import pytest

from tests.two_instanties import (
    CORPORATION,
    REGIE,
    SCHOOL,
    SEALING,
    SIGNING,
    content_of,
    counted_bytes,
    declare,
    fixed_key,
    receive,
    seal_message,
)
from zegel_schemas.declaration import MAX_DECLARATION, Recipient
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import (
    MAX_CONTAINER,
    PlainPart,
    b64u,
    open_parts,
    seal,
)


def seal_with(**changes: Any) -> None:
    arguments: dict[str, Any] = {
        "declaration": declare("huurachterstand"),
        "parts": [content_of("huurachterstand")],
        "signing": SIGNING[REGIE],
        "recipient": SEALING[CORPORATION].public,
        "random": counted_bytes(),
    }
    seal(**(arguments | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"signing": SIGNING[SCHOOL]},
        {"signing": fixed_key("signing", REGIE, 1)},
        {"parts": []},
        {"parts": [content_of("overlast")]},
        {"parts": [content_of("huurachterstand"), content_of("overlast")]},
        {"parts": [content_of("huurachterstand", schema=2)]},
        {"recipient": None},
        {"recipient": SEALING[SCHOOL].public},
        {"recipient": fixed_key("sealing", CORPORATION, 1).public},
        {"recipient": fixed_key("hop", CORPORATION).public},
        {"declaration": declare(), "parts": []},
        {"use": "dryrun"},
        {"random": lambda size: bytes(size - 1)},
    ],
    ids="-".join,
)
def test_what_was_not_made_for_each_other_is_not_sealed(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        seal_with(**changes)


def test_a_hop_key_named_as_a_sealing_key_is_not_sealed_to() -> None:
    hop = fixed_key("hop", CORPORATION)
    to = Recipient(instantie=CORPORATION, key=b64u(hop.id))

    with pytest.raises(ValueError, match="another recipient"):
        seal_with(declaration=declare("huurachterstand").model_copy(update={"recipient": to}), recipient=hop.public)


def test_what_a_receiver_would_refuse_is_not_sealed() -> None:
    with pytest.raises(Refusal, match=Fault.GEBRUIK_KLOPT_NIET):
        seal_with(declaration=declare("huurachterstand", kind="receipt"))
    twice = declare("huurachterstand").parts * 2
    with pytest.raises(Refusal, match=Fault.ONGELDIGE_VERKLARING):
        seal_with(
            declaration=declare("huurachterstand").model_copy(update={"parts": twice}),
            parts=[content_of("huurachterstand")] * 2,
        )


def test_a_content_that_is_not_what_the_declaration_announces_is_not_sealed() -> None:
    other = PlainPart("huurachterstand", 1, content_of("overlast").content)

    with pytest.raises(Refusal, match=Fault.INHOUD_ANDERE_CATEGORIE):
        seal_with(parts=[other])
    with pytest.raises(Refusal, match=Fault.INHOUD_ONGELDIG):
        seal_with(parts=[PlainPart("huurachterstand", 1, b"")])


def test_what_is_too_large_is_not_sealed() -> None:
    with pytest.raises(Refusal, match=Fault.TE_GROOT):
        seal_with(parts=[content_of("huurachterstand", "x" * MAX_CONTAINER)])
    many = {f"veld-{number}": 2**31 - 1 for number in range(800)}
    wide = declare("huurachterstand", kind="informatieverzoek", claims={"motivation": many})
    with pytest.raises(Refusal, match=Fault.TE_GROOT):
        seal_with(declaration=wide)
    assert len(wide.to_bytes()) > MAX_DECLARATION


def test_the_largest_container_is_8_mib() -> None:
    text = "y" * (MAX_CONTAINER - 64 * 1024 * 2)
    sealed = seal_message("huurachterstand", text=text)

    assert len(sealed.container) < MAX_CONTAINER
    assert (
        open_parts(receive(sealed.container), SEALING[CORPORATION]).contents[0].content.count(b"yy") == len(text) // 2
    )
