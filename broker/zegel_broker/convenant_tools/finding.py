"""What lint says: one finding with its code, how bad it is, its place, and in two languages what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zegel_schemas.convenant import Fault


class Code(StrEnum):
    """The kinds of findings; `docs/convenant.md` says what each means."""

    # errors
    NAMES = "names"  # unknown, double or ill-formed: nothing else can be looked at
    UNREACHABLE_RULE = "unreachable-rule"
    IDLE_CONDITION = "idle-condition"
    UNANSWERABLE = "unanswerable-question"
    UNREFUSABLE = "unrefusable-question"
    NO_SPECIAL_GROUND = "no-special-ground"
    NO_TEXT = "no-text"
    # remarks
    AS_READ = "as-read"
    SHADOWED_RULE = "shadowed-rule"
    IDLE_VALUE = "idle-value"
    PARTLY_UNANSWERABLE = "partly-unanswerable-question"
    NO_CONDITION = "no-condition"
    NO_SUPPLIER = "no-supplier"
    NO_DISCHARGE = "no-discharge"
    UNUSED = "unused"
    POSSIBLY_SPECIAL = "possibly-special"
    PROCESS_ONLY = "process-only"
    PASSES_ON = "passes-on"
    DEAD_END = "dead-end"
    ASSUMPTION = "assumption"


ERRORS = frozenset(
    {
        Code.NAMES,
        Code.UNREACHABLE_RULE,
        Code.IDLE_CONDITION,
        Code.UNANSWERABLE,
        Code.UNREFUSABLE,
        Code.NO_SPECIAL_GROUND,
        Code.NO_TEXT,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; an error stops loading, a remark does not."""

    code: Code
    fault: Fault

    @property
    def severe(self) -> bool:
        """Say whether it is an error."""
        return self.code in ERRORS

    def __str__(self) -> str:
        """Return `file:line: error|remark code: text`."""
        word = "error" if self.severe else "remark"
        return f"{self.fault.file}:{self.fault.line}: {word} {self.code}: {self.fault.text}"

    def as_json(self) -> dict[str, Any]:
        """Return the finding as a JSON object."""
        return {
            "code": str(self.code),
            "severe": self.severe,
            "file": self.fault.file,
            "line": self.fault.line,
            "text": self.fault.text,
        }


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, each once, errors first, then by file and line."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: (not each.severe, each.fault, each.code)))
