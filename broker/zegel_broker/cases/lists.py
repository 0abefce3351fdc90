"""The lists of a fixture, one by one: hits, consents, questions and the rest, each as the fact the casus holds."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from zegel_broker.cases.messages import asked_of
from zegel_broker.cases.values import CaseError, as_day, length, maybe_day, names, only
from zegel_broker.casus import (
    Agreement,
    Consent,
    Consultation,
    Deferral,
    EmergencyUse,
    Owed,
    Question,
    Ruling,
    Scaling,
    Shared,
    Statement,
    Supervision,
    WithoutConsent,
)
from zegel_broker.message import ASSIGNMENT
from zegel_schemas.convenant import Convenant

_KNOWN = "bekend"
_STATUS = {"open": "open", "beantwoord": "answered", "geweigerd": "refused", "ingetrokken": "withdrawn"}


def ends_of(written: Mapping[str, Any]) -> tuple[str, str]:
    """Return between whom a question or a delivery went."""
    return written.get("van", ""), written.get("aan", "")


class Fixture:
    """Translates the lists of one fixture; `day` is the day of the message."""

    def __init__(
        self,
        facts: Mapping[str, Any],
        convenant: Convenant,
        day: date,
        people: tuple[str, ...],
        roles: Mapping[str, Any],
    ) -> None:
        self.facts = facts
        self.convenant = convenant
        self.day = day
        self.people = people
        self.parties = tuple(convenant.parties)
        self.roles = roles

    def _list(self, key: str, *allowed: str) -> Iterable[Mapping[str, Any]]:
        written = self.facts.get(key) or []
        for each in [written] if isinstance(written, Mapping) else written:
            if not isinstance(each, Mapping):
                raise CaseError(f"'{key}' is een lijst van blokken | '{key}' is a list of mappings")
            yield only(each, *allowed)

    def _subjects(self, each: Mapping[str, Any]) -> tuple[str, ...]:
        return names(each["betrokkenen"]) if "betrokkenen" in each else self.people

    def hits(self) -> dict[str, dict[str, date]]:
        """The newest hit of a party on a subject counts."""
        found: dict[str, dict[str, date]] = {}
        for each in self._list("hits", "partij", "datum", "uitkomst", "betrokkenen"):
            for party in _one_or_all(each, ("partij",), self.parties) if each.get("uitkomst") == _KNOWN else ():
                known = found.setdefault(party, {})
                for subject in self._subjects(each):
                    known[subject] = max(as_day(each["datum"]), known.get(subject, date.min))
        return found

    def consultation(self) -> Consultation | None:
        """Return what `overleg_betrokkene` says."""
        said = self.facts.get("overleg_betrokkene")
        if not said:
            return None
        only(said, "status", "datum", "grond", "toelichting")
        return Consultation(said.get("status") or "", said.get("grond") or "", length(said.get("toelichting")))

    def consents(self) -> tuple[Consent, ...]:
        """Return `toestemmingen` and `toestemmingen_extra` as one list."""
        keys = (
            "id", "persoon", "door", "verstrekker", "ontvangers", "categorieen", "datum", "uitdrukkelijk",
            "ingetrokken",
        )  # fmt: skip
        written = [*self._list("toestemmingen", *keys), *self._list("toestemmingen_extra", *keys)]
        return tuple(
            Consent(
                id=each.get("id", ""),
                subject=each["persoon"],
                given_by=names(each.get("door")),
                provider=each["verstrekker"],
                receivers=names(each.get("ontvangers")),
                categories=names(each.get("categorieen")),
                explicit=each.get("uitdrukkelijk") is True,
                day=as_day(each["datum"]),
                withdrawn=maybe_day(each.get("ingetrokken")),
            )
            for each in written
        )

    def statements(self) -> tuple[Statement, ...]:
        """Return `verklaringen`."""
        written = self._list("verklaringen", "id", "soort", "persoon", "partij", "categorieen", "datum", "ingetrokken")
        return tuple(
            Statement(
                statement=each["soort"],
                subject=each["persoon"],
                provider=each["partij"],
                categories=names(each.get("categorieen")),
                day=as_day(each["datum"]),
                withdrawn=maybe_day(each.get("ingetrokken")),
            )
            for each in written
        )

    def rulings(self) -> tuple[Ruling, ...]:
        """Return `besluiten`, standing ones among them."""
        written = self._list("besluiten", "soort", "id", "ontvangers", "categorieen", "doelen", "van", "tot", "akkoord")
        return tuple(
            Ruling(
                kind=each["soort"],
                id=each.get("id", ""),
                receivers=names(each.get("ontvangers")),
                categories=names(each.get("categorieen")),
                purposes=names(each.get("doelen")),
                start=as_day(each["van"]),
                until=as_day(each["tot"]),
                agreed=names(each.get("akkoord")),
            )
            for each in written
        )

    def without_consent(self) -> tuple[WithoutConsent, ...]:
        """Return `zonder_toestemming`; without a party it holds for whoever acts."""
        written = self._list(
            "zonder_toestemming", "id", "grond", "verstrekker", "categorieen", "besloten_door", "datum", "tot",
            "motivering", "betrokkenen", "partij", "van",
        )  # fmt: skip
        return tuple(
            WithoutConsent(
                party=party,
                ground=each.get("grond", ""),
                provider=each.get("verstrekker", ""),
                categories=names(each.get("categorieen")),
                subjects=self._subjects(each),
                decided_by=names(each.get("besloten_door")),
                motivation=length(each.get("motivering")),
                day=as_day(each["datum"]),
                until=as_day(each["tot"]),
            )
            for each in written
            for party in _one_or_all(each, ("partij", "van"), self.parties)
        )

    def agreements(self) -> tuple[Agreement, ...]:
        """Return `instemmingen`."""
        written = self._list("instemmingen", "id", "bron", "categorieen", "ontvangers", "betrokkenen", "datum")
        return tuple(
            Agreement(
                each["bron"],
                names(each.get("categorieen")),
                names(each.get("ontvangers")),
                names(each.get("betrokkenen")),
            )
            for each in written
        )

    def questions(self) -> dict[str, Question]:
        """Return `open_vragen` under their names, and `eerdere_vragen` under names of their own."""
        keys = ("soort", "van", "aan", "categorieen", "betrokkenen", "doel", "status", "datum", "fase", "actie")
        found = {}
        for name, each in (self.facts.get("open_vragen") or {}).items():
            only(each, *keys)
            found[name] = self._question(
                each, each.get("van", ""), status=_STATUS.get(each.get("status", "open"), "withdrawn")
            )
        for place, each in enumerate(self._list("eerdere_vragen", *keys)):
            for asker in _one_or_all(each, ("van",), self.parties):
                found[f"eerder-{place}-{asker}"] = self._question(each, asker, status="answered")
        return found

    def _question(self, each: Mapping[str, Any], asker: str, *, status: str) -> Question:
        categories, kind = names(each.get("categorieen")), each.get("soort", "")
        asks = asked_of(kind, categories, self.convenant) if kind and kind != ASSIGNMENT else categories
        return Question(
            kind=kind,
            asker=asker,
            addressee=each.get("aan", ""),
            asks=asks,
            rest=asks if status == "open" else (),
            subjects=self._subjects(each),
            purpose=each.get("doel", ""),
            phase=each.get("fase") or self.facts.get("fase", ""),
            day=maybe_day(each.get("datum")),
            status=status,
            action=each.get("actie") or "",
        )

    def shared(self) -> tuple[Shared, ...]:
        """A bare category was shared between a regie party and its source; a block says between whom and about whom."""
        found: list[Shared] = []
        for each in self.facts.get("eerder_gedeeld") or ():
            if isinstance(each, str):
                found += self._shared_with_source(each)
                continue
            only(each, "van", "aan", "categorieen", "categorie", "betrokkenen", "datum")
            categories = (*names(each.get("categorieen")), *names(each.get("categorie")))
            found.append(
                Shared(*ends_of(each), categories, self._subjects(each), maybe_day(each.get("datum")) or self.day)
            )
        return tuple(found)

    def _shared_with_source(self, category: str) -> list[Shared]:
        regime = self.convenant.regimes.get(self.facts.get("regime", ""))
        sources = [party for party, own in (regime.sources if regime else {}).items() if category in own]
        directing = [name for name, party in self.convenant.parties.items() if party.directs]
        return [
            Shared(source, party, (category,), self.people, self.day)
            for party in directing
            for source in sources
            if source != party
        ]

    def days_of(self, key: str) -> dict[str, date]:
        """Return who was informed (`geinformeerd`), or spoken to about the plan, and when; a bare day: everybody."""
        written = self.facts.get(key)
        if isinstance(written, date):
            return dict.fromkeys(self.people, written)
        each_day: dict[str, date] = {}
        for each in self._list(key, "datum", "betrokkenen", "door"):
            each_day |= dict.fromkeys(self._subjects(each), as_day(each["datum"]))
        return each_day

    def duties(self) -> tuple[Owed, ...]:
        """Return `verplichtingen`: who owes what since when; whether it is late follows from the day of the message."""
        keys = ("soort", "houder", "sinds", "betrokkenen", "categorieen", "actie", "uiterlijk")
        return tuple(
            Owed(
                kind=each["soort"],
                holder=each["houder"],
                day=as_day(each["sinds"]),
                subjects=self._subjects(each),
                categories=names(each.get("categorieen")),
                action=each.get("actie") or "",
                due=maybe_day(each.get("uiterlijk")),
            )
            for each in self._list("verplichtingen", *keys)
        )

    def deferrals(self) -> tuple[Deferral, ...]:
        """Return `uitstel`, per person."""
        return tuple(
            Deferral(subject, each.get("grond", ""), as_day(each["tot"]), maybe_day(each.get("datum")) or date.min)
            for each in self._list("uitstel", "grond", "tot", "datum", "betrokkenen")
            for subject in self._subjects(each)
        )

    def supervisions(self) -> tuple[Supervision, ...]:
        """Return `ots`."""
        return tuple(
            Supervision(each["kind"], each["uitvoerder"], as_day(each["van"]), as_day(each["tot"]))
            for each in self._list("ots", "kind", "uitvoerder", "van", "tot")
        )

    def emergencies(self) -> tuple[EmergencyUse, ...]:
        """Return `spoed_eerder`: who used break-glass before, and whether that was reviewed."""
        keys = ("id", "partij", "medewerker", "tweede", "datum", "beoordeeld", "bevinding")
        return tuple(
            EmergencyUse(
                use=each.get("id") or f"spoed-{place}",
                party=each["partij"],
                casus="",  # another one than any message's: never the same use
                reason="",
                person=each.get("medewerker", ""),
                second=each.get("tweede", ""),
                until=0,
                day=as_day(each["datum"]),
                reviewed=maybe_day(each.get("beoordeeld")),
                finding=each.get("bevinding") or "",
            )
            for place, each in enumerate(self._list("spoed_eerder", *keys))
        )

    def scaling(self) -> Scaling | None:
        """Return `opschaling`."""
        written = self.facts.get("opschaling")
        if not written:
            return None
        only(written, "domeinen", "stagnatie")
        return Scaling(names(written.get("domeinen")), written.get("stagnatie") is True)


def _one_or_all(each: Mapping[str, Any], keys: tuple[str, ...], everyone: tuple[str, ...]) -> tuple[str, ...]:
    named = [each[key] for key in keys if key in each]
    return tuple(named[:1]) or everyone
