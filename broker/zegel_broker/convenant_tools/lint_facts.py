"""Lint of parties and phases: sources and ceilings no rule uses, and what a step between phases requires in vain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zegel_broker.convenant_tools.cells import Cells
from zegel_broker.convenant_tools.finding import Code, Finding
from zegel_broker.convenant_tools.spots import Spots
from zegel_schemas.convenant import Convenant, Document, Fault
from zegel_schemas.convenant.reading import Path

_ALWAYS = "aanmelding_ontvangen"  # a casus comes about by a report or by being opened, and by nothing else


def check_facts(convenant: Convenant, cells: Cells, spots: Spots) -> Iterator[Finding]:
    """Yield an error per requirement that always holds, and a remark per source or ceiling that decides nothing."""
    for fault in _idle_requirements(spots):
        yield Finding(Code.IDLE_CONDITION, fault)
    for fault in _idle_supply(convenant, cells, spots):
        yield Finding(Code.IDLE_VALUE, fault)


def _idle_requirements(spots: Spots) -> Iterator[Fault]:
    for tree, path in spots.every("overgangen"):
        written = tree.value
        for key in path:
            written = written[key]
        for place, step in enumerate(written):
            if _ALWAYS in step["vereist"]:
                yield tree.fault(
                    (*path, place, "vereist"),
                    f"overgang {step['van']} -> {step['naar']}: '{_ALWAYS}' beslist nooit: anders was er geen casus | "
                    "it never decides: without it there is no casus",
                )


@dataclass(frozen=True, slots=True)
class _Supply:
    """One list of a party, `bron` or `plafond`: its place, what holds for everybody already, and where it holds."""

    path: Path
    party: str
    key: str
    values: tuple[str, ...]
    known: tuple[str, ...]
    regimes: Iterable[str]


def _idle_supply(convenant: Convenant, cells: Cells, spots: Spots) -> Iterator[Fault]:
    """Taken away, each of these would change what no message is permitted: no rule brings it to or from the party."""
    used = _used(convenant, cells)
    for document, tree in spots.pairs:
        for each in _lists(convenant, document):
            for place, name in enumerate(each.values):
                known = name in each.known
                if known or not any((each.key, regime, each.party, name) in used for regime in each.regimes):
                    why = "staat al in partij_basis | it stands there already" if known else "geen regel gebruikt dit"
                    why += "" if known else " | no rule uses it"
                    yield tree.fault((*each.path, each.key, place), f"{each.party}, {each.key} '{name}': {why}")


def _lists(convenant: Convenant, document: Document) -> Iterator[_Supply]:
    base = document.party_base
    for name, party in document.parties.items():
        path: Path = ("partijen", name)
        yield _Supply(path, name, "bron", party.source, base.source, convenant.regimes)
        yield _Supply(path, name, "plafond", party.ceiling, base.ceiling, convenant.regimes)
    for name, more in document.adds.supply.items():
        path = ("toevoegen", "partij_aanpassing", name)
        yield _Supply(path, name, "bron", more.source, (), (document.regime,))
        yield _Supply(path, name, "plafond", more.ceiling, (), (document.regime,))


def _used(convenant: Convenant, cells: Cells) -> set[tuple[str, str, str, str]]:
    """Return (key, regime, party, category) of all that passes while a casus is open; after it neither is looked at."""
    found = set()
    for cell in cells.all:
        kind = convenant.kinds[cell.kind]
        if not kind.afterwards:
            asked = cell.asked and kind.question
            ends = (cell.recipient, cell.sender) if asked else (cell.sender, cell.recipient)
            found.add(("bron", cell.regime, ends[0], cell.category))
            found.add(("plafond", cell.regime, ends[1], cell.category))
    return found
