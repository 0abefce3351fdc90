"""The desk: what an application does with its mailbox; it needs no line and may be another process than the adapter.

with Desk(home) as desk:
    sent = desk.send(Draft(kind="informatieverzoek", to="wil", casus=casus, purpose="armoede_schulden", ...))
    outcome = await desk.outcome(sent, timeout=30)
    for item in desk.inbox():
        desk.answer(item, {"schulden_financien": {...}})
        desk.acknowledge(item)
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from zegel_adapters.assemble import open_home
from zegel_adapters.compose import complete, compose, look_up, outline
from zegel_adapters.disclosures import Disclosing, Disclosures
from zegel_adapters.draft import Draft, read_draft
from zegel_adapters.evidence import Evidence
from zegel_adapters.holdings import Shelf
from zegel_adapters.homekey import Passphrase
from zegel_adapters.ids import draw_casus_id, draw_message_id
from zegel_adapters.inbox import Inbox, Item
from zegel_adapters.keystore import draw
from zegel_adapters.mailbox import Mailbox
from zegel_adapters.outbox import Outbox
from zegel_adapters.outcome import Outcome
from zegel_adapters.owed import Owed, told, unanswered
from zegel_adapters.retention import Destruction, Reason, Retention
from zegel_adapters.side import stand
from zegel_adapters.witness import Witness
from zegel_schemas.content import Content
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.primitives import Random

__all__ = ["Desk", "Destruction", "Draft", "Item", "Outcome", "Owed", "Tally"]

LOOK_AGAIN = 0.05  # seconds between looks at the mailbox while waiting for word


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much this home received, and how many of the log's proofs it checked and found to hold."""

    opened: int
    rejected: int
    held: int  # unopened, until this side holds a newer directory or convenant
    aside: int  # did not hold: alarms
    proven: int  # stamps of opened messages, and entries about messages of our own


