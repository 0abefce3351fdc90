"""The convenant's documents as they are written, in Dutch; the aliases here are the one place that translates them.

Field names are English, keys and codes in the file stay the jurist's. Days are dates, bounds inclusive. A long file,
because it is one list: every key of the format, once.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
Text = Annotated[str, StringConstraints(min_length=1)]
FaultCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Names = Annotated[tuple[str, ...], Field(strict=False)]
Amount = Annotated[int, Field(ge=0, le=100_000)]
Level = Literal[0, 1, 2, 3, "X"]  # 0 process, 1 ordinary, 2 sensitive, 3 special or criminal, X forbidden
Part = Literal[
    "grondslagen", "categorieen", "partijen", "voorwaarden", "fasen", "berichtsoorten", "verboden", "verplichtingen"
]


class Written(BaseModel):
    """A frozen piece of a document: an unknown key or a value of another type is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Validity(Written):
    """From which day up to and including which day."""

    start: Annotated[date, Field(alias="van")]
    until: Annotated[date, Field(alias="tot")]


class Controller(Written):
    """Who answers for the processing: `dossier` is the party that keeps the casus."""

    dossier: str
    own_registers: Annotated[str, Field(alias="eigen_registraties")] = ""
    broker: str = ""
    fg: str = ""
    joint: Annotated[str, Field(alias="avg26_regeling")] = ""


class LegalGround(Written):
    """A legal source outside the convenant, and whether its text was read."""

    text: Annotated[Text, Field(alias="tekst")]
    read: Annotated[bool, Field(alias="nagelezen")] = False
    articles: Annotated[tuple[Literal[9, 10], ...], Field(alias="artikel", strict=False)] = ()
    caution: Annotated[str, Field(alias="let_op")] = ""
    assumption: Annotated[str, Field(alias="aanname")] = ""


class Purpose(Written):
    """A purpose a message may serve; `process_only` ones carry no content."""

    title: Annotated[Text, Field(alias="titel")]
    source: Annotated[str, Field(alias="bron")] = ""
    dpv: str = ""
    process_only: Annotated[bool, Field(alias="alleen_proces")] = False


class ExcludedPurpose(Written):
    """A purpose that is never served here, with the reason."""

    reason: Annotated[Text, Field(alias="reden")]


class Category(Written):
    """A category of data: how sensitive, whether it may be enclosed with a question, whether it may be passed on."""

    title: Annotated[Text, Field(alias="titel")]
    level: Annotated[Level, Field(alias="niveau")]
    enclosable: Annotated[bool, Field(alias="bijvoegen")] = False
    process: Annotated[bool, Field(alias="procesgegeven")] = False
    onward: Annotated[Literal["vrij", "instemming_bron", "nooit"], Field(alias="doorverstrekking")] = "nooit"
    article_9: Annotated[bool, Field(alias="avg9")] = False
    article_9_possible: Annotated[bool, Field(alias="avg9_mogelijk")] = False
    article_10: Annotated[bool, Field(alias="avg10")] = False
    article_10_possible: Annotated[bool, Field(alias="avg10_mogelijk")] = False
    statutory: Annotated[Names, Field(alias="wettelijk")] = ()
    forbidden_by: Annotated[str, Field(alias="verbod")] = ""
    caution: Annotated[str, Field(alias="let_op")] = ""
    dpv: str = ""

    @property
    def special(self) -> bool:
        """Say whether it is, or may be, data of AVG article 9 or 10."""
        return self.article_9 or self.article_9_possible or self.article_10 or self.article_10_possible


class Phase(Written):
    """A phase of a casus; `final` = closed."""

    title: Annotated[Text, Field(alias="titel")]
    number: Annotated[Amount | None, Field(alias="nr")] = None
    after: Annotated[str, Field(alias="na")] = ""
    before: Annotated[str, Field(alias="voor")] = ""
    max_days: Annotated[Amount | None, Field(alias="max_dagen")] = None
    review_days: Annotated[Amount | None, Field(alias="herijking_dagen")] = None
    final: Annotated[bool, Field(alias="eindfase")] = False


class Transition(Written):
    """A step from one phase to another, and the facts it requires."""

    start: Annotated[str, Field(alias="van")]
    to: Annotated[str, Field(alias="naar")]
    requires: Annotated[Names, Field(alias="vereist")]


class Kind(Written):
    """A kind of message: a question, an answer to some kinds, or one that may still be sent after closure."""

    title: Annotated[Text, Field(alias="titel")]
    type: Text
    question: Annotated[bool, Field(alias="vraag")] = False
    answers: Annotated[Names, Field(alias="antwoord_op")] = ()
    afterwards: Annotated[bool, Field(alias="na_afloop")] = False


