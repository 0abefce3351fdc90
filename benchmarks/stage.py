"""Prepares what is measured: a town of six, casussen in the informatieronde, sealed signals ready to go out."""

import asyncio
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aio_pika

from deploy.private_node import PrivateNode
from tests import sayings as say
from tests.town import Town, build
from zegel_adapters.assemble import open_side
from zegel_adapters.compose import complete, compose
from zegel_adapters.draft import Draft
from zegel_adapters.ids import draw_casus_id, draw_message_id
from zegel_adapters.side import Side
from zegel_broker.topology import VHOST, inbox, outbox
from zegel_schemas.claims import Claims
from zegel_schemas.registrations import PhaseSet, PurposeOpened
from zegel_schemas.seal.container import check_frame
from zegel_schemas.seal.hop import HopBox, HopFrame, decode_delivery
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.seal.sealing import seal

REGIE = "gemeente.regieteam"
SENDERS = ("jutphaas_wonen", "mitros", "portaal", "school_vo", "school_po")
KEPT = ("broker", "homes")
CASUSSEN_EACH = 4  # per sender: a decision loads and stores its casus, so a few are needed, as in life
QUEUES = (*(inbox(each) for each in (*SENDERS, REGIE)), *(outbox(each) for each in (*SENDERS, REGIE)))


@dataclass(frozen=True, slots=True)
class Parcel:
    """One sealed message, boxed for the broker, and the user that publishes it."""

    sender: str
    message_hash: bytes
    body: bytes


