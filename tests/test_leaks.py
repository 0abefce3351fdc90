"""The search for secrets and contents finds what is planted, in any spelling, and is silent about what may be said."""

import base64
import json
import secrets
from collections.abc import Callable
from datetime import date

import pytest

from tests.leaks import Watched, find_leaks

SECRET = bytes(range(200, 232))
TODAY = date(2027, 1, 15)
SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "raw": bytes,
    "hex": lambda raw: raw.hex().encode(),
    "capital hex": lambda raw: raw.hex().upper().encode(),
    "spaced hex": lambda raw: raw.hex(" ").encode(),
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "base64url without padding": lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"="),
    "repr": lambda raw: repr(raw).encode(),
    "JSON of latin-1": lambda raw: json.dumps({"key": raw.decode("latin-1")}).encode(),
    "list of numbers": lambda raw: json.dumps(list(raw)).encode(),
    "tight list of numbers": lambda raw: json.dumps(list(raw), separators=(",", ":")).encode(),
    "in a longer base64": lambda raw: base64.b64encode(b"magic" + raw + b"after"),
    "in another longer base64": lambda raw: base64.urlsafe_b64encode(b"magic1" + raw + b"after"),
    "in a third longer base64": lambda raw: base64.b64encode(b"magic12" + raw + b"after"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", [SECRET, bytes(31) + b"\xfb", b"a-passphrase-of-32-characters-!?"], ids=repr)
def test_a_planted_secret_is_found_in_any_spelling(secret: bytes, spelling: str) -> None:
    watched = Watched()
    watched.secret("a key", secret)
    line = b'{"event": "' + SPELLINGS[spelling](secret) + b'"}'

    assert find_leaks({"a log": b"before\n" + line + b"\nafter", "another": b"nothing here"}, watched) == [
        "a log: a key"
    ]


def test_many_random_secrets_are_found_inside_longer_texts() -> None:
    for length in range(60):
        watched, secret = Watched(), secrets.token_bytes(32)
        watched.secret("a key", secret)
        data = base64.b64encode(secrets.token_bytes(length) + secret + secrets.token_bytes(length % 7))

        assert find_leaks({"a log": data}, watched)


@pytest.mark.parametrize("planted", ["Anouk", "één straat 12", "2012-03-04", "213750", "De huur is\nniet betaald"])
def test_planted_content_is_found_as_text_and_as_json(planted: str) -> None:
    watched = Watched()
    content = {"body": [{"naam": "Anouk"}, "één straat 12", {"geboren": "2012-03-04", "bedrag": 213_750}]}
    watched.content("a content", content | {"tekst": "De huur is\nniet betaald"}, today=TODAY)

    for line in (planted.encode(), json.dumps({"event": planted}).encode()):
        assert len(find_leaks({"a log": line}, watched)) == 1, line


def test_codes_small_numbers_and_days_about_now_may_be_said() -> None:
    watched = Watched()
    watched.content(
        "a content", ["huurachterstand", "p1", True, 12, "", "2027-01-20", {"a": "schooluitval"}], today=TODAY
    )

    assert watched.spellings == {}


def test_a_number_is_not_found_inside_a_longer_one() -> None:
    watched = Watched()
    watched.content("a content", 213_750, today=TODAY)

    assert find_leaks({"a log": b"1213750 2137501 0.213750 2137.50"}, watched) == []
