"""What is fuzzed: each target hands bytes to one parser, and fails on anything but an answer or its coded refusal.

Signatures and boxes stop a fuzzer at the door. So a target also plays who holds the key: what parses is signed or boxed
anew, and must then pass the doors behind, again with nothing but coded refusals. Where one meaning has one byte form, a
target fails as well when what was read is written otherwise.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from tests import one_exhibit
from tests.forgery import forge
from tests.on_the_way import (
    AT_BROKER,
    AT_RECIPIENT,
    SENT,
    ask,
    take_at_broker,
    take_container,
    take_delivery,
    take_hop,
    take_notice,
)
from tests.one_answer import Scene
from tests.one_directory import (
    CORPORATION,
    DIRECTORY,
    FILE,
    FINGERPRINT,
    IDENTITY,
    LOG,
    NOW,
    ORIGIN,
    REGIE,
    ROOTS,
    SCHOOL,
    SIGNING,
    fixed_key,
)
from tests.one_stamp import HELD
from tests.two_instanties import counted_bytes
from zegel_schemas import canonical
from zegel_schemas.asking import Answer, check_answer, read_ask
from zegel_schemas.content import CONTENT, example, read_content, write_content
from zegel_schemas.declaration import Declaration
from zegel_schemas.directory import (
    Directory,
    DirectoryInvalid,
    SignedStatement,
    append_statement,
    make_member,
    sign_body,
)
from zegel_schemas.directory.flaws import Flawed
from zegel_schemas.directory.prepared import read_prepared
from zegel_schemas.directory.statements import read_statement, write_statement
from zegel_schemas.disclosure import Exhibit, check_exhibit
from zegel_schemas.note import note_key_id, open_checkpoint, read_checkpoint, read_origin
from zegel_schemas.record import check_entry, read_leaf, read_record, write_record
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal import HopFrame
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.frame import Frame
from zegel_schemas.seal.hop import decode_delivery
from zegel_schemas.seal.padding import WrongPaddingError, hop_bucket, pad, part_bucket, unpad
from zegel_schemas.seal.signatures import sign_note_text
from zegel_schemas.stamp import Behind, Held, Notice, Stamp

CODED = (Refusal, Behind, Held, Flawed, DirectoryInvalid)


class NotOneFormError(AssertionError):
    """What was read is written in other bytes than it was read from: two byte forms of one meaning."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser: what it is given, and sound bytes to begin from. `fed` raises on what nobody foresaw."""

    fed: Callable[[bytes], None]
    seeds: Sequence[bytes]


