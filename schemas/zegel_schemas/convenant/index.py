"""The rules as bit sets: one bit per rule, one whole number per value of each dimension; candidates are their AND.

Bit i is the i-th rule in order of id, so the lowest bit is the lowest id. Built once; deciding is arithmetic.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from zegel_schemas.convenant.documents import Party, Rule

ANYONE = "*"  # every acceded party; an extern one matches only by name, or in kinds that follow closure
EARLIER = "@eerder_gedeeld"  # categories shared earlier between these two about these subjects
INVOLVED, REPORTER, HOLDER, ASKER = "@betrokken", "@aanmelder", "@actiehouder", "@vrager"
ROLE_OF_TOKEN = {REPORTER: "aanmelder", HOLDER: "actiehouder"}  # INVOLVED = any role; ASKER is no role but a question
SECTOR = "sector:"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the rules, `van` or `aan`: by party name (also through its sector or `*`), and by each @token."""

    named: Mapping[str, int]
    afterwards: Mapping[str, int]  # the same for kinds that follow closure, where `*` holds an extern party too
    literal: Mapping[str, int]  # by its own name only
    tokens: Mapping[str, int]
    excepted: Mapping[str, int]  # rules that leave this party out (`behalve_van`)
    external: frozenset[str]  # parties no @token stands for, whatever their role, but in kinds that follow closure

    def statically(self, party: str, *, afterwards: bool) -> int:
        """Return the rules this party fits as far as it can be known without a casus: any @token fits."""
        if party in self.external and not afterwards:
            return self.named.get(party, 0)
        named = (self.afterwards if afterwards else self.named).get(party, 0)
        return (named | self.any_token) & ~self.excepted.get(party, 0)

    @property
    def any_token(self) -> int:
        """Return the rules that name a @token on this side."""
        found = 0
        for bits in self.tokens.values():
            found |= bits
        return found


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """All rules, and for every value of a dimension the rules that fit it. Unknown values are absent: no rule."""

    rules: tuple[Rule, ...]
    documents: tuple[str, ...]  # of each rule, the document it stands in
    every: int
    kind: Mapping[str, int]
    phase: Mapping[str, int]
    purpose: Mapping[str, int]
    category: Mapping[str, int]
    earlier: int  # rules for what was shared before
    regime: Mapping[str, int]
    senders: Side
    recipients: Side
    without_role: int
    emergency: int  # rules that are tried only when the message declares an emergency

    def ids(self, bits: int) -> tuple[str, ...]:
        """Return the ids of these rules, lowest first."""
        return tuple(self.rules[place].id for place in places(bits))

    def bit(self, rule_id: str) -> int:
        """Return the bit of this rule; 0 when there is none by that id."""
        return next((1 << place for place, rule in enumerate(self.rules) if rule.id == rule_id), 0)


def places(bits: int) -> list[int]:
    """Return the places of the bits that are set, lowest first."""
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found


def build_index(
    rules: Iterable[tuple[str, str, Rule]],
    *,
    parties: Mapping[str, Party],
    phases: Iterable[str],
    regimes: Iterable[str],
) -> RuleIndex:
    """Return the index of these rules, each given with the name of its document and of that document's regime."""
    ordered = sorted(rules, key=lambda each: each[2].id)
    only = tuple(rule for _, _, rule in ordered)
    regime: dict[str, int] = dict.fromkeys(regimes, 0)
    for place, (_, own, rule) in enumerate(ordered):
        for name in regime if ANYONE in rule.regimes else (*rule.regimes, own):
            regime[name] = regime.get(name, 0) | 1 << place
    by_phase = _gather(only, lambda rule: rule.phases)
    everywhere = by_phase.pop(ANYONE, 0)
    by_category = _gather(only, lambda rule: rule.categories)
    return RuleIndex(
        rules=only,
        documents=tuple(document for document, _, _ in ordered),
        every=(1 << len(only)) - 1,
        kind=_gather(only, lambda rule: rule.kinds),
        phase={name: by_phase.get(name, 0) | everywhere for name in (*phases, *by_phase)},
        purpose=_gather(only, lambda rule: rule.purposes),
        earlier=by_category.pop(EARLIER, 0),
        category=by_category,
        regime=regime,
        senders=_side(only, lambda rule: rule.senders, lambda rule: rule.except_senders, parties),
        recipients=_side(only, lambda rule: rule.recipients, lambda _: (), parties),
        without_role=sum(1 << place for place, rule in enumerate(only) if rule.without_role),
        emergency=sum(1 << place for place, rule in enumerate(only) if rule.emergency_of),
    )


def _gather(rules: Iterable[Rule], values: Callable[[Rule], Iterable[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, rule in enumerate(rules):
        for value in values(rule):
            found[value] = found.get(value, 0) | 1 << place
    return found


def _side(
    rules: tuple[Rule, ...],
    values: Callable[[Rule], Iterable[str]],
    exceptions: Callable[[Rule], Iterable[str]],
    parties: Mapping[str, Party],
) -> Side:
    bits = _gather(rules, values)
    anyone = bits.get(ANYONE, 0)
    literal = {name: bits.get(name, 0) for name in parties}
    grouped = {name: literal[name] | bits.get(SECTOR + party.sector, 0) for name, party in parties.items()}
    excepted = _gather(rules, exceptions)
    out = {name: ~excepted.get(name, 0) for name in parties}
    return Side(
        named={
            name: (literal[name] if party.external else grouped[name] | anyone) & out[name]
            for name, party in parties.items()
        },
        afterwards={name: (grouped[name] | anyone) & out[name] for name in parties},
        literal={name: literal[name] & out[name] for name in parties},
        tokens={token: found for token, found in bits.items() if token.startswith("@")},
        excepted=excepted,
        external=frozenset(name for name, party in parties.items() if party.external),
    )
