"""Lint: what is wrong with a convenant, and what is unwise; only what is wrong keeps it from being loaded.

The convenant given here was read, so its names are known and no id is double; those faults are told on reading.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zegel_broker.cases.run import read_cases
from zegel_broker.convenant_tools.cells import enumerate_cells
from zegel_broker.convenant_tools.finding import Code, Finding, in_order
from zegel_broker.convenant_tools.lint_blocked import Blocked
from zegel_broker.convenant_tools.lint_conditions import check_conditions
from zegel_broker.convenant_tools.lint_facts import check_facts
from zegel_broker.convenant_tools.lint_law import check_law, check_texts
from zegel_broker.convenant_tools.lint_names import check_names
from zegel_broker.convenant_tools.lint_questions import check_questions
from zegel_broker.convenant_tools.lint_rules import check_rules
from zegel_broker.convenant_tools.spots import Spots
from zegel_schemas.convenant import Convenant, ConvenantInvalid, Fault


@dataclass(frozen=True, slots=True)
class Lint:
    """All findings, errors first."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return what keeps the convenant from being loaded."""
        return tuple(each for each in self.findings if each.severe)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Return what is unwise, or to be confirmed."""
        return tuple(each for each in self.findings if not each.severe)


def lint(convenant: Convenant) -> Lint:
    """Return all that is wrong with or unwise in this convenant."""
    return Lint(in_order(_findings(convenant)))


def lint_faults(faults: ConvenantInvalid) -> Lint:
    """Return the findings of a convenant that could not be read."""
    return Lint(in_order(Finding(Code.NAMES, fault) for fault in faults.faults))


def _findings(convenant: Convenant) -> Iterator[Finding]:
    cells, spots = enumerate_cells(convenant), Spots.of(convenant)
    blocked = Blocked.of(convenant, cells)
    yield from check_rules(convenant, cells, blocked, spots)
    yield from check_conditions(convenant, cells, spots)
    yield from check_questions(convenant, cells, blocked, spots)
    yield from check_law(convenant, spots)
    yield from check_texts(convenant, spots)
    yield from check_names(convenant, cells, spots)
    yield from check_facts(convenant, cells, spots)


def require_sound(convenant: Convenant, cases: Mapping[str, bytes]) -> None:
    """Raise ConvenantInvalid with every lint error and every failing case; `cases` are files of cases by name."""
    faults = [each.fault for each in lint(convenant).errors]
    for file, data in cases.items():
        faults += _failing(convenant, file, data)
    if faults:
        raise ConvenantInvalid(faults)


def _failing(convenant: Convenant, file: str, data: bytes) -> Iterator[Fault]:
    """Yield a fault per case that is not decided as it expects, and those of a file that is no file of cases."""
    try:
        cases = read_cases(data, file=file, convenant=convenant)
    except ConvenantInvalid as error:
        yield from error.faults
        return
    for case in cases:
        result = case.decide(convenant)
        if not result.passed:
            text = f"geval {result.id}: verwacht {result.expected}, kreeg {result.got} | this case fails"
            yield Fault(file, case.line, text)
