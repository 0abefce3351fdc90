"""Lint of questions: one that nobody may answer, or that somebody may not decline."""

from collections.abc import Iterable, Iterator

from zegel_broker.convenant_tools.cells import Cell, Cells, Moment, answerable
from zegel_broker.convenant_tools.finding import Code, Finding
from zegel_broker.convenant_tools.lint_blocked import Blocked
from zegel_broker.convenant_tools.moments import rectangles
from zegel_broker.convenant_tools.spots import Spots
from zegel_broker.message import ASSIGNMENT, DECLINING
from zegel_schemas.convenant import Convenant

_Ends = tuple[str, str, str]  # regime, who answers, who asked


def check_questions(convenant: Convenant, cells: Cells, blocked: Blocked, spots: Spots) -> Iterator[Finding]:
    """Yield each question of each rule that no addressee may answer, and each that an addressee may not decline."""
    replies: dict[_Ends, list[Cell]] = {}
    for cell in cells.answers:
        if blocked.stops(cell):
            continue
        replies.setdefault((cell.regime, cell.sender, cell.recipient), []).append(cell)
    for rule in convenant.rules:
        own = [cell for cell in cells.questions if cell.rule == rule.id and not blocked.stops(cell)]
        yield from _unanswered(convenant, rule.id, own, replies, spots)
        yield from _undeclined(convenant, rule.id, own, replies, spots)


def _unanswered(
    convenant: Convenant,
    rule: str,
    questions: Iterable[Cell],
    replies: dict[_Ends, list[Cell]],
    spots: Spots,
) -> Iterator[Finding]:
    """A category that no addressee may ever give for a purpose is an error; that one of them may not, a remark."""
    wanted: dict[tuple[str, str], set[str]] = {}
    given: dict[tuple[str, str], set[str]] = {}
    partly: dict[tuple[str, str], set[Moment]] = {}
    for question in questions:
        answered = frozenset[Moment]().union(
            *(answerable(each, [question]) for each in _answers(convenant, question, replies))
        )
        for purpose, _ in question.when:
            wanted.setdefault((question.category, purpose), set()).add(question.recipient)
        for purpose, _ in answered:
            given.setdefault((question.category, purpose), set()).add(question.recipient)
        partly.setdefault((question.recipient, question.category), set()).update(question.when - answered)
    for categories, purposes in rectangles(wanted.keys() - given.keys()):
        text = (
            f"regel {rule}: wie om {', '.join(categories)} wordt gevraagd voor {', '.join(purposes)}, mag niet "
            "antwoorden | nobody asked for this may answer for these purposes"
        )
        yield Finding(Code.UNANSWERABLE, spots.rule(rule, text, "categorieen", categories[0]))
    for (party, category), left in sorted(partly.items()):
        rest = {(purpose, phase) for purpose, phase in left if (category, purpose) in given}
        for purposes, phases in rectangles(rest):
            text = (
                f"regel {rule}: {party} mag niet antwoorden over {category} voor {', '.join(purposes)} "
                f"in {', '.join(phases)} | it may not answer this then"
            )
            yield Finding(Code.PARTLY_UNANSWERABLE, spots.rule(rule, text, "categorieen", category))


def _answers(convenant: Convenant, question: Cell, replies: dict[_Ends, list[Cell]]) -> list[Cell]:
    """Return the answers that give what is asked: process data alone answers no question but an actietoewijzing."""
    return [
        each
        for each in replies.get((question.regime, question.recipient, question.sender), ())
        if each.kind != DECLINING
        and question.kind in convenant.kinds[each.kind].answers
        and (each.category == question.category or question.kind == ASSIGNMENT)
    ]


def _undeclined(
    convenant: Convenant,
    rule: str,
    questions: Iterable[Cell],
    replies: dict[_Ends, list[Cell]],
    spots: Spots,
) -> Iterator[Finding]:
    """Who is asked decides, so may always decline: in the phase of the question, for whatever purpose."""
    found: dict[str, set[str]] = {}
    for question in questions:
        phases = {phase for _, phase in question.when}
        for each in replies.get((question.regime, question.recipient, question.sender), ()):
            if each.kind == DECLINING and question.kind in convenant.kinds[each.kind].answers:
                phases -= {phase for _, phase in each.when}
        if phases:
            found.setdefault(question.recipient, set()).update(phases)
    for party, phases in sorted(found.items()):
        text = (
            f"regel {rule}: {party} mag deze vraag niet weigeren in {', '.join(sorted(phases))} | "
            "it may not decline this question then"
        )
        yield Finding(Code.UNREFUSABLE, spots.rule(rule, text, "aan", party))