class Supply(Written):
    """What a party is a source of, and what it may receive at most."""

    source: Annotated[Names, Field(alias="bron")] = ()
    ceiling: Annotated[Names, Field(alias="plafond")] = ()


class Succession(Written):
    """Who follows a party up; succession does not accede by itself."""

    successor: Annotated[str, Field(alias="rechtsopvolger")]
    caution: Annotated[str, Field(alias="let_op")] = ""


class Party(Written):
    """An instantie of the convenant."""

    name: Annotated[Text, Field(alias="naam")]
    sector: Name
    oin: Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
    government: Annotated[bool, Field(alias="overheid")]
    citizen_number: Annotated[bool, Field(alias="bsn")]
    ground: Annotated[str, Field(alias="avg6")]
    external: Annotated[bool, Field(alias="extern")] = False
    statutes: Annotated[Names, Field(alias="geheimhouding")] = ()
    secrecy: Annotated[bool, Field(alias="beroepsgeheim")] = False
    source: Annotated[Names, Field(alias="bron")] = ()
    ceiling: Annotated[Names, Field(alias="plafond")] = ()
    tasks: Annotated[Names, Field(alias="taken")] = ()
    formerly: Annotated[str, Field(alias="voorheen")] = ""
    succession: Annotated[Succession | None, Field(alias="opvolging")] = None

    @property
    def directs(self) -> bool:
        """Say whether it is a regie party."""
        return "regie" in self.tasks


class Accession(Written):
    """Parties that acceded on a day."""

    parties: Annotated[Names, Field(alias="partijen")]
    day: Annotated[date, Field(alias="datum")]


class Departure(Written):
    """A party that leaves: from that day on only what follows closure."""

    party: Annotated[str, Field(alias="partij")]
    day: Annotated[date, Field(alias="per")]


class CasusCriteria(Written):
    """What makes a casus; registered when it is taken up."""

    every: Annotated[Names, Field(alias="alle")]
    domains: Annotated[Names, Field(alias="leefgebieden")]
    reporter: Annotated[str, Field(alias="aanmelder")] = ""


class Condition(Written):
    """A condition: which test, with which code when it fails, and the test's own values (see `conditions.py`)."""

    test: Annotated[str, Field(alias="toets")]
    code: FaultCode
    fields: Annotated[Names | None, Field(alias="velden")] = None
    min_length: Annotated[Amount | None, Field(alias="min_tekens")] = None
    max: Amount | None = None
    max_months: Annotated[Amount | None, Field(alias="max_maanden")] = None
    days: Annotated[Amount | None, Field(alias="dagen")] = None
    min_days: Annotated[Amount | None, Field(alias="min_dagen")] = None
    max_days: Annotated[Amount | None, Field(alias="max_dagen")] = None
    extension_days: Annotated[Amount | None, Field(alias="verlenging_dagen")] = None
    unless: Annotated[Literal["nieuwe_feiten"] | None, Field(alias="tenzij")] = None
    grounds: Annotated[Names | None, Field(alias="gronden")] = None
    min_agreed: Annotated[Amount | None, Field(alias="min_akkoord")] = None
    explicit: Annotated[bool | None, Field(alias="uitdrukkelijk")] = None
    kind: Annotated[str | None, Field(alias="soort")] = None
    from_level: Annotated[Amount | None, Field(alias="vanaf_niveau")] = None
    values: Annotated[Names | None, Field(alias="waarden")] = None
    only_secrecy: Annotated[bool | None, Field(alias="alleen_bij_beroepsgeheim")] = None
    only_answers: Annotated[bool | None, Field(alias="alleen_bij_antwoord")] = None
    without_purpose: Annotated[bool | None, Field(alias="zonder_doel")] = None
    min_domains: Annotated[Amount | None, Field(alias="min_domeinen")] = None
    stagnation: Annotated[bool | None, Field(alias="stagnatie")] = None
    max_hours: Annotated[Amount | None, Field(alias="max_uren")] = None
    review_days: Annotated[Amount | None, Field(alias="beoordeling_werkdagen")] = None
    explanation: Annotated[str, Field(alias="uitleg")] = ""


class RegistrationRule(Written):
    """Who may register a fact: parties, or @regie, @zelf, @verstrekker, @bron, @betrokken."""

    senders: Annotated[Names, Field(alias="van")]
    holds: Annotated[Literal["casus", "regime"], Field(alias="geldt")] = "casus"
    min_agreed: Annotated[Amount, Field(alias="min_akkoord")] = 0
    together: Annotated[Names, Field(alias="mede")] = ()
    valid_days: Annotated[Amount | None, Field(alias="geldig_dagen")] = None
    roles: Annotated[Names, Field(alias="rollen")] = ()  # employee roles that may; none named = those of the party


