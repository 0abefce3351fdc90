"""What a convenant permits, asks and forbids, as it is written: rules, conditions, verboden, registrations, duties."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from zegel_schemas.convenant.written import Amount, FaultCode, Names, RuleId, Text, Written

Level = Literal[0, 1, 2, 3, "X"]  # 0 process, 1 ordinary, 2 sensitive, 3 special or criminal, X forbidden


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