class Desk:
    """The application's side of one home."""

    def __init__(
        self,
        home: Path | str,
        *,
        passphrase: Passphrase | None = None,
        clock: Callable[[], float] = time.time,
        random: Random = draw,
    ) -> None:
        """Open the home; raise AdapterError, or Refusal REGISTER_ONGELDIG when its directory does not hold."""
        place, self._settings, key = open_home(home, passphrase)
        self._clock, self._random = clock, random
        self._shelf = Shelf(place, self._settings)
        self._mailbox = Mailbox(place.mailbox, key, instantie=self._settings.instantie)
        self._outbox = Outbox(self._mailbox)
        self._inbox = Inbox(self._mailbox, self._shelf.key)
        self._evidence = Evidence(self._mailbox)
        self._witness = Witness(self._mailbox)
        self._disclosures = Disclosures(self._mailbox)
        self._retention = Retention(
            self._mailbox, self._inbox, self._outbox, draw_id=lambda now: draw_message_id(self._random, now=now)
        )

    @property
    def instantie(self) -> str:
        """Return whose desk this is."""
        return self._settings.instantie

    def send(self, draft: Draft, *, anyway: bool = False) -> str:
        """Check a draft, put it into the outbox and return its message id; on return it survives a power cut.

        Raise Refusal, and keep nothing, when its form is wrong, or when no rule of the convenant can fit it; the latter
        is only a warning: with `anyway` it goes, and the broker decides and logs. A recipient without a valid sealing
        key is refused at once too, unless this home must catch up first: a newer directory may name one.
        """
        self._shelf.refresh()
        holdings, now = self._shelf.holdings, self._clock()
        message_id = draw_message_id(self._random, now=now)
        ready = complete(
            draft, instantie=self.instantie, holdings=holdings, now=int(now), casus=draw_casus_id(self._random)
        )
        fresh = stand(holdings, self._witness, now=int(now)) == "fresh"
        composed = (compose if fresh else outline)(
            ready,
            message_id=message_id,
            instantie=self.instantie,
            role=self._settings.role,
            holdings=holdings,
            now=int(now),
        )
        if not anyway:
            look_up(composed, holdings.in_force(int(now)))
        self._outbox.add(ready, message_id=message_id, now=int(now))
        return message_id

    def ask_whether(self, draft: Draft) -> str:
        """Put a dry run into the outbox and return its id; `outcome` says `would_pass` or `would_fail`, and why.

        Only the declaration goes out, no content, and nothing is delivered; the broker logs that it was asked and
        limits how often. Raise Refusal, and keep nothing, when the draft's form is wrong.
        """
        return self.send(draft.model_copy(update={"dry_run": True}), anyway=True)

    def answer(
        self,
        item: Item,
        contents: Mapping[str, Content | Mapping[str, Any]],
        *,
        kind: str = "",
        anyway: bool = False,
        **more: Any,
    ) -> str:
        """Answer a question with `contents` and return the message id; to, casus, purpose, subjects and `re` follow.

        `kind` is the convenant's own answer to the question's kind; give `weigering` to decline. `more` are other
        fields of the draft, such as `labels`, `claims` or a smaller `subjects`. Raise as `send` does.
        """
        asked = item.declaration
        values = {
            "kind": kind or self._answer_to(asked.kind),
            "to": asked.sender.instantie,
            "casus": asked.casus,
            "purpose": asked.purpose,
            "subjects": asked.subjects,
            "re": item.message_hash,
            "contents": dict(contents),
        }
        return self.send(read_draft({**values, **more}), anyway=anyway)

    async def outcome(
        self,
        message_id: str,
        timeout: float = 0.0,  # noqa: ASYNC109 - waiting with a limit is what this does
        *,
        until: Literal["decided", "terminal"] = "decided",
    ) -> Outcome:
        """Wait at most `timeout` seconds until there is word about a message, and return where it stands by then.

        `decided` is the broker's decision, or the end when that was missed; `terminal` is the last state there is.
        Of a message refused because this home was behind it tells about the one sealed anew: `id` is then another.
        Raise UnknownMessageError.
        """
        deadline = time.monotonic() + timeout
        while True:
            seen, found = self._mailbox.changes(), self._outbox.outcome(message_id)
            while found.again:
                found = self._outbox.outcome(found.again)
            done = found.terminal if until == "terminal" else found.decided
            if done or not await self._await_change(seen, deadline):
                return found

    def draft(self, message_id: str) -> Draft:
        """Return what was asked to be sent, its drawn casus included; raise UnknownMessageError."""
        return self._outbox.draft(message_id)

    def sent(self) -> list[Outcome]:
        """Return where every message of this home stands, the oldest first."""
        return [self._outbox.outcome(each) for each in self._outbox.ids()]

    def proofs(self, message_id: str) -> list[bytes]:
        """Return the log's proofs about a message of ours, each an encoded notice, in the order of the log."""
        return self._evidence.proofs(message_id)

    def inbox(self) -> list[Item]:
        """Return the messages not acknowledged yet, in the order of the log; each comes until `acknowledge`."""
        self._shelf.refresh()
        return self._inbox.items()

    async def arrivals(self, timeout: float) -> list[Item]:  # noqa: ASYNC109 - waiting with a limit is what this does
        """Wait at most `timeout` seconds until the inbox holds something, and return it."""
        deadline = time.monotonic() + timeout
        while True:
            seen, found = self._mailbox.changes(), self.inbox()
            if found or not await self._await_change(seen, deadline):
                return found

    def item(self, message_id: str, sender: str = "") -> Item:
        """Return one opened message, acknowledged or not; raise UnknownMessageError, also when `sender` is needed."""
        return self._inbox.item(sender or self._inbox.find_sender(message_id), message_id)

    def acknowledge(self, item: Item) -> None:
        """Say that the application has this message for good: it is not handed over again. Twice does no harm."""
        self._inbox.acknowledge(item.sender, item.id)

    def disclose(self, message_id: str, category: str, *, sender: str = "") -> bytes:
        """Return the proof of one part of a message, received or sent (docs/adapter.md), and keep that it was made.

        Its bytes show that part to whoever has them. `sender` tells messages of one id apart. Raise UnknownMessageError
        or, when the message has no such part or its permission is not proven here, AdapterError.
        """
        directory, now = self._shelf.holdings.directory, int(self._clock())
        return self._disclosures.make(message_id, category, sender=sender, directory=directory, now=now)

    def disclosed(self) -> list[Disclosing]:
        """Return what this home ever showed to a third party, the oldest first."""
        return self._disclosures.all()

    def tally(self) -> Tally:
        """Count what this home received and proved; for overviews, it opens nothing."""
        received, checked = self._inbox.count(), self._evidence.count_proofs()
        return Tally(
            opened=received["new"] + received["acknowledged"],
            rejected=received["rejected"],
            held=len(self._evidence.held()),
            aside=len(self._evidence.aside()),
            proven=received["new"] + received["acknowledged"] + checked,
        )

    def destroy(
        self, casus: str, *, reason: Reason = "bewaartermijn", kept: str = "", anyway: bool = False
    ) -> Destruction:
        """End the retention of a casus: its key goes, and who gave the data gets a `vernietiging` that says so.

        The running adapter sends those; call it again to see where they stand, and to send again what did not arrive.
        Raise UnknownCasusError; UnderwayError while messages or receipts still wait, unless `anyway`; or Refusal.
        """
        self._shelf.refresh()
        now = int(self._clock())
        return self._retention.destroy(
            casus, convenant=self._shelf.holdings.in_force(now), now=now, reason=reason, kept=kept, anyway=anyway
        )

    def owed(self) -> list[Owed]:
        """Return what this instantie owes and by when, those due first in front: questions to answer, late duties.

        It opens every message kept here, so it is for overviews. Of a late duty the words say what to do.
        """
        self._shelf.refresh()
        now = self._clock()
        items = [*self._inbox.items(acknowledged=True), *self._inbox.items()]
        sent = [(self._outbox.draft(each), self._outbox.outcome(each)) for each in self._outbox.ids()]
        asked = unanswered(items, sent, convenant=self._shelf.holdings.in_force(int(now)), own=self.instantie, now=now)
        return sorted((*asked, *told(self._evidence.duty_notices())), key=lambda each: (each.due or "9", each.casus))

    def close(self) -> None:
        """Close the mailbox."""
        self._mailbox.close()

    def __enter__(self) -> Self:
        """Give the desk."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    async def _await_change(self, seen: tuple[int, int], deadline: float) -> bool:
        """Wait until the mailbox differs from what was `seen`; False once `deadline` passes first."""
        while time.monotonic() < deadline:
            if self._mailbox.changes() != seen:
                return True
            await asyncio.sleep(LOOK_AGAIN)
        return False

    def _answer_to(self, kind: str) -> str:
        kinds = self._shelf.holdings.in_force(int(self._clock())).kinds
        # `weigering` answers every question; the one that answers this kind alone is the ordinary answer.
        found = [name for name, each in kinds.items() if kind in each.answers]
        if not found:
            raise Refusal("ONGELDIG_BERICHT", "kind", detail="this message is no question: send one of its own kind")
        return min(found, key=lambda name: len(kinds[name].answers))
