"""Where a reason to refuse comes from: document, section of the convenant, and law, also when no rule is behind it."""

from collections.abc import Iterable, Mapping
from datetime import date

from zegel_broker.decision import Failure
from zegel_broker.message import Message
from zegel_schemas.convenant import Category, Convenant, Regime
from zegel_schemas.explanations import law_of

# code -> the section of the convenant it follows from
SECTIONS: Mapping[str, str] = {
    "ONGELDIG_BERICHT": "berichtsoorten",
    "ONBEKENDE_PARTIJ": "partijen",
    "AFZENDER_NIET_GEAUTHENTICEERD": "partijen.oin",
    "MEDEWERKER_NIET_BEVOEGD": "bevoegde_rollen",
    "CONVENANT_VERSIE": "versie",
    "CONVENANT_NIET_GELDIG": "geldigheid",
    "PARTIJ_NIET_TOEGETREDEN": "ondertekening",
    "AANVULLING_NIET_ONDERTEKEND": "ondertekening",
    "CASUS_ONBEKEND": "berichtsoorten.aanmelding",
    "TE_VEEL_BETROKKENEN": "max_betrokkenen",
    "DOEL_UITGESLOTEN": "uitgesloten_doelen",
    "DOEL_ONBEKEND": "doelen",
    "DOEL_NIET_IN_CASUS": "registraties.casusdoel",
    "ONBEKENDE_CATEGORIE": "categorieen",
    "VERBODEN_CATEGORIE": "categorieen",
    "NIET_DE_BRON": "partijen.bron",
    "BOVEN_PLAFOND": "partijen.plafond",
    "FASE_NIET_TOEGESTAAN": "fasen",
    "GEEN_REGEL": "regels",
}
_MEMBERSHIP = frozenset({"CONVENANT_NIET_GELDIG", "PARTIJ_NIET_TOEGETREDEN", "AANVULLING_NIET_ONDERTEKEND"})
_OF_CATEGORY = frozenset({"NIET_DE_BRON", "BOVEN_PLAFOND", "ONBEKENDE_CATEGORIE"})
_SPECIAL, _CRIMINAL = "AVG-9-1", "AVG-10"


def documents_of(
    failure: Failure, message: Message, *, regime: Regime | None, convenant: Convenant, day: date
) -> tuple[str, ...]:
    """Return the documents it stands in: of the rules, those not in force or not signed, else the base convenant."""
    if failure.documents:
        return failure.documents
    if failure.code in _MEMBERSHIP and regime is not None:
        ends = [name for name in (message.sender, *message.recipients) if name in convenant.parties]
        found = tuple(
            each.document
            for each in regime.memberships
            if not each.holds(day)
            or any(not convenant.parties[name].external and not each.binds(name, day) for name in ends)
        )
        if found:
            return found
    return tuple(each.name for each in convenant.documents if each.sort == "basisconvenant")


def law_behind(failure: Failure, message: Message, *, regime: Regime | None, convenant: Convenant) -> tuple[str, ...]:
    """Return the law behind it: of its rules or verbod, of category and ceiling, else what the code rests on."""
    if failure.articles:
        return failure.articles
    found: list[str] = []
    if failure.code in _OF_CATEGORY and regime is not None:
        for name in _categories(failure.fields, message):
            if name in regime.categories:
                found += _law_of_category(regime.categories[name])
            if failure.code == "BOVEN_PLAFOND":
                found += _law_of_ceilings(name, message, regime=regime, convenant=convenant)
    return tuple(dict.fromkeys((*found, *law_of(failure.code))))


def _categories(fields: Iterable[str], message: Message) -> Iterable[str]:
    """Yield the categories that these fields of the message name."""
    for field in fields:
        what, _, rest = field.partition(".")
        place = rest.partition(".")[0]
        if what == "asks" and place.isdigit() and int(place) < len(message.asks):
            yield message.asks[int(place)]
        elif what == "parts" and place.isdigit() and int(place) < len(message.parts):
            yield message.parts[int(place)].category


def _law_of_category(category: Category) -> tuple[str, ...]:
    special = category.article_9 or category.article_9_possible
    criminal = category.article_10 or category.article_10_possible
    return (*category.statutory, *((_SPECIAL,) if special else ()), *((_CRIMINAL,) if criminal else ()))


def _law_of_ceilings(name: str, message: Message, *, regime: Regime, convenant: Convenant) -> Iterable[str]:
    """Yield the ground of the task of whoever may not hold this category: the ceiling is drawn by that task."""
    for party in (message.sender, *message.recipients):
        if party in convenant.parties and name not in regime.ceilings[party]:
            yield convenant.parties[party].ground
