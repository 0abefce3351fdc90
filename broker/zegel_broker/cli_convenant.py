"""`zegel-broker convenant`: for who writes a convenant: test it, lint it, explain, list, compare and replay it.

Nothing here changes anything or speaks to a broker; only `replay` can use settings, to enter in the log who looked.
docs/convenant.md teaches the format.
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from zegel_broker.cases.run import Case, CaseResult, read_cases, report, run_cases, shipped_case_files
from zegel_broker.casus import Standing
from zegel_broker.convenant_tools import diff as difference
from zegel_broker.convenant_tools import matrix as table
from zegel_broker.convenant_tools import replay as again
from zegel_broker.convenant_tools.counting import count
from zegel_broker.convenant_tools.diff_text import lines as diff_lines
from zegel_broker.convenant_tools.explain import explain as explain_message
from zegel_broker.convenant_tools.explain_text import explain_json, explain_lines
from zegel_broker.convenant_tools.lint import Lint, lint_faults
from zegel_broker.convenant_tools.lint import lint as lint_convenant
from zegel_broker.convenant_tools.past import read_past
from zegel_broker.ledger import LedgerError
from zegel_broker.load import load_equipment
from zegel_broker.looking import check_looker, look
from zegel_broker.settings import load_settings
from zegel_broker.terminal import FOUND, UNUSABLE, ConfigOption, JsonOption, fail, say, telling
from zegel_schemas.convenant import Convenant, ConvenantInvalid, load_convenant, shipped_convenant
from zegel_schemas.explanations import Language
from zegel_schemas.refusals import Refusal

BAD_INPUT: Final = 2  # as for a command typed wrong: a file that is not there or is not what it should be

convenant_app = typer.Typer(
    help="Test, check and compare a convenant; no programming, no running broker.\n\n"
    "Write or change it, `lint` it, `test` it, look with `diff` at what you changed, with `matrix` at who may learn "
    "what, with `explain` at one message, and with `replay` at what it would have meant for the past.\n\n"
    "Exit codes: 0 all is well; 1 something was found (a failing case, a lint error, a difference, a flip); 2 bad "
    "input: typed wrong, a file that is not there or cannot be read as what it should be.",
    no_args_is_help=True,
)

ConvenantOption = Annotated[
    Path | None, typer.Option("--convenant", help="File or folder with the convenant; without it, the shipped one.")
]


@convenant_app.command("test")
def run_tests(
    cases: Annotated[Path | None, typer.Argument(help="File of decision cases; without it, the shipped ones.")] = None,
    convenant: ConvenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the judge decide every case of a file, as it decides in earnest.

    Prints a line per case that is decided otherwise than it expects, and last how many passed and failed. Exits with 1
    when one failed.
    """
    with _reading(as_json=as_json):
        rules = _load(convenant)
        files = shipped_case_files() if cases is None else (cases,)
        results = [each for path in files for each in run_cases(path, rules)]
    lines, code = report(results)
    failed = [_failed(each) for each in results if not each.passed]
    say({"passed": len(results) - len(failed), "failed": failed}, *lines, as_json=as_json)
    raise typer.Exit(code)


@convenant_app.command()
def lint(
    convenant: Annotated[
        Path | None, typer.Argument(help="File or folder with the convenant; without it, the shipped one.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what is wrong with a convenant (errors) and what is unwise or to be confirmed (remarks), with file and line.

    A broker does not load a convenant with an error in it. Exits with 1 when there is one; remarks alone exit with 0.
    """
    with _reading(as_json=as_json):
        found = _lint(convenant)
    lines = [*map(str, found.findings), f"{count(len(found.errors), 'error')}, {count(len(found.remarks), 'remark')}"]
    answer = {
        "errors": [each.as_json() for each in found.errors],
        "remarks": [each.as_json() for each in found.remarks],
    }
    say(answer, *lines, as_json=as_json)
    raise typer.Exit(FOUND if found.errors else 0)


@convenant_app.command()
def explain(
    message: Annotated[Path, typer.Argument(help="File of decision cases that holds the message.")],
    case: Annotated[str, typer.Option("--case", help="Id of the case; needed when the file holds several.")] = "",
    convenant: ConvenantOption = None,
    lang: Annotated[Language, typer.Option(help="nl or en.")] = "nl",
    as_json: JsonOption = False,
) -> None:
    """Tell how one message is decided: every step, what it looks at, which rules fit or nearly fit, and the outcome.

    The message is written as a decision case, so what you tried can stay as a test. A line begins with + (it fits),
    - (it does not) or . (looked up). It tells more than a sender is told. Exits with 1 when the case expects otherwise.
    """
    with _reading(as_json=as_json):
        rules = _load(convenant)
        chosen = _choose(message, case, rules, as_json=as_json)
        seen = chosen.situation(rules)
        found = explain_message(seen.message, seen.casus, Standing(), seen.convenant, seen.day)
        result = chosen.decide(rules)
    head = f"{result.id} {result.title}"
    tail = [] if result.passed else ["", f"verwacht {result.expected}, kreeg {result.got}"]
    answer = {"case": result.id, "as_expected": result.passed, **explain_json(found)}
    say(answer, head, *explain_lines(found, lang), *tail, as_json=as_json)
    raise typer.Exit(0 if result.passed else FOUND)


@convenant_app.command()
def matrix(
    convenant: ConvenantOption = None,
    party: Annotated[str, typer.Option(help="Only what this party supplies or learns.")] = "",
    category: Annotated[str, typer.Option(help="Only this category.")] = "",
    purpose: Annotated[str, typer.Option(help="Only for this purpose.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List who may ever learn what, from whom, for what, in which phase, by which kind of message, under which rule.

    Exact for what the convenant says; the conditions of the rule come besides. `krijgt*`: passed on by a regie party
    that is no source; `vraagt`: only asked for; `vernietigt`: named to be destroyed. What is not here never passes.
    """
    with _reading(as_json=as_json):
        rows = _rows(_load(convenant), party=party, category=category, purpose=purpose, as_json=as_json)
    say({"rows": [each.as_json() for each in rows]}, *table.lines(rows), as_json=as_json)


@convenant_app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="File or folder with the one convenant.")],
    after: Annotated[Path, typer.Argument(help="File or folder with the other.")],
    as_json: JsonOption = False,
) -> None:
    """Tell what a change does, per party: gained, lost, loosened or tightened; and which terms read otherwise.

    Loosened or tightened: the same may pass, under fewer or more conditions, or with other values. `changed`: neither.
    Exits with 1 when there is any difference.
    """
    with _reading(as_json=as_json):
        found = difference.diff(_load(before), _load(after))
    answer = {
        "changes": [each.as_json() for each in found.changes],
        "terms": [each.as_json() for each in found.terms],
    }
    say(answer, *diff_lines(found), as_json=as_json)
    raise typer.Exit(0 if found.none else FOUND)


