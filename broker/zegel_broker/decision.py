"""What the judge says: permitted, with rules and duties per category, or refused, with every reason and its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """One reason to refuse: names and codes of the convenant only, never a value of the message."""

    step: int  # 1-7, as in `evaluatie`
    rank: int  # place of the code within its step; the lowest (step, rank) is the main code
    code: str
    rules: tuple[str, ...] = ()  # the verbod, or the rules missed or failed; lowest id first
    articles: tuple[str, ...] = ()  # legal sources (ids of `grondslagen`)
    fields: tuple[str, ...] = ()  # fields of the declaration concerned, such as `asks.0` or `claims.period_months`
    remedy: str = ""  # code of what would change it; "" where nothing may be offered
    documents: tuple[str, ...] = ()  # documents of the convenant the rules stand in


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`permitted` means: the broker has no objection. The provider still decides."""

    permitted: bool
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # category -> every rule that permits it
    duties: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()  # main one first
    foreign: bool = False  # it holds a code the set in force does not know: keep only the hash of its bytes

    @property
    def code(self) -> str:
        """Return the main code of a refusal; "" when permitted."""
        return self.failures[0].code if self.failures else ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Return all codes, main one first, each once."""
        return tuple(dict.fromkeys(each.code for each in self.failures))

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Return the rules that permit it, or those the main code of the refusal is about; lowest first."""
        if self.permitted:
            return tuple(sorted({rule for rules in self.rules.values() for rule in rules}))
        return tuple(sorted({rule for each in self.failures if each.code == self.code for rule in each.rules}))