class When(Written):
    """What a verbod forbids; exactly one of these."""

    level: Annotated[Level | None, Field(alias="categorie_niveau")] = None
    excepting: Annotated[Names, Field(alias="behalve")] = ()
    categories: Annotated[Names | None, Field(alias="categorie")] = None
    purpose: Annotated[Literal["uitgesloten"] | None, Field(alias="doel")] = None
    citizen_number: Annotated[Literal[True] | None, Field(alias="bsn_zonder_grondslag")] = None
    onward: Annotated[Literal["nooit"] | None, Field(alias="doorverstrekking")] = None
    round_robin: Annotated[Literal[True] | None, Field(alias="rondvraag")] = None
    wider_answer: Annotated[Literal[True] | None, Field(alias="antwoord_breder")] = None
    outsider: Annotated[Literal[True] | None, Field(alias="betrokkene_buiten_casus")] = None
    closed: Annotated[Literal[True] | None, Field(alias="gesloten")] = None
    without_role: Annotated[Literal[True] | None, Field(alias="zonder_rol")] = None
    article_9: Annotated[Literal[True] | None, Field(alias="avg9")] = None


class Prohibition(Written):
    """A verbod: it wins over any rule."""

    id: RuleId
    title: Annotated[Text, Field(alias="titel")]
    when: Annotated[When, Field(alias="als")]
    code: FaultCode
    law: Annotated[Names, Field(alias="wet")] = ()
    explanation: Annotated[str, Field(alias="toelichting")] = ""


class Rule(Written):
    """A rule that permits: what kind, from whom to whom, when, for what, which categories, on which ground."""

    id: RuleId
    title: Annotated[Text, Field(alias="titel")]
    kinds: Annotated[Names, Field(alias="soort")]
    senders: Annotated[Names, Field(alias="van")]
    except_senders: Annotated[Names, Field(alias="behalve_van")] = ()
    recipients: Annotated[Names, Field(alias="aan")]
    phases: Annotated[Names, Field(alias="fasen")]
    purposes: Annotated[Names, Field(alias="doelen")]
    categories: Annotated[Names, Field(alias="categorieen")]
    grounds: Annotated[Names, Field(alias="grondslag", min_length=1)]
    conditions: Annotated[Names, Field(alias="voorwaarden")] = ()
    duties: Annotated[Names, Field(alias="verplichtingen")] = ()
    regimes: Annotated[Names, Field(alias="regimes")] = ()
    without_role: Annotated[bool, Field(alias="zonder_rol_toegestaan")] = False
    passes_on: Annotated[bool, Field(alias="doorverstrekking")] = False
    afterwards: Annotated[bool, Field(alias="na_afloop")] = False
    values: Annotated[Names, Field(alias="waarden")] = ()
    explanation: Annotated[str, Field(alias="toelichting")] = ""
    emergency_of: Annotated[str, Field(alias="spoed_bij")] = ""  # the rule it stands in for (see `emergency.py`)
    assumption: Annotated[str, Field(alias="aanname")] = ""  # what a jurist has still to confirm


class DutyTerm(Written):
    """How long a duty may wait, what ends it, and which kinds of message its holder may not send while it is late."""

    # P1M counts from the day it arose, P2Y_na_afsluiting from closure; the other two name a day of the casus itself
    term: Annotated[
        str,
        StringConstraints(pattern=r"^(P[1-9][0-9]{0,3}[DWMY](_na_afsluiting)?|uitstel_tot|actie)$"),
        Field(alias="termijn"),
    ]
    discharged_by: Annotated[
        tuple[Literal["geinformeerd", "uitstel", "voortgang", "vernietiging"], ...],
        Field(alias="voldaan_door", strict=False, min_length=1),
    ]
    # ontvanger = to whom the message goes; verkrijger = who gets the data: the asker of a question, else the recipient
    holder: Annotated[Literal["ontvanger", "afzender", "verkrijger"], Field(alias="houder")] = "ontvanger"
    blocks: Annotated[Names, Field(alias="blokkeert")] = ()
    assumption: Annotated[str, Field(alias="aanname")] = ""


class Step(Written):
    """A step of the check and its codes, in the order in which they count."""

    number: Annotated[Amount, Field(alias="stap")]
    name: Annotated[str, Field(alias="naam")]
    codes: Annotated[tuple[FaultCode, ...], Field(strict=False)]


class Uses(Written):
    """Parts of another document that hold here too."""

    document: str
    parts: Annotated[tuple[Part, ...], Field(alias="delen", strict=False)]


