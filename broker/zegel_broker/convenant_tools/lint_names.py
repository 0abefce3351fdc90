"""Lint of names: what is never used, what nobody supplies, a duty nothing discharges, a phase nothing leaves."""

from collections.abc import Iterator, Mapping

from zegel_broker.convenant_tools.cells import Cells
from zegel_broker.convenant_tools.finding import Code, Finding
from zegel_broker.convenant_tools.reach import reached_phases
from zegel_broker.convenant_tools.spots import Spots
from zegel_broker.owing import FORGET
from zegel_schemas.convenant import Convenant

# Duties that hold for ever or that the broker does itself, and the one that a registration of its own ends.
_STANDING = frozenset({"geheimhouding", "niet_doorverstrekken", "verstrekker_beslist", "spoed_melden_fg"})
_BY_REGISTRATION = {"spoed_beoordelen": "spoed_beoordeeld"}
# What `voldaan_door` of a duty names -> the kinds of message or the registration that say so.
_ENDS: Mapping[str, frozenset[str]] = {
    "geinformeerd": frozenset({"melding_geinformeerd", "geinformeerd"}),
    "uitstel": frozenset({"uitstel_informeren"}),
    "voortgang": frozenset({"voortgang", "actieaanvaarding"}),
    "vernietiging": frozenset({"vernietiging"}),
}


def check_names(convenant: Convenant, cells: Cells, spots: Spots) -> Iterator[Finding]:
    """Yield remarks on names: nothing here keeps a convenant from working."""
    for section, name, english in _unused(convenant, cells):
        yield Finding(Code.UNUSED, spots.named(section, name, f"'{name}' wordt nergens gebruikt | {english}"))
    yield from _unsupplied(convenant, spots)
    yield from _undischarged(convenant, cells, spots)
    yield from _dead_ends(convenant, spots)


def _unused(convenant: Convenant, cells: Cells) -> Iterator[tuple[str, str, str]]:
    rules = convenant.rules
    parties = convenant.parties.values()
    grounds = {
        *(name for rule in rules for name in rule.grounds),
        *(name for each in convenant.prohibitions for name in each.law),
        *(name for each in convenant.categories.values() for name in each.statutory),
        *(name for party in parties for name in (*party.statutes, party.ground)),
    }
    used: tuple[tuple[str, Mapping[str, object], set[str]], ...] = (
        ("grondslagen", convenant.grounds, grounds),
        ("voorwaarden", convenant.conditions, _used_conditions(convenant)),
        ("verplichtingen", convenant.duties, {FORGET, *(name for rule in rules for name in rule.duties)}),
        ("berichtsoorten", convenant.kinds, {cell.kind for cell in cells.all}),
        ("doelen", convenant.purposes, {purpose for cell in cells.all for purpose, _ in cell.when}),
        ("partijen", convenant.parties, _taking_part(convenant, cells)),
    )
    for section, defined, names in used:
        for name in defined:
            if name not in names:
                yield section, name, "it is used nowhere"


def _used_conditions(convenant: Convenant) -> set[str]:
    """Return the conditions rules name; one that tests the correlation names the code of the check itself besides."""
    asked = {name for rule in convenant.rules for name in rule.conditions}
    return asked | {name for name, each in convenant.conditions.items() if each.test == "correlatie"}


def _taking_part(convenant: Convenant, cells: Cells) -> set[str]:
    """Return the parties that can say or hear anything while a casus is open."""
    alive = [cell for cell in cells.all if not convenant.kinds[cell.kind].afterwards]
    return {party for cell in alive for party in (cell.sender, cell.recipient)}


def _unsupplied(convenant: Convenant, spots: Spots) -> Iterator[Finding]:
    """A category that is not forbidden, and that no party is a source of under any regime."""
    for name, category in convenant.categories.items():
        sources = (name in own for regime in convenant.regimes.values() for own in regime.sources.values())
        if category.level != "X" and not any(sources):
            text = f"categorie {name}: geen partij is er bron van | no party is a source of it"
            yield Finding(Code.NO_SUPPLIER, spots.named("categorieen", name, text))


def _undischarged(convenant: Convenant, cells: Cells, spots: Spots) -> Iterator[Finding]:
    """A duty that no message of its regime, and no registration, can end."""
    known = {(cell.regime, cell.kind) for cell in cells.all}
    regimes = {rule.id: {cell.regime for cell in cells.of_rule(rule.id)} for rule in convenant.rules if rule.duties}
    for rule in convenant.rules:
        for duty in rule.duties:
            ends = _ends(convenant, duty)
            if duty in _STANDING or ends & convenant.registrations.keys():
                continue
            open_in = [name for name in sorted(regimes[rule.id]) if not any((name, kind) in known for kind in ends)]
            if open_in:
                text = (
                    f"regel {rule.id}: niets voldoet aan verplichting '{duty}' in {', '.join(open_in)} | "
                    "nothing discharges this duty there"
                )
                yield Finding(Code.NO_DISCHARGE, spots.rule(rule.id, text, "verplichtingen", duty))


def _ends(convenant: Convenant, duty: str) -> set[str]:
    """Return the kinds and registrations that end a duty, as `naleving` names them; none when it does not."""
    term = convenant.duty_terms.get(duty)
    named = term.discharged_by if term is not None else ()
    return {each for name in named for each in _ENDS[name]} | {_BY_REGISTRATION.get(duty, "")}


def _dead_ends(convenant: Convenant, spots: Spots) -> Iterator[Finding]:
    """A phase a casus can come into and never leave, that is no end."""
    for regime in convenant.regimes.values():
        leaving = {step.start for step in regime.transitions}
        for name in reached_phases(convenant, regime):
            if name not in leaving and not convenant.phases[name].final:
                text = f"uit fase {name} van regime {regime.name} gaat geen overgang | no transition leaves this phase"
                yield Finding(Code.DEAD_END, spots.named("fasen", name, text))
