"""The nearest rules: which rules nearly fit one category of a message, and in what they differ, by the index."""

from collections.abc import Iterator
from dataclasses import dataclass

from zegel_schemas.convenant import Convenant, places

# What a rule can miss, in the words of its keys; `rol` when all else fits and only a role in the casus is missing.
KIND, SENDER, RECIPIENT, PHASE, PURPOSE, CATEGORY, REGIME, ROLE = (
    "soort",
    "van",
    "aan",
    "fasen",
    "doelen",
    "categorieen",
    "regimes",
    "rol",
)


@dataclass(frozen=True, slots=True, order=True)
class Near:
    """One rule that nearly fits, and the keys in which it does not."""

    distance: int
    rule: str
    misses: tuple[str, ...]


def nearest_rules(
    convenant: Convenant,
    *,
    kind: str,
    sender: str,
    recipient: str,
    phase: str,
    purpose: str,
    category: str,
    regime: str,
    among: int,
    furthest: int = 2,
    most: int = 3,
) -> tuple[Near, ...]:
    """Return at most `most` rules of `among` (bits) that differ in at most `furthest` keys, nearest first.

    A rule at distance 0 fits in everything the convenant says: what it misses is a role.
    """
    known = convenant.kinds.get(kind)
    afterwards = known is not None and known.afterwards
    index = convenant.index
    fitting = {
        KIND: index.kind.get(kind, 0),
        SENDER: index.senders.statically(sender, afterwards=afterwards),
        RECIPIENT: index.recipients.statically(recipient, afterwards=afterwards),
        PHASE: index.phase.get(phase, 0),
        PURPOSE: index.purpose.get(purpose, 0),
        CATEGORY: index.category.get(category, 0) | index.earlier,
        REGIME: index.regime.get(regime, 0),
    }
    found = sorted(_measured(convenant, fitting, among))
    return tuple(each for each in found[:most] if each.distance <= furthest)


def _measured(convenant: Convenant, fitting: dict[str, int], among: int) -> Iterator[Near]:
    for place in places(among):
        misses = tuple(key for key, bits in fitting.items() if not bits >> place & 1)
        yield Near(len(misses), convenant.index.rules[place].id, misses or (ROLE,))
