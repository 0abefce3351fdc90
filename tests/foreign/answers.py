"""An answer to the ask of the vectors, and answers of which nothing may be taken."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.foreign.asking import Answer, Asker, change, head_of
from tests.foreign.directory import File
from tests.foreign.logbook import Entry, write_leaf, write_note, write_record
from tests.foreign.notation import b64u, h
from tests.foreign.scene import (
    DIRECTORY,
    DOCUMENT,
    FILE,
    FINGERPRINT,
    HASHES,
    LOG,
    NEXT_LOG,
    ORIGIN,
    ROOTS,
    SALT,
    VERSION,
    WHOLE,
    Shown,
    admit,
    raw,
)
from tests.foreign.town import ISSUED
from tests.foreign.tree import consistency_of, leaf_hash, path_of, root_of

HELD = 3  # statements the asker holds
SIZES = (3, 5)
ASK = bytes(range(32, 64))
ASKER = Asker(
    ask=ASK,
    file=b"".join(FILE.lines[:HELD]),
    fingerprint=FINGERPRINT,
    origin=ORIGIN,
    sizes=SIZES,
    roots={size: root_of(HASHES[:size]) for size in SIZES},
    files=(b64u(h("zegel/1conv-file", DOCUMENT)),),
    newest=(1, VERSION["count"]),
)


def steps_to(size: int) -> tuple[tuple[int, tuple[bytes, ...]], ...]:
    """Return the steps from the sizes asked about to this one."""
    chain = [*SIZES, size]
    return tuple((one, tuple(consistency_of(one, HASHES[:two]))) for one, two in pairwise(chain))


RIGHT = Answer(
    ask=ASK,
    note=WHOLE.note,
    entry=WHOLE.entry(8),
    count=HELD,
    head=head_of(DIRECTORY.heads[HELD - 1]),
    steps=steps_to(9),
    lines=b"".join(FILE.lines[HELD:]),
    files=(DOCUMENT,),
)


def right_answers() -> dict[str, bytes]:
    """Return answers that hold, by name."""
    return {
        "statements, steps and a document": RIGHT.to_bytes(),
        "a part of the statements": change(RIGHT, lines=b"".join(FILE.lines[HELD:5]), files=()),
        "statements held already, and more": change(
            RIGHT, count=1, head=head_of(DIRECTORY.heads[0]), lines=b"".join(FILE.lines[1:])
        ),
        "all from the beginning": change(RIGHT, count=0, head=bytes(32), lines=b"".join(FILE.lines)),
        "nothing new": _under(Shown(size=5).note, lines=b"", files=(), steps=(steps_to(5)[0], (5, ())), at=1, size=5),
    }


def false_answers() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, code and answer."""
    yield from _unreadable()
    other, split, unproven = "ANTWOORD_ANDERE_VRAAG", "REGISTER_GESPLITST", "LOGBOEK_ONBEWEZEN"
    yield "to another ask", other, change(RIGHT, ask=bytes(32))
    ahead = {"count": 5, "head": head_of(DIRECTORY.heads[4]), "lines": b"".join(FILE.lines[5:])}
    yield "that follows on what is not held", other, change(RIGHT, **ahead)
    yield "on another history", split, change(RIGHT, head=bytes(31) + b"\1")
    yield "a statement that may not follow", "REGISTER_ONGELDIG", change(RIGHT, lines=b"".join(FILE.lines[HELD + 1 :]))
    yield "a line that is none", "REGISTER_ONGELDIG", change(RIGHT, lines=b"{}\n")
    yield "another statement where one is held", split, change(RIGHT, **_fork())
    yield (
        "under the note of another log key",
        "STEMPEL_VREEMD_LOGBOEK",
        _under(write_note(ORIGIN, 9, root_of(HASHES), NEXT_LOG)),
    )
    yield "an entry that is not proven", "STEMPEL_KLOPT_NIET", change(RIGHT, entry=Shown(size=8).entry(7))
    yield "that names no directory", "REGISTER_ONBEWEZEN", _naming(0, "", lines=b"")
    yield "more than the log names", "REGISTER_ONBEWEZEN", _naming(5, DIRECTORY.heads[4])
    yield "the log names another history", split, _naming(VERSION["count"], b64u(bytes(32)))
    yield "the log names an older directory than before", "REGISTER_TERUG", _naming(2, DIRECTORY.heads[1], lines=b"")
    shorter = {"lines": b"", "files": (), "steps": ()}
    yield "a shorter log", "LOGBOEK_TERUG", _under(Shown(size=4).note, at=2, size=4, **shorter)
    yield "no steps", unproven, change(RIGHT, steps=())
    yield "a step too few", unproven, change(RIGHT, steps=RIGHT.steps[1:])
    yield "a path that leads elsewhere", unproven, change(RIGHT, steps=(RIGHT.steps[0], (5, RIGHT.steps[1][1][::-1])))
    yield "one size, two roots", "LOGBOEK_GESPLITST", _other_root()
    yield "a document the root never named", "CONVENANT_NIET_ONDERTEKEND", change(RIGHT, files=(b"document: ander\n",))


