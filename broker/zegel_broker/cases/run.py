"""Decision cases (`beslisgevallen`): facts and a message in, the expected decision out, by the very judge that runs.

A jurist writes them; `facts.py` and `messages.py` translate. Maps merge, lists replace, null removes, `x_plus`
appends to `x`. A key nobody knows is an error, so a typo never makes a case pass.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from zegel_broker.cases.facts import FACT_KEYS, casus_of
from zegel_broker.cases.formats import FORMATS, Format
from zegel_broker.cases.messages import MESSAGE_KEYS, message_of
from zegel_broker.cases.values import CaseError, as_day, known_keys, merge
from zegel_broker.casus import Casus, Standing
from zegel_broker.decision import Decision
from zegel_broker.judge import judge
from zegel_broker.message import Message
from zegel_schemas.convenant import Convenant, ConvenantInvalid, Fault, amend_convenant
from zegel_schemas.convenant.reading import Tree, read_documents

_MORE = (
    "decision-cases-regels.yaml",
    "decision-cases-partijen.yaml",
    "decision-cases-registraties.yaml",
    "decision-cases-spoed.yaml",
    "decision-cases-spoedregels.yaml",
)  # beside it
PERMIT, REFUSE = "toestaan", "weigeren"

_FILE_KEYS = frozenset({"schema", "convenant", "standaard", "casussen", "gevallen"})
_CASE_KEYS = frozenset(
    {"id", "titel", "casus", "casus_wijziging", "convenant_wijziging", "bericht", "verwacht", "waarom"}
)
_EXPECTED_KEYS = frozenset({"besluit", "code", "regel", "verplichtingen"})
_ALL_KEYS = _FILE_KEYS | _CASE_KEYS | _EXPECTED_KEYS | FACT_KEYS | MESSAGE_KEYS


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: what it expects, what the judge said, and what differs ("" = it passed)."""

    id: str
    title: str
    expected: str
    got: str
    differs: str
    decision: Decision

    @property
    def passed(self) -> bool:
        """Say whether the decision was the one expected."""
        return not self.differs


@dataclass(frozen=True, slots=True)
class Situation:
    """What the judge is given to decide a case."""

    message: Message
    casus: Casus | None
    convenant: Convenant
    day: date


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it is written, with its fixture worked out."""

    written: Mapping[str, Any]
    facts: Mapping[str, Any] | None
    standard: Mapping[str, Any]
    line: int = 1  # of its file, where the case begins

    def situation(self, convenant: Convenant) -> Situation:
        """Return what is judged; raise CaseError or KeyError on a value that cannot be."""
        changed = self.written.get("convenant_wijziging")
        if changed:
            convenant = _variant(convenant, changed)
        said = merge(self.standard, self.written["bericht"])
        day = as_day(said["datum"])
        casus = casus_of(self.facts, convenant=convenant, day=day) if self.facts is not None else None
        message = message_of(said, facts=self.facts, convenant=convenant, day=day)
        return Situation(message, casus, convenant, day)

    def decide(self, convenant: Convenant) -> CaseResult:
        """Let the judge decide and compare."""
        found = self.situation(convenant)
        decision = judge(found.message, found.casus, Standing(), found.convenant, found.day)
        return _compare(self.written, decision, found.convenant)


def shipped_cases() -> Path:
    """Return the path of the cases that were given with the shipped convenant."""
    return Path(str(files("zegel_schemas").joinpath("convenants", "decision-cases.yaml")))


def shipped_case_files() -> tuple[Path, ...]:
    """Return the paths of all files of cases that come with the shipped convenant, the given one first."""
    return (shipped_cases(), *(shipped_cases().with_name(name) for name in _MORE))


def run_cases(path: Path, convenant: Convenant) -> list[CaseResult]:
    """Run every case in this file; raise ConvenantInvalid with every fault when the file is no file of cases."""
    return [case.decide(convenant) for case in read_cases(path.read_bytes(), file=path.name, convenant=convenant)]


def report(results: Iterable[CaseResult]) -> tuple[list[str], int]:
    """Return the lines to print, the last one `N passed, M failed`, and the exit code: 1 when any failed."""
    every = list(results)
    failed = [each for each in every if not each.passed]
    lines = [f"{each.id} {each.title}: verwacht {each.expected}, kreeg {each.got} ({each.differs})" for each in failed]
    return [*lines, f"{len(every) - len(failed)} passed, {len(failed)} failed"], 1 if failed else 0


def read_cases(data: bytes, *, file: str, convenant: Convenant) -> list[Case]:
    """Return the cases in a text; raise ConvenantInvalid with every fault, each with its line."""
    trees, faults = read_documents(data.decode("utf-8", errors="replace"), file=file, keys=_ALL_KEYS)
    cases: list[Case] = []
    for tree in trees:
        cases += _cases_of(tree, faults, convenant)
    if not faults and not cases:
        faults.append(Fault(file, 1, "hier staan geen gevallen | there are no cases here"))
    if faults:
        raise ConvenantInvalid(faults)
    return cases


def _cases_of(tree: Tree, faults: list[Fault], convenant: Convenant) -> list[Case]:
    if not isinstance(tree.value, dict) or tree.value.get("schema") not in FORMATS:
        first = f"schema: {next(iter(FORMATS))}"
        faults.append(tree.fault((), f"het eerste woord is '{first}' | it begins with '{first}'"))
        return []
    whole = tree.value
    faults += [tree.fault((key,), text) for key, text in known_keys(whole, _FILE_KEYS)]
    standard, form = whole.get("standaard") or {}, FORMATS[whole["schema"]]
    faults += [tree.fault(("standaard", key), text) for key, text in known_keys(standard, form.message)]
    fixtures = _fixtures(tree, faults, form)
    found: list[Case] = []
    names: set[str] = set()
    for place, written in enumerate(whole.get("gevallen") or ()):
        path = ("gevallen", place)
        before = len(faults)
        _check_case(tree, faults, path, written, fixtures, form)
        if len(faults) > before:
            continue
        if written["id"] in names:
            faults.append(tree.fault((*path, "id"), f"'{written['id']}' staat er twee keer | it stands there twice"))
        names.add(written["id"])
        facts = fixtures[written["casus"]] if written.get("casus") else None
        if facts is not None:
            facts = merge(facts, written.get("casus_wijziging") or {})
        case = Case(written, facts, standard, line=tree.line(path))
        try:
            case.decide(convenant)  # a case that cannot be built is a fault of the file, with its line
        except CaseError as error:
            faults.append(tree.fault(path, f"{written['id']}: {error}"))
        except KeyError as error:
            faults.append(tree.fault(path, f"{written['id']}: {error} ontbreekt of is er niet | is missing or unknown"))
        except ConvenantInvalid as error:
            faults += [tree.fault((*path, "convenant_wijziging"), each.text) for each in error.faults]
        else:
            found.append(case)
    return found


def _fixtures(tree: Tree, faults: list[Fault], form: Format) -> dict[str, Mapping[str, Any]]:
    """Return the facts of each fixture, laid over those of its `basis`."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, written in (tree.value.get("casussen") or {}).items():
        path = ("casussen", name)
        faults += [tree.fault((*path, key), text) for key, text in known_keys(written, form.facts | {"basis"})]
        base = written.get("basis")
        if base is not None and base not in found:
            text = f"basis '{base}' staat niet hierboven | basis '{base}' is not defined above"
            faults.append(tree.fault((*path, "basis"), text))
            continue
        own = {key: value for key, value in written.items() if key != "basis"}
        found[name] = merge(found[base] if base else {}, own)
    return found


