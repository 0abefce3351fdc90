"""An ask and its answer: what is held goes on, never back, and every lie a broker can tell has its own code."""

from dataclasses import replace
from typing import Any

import pytest

from tests.one_answer import ASK_ID, DOCUMENT, DOCUMENTS, GROWN, HOUR, OLD, OTHER, Scene
from tests.one_directory import CONVENANT, CORPORATION, DAY, FILE, NOW, ORIGIN, ROOTS, SIGNING, fixed_key, load
from tests.one_stamp import repeated_bytes, verify
from zegel_schemas.asking import (
    MAX_FILE,
    MAX_LINES,
    Answer,
    NamedBy,
    Step,
    assemble_convenant,
    check_answer,
    find_lacking,
    is_answer,
    read_ask,
    seal_ask,
)
from zegel_schemas.claims import MAX_FILES, MAX_SIZES, Claims, LogHeld
from zegel_schemas.convenant import hash_file
from zegel_schemas.declaration import ASK, BROKER, Recipient
from zegel_schemas.directory import DirectoryInvalid, append_statement, make_convenant
from zegel_schemas.note import Checkpoint
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.registrations import ConsentWithdrawn
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.shapes import NIL_CASUS


def refused(scene: Scene, **changes: Any) -> str:
    with pytest.raises(Refusal) as caught:
        scene.take(**changes)
    return caught.value.code


def test_an_asker_catches_up_and_knows_how_fresh_it_is() -> None:
    taken = Scene().take()

    assert taken.directory.version == GROWN.version
    assert taken.is_complete
    assert taken.time == NOW + DAY + HOUR
    assert taken.sizes == (42, 43)
    assert taken.proven.checkpoint.size == 44


def test_the_ask_that_travels_is_read_back_as_it_was_meant() -> None:
    sealed, asked = seal_ask(
        message=ASK_ID,
        directory=OLD,
        origin=ORIGIN,
        sizes=[7, 3, 7],
        files=[DOCUMENT, DOCUMENT],
        signing=SIGNING[CORPORATION],
        now=NOW,
        random=repeated_bytes,
    )

    assert read_ask(read(check_frame(sealed.container, OLD.key))) == asked
    assert asked.sizes == (3, 7)
    assert asked.files == (DOCUMENT,)


def test_of_too_many_sizes_the_smallest_and_the_newest_are_named() -> None:
    asked = Scene().ask(sizes=tuple(range(100)), wanted=tuple(f"{'A' * 41}{each:02d}"[:42] + "A" for each in range(80)))

    assert asked.sizes == (0, *range(100 - MAX_SIZES + 1, 100))
    assert len(asked.files) <= MAX_FILES


@pytest.mark.parametrize(
    "changes",
    [
        {"casus": "3f0c2b52-6f0e-4d5a-9c3f-3d3c64a4b111"},
        {"subjects": ("p1",)},
        {"asks": ("huisvesting",)},
        {"purpose": "armoede_schulden"},
        {"due": NOW + DAY},
        {"re": "A" * 43},
        {"registers": (ConsentWithdrawn(consent="01930000-0000-7000-8000-00000000000c", by="p1"),)},
        {"claims": Claims(log=LogHeld(origin=ORIGIN, sizes=(7, 7)))},
    ],
)
def test_an_ask_says_nothing_about_a_casus(changes: dict[str, object]) -> None:
    bare = {"kind": ASK, "casus": NIL_CASUS, "subjects": (), "asks": (), "purpose": "", "due": 0}
    verified = verify(use="ask", recipient=Recipient(instantie=BROKER), **(bare | changes))

    with pytest.raises(Refusal) as caught:
        read_ask(verified)

    assert caught.value.code == Fault.ONGELDIGE_VERKLARING


def test_a_message_is_no_ask() -> None:
    with pytest.raises(Refusal) as caught:
        read_ask(verify())

    assert caught.value.code == Fault.GEBRUIK_KLOPT_NIET


