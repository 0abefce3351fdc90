"""A casus as the broker knows it: facts folded from settled messages, never from what a sender claims about the past.

Read `Casus` first, then `fold.py`, which makes one casus out of the former and a permitted message. Days are dates on
the town's calendar; bounds are inclusive. Mappings are never changed in place: a new fact makes a new casus.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from zegel_broker.packing import pack, unpack


@dataclass(frozen=True, slots=True)
class Person:
    """One subject: role, age band with the day it was established, and who hold authority over him or her."""

    role: str
    age_band: str = ""  # under_12 | 12_15 | 16_plus | "" = unknown
    band_day: date | None = None
    holders: tuple[str, ...] = ()
    criteria: tuple[int, ...] = ()  # group criteria established for this person, by number
    reassess: date | None = None  # day on which those are looked at again


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent about one subject: of whom, to whom, which categories."""

    id: str
    subject: str
    given_by: tuple[str, ...]
    provider: str
    receivers: tuple[str, ...]
    categories: tuple[str, ...]
    explicit: bool
    day: date
    withdrawn: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A written statement of a subject that lifts a statutory secrecy of `provider`."""

    statement: str
    subject: str
    provider: str
    categories: tuple[str, ...]
    day: date
    withdrawn: date | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision that lets data pass (Wpg 20, Wjsg 39f, reclassering, driehoek, opschaling)."""

    kind: str  # the `soort` that conditions name, such as wpg20 (`RULING_OF_FACT`)
    id: str
    receivers: tuple[str, ...]
    categories: tuple[str, ...]
    purposes: tuple[str, ...]
    start: date
    until: date
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WithoutConsent:
    """`party` decided to act without consent about these subjects until a day."""

    party: str
    ground: str
    provider: str
    categories: tuple[str, ...]
    subjects: tuple[str, ...]
    decided_by: tuple[str, ...]
    motivation: int  # characters
    day: date
    until: date


@dataclass(frozen=True, slots=True)
class Agreement:
    """The source agrees that these receivers get these categories; no subjects named = all."""

    source: str
    categories: tuple[str, ...]
    receivers: tuple[str, ...]
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question or actietoewijzing, under its message hash. `rest` is what is still unanswered of `asks`."""

    kind: str
    asker: str
    addressee: str
    asks: tuple[str, ...]  # of an actietoewijzing: its parts
    rest: tuple[str, ...]
    subjects: tuple[str, ...]
    purpose: str
    phase: str
    day: date | None = None
    due: date | None = None
    status: str = "open"  # open | answered | refused | withdrawn
    action: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """These categories about these subjects went from `sender` to `recipient`, last on `day`."""

    sender: str
    recipient: str
    categories: tuple[str, ...]
    subjects: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Action:
    """An action of the plan: kind (a `taak`), holder, with whom, due and status."""

    kind: str
    holder: str
    together_with: tuple[str, ...] = ()
    due: date | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Deferral:
    """Informing `subject` is put off until a day, on a ground."""

    subject: str
    ground: str
    until: date
    day: date


@dataclass(frozen=True, slots=True)
class Supervision:
    """A supervision order (ondertoezichtstelling) about `child`, carried out by `executor`."""

    child: str
    executor: str
    start: date
    until: date


@dataclass(frozen=True, slots=True)
class Scaling:
    """What an opschaling rests on."""

    domains: tuple[str, ...]
    stagnation: bool


@dataclass(frozen=True, slots=True)
class EmergencyUse:
    """One use of break-glass by `party`: messages with the same reason, person and `until` in one casus are one use."""

    use: str  # hash of the message that first used it
    party: str
    casus: str
    reason: str
    person: str  # pseudonym of the employee who answers for it
    second: str  # of the escalatiecontact who agreed; "" = nobody was needed
    until: int  # seconds since 1970 UTC
    day: date
    reviewed: date | None = None
    finding: str = ""  # terecht | onterecht


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty of `holder` that permitted messages brought, from `day` on; the same one of later messages joins it."""

    kind: str
    holder: str
    day: date
    subjects: tuple[str, ...]
    categories: tuple[str, ...] = ()  # of a duty to destroy: what is still held
    action: str = ""
    due: date | None = None  # as the message named it; most duties take theirs from the convenant


@dataclass(frozen=True, slots=True)
class Consultation:
    """How the family was consulted before the aanmelding."""

    status: str
    ground: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Casus:
    """All facts of one casus that a decision may rest on."""

    id: str
    regime: str
    phase: str
    purposes: frozenset[str] = frozenset()
    subjects: Mapping[str, Person] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # party -> roles it has now
    partners: frozenset[str] = frozenset()  # parties that ever had a role or exchanged something here
    opened: date | None = None
    closed: date | None = None
    merged: tuple[str, ...] = ()  # casussen continued here
    consultation: Consultation | None = None
    hits: Mapping[str, Mapping[str, date]] = field(default_factory=dict)  # party -> subject it knows -> day it said so
    consents: tuple[Consent, ...] = ()
    statements: tuple[Statement, ...] = ()
    rulings: tuple[Ruling, ...] = ()  # of this casus only; standing ones are in `Standing`
    without_consent: tuple[WithoutConsent, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)  # message hash -> question
    shared: tuple[Shared, ...] = ()
    plan_day: date | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    informed: Mapping[str, date] = field(default_factory=dict)  # subject -> day first informed about the casus
    plan_discussed: Mapping[str, date] = field(default_factory=dict)  # subject -> day last spoken to about the plan
    deferrals: tuple[Deferral, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    scaling: Scaling | None = None
    advised: frozenset[str] = frozenset()  # reporters who got the advice
    told_closing: frozenset[str] = frozenset()  # parties that got the afsluitbericht or triagebesluit
    taken_up: date | None = None  # day of besluit_in_behandeling
    criteria: tuple[str, ...] = ()  # leefgebieden found then
    emergencies: tuple[EmergencyUse, ...] = ()
    phase_day: date | None = None  # day this phase began
    duties: tuple[Owed, ...] = ()

    def to_json(self) -> bytes:
        """Return the bytes the ledger stores; `from_json` gives the same casus back."""
        return pack(self)

    @classmethod
    def from_json(cls, data: bytes) -> "Casus":
        """Read what `to_json` wrote; raise ValueError, KeyError or TypeError on anything else."""
        return unpack(cls, data)


@dataclass(frozen=True, slots=True)
class Standing:
    """What belongs to the convenant and not to one casus: decisions per regime, and break-glass nobody reviewed yet."""

    rulings: Mapping[str, tuple[Ruling, ...]] = field(default_factory=dict)  # name of the regime -> rulings
    emergencies: tuple[EmergencyUse, ...] = ()  # of all casussen, until they are reviewed

    def to_json(self) -> bytes:
        """Return the bytes the ledger stores; `from_json` gives the same back."""
        return pack(self)

    @classmethod
    def from_json(cls, data: bytes) -> "Standing":
        """Read what `to_json` wrote."""
        return unpack(cls, data)
