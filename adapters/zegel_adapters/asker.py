"""Asks the broker for what this side lacks, and takes the answers in: statements, documents, one history of the log.

When is asked: at the start, once an hour, and at once when something shows that this side is behind or stale. One ask
is open at a time. Nothing of it outlives the process: who starts, asks again.
"""

from dataclasses import dataclass, field

from zegel_adapters.errors import KeystoreError
from zegel_adapters.freshness import Standing
from zegel_adapters.ids import draw_message_id
from zegel_adapters.side import Side
from zegel_adapters.witness import Forked, Kept
from zegel_schemas.asking import Answer, Asked, Holding, NamedBy, Taken, check_answer, find_lacking, seal_ask
from zegel_schemas.claims import MAX_SIZES
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.stamp import check_note

ASK_EVERY = 3600  # seconds between asks when nothing is lacking (protocol: about hourly)
NO_ANSWER = 60  # seconds without an answer until it is asked again, then twice as long, and so on
LONGEST = 1800  # seconds between asks that bring nothing
NEXT_NOTES = 20  # seconds between asks that only show more notes: as often as the broker answers for good
# What may be mended by a newer directory, though nothing proven names it: tried again when the directory changes.
CURABLE = frozenset({Fault.HOP_SLEUTEL_ONBEKEND, Fault.SLEUTEL_ONBEKEND, Fault.STEMPEL_VREEMD_LOGBOEK})


@dataclass(frozen=True, slots=True)
class Lack:
    """What this side knows it lacks: asked for at once when it is another lack than at the last ask."""

    standing: Standing
    count: int  # of the directory the log names
    files: tuple[str, ...]
    unknown: int  # number of the newest thing put aside that a newer directory may cure; 0 = none


@dataclass(slots=True)
class Asker:
    """The asks of one side; `due` gives the next one, `take` takes its answer in."""

    side: Side
    _open: Asked | None = None
    _lack: Lack | None = None  # at the last ask
    _asked: int = 0  # second of the last ask
    _vain: int = 0  # asks in a row that brought nothing, or no answer
    _next: int = 0  # second of the next ask if nothing is lacking; 0 = at once, for this is the start
    _kept: tuple[Kept, ...] = field(default=())  # the notes the open ask is about

    def due(self, now: int) -> bytes | None:
        """Return the container of an ask, if one is due; it counts as asked from here on."""
        side, lack, key = self.side, self._find_lack(now), self._key(now)
        if key is None or not self._is_due(lack, now):
            return None
        log = side.holdings.directory.log
        origin = log[0] if log else ""
        self._kept = tuple(side.witness.chain(origin, most=MAX_SIZES)) if origin else ()
        sealed, self._open = seal_ask(
            message=draw_message_id(side.random, now=now),
            directory=side.holdings.directory,
            origin=origin,
            sizes=[each.checkpoint.size for each in self._kept],
            files=lack.files if lack else (),
            signing=key,
            now=now,
            random=side.random,
        )
        self._asked, self._lack, self._vain = now, lack, self._vain + 1
        return sealed.container

    def take(self, body: bytes, now: int) -> bool:
        """Take an answer in, and return whether directory or convenants are other ones now.

        An answer to an ask that is not open any more, such as one of before a restart, is left alone. Raise Refusal
        when one does not hold: nothing of it is taken, and it is an alarm.
        """
        answer = Answer.decode(body)
        if self._open is None or answer.ask != self._open.message_hash:
            return False
        asked, self._open = self._open, None
        try:
            taken = check_answer(answer, asked=asked, holding=self._holding())
        except Refusal as refusal:
            self._next = now + self._pause()
            if refusal.code == Fault.LOGBOEK_GESPLITST:
                self._keep_fork(answer, now)
            raise
        self.side.take_entry(taken.proven, taken.note, now)
        if taken.sizes:
            self.side.witness.mark_shown(asked.origin, (*taken.sizes, taken.proven.checkpoint.size))
        changed = self.side.shelf.take(taken.directory, taken.files)
        self._plan(taken, changed=changed, now=now)
        return changed

    def _find_lack(self, now: int) -> Lack | None:
        """Return what an answer could cure, or None."""
        side = self.side
        standing, named = side.standing(now), side.witness.named()
        files = find_lacking(
            side.holdings.directory, convenants=side.holdings.convenants.keys(), files=side.shelf.documents.keys()
        )
        unknown = side.evidence.newest_aside(CURABLE)
        if standing in {"behind", "stale"} or files or unknown:
            return Lack(standing, named.version.count if named else 0, files, unknown)
        return None

    def _is_due(self, lack: Lack | None, now: int) -> bool:
        since = now - self._asked
        if since < 0:  # the clock was set back
            return True
        if self._open is not None:
            return since >= self._pause()
        if lack is None:
            return now >= self._next
        return lack != self._lack or since >= self._pause()

    def _pause(self) -> int:
        return min(NO_ANSWER * 2 ** (self._vain - 1), LONGEST) if self._vain else 0

    def _key(self, now: int) -> PrivateKey | None:
        """Return a key to ask with: also one only a newer directory names, for that is what is asked for."""
        side = self.side
        try:
            return side.signing_key(now)
        except KeystoreError:
            return next((own.private for own in side.keystore.valid("signing", at=now)), None)

    def _holding(self) -> Holding:
        side = self.side
        named = side.witness.named()
        newest = NamedBy(named.origin, named.index, named.version) if named else None
        return Holding(side.holdings.directory, tuple(each.checkpoint for each in self._kept), newest)

    def _plan(self, taken: Taken, *, changed: bool, now: int) -> None:
        """Ask again at once while an answer brings something, soon while notes wait to be shown, else in an hour."""
        if changed or taken.files:
            self._vain = 0
        if self._find_lack(now) is None:
            self._vain = 0
        more = any(each.seen <= self._asked for each in self.side.witness.unshown(taken.proven.leaf.origin))
        self._next = now + (NEXT_NOTES if more else ASK_EVERY)

    def _keep_fork(self, answer: Answer, now: int) -> None:
        """Keep both notes that show two histories: the one held, and the one in the answer."""
        side, shown = self.side, check_note(answer.note, self.side.holdings.directory)
        for each in self._kept:
            if each.checkpoint.size == shown.size:
                side.witness.mark_forked(shown.origin, now=now)
                side.evidence.put_aside("note", Forked(), b"\n".join((each.note, answer.note)), now=now)
