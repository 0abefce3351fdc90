"""What this instantie owes, and by when: questions it has not answered yet, and duties the broker told it are late.

Read from the mailbox only. Other duties of a casus are the municipality's to watch (`zegel-broker casus show`): an
adapter hears of one when it is late, or when it is to watch over another's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from zegel_adapters.draft import Draft
from zegel_adapters.inbox import Item
from zegel_adapters.notices import read_explanation
from zegel_adapters.outcome import Outcome
from zegel_schemas.convenant import Convenant
from zegel_schemas.record import Record, read_record
from zegel_schemas.stamp import Notice

ANSWER = "antwoord"  # the duty to answer a question
WITHDRAWING = "intrekking"
TOWN = ZoneInfo("Europe/Amsterdam")  # the convenant counts in days of the town's calendar
_CAME_TO_NOTHING = frozenset(
    {"refused", "undeliverable", "expired", "rejected", "no_answer", "would_pass", "would_fail"}
)  # what answers nothing: it did not arrive, or was a dry run


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One duty: of which casus, its last day in time (ISO; "" = none named), and about how many people."""

    kind: str  # as the convenant names it; `antwoord` for a question
    casus: str
    due: str
    late: bool
    holder: str  # whose duty it is: this instantie, or one it watches over
    subjects: int
    message: str = ""  # id of the question, or of our own message concerned
    words: Mapping[str, str] = field(default_factory=dict)  # language -> what to do about it


def unanswered(
    items: Iterable[Item], sent: Iterable[tuple[Draft, Outcome]], *, convenant: Convenant, own: str, now: float
) -> Iterator[Owed]:
    """Yield the questions with a term that nothing of ours answers, and that were not withdrawn."""
    known = list(items)
    done = {each.declaration.re for each in known if each.declaration.kind == WITHDRAWING}
    done |= {draft.re for draft, outcome in sent if outcome.state not in _CAME_TO_NOTHING}
    for item in known:
        said, kind = item.declaration, convenant.kinds.get(item.declaration.kind)
        if said.due and kind is not None and kind.question and item.message_hash not in done:
            yield Owed(
                kind=ANSWER,
                casus=said.casus,
                due=datetime.fromtimestamp(said.due, TOWN).date().isoformat(),
                late=datetime.fromtimestamp(now, TOWN).date() > datetime.fromtimestamp(said.due, TOWN).date(),
                holder=own,
                subjects=len(said.subjects),
                message=said.id,
            )


def told(notices: Iterable[bytes]) -> Iterator[Owed]:
    """Yield what these kept notices say of duties, each entry of the log once; their proofs held when they came."""
    seen: set[int] = set()
    for data in notices:
        notice = Notice.decode(data)
        for proof in notice.proofs:
            record = read_record(proof.record)
            if record.type == "duty" and proof.index not in seen:
                seen.add(proof.index)
                yield _told(record, notice.explanations.get(proof.index, b""))


def _told(record: Record, explanation: bytes) -> Owed:
    said = {key: str(value) for key, value in read_explanation(explanation).items()}
    return Owed(
        kind=record.kind,
        casus=record.casus,
        due=said.get("due", ""),
        late=True,
        holder=record.recipient,
        subjects=record.count,
        message=record.message,
        words={lang: said[lang] for lang in ("nl", "en") if lang in said},
    )