def test_an_answer_survives_the_wire_and_is_no_notice() -> None:
    scene = Scene()
    scene.files = (DOCUMENTS,)
    answer = scene.answer(scene.ask(wanted=(DOCUMENT,)))

    assert Answer.decode(answer.encode()) == answer
    assert is_answer(answer.encode())


def test_every_shorter_and_longer_answer_is_unreadable() -> None:
    scene = Scene()
    data = scene.answer(scene.ask()).encode()

    for wrong in (data + b"\0", *(data[:end] for end in range(len(data)))):
        with pytest.raises(Refusal) as caught:
            Answer.decode(wrong)
        assert caught.value.code == Fault.ANTWOORD_ONLEESBAAR


def test_an_answer_above_its_size_is_unreadable_though_all_in_it_fits() -> None:
    scene = Scene()
    data = scene.answer(scene.ask()).encode()
    large = MAX_FILE.to_bytes(4, "little") + bytes(MAX_FILE)

    with pytest.raises(Refusal) as caught:
        Answer.decode(data[:-2] + b"\2\0" + large + large)

    assert caught.value.code == Fault.ANTWOORD_ONLEESBAAR


def test_steps_out_of_order_and_a_head_without_statements_are_unreadable() -> None:
    scene = Scene()
    honest = scene.answer(scene.ask())
    data, head = honest.encode(), unb64u(OLD.head)
    first, second = (
        each.size.to_bytes(8, "little") + bytes([len(each.path)]) + b"".join(each.path) for each in honest.steps
    )
    count = OLD.count.to_bytes(4, "little")

    for wrong in (
        data.replace(first + second, second + first),
        data.replace(count + head, count + bytes(32)),
        data.replace(count + head, bytes(4) + head),
    ):
        assert wrong != data
        with pytest.raises(Refusal) as caught:
            Answer.decode(wrong)
        assert caught.value.code == Fault.ANTWOORD_ONLEESBAAR


def test_no_flipped_bit_of_an_answer_passes_and_every_one_has_a_code() -> None:
    scene = Scene()
    asked = scene.ask()
    data = scene.answer(asked).encode()
    harmless = 0

    for place in range(0, len(data) * 8, 61):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        try:
            taken = check_answer(Answer.decode(bytes(flipped)), asked=asked, holding=scene.holding())
        except Refusal:
            continue
        harmless += 1
        assert (taken.directory.version, taken.time) == (GROWN.version, NOW + DAY + HOUR)

    assert harmless == 0


def test_an_answer_to_another_ask_is_not_taken() -> None:
    assert refused(Scene(), ask=bytes(32)) == Fault.ANTWOORD_ANDERE_VRAAG


def test_statements_after_a_version_nobody_asked_about_are_not_taken() -> None:
    assert refused(Scene(), after=GROWN.version, lines=b"") == Fault.ANTWOORD_ANDERE_VRAAG


def test_statements_that_follow_on_another_history_are_a_fork() -> None:
    scene = Scene()

    assert refused(scene, after=DirectoryVersion(OLD.count, GROWN.head)) == Fault.REGISTER_GESPLITST


def test_a_statement_that_may_not_follow_condemns_the_answer() -> None:
    scene = Scene()
    lines = scene.answer(scene.ask()).lines
    with pytest.raises(DirectoryInvalid) as caught:
        scene.take(lines=lines.splitlines(keepends=True)[0][:-10] + b"\n")

    assert caught.value.code == Fault.REGISTER_ONGELDIG


def test_another_statement_where_mine_stands_is_a_fork() -> None:
    scene = Scene()
    asked = scene.ask()
    answer = scene.answer(asked)

    with pytest.raises(Refusal) as caught:
        check_answer(answer, asked=asked, holding=scene.holding(directory=OTHER))

    assert caught.value.code == Fault.REGISTER_GESPLITST


def test_a_log_that_names_another_history_is_a_fork() -> None:
    assert refused(Scene(held=GROWN, grown=OTHER), lines=b"") == Fault.REGISTER_GESPLITST


