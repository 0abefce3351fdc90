"""Hands over what was decided: a delivery to its recipient, a notice to its party, an original to quarantine.

Each is boxed for the next hop and published until RabbitMQ confirms it. A full queue is tried again for five minutes,
each message by itself, so that one slow recipient holds up nobody else.
"""

import asyncio
import math
from collections.abc import Callable
from typing import Final

from zegel_broker.deliver.post import Letter, Post, Posted, Random
from zegel_broker.ledger import Delivered, Outcome, Settled, Undeliverable
from zegel_broker.registry import Registry
from zegel_broker.topology import OUT, QUARANTINE
from zegel_broker.verify import Arrived
from zegel_schemas.refusals import Fault
from zegel_schemas.seal.hop import HopFrame, HopKind, encode_delivery
from zegel_schemas.stamp import Notice, Stamp

FIRST_PAUSE: Final = 0.25  # seconds before a second try; doubled each time
LONGEST_PAUSE: Final = 10.0


class NotDelivered(Exception):  # noqa: N818 - says what is the case
    """RabbitMQ gave no answer, or a party's own queue stayed full: our fault, so the message is given back."""


class Courier:
    """Publishes until confirmed, for at most `patience` seconds per letter; `clock` gives seconds since 1970."""

    def __init__(
        self, post: Post, registry: Registry, *, clock: Callable[[], float], random: Random, patience: float
    ) -> None:
        """Take the outgoing connection, the keys to box with, the time, randomness and how long to try."""
        self._post = post
        self._registry = registry
        self._clock = clock
        self._random = random
        self._patience = patience

    async def deliver(self, settled: Settled, note: bytes) -> Outcome:
        """Put a permitted message and its stamp into its recipient's queue; return what is to be entered about it.

        Raise NotDelivered when RabbitMQ cannot be reached: nothing is known then, so nothing may be entered.
        """
        index, arrived = settled.decision_index, settled.arrival
        if not isinstance(arrived, Arrived):
            raise TypeError("only a verified message is delivered")
        expires = arrived.verified.declaration.expires
        if self._clock() >= expires:
            return Undeliverable(index, Fault.NIET_BEZORGBAAR)
        stamp = Stamp(settled.proof, note).encode()
        letter = self._box(settled.recipient, "delivery", note, encode_delivery(arrived.verified.container, stamp))
        if letter is None:
            return Undeliverable(index, Fault.NIET_BEZORGBAAR)
        match await self._insist(letter, expires=expires):
            case "confirmed":
                return Delivered(index)
            case "unroutable":
                return Undeliverable(index, Fault.NIET_BEZORGBAAR)
            case "full":
                return Undeliverable(index, Fault.BERICHTENBOX_VOL)
            case "lost":
                raise NotDelivered("RabbitMQ did not confirm the delivery")

    async def tell(self, party: str, notice: Notice) -> None:
        """Put a notice into a party's queue; a party that has gone is told nothing. Raise NotDelivered."""
        letter = self._box(party, "notice", notice.note, notice.encode())
        if letter is not None and await self._insist(letter) not in {"confirmed", "unroutable"}:
            raise NotDelivered("the notice was not confirmed")

    async def answer(self, party: str, note: bytes, body: bytes, *, own: bytes | None = None) -> bool:
        """Put the answer to an ask into a party's queue, once: who got none asks again. Return whether it is there.

        `own` is the id of the hop key of ours to box with; None = the newest.
        """
        letter = self._box(party, "notice", note, body, own=own)
        return letter is not None and await self._post.publish(letter) == "confirmed"

    def follow(self, registry: Registry) -> None:
        """Box by the keys of this registry from now on."""
        self._registry = registry

    async def quarantine(self, body: bytes) -> None:
        """Keep an unreadable original for at most 30 days. Raise NotDelivered."""
        if await self._insist(Letter(QUARANTINE, "", body)) != "confirmed":
            raise NotDelivered("the quarantine did not take the original")

    def _box(self, party: str, kind: HopKind, note: bytes, body: bytes, *, own: bytes | None = None) -> Letter | None:
        """Box `body` for the newest hop key of `party`, or return None when it has none: it left, or let it run out."""
        key = self._registry.directory.hop_key(party, int(self._clock()))
        if key is None:
            return None
        frame = HopFrame(kind, note, body)
        return Letter(OUT, party, self._registry.hop.seal(key.public, frame, own_id=own, random=self._random))

    async def _insist(self, letter: Letter, *, expires: float = math.inf) -> Posted:
        """Publish until it is confirmed or cannot be routed; give up when patience has run out, or at `expires`."""
        elapsed = asyncio.get_running_loop().time  # a clock that is set back must not prolong our patience
        end, pause = elapsed() + self._patience, FIRST_PAUSE
        while True:
            posted = await self._post.publish(letter)
            left = min(end - elapsed(), expires - self._clock())
            if posted in {"confirmed", "unroutable"} or left <= 0:
                return posted
            await asyncio.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)
