"""A declaration is read in a short way and, where that says nothing, in a long one: both must mean the same."""

import json
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zegel_schemas import canonical
from zegel_schemas.declaration import Declaration
from zegel_schemas.refusals import Refusal

_VECTORS = json.loads((files("zegel_schemas") / "vectors" / "containers.json").read_text(encoding="utf-8"))


def _declarations(found: object) -> list[bytes]:
    """Return every declaration that stands somewhere in the vectors."""
    if isinstance(found, dict):
        own = [found["declaration"].encode("ascii")] if isinstance(found.get("declaration"), str) else []
        return own + [each for value in found.values() for each in _declarations(value)]
    return [each for value in found for each in _declarations(value)] if isinstance(found, list) else []


def _with_maps(data: bytes) -> bytes:
    values = json.loads(data)
    if "motivation" in values["claims"]:
        values["claims"]["motivation"] = {"a": 1, "b": 2}
    return canonical.encode(values)


DECLARATIONS = sorted({each for each in _declarations(_VECTORS) if each.startswith(b'{"asks"')})
ALL = sorted({*DECLARATIONS, *map(_with_maps, DECLARATIONS)})
PIECES = [b"", b" ", b"0", b"1", b"-", b".5", b"null", b"true", b'"', b'"",', b"[]", b"{}", b',"a":1', b'"a":1,"b":2',
          b'"b":2,"a":1', b'"a":1,"a":2', b"\\u0061", b"\xc3\xab", b"\x7f", b"e1"]  # fmt: skip


def _read_long(data: bytes) -> Declaration | None:
    try:
        return Declaration._read_any(data)
    except Refusal:
        return None


def test_a_usual_declaration_takes_the_short_way() -> None:
    assert len(DECLARATIONS) > 5
    for data in ALL:
        registers = bool(json.loads(data)["registers"])
        assert (Declaration._read_usual(data) is None) == registers


@settings(max_examples=3000, deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_what_the_short_way_takes_the_long_way_takes_alike(data: bytes, draw: st.DataObject) -> None:
    for _ in range(draw.draw(st.integers(0, 2))):
        at = draw.draw(st.integers(0, len(data)))
        until = min(len(data), at + draw.draw(st.integers(0, 12)))
        data = data[:at] + draw.draw(st.sampled_from(PIECES)) + data[until:]

    found = Declaration._read_usual(data)

    if found is not None:
        assert found == _read_long(data)
        assert found.to_bytes() == data


@pytest.mark.parametrize(
    ("honest", "other"),
    [
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}'),
        (b'"second":"",', b""),
        (b'"due":0,', b""),
        (b'"weighing":""', b'"result":"","weighing":""'),
    ],
    ids=["a map out of order", "a default left out within a claim", "a default left out", "a claim of another kind"],
)
def test_what_is_not_canonical_is_not_taken_the_short_way(honest: bytes, other: bytes) -> None:
    for data in (each for each in ALL if honest in each and Declaration._read_usual(each)):
        assert Declaration._read_usual(data.replace(honest, other)) is None
        break
    else:
        pytest.fail("no declaration here holds what is changed")
