"""The holder proves one part to a third party: the two commands, what is kept of it, and when it is over."""

import json
import re
import sqlite3
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.adapter_scene import CASUS, CORPORATION, REGIE, Clock, Municipality, found_town, question, seal_draft
from zegel_adapters.cli import app
from zegel_adapters.desk import Desk
from zegel_adapters.home import Home
from zegel_adapters.receive import Receiver
from zegel_adapters.sender import Sender
from zegel_adapters.tables import UPGRADES, VERSION
from zegel_schemas.content import example
from zegel_schemas.declaration import MOTIVATION_PART

PART = MOTIVATION_PART


@dataclass
class Held:
    """A town, and the question whose motivation the corporation holds."""

    town: Municipality
    message: str

    @property
    def home(self) -> Path:
        """Return the corporation's home."""
        return self.town.home(CORPORATION)


def call(*arguments: str | Path, code: int = 0) -> Result:
    """Run the command and hold its exit code against what it should be."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result


def call_json(*arguments: str | Path, code: int = 0) -> Any:
    return json.loads(call(*arguments, "--json", code=code).output)


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Held:
    """Give a town in which the corporation received a question."""
    now = int(time.time())
    town = found_town(tmp_path / "town", monkeypatch, now=now)
    sender, recipient = town.side(REGIE), town.side(CORPORATION, Clock(now))
    container = seal_draft(sender, question(due=""), now=now).container
    stamp = town.stamp(town.permit(container, sender, time=now))
    assert Receiver(recipient).take(town.deliver(CORPORATION, container, stamp)) == "opened"
    message = recipient.inbox.items()[-1].id
    sender.mailbox.close()
    recipient.mailbox.close()
    return Held(town, message)


def test_the_holder_writes_an_exhibit_that_a_third_party_checks_without_a_home(held: Held, tmp_path: Path) -> None:
    exhibit = tmp_path / "exhibit"
    call("disclose", "--home", held.home, held.message, "--part", PART, "--to", exhibit)
    told = call_json("verify-disclosure", exhibit, "--root-fingerprint", held.town.fingerprint)

    assert stat.S_IMODE(exhibit.stat().st_mode) == 0o600
    assert told["proven"]
    assert (told["from"], told["to"], told["message"]) == (REGIE, CORPORATION, held.message)
    assert told["content"] == example(PART).model_dump(mode="json")
    assert told["rules_checked"]


def test_the_verifier_says_in_two_languages_who_said_what_to_whom(held: Held, tmp_path: Path) -> None:
    exhibit = tmp_path / "exhibit"
    call("disclose", "--home", held.home, held.message, "--part", PART, "--to", exhibit)
    text = call("verify-disclosure", exhibit, "--root-fingerprint", held.town.fingerprint.upper()).output

    assert text.startswith("BEWEZEN | PROVEN")
    assert f"{REGIE} zei dit tegen {CORPORATION}" in text
    assert f"{REGIE} said this to {CORPORATION}" in text
    assert "waarom_nodig: " in text


def test_a_changed_exhibit_is_not_proven_and_shows_no_content(held: Held, tmp_path: Path) -> None:
    exhibit = tmp_path / "exhibit"
    call("disclose", "--home", held.home, held.message, "--part", PART, "--to", exhibit)
    data = bytearray(exhibit.read_bytes())
    data[2000] ^= 1
    exhibit.write_bytes(data)
    told = call_json("verify-disclosure", exhibit, "--root-fingerprint", held.town.fingerprint, code=7)
    text = call("verify-disclosure", exhibit, "--root-fingerprint", held.town.fingerprint, code=7).output

    assert told.keys() == {"proven", "refused"}
    assert not told["proven"]
    assert text.startswith("NIET BEWEZEN | NOT PROVEN")
    assert told["refused"]["code"] in text
    assert "waarom_nodig" not in text


def test_under_another_fingerprint_nothing_is_proven(held: Held, tmp_path: Path) -> None:
    exhibit = tmp_path / "exhibit"
    call("disclose", "--home", held.home, held.message, "--part", PART, "--to", exhibit)
    other = "k7qm-" * 7 + "k7qm"
    told = call_json("verify-disclosure", exhibit, "--root-fingerprint", other, code=7)

    assert told["refused"]["code"] == "REGISTER_ONGELDIG"


def test_the_home_keeps_what_it_disclosed_in_a_list_nobody_else_can_read(held: Held, tmp_path: Path) -> None:
    exhibit = tmp_path / "exhibit"
    made = call_json("disclose", "--home", held.home, held.message, "--part", PART, "--to", exhibit)
    listed = call_json("disclose", "--home", held.home)
    stored = sqlite3.connect(Home(held.home).mailbox).execute("SELECT box FROM disclosed").fetchall()

    assert listed == [{name: value for name, value in made.items() if name != "file"}]
    assert (listed[0]["message"], listed[0]["part"], listed[0]["from"]) == (held.message, PART, REGIE)
    assert held.message.encode() not in b"".join(box for (box,) in stored)


def test_after_the_casus_is_destroyed_nothing_can_be_disclosed_yet_the_list_stays(held: Held, tmp_path: Path) -> None:
    first = tmp_path / "first"
    call("disclose", "--home", held.home, held.message, "--part", PART, "--to", first)
    side = held.town.side(CORPORATION)
    side.mailbox.destroy(CASUS)
    side.mailbox.close()
    told = call_json("disclose", "--home", held.home, held.message, "--part", PART, "--to", tmp_path / "second", code=1)

    assert "destroyed" in told["error"]
    assert not (tmp_path / "second").exists()
    assert [each["message"] for each in call_json("disclose", "--home", held.home)] == [held.message]
    assert call_json("verify-disclosure", first, "--root-fingerprint", held.town.fingerprint)["proven"]


def test_who_sent_it_proves_it_too_once_the_permission_is_proven(held: Held, tmp_path: Path) -> None:
    """The sender proves what it said by the notice that told it was permitted."""
    town, now = held.town, int(time.time())
    with Desk(town.home(REGIE)) as desk:
        sent = desk.send(question(due=""))
    sender = town.side(REGIE, Clock(now))
    (parcel,) = Sender(sender, resend_after=600).due()
    assert parcel.carries == sent
    home, exhibit = town.home(REGIE), tmp_path / "exhibit"
    told = call_json("disclose", "--home", home, sent, "--part", PART, "--to", exhibit, code=1)
    container = sender.outbox.reopen(sent, sender.shelf.key).verified.container
    index = town.permit(container, sender, time=now)
    assert Receiver(sender).take(town.notice(REGIE, index)) == "noted"
    sender.mailbox.close()
    call("disclose", "--home", home, sent, "--part", PART, "--to", exhibit)
    shown = call_json("verify-disclosure", exhibit, "--root-fingerprint", town.fingerprint)

    assert "no permission" in told["error"]
    assert (shown["from"], shown["to"], shown["message"], shown["index"]) == (REGIE, CORPORATION, sent, index)


def test_an_exhibit_never_replaces_a_file(held: Held, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("something else")
    call("disclose", "--home", held.home, held.message, "--part", PART, "--to", there, code=1)

    assert there.read_text() == "something else"
    assert call_json("disclose", "--home", held.home) == []


def test_a_part_the_message_has_not_cannot_be_disclosed(held: Held, tmp_path: Path) -> None:
    told = call_json(
        "disclose", "--home", held.home, held.message, "--part", "inkomen", "--to", tmp_path / "none", code=1
    )

    assert told["error"] == f"the message has no part inkomen; it has: {PART}"
    assert not (tmp_path / "none").exists()


def test_what_to_disclose_and_where_to_must_both_be_said(held: Held) -> None:
    call("disclose", "--home", held.home, held.message, code=2)


def test_a_mailbox_made_before_disclosures_gets_their_list(held: Held) -> None:
    box = sqlite3.connect(Home(held.home).mailbox)
    box.execute("DROP TABLE disclosed")
    box.execute("ALTER TABLE outbox DROP COLUMN message_key")
    box.execute(f"PRAGMA user_version = {min(UPGRADES)}")
    box.close()

    assert call_json("disclose", "--home", held.home) == []
    assert sqlite3.connect(Home(held.home).mailbox).execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_the_file_that_is_no_exhibit_is_told_so(held: Held, tmp_path: Path) -> None:
    file = tmp_path / "letter"
    file.write_text("Geachte heer, mevrouw,")
    told = call_json("verify-disclosure", file, "--root-fingerprint", held.town.fingerprint, code=7)

    assert told["refused"]["code"] == "BEWIJS_ONLEESBAAR"
    assert re.search("no exhibit", told["refused"]["detail"])
