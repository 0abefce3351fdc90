"""Writes the vectors that are shipped, with the second implementation: `python -m tests.foreign.vectors`.

Every key in them is a test key with a seed anybody can guess; never use one of them for anything else.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tests.foreign.answers import false_answers, write_asking
from tests.foreign.claim_cases import write_claims
from tests.foreign.containers import write_cases
from tests.foreign.false_containers import false_containers
from tests.foreign.false_directories import FALSE_KEYS, false_files
from tests.foreign.false_texts import FALSE_TEXTS, TEXTS
from tests.foreign.hops import false_hops, write_hops
from tests.foreign.joining import false_requests, write_joining
from tests.foreign.notation import Key, part_bucket
from tests.foreign.scene import FILE, FINGERPRINT, NOTICES, STAMP, WHOLE, write_directory, write_log
from tests.foreign.sets import write_sets
from tests.foreign.stamping import RULES, false_notices, false_stamps
from tests.foreign.town import KEYS, REGIE

FOLDER = Path(__file__).parents[2] / "schemas" / "zegel_schemas" / "vectors"
ZEROS = 4096  # bytes at the end from which a file says how many zeros follow


@cache
def make_files() -> dict[str, str]:
    """Return the text of each file by its name."""
    hops = {"hops": write_hops(STAMP, WHOLE.notice(2, 3)), "refused": _refused("hop", false_hops())}
    made: dict[str, dict[str, Any]] = {
        "keys.json": {
            "keys": {name: _key(key) for name, key in KEYS.items()},
            "refused": [
                {"name": name, "use": use, "public": raw.hex(), "code": "REGISTER_ONGELDIG"}
                for name, use, raw in FALSE_KEYS
            ],
        },
        "canonical.json": {
            "canonical": TEXTS,
            "not_canonical": [{"name": name, "bytes": data.hex()} for name, data in FALSE_TEXTS],
            "part_bucket": {str(size): part_bucket(size) for size in _sizes()},
        },
        "containers.json": {"containers": write_cases()},
        "false_containers.json": {
            "opened_by": "sealing",
            "refused": _refused("container", false_containers()),
        },
        "claims.json": {"messages": write_claims()},
        "joining.json": write_joining()
        | {
            "refused": [{"name": name, "code": code, "request": data.decode()} for name, code, data in false_requests()]
        },
        "hops.json": hops,
        "sets.json": write_sets(),
        "log.json": write_log(),
        "directory.json": write_directory(),
        "asking.json": write_asking() | {"refused": _refused("answer", false_answers())},
        "false_directories.json": {
            "fingerprint": FINGERPRINT,
            "refused": [{"name": name, "code": code, **_lines(data)} for name, code, data in false_files()],
        },
        "false_stamps.json": {
            "message": "two_parts",
            "me": REGIE,
            "directory_lines": len(FILE.lines),
            "rules_that_fit": RULES,
            "right": STAMP.hex(),
            "refused": _refused("stamp", false_stamps()),
            "refused_notices": _refused("notice", false_notices(NOTICES)),
        },
    }
    return {name: _write(values) for name, values in made.items()}


def _write(values: dict[str, Any]) -> str:
    warning = "test keys: every seed is one byte, repeated; never use them"
    return json.dumps({"protocol": "zegel/1", "warning": warning} | values, indent=1, ensure_ascii=True) + "\n"


def _sizes() -> Iterable[int]:
    powers = (1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 196608)
    return sorted({1, *(size + step for size in powers for step in (-1, 0, 1))})


def _refused(what: str, cases: Iterable[tuple[str, str, bytes]]) -> list[dict[str, Any]]:
    return [{"name": name, "code": code, **_bytes(what, data)} for name, code, data in cases]


def _bytes(what: str, data: bytes) -> dict[str, Any]:
    stripped = data.rstrip(b"\0")
    zeros = len(data) - len(stripped)
    return {what: stripped.hex(), "zeros": zeros} if zeros > ZEROS else {what: data.hex()}


def _lines(data: bytes) -> dict[str, Any]:
    """Return how many lines of directory.json a file begins with, and what follows."""
    begin, count = b"", 0
    while count < len(FILE.lines) and data.startswith(begin + FILE.lines[count]):
        begin, count = begin + FILE.lines[count], count + 1
    return {"lines": count, "then": data[len(begin) :].decode()}


def _key(key: Key) -> dict[str, str]:
    public = key.public
    return {
        "use": key.use,
        "owner": key.owner,
        "seed": key.seed.hex(),
        "public": public.raw.hex(),
        "id": public.id.hex(),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in make_files().items():
        (FOLDER / name).write_text(text, encoding="ascii")
