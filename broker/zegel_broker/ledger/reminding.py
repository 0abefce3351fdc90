"""Overdue duties: found by looking through the casussen in turn, entered once each, told until everybody is told.

What is due is never stored: it is read from the casus, so a discharged duty is gone by itself. What is stored is only
that a duty was entered. After a restart the looking begins anew and finds the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from zegel_broker.casus import Casus
from zegel_broker.days import day_of
from zegel_broker.duties import Duty, overdue_duties
from zegel_broker.ledger.batch import Batch, Step
from zegel_broker.ledger.rows import DutyRow
from zegel_broker.ledger.scene import Scene
from zegel_broker.ledger.store import Store
from zegel_broker.message import Message
from zegel_broker.registry import Registry
from zegel_schemas import canonical
from zegel_schemas.convenant import Convenant
from zegel_schemas.declaration import BROKER
from zegel_schemas.explanations import notice
from zegel_schemas.record import Record, hash_explanation

PAGE = 200  # casussen looked at per call: some 20 ms
LATE, USED = "VERPLICHTING_TE_LAAT", "SPOED_GEBRUIKT"
TELL_FG = "spoed_melden_fg"  # the duty of the emergency set that this discharges


class Overdue:
    """Looks through all casussen, a page at a time, round and round; `counts` are those of the last whole round."""

    def __init__(self) -> None:
        self._after = ""
        self._counting: Counter[str] = Counter()
        self.counts: Mapping[str, int] | None = None

    async def look(self, store: Store, registry: Registry, now: int) -> dict[str, list[str]]:
        """Return the names of duties to enter, by casus, of the next page."""
        convenant, day = registry.in_force(now), day_of(now)
        if convenant is None:
            return {}
        page = await store.casussen(self._after, PAGE)
        found: dict[str, list[str]] = {}
        for row in page:
            late = overdue_duties(Casus.from_json(row.state or b""), convenant, day)
            self._counting.update(each.kind for each in late)
            names = [each.name for each in late if each.remind(day)]
            if names:
                found[row.id] = names
        self._after = page[-1].id if len(page) == PAGE else ""
        if not self._after:
            self.counts, self._counting = dict(self._counting), Counter()
        return found


def enter_overdue(batch: Batch, found: Mapping[str, Sequence[str]]) -> None:
    """Enter those of these duties that are overdue still, and were not entered before."""
    scene = batch.scene
    for name in found:
        casus = batch.casus(name)
        if casus is not None and scene.convenant is not None:
            _enter_casus(batch, casus, scene.convenant, scene.day)


def _enter_casus(batch: Batch, casus: Casus, convenant: Convenant, day: date) -> None:
    for duty in overdue_duties(casus, convenant, day):
        if duty.remind(day) and not batch.knows_duty(casus.id, duty.name):
            enter_duty(batch, casus.id, duty)


def enter_duty(batch: Batch, casus: str, duty: Duty) -> int:
    """Enter one duty that its parties are to be told of; return its log index."""
    step = batch.begin()
    index = append_duty(step, casus, duty, batch.scene)
    batch.take(step)
    return index


def append_duty(step: Step, casus: str, duty: Duty, scene: Scene, *, code: str = LATE) -> int:
    """Add the entry of a duty to a step; return its log index."""
    explanation = explain_duty(duty, code)
    index = step.append(record_duty(casus, duty, explanation, scene, code), explanation=explanation)
    step.duties.append(DutyRow(index, casus, duty.name, duty.holder, duty.also, told=False))
    return index


def report_emergency(step: Step, casus: Casus, message: Message, convenant: Convenant, scene: Scene) -> None:
    """Enter that a message used break-glass: who keeps the casus hears of it at once, for its FG (role fg)."""
    regime = convenant.regimes.get(casus.regime)
    duty = Duty(
        kind=TELL_FG,
        holder=regime.controller if regime is not None else "",
        since=scene.day,
        due=scene.day,
        ref=message.hash,
        about=message.subjects,
    )
    append_duty(step, casus.id, duty, scene, code=USED)


def record_duty(casus: str, duty: Duty, explanation: bytes, scene: Scene, code: str) -> Record:
    """Return the record of a duty: whose, of what kind, about how many people; never about whom."""
    return Record(
        type="duty",
        sender=BROKER,
        recipient=duty.holder,
        kind=duty.kind,
        casus=casus,
        convenant=scene.digest,
        directory=scene.directory,
        codes=(code,),
        duties=(duty.kind,),
        explanation=hash_explanation(explanation),
        count=duty.subjects,
    )


def record_access(casus: str, by: str, scene: Scene) -> Record:
    """Return the record that somebody looked into a casus, "" = the whole ledger: reading is processing too."""
    return Record(
        type="access",
        sender=BROKER,
        recipient=by,
        kind="casus" if casus else "ledger",
        casus=casus,
        convenant=scene.digest,
        directory=scene.directory,
    )


def explain_duty(duty: Duty, code: str) -> bytes:
    """Return what holder and director read of it, as canonical bytes."""
    due = duty.due.isoformat() if duty.due is not None else ""
    words = {"nl": notice(code, "nl"), "en": notice(code, "en")}
    values = {"v": "zegel/1", "code": code, "duty": duty.kind, "due": due, "subjects": duty.subjects, **words}
    return canonical.encode(values)
