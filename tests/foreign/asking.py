"""Section The ask and its answer of docs/protocol-log.md: the bytes of an answer, and what an asker demands of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tests.foreign.directory_check import Directory, check_file
from tests.foreign.logbook import Entry, Reader, check_entry, read_note
from tests.foreign.notation import Refused, b64u, from_b64u, h, le16, le32, le64
from tests.foreign.tree import check_consistency

UNREADABLE, UNPROVEN, SPLIT = "ANTWOORD_ONLEESBAAR", "LOGBOEK_ONBEWEZEN", "REGISTER_GESPLITST"
Step = tuple[int, tuple[bytes, ...]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the broker sends on an ask."""

    ask: bytes
    note: bytes
    entry: Entry
    count: int
    head: bytes
    steps: tuple[Step, ...] = ()
    lines: bytes = b""
    files: tuple[bytes, ...] = ()

    def to_bytes(self) -> bytes:
        """Return its bytes."""
        steps = [le64(size) + bytes([len(path)]) + b"".join(path) for size, path in self.steps]
        files = [le32(len(each)) + each for each in self.files]
        return b"".join(
            [
                *(b"zegel/1a", self.ask, le16(len(self.note)), self.note, self.entry.to_bytes()),
                *(le32(self.count), self.head, bytes([len(steps)]), *steps),
                *(le32(len(self.lines)), self.lines, le16(len(files)), *files),
            ]
        )


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What an asker holds and asked: `roots` by size of its notes of the log, `newest` (index, count) known of it."""

    ask: bytes
    file: bytes
    fingerprint: str
    origin: str
    sizes: tuple[int, ...]
    roots: dict[int, bytes] = field(repr=False)
    files: tuple[str, ...]
    newest: tuple[int, int]


def read_answer(data: bytes) -> Answer:
    """Return an answer; raise Refused ANTWOORD_ONLEESBAAR."""
    if data[:8] != b"zegel/1a" or len(data) > 8388608:
        raise Refused(UNREADABLE)
    reader = Reader(data, code=UNREADABLE)
    ask = reader.take("<32s")
    note = reader.bytes(reader.take("<H"), 8192)
    entry = reader.entry()
    count, head = reader.take("<I32s")
    steps = tuple(_read_step(reader) for _ in range(_at_most(reader.take("<B"), 64)))
    length = _at_most(reader.take("<I"), 2097152)
    lines = reader.take(f"<{length}s")
    files = tuple(reader.bytes(reader.take("<I"), 4194304) for _ in range(_at_most(reader.take("<H"), 64)))
    rising = all(one < two for (one, _), (two, _) in pairwise(steps))
    if count >= 2**31 or (count == 0) != (head == bytes(32)) or not rising or reader.at != len(data):
        raise Refused(UNREADABLE)
    return Answer(ask=ask, note=note, entry=entry, count=count, head=head, steps=steps, lines=lines, files=files)


def _at_most(number: int, most: int) -> int:
    if number > most:
        raise Refused(UNREADABLE)
    return number


def _read_step(reader: Reader) -> Step:
    size, hashes = reader.take("<QB")
    if size >= 2**53 or hashes > 63:
        raise Refused(UNREADABLE)
    return size, tuple(reader.take("<32s") for _ in range(hashes))


def check_answer(data: bytes, asker: Asker) -> Directory:
    """Return the directory held afterwards; raise Refused with the code of the first demand that fails."""
    answer, held = read_answer(data), check_file(asker.file, asker.fingerprint)
    _require(answer.ask == asker.ask and answer.count <= len(held.heads), "ANTWOORD_ANDERE_VRAAG")
    _require(not answer.count or held.heads[answer.count - 1] == b64u(answer.head), SPLIT)
    grown = _grow(answer, asker, held)
    logs = {origin: each[0] for origin, each in grown.logs.items()}
    leaf, record = check_entry(answer.note, answer.entry, logs)
    count, head = record["directory"]["count"], record["directory"]["head"]
    sent = answer.count + answer.lines.count(b"\n") if answer.lines else 0
    _require(count > 0 and sent <= count, "REGISTER_ONBEWEZEN")
    _require(count > len(grown.heads) or grown.heads[count - 1] == head, SPLIT)
    known = asker.newest if leaf["origin"] == asker.origin else (answer.entry.index, count)
    (_, earlier), (_, later) = sorted([known, (answer.entry.index, count)])
    _require(earlier <= later, "REGISTER_TERUG")
    _check_steps(answer, asker, logs)
    named = {each for signed in grown.documents for each in signed}
    hashes = [b64u(h("zegel/1conv-file", each)) for each in answer.files]
    _require(named.issuperset(hashes), "CONVENANT_NIET_ONDERTEKEND")
    _require(set(asker.files).issuperset(hashes), "ANTWOORD_ANDERE_VRAAG")
    return grown


def _grow(answer: Answer, asker: Asker, held: Directory) -> Directory:
    begin = b"".join(line + b"\n" for line in asker.file.split(b"\n")[: answer.count])
    try:
        found = check_file(begin + answer.lines, asker.fingerprint) if answer.lines else held
    except Refused:
        raise Refused("REGISTER_ONGELDIG") from None
    together = min(len(found.heads), len(held.heads))
    _require(found.heads[:together] == held.heads[:together], SPLIT)
    return found if len(found.heads) > len(held.heads) else held


def _check_steps(answer: Answer, asker: Asker, logs: dict[str, bytes]) -> None:
    origin, size, root = read_note(answer.note, logs)
    if origin != asker.origin:
        _require(not answer.steps, UNPROVEN)
        return
    _require(size >= max(asker.sizes, default=0), "LOGBOEK_TERUG")
    _require(tuple(each for each, _ in answer.steps) == asker.sizes, UNPROVEN)
    _require(asker.roots.keys() >= set(asker.sizes), UNPROVEN)
    _require(size not in asker.sizes or asker.roots[size] == root, "LOGBOEK_GESPLITST")
    chain: Sequence[tuple[int, bytes]] = [*((each, asker.roots[each]) for each in asker.sizes), (size, root)]
    for ((one, old), (two, new)), (_, path) in zip(pairwise(chain), answer.steps, strict=True):
        check_consistency(one, two, (old, new), path, UNPROVEN)


def _require(condition: object, code: str) -> None:
    if not condition:
        raise Refused(code)


def change(answer: Answer, **changes: object) -> bytes:
    """Return the bytes of an answer in which something is replaced."""
    return replace(answer, **changes).to_bytes()  # type: ignore[arg-type]  # the names are those of the fields


def head_of(text: str) -> bytes:
    """Return a head as its 32 bytes."""
    return from_b64u(text)