class Additions(Written):
    """What an amendment adds, under its own regime only."""

    phases: Annotated[dict[str, Phase], Field(alias="fasen")] = {}
    purposes: Annotated[dict[str, Purpose], Field(alias="doelen")] = {}
    kinds: Annotated[dict[str, Kind], Field(alias="berichtsoorten")] = {}
    conditions: Annotated[dict[str, Condition], Field(alias="voorwaarden")] = {}
    categories: Annotated[dict[str, Category], Field(alias="categorieen")] = {}
    transitions: Annotated[tuple[Transition, ...], Field(alias="overgangen", strict=False)] = ()
    person_roles: Annotated[Names, Field(alias="betrokkenenrollen")] = ()
    group_criteria: Annotated[Names, Field(alias="groepscriteria")] = ()
    supply: Annotated[dict[str, Supply], Field(alias="partij_aanpassing")] = {}
    retention: Annotated[dict[str, str], Field(alias="bewaartermijnen")] = {}


class Document(Written):
    """One document of the convenant: the base, a regulation with its own regime, or an amendment."""

    format: Annotated[Literal["convenant/v0", "convenant/v1"], Field(alias="schema")]  # v1 may have an emergency set
    name: Annotated[str, Field(alias="document")]
    sort: Annotated[Literal["basisconvenant", "basisreglement", "aanvulling"], Field(alias="soort")]
    title: Annotated[Text, Field(alias="titel")]
    version: Annotated[Text, Field(alias="versie")]
    status: str = ""
    municipality: Annotated[str, Field(alias="gemeente")] = ""
    regime: Text
    validity: Annotated[Validity, Field(alias="geldigheid")]
    controller: Annotated[Controller | None, Field(alias="verwerkingsverantwoordelijke")] = None
    amends: Annotated[Names, Field(alias="wijzigt")] = ()
    uses: Annotated[Uses | None, Field(alias="gebruikt")] = None
    grounds: Annotated[dict[str, LegalGround], Field(alias="grondslagen")] = {}
    purposes: Annotated[dict[str, Purpose], Field(alias="doelen")] = {}
    excluded_purposes: Annotated[dict[str, ExcludedPurpose], Field(alias="uitgesloten_doelen")] = {}
    categories: Annotated[dict[str, Category], Field(alias="categorieen")] = {}
    phases: Annotated[dict[str, Phase], Field(alias="fasen")] = {}
    transitions: Annotated[tuple[Transition, ...], Field(alias="overgangen", strict=False)] = ()
    kinds: Annotated[dict[str, Kind], Field(alias="berichtsoorten")] = {}
    party_base: Annotated[Supply, Field(alias="partij_basis")] = Supply()
    employee_roles: Annotated[Names, Field(alias="rollen_medewerker")] = ()
    mandated_roles: Annotated[dict[str, Names], Field(alias="bevoegde_rollen")] = {}
    parties: Annotated[dict[str, Party], Field(alias="partijen")] = {}
    accessions: Annotated[tuple[Accession, ...], Field(alias="ondertekening", strict=False)] = ()
    departures: Annotated[tuple[Departure, ...], Field(alias="opzegging", strict=False)] = ()
    casus_criteria: Annotated[CasusCriteria | None, Field(alias="casuscriteria")] = None
    person_roles: Annotated[Names, Field(alias="betrokkenenrollen")] = ()
    max_subjects: Annotated[Amount | None, Field(alias="max_betrokkenen")] = None
    conditions: Annotated[dict[str, Condition], Field(alias="voorwaarden")] = {}
    duties_always: Annotated[Names, Field(alias="verplichtingen_altijd")] = ()
    duties: Annotated[dict[str, str], Field(alias="verplichtingen")] = {}
    duty_terms: Annotated[dict[str, DutyTerm], Field(alias="naleving")] = {}
    retention: Annotated[dict[str, str], Field(alias="bewaartermijnen")] = {}
    registrations: Annotated[dict[str, RegistrationRule], Field(alias="registraties")] = {}
    prohibitions: Annotated[tuple[Prohibition, ...], Field(alias="verboden", strict=False)] = ()
    prohibitions_extra: Annotated[tuple[Prohibition, ...], Field(alias="verboden_extra", strict=False)] = ()
    adds: Annotated[Additions, Field(alias="toevoegen")] = Additions()
    limits: Annotated[Names, Field(alias="beperken")] = ()
    rules: Annotated[tuple[Rule, ...], Field(alias="regels", strict=False)] = ()
    evaluation: Annotated[tuple[Step, ...], Field(alias="evaluatie", strict=False)] = ()


KEYS = frozenset(
    field.alias or name for model in Written.__subclasses__() for name, field in model.model_fields.items()
)  # every key of the format
