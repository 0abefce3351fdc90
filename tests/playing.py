"""Plays steps of a casus at the desks of its instanties and holds what comes of each against what should."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zegel_adapters.desk import Desk, Item
from zegel_adapters.draft import Draft
from zegel_adapters.outcome import Outcome
from zegel_schemas.content import Content
from zegel_schemas.declaration import BROKER
from zegel_schemas.registrations import Registration

EVERYBODY = ("p1", "p2", "p3", "p4")  # mother, father and two children
PATIENCE = 30.0  # seconds a step may take before the story is said to have gone wrong


class StoryBrokenError(AssertionError):
    """A step ended otherwise than it should; the text names the step and what came instead."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One finished step, for who watches: `seconds` from handing in the draft to the last word about it."""

    phase: str
    title: str
    sender: str
    draft: Draft
    outcome: Outcome
    seconds: float

    @property
    def recipient(self) -> str:
        """Return to whom it went."""
        return self.draft.to


@dataclass
class Story:
    """The casus being played: desks by instantie, and what one step must remember for the next."""

    desks: Mapping[str, Desk]
    watch: Callable[[Scene], None]
    today: date
    casus: str = ""
    phase: str = "aanmelding"
    scenes: list[Scene] = field(default_factory=list)
    actions: dict[str, str] = field(default_factory=dict)  # holder -> action id

    async def send(self, title: str, sender: str, draft: Draft, *, refused: str = "") -> None:
        """Hand in a draft, await the last word about it, and hold it against what should come of it."""
        await self._follow(title, sender, self.desks[sender].send(draft, anyway=bool(refused)), refused)

    async def answer(
        self, title: str, asked: Item, contents: Sequence[Content], *, refused: str = "", **more: Any
    ) -> None:
        """Answer a question from the desk it was read at; otherwise as `send`."""
        party = asked.declaration.recipient.instantie
        desk, parts = self.desks[party], {each.category: each for each in contents}
        await self._follow(title, party, desk.answer(asked, parts, anyway=bool(refused), **more), refused)

    async def _follow(self, title: str, sender: str, message_id: str, refused: str) -> None:
        started, desk = time.monotonic(), self.desks[sender]
        draft = desk.draft(message_id)
        outcome = await desk.outcome(message_id, timeout=PATIENCE)
        if outcome.state == "delivered" and draft.to != BROKER:
            outcome = await desk.outcome(message_id, timeout=PATIENCE, until="terminal")
        scene = Scene(self.phase, title, sender, draft, outcome, time.monotonic() - started)
        self.scenes.append(scene)
        self.watch(scene)
        expected = "refused" if refused else "delivered" if draft.to == BROKER else "opened"
        if outcome.state != expected or (refused and outcome.codes[:1] != (refused,)):
            raise StoryBrokenError(f"{title}: {outcome.state} {outcome.codes}, should be {expected} {refused}")

    async def hear(self, reader: str, kind: str, sender: str) -> Item:
        """Await the next message of `kind` from `sender` in the reader's mailbox, take it out, and return it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for item in self.desks[reader].inbox():
                if (item.declaration.kind, item.sender) == (kind, sender):
                    self.desks[reader].acknowledge(item)
                    return item
            await asyncio.sleep(0.02)  # between two looks into the mailbox
        raise StoryBrokenError(f"{reader} never got the {kind} of {sender}")

    async def register(self, title: str, sender: str, fact: Registration, *, to: str = "", casus: str = "") -> None:
        """Record one fact: the regieteam's own goes to the broker, another party's to the regieteam."""
        known = casus or self.casus
        await self.send(title, sender, Draft(kind="registratie", to=to, casus=known, registers=fact))

    def draft(self, kind: str, to: str, purpose: str, contents: Sequence[Content], **more: Any) -> Draft:
        """Return a draft in this casus about mother, father and child unless `more` says otherwise."""
        values = {"subjects": EVERYBODY, "casus": self.casus, **more}
        return Draft.model_validate(
            {
                "kind": kind,
                "to": to,
                "purpose": purpose,
                "contents": {each.category: each for each in contents},
                **values,
            }
        )