@convenant_app.command()
def replay(
    ledger: Annotated[Path, typer.Argument(help="The file of a ledger, or of a copy; also while the broker runs.")],
    draft: Annotated[Path, typer.Argument(help="File or folder with the draft.")],
    known: Annotated[
        list[Path] | None, typer.Option(help="A convenant that was in force before; the shipped one is known.")
    ] = None,
    config: ConfigOption = None,
    by: Annotated[str, typer.Option(help="Pseudonym of the employee who looks: m- and 16 hex digits.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Tell which past decisions would flip under a draft, each judged in the state its casus had then.

    With the broker's settings, that somebody looks through the ledger, and who, is entered in its log first. Without
    them nothing can be entered, which a line on stderr says.

    Prints log index, outcome, code and rules, then and under the draft: never a person or content. The draft counts as
    in force since the ledger began; who signed it, counts from that day. Exits with 1 when a decision would flip.
    """
    _enter_look(config, by, as_json=as_json)
    with _reading(as_json=as_json):
        proposed = _load(draft)
        before = {each.digest: each for each in (shipped_convenant(), proposed, *map(_load, known or ()))}
        found = again.replay(read_past(ledger), convenants=before, draft=proposed)
    answer = {
        "judged": found.judged,
        "unread": found.unread,
        "flips": [each.as_json() for each in found.flips],
        "other_reasons": [each.as_json() for each in found.other_reasons],
    }
    say(answer, *again.lines(found), as_json=as_json)
    raise typer.Exit(FOUND if found.flips else 0)


def _enter_look(config: Path | None, by: str, *, as_json: bool) -> None:
    """Reading a ledger is processing too: it is an entry of its log, made before anything is read."""
    if config is None:
        if by:
            raise typer.BadParameter("name the broker's settings with --config", param_hint="--by")
        typer.echo("no settings: that you looked is in no log | zonder instellingen staat dit nergens in", err=True)
        return
    looker = check_looker(by)
    with telling(as_json=as_json):
        settings = load_settings(config)
        equipment = load_equipment(settings, now=int(time.time()))
    try:
        asyncio.run(look(settings, equipment, lambda book: book.access_all(looker)))
    except (LedgerError, sqlite3.Error) as error:
        fail(f"ledger: {error}", UNUSABLE, as_json=as_json)


def _load(path: Path | None) -> Convenant:
    return shipped_convenant() if path is None else load_convenant(path)


def _lint(path: Path | None) -> Lint:
    try:
        return lint_convenant(_load(path))
    except ConvenantInvalid as error:
        return lint_faults(error)


def _choose(path: Path, case: str, convenant: Convenant, *, as_json: bool) -> Case:
    """Return the case of this id, or the only one."""
    every = read_cases(path.read_bytes(), file=path.name, convenant=convenant)
    found = [each for each in every if case in {"", each.written["id"]}]
    if len(found) != 1:
        names = ", ".join(each.written["id"] for each in every)
        _refuse(f"{path.name}: choose one with --case: {names}", as_json=as_json)
    return found[0]


def _rows(convenant: Convenant, *, party: str, category: str, purpose: str, as_json: bool) -> tuple[table.Row, ...]:
    try:
        return table.matrix(convenant, party=party, category=category, purpose=purpose)
    except KeyError as error:
        _refuse(f"{error} is no party, category or purpose of this convenant", as_json=as_json)


def _failed(result: CaseResult) -> dict[str, str]:
    return {
        "id": result.id,
        "title": result.title,
        "expected": result.expected,
        "got": result.got,
        "differs": result.differs,
    }


def _refuse(text: str, *, as_json: bool) -> NoReturn:
    fail(text, BAD_INPUT, as_json=as_json)
    raise typer.Exit(BAD_INPUT)


@contextmanager
def _reading(*, as_json: bool) -> Iterator[None]:
    """Turn what is wrong with a file into a text on stderr and exit code 2."""
    try:
        yield
    except ConvenantInvalid as error:
        fail(str(error), BAD_INPUT, as_json=as_json)
    except OSError as error:
        fail(f"{error.filename or error}: {error.strerror or 'there is no such file'}", BAD_INPUT, as_json=as_json)
    except (again.ConvenantMissing, LedgerError) as error:
        fail(str(error), BAD_INPUT, as_json=as_json)
    except sqlite3.Error as error:
        fail(f"the ledger cannot be read ({type(error).__name__})", BAD_INPUT, as_json=as_json)
    except Refusal as error:
        fail(f"the ledger is damaged ({error.code}): run `zegel-broker log verify`", BAD_INPUT, as_json=as_json)
