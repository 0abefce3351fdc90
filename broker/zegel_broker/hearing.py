"""One hearing: the message, what is known, and the reasons to refuse that the steps find along the way."""

from datetime import date

from zegel_broker.casus import Casus, Question, Ruling, Standing
from zegel_broker.decision import Failure
from zegel_broker.message import ASSIGNMENT, Message
from zegel_broker.prepared import Prepared
from zegel_broker.remedies import FIELDS, REMEDIES
from zegel_schemas.convenant import Convenant, Kind, Regime

_UNRANKED = (9, 0)  # a code the convenant forgot to rank counts last, but it refuses


class Hearing:
    """Mutable, lives for one decision. `regime` and `kind` are None when they are unknown."""

    __slots__ = (
        "_found",
        "afterwards",
        "asking",
        "casus",
        "convenant",
        "day",
        "foreign",
        "kind",
        "message",
        "opening",
        "phase",
        "prepared",
        "question",
        "regime",
        "rulings",
        "standing",
    )

    def __init__(
        self,
        message: Message,
        casus: Casus | None,
        *,
        opening: bool,
        regime: Regime | None,
        rulings: tuple[Ruling, ...],
        standing: Standing,
        convenant: Convenant,
        prepared: Prepared,
        day: date,
    ) -> None:
        self.message = message
        self.casus = casus
        self.opening = opening  # the casus is provisional: this message would open it
        self.regime = regime
        self.rulings = rulings
        self.standing = standing
        self.convenant = convenant
        self.prepared = prepared
        self.day = day
        self.kind: Kind | None = convenant.kinds.get(message.kind)
        self.afterwards = self.kind is not None and self.kind.afterwards  # it may still be sent after closure
        # it asks for categories: every `vraag` but the actietoewijzing
        self.asking = self.kind is not None and self.kind.question and message.kind != ASSIGNMENT
        self.question: Question | None = casus.questions.get(message.re) if casus is not None and message.re else None
        answers = self.kind is not None and bool(self.kind.answers)
        # an answer is judged in the phase its question was asked in
        self.phase = (
            self.question.phase if self.question is not None and answers else casus.phase if casus is not None else ""
        )
        self.foreign = False
        self._found: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}

    @property
    def clean(self) -> bool:
        """Say whether nothing was found so far."""
        return not self._found

    def find(self, code: str, *fields: str, rules: tuple[str, ...] = ()) -> None:
        """Note a reason to refuse; the same one twice is one, with the fields of both."""
        self._found.setdefault((code, rules), {}).update(dict.fromkeys(fields or FIELDS.get(code, ())))

    def failures(self) -> tuple[Failure, ...]:
        """Return all reasons, the main one first: lowest step, then order of `evaluatie`, then lowest rule id."""
        return tuple(
            sorted(self._failure(code, rules, tuple(sorted(each))) for (code, rules), each in self._found.items())
        )

    def _failure(self, code: str, rules: tuple[str, ...], fields: tuple[str, ...]) -> Failure:
        step, rank = self.convenant.rank.get(code, _UNRANKED)
        return Failure(
            step=step,
            rank=rank,
            code=code,
            rules=rules,
            articles=tuple(dict.fromkeys(each for rule in rules for each in self.prepared.articles.get(rule, ()))),
            fields=fields,
            remedy=REMEDIES.get(code, ""),
            documents=tuple(
                sorted({self.prepared.documents[rule] for rule in rules if rule in self.prepared.documents})
            ),
        )
