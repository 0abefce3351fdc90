"""Registrations: one fact about a casus (or a standing decision), said by who may say it and folded into the casus.

Who may register what stands in the convenant (`registraties`). Paper evidence is named by a salted hash, not enclosed.
Days are ISO dates, bounds inclusive. Names of the facts are the convenant's.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from zegel_schemas.shapes import (
    ActionId,
    CasusId,
    Closed,
    Code,
    Count,
    Day,
    Employee,
    Hash,
    MessageId,
    OptionalCode,
    OptionalDay,
    OptionalHash,
    Subject,
)

AgeBand = Literal["", "under_12", "12_15", "16_plus"]
CasusRole = Literal["regisseur", "aanmelder", "informant", "deelnemer_mdo", "actiehouder"]
Domain = Literal["zorg", "strafrecht", "gemeentelijk"]  # domains an opschaling may concern (WGS: domeinoverstijgend)
Attested = Literal["besluit_in_behandeling", "herijking", "doelen_bereikt_of_stagnatie"]
Codes = Annotated[tuple[Code, ...], Field(strict=False, max_length=64)]
Categories = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9._-]{1,64})$")], ...],
    Field(strict=False, max_length=64),
]  # "*" only in an opschaling decision
Subjects = Annotated[tuple[Subject, ...], Field(strict=False, max_length=99)]
Employees = Annotated[tuple[Employee, ...], Field(strict=False, max_length=8)]


class Person(Closed):
    """One subject of the casus: role, age band with the day it was established, and who hold authority."""

    subject: Subject
    role: Code
    age_band: AgeBand = ""
    holders: Subjects = ()
    criteria: Annotated[tuple[Annotated[int, Field(ge=1, le=32)], ...], Field(strict=False, max_length=32)] = ()
    reassess: OptionalDay = (
        ""  # both only for a role that needs the group criteria: which hold, by number, and until when
    )


class CasusOpened(Closed):
    """A casus of another regime than CMPG is opened: triage, L-PGA or group approach."""

    fact: Literal["casus_openen"] = "casus_openen"
    regime: Code  # lower-case name of the regime: cmpg | l-pga | triage | groep
    purposes: Codes
    persons: Annotated[tuple[Person, ...], Field(strict=False, max_length=99)]


class Merged(Closed):
    """Another casus about the same family is continued here; its reporter gets the role aanmelder here."""

    fact: Literal["samengevoegd"] = "samengevoegd"
    other: CasusId
    reporter: Code


class PersonAdded(Closed):
    """A person is added to the casus or changed in it."""

    fact: Literal["betrokkene"] = "betrokkene"
    person: Person


class AgeBandSet(Closed):
    """The age band of a subject, renewed by who knows the birth date; older than 182 days it counts as unknown."""

    fact: Literal["leeftijdsgroep"] = "leeftijdsgroep"
    subject: Subject
    age_band: AgeBand


class PurposeOpened(Closed):
    """Purposes are opened in this casus."""

    fact: Literal["casusdoel"] = "casusdoel"
    purposes: Codes


class RoleGiven(Closed):
    """An instantie gets a role in this casus, or loses it."""

    fact: Literal["rol"] = "rol"
    instantie: Code
    role: CasusRole
    withdrawn: bool = False


class PhaseSet(Closed):
    """The casus enters a phase; `attested` names what the transition requires and no earlier message shows."""

    fact: Literal["fase"] = "fase"
    phase: Code
    attested: Annotated[tuple[Attested, ...], Field(strict=False, max_length=8)] = ()
    criteria: Codes = ()  # leefgebieden on which the casuscriteria were found (besluit_in_behandeling)


class Action(Closed):
    """One action of the plan: its kind (a `taak`), who holds it, with whom, and the day it is due ("" = none)."""

    action: ActionId
    kind: Code
    holder: Code
    together_with: Codes = ()
    due: OptionalDay = ""


class PlanSet(Closed):
    """The plan of approach as established on `day`; replaces the earlier one."""

    fact: Literal["plan"] = "plan"
    day: Day
    actions: Annotated[tuple[Action, ...], Field(strict=False, max_length=32)]


class Informed(Closed):
    """The regieteam's own letter to subjects: informed on `day`, about the casus or the plan."""

    fact: Literal["geinformeerd"] = "geinformeerd"
    subjects: Subjects
    day: Day
    about: Literal["casus", "plan"] = "casus"


