"""The mailbox: unreadable without its key, exactly once, and readable no more once a casus was destroyed."""

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapter_scene import (
    CASUS,
    CORPORATION,
    NOW,
    REGIE,
    Clock,
    Municipality,
    found_town,
    question,
    seal_draft,
)
from zegel_adapters.desk import Desk
from zegel_adapters.errors import KeystoreError, UnknownMessageError
from zegel_adapters.home import Home
from zegel_adapters.homekey import unlock
from zegel_adapters.inbox import Item, Stored
from zegel_adapters.mailbox import Mailbox, MailboxError
from zegel_adapters.receive import Receiver
from zegel_adapters.sender import Sender
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.opening import open_parts
from zegel_schemas.seal.primitives import unb64u

SECRET = b"Zonder dit gegeven kan het regieteam niet bepalen"  # of the motivation every question here carries


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


def deliver(town: Municipality, casus: str = CASUS) -> bytes:
    """Deliver the question to the corporation and return the AMQP body."""
    sender = town.side(REGIE)
    container = seal_draft(sender, question(casus=casus)).container
    return town.deliver(CORPORATION, container, town.stamp(town.permit(container, sender)))


def read_inbox(town: Municipality) -> list[Item]:
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        return desk.inbox()


def written(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.glob("mailbox.sqlite*"))


# -- at rest -------------------------------------------------------------------------------------------------------


def test_no_content_and_no_casus_stands_readable_in_the_file(town: Municipality) -> None:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        desk.send(question())
        Sender(town.side(REGIE), resend_after=600).due()
        sent = written(town.home(REGIE))
    Receiver(town.side(CORPORATION)).take(deliver(town))
    received = written(town.home(CORPORATION))

    assert len(sent) > 10_000
    assert len(received) > 10_000
    for found in (sent, received):
        assert SECRET not in found
        assert CASUS.encode() not in found
        assert b"armoede_schulden" not in found
        assert b"huurachterstand" not in found


def test_the_mailbox_is_for_its_owner_alone(town: Municipality) -> None:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        desk.send(question())
        modes = {path.stat().st_mode & 0o777 for path in town.home(REGIE).glob("mailbox.sqlite*")}

    assert modes == {0o600}


def test_a_mailbox_others_can_read_is_refused(town: Municipality) -> None:
    Desk(town.home(REGIE)).close()
    Home(town.home(REGIE)).mailbox.chmod(0o644)

    with pytest.raises(KeystoreError, match="mode 0644"):
        Desk(town.home(REGIE))


def test_another_home_key_does_not_open_it(town: Municipality) -> None:
    Desk(town.home(REGIE)).close()
    key = unlock(Home(town.home(CORPORATION)), passphrase=None)

    with pytest.raises(MailboxError, match="another home key"):
        Mailbox(Home(town.home(REGIE)).mailbox, key, instantie=REGIE)


def test_rows_cannot_be_swapped(town: Municipality) -> None:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        first, second = desk.send(question()), desk.send(question())
        with sqlite3.connect(Home(town.home(REGIE)).mailbox) as db:
            (draft,) = db.execute("SELECT draft FROM outbox WHERE id = ?", (first,)).fetchone()
            db.execute("UPDATE outbox SET draft = ? WHERE id = ?", (draft, second))
        db.close()

        with pytest.raises(MailboxError, match="does not open"):
            desk.draft(second)


def test_a_mailbox_of_another_format_is_refused(town: Municipality) -> None:
    Desk(town.home(REGIE)).close()
    db = sqlite3.connect(Home(town.home(REGIE)).mailbox)
    db.execute("PRAGMA user_version = 99")
    db.close()

    with pytest.raises(MailboxError, match="format 99"):
        Desk(town.home(REGIE))


# -- exactly once --------------------------------------------------------------------------------------------------


def test_a_message_is_handed_over_until_acknowledged_always_under_the_same_id(town: Municipality) -> None:
    Receiver(town.side(CORPORATION)).take(deliver(town))
    (first,), (second,) = read_inbox(town), read_inbox(town)
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        desk.acknowledge(first)
        desk.acknowledge(second)

        assert (first.sender, first.id) == (second.sender, second.id)
        assert desk.inbox() == []
        assert desk.item(first.id).contents == first.contents
        assert desk.item(first.id).acknowledged


