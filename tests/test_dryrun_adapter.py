"""Asking first, from an adapter: only the declaration goes out, the answer is proven, and nobody receives anything."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.adapter_scene import NOW, REGIE, Clock, Municipality, found_town, question
from tests.invariants import ledger_of
from tests.test_journey import verify_log
from tests.town import Town
from zegel_adapters.desk import Desk
from zegel_adapters.draft import Draft, read_draft
from zegel_adapters.examples import make_example
from zegel_adapters.outcome import Outcome
from zegel_adapters.receive import Receiver
from zegel_adapters.sender import Sender
from zegel_adapters.side import Side
from zegel_adapters.wording import word_outcome
from zegel_schemas import canonical
from zegel_schemas.convenant import shipped_convenant
from zegel_schemas.record import hash_explanation
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.container import check_frame, read

WHY = canonical.encode({"code": "GEEN_REGEL", "fields": ["asks"], "failures": []})
WONEN = "jutphaas_wonen"


@pytest.fixture
def municipality(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


@pytest.fixture
def side(municipality: Municipality) -> Iterator[Side]:
    opened = municipality.side(REGIE)
    yield opened
    opened.mailbox.close()


def ask(municipality: Municipality, side: Side, draft: Draft) -> tuple[str, bytes]:
    """Ask whether a draft would pass; return its id and the container that went out."""
    with Desk(municipality.home(REGIE), clock=Clock()) as desk:
        asked = desk.ask_whether(draft)
    sender = Sender(side, resend_after=600)
    sender.confirm(sender.due())
    row = side.mailbox.row("SELECT slot, container FROM outbox WHERE id = ?", asked)
    assert row is not None
    return asked, side.mailbox.decrypt(row["slot"], row["container"], "outbox.container", asked)


def answer(municipality: Municipality, side: Side, asked: str, container: bytes, **changes: Any) -> Outcome:
    """Let an honest broker answer it, and return where it stands then."""
    index = municipality.permit(container, side, type="dryrun", **changes)
    texts = {index: WHY} if changes else {}
    assert Receiver(side).take(municipality.notice(REGIE, index, explanations=texts)) == "noted"
    return side.outbox.outcome(asked)


def test_no_content_goes_out_not_even_sealed(municipality: Municipality, side: Side) -> None:
    _, container = ask(municipality, side, question())

    verified = read(check_frame(container, side.holdings.directory.key))
    assert verified.signed.use == "dryrun"
    assert [each.category for each in verified.declaration.parts] == ["motivering"]
    assert (verified.wrap, verified.ciphertexts) == (b"", ())


def test_no_objection(municipality: Municipality, side: Side) -> None:
    outcome = answer(municipality, side, *ask(municipality, side, question()))

    assert (outcome.state, outcome.terminal, outcome.codes) == ("would_pass", True, ())
    assert "er is niets verzonden" in "\n".join(word_outcome(outcome))


def test_an_objection_with_its_reasons(municipality: Municipality, side: Side) -> None:
    refused: dict[str, Any] = {
        "outcome": "refused",
        "rules": {},
        "codes": ("GEEN_REGEL",),
        "explanation": hash_explanation(WHY),
    }
    outcome = answer(municipality, side, *ask(municipality, side, question()), **refused)

    assert (outcome.state, outcome.codes, outcome.explanation["fields"]) == ("would_fail", ("GEEN_REGEL",), ["asks"])


def test_the_message_itself_may_go_once_it_is_answered(municipality: Municipality, side: Side) -> None:
    asked, container = ask(municipality, side, question())
    with Desk(municipality.home(REGIE), clock=Clock()) as desk:
        sent = desk.send(question())
    waiting = [each.id for each in side.outbox.next_to_send(now=NOW + 60, resend_after=600)]
    answer(municipality, side, asked, container)

    assert waiting == []
    assert [each.id for each in side.outbox.next_to_send(now=NOW + 60, resend_after=600)] == [sent]


def test_a_draft_of_wrong_form_is_not_asked_about(municipality: Municipality) -> None:
    with Desk(municipality.home(REGIE), clock=Clock()) as desk, pytest.raises(Refusal) as refused:
        desk.ask_whether(question(purpose="nieuwsgierigheid"))

    assert refused.value.code == "DOEL_ONBEKEND"


# ---- over a real RabbitMQ --------------------------------------------------------------------------------------------


def report(**changes: object) -> Draft:
    """Return the corporation's aanmelding of a fictitious family."""
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    return read_draft(make_example("aanmelding", shipped_convenant(), sender=WONEN, today=today) | changes)


def whether(town: Town, draft: Draft) -> Outcome:
    """Ask from the corporation's desk, and await the answer."""
    with town.desk(WONEN) as desk:
        return asyncio.run(desk.outcome(desk.ask_whether(draft), timeout=30))


def test_from_desk_to_ledger_and_back(town: Town) -> None:
    passes, fails = whether(town, report()), whether(town, report(casus="", to="wil"))

    assert (passes.state, passes.index is not None) == ("would_pass", True)
    assert fails.state == "would_fail"
    assert fails.explanation["nl"]
    with town.desk("gemeente.regieteam") as regie:
        assert regie.tally().opened == 0
    with sqlite3.connect(f"file:{ledger_of(town)}?mode=ro", uri=True) as book:
        kinds = [leaf for (leaf,) in book.execute("SELECT leaf FROM entry") if b'"dryrun"' in leaf]
        assert (len(kinds), book.execute("SELECT count(*) FROM message").fetchone()) == (2, (0,))
    done = verify_log(town)
    assert done.returncode == 0, done.stdout


def test_the_message_it_tried_then_goes_its_way(town: Town) -> None:
    with town.desk(WONEN) as desk:
        sent = asyncio.run(desk.outcome(desk.send(report()), timeout=30, until="terminal"))

    assert sent.state == "opened"