def _shown(door: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """Return the door with its coded refusals as an answer like any other."""

    def fed(data: bytes) -> None:
        with suppress(*CODED):
            door(data)

    return fed


def _require_same(written: bytes, data: bytes) -> None:
    if written != data:
        raise NotOneFormError


def _container(data: bytes) -> None:
    _shown(take_container)(data)
    frame = Frame.from_bytes(data)
    _require_same(frame.to_bytes(), data)
    signed_anew = forge(frame.declaration, frame.sealed, frame.table, signing=SIGNING[REGIE], use=frame.use)
    read(check_frame(signed_anew, DIRECTORY.key))
    take_container(signed_anew)


def _hop(data: bytes) -> None:
    _shown(take_at_broker)(data)
    _shown(take_hop)(data)
    frame = HopFrame("delivery", b"", data)
    boxed = AT_BROKER.seal(fixed_key("hop", CORPORATION).public, frame, random=counted_bytes())
    opened, _ = AT_RECIPIENT.open(boxed, DIRECTORY.key)
    _require_same(opened.body, data)
    _shown(decode_delivery)(data)
    take_delivery(data)


def _padding(data: bytes) -> None:
    for bucket in (part_bucket, hop_bucket):
        _require_same(unpad(pad(data, bucket), bucket), data)
        with suppress(WrongPaddingError):
            _require_same(pad(unpad(data, bucket), bucket), data)


def _declaration(data: bytes) -> None:
    declaration = Declaration.from_bytes(data)
    _require_same(declaration.to_bytes(), data)
    signing = SIGNING.get(declaration.sender.instantie, SIGNING[REGIE])
    _shown(take_container)(forge(data, signing=signing))
    read_ask(read(check_frame(forge(data, signing=signing, use="ask"), DIRECTORY.key)))


def _canonical(data: bytes) -> None:
    with suppress(canonical.NotCanonicalError):
        _require_same(canonical.encode(canonical.decode(data)), data)


def _stamp(data: bytes) -> None:
    stamp = Stamp.decode(data)
    _require_same(stamp.encode(), data)
    container = SENT[0].container
    take_delivery(len(container).to_bytes(4, "little") + container + data)


def _notice(data: bytes) -> None:
    _require_same(Notice.decode(data).encode(), data)
    take_notice(data)


def _answer(data: bytes) -> None:
    answer = Answer.decode(data)
    _require_same(answer.encode(), data)
    check_answer(replace(answer, ask=_ASKED.message_hash), asked=_ASKED, holding=_SCENE.holding())


def _exhibit(data: bytes) -> None:
    _require_same(Exhibit.decode(data).encode(), data)
    check_exhibit(data, root_fingerprint=FINGERPRINT, convenants=HELD.get)


def _directory(data: bytes) -> None:
    Directory.load(data, root_fingerprint=FINGERPRINT)


def _prepared(data: bytes) -> None:
    read_prepared(data, after=DIRECTORY)


def _statement(data: bytes) -> None:
    _require_same(write_statement(read_statement(data)), data)
    for keys in (ROOTS, [IDENTITY[SCHOOL]]):
        with suppress(*CODED):
            Directory.load(append_statement(FILE, sign_body(data, keys)), root_fingerprint=FINGERPRINT)


def _line(data: bytes) -> None:
    _require_same(SignedStatement.from_line(data).to_line(), data + b"\n")


def _note(data: bytes) -> None:
    with suppress(*CODED):
        open_checkpoint(data, read_origin(data), LOG.public)
    with suppress(UnicodeDecodeError, *CODED):
        read_checkpoint(data.decode("utf-8"), ORIGIN)
    signed = b64encode(note_key_id(ORIGIN, LOG.public.raw) + sign_note_text(LOG, data))
    open_checkpoint(data + "\n— ".encode() + ORIGIN.encode() + b" " + signed + b"\n", ORIGIN, LOG.public)


def _record(data: bytes) -> None:
    with suppress(*CODED):
        read_leaf(data)
    with suppress(*CODED):
        check_entry(data, data, bytes(32))
    _require_same(write_record(read_record(data)), data)


def _content(data: bytes) -> None:
    try:
        values = canonical.decode(data)
    except canonical.NotCanonicalError:
        values = ""
    named = values.get("category") if isinstance(values, dict) else ""
    for category in {named if isinstance(named, str) else "", "identificatie_contact"}:
        with suppress(*CODED):
            _require_same(write_content(read_content(category, 1, data)), data)


def _examples() -> list[bytes]:
    found = [write_content(example(category)) for category in CONTENT if category != "proces_casus"]
    return [*found, write_content(example("proces_casus", "aanmelding"))]


def _declared(container: bytes) -> bytes:
    return Frame.from_bytes(container).declaration


_STAMPS = [Stamp.decode(each.stamp) for each in SENT]
_LINES = FILE.splitlines()
_UNSIGNED = make_member("wil", identity=[fixed_key("identity", "wil").public], time=NOW, signed_by=[], after=FILE)
_PLAIN = forge(Declaration.from_bytes(_declared(ask(3).container)).model_copy(update={"parts": ()}))

_SCENE = Scene()
_ASKED = _SCENE.ask()
_ANSWERS = [_SCENE.answer(_ASKED), _SCENE.answer(_ASKED, lines=b"", files=(b"geen document",))]

TARGETS: dict[str, Target] = {
    "container": Target(_shown(_container), [*(each.container for each in SENT), _PLAIN]),
    "hop": Target(
        _shown(_hop), [found for each in SENT for found in (each.to_broker, each.to_recipient, each.delivery)]
    ),
    "padding": Target(_padding, [pad(b"x", part_bucket), b"", b"\x80"]),
    "declaration": Target(_shown(_declaration), [*(_declared(each.container) for each in SENT), _declared(_PLAIN)]),
    "canonical": Target(_canonical, [*(_declared(each.container) for each in SENT), b'["\\ud83d\\udd12",true,0,{}]']),
    "stamp": Target(_shown(_stamp), [each.stamp for each in SENT]),
    "notice": Target(_shown(_notice), [each.notice for each in SENT]),
    "answer": Target(_shown(_answer), [each.encode() for each in _ANSWERS]),
    "exhibit": Target(
        _shown(_exhibit), [one_exhibit.answer().exhibit(each).encode() for each in one_exhibit.CATEGORIES]
    ),
    "directory": Target(_shown(_directory), [FILE, b"".join(line + b"\n" for line in _LINES[:3])]),
    "prepared": Target(_shown(_prepared), [FILE, _UNSIGNED.to_line(), sign_body(_UNSIGNED.body, ROOTS[:1]).to_line()]),
    "statement": Target(_shown(_statement), [SignedStatement.from_line(each).body for each in _LINES]),
    "line": Target(_shown(_line), _LINES),
    "note": Target(
        _shown(_note), [found for each in _STAMPS for found in (each.note, each.note.partition(b"\n\n")[0])]
    ),
    "record": Target(_shown(_record), [found for each in _STAMPS for found in (each.proof.record, each.proof.leaf)]),
    "content": Target(_shown(_content), _examples()),
}
