"""A message around some content, as the tests of claims need it: everything valid but what the test changes."""

from typing import Any

import pytest

from zegel_schemas.claims import Claims
from zegel_schemas.content import Content, Contents, check_claims
from zegel_schemas.declaration import Declaration, PartName, Recipient, Sender
from zegel_schemas.refusals import Fault, Refusal

EVERYBODY = ("p1", "p2", "p3", "p4")
ISSUED = 1_791_201_600  # 2026-10-05T12:00:00Z


def declaration(kind: str, contents: Contents, claims: Claims, **changes: Any) -> Declaration:
    fields: dict[str, Any] = {
        "id": "019a0000-0000-7000-8000-000000000001",
        "kind": kind,
        "casus": "5a1c7a0e-7b1d-4c39-9a53-0f6d2b8e4c11",
        "convenant": "A" * 43,
        "sender": Sender(instantie="gemeente.regieteam", role="casusregisseur", key="A" * 43),
        "recipient": Recipient(instantie="jutphaas_wonen", key="A" * 43),
        "purpose": "afstemming_hulp",
        "subjects": EVERYBODY,
        "parts": tuple(PartName(category=category, schema_version=1) for category in contents),
        "issued": ISSUED,
        "expires": ISSUED + 3600,
        "claims": claims,
    }
    return Declaration(**(fields | changes))


def of(*contents: Content) -> dict[str, Content]:
    return {content.category: content for content in contents}


def refused_fields(kind: str, contents: Contents, claims: Claims, **changes: Any) -> tuple[str, ...]:
    with pytest.raises(Refusal) as caught:
        check_claims(declaration(kind, contents, claims, **changes), contents)
    assert caught.value.code == Fault.CLAIM_KLOPT_NIET
    return caught.value.fields


def altered(claims: Claims, **changes: object) -> Claims:
    return claims.model_copy(update=changes)
