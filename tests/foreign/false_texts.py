"""Texts that are canonical JSON, and bytes that are not although a parser may take them."""

from tests.foreign.containers import ODD
from tests.foreign.notation import canonical

TEXTS = [
    canonical(value).decode()
    for value in (
        {},
        [],
        "",
        0,
        2**53 - 1,
        True,
        [False, [], {}, ""],
        {"b": 1, "a": {"d": [], "c": 0}},
        {"\U0001f3e0": 1, "\uff5e": 2, "z": 3, "Z": 4, "": 5},  # by code point, not by UTF-16 unit
        ODD,
    )
]
FALSE_TEXTS = [
    ("nothing", b""),
    ("null", b"null"),
    ("a fraction", b"1.0"),
    ("an exponent", b"1e2"),
    ("a negative number", b"-1"),
    ("minus zero", b"-0"),
    ("a leading zero", b"01"),
    ("2^53", b"9007199254740992"),
    ("a very long number", b"1" * 5000),
    ("not a number", b"NaN"),
    ("infinity", b"Infinity"),
    ("a space", b"[1, 2]"),
    ("a line end", b"{}\n"),
    ("a byte order mark", b"\xef\xbb\xbf{}"),
    ("UTF-8", '"é"'.encode()),
    ("capitals in an escape", rb'"\u00E9"'),
    ("an escape of what needs none", rb'"\u0041"'),
    ("a slash escaped", rb'"\/"'),
    ("a tab as a number", rb'"\u0009"'),
    ("a tab as it is", b'"\t"'),
    ("DEL as it is", b'"\x7f"'),
    ("half a surrogate pair", rb'"\ud83c"'),
    ("the other half", rb'"\udfe0"'),
    ("a pair the wrong way round", rb'"\udfe0\ud83c"'),
    ("half a pair as a key", rb'{"\ud83c":0}'),
    ("keys out of order", b'{"b":0,"a":0}'),
    ("keys in the order of UTF-16", rb'{"\ud83c\udfe0":1,"\uff5e":2}'),
    ("a key twice", b'{"a":0,"a":0}'),
    ("a key twice, one escaped", rb'{"a":0,"\u0061":0}'),
    ("a comma too many", b"[1,]"),
    ("two values", b"{}{}"),
    ("17 lists inside one another", b"[" * 17 + b"]" * 17),
    ("two thousand lists", b"[" * 2000),
    ("a comment", b"{}//"),
    ("single quotes", b"'a'"),
]
