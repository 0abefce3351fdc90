"""A convenant ready to decide by: all its documents together, checked, with its regimes and the index of its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from zegel_schemas.convenant.documents import (
    Category,
    Condition,
    Document,
    DutyTerm,
    ExcludedPurpose,
    Kind,
    LegalGround,
    Party,
    Phase,
    Prohibition,
    Purpose,
    RegistrationRule,
    Rule,
    Transition,
)
from zegel_schemas.convenant.faults import Fault
from zegel_schemas.convenant.index import RuleIndex, build_index
from zegel_schemas.convenant.reading import Tree
from zegel_schemas.convenant.regimes import Regime, build_regime

BSN = "bsn"  # the category that needs a legal ground on both sides (UAVG 46)
PROCESS_CASUS = "proces_casus"  # may come along with any answer


class Named(NamedTuple):
    """A document as the root's statement names it: name, version, hash of the file it stands in (b64u)."""

    document: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Convenant:
    """One set of documents in force. Immutable; two of them are the same only if they are the same object or digest."""

    digest: str  # b64u, 43 characters, over `named`; see `loading.py`
    named: tuple[Named, ...]
    documents: tuple[Document, ...]
    grounds: Mapping[str, LegalGround]
    purposes: Mapping[str, Purpose]
    excluded_purposes: Mapping[str, ExcludedPurpose]
    categories: Mapping[str, Category]
    phases: Mapping[str, Phase]
    transitions: tuple[Transition, ...]
    kinds: Mapping[str, Kind]
    parties: Mapping[str, Party]
    conditions: Mapping[str, Condition]
    duties: Mapping[str, str]
    duties_always: tuple[str, ...]
    duty_terms: Mapping[str, DutyTerm]
    registrations: Mapping[str, RegistrationRule]
    prohibitions: tuple[Prohibition, ...]
    mandated_roles: Mapping[str, tuple[str, ...]]
    domains: frozenset[str]  # leefgebieden
    max_subjects: int
    rank: Mapping[str, tuple[int, int]]  # code -> (step, place within it)
    regimes: Mapping[str, Regime]
    index: RuleIndex
    remarks: tuple[Fault, ...] = ()  # what was read all the same, but should be mended
    trees: tuple[Tree, ...] = field(default=(), repr=False)  # as written, for explanations and variants

    def regime(self, name: str) -> Regime:
        """Return the regime of this name, in upper or lower case; raise KeyError when there is none."""
        return self.regimes[name] if name in self.regimes else self._by_code()[name]

    def _by_code(self) -> dict[str, Regime]:
        return {name.lower(): regime for name, regime in self.regimes.items()}

    @property
    def base_regime(self) -> Regime:
        """Return the regime of the base convenant: the one a report opens a casus under."""
        return next(self.regimes[each.regime] for each in self.documents if each.sort == "basisconvenant")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return all rules of all documents, in order of id."""
        return self.index.rules

    @property
    def codes(self) -> tuple[str, ...]:
        """Return every code a decision may carry, in the order in which they count."""
        return tuple(sorted(self.rank, key=lambda code: self.rank[code]))


def compile_documents(
    documents: Iterable[Document],
    *,
    digest: str,
    named: Iterable[Named] = (),
    remarks: Iterable[Fault] = (),
    trees: Iterable[Tree] = (),
) -> Convenant:
    """Return the convenant these faultless documents make."""
    found = tuple(documents)
    by_name = {document.name: document for document in found}
    parties = {name: each for document in found for name, each in document.parties.items()}
    phases = {name: each for document in found for name, each in (document.phases | document.adds.phases).items()}
    regimes = {document.regime: build_regime(document.regime, by_name) for document in found}
    steps = [step for document in found for step in document.evaluation]
    return Convenant(
        digest=digest,
        named=tuple(named),
        documents=found,
        grounds={name: each for document in found for name, each in document.grounds.items()},
        purposes={
            name: each for document in found for name, each in (document.purposes | document.adds.purposes).items()
        },
        excluded_purposes={name: each for document in found for name, each in document.excluded_purposes.items()},
        categories={
            name: each for document in found for name, each in (document.categories | document.adds.categories).items()
        },
        phases=phases,
        transitions=tuple(each for document in found for each in (*document.transitions, *document.adds.transitions)),
        kinds={name: each for document in found for name, each in (document.kinds | document.adds.kinds).items()},
        parties=parties,
        conditions={
            name: each for document in found for name, each in (document.conditions | document.adds.conditions).items()
        },
        duties={name: each for document in found for name, each in document.duties.items()},
        duty_terms={name: each for document in found for name, each in document.duty_terms.items()},
        duties_always=tuple(each for document in found for each in document.duties_always),
        registrations={name: each for document in found for name, each in document.registrations.items()},
        prohibitions=tuple(
            each for document in found for each in (*document.prohibitions, *document.prohibitions_extra)
        ),
        mandated_roles={name: each for document in found for name, each in document.mandated_roles.items()},
        domains=frozenset(
            each for document in found if document.casus_criteria for each in document.casus_criteria.domains
        ),
        max_subjects=min((each.max_subjects for each in found if each.max_subjects is not None), default=0),
        rank={code: (step.number, place) for step in steps for place, code in enumerate(step.codes)},
        regimes=regimes,
        index=build_index(
            ((document.name, document.regime, rule) for document in found for rule in document.rules),
            parties=parties,
            phases=phases,
            regimes=regimes,
        ),
        remarks=tuple(remarks),
        trees=tuple(trees),
    )