def test_statements_the_asker_took_in_meanwhile_are_no_harm() -> None:
    scene = Scene()
    asked = scene.ask()

    taken = check_answer(scene.answer(asked), asked=asked, holding=scene.holding(directory=GROWN))

    assert taken.directory is GROWN


def test_a_long_directory_comes_in_several_answers() -> None:
    scene = Scene()
    first = scene.answer(scene.ask()).lines.splitlines(keepends=True)[0]

    half = scene.take(lines=first)
    scene.held = half.directory
    whole = scene.take()

    assert (half.directory.count, half.is_complete) == (OLD.count + 1, False)
    assert (whole.directory.version, whole.is_complete) == (GROWN.version, True)


def test_statements_the_log_does_not_name_are_not_taken() -> None:
    scene = Scene()
    scene.tick = scene.book.write(OLD.version)

    assert refused(scene) == Fault.REGISTER_ONBEWEZEN


def test_an_entry_that_names_no_directory_proves_nothing() -> None:
    scene = Scene()
    scene.tick = scene.book.write(DirectoryVersion())

    assert refused(scene, lines=b"") == Fault.REGISTER_ONBEWEZEN


def test_a_later_entry_that_names_less_is_a_broker_that_went_back() -> None:
    scene = Scene(held=GROWN, grown=OLD)

    assert refused(scene, lines=b"") == Fault.REGISTER_TERUG


def test_an_earlier_entry_that_names_less_is_only_older() -> None:
    scene = Scene(held=GROWN, grown=GROWN)
    old = scene.book.write(OLD.version)
    newer = scene.book.write(GROWN.version)
    scene.tick = old

    taken = scene.take(lines=b"", holding=scene.holding(newest=NamedBy(ORIGIN, newer, GROWN.version)))

    assert taken.directory is GROWN


def test_what_the_log_before_this_one_named_says_nothing_about_the_order_in_this_one() -> None:
    scene = Scene()
    before = NamedBy("zegel.nieuwegein.example/before", 0, DirectoryVersion(99, GROWN.head))

    assert scene.take(holding=scene.holding(newest=before)).directory.version == GROWN.version


def test_notes_of_another_log_are_no_notes_of_this_one() -> None:
    scene = Scene()
    foreign = tuple(replace(each, origin="zegel.nieuwegein.example/before", root=bytes(32)) for each in scene.notes)

    assert scene.take(holding=scene.holding(notes=(*scene.notes, *foreign))).sizes == (42, 43)


def test_an_entry_of_another_log_is_refused() -> None:
    scene = Scene()
    scene.book.key = fixed_key("log", "broker", 7)

    assert refused(scene) == Fault.STEMPEL_VREEMD_LOGBOEK


def test_an_entry_that_is_not_in_the_log_is_refused() -> None:
    scene = Scene()
    proof = scene.book.prove(scene.tick)

    assert refused(scene, proof=replace(proof, path=proof.path[::-1])) == Fault.STEMPEL_KLOPT_NIET
    assert refused(scene, proof=replace(proof, salt=bytes(32))) == Fault.STEMPEL_KLOPT_NIET


def test_a_log_shorter_than_the_note_shown_went_back() -> None:
    scene = Scene()
    beyond = Checkpoint(ORIGIN, 400, bytes(32))
    scene.notes += (beyond,)

    assert refused(scene, steps=()) == Fault.LOGBOEK_TERUG


def test_one_size_with_two_roots_is_a_fork_of_the_log() -> None:
    scene = Scene()
    scene.notes += (Checkpoint(ORIGIN, scene.book.range.size, bytes(32)),)

    assert refused(scene) == Fault.LOGBOEK_GESPLITST


def test_a_log_that_was_rewritten_cannot_show_its_way() -> None:
    scene = Scene()
    scene.notes = (scene.notes[0], replace(scene.notes[1], root=bytes(32)))

    assert refused(scene) == Fault.LOGBOEK_ONBEWEZEN


