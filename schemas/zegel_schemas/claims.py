"""Claims: what the sender states in the clear because a condition of the convenant needs it; one closed set per kind.

Lengths stand for texts: the text itself travels sealed in the part `motivering`, and the recipient compares.
"""

from typing import Annotated, Literal

from pydantic import Field

from zegel_schemas.shapes import (
    Code,
    Count,
    Employee,
    Hash,
    Instant,
    OptionalActionId,
    OptionalCode,
    OptionalDay,
    OptionalEmployee,
    OptionalHash,
    OptionalOrigin,
    Subject,
    Wired,
)

REASONS = frozenset(
    {"geheimhouding", "geen_gegevens", "niet_noodzakelijk", "geen_grond", "vervallen", "vergissing", "anders"}
)  # coarse reasons of a weigering or an intrekking

MAX_SIZES = 64  # sizes one ask names: two and a half days of a note an hour
MAX_FILES = 64  # documents one ask names: as many as a convenant may have


class Consultation(Wired):
    """How the family was consulted before an aanmelding: `status` besproken | uitzondering | niet_besproken."""

    status: Literal["", "besproken", "uitzondering", "niet_besproken"] = ""
    ground: OptionalCode = ""
    length: Count = 0  # characters of the sealed explanation of the exception


class Deferral(Wired):
    """A decision not to inform somebody yet (UAVG 41): `days` from now, and the day a running one was re-assessed."""

    ground: OptionalCode = ""
    days: Count = 0
    reassessed: OptionalDay = ""


class Emergency(Wired):
    """Break-glass for a vital interest: why (`gronden` of the convenant), which employee answers for it, until when.

    `second` is the escalatiecontact who agreed; it is needed while an earlier use by the same party is not reviewed.
    `until` is at most 24 hours after the message was issued; a message does not outlive it.
    """

    reason: OptionalCode = ""
    person: OptionalEmployee = ""
    second: OptionalEmployee = ""
    until: Instant = 0


class SubjectClaim(Wired):
    """One person as an aanmelding introduces them; who it is stands only in the sealed `identificatie_contact`."""

    subject: Subject
    role: Code
    age_band: Literal["", "under_12", "12_15", "16_plus"] = ""
    holders: tuple[Subject, ...] = Field(default=(), strict=False)  # who hold parental authority


class DirectoryHeld(Wired):
    """The version of the directory an asker holds: number of statements, and the head after the last of them."""

    count: Count = 0
    head: OptionalHash = ""


class LogHeld(Wired):
    """The notes an asker holds of one log: its origin, and their sizes in rising order."""

    origin: OptionalOrigin = ""
    sizes: Annotated[tuple[Instant, ...], Field(strict=False, max_length=MAX_SIZES)] = ()


class Claims(Wired):
    """Every claim there is; which ones a kind carries stands in `CLAIMS_OF_KIND`."""

    motivation: dict[Code, Count] = {}  # field of the motivation -> length in characters
    motivation_per_category: dict[Code, Count] = {}  # category -> length in characters
    period_months: Count = 0  # how far back the question reaches
    new_facts: Count = 0  # length of the text that says what is new since an equal question
    weighing: OptionalCode = ""  # ground on which the provider weighed its own secrecy
    consultation: Consultation = Consultation()
    introduces: tuple[SubjectClaim, ...] = Field(default=(), strict=False)
    action: OptionalActionId = ""
    action_status: Literal["", "aanvaard", "teruggegeven", "gestart", "gereed", "gestopt"] = ""
    outcome: dict[Subject, Literal["bekend", "niet_bekend", "geen_antwoord"]] = {}  # the one claim that is content
    completeness: Literal["", "volledig", "gedeeltelijk"] = ""
    reason: OptionalCode = ""  # coarse reason of a weigering or intrekking (`REASONS`) or of a rejected receipt
    informed_on: OptionalDay = ""
    deferral: Deferral = Deferral()
    approvals: tuple[Employee, ...] = Field(default=(), strict=False)  # four eyes: employee pseudonyms
    direction_consulted: OptionalDay = ""  # day the regisseur was spoken to before an escalatie
    emergency: Emergency = Emergency()  # break-glass; a claim by which a rule of the emergency set may be tried
    result: Literal["", "opened", "rejected"] = ""  # of a receipt
    directory: DirectoryHeld = DirectoryHeld()  # of an ask: what its sender holds, so that only the rest is sent
    log: LogHeld = LogHeld()  # of an ask: to which sizes the answer's note must be shown to go back
    files: Annotated[tuple[Hash, ...], Field(strict=False, max_length=MAX_FILES)] = ()  # of an ask: documents it lacks


_MOTIVATED = {"motivation"}
_QUESTION = {"motivation", "motivation_per_category", "period_months", "new_facts", "action"}
_ASKED_AT_ONCE = _QUESTION | {"emergency"}
_ANSWER = {"motivation", "weighing", "completeness", "action", "emergency"}

CLAIMS_OF_KIND: dict[str, frozenset[str]] = {
    kind: frozenset(names)
    for kind, names in {
        "aanmelding": _MOTIVATED | {"consultation", "introduces", "weighing"},
        "advies_aan_aanmelder": set[str](),
        "bekendheidsvraag": _ASKED_AT_ONCE,
        "bekendheidsantwoord": {"weighing", "outcome"},
        "informatieverzoek": _ASKED_AT_ONCE,
        "informatieantwoord": _ANSWER,
        "weigering": {"reason"},
        "intrekking": {"reason"},
        "signaal": {"motivation", "weighing", "action", "emergency"},
        "mdo_uitnodiging": {"emergency"},
        "mdo_informatie": _MOTIVATED,
        "plan_van_aanpak": set[str](),
        "actietoewijzing": {"action"},
        "actieaanvaarding": {"action", "action_status"},
        "voortgang": {"action", "action_status"},
        "melding_geinformeerd": {"informed_on"},
        "uitstel_informeren": _MOTIVATED | {"deferral", "approvals"},
        "escalatie": _MOTIVATED | {"direction_consulted"},
        "opschaling": _MOTIVATED,
        "afsluitbericht": set[str](),
        "correctie": set[str](),
        "vernietiging": set[str](),
        "rechtenverzoek": set[str](),
        "incident": set[str](),
        "triagevraag": _QUESTION,
        "triageantwoord": {"weighing", "outcome"},
        "triagebesluit": set[str](),
        "registratie": set[str](),
        "receipt": {"result", "reason"},
        "ask": {"directory", "log", "files"},
    }.items()
}
