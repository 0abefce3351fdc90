"""The convenant's documents as they are written, in Dutch; the aliases here are the one place that translates them.

Field names are English, keys and codes in the file stay the jurist's. Days are dates, bounds inclusive. Parties stand
in `parties.py`, rules and conditions in `clauses.py`; all are to be had from here.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from zegel_schemas.convenant.clauses import Condition, DutyTerm, Level, Prohibition, RegistrationRule, Rule, Step, When
from zegel_schemas.convenant.parties import Accession, Departure, Party, Succession, Supply
from zegel_schemas.convenant.written import NAME, Amount, Names, Text, Written

__all__ = [
    "KEYS",
    "NAME",
    "Accession",
    "Additions",
    "CasusCriteria",
    "Category",
    "Condition",
    "Controller",
    "Departure",
    "Document",
    "DutyTerm",
    "ExcludedPurpose",
    "Kind",
    "LegalGround",
    "Party",
    "Phase",
    "Prohibition",
    "Purpose",
    "RegistrationRule",
    "Rule",
    "Step",
    "Succession",
    "Supply",
    "Transition",
    "Uses",
    "Validity",
    "When",
    "Written",
]

Part = Literal[
    "grondslagen", "categorieen", "partijen", "voorwaarden", "fasen", "berichtsoorten", "verboden", "verplichtingen"
]


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


class CasusCriteria(Written):
    """What makes a casus; registered when it is taken up."""

    every: Annotated[Names, Field(alias="alle")]
    domains: Annotated[Names, Field(alias="leefgebieden")]
    reporter: Annotated[str, Field(alias="aanmelder")] = ""


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