class ScalingCriteria(Closed):
    """What an opschaling rests on: the domains concerned and whether the local approach stagnates."""

    fact: Literal["opschalingscriteria"] = "opschalingscriteria"
    domains: Annotated[tuple[Domain, ...], Field(strict=False, max_length=8)]
    stagnation: bool


class ConsentGiven(Closed):
    """Consent of `given_by` about `subject`: this provider, these receivers, these categories."""

    fact: Literal["toestemming"] = "toestemming"
    consent: MessageId  # own id, so that it can be withdrawn
    subject: Subject
    given_by: Subjects
    provider: Code
    receivers: Codes
    categories: Codes
    explicit: bool
    day: Day
    evidence: OptionalHash = ""


class ConsentWithdrawn(Closed):
    """A consent is withdrawn by one of its givers; works at once (AVG 7 lid 3)."""

    fact: Literal["toestemming_ingetrokken"] = "toestemming_ingetrokken"
    consent: MessageId
    by: Subject


class Statement(Closed):
    """A written statement of a subject that lifts a statutory secrecy: geen_bezwaar_pw65 | toestemming_suwi."""

    fact: Literal["verklaring"] = "verklaring"
    statement: Code
    subject: Subject
    provider: Code
    categories: Codes
    day: Day
    withdrawn: OptionalDay = ""
    evidence: OptionalHash = ""


class WithoutConsent(Closed):
    """A party decides, four eyes, to act without consent about named subjects until a day."""

    fact: Literal["zonder_toestemming"] = "zonder_toestemming"
    ground: Code
    provider: Code
    categories: Codes
    subjects: Subjects
    decided_by: Employees
    motivation: Count  # length of the recorded text
    day: Day
    until: Day


class SourceAgreement(Closed):
    """The source agrees that the regie party passes these categories on to these receivers (no subjects = all)."""

    fact: Literal["instemming_bron"] = "instemming_bron"
    source: Code
    categories: Codes
    receivers: Codes
    subjects: Subjects = ()


class Supervision(Closed):
    """A supervision order (ondertoezichtstelling) of the juvenile court about `child`, carried out by `executor`."""

    fact: Literal["ots"] = "ots"
    child: Subject
    executor: Code
    start: Day
    until: Day
    evidence: OptionalHash = ""


class EmergencyReviewed(Closed):
    """A use of break-glass is reviewed, by somebody who took no part in it: it was right (`terecht`) or not."""

    fact: Literal["spoed_beoordeeld"] = "spoed_beoordeeld"
    use: Hash  # of the message that first used it
    reviewed_by: Employee
    finding: Literal["terecht", "onterecht"]
    evidence: OptionalHash = ""


class Ruling(Closed):
    """A decision that lets data pass: Wpg 20, Wjsg 39f, reclassering, driehoek or opschaling."""

    fact: Literal["besluit_wpg20", "besluit_wjsg39f", "besluit_reclassering", "besluit_driehoek", "besluit_opschaling"]
    regime: OptionalCode = ""  # for standing decisions (geldt: regime): the regime it holds for
    ruling: MessageId  # own id; the reference on paper is behind `evidence`
    receivers: Codes
    categories: Categories
    purposes: Codes
    start: Day
    until: Day
    agreed: Employees = ()  # min_akkoord
    agreed_parties: Codes = ()  # mede
    evidence: OptionalHash = ""


Registration = Annotated[
    CasusOpened
    | Merged
    | PersonAdded
    | AgeBandSet
    | PurposeOpened
    | RoleGiven
    | PhaseSet
    | PlanSet
    | Informed
    | ScalingCriteria
    | ConsentGiven
    | ConsentWithdrawn
    | Statement
    | WithoutConsent
    | SourceAgreement
    | Supervision
    | EmergencyReviewed
    | Ruling,
    Field(discriminator="fact"),
]
