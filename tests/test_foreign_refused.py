"""What nobody may accept is refused with the code the vectors name, by the product and by the second implementation."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from mnemonic import Mnemonic

from tests.foreign.answers import ASKER
from tests.foreign.asking import check_answer as foreign_check_answer
from tests.foreign.directory_check import check_file
from tests.foreign.joining import check as check_joining
from tests.foreign.logbook import check_notice as foreign_check_notice
from tests.foreign.notation import Refused
from tests.foreign.reading import open_container, open_hop, read_container
from tests.foreign.stamping import check_stamp as foreign_check_stamp
from tests.foreign.stamping import fits
from tests.foreign.town import KEYS
from tests.product_keys import FOREIGN, OURS, known
from tests.test_foreign_vectors import CONTAINERS, DIRECTORY, LOG, load
from zegel_schemas.asking import Answer, Asked, Holding, NamedBy, check_answer
from zegel_schemas.content import check_claims, read_content
from zegel_schemas.convenant import shipped_convenant
from zegel_schemas.declaration import Declaration
from zegel_schemas.directory import Directory, DirectoryInvalid, SignedStatement
from zegel_schemas.directory.prepared import fold_directory
from zegel_schemas.directory.request import make_request, read_request
from zegel_schemas.directory.spoken import speak_key
from zegel_schemas.note import Checkpoint
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal import HopBox, PrivateKey, check_frame, open_parts, read
from zegel_schemas.stamp import Notice, Stamp, check_notice, check_stamp

CASES, STAMPS, ASKING = load("false_containers"), load("false_stamps"), load("asking")
JOINING = load("joining")
HOPS, FILES = load("hops")["refused"], load("false_directories")
LINES = [f"{line}\n".encode() for line in DIRECTORY["lines"]]
FILE, FINGERPRINT, ME = b"".join(LINES[: STAMPS["directory_lines"]]), DIRECTORY["fingerprint"], STAMPS["me"]
MESSAGE = bytes.fromhex(CONTAINERS[STAMPS["message"]]["container"])


def name_of(case: dict[str, Any]) -> str:
    """Return the name a case is shown under."""
    return str(case["name"]).replace(" ", "_")


def bytes_of(case: dict[str, Any], what: str) -> bytes:
    """Return the bytes of a case, with the zeros it ends in."""
    return bytes.fromhex(case[what]) + bytes(case.get("zeros", 0))


def code_of(run: Callable[[], object]) -> str:
    """Return the code something is refused with; "" when it is accepted."""
    try:
        run()
    except (Refusal, Refused) as refused:
        return refused.code
    return ""


def flaw_of(file: bytes) -> str:
    """Return the code of the first flaw the product finds in a directory file."""
    try:
        Directory.load(file, root_fingerprint=FINGERPRINT)
    except DirectoryInvalid as invalid:
        return str(invalid.flaws[0].code)
    return ""


@pytest.mark.parametrize("case", CASES["refused"], ids=name_of)
def test_a_false_container_is_refused(case: dict[str, Any]) -> None:
    container, opener = bytes_of(case, "container"), CASES["opened_by"]

    assert code_of(lambda: open_parts(read(check_frame(container, known)), OURS[opener])) == case["code"]
    assert code_of(lambda: open_container(read_container(container, FOREIGN), KEYS[opener])) == case["code"]


@pytest.mark.parametrize("case", HOPS, ids=name_of)
def test_a_false_hop_is_refused(case: dict[str, Any]) -> None:
    hop = bytes_of(case, "hop")

    assert code_of(lambda: HopBox([OURS["hop_broker"]]).open(hop, known)) == case["code"]
    assert code_of(lambda: open_hop(hop, KEYS["hop_broker"], FOREIGN)) == case["code"]


@pytest.mark.parametrize("case", FILES["refused"], ids=name_of)
def test_a_false_directory_is_refused(case: dict[str, Any]) -> None:
    file = b"".join(LINES[: case["lines"]]) + case["then"].encode()

    assert flaw_of(file) == case["code"]
    assert code_of(lambda: check_file(file, FINGERPRINT)) == case["code"]


@pytest.mark.parametrize(
    "case", [*STAMPS["refused"], {"name": "the right one", "code": "", "stamp": STAMPS["right"]}], ids=name_of
)
def test_a_false_stamp_is_refused(case: dict[str, Any]) -> None:
    stamp, held = bytes_of(case, "stamp"), Directory.load(FILE, root_fingerprint=FINGERPRINT)
    verified, foreign = read(check_frame(MESSAGE, known)), read_container(MESSAGE, FOREIGN)

    def check() -> object:
        return check_stamp(
            Stamp.decode(stamp), verified, directory=held, convenants=lambda _: shipped_convenant(), me=ME
        )

    def check_abroad() -> object:
        return foreign_check_stamp(stamp, foreign, file=FILE, fingerprint=FINGERPRINT, me=ME, fits=fits)

    assert code_of(check) == case["code"]
    assert code_of(check_abroad) == case["code"]


@pytest.mark.parametrize("case", STAMPS["refused_notices"], ids=name_of)
def test_a_false_notice_is_refused(case: dict[str, Any]) -> None:
    notice, held = bytes_of(case, "notice"), Directory.load(FILE, root_fingerprint=FINGERPRINT)
    logs = {LOG["origin"]: bytes.fromhex(LOG["log_key"])}

    assert code_of(lambda: check_notice(Notice.decode(notice), held)) == case["code"]
    assert code_of(lambda: foreign_check_notice(notice, logs)) == case["code"]


def asked() -> tuple[Asked, Holding]:
    """Return the open ask of the vectors, and what its sender holds."""
    held = Directory.load(b"".join(LINES[: ASKING["held_lines"]]), root_fingerprint=FINGERPRINT)
    origin, sizes = ASKING["origin"], tuple(ASKING["sizes"])
    notes = tuple(Checkpoint(origin, size, bytes.fromhex(LOG["roots"][size])) for size in sizes)
    newest = DirectoryVersion(ASKING["newest_count"], held.head)
    question = Asked(bytes.fromhex(ASKING["ask"]), held.version, origin, sizes, tuple(ASKING["files"]))
    return question, Holding(held, notes, NamedBy(origin, ASKING["newest_index"], newest))


@pytest.mark.parametrize("case", [*ASKING["answers"], *ASKING["refused"]], ids=name_of)
def test_an_answer_is_taken_or_refused_alike(case: dict[str, Any]) -> None:
    answer, (question, holding) = bytes_of(case, "answer"), asked()

    assert code_of(lambda: check_answer(Answer.decode(answer), asked=question, holding=holding)) == case.get("code", "")
    assert code_of(lambda: foreign_check_answer(answer, ASKER)) == case.get("code", "")


@pytest.mark.parametrize("case", ASKING["answers"], ids=name_of)
def test_the_product_takes_the_same_from_an_answer(case: dict[str, Any]) -> None:
    data, (question, holding) = bytes_of(case, "answer"), asked()
    answer = Answer.decode(data)
    taken = check_answer(answer, asked=question, holding=holding)

    assert answer.encode() == data
    assert taken.directory.head == foreign_check_answer(data, ASKER).heads[-1]


@pytest.mark.parametrize("case", load("claims")["messages"], ids=name_of)
def test_claims_hold_or_not_as_the_second_implementation_says(case: dict[str, Any]) -> None:
    said = Declaration.from_bytes(case["declaration"].encode())
    parts = zip(said.parts, case["contents"], strict=True)
    contents = {part.category: read_content(part.category, 1, text.encode()) for part, text in parts}

    assert code_of(lambda: check_claims(said, contents)) == case["code"]


@pytest.mark.parametrize("case", [*JOINING["refused"], {"name": "right", "code": "", **JOINING}], ids=name_of)
def test_a_request_to_join_is_taken_or_refused_alike(case: dict[str, Any]) -> None:
    data = case["request"].encode()
    directory = Directory.load(b"".join(LINES[: JOINING["directory_lines"]]), root_fingerprint=FINGERPRINT)

    def flaw() -> str:
        try:
            read_request(data, fold=fold_directory(directory))
        except DirectoryInvalid as invalid:
            return str(invalid.flaws[0].code)
        return ""

    assert flaw() == case["code"]
    assert code_of(lambda: check_joining(data)) == case["code"]


def test_a_request_of_the_product_is_the_one_the_document_describes() -> None:
    identity = PrivateKey.from_seed("identity", JOINING["instantie"], bytes.fromhex(JOINING["identity_seed"]))
    line = json.loads(JOINING["request"])["keys"].removesuffix("\n").encode()
    made = make_request(identity, keys=SignedStatement.from_line(line), login="A" * 48)

    assert made.to_bytes() == JOINING["request"].encode()


def test_the_twelve_words_say_the_bytes_the_document_describes() -> None:
    identity = PrivateKey.from_seed("identity", JOINING["instantie"], bytes.fromhex(JOINING["identity_seed"]))

    assert Mnemonic("english").to_entropy(speak_key(identity.public)).hex() == JOINING["words_entropy"]
