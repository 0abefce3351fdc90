"""The setting of the ledger's tests: real messages of three instanties, over real hops, into a ledger on a real disk.

Nothing is made up for the ledger: a message is sealed, boxed, opened and verified as in the corridor. The clock is a
number that a test sets. All people are fictitious.
"""

import os
import sqlite3
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from tests.one_directory import CONVENANT, CORPORATION, DIRECTORY, LOG, NOW, ORIGIN, REGIE, SIGNING, fixed_key
from zegel_broker.ledger import Ledger, Settled, Settlement
from zegel_broker.registry import Registry
from zegel_broker.verify import Arrival, Inbound, read_arrival
from zegel_schemas.claims import Claims, Consultation, SubjectClaim
from zegel_schemas.content import Content, example, write_content
from zegel_schemas.declaration import BROKER, Declaration, PartName, Recipient, Sender
from zegel_schemas.registrations import PurposeOpened, Registration
from zegel_schemas.seal import HopBox, HopFrame, PlainPart, Sealed, seal
from zegel_schemas.seal.primitives import b64u

START = NOW + 3600  # when the ledger of a test begins, an hour after the directory was signed
DAY = 24 * 3600
ROLES = {REGIE: "casusregisseur", CORPORATION: "contactpersoon"}
FAMILY = ("p1", "p2")
REGISTRY = Registry(
    directory=DIRECTORY, convenants={CONVENANT.digest: CONVENANT}, hop=HopBox([fixed_key("hop", BROKER)])
)
_REPORTED = ("proces_casus", "identificatie_contact", "overlast_leefbaarheid")


def draw_message_id() -> str:
    """Return a UUIDv7 of this moment of the town (RFC 9562 section 5.7)."""
    drawn = int.from_bytes((START * 1000).to_bytes(6, "big") + os.urandom(10), "big")
    return str(UUID(int=drawn & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62))


def draw_casus() -> str:
    """Return a random casus id."""
    return str(UUID(bytes=os.urandom(16), version=4))


@cache
def _content(category: str) -> PlainPart:
    content: Content = example(category, "aanmelding") if category == "proces_casus" else example(category)
    return PlainPart(category, 1, write_content(content))


def say(kind: str, *categories: str, sender: str, recipient: str, role: str = "", **changes: Any) -> Sealed:
    """Seal a message that encloses the examples of these categories; `changes` replace fields of the declaration."""
    sealing = fixed_key("sealing", recipient)
    fields: dict[str, Any] = {
        "id": draw_message_id(),
        "kind": kind,
        "casus": draw_casus(),
        "convenant": CONVENANT.digest,
        "sender": Sender(instantie=sender, role=role or ROLES[sender], key=b64u(SIGNING[sender].id)),
        "recipient": Recipient(instantie=recipient, key=b64u(sealing.id) if categories else ""),
        "purpose": "overlast",
        "subjects": FAMILY,
        "parts": tuple(
            PartName(category=each, schema_version=1, label="feit" if each == "overlast_leefbaarheid" else "")
            for each in categories
        ),
        "issued": START,
        "expires": START + 7 * DAY,
    }
    return seal(
        Declaration.model_validate(fields | changes),
        [_content(each) for each in categories],
        use="receipt" if kind == "receipt" else "message",
        signing=SIGNING[sender],
        recipient=sealing.public if categories else None,
        random=os.urandom,
    )


def report(casus: str = "", **changes: Any) -> Sealed:
    """Seal an aanmelding by the corporation: it opens a casus."""
    claims = Claims(
        motivation={"waarom_nodig": 80, "waarom_deze_instantie": 80, "waarom_niet_minder": 80},
        consultation=Consultation(status="besproken"),
        introduces=tuple(SubjectClaim(subject=each, role="ouder_met_gezag", age_band="16_plus") for each in FAMILY),
    )
    values: dict[str, Any] = {"casus": casus or draw_casus(), "claims": claims}
    return say("aanmelding", *_REPORTED, sender=CORPORATION, recipient=REGIE, **(values | changes))


def register(casus: str, fact: Registration | None = None, **changes: Any) -> Sealed:
    """Seal a registration by the regieteam, addressed to the broker."""
    values: dict[str, Any] = {
        "casus": casus,
        "purpose": "",
        "subjects": (),
        "registers": (fact or PurposeOpened(purposes=("zelfredzaamheid",)),),
    }
    return say("registratie", sender=REGIE, recipient=BROKER, **(values | changes))


def acknowledge(
    message: Sealed, casus: str, result: Literal["opened", "rejected"] = "opened", **changes: Any
) -> Sealed:
    """Seal the regieteam's receipt for a message."""
    values: dict[str, Any] = {
        "casus": casus,
        "purpose": "",
        "subjects": (),
        "re": b64u(message.message_hash),
        "claims": Claims(result=result),
        "role": "adapter",
    }
    return say("receipt", sender=REGIE, recipient=BROKER, **(values | changes))


def arrive(message: Sealed | bytes, inbox: str = CORPORATION, *, note: bytes = b"") -> Arrival:
    """Send a container over a hop into an inbox, and pass the first door."""
    container = message.container if isinstance(message, Sealed) else message
    frame = HopFrame("message", note, container)
    body = HopBox([fixed_key("hop", inbox)]).seal(fixed_key("hop", BROKER).public, frame, random=os.urandom)
    return read_arrival(Inbound(body, inbox, inbox), REGISTRY)


@dataclass
class Book:
    """A place on disk for a ledger, and a clock that only a test moves."""

    place: Path
    now: float = START
    anchored: bool = False
    registry: Registry = REGISTRY
    opened: list[Ledger] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """Return the file of the ledger."""
        return self.place / "ledger.db"

    @property
    def anchor(self) -> Path:
        """Return the file of the anchor: in earnest on another disk."""
        return self.place / "anchor.note"

    async def open(self, *, whole: bool = False) -> Ledger:
        """Open the ledger; `close` closes it."""
        ledger = await Ledger.open(
            self.path,
            origin=ORIGIN,
            log_key=LOG,
            clock=lambda: self.now,
            random=os.urandom,
            registry=self.registry,
            anchor=self.anchor if self.anchored else None,
            whole=whole,
        )
        self.opened.append(ledger)
        return ledger

    async def close(self) -> None:
        """Close what is open."""
        while self.opened:
            await self.opened.pop().close()

    def edit(self, sql: str, *values: object) -> None:
        """Change the database behind the product's back, as somebody with access to the disk can."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            done = connection.execute(sql, values)
            assert done.rowcount, "the edit changed nothing"
        finally:
            connection.close()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from the database, beside the ledger."""
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()


def only(settlement: Settlement) -> Settled:
    """Return the single result of a settlement of one message."""
    (settled,) = settlement.settled
    assert isinstance(settled, Settled)
    return settled