@pytest.mark.parametrize("steps", [0, 1])
def test_a_size_without_a_step_stays_unproven(steps: int) -> None:
    scene = Scene()
    honest = scene.answer(scene.ask()).steps

    assert refused(scene, steps=honest[:steps]) == Fault.LOGBOEK_ONBEWEZEN


def test_a_note_that_is_no_longer_held_cannot_be_proven() -> None:
    scene = Scene()

    assert refused(scene, holding=scene.holding(notes=scene.notes[:1])) == Fault.LOGBOEK_ONBEWEZEN


def test_steps_of_a_log_nobody_asked_about_are_refused() -> None:
    scene = Scene()
    asked = scene.ask(sizes=())

    taken = check_answer(scene.answer(asked), asked=asked, holding=scene.holding())
    with pytest.raises(Refusal) as caught:
        check_answer(replace(scene.answer(asked), steps=(Step(3, ()),)), asked=asked, holding=scene.holding())

    assert taken.sizes == ()
    assert caught.value.code == Fault.LOGBOEK_ONBEWEZEN


def test_a_convenant_takes_two_asks_and_is_the_one_the_root_named() -> None:
    scene = Scene()
    lacking = find_lacking(OLD, convenants=[CONVENANT.digest], files=[])

    first = scene.take()
    wanted = find_lacking(first.directory, convenants=[], files=["A" * 43])
    scene.held, scene.files = first.directory, (DOCUMENTS,)
    second = scene.take(wanted=wanted, lines=b"")

    assert lacking == ()
    assert wanted == (DOCUMENT,)
    assert assemble_convenant(CONVENANT.digest, second.directory, {}) is None
    found = assemble_convenant(CONVENANT.digest, second.directory, second.files)
    assert found is not None
    assert found.digest == CONVENANT.digest


def test_a_document_the_root_never_named_is_refused() -> None:
    scene = Scene()
    scene.files = (DOCUMENTS + b"# anders\n",)

    assert refused(scene, wanted=(DOCUMENT,)) == Fault.CONVENANT_NIET_ONDERTEKEND


def test_a_document_nobody_asked_for_is_refused() -> None:
    scene = Scene()
    scene.files = (DOCUMENTS,)

    assert refused(scene) == Fault.ANTWOORD_ANDERE_VRAAG


@pytest.mark.parametrize("text", [DOCUMENTS[:-9] + b"\n  - [", DOCUMENTS + b"# anders\n"])
def test_documents_that_do_not_make_the_set_its_digest_names_are_refused(text: bytes) -> None:
    named = [(each.document, each.version, hash_file(text)) for each in CONVENANT.named]
    made = make_convenant(CONVENANT.digest, documents=named, start=NOW, time=NOW, signed_by=ROOTS[:2], after=FILE)
    directory = load(append_statement(FILE, made))

    with pytest.raises(Refusal) as caught:
        assemble_convenant(CONVENANT.digest, directory, {hash_file(text): text})

    assert caught.value.code == Fault.CONVENANT_ONLEESBAAR


def test_a_set_the_root_never_signed_is_no_convenant() -> None:
    with pytest.raises(Refusal) as caught:
        assemble_convenant("B" * 42 + "A", GROWN, {})

    assert caught.value.code == Fault.CONVENANT_NIET_ONDERTEKEND


def test_bytes_kept_under_a_wrong_hash_are_no_document() -> None:
    with pytest.raises(Refusal) as caught:
        assemble_convenant(CONVENANT.digest, GROWN, {DOCUMENT: b"anders"})

    assert caught.value.code == Fault.CONVENANT_NIET_ONDERTEKEND


def test_an_answer_too_large_is_not_written() -> None:
    scene = Scene()
    honest = scene.answer(scene.ask())

    for wrong in (
        replace(honest, files=(bytes(MAX_FILE + 1),)),
        replace(honest, files=(bytes(MAX_FILE), bytes(MAX_FILE))),
        replace(honest, lines=bytes(MAX_LINES + 1)),
        replace(honest, steps=honest.steps[::-1]),
    ):
        with pytest.raises(ValueError, match=r"an answer|a document"):
            wrong.encode()
