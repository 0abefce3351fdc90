"""A fixture of decision cases as the casus the judge knows; what a fact leaves out fits all: it is written out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from zegel_broker.cases.lists import Fixture, ends_of
from zegel_broker.cases.values import age_band, maybe_day, names, only
from zegel_broker.casus import Action, Casus, Person
from zegel_schemas.convenant import Convenant

FACT_KEYS = frozenset(
    {
        "regime", "fase", "doelen", "betrokkenen", "rollen", "overleg_betrokkene", "hits", "toestemmingen",
        "toestemmingen_extra", "verklaringen", "besluiten", "geinformeerd", "uitstel", "open_vragen", "eerdere_vragen",
        "plan", "instemmingen", "ots", "opschaling", "eerder_gedeeld", "zonder_toestemming", "gesloten_op",
        "spoed_eerder", "advies_gegeven", "afsluiting_verteld", "plan_besproken", "verplichtingen",
    }
)  # fmt: skip
_MINOR, _HOLDER = "minderjarige", "ouder_met_gezag"


def casus_of(facts: Mapping[str, Any], *, convenant: Convenant, day: date) -> Casus:
    """Return the casus these facts describe on this day; raise CaseError on a value that cannot be read."""
    people = _people(facts.get("betrokkenen") or {}, day)
    roles = {party: names(held) for party, held in (facts.get("rollen") or {}).items() if held}
    fixture = Fixture(facts, convenant, day, tuple(people), roles)
    plan = only(facts.get("plan") or {}, "vastgesteld", "acties")
    return Casus(
        id="case",
        regime=facts.get("regime", ""),
        phase=facts.get("fase", ""),
        purposes=frozenset(names(facts.get("doelen"))),
        subjects=people,
        roles=roles,
        partners=frozenset({*roles, *_exchanged(facts)}),
        opened=day,
        closed=maybe_day(facts.get("gesloten_op")),
        consultation=fixture.consultation(),
        hits=fixture.hits(),
        consents=fixture.consents(),
        statements=fixture.statements(),
        rulings=fixture.rulings(),
        without_consent=fixture.without_consent(),
        agreements=fixture.agreements(),
        questions=fixture.questions(),
        shared=fixture.shared(),
        plan_day=maybe_day(plan.get("vastgesteld")),
        actions={name: _action(each) for name, each in (plan.get("acties") or {}).items()},
        informed=fixture.days_of("geinformeerd"),
        plan_discussed=fixture.days_of("plan_besproken"),
        deferrals=fixture.deferrals(),
        supervisions=fixture.supervisions(),
        scaling=fixture.scaling(),
        advised=frozenset(names(facts.get("advies_gegeven"))),
        told_closing=frozenset(names(facts.get("afsluiting_verteld"))),
        emergencies=fixture.emergencies(),
        duties=fixture.duties(),
    )


def _people(written: Mapping[str, Any], day: date) -> dict[str, Person]:
    """`geboren` becomes an age band on the day; a minor's holders have that role, unless `gezag` names them."""
    holders = tuple(name for name, each in written.items() if each.get("rol") == _HOLDER)
    found = {}
    for name, each in written.items():
        only(each, "rol", "geboren", "gezag")
        born = maybe_day(each.get("geboren"))
        named = names(each.get("gezag")) if "gezag" in each else holders if each.get("rol") == _MINOR else ()
        found[name] = Person(each.get("rol", ""), age_band(born, day), day if born else None, named)
    return found


def _action(written: Mapping[str, Any]) -> Action:
    only(written, "soort", "houder", "samen_met", "datum", "status")
    return Action(
        written.get("soort", ""),
        written.get("houder", ""),
        names(written.get("samen_met")),
        maybe_day(written.get("datum")),
        written.get("status") or "",
    )


def _exchanged(facts: Mapping[str, Any]) -> set[str]:
    """Return the parties that exchanged something, as far as the facts name them."""
    written = [*(facts.get("open_vragen") or {}).values(), *(facts.get("eerdere_vragen") or ())]
    shared = [each for each in facts.get("eerder_gedeeld") or () if isinstance(each, Mapping)]
    return {party for each in (*written, *shared) for party in ends_of(each) if party}
