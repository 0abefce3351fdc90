"""What can be under one regime, whatever the casus: who is ever bound together, which phases are reached, who supplies.

Days count here only as "is there a day on which": a pair of parties is bound when one day exists that all documents are
in force on and both have acceded to each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from zegel_broker.prepared import Prepared, prepare
from zegel_broker.supply import ONWARD_NEVER
from zegel_schemas.claims import CLAIMS_OF_KIND
from zegel_schemas.convenant import BSN, Category, Convenant, Kind, Regime


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The static side of one regime; `days` holds per party, as bits, the days on which it is bound."""

    convenant: Convenant
    regime: Regime
    prepared: Prepared
    phases: tuple[str, ...]
    days: dict[str, int]

    @classmethod
    def of(cls, convenant: Convenant, regime: Regime) -> "Reach":
        """Work out what can be under this regime."""
        return cls(
            convenant, regime, prepare(convenant), reached_phases(convenant, regime), _bound_days(convenant, regime)
        )

    def together(self, one: str, other: str) -> bool:
        """Say whether there is a day on which both are bound."""
        return bool(self.days[one] & self.days[other])

    def may_speak(self, party: str, kind: str) -> bool:
        """Say whether anybody may send this kind for this party, and whether the kind has a form at all."""
        roles = self.prepared.roles.get(party) or self.prepared.roles_by_kind.get(kind)
        return bool(roles) and kind in CLAIMS_OF_KIND

    def purposes_of(self, purposes: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
        """Return which of these can be open under this regime; kinds that follow closure need none open."""
        known = self.convenant.purposes.keys() if kind.afterwards else self.regime.purposes
        return tuple(name for name in purposes if name in known and name not in self.convenant.excluded_purposes)

    def phases_of(self, phases: tuple[str, ...], kind: Kind) -> tuple[str, ...]:
        """Return which of these a casus can be in; a closed one only for kinds that follow closure."""
        found = self.phases if "*" in phases else tuple(name for name in self.phases if name in phases)
        return tuple(name for name in found if kind.afterwards or not self.convenant.phases[name].final)

    def may_hold(self, name: str, category: Category, *, sender: str, recipient: str) -> bool:
        """Say whether the category is forbidden between these two for no reason of its own."""
        parties = self.convenant.parties
        if name in self.regime.forbidden or category.level == "X":
            return False
        return name != BSN or (parties[sender].citizen_number and parties[recipient].citizen_number)

    def supplies(self, name: str, category: Category, *, supplier: str, receiver: str) -> bool:
        """Say whether the supplier is a source, or may pass it on, and the receiver's ceiling holds the category."""
        return name in self.regime.ceilings[receiver] and (
            name in self.regime.sources[supplier] or self.passes_on(name, category, supplier)
        )

    def passes_on(self, name: str, category: Category, supplier: str) -> bool:
        """Say whether the supplier is no source, but a regie party that may pass it on."""
        return (
            name not in self.regime.sources[supplier]
            and supplier in self.prepared.directing
            and category.onward != ONWARD_NEVER
        )


def reached_phases(convenant: Convenant, regime: Regime) -> tuple[str, ...]:
    """Return the phases a casus of this regime can be in: its first one and all that `overgangen` lead to."""
    found = [regime.first_phase] if regime.first_phase in convenant.phases else list(convenant.phases)
    for phase in found:  # grows while it is read
        found += [step.to for step in regime.transitions if step.start == phase and step.to not in found]
    return tuple(name for name in convenant.phases if name in found)


def _bound_days(convenant: Convenant, regime: Regime) -> dict[str, int]:
    days = list(_days(regime))
    holding = sum(1 << place for place, day in enumerate(days) if all(each.holds(day) for each in regime.memberships))
    return {
        name: sum(
            1 << place
            for place, day in enumerate(days)
            if holding >> place & 1 and (party.external or all(each.binds(name, day) for each in regime.memberships))
        )
        for name, party in convenant.parties.items()
    }


def _days(regime: Regime) -> Iterator[date]:
    """Yield the days on which somebody's being bound can begin; between two of them nothing begins."""
    found = {each.start for each in regime.memberships}
    found |= {day for each in regime.memberships for days in each.acceded.values() for day in days}
    yield from sorted(found)
