"""Who may speak under a rule: every sender and recipient it can join, with the categories that may pass between them.

Read from the documents as they are written, not from the judge's index; only what a casus must hold is left open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zegel_broker.message import ASSIGNMENT, DESTROYING
from zegel_schemas.convenant import BSN, EARLIER, PROCESS_CASUS, Convenant, Party, Regime, Rule
from zegel_schemas.convenant.documents import Supply

_ACTING = {"actie_past_bij_taak"}  # tests that need a task of the party that acts


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties, what the one may ask of the other, and what it may enclose or push."""

    sender: str
    recipient: str
    asked: tuple[str, ...]
    enclosed: tuple[str, ...]


@lru_cache(maxsize=4096)
def regimes_of(convenant: Convenant, rule_id: str) -> tuple[str, ...]:
    """Return the regimes a rule holds under: those it names and that of its own document; `*` is all of them."""
    own, rule = next(
        (document.regime, rule) for document in convenant.documents for rule in document.rules if rule.id == rule_id
    )
    names = tuple(document.regime for document in convenant.documents)
    return names if "*" in rule.regimes else (own, *(name for name in rule.regimes if name != own))


@lru_cache(maxsize=4096)
def pairs_of(convenant: Convenant, rule_id: str, kind: str, regime: str) -> tuple[Pair, ...]:
    """Return every pair this rule can join for this kind under this regime."""
    rule = next(rule for rule in convenant.rules if rule.id == rule_id)
    known = convenant.kinds[kind]
    found = []
    for sender in _meant(convenant, rule.senders, afterwards=known.afterwards):
        for recipient in _meant(convenant, rule.recipients, afterwards=known.afterwards):
            if sender == recipient or sender in rule.except_senders:
                continue
            pair = _pair(convenant, convenant.regimes[regime], rule, kind, sender, recipient)
            if pair is not None:
                found.append(pair)
    return tuple(found)


def _meant(convenant: Convenant, written: Sequence[str], *, afterwards: bool) -> list[str]:
    """Return the parties an entry can mean; a @token can mean any party that is not external."""
    everybody = [name for name, party in convenant.parties.items() if afterwards or not party.external]
    found: dict[str, None] = {}
    for entry in written:
        if entry == "*" or entry.startswith("@"):
            found |= dict.fromkeys(everybody)
        elif entry.startswith("sector:"):
            found |= {name: None for name in everybody if convenant.parties[name].sector == entry[7:]}
        else:
            found[entry] = None
    return list(found)


def _pair(convenant: Convenant, regime: Regime, rule: Rule, kind: str, sender: str, recipient: str) -> Pair | None:
    tests = {convenant.conditions[name].test for name in rule.conditions}
    acting = recipient if kind == ASSIGNMENT else sender
    if tests & _ACTING and not convenant.parties[acting].tasks:
        return None
    known = convenant.kinds[kind]
    question = known.question and kind != ASSIGNMENT
    names = [
        name
        for name in _categories(regime, rule)
        if name != BSN or (convenant.parties[sender].citizen_number and convenant.parties[recipient].citizen_number)
    ]
    askable = [name for name in names if not regime.categories[name].enclosable] if question else []
    asked = tuple(name for name in askable if _passes(convenant, regime, name, recipient, sender))
    pushed = [name for name in names if name not in askable] if question else names
    if kind == DESTROYING:
        asked, pushed = tuple(name for name in names if name != PROCESS_CASUS), [PROCESS_CASUS]
    enclosed = tuple(name for name in pushed if known.afterwards or _passes(convenant, regime, name, sender, recipient))
    if not asked and (question or not enclosed):
        return None
    return Pair(sender, recipient, asked, enclosed)


def _categories(regime: Regime, rule: Rule) -> list[str]:
    allowed = [name for name in regime.categories if name not in regime.forbidden]
    if EARLIER in rule.categories:
        return allowed
    return [name for name in rule.categories if name in allowed]


def _passes(convenant: Convenant, regime: Regime, name: str, supplier: str, receiver: str) -> bool:
    """Say whether the category may go from the one to the other (step 5)."""
    onward = convenant.parties[supplier].directs and regime.categories[name].onward != "nooit"
    return (name in supply(convenant, regime.name, supplier, "bron") or onward) and name in supply(
        convenant, regime.name, receiver, "plafond"
    )


@lru_cache(maxsize=4096)
def supply(convenant: Convenant, regime: str, party: str, what: str) -> frozenset[str]:
    """Return what a party is a source of (`bron`) or may receive (`plafond`), as the documents say it."""

    def of(each: Supply | Party) -> Iterable[str]:
        return each.source if what == "bron" else each.ceiling

    found: set[str] = set(of(convenant.parties[party]))
    for document in convenant.documents:
        found.update(of(document.party_base))
        if document.regime == regime and party in document.adds.supply:
            found.update(of(document.adds.supply[party]))
    return frozenset(found)
