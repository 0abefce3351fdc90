"""The adapter asks, takes the answer in, and seals only while it knows that its directory is the newest."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.adapter_scene import (
    CORPORATION,
    DAY,
    NOW,
    ORIGIN,
    REGIE,
    Clock,
    Municipality,
    found_town,
    question,
    seal_draft,
)
from tests.answering import Line
from zegel_adapters.asker import ASK_EVERY, NO_ANSWER
from zegel_adapters.desk import Desk
from zegel_adapters.home import write_file
from zegel_adapters.rotation import rotate_keys
from zegel_adapters.witness import UNSHOWN_AFTER
from zegel_schemas.convenant import Convenant, hash_file, read_convenant
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory, append_statement, make_convenant, make_keys, make_member, make_revoke
from zegel_schemas.record import DirectoryVersion, Record
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.keys import KeyRecord, PrivateKey
from zegel_schemas.seal.primitives import unb64u

HOUR = 3600


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


@pytest.fixture
def regie(town: Municipality, clock: Clock) -> Iterator[Line]:
    line = Line(town, town.side(REGIE, clock))
    yield line
    line.side.mailbox.close()


@pytest.fixture
def corporation(town: Municipality, clock: Clock) -> Iterator[Line]:
    line = Line(town, town.side(CORPORATION, clock))
    yield line
    line.side.mailbox.close()


def admit(town: Municipality, name: str = "uwv") -> None:
    """Let the directory grow by a member; nobody but the broker holds it."""
    town.directory = append_statement(
        town.directory,
        make_member(
            name,
            identity=[PrivateKey.generate("identity", name).public],
            time=NOW,
            signed_by=[town.root],
            after=town.directory,
        ),
    )


def draft(town: Municipality, clock: Clock, **changes: Any) -> str:
    with Desk(town.home(REGIE), clock=clock) as desk:
        return desk.send(question(due="", **changes))


def ask(line: Line) -> bytes:
    (found,), _ = line.send()
    return found


def codes(line: Line) -> list[str]:
    return [each.code for each in line.side.evidence.aside()]


# -- when it asks ----------------------------------------------------------------------------------------------------


def test_at_the_start_it_asks_once(regie: Line) -> None:
    asks = [len(regie.send()[0]) for _ in range(3)]

    assert asks == [1, 0, 0]


def test_then_once_an_hour(regie: Line, clock: Clock) -> None:
    regie.answer(ask(regie))
    clock.now += ASK_EVERY - 1
    before, _ = regie.send()
    clock.now += 1

    assert before == []
    assert regie.answer(ask(regie)) == "noted"


def test_without_an_answer_it_asks_again_after_a_minute_then_after_twice_as_long(regie: Line, clock: Clock) -> None:
    asked_at = []
    for second in range(0, 10 * NO_ANSWER, 30):
        clock.now = NOW + 60 + second
        asked_at += [second for _ in regie.send()[0]]

    assert asked_at == [0, NO_ANSWER, 3 * NO_ANSWER, 7 * NO_ANSWER]


def test_an_answer_to_an_earlier_ask_or_an_earlier_process_is_left_alone(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    first = ask(regie)
    admit(town)
    clock.now += NO_ANSWER
    second = ask(regie)
    regie.side.mailbox.close()
    restarted = Line(town, town.side(REGIE, clock))

    assert regie.read(first) != regie.read(second)
    assert restarted.answer(second) == "noted"
    assert codes(restarted) == []
    assert restarted.side.holdings.directory.to_bytes() != town.directory
    restarted.side.mailbox.close()


def test_what_it_asks_names_no_casus_and_what_it_holds(regie: Line) -> None:
    asked = regie.read(ask(regie))

    assert asked.directory == regie.side.holdings.directory.version
    assert (asked.origin, asked.sizes, asked.files) == (ORIGIN, (6,), ())


# -- statements ------------------------------------------------------------------------------------------------------


def test_what_is_answered_lies_in_the_directory_file_and_another_process_sees_it(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    with Desk(town.home(REGIE), clock=clock) as desk:
        admit(town)

        assert regie.answer(ask(regie)) == "caught_up"
        assert (town.home(REGIE) / "directory.json").read_bytes() == town.directory
        assert not regie.side.shelf.refresh()
        with pytest.raises(Refusal) as refused:  # uwv is known now, and has no keys yet
            desk.send(question(to="uwv", due=""))
        assert refused.value.code == Fault.ONTVANGER_SLEUTEL_ONBEKEND


def test_a_delivery_that_names_what_is_not_held_is_asked_about_at_once_and_opened_after_the_answer(
    town: Municipality, regie: Line, corporation: Line
) -> None:
    corporation.answer(ask(corporation))
    older = corporation.side.holdings.directory
    admit(town)
    write_file(town.home(REGIE) / "directory.json", town.directory)
    regie.side.shelf.refresh()
    container = seal_draft(regie.side, question(due="")).container
    body = town.deliver(CORPORATION, container, town.stamp(town.permit(container, regie.side)))

    assert corporation.receiver.take(body) == "held"
    assert corporation.side.standing(NOW + 60) == "behind"
    assert corporation.answer(ask(corporation)) == "caught_up"
    assert corporation.side.holdings.directory.count == older.count + 1
    assert [each.sender for each in corporation.side.inbox.items()] == [REGIE]
    assert corporation.side.evidence.held() == []


def test_a_long_directory_is_fetched_in_several_answers(town: Municipality, regie: Line) -> None:
    for number in range(3):
        admit(town, f"school_{number}")
    lines = town.directory.splitlines(keepends=True)
    while regie.side.holdings.directory.count < len(lines):
        following = regie.side.holdings.directory.count
        regie.answer(ask(regie), lines=lines[following])

    assert regie.side.standing(NOW + 60) == "fresh"
    assert regie.send() == ([], [])


def test_a_revocation_that_comes_with_an_answer_shuts_what_was_waiting(
    town: Municipality, regie: Line, corporation: Line
) -> None:
    container = seal_draft(regie.side, question(due="")).container
    admit(town)
    grown = Directory.load(town.directory, root_fingerprint=town.fingerprint)
    index = town.permit(container, regie.side, directory=grown.version)
    stolen, identity = regie.side.signing_key(NOW).public.id, regie.side.keystore.keys("identity")[0].private
    revoked = make_revoke(stolen, at=NOW + HOUR, time=NOW, signed_by=identity, after=town.directory, index=index)
    assert corporation.receiver.take(town.deliver(CORPORATION, container, town.stamp(index))) == "held"
    town.directory = append_statement(town.directory, revoked)
    corporation.answer(ask(corporation))

    assert [each.what for each in corporation.side.evidence.held()] == ["revocation"]
    assert codes(corporation) == [Fault.SLEUTEL_INGETROKKEN]
    assert corporation.side.inbox.items() == []


# -- sealing only while fresh ------------------------------------------------------------------------------------------


def test_a_stale_adapter_keeps_its_drafts_and_seals_them_by_itself_after_the_answer(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    clock.now = NOW + DAY
    sent = draft(town, clock)
    asks, parcels = regie.send()

    assert parcels == []
    assert regie.side.outbox.outcome(sent).state == "queued"
    row = regie.side.mailbox.row("SELECT container FROM outbox WHERE id = ?", sent)
    assert row is not None
    assert row["container"] is None
    regie.answer(asks[0])
    assert [each.carries for each in regie.send()[1]] == [sent]


def test_a_new_home_that_was_never_told_anything_asks_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    town = found_town(tmp_path, monkeypatch, ticks=False)
    line = Line(town, town.side(REGIE, clock))
    sent = draft(town, clock)
    asks, parcels = line.send()

    assert parcels == []
    line.answer(asks[0])
    assert [each.carries for each in line.send()[1]] == [sent]
    line.side.mailbox.close()


def test_what_was_sealed_before_still_goes_and_goes_again_while_stale(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    sent = draft(town, clock)
    regie.send()
    clock.now = NOW + DAY

    assert [each.carries for each in regie.send()[1]] == [sent]


def test_after_the_answer_the_newest_key_is_the_one_sealed_to(town: Municipality, regie: Line, clock: Clock) -> None:
    clock.now = NOW + DAY
    sent = draft(town, clock)
    newest = PrivateKey.generate("sealing", CORPORATION)
    corporation = town.side(CORPORATION)
    identity = corporation.keystore.keys("identity")[0].private
    record = KeyRecord(newest.public, NOW + 60, NOW + 7 * DAY)
    statement = make_keys([record], time=NOW + 60, signed_by=identity, after=town.directory)
    town.directory = append_statement(town.directory, statement)
    regie.answer(ask(regie))

    assert [each.carries for each in regie.send()[1]] == [sent]
    assert sealed_to(regie, sent) == newest.public.id


def sealed_to(line: Line, message: object) -> bytes:
    """Return the id of the key a message of ours was sealed to."""
    row = line.side.mailbox.row("SELECT slot, container FROM outbox WHERE id = ?", message)
    assert row is not None
    container = line.side.mailbox.decrypt(row["slot"], row["container"], "outbox.container", str(message))
    return unb64u(read(check_frame(container, line.side.shelf.key)).declaration.recipient.key)


def test_a_stale_desk_takes_a_draft_for_whom_it_holds_no_valid_key_of_and_a_fresh_one_does_not(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    clock.now = NOW + 60 * DAY
    sent = draft(town, clock)
    regie.answer(ask(regie))

    assert regie.send()[1] == []
    assert regie.side.outbox.outcome(sent).codes == (Fault.ONTVANGER_SLEUTEL_ONBEKEND,)
    with pytest.raises(Refusal) as refused:
        draft(town, clock)
    assert refused.value.code == Fault.ONTVANGER_SLEUTEL_ONBEKEND


def test_what_came_from_a_key_nobody_told_us_of_is_asked_about_at_once_and_taken_in_after_the_answer(
    town: Municipality, regie: Line, corporation: Line
) -> None:
    corporation.answer(ask(corporation))
    older, town.hop = town.hop, PrivateKey.generate("hop", BROKER)
    record = KeyRecord(town.hop.public, NOW, NOW + DAY)
    statement = make_keys([record], time=NOW, signed_by=town.identity, after=town.directory)
    town.directory = append_statement(town.directory, statement)
    container = seal_draft(regie.side, question(due="")).container
    body = town.deliver(CORPORATION, container, town.stamp(town.permit(container, regie.side)))
    assert corporation.receiver.take(body) == "aside"
    assert codes(corporation) == [Fault.HOP_SLEUTEL_ONBEKEND]
    town.hop = older  # the broker answers with the key that the asker knows

    assert corporation.answer(ask(corporation)) == "caught_up"
    assert [each.sender for each in corporation.side.inbox.items()] == [REGIE]
    assert codes(corporation) == []
    assert corporation.send()[0] == []


def test_a_hop_to_a_key_that_another_process_just_made_opens(town: Municipality, regie: Line, clock: Clock) -> None:
    clock.now = NOW + 65 * DAY
    made = rotate_keys(town.home(REGIE), now=int(clock.now))
    assert made is not None
    town.directory = append_statement(town.directory, made.statement)
    town.made[REGIE] = replace(town.made[REGIE], keys=made.keys)

    assert regie.answer(ask(regie)) == "caught_up"
    assert codes(regie) == []


# -- convenants --------------------------------------------------------------------------------------------------------


def put_in_force(town: Municipality, text: bytes, *, start: int = NOW + 30) -> Convenant:
    """Let the root put another set of documents in force; return it."""
    convenant = read_convenant({"new.yaml": text})
    named = [(each.document, each.version, each.hash) for each in convenant.named]
    made = make_convenant(
        convenant.digest, documents=named, start=start, time=NOW, signed_by=[town.root], after=town.directory
    )
    town.directory = append_statement(town.directory, made)
    return convenant


def next_text() -> bytes:
    """Return the text of the shipped convenant in its next version: a comment longer."""
    shipped = files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml").read_bytes()
    return shipped + b"# a next version\n"


def test_a_new_convenant_is_asked_for_read_and_kept_in_its_folder(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    convenant = put_in_force(town, next_text())
    regie.documents = {hash_file(next_text()): next_text()}
    regie.answer(ask(regie))
    with pytest.raises(Refusal) as refused:
        draft(town, clock)
    assert refused.value.code == "CONVENANT_VERSIE"

    assert regie.read(follow_up := ask(regie)).files == (hash_file(next_text()),)
    assert regie.answer(follow_up) == "caught_up"
    assert regie.side.holdings.in_force(NOW + 60).digest == convenant.digest
    assert town.side(REGIE).holdings.convenant(convenant.digest) is not None
    assert draft(town, clock)
    assert regie.send()[0] == []


def test_a_folder_half_written_when_the_process_was_killed_is_no_convenant(town: Municipality, regie: Line) -> None:
    convenant = put_in_force(town, next_text())
    half = town.home(REGIE) / "convenants" / f".new-{convenant.digest}"
    half.mkdir(parents=True)
    (half / "half.yaml").write_text("half")
    regie.documents = {hash_file(next_text()): next_text()}
    regie.answer(ask(regie))
    regie.answer(ask(regie))

    assert town.side(REGIE).holdings.convenant(convenant.digest) is not None
    assert not half.exists()


def test_documents_that_make_no_convenant_are_an_alarm_and_the_directory_is_taken_all_the_same(
    town: Municipality, regie: Line
) -> None:
    garbage = b"document: x\n"
    named = [("cmpg", "9", hash_file(garbage))]
    made = make_convenant(
        "A" * 43, documents=named, start=NOW + DAY, time=NOW, signed_by=[town.root], after=town.directory
    )
    town.directory = append_statement(town.directory, made)
    regie.documents = {hash_file(garbage): garbage}
    regie.answer(ask(regie))

    assert regie.answer(ask(regie)) == "aside"
    assert codes(regie) == [Fault.CONVENANT_ONLEESBAAR]
    assert regie.side.holdings.directory.to_bytes() == town.directory
    assert regie.send()[0] == []


def test_a_document_the_broker_does_not_have_is_asked_for_ever_more_seldom(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    put_in_force(town, next_text(), start=NOW + 7 * DAY)
    regie.answer(ask(regie))
    asked_at = []
    for second in range(0, 2 * HOUR, 60):
        clock.now = NOW + 60 + second
        for each in regie.send()[0]:
            asked_at.append(second)
            regie.answer(each)

    assert asked_at == [0, 60, 180, 420, 900, 1860, 3660, 5460]


# -- one history -------------------------------------------------------------------------------------------------------


def test_the_notes_of_deliveries_are_shown_to_be_one_history_and_only_the_newest_is_kept(
    town: Municipality, regie: Line, corporation: Line
) -> None:
    for _ in range(3):
        container = seal_draft(regie.side, question(due="")).container
        corporation.receiver.take(town.deliver(CORPORATION, container, town.stamp(town.permit(container, regie.side))))
    asked = corporation.read(question_of := ask(corporation))

    assert asked.sizes == (6, 7, 8, 9)
    assert corporation.answer(question_of) == "noted"
    assert corporation.side.witness.shown(ORIGIN) == 10
    assert corporation.side.witness.unshown(ORIGIN) == []
    assert [each.checkpoint.size for each in corporation.side.witness.chain(ORIGIN, most=64)] == [10]


def test_more_notes_than_one_ask_holds_are_shown_by_the_next_ones(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    for _ in range(100):
        index = town.log.write(Record(type="tick", directory=regie.side.holdings.directory.version), time=NOW + 60)
        regie.receiver.take(town.notice(REGIE, index))
    regie.answer(ask(regie))
    between, _ = regie.send()
    clock.now += 20
    regie.answer(ask(regie))

    assert between == []
    assert regie.side.witness.unshown(ORIGIN) == []


def test_a_note_not_shown_to_be_of_one_history_for_four_hours_shuts_the_adapter_until_it_is(
    town: Municipality, regie: Line, corporation: Line, clock: Clock
) -> None:
    ask(corporation)
    became = []
    for late in (0, UNSHOWN_AFTER, 1):
        clock.now += late
        container = seal_draft(regie.side, question(due=""), now=int(clock.now)).container
        index = town.permit(container, regie.side, time=int(clock.now))
        became.append(corporation.receiver.take(town.deliver(CORPORATION, container, town.stamp(index))))

    assert became == ["opened", "opened", "held"]
    assert [each.what for each in corporation.side.evidence.held()] == ["history"]
    assert len(corporation.side.inbox.items()) == 2
    assert corporation.answer(ask(corporation)) == "caught_up"
    assert len(corporation.side.inbox.items()) == 3


def test_fork_an_answer_that_cannot_show_one_history_is_an_alarm(town: Municipality, regie: Line) -> None:
    asked = ask(regie)
    town.log.leaves[0] = b"another past"

    assert regie.answer(asked) == "aside"
    assert codes(regie) == [Fault.LOGBOEK_ONBEWEZEN]
    assert regie.side.witness.shown(ORIGIN) == 6


def test_fork_an_answer_with_another_root_for_a_size_we_hold_shuts_the_log(
    town: Municipality, regie: Line, clock: Clock
) -> None:
    asked = ask(regie)
    del town.log.leaves[5:]
    town.log.leaves[0] = b"another past"

    assert regie.answer(asked) == "aside"
    assert codes(regie) == [Fault.LOGBOEK_GESPLITST] * 2
    assert [each.kind for each in regie.side.evidence.aside()] == ["note", "notice"]
    assert regie.side.standing(int(clock.now)) == "forked"
    draft(town, clock)
    assert regie.send()[1] == []


# -- lies --------------------------------------------------------------------------------------------------------------


def other_directory(town: Municipality) -> bytes:
    """Return a directory of the same length with another last statement, signed by the true root."""
    head = b"".join(town.directory.splitlines(keepends=True)[:-1])
    made = make_member(
        "uwv", identity=[PrivateKey.generate("identity", "uwv").public], time=NOW, signed_by=[town.root], after=head
    )
    return append_statement(head, made)


def test_an_answer_in_which_anything_fails_leaves_everything_as_it_was(town: Municipality, regie: Line) -> None:
    before = regie.side.holdings
    admit(town)
    lies: list[tuple[str, dict[str, Any]]] = [
        (Fault.REGISTER_ONBEWEZEN, {"lines": town.directory[len(before.directory.to_bytes()) :] * 2}),
        (Fault.REGISTER_ONGELDIG, {"lines": town.directory.splitlines(keepends=True)[0]}),
        (Fault.LOGBOEK_ONBEWEZEN, {"steps": ()}),
        (Fault.CONVENANT_NIET_ONDERTEKEND, {"files": (b"document: x\n",)}),
    ]
    clock = regie.side.clock
    assert isinstance(clock, Clock)
    for code, lie in lies:
        clock.now += HOUR
        assert regie.answer(ask(regie), **lie) == "aside", code

    assert regie.side.holdings.directory.version == before.directory.version
    assert len(codes(regie)) == len(lies)
    assert (town.home(REGIE) / "directory.json").read_bytes() == before.directory.to_bytes()


def test_after_a_lie_it_does_not_ask_in_a_hurry(regie: Line, clock: Clock) -> None:
    regie.answer(ask(regie), steps=())
    soon, _ = regie.send()
    clock.now += NO_ANSWER

    assert soon == []
    assert regie.answer(ask(regie)) == "noted"


def test_rollback_a_broker_that_forgot_statements_is_caught_and_nothing_goes_back(
    town: Municipality, regie: Line
) -> None:
    whole = regie.side.holdings.directory
    town.directory = b"".join(town.directory.splitlines(keepends=True)[:-1])
    asked = ask(regie)
    honest = regie.make_answer(asked)
    older = DirectoryVersion(whole.count - 1, whole.head_at(whole.count - 1) or "")

    assert regie.answer(asked, note=honest.note, proof=honest.proof, after=older) == "aside"
    assert codes(regie) == [Fault.REGISTER_TERUG]
    assert regie.side.holdings.directory.version == whole.version


def test_fork_a_broker_with_another_directory_is_caught(town: Municipality, regie: Line) -> None:
    town.directory = other_directory(town)

    assert regie.answer(ask(regie)) == "aside"
    assert codes(regie) == [Fault.REGISTER_GESPLITST]


def test_an_answer_meant_for_another_ask_brings_nothing(town: Municipality, regie: Line) -> None:
    admit(town)

    assert regie.answer(ask(regie), ask=bytes(32)) == "noted"
    assert regie.side.holdings.directory.to_bytes() != town.directory
    assert codes(regie) == []