def _check_case(
    tree: Tree,
    faults: list[Fault],
    path: tuple[str | int, ...],
    written: Mapping[str, Any],
    fixtures: Mapping[str, Any],
    form: Format,
) -> None:
    faults += [tree.fault((*path, key), text) for key, text in known_keys(written, _CASE_KEYS)]
    for key in ("id", "bericht", "verwacht"):
        if key not in written:
            faults.append(tree.fault(path, f"'{key}' ontbreekt | '{key}' is missing"))
    for key, allowed in (("bericht", form.message), ("verwacht", _EXPECTED_KEYS), ("casus_wijziging", form.facts)):
        inner = written.get(key) or {}
        faults += [tree.fault((*path, key, each), text) for each, text in known_keys(inner, allowed)]
    if written.get("casus") and written["casus"] not in fixtures:
        faults.append(tree.fault((*path, "casus"), f"casus '{written['casus']}' is er niet | there is no such fixture"))
    if (written.get("verwacht") or {}).get("besluit") not in {PERMIT, REFUSE}:
        faults.append(tree.fault((*path, "verwacht"), f"besluit is {PERMIT} of {REFUSE} | besluit is one of these"))


def _variant(convenant: Convenant, changed: Mapping[str, Any]) -> Convenant:
    """Return the convenant with this change; without names of documents it is about the base document."""
    names = {document.name for document in convenant.documents}
    base = next(document.name for document in convenant.documents if document.sort == "basisconvenant")
    per_document = changed if set(changed) <= names else {base: changed}
    trees = {tree.value["document"]: tree.value for tree in convenant.trees}
    return amend_convenant(convenant, {name: merge(trees[name], change) for name, change in per_document.items()})


def differs(written: Mapping[str, Any], decision: Decision, convenant: Convenant) -> str:
    """Return in what a decision differs from the one a case expects, "" when it is that one."""
    expected = written["verwacht"]
    rules = set(_list(expected.get("regel")))
    duties = set(_list(expected.get("verplichtingen")))
    found = []
    if (expected["besluit"] == PERMIT) is not decision.permitted:
        found.append("besluit")
    if expected.get("code") and expected["code"] != decision.code:
        found.append("code")
    named = set(decision.rule_ids)
    if rules and (rules != named if decision.permitted else not rules <= named):
        found.append("regel")
    if not duties <= {*decision.duties, *convenant.duties_always}:
        found.append("verplichtingen")
    return ", ".join(found)


def _compare(written: Mapping[str, Any], decision: Decision, convenant: Convenant) -> CaseResult:
    expected = written["verwacht"]
    return CaseResult(
        id=written["id"],
        title=written.get("titel", ""),
        expected=_say(expected["besluit"], expected.get("code") or "", sorted(_list(expected.get("regel")))),
        got=_say(PERMIT if decision.permitted else REFUSE, decision.code, decision.rule_ids),
        differs=differs(written, decision, convenant),
        decision=decision,
    )


def _list(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or []


def _say(outcome: str, code: str, rules: Iterable[str]) -> str:
    return " ".join(filter(None, (outcome, code, f"[{', '.join(rules)}]")))