class Stage:
    """The town, its casussen and its senders; each run of the corridor starts from the same ledger."""

    def __init__(self, town: Town, node: PrivateNode) -> None:
        """Open the homes of all senders, keys included: here one process plays them all."""
        self.town = town
        self._node = node
        self.sides: dict[str, Side] = {
            each: open_side(town.home(each), clock=time.time, random=secrets.token_bytes)[0]
            for each in (*SENDERS, REGIE)
        }
        self._hops = {
            name: HopBox([own.private for own in side.keystore.keys("hop")]) for name, side in self.sides.items()
        }
        self.casussen: dict[str, list[str]] = {}

    async def open_casussen(self) -> None:
        """Let every sender report families and the regieteam open the round, through real adapters."""
        self.town.start_broker()
        self.town.start_adapters()
        await asyncio.gather(*(self._open_some(each) for each in SENDERS))
        self.town.stop_all()

    async def _open_some(self, sender: str) -> None:
        self.casussen[sender] = [draw_casus_id(secrets.token_bytes) for _ in range(CASUSSEN_EACH)]
        for casus in self.casussen[sender]:
            await self._say(sender, draft_report(casus, school=sender.startswith("school")))
            opened = PurposeOpened(purposes=("afstemming_hulp",))
            await self._say(REGIE, Draft(kind="registratie", casus=casus, registers=opened))
            await self._say(REGIE, Draft(kind="registratie", casus=casus, registers=PhaseSet(phase="informatieronde")))

    async def _say(self, sender: str, draft: Draft) -> None:
        with self.town.desk(sender) as desk:
            outcome = await desk.outcome(desk.send(draft), timeout=60)
        if outcome.state not in {"delivered", "opened"}:
            raise RuntimeError(f"the stage could not be set: {draft.kind} {outcome.state} {outcome.codes}")

    def seal_signals(self, count: int) -> list[Parcel]:
        """Return `count` fresh signals of two sealed parts of 1 KiB each, spread over senders and casussen."""
        return [self._seal_one(SENDERS[place % len(SENDERS)], place) for place in range(count)]

    def _seal_one(self, sender: str, place: int) -> Parcel:
        side, now = self.sides[sender], int(time.time())
        casus = self.casussen[sender][place // len(SENDERS) % CASUSSEN_EACH]
        draft = complete(
            draft_signal(casus, school=sender.startswith("school")), instantie=sender, holdings=side.holdings, now=now
        )
        message_id = draw_message_id(secrets.token_bytes, now=time.time())
        composed = compose(
            draft, message_id=message_id, instantie=sender, role=side.role, holdings=side.holdings, now=now
        )
        recipient = side.holdings.directory.key(unb64u(composed.declaration.recipient.key))
        sealed = seal(
            composed.declaration,
            composed.parts(),
            signing=side.signing_key(now),
            recipient=recipient.public if recipient else None,
            random=secrets.token_bytes,
        )
        frame = HopFrame("message", b"", sealed.container)
        body = self._hops[sender].seal(
            side.broker_key(now), frame, own_id=side.hop_key(now).public.id, random=secrets.token_bytes
        )
        return Parcel(sender, sealed.message_hash, body)

    def open_delivery(self, body: bytes) -> HopFrame:
        """Return what the broker boxed for the regieteam."""
        return self._hops[REGIE].open(body, self.sides[REGIE].holdings.directory.key)[0]

    def hash_of(self, frame: HopFrame) -> bytes:
        """Return the message hash of a delivery; raise Refusal when its signature does not hold."""
        container, _ = decode_delivery(frame.body)
        return check_frame(container, self.sides[REGIE].holdings.directory.key).message_hash

    async def publish(self, parcels: Sequence[Parcel], *, pace: float = 0.0) -> dict[bytes, float]:
        """Publish all as their senders, confirmed, at most one per `pace` seconds; return when each went out."""
        went: dict[bytes, float] = {}
        connections = {each: await aio_pika.connect(self.town.url(each)) for each in SENDERS}
        try:
            exchanges = {}
            for each, connection in connections.items():
                channel = await connection.channel()
                exchanges[each] = await channel.get_exchange(inbox(each), ensure=False)
            waiting, start = [], time.perf_counter()
            for place, parcel in enumerate(parcels):
                if pace:
                    await asyncio.sleep(max(0.0, start + place * pace - time.perf_counter()))
                went[parcel.message_hash] = time.perf_counter()
                message = aio_pika.Message(
                    parcel.body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT, user_id=parcel.sender
                )
                waiting.append(asyncio.create_task(exchanges[parcel.sender].publish(message, routing_key="")))
            await asyncio.gather(*waiting)
        finally:
            await asyncio.gather(*(each.close() for each in connections.values()))
        return went

    def empty_queues(self) -> None:
        """Take away what the last run left in the queues."""
        for queue in QUEUES:
            self._node.ctl("purge_queue", "-p", VHOST, queue)

    def save(self) -> None:
        """Keep ledger and mailboxes as they are now, to start every run of the corridor from."""
        for folder in KEPT:
            shutil.copytree(self.town.place / folder, self.town.place / "as-set" / folder)

    def restore(self) -> None:
        """Put back what was saved: else a sender would have too much uncollected after a few runs.

        The mailboxes too, for an adapter that remembers a longer log than the ledger has makes the broker stop.
        """
        for folder in KEPT:
            shutil.rmtree(self.town.place / folder)
            shutil.copytree(self.town.place / "as-set" / folder, self.town.place / folder)


@contextmanager
def set_stage(place: Path) -> Iterator[Stage]:
    """Give a stage that is set: node, town, casussen, saved ledger; all of it gone afterwards."""
    with PrivateNode.start() as node:
        town = build(place, node, instanties=(REGIE, *SENDERS))
        try:
            stage = Stage(town, node)
            asyncio.run(stage.open_casussen())
            stage.save()
            yield stage
        finally:
            town.stop_all()


def draft_report(casus: str, *, school: bool) -> Draft:
    """Return the aanmelding that opens a casus; a school knows nothing of rent or nuisance."""
    contents = [each for each in say.report(date.today()) if not (school and each.category in say.AS_FACTS)]  # noqa: DTZ011
    labels = {} if school else say.AS_FACTS
    return Draft(
        kind="aanmelding",
        to=REGIE,
        casus=casus,
        purpose="overlast",
        subjects=say.FAMILY,
        contents={each.category: each for each in contents},
        labels=labels,
        claims=Claims(consultation=say.CONSULTED, introduces=say.INTRODUCED),
    )


def draft_signal(casus: str, *, school: bool) -> Draft:
    """Return a signal that rule CMPG-250 permits: absence from a school, nuisance from a corporation."""
    category, subject = ("onderwijs_verzuim", "p3") if school else ("overlast_leefbaarheid", "p1")
    contents = [*say.about(category, date.today(), (subject,)), say.WHY]  # noqa: DTZ011 - any day near now will do
    return Draft(
        kind="signaal",
        to=REGIE,
        casus=casus,
        purpose="overlast",
        subjects=(subject,),
        contents={each.category: each for each in contents},
        labels={category: "feit"},
    )