def test_messages_come_in_the_order_of_the_log_not_of_arrival(town: Municipality) -> None:
    bodies = [deliver(town) for _ in range(3)]
    receiver = Receiver(town.side(CORPORATION))
    for body in reversed(bodies):
        receiver.take(body)

    indices = [item.index for item in read_inbox(town)]
    assert len(indices) == 3
    assert indices == sorted(indices)


def test_stored_a_second_time_nothing_changes(town: Municipality) -> None:
    sender, side = town.side(REGIE), town.side(CORPORATION)
    container = seal_draft(sender, question()).container
    verified = read(check_frame(container, side.holdings.directory.key))
    said = verified.declaration
    own = side.keystore.find(unb64u(said.recipient.key)).private
    stored = Stored(
        declaration=said,
        message_hash=verified.message_hash,
        index=7,
        container=container,
        stamp=b"stamp",
        message_key=open_parts(verified, own).message_key,
        result="opened",
        receipt=b"receipt",
    )
    side.inbox.store(stored, now=NOW)
    side.inbox.acknowledge(REGIE, said.id)
    for receipt in side.inbox.receipts_due():
        side.inbox.mark_receipt_sent(receipt)
    side.inbox.store(replace(stored, index=8), now=NOW + 1)

    assert side.inbox.items() == []
    assert list(side.inbox.receipts_due()) == []
    assert side.inbox.item(REGIE, said.id).index == 7


TAKE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from tests.adapter_scene import Clock
from zegel_adapters.assemble import open_side
from zegel_adapters.receive import Receiver

side, _ = open_side(sys.argv[1], clock=Clock(), random=os.urandom)
moment = sys.argv[3]
if moment == "inside":  # the content is written, the transaction is not committed
    begin = side.mailbox.transaction
    import contextlib

    @contextlib.contextmanager
    def dying():
        with begin() as db:
            yield db
            if db.execute("SELECT count(*) FROM inbox").fetchone()[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    side.mailbox.transaction = dying
Receiver(side).take(Path(sys.argv[2]).read_bytes())
os.kill(os.getpid(), signal.SIGKILL)  # stored, and never acknowledged
"""


@pytest.mark.parametrize(("moment", "stored"), [("inside", 0), ("after", 1)])
def test_killed_between_store_and_acknowledgement_it_is_there_once(
    town: Municipality, tmp_path: Path, moment: str, stored: int
) -> None:
    body = deliver(town)
    (tmp_path / "body").write_bytes(body)
    command = [sys.executable, "-c", TAKE_AND_DIE, str(town.home(CORPORATION)), str(tmp_path / "body"), moment]
    died = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])})

    assert died.returncode == -signal.SIGKILL
    assert len(read_inbox(town)) == stored
    side = town.side(CORPORATION)
    assert Receiver(side).take(body) == ("again" if stored else "opened")  # RabbitMQ hands it over again
    assert len(read_inbox(town)) == 1
    assert len(list(side.inbox.receipts_due())) == 1


# -- the end of retention ------------------------------------------------------------------------------------------


def test_the_destroyed_key_is_nowhere_in_the_files(town: Municipality) -> None:
    Receiver(town.side(CORPORATION)).take(deliver(town))
    mailbox = Home(town.home(CORPORATION)).mailbox
    db = sqlite3.connect(mailbox)
    (box,) = db.execute("SELECT box FROM casus_key").fetchone()
    db.close()
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        assert box in written(town.home(CORPORATION))
        desk.destroy(CASUS, anyway=True)
        assert box not in written(town.home(CORPORATION))


def test_a_draft_of_a_destroyed_casus_does_not_go_out(town: Municipality) -> None:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        sent = desk.send(question())
        desk.destroy(CASUS, anyway=True)

        assert Sender(town.side(REGIE), resend_after=600).due() == []
        with pytest.raises(UnknownMessageError, match="destroyed"):
            desk.draft(sent)


def test_a_casus_begins_anew_after_it_was_destroyed(town: Municipality) -> None:
    receiver = Receiver(town.side(CORPORATION))
    receiver.take(deliver(town))
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        desk.destroy(CASUS, anyway=True)
        receiver.take(deliver(town))

        assert len(desk.inbox()) == 1
