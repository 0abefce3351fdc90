"""Attacks with a declaration its own sender signed, who writes its own client: each must fail, with its own code.

`forge` signs any bytes validly; the name of a test says what it defends against.
"""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forgery import (
    FAULTS,
    code_of,
    forge,
    frame_of,
    with_json,
)
from tests.two_instanties import (
    CORPORATION,
    declare,
    receive,
    seal_message,
)
from zegel_schemas.declaration import BROKER, Recipient
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import (
    Use,
)


@pytest.mark.parametrize(
    ("use", "kind", "to"),
    [
        ("message", "receipt", BROKER),
        ("message", "ask", BROKER),
        ("receipt", "mdo_informatie", BROKER),
        ("dryrun", "receipt", BROKER),
        ("ask", "receipt", BROKER),
        ("receipt", "receipt", CORPORATION),
        ("ask", "ask", CORPORATION),
    ],
)
def test_a_receipt_or_question_is_signed_as_such_and_addressed_to_the_broker(use: Use, kind: str, to: str) -> None:
    declaration = declare(kind=kind).model_copy(update={"recipient": Recipient(instantie=to)})

    assert code_of(forge(declaration, use=use)) == Fault.GEBRUIK_KLOPT_NIET


@pytest.mark.parametrize(
    "spaced",
    [
        lambda data: data.replace(b":", b": ", 1),
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data.replace(b"mdo", b"\\u006ddo"),
        lambda data: data.replace(b'"due":0', b'"due":0,"due":0'),
        lambda data: data.replace(b'"due":0', b'"due":1,"due":0'),
        lambda data: data.replace(b'"due":0', b'"due":00'),
        lambda data: data.replace(b'"due":0', b'"due":0.0'),
        lambda data: data.replace(b'"due":0', b'"due":0e0'),
        lambda data: data.replace(b'"due":0', b'"due":-0'),
        lambda data: data.replace(b'"due":0', b'"due":null'),
        lambda data: data.replace(b'"due":0', b'"due":NaN'),
        lambda data: data.replace(b'"due":0', b'"due":9007199254740992'),
        lambda data: data.replace(b'"due":0', b'"due":' + b"1" * 5000),
        lambda data: data.replace(b'"v":"zegel/1"', b'"v":"zegel\\/1"'),
        lambda data: data.replace(b"casusregie", "casusregië".encode()),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.decode().encode("utf-16"),
        lambda _: b"[" * 16_000,
        lambda _: b'{"a":' * 3_000,
        lambda data: data[:-1],
    ],
    ids=[
        "space", "newline", "leading space", "escape", "key twice", "key twice, other value", "leading zero", "float",
        "exponent", "minus zero", "null", "NaN", "2^53", "5000 digits", "escaped slash", "UTF-8", "byte order mark",
        "UTF-16", "deep list", "deep object", "cut",
    ],
)  # fmt: skip
def test_valid_but_not_canonical_json_is_refused(spaced: Callable[[bytes], bytes]) -> None:
    assert code_of(forge(spaced(declare().to_bytes()))) == Fault.NIET_CANONIEK


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.update(remark="free text"),
        lambda values: values["from"].update(name="free text"),
        lambda values: values["claims"].update(remark="free text"),
        lambda values: values["claims"].update(outcome={"p1": "bekend"}),
        lambda values: values.pop("due"),
        lambda values: values["to"].pop("key"),
        lambda values: values["claims"].pop("motivation"),
        lambda values: values.update(v="zegel/2"),
        lambda values: values.update(kind="Een zin."),
        lambda values: values.update(id=values["id"].upper()),
        lambda values: values.update(issued=True),
        lambda values: values.update(issued="1"),
        lambda values: values.update(subjects=["Jan"]),
        lambda values: values.update(parts=[[]]),
        lambda values: values.update(registers=[{"fact": "verzinsel"}]),
        lambda values: values.update(alg="none"),
    ],
    ids=[
        "field", "field of from", "claim", "claim of another kind", "no due", "no to.key",
        "no motivation", "version", "sentence as code",
        "upper-case id", "true as a number", "text as a number", "a name",
        "a part that is none", "unknown fact", "alg",
    ],
)  # fmt: skip
def test_an_extra_missing_or_ill_typed_field_in_the_clear_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    assert code_of(with_json(change)) == Fault.ONGELDIGE_VERKLARING


@pytest.mark.parametrize(
    "change",
    [lambda values: values.update({"\ud800": 1}), lambda values: values.update(kind="\ud800")],
    ids=["in a key", "in a text"],
)
def test_half_a_surrogate_pair_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    assert code_of(with_json(change)) == Fault.NIET_CANONIEK


@pytest.mark.parametrize(
    ("honest", "second"),
    [(b'"schema":1', b'"schema_version":1'), (b'"label":"feit",', b"")],
    ids=["its name in code", "a default left out"],
)
def test_a_declaration_has_no_second_form(honest: bytes, second: bytes) -> None:
    """Both would be the same message in other bytes, and so another hash of one meaning."""
    frame = frame_of(seal_message("huurachterstand"))
    changed = frame.declaration.replace(honest, second)

    assert changed != frame.declaration
    assert code_of(forge(changed, frame.sealed, frame.table)) == Fault.ONGELDIGE_VERKLARING


def test_a_declaration_above_16_kib_is_refused() -> None:
    frame = frame_of(seal_message())
    wide = dataclasses.replace(frame, declaration=b" " * (16 * 1024 + 1))

    assert code_of(wide.to_bytes()) == Fault.FRAME_ONLEESBAAR


def fate_of(container: bytes) -> str:
    try:
        receive(container)
    except Refusal as refusal:
        return refusal.code
    return "accepted"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@settings(deadline=None)  # the machine may be busy with other things
@given(st.sampled_from(sorted(json.loads(declare().to_bytes()))), json_values)
def test_no_value_in_any_field_of_a_signed_declaration_causes_more_than_a_refusal(name: str, value: object) -> None:
    changed = with_json(lambda values: values.update({name: value}))

    assert fate_of(changed) in FAULTS | {"accepted"}
