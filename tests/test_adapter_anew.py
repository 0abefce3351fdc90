"""A message refused only because its sender was behind is sealed anew by itself, as a new message, in its place."""

import asyncio
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.adapter_scene import CORPORATION, NOW, REGIE, Clock, Municipality, found_town, new_casus, question
from tests.answering import Line
from zegel_adapters.desk import Desk
from zegel_adapters.outcome import Outcome
from zegel_schemas.convenant import hash_file, read_convenant
from zegel_schemas.declaration import Declaration
from zegel_schemas.directory import Directory, append_statement, make_convenant, make_keys, make_revoke
from zegel_schemas.refusals import Fault
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.keys import KeyRecord, PrivateKey
from zegel_schemas.seal.primitives import b64u, unb64u

BEHIND = "CONVENANT_VERSIE"
NEXT_TEXT = files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml").read_bytes() + b"# a next version\n"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


@pytest.fixture
def regie(town: Municipality) -> Iterator[Line]:
    line = Line(town, town.side(REGIE), {hash_file(NEXT_TEXT): NEXT_TEXT})
    line.answer(line.send()[0][0])
    yield line
    line.side.mailbox.close()


def send(line: Line, **changes: Any) -> str:
    """Leave a draft and let it go out; return its id."""
    with Desk(line.town.home(REGIE), clock=Clock()) as desk:
        message = desk.send(question(due="", **changes))
    line.send()
    return message


def container_of(line: Line, message: str) -> bytes:
    found = line.side.outbox.container(message)
    assert found is not None
    return found


def declaration_of(line: Line, message: str) -> Declaration:
    return read(check_frame(container_of(line, message), line.side.shelf.key)).declaration


def refuse(line: Line, message: str, code: str = BEHIND) -> str:
    """Have the broker refuse a message for `code`; return the id of the one that goes instead, if any."""
    index = line.town.permit(
        container_of(line, message),
        line.side,
        outcome="refused",
        rules={},
        codes=(code,),
        directory=Directory.load(line.town.directory, root_fingerprint=line.town.fingerprint).version,
    )
    assert line.receiver.take(line.town.notice(REGIE, index)) == "noted"
    return line.side.outbox.outcome(message).again


def put_in_force(town: Municipality) -> str:
    """Let the root put the next version of the convenant in force; return its digest."""
    convenant = read_convenant({"next.yaml": NEXT_TEXT})
    named = [(each.document, each.version, each.hash) for each in convenant.named]
    made = make_convenant(
        convenant.digest, documents=named, start=NOW + 30, time=NOW, signed_by=[town.root], after=town.directory
    )
    town.directory = append_statement(town.directory, made)
    return convenant.digest


def catch_up(line: Line) -> None:
    """Let the adapter ask as long as it wants to."""
    while asks := line.send()[0]:
        line.answer(asks[0])


def outcome(line: Line, message: str) -> Outcome:
    with Desk(line.town.home(REGIE), clock=Clock()) as desk:
        return asyncio.run(desk.outcome(message))


def test_refused_for_another_convenant_it_goes_under_the_new_one(town: Municipality, regie: Line) -> None:
    message = send(regie)
    digest = put_in_force(town)
    anew = refuse(regie, message)
    catch_up(regie)

    said, before = declaration_of(regie, anew), declaration_of(regie, message)
    assert (before.convenant == digest, said.convenant == digest) == (False, True)
    assert said.re == b64u(read(check_frame(container_of(regie, message), regie.side.shelf.key)).message_hash)
    assert said.id != before.id
    assert (said.kind, said.casus, said.asks, said.claims) == (before.kind, before.casus, before.asks, before.claims)


def test_it_waits_until_another_convenant_is_here_and_is_not_refused_over_and_over(regie: Line) -> None:
    message = send(regie)
    anew = refuse(regie, message)

    assert regie.send() == ([], [])
    assert regie.side.outbox.outcome(anew).state == "queued"
    assert regie.side.outbox.container(anew) is None


