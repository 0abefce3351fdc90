"""The end of retention: a casus key is destroyed, and whoever gave the data is told so, in one transaction.

    content of the casus ── key destroyed ──┐
                                            ├─ one commit: both are on the disk, or neither
    confirmations (`vernietiging`) ─ outbox ┘

So a crash leaves nothing half: before the commit all is still there, after it the running adapter sends what the outbox
holds. The confirmations say which categories about whom are gone, and lie under a key of their own, for the casus's is
gone too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from zegel_adapters.draft import Draft
from zegel_adapters.errors import UnderwayError, UnknownCasusError
from zegel_adapters.inbox import Inbox
from zegel_adapters.mailbox import Mailbox
from zegel_adapters.outbox import Outbox
from zegel_adapters.outcome import Outcome, State
from zegel_schemas.content.process import ProcesCasus
from zegel_schemas.content.process_rights import Vernietiging
from zegel_schemas.convenant import PROCESS_CASUS, Convenant
from zegel_schemas.declaration import MOTIVATION_PART, Declaration
from zegel_schemas.refusals import Refusal

KIND = "vernietiging"
# After these a confirmation did not arrive, and asking for the destruction once more sends it again.
MISSED: frozenset[State] = frozenset({"refused", "undeliverable", "rejected", "expired", "no_answer"})

Reason = Literal["bewaartermijn", "onrechtmatig", "verzoek_betrokkene", "toestemming_ingetrokken", "niet_bekend"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Word to one instantie that what it gave is gone, and where that message stands."""

    to: str
    subjects: tuple[str, ...]
    categories: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Destruction:
    """What became of a casus here: whether there was anything to destroy now, and the newest word to each giver."""

    casus: str
    destroyed: bool
    confirmations: tuple[Confirmation, ...]


class Retention:
    """Ends the retention of casussen in one mailbox."""

    def __init__(self, mailbox: Mailbox, inbox: Inbox, outbox: Outbox, *, draw_id: Callable[[int], str]) -> None:
        """Work on `mailbox`; `draw_id` gives a fresh message id for a second since 1970."""
        self._box, self._inbox, self._outbox, self._draw_id = mailbox, inbox, outbox, draw_id

    def destroy(
        self, casus: str, *, convenant: Convenant, now: int, reason: Reason, kept: str = "", anyway: bool = False
    ) -> Destruction:
        """Destroy the key of `casus` and enter the confirmations; asked again, only enter those that did not arrive.

        `kept` says what had to be kept elsewhere and under which law. Raise UnknownCasusError, UnderwayError (unless
        `anyway`), or Refusal GEEN_REGEL when the convenant knows no such message; then nothing was destroyed.
        """
        with self._box.transaction() as db:
            content, told = self._box.slot_of(casus), self._box.slot_of(casus, "confirmation")
            if content is None and told is None:
                raise UnknownCasusError("this mailbox holds nothing of that casus: compare the id, nothing was done")
            received = [] if content is None else self._read_received(content, anyway=anyway)
            drafts = [*self._missed(told), *confirm(received, casus, convenant, now=now, reason=reason, kept=kept)]
            destroyed = self._box.drop_key(db, casus)
            slot = self._box.take_slot(casus, "confirmation")
            for draft in drafts:
                self._outbox.put(db, draft, message_id=self._draw_id(now), slot=slot, now=now)
        self._box.scrub()  # when a reader is in the way, the running adapter does it
        return Destruction(casus, destroyed, tuple(self._confirmations(slot)))

    def _read_received(self, slot: int, *, anyway: bool) -> list[Declaration]:
        underway = self._outbox.count_underway(slot) + self._inbox.count_due(slot)
        if underway and not anyway:
            raise UnderwayError(
                f"{underway} messages or receipts of this casus are still on their way: let the adapter run until "
                "there is word about them, or destroy all the same with --anyway; nothing was done"
            )
        return self._inbox.opened_in(slot)

    def _missed(self, slot: int | None) -> Iterable[Draft]:
        """Yield each confirmation of which no attempt arrived or is under way."""
        tried = [] if slot is None else [(self._outbox.draft(each), each) for each in self._outbox.ids_in(slot)]
        fine = {_about(draft) for draft, name in tried if self._outbox.outcome(name).state not in MISSED}
        return {_about(draft): draft for draft, _ in tried if _about(draft) not in fine}.values()

    def _confirmations(self, slot: int) -> Iterable[Confirmation]:
        newest = {_about(self._outbox.draft(name)): name for name in self._outbox.ids_in(slot)}
        for (to, subjects, categories), name in newest.items():
            yield Confirmation(to, subjects, categories, self._outbox.outcome(name))


def confirm(
    received: Sequence[Declaration], casus: str, convenant: Convenant, *, now: int, reason: Reason, kept: str
) -> list[Draft]:
    """Return the confirmations for what was received: per giver, and per group of persons, the categories now gone.

    Only what a giver sent is named to it, and of each category only the persons it was about (rule `@eerder_gedeeld`).
    Raise Refusal GEEN_REGEL when no rule of the convenant is about such a message.
    """
    persons: dict[tuple[str, str], set[str]] = {}
    for said in (each for each in received if each.kind != KIND):  # a confirmation needs no confirmation
        for part in said.parts:
            if part.category != MOTIVATION_PART:
                persons.setdefault((said.sender.instantie, part.category), set()).update(said.subjects)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (giver, category), about in sorted(persons.items()):
        group = groups.setdefault((giver, tuple(sorted(about, key=lambda each: int(each[1:])))), [])
        if category != PROCESS_CASUS:  # what a vernietiging is written in cannot be named in it: it goes along
            group.append(category)
    purpose = _find_purpose(convenant) if groups else ""
    day = datetime.fromtimestamp(now, UTC).date().isoformat()
    drafts = []
    for (giver, subjects), categories in groups.items():
        topic = Vernietiging(
            fase="bevestiging",
            betrokkenen=subjects,
            categorieen=tuple(categories),
            reden=reason,
            vernietigd_op=day,
            niet_vernietigd=kept,
        )
        contents = {PROCESS_CASUS: ProcesCasus(onderwerpen=(topic,))}
        drafts.append(
            Draft(
                kind=KIND,
                to=giver,
                casus=casus,
                purpose=purpose,
                subjects=subjects,
                asks=tuple(categories),
                contents=contents,
            )
        )
    return drafts


def _find_purpose(convenant: Convenant) -> str:
    found = next((rule.purposes for rule in convenant.rules if KIND in rule.kinds and rule.purposes), ())
    if not found:
        raise Refusal("GEEN_REGEL", "kind", detail="the convenant in force has no rule for a vernietiging")
    return found[0]


def _about(draft: Draft) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return draft.to, draft.subjects, draft.asks
