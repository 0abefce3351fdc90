"""Canonical JSON: one meaning has one byte form, and nothing but that form is read."""

import json

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from zegel_schemas.canonical import MAX_DEPTH, MAX_INTEGER, NotCanonicalError, decode, encode

values = st.recursive(
    st.text() | st.integers(0, MAX_INTEGER) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def nested(depth: int, inside: object) -> object:
    for _ in range(depth):
        inside = [inside]
    return inside


@settings(deadline=None)  # the machine may be busy with other things
@given(values)
def test_what_is_encoded_is_read_back(value: object) -> None:
    assert decode(encode(value)) == value


@settings(deadline=None)  # the machine may be busy with other things
@given(values)
def test_it_is_what_the_document_says_python_writes(value: object) -> None:
    assert encode(value) == json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("é", rb'"\u00e9"'),
        ("🔒", rb'"\ud83d\udd12"'),
        ("\b\t\n\f\r", rb'"\b\t\n\f\r"'),
        ("\0\x1f", rb'"\u0000\u001f"'),
        ("\x7f", rb'"\u007f"'),
        ("~/ <&>'", b'"~/ <&>\'"'),
        ('"\\', rb'"\"\\"'),
    ],
    ids=["Latin", "above U+FFFF", "short escapes", "control", "DEL", "not escaped", "quotes"],
)
def test_every_character_has_one_spelling(text: str, written: bytes) -> None:
    assert encode(text) == written
    assert decode(written) == text


@pytest.mark.parametrize("inside", ["x", 1, [], {}], ids=repr)
def test_it_is_nested_at_most_16_deep_whatever_lies_inside(inside: object) -> None:
    own = 1 if inside in ([], {}) else 0

    encode(nested(MAX_DEPTH - own, inside))
    with pytest.raises(NotCanonicalError, match="nested"):
        encode(nested(MAX_DEPTH + 1 - own, inside))


@pytest.mark.parametrize(
    "value",
    [None, 1.5, -1, MAX_INTEGER + 1, b"x", {1: "x"}, [None], {"a": 1.0}, object(), "\ud800", {"\udd12": 1}],
    ids=[
        "null",
        "float",
        "negative",
        "too-big",
        "bytes",
        "key-no-text",
        "null-inside",
        "float-inside",
        "object",
        "half a character",
        "half a character for a key",
    ],
)
def test_a_value_without_canonical_form_is_not_written(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xef\xbb\xbf1",
        b" 1",
        b"1 ",
        b"01",
        b"1.0",
        b"1e2",
        b"1e999",
        b"-0",
        b"-1",
        b"NaN",
        b"-Infinity",
        b"null",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'"\\u0041"',
        b'"\\u00E9"',
        b'"\\/"',
        '"é"'.encode(),
        b"[" * 99_999,
        b"1" * 5000,
        b'{"a":[{"b":1,"b":2}]}',
        b"9007199254740992",
        b'"\x7f"',
        b'"\t"',
        b'"\\ud800"',
        b'["\\udd12\\ud83d"]',
        b'{"\\ud83d":1}',
    ],
    ids=lambda data: data[:16].decode("latin-1"),
)
def test_any_other_spelling_is_not_read(data: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        decode(data)


# -- large texts without escapes are not written again to compare them -------------------------------------------------

plain_text = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"\\'), max_size=8)
plain_values = st.recursive(
    plain_text | st.integers(0, MAX_INTEGER) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain_text, inner, max_size=4),
    max_leaves=16,
)
LARGE = "x" * 5000


def is_canonical(data: bytes) -> bool:
    """Say, by the document's own definition, whether these bytes are what a value of them is written as."""
    try:
        return encode(json.loads(data)) == data
    except (ValueError, RecursionError):
        return False


def is_read(data: bytes) -> bool:
    try:
        decode(data)
    except NotCanonicalError:
        return False
    return True


@settings(deadline=None, max_examples=300)
@given(plain_values, st.data())
def test_an_edited_large_text_is_read_only_if_it_is_canonical(value: object, draw: st.DataObject) -> None:
    data = bytearray(encode([value, LARGE, value]))
    ends = len(encode(value)) + 2  # edit what is written around the filling, not the filling
    for _ in range(draw.draw(st.integers(0, 3))):
        place = draw.draw(st.integers(0, ends) | st.integers(len(data) - ends, len(data)))
        new = draw.draw(st.sampled_from([b"", *(bytes([each]) for each in b' \n\t"{}[]:,-+.eE019\\/ \x7f\xe9atn')]))
        data[place : place + draw.draw(st.integers(0, 2))] = new
    event("canonical" if is_canonical(bytes(data)) else "not")

    assert is_read(bytes(data)) == is_canonical(bytes(data))


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":"%s"}',
        '{"a":1,"a":"%s"}',
        '{"a": "%s"}',
        '["%s",-0]',
        '["%s",-1]',
        '["%s",1.0]',
        '["%s",1E5]',
        '["%s",null]',
        '["%s",NaN]',
        '["%s",Infinity]',
        '["%s","\x7f"]',
        '["%s"]\n',
        '["%s",9007199254740992]',
        '["%s",{"b":{"y":1,"x":1}}]',
    ],
)
def test_another_form_of_a_large_text_is_refused(text: str) -> None:
    data = (text % LARGE).encode()

    assert not is_canonical(data)
    with pytest.raises(NotCanonicalError):
        decode(data)


def test_a_large_text_of_the_canonical_form_is_read() -> None:
    value = {"a": LARGE, "b": [1, True, {"x": "", "y": []}]}

    assert decode(encode(value)) == value