def test_the_application_that_waits_hears_of_the_new_message(regie: Line) -> None:
    message = send(regie)
    anew = refuse(regie, message)

    assert regie.side.outbox.outcome(message).state == "refused"
    told = outcome(regie, message)
    assert (told.id, told.state, told.instead_of) == (anew, "queued", message)


def test_what_it_goes_instead_of_is_known_to_the_end(town: Municipality, regie: Line) -> None:
    message = send(regie)
    put_in_force(town)
    anew = refuse(regie, message)
    catch_up(regie)
    decision = town.permit(container_of(regie, anew), regie.side)
    delivered = town.tell(decision, regie.side, container_of(regie, anew), "delivered")
    regie.receiver.take(town.notice(REGIE, decision, delivered))

    told = outcome(regie, message)
    assert (told.id, told.state, told.instead_of) == (anew, "delivered", message)


def test_it_keeps_its_place_before_what_waits_in_the_same_casus(town: Municipality, regie: Line) -> None:
    first, second = send(regie), send(regie)
    put_in_force(town)
    anew = refuse(regie, first)
    regie.answer(regie.send()[0][0])
    asks, _ = regie.send()
    regie.answer(asks[0])

    assert [each.carries for each in regie.send()[1]] == [anew]
    assert regie.side.outbox.ids() == [anew, second, first]


def test_two_of_two_casussen_take_each_its_own_place(regie: Line) -> None:
    first, second = send(regie, casus=new_casus()), send(regie, casus=new_casus())
    anew = [refuse(regie, first), refuse(regie, second)]

    assert regie.side.outbox.ids() == [*anew, first, second]


def test_an_answer_keeps_naming_its_question(regie: Line) -> None:
    message = send(regie, re="B" * 42 + "A")
    anew = refuse(regie, message)

    assert regie.side.outbox.draft(anew).re == "B" * 42 + "A"


def test_the_same_notice_again_seals_nothing_twice(regie: Line) -> None:
    message = send(regie)
    anew = refuse(regie, message)

    assert refuse(regie, message) == anew
    assert len(regie.side.outbox.ids()) == 2


def test_any_other_refusal_is_final(regie: Line) -> None:
    assert refuse(regie, send(regie), "GEEN_REGEL") == ""
    assert len(regie.side.outbox.ids()) == 1


def test_refused_for_a_key_that_was_revoked_it_is_sealed_to_the_next(town: Municipality, regie: Line) -> None:
    message = send(regie)
    corporation = town.side(CORPORATION)
    identity = corporation.keystore.keys("identity")[0].private
    stolen = unb64u(declaration_of(regie, message).recipient.key)
    revoked = make_revoke(stolen, at=NOW, time=NOW, signed_by=identity, after=town.directory, index=0)
    file = append_statement(town.directory, revoked)
    fresh = KeyRecord(PrivateKey.generate("sealing", CORPORATION).public, NOW, NOW + 3600)
    town.directory = append_statement(file, make_keys([fresh], time=NOW, signed_by=identity, after=file))
    anew = refuse(regie, message, Fault.ONTVANGER_SLEUTEL_ONBEKEND)
    catch_up(regie)

    assert declaration_of(regie, anew).recipient.key == b64u(fresh.id)


def test_a_dry_run_that_came_to_another_convenant_is_tried_again(regie: Line) -> None:
    with Desk(regie.town.home(REGIE), clock=Clock()) as desk:
        message = desk.ask_whether(question(due=""))
    regie.send()
    index = regie.town.permit(
        container_of(regie, message), regie.side, type="dryrun", outcome="refused", rules={}, codes=(BEHIND,)
    )
    regie.receiver.take(regie.town.notice(REGIE, index))
    anew = regie.side.outbox.outcome(message).again

    assert regie.side.outbox.draft(anew).dry_run
    assert outcome(regie, message).id == anew