def _unreadable() -> Iterator[tuple[str, str, bytes]]:
    data, code = RIGHT.to_bytes(), "ANTWOORD_ONLEESBAAR"
    yield "empty", code, b""
    yield "a notice", code, WHOLE.notice(2, 3)
    yield "cut", code, data[:-1]
    yield "a trailing byte", code, data + b"\0"
    yield "a head for no statements", code, change(RIGHT, count=0)
    yield "no head for statements", code, change(RIGHT, head=bytes(32))
    yield "steps out of order", code, change(RIGHT, steps=RIGHT.steps[::-1])
    yield "65 steps", code, change(RIGHT, steps=tuple((size, ()) for size in range(65)))
    yield "an empty document", code, change(RIGHT, files=(b"",))
    yield "a path of 64 hashes", code, change(RIGHT, steps=((3, (bytes(32),) * 64),))


def _under(note: bytes, *, at: int = 8, size: int = 9, **changes: Any) -> bytes:
    return change(RIGHT, note=note, entry=Shown(size=size).entry(at), **changes)


def _naming(count: int, head: str, **changes: Any) -> bytes:
    """Return the answer with an entry, the tenth of the log, that names this version."""
    record = write_record(type="tick", directory={"count": count, "head": head})
    leaf = write_leaf(record, salt=SALT, origin=ORIGIN, time=ISSUED + 90)
    hashes = [*HASHES, leaf_hash(leaf)]
    entry = Entry(index=9, salt=SALT, leaf=leaf, record=record, path=tuple(path_of(9, hashes)))
    steps = ((3, tuple(consistency_of(3, HASHES[:5]))), (5, tuple(consistency_of(5, hashes))))
    return change(RIGHT, note=write_note(ORIGIN, 10, root_of(hashes), LOG), entry=entry, steps=steps, **changes)


def _fork() -> dict[str, Any]:
    """Return statements that the root signed beside those that are held."""
    other = File()
    other.add("root", *ROOTS[:2], time=ISSUED - 86_400, keys=raw(*ROOTS), threshold=2)
    admit(other, "school_vo", ISSUED - 86_400)
    return {"count": 1, "head": head_of(DIRECTORY.heads[0]), "lines": b"".join(other.lines[1:])}


def _other_root() -> bytes:
    """Return an answer under a note of size 5 with another history, of the entry the asker knows."""
    hashes = [*HASHES[:4], leaf_hash(b"another")]
    shown = Shown(size=5).entry(1)
    entry = Entry(index=1, salt=shown.salt, leaf=shown.leaf, record=shown.record, path=tuple(path_of(1, hashes)))
    steps = (steps_to(5)[0], (5, ()))
    return change(RIGHT, note=write_note(ORIGIN, 5, root_of(hashes), LOG), entry=entry, steps=steps, lines=b"")


def write_asking() -> dict[str, Any]:
    """Return what asking.json says."""
    return {
        "fingerprint": FINGERPRINT,
        "held_lines": HELD,
        "ask": ASK.hex(),
        "origin": ORIGIN,
        "sizes": list(SIZES),
        "files": list(ASKER.files),
        "newest_index": ASKER.newest[0],
        "newest_count": ASKER.newest[1],
        "document": DOCUMENT.decode(),
        "answers": [{"name": name, "answer": data.hex()} for name, data in right_answers().items()],
    }
