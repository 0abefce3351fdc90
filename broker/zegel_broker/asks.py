"""Answers asks: what a member lacks of directory, convenants and proofs, self-proving; neither judged nor logged.

An ask that does not hold, or comes too often, is dropped without a word and counted: its sender asks again anyway, and
an answer to it would be one more thing to be had by asking. Nothing here may hold up a message.
"""

from collections.abc import Callable, Iterable
from typing import Final, Literal

import structlog

from zegel_broker.deliver import Courier
from zegel_broker.ledger import Ledger, Shown
from zegel_broker.registry import Registry
from zegel_broker.verify import Arrived
from zegel_schemas.asking import ASK_VALIDITY, MAX_ANSWER, MAX_LINES, Answer, Asked, read_ask
from zegel_schemas.declaration import BROKER, MAX_SKEW
from zegel_schemas.directory import Directory, require_valid
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal

AT_ONCE: Final = 30  # answers to one member in a row: a joining member fetches a long directory and many documents
REFILL: Final = 20.0  # seconds until one more: three a minute, while one an hour is what an adapter needs
Fate = Literal["answered", "dropped", "too_many", "failed"]


class Allowance:
    """How many answers a member may still have; grows by one every `REFILL` seconds up to `AT_ONCE`."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}  # member -> what was left, and when

    def spend(self, member: str, now: float) -> bool:
        """Take one; return False when none is left. `now` is in seconds."""
        left, since = self._left.get(member, (float(AT_ONCE), now))
        left = min(AT_ONCE, left + max(0.0, now - since) / REFILL)
        if left < 1:
            self._left[member] = left, now
            return False
        self._left[member] = left - 1, now
        return True


class Asks:
    """Answers members' asks out of the ledger and the registry of the moment; `clock` gives seconds since 1970."""

    def __init__(self, ledger: Ledger, courier: Courier, *, clock: Callable[[], float]) -> None:
        """Take the book that proves, who delivers, and the time."""
        self._ledger = ledger
        self._courier = courier
        self._clock = clock
        self._allowance = Allowance()
        self._log = structlog.get_logger()

    async def answer(self, arrived: Arrived, registry: Registry) -> Fate:
        """Answer one ask, or drop it; return what became of it. Never raises on anything the ask says."""
        now = self._clock()
        try:
            asked = read_ask(arrived.verified)
            _require_open(arrived, registry.directory, int(now))
        except Refusal as refusal:
            self._log.warning("ask_dropped", inbox=arrived.inbox, code=refusal.code)
            return "dropped"
        if not self._allowance.spend(arrived.inbox, now):
            return "too_many"
        try:
            body = await self._write(arrived, asked, registry)
        except Exception as error:  # noqa: BLE001 - whatever it is, an ask is not worth a second try: it comes again
            self._log.error("ask_not_answered", inbox=arrived.inbox, error=error)
            return "failed"
        own = find_known_hop(asked.directory, registry, int(now))
        return "answered" if await self._courier.answer(arrived.inbox, *body, own=own) else "failed"

    async def _write(self, arrived: Arrived, asked: Asked, registry: Registry) -> tuple[bytes, bytes]:
        """Return the note and the encoded answer."""
        await self._ledger.witness(arrived.note)  # what an asker holds may prove that history was lost here
        shown = await self._ledger.show(asked.sizes if asked.origin == self._ledger.origin else ())
        self._warn_of_fork(arrived.inbox, asked, registry.directory)
        return shown.note, write_answer(asked, shown, registry).encode()

    def _warn_of_fork(self, inbox: str, asked: Asked, directory: Directory) -> None:
        held = asked.directory
        if 0 < held.count <= directory.count and directory.head_at(held.count) != held.head:
            self._log.error("asker_holds_another_directory", inbox=inbox, count=held.count)


def find_known_hop(held: DirectoryVersion, registry: Registry, now: int) -> bytes | None:
    """Return the id of the hop key of ours to box an answer with, as far as the asker knows; None = the newest.

    Who is behind knows no newer one, and what would tell it of that one is this very answer.
    """
    directory = registry.directory
    if directory.head_at(held.count) != held.head:
        return None
    key = directory.at(held.count).hop_key(BROKER, now)
    return key.id if key is not None and registry.hop.holds(key.id) else None


def write_answer(asked: Asked, shown: Shown, registry: Registry) -> Answer:
    """Return the answer: statements up to the version the log names, and as many of the documents as fit."""
    after, lines = find_lines(asked.directory, shown.directory, registry.directory)
    bare = Answer(
        ask=asked.message_hash, note=shown.note, proof=shown.proof, after=after, steps=shown.steps, lines=lines
    )
    room = MAX_ANSWER - len(bare.encode())
    documents = (registry.documents[each] for each in dict.fromkeys(asked.files) if each in registry.documents)
    return Answer(
        ask=bare.ask,
        note=bare.note,
        proof=bare.proof,
        after=after,
        steps=bare.steps,
        lines=lines,
        files=tuple(_fit(documents, room)),
    )


def find_lines(
    held: DirectoryVersion, named: DirectoryVersion, directory: Directory, *, most: int = MAX_LINES
) -> tuple[DirectoryVersion, bytes]:
    """Return the version the lines follow on, and whole lines behind it of at most `most` bytes, up to `named`."""
    count = min(held.count, named.count)
    after = DirectoryVersion(count, directory.head_at(count) or "")  # ours: an asker with another one sees a fork
    found = b""
    for line in directory.to_bytes().splitlines(keepends=True)[count : named.count]:
        if len(found) + len(line) > most:
            break
        found += line
    return after, found


def _fit(documents: Iterable[bytes], room: int) -> Iterable[bytes]:
    for each in documents:
        room -= len(each) + 4  # its length stands before it
        if room < 0:
            return
        yield each


def _require_open(arrived: Arrived, directory: Directory, now: int) -> None:
    """Raise Refusal unless the ask is of now, by a key that is valid now."""
    said, signer = arrived.verified.declaration, arrived.verified.signer
    if said.issued > now + MAX_SKEW:
        raise Refusal(Fault.UIT_DE_TOEKOMST, "issued")
    if said.expires > said.issued + ASK_VALIDITY:
        raise Refusal(Fault.GELDIGHEID_TE_LANG, "expires", detail=f"at most {ASK_VALIDITY} s after issued")
    if now > said.expires:
        raise Refusal(Fault.VERLOPEN, "expires")
    key = directory.key(signer.id)
    if key is None:
        raise Refusal(Fault.SLEUTEL_NIET_GELDIG, "from.key")
    require_valid(key, now)
