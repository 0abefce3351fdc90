"""An independent oracle: the static part of a convenant (steps 4 to 6) as Cedar policies, decided by cedarpy.

Compiled from the documents as they are written; nothing of the judge or of its index is used. One request to Cedar is
one category of a message for its recipient: `principal` sends, `action` is the kind, `resource` the category; all else
stands in the context. A message passes when every request of it is allowed. Conditions (step 7) are not asked.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import cedarpy

from tests.judge_scene import Scene
from zegel_broker.casus import Casus, Question
from zegel_broker.message import ASSIGNMENT, DECLINING
from zegel_schemas.convenant import BSN, EARLIER, PROCESS_CASUS, Category, Convenant, Document, Prohibition, Rule


@dataclass(frozen=True, slots=True)
class Oracle:
    """A convenant as Cedar reads it."""

    policies: cedarpy.PolicySet
    entities: cedarpy.Entities

    def permits(self, scenes: Sequence[Scene]) -> list[bool]:
        """Say for each scene whether steps 4 to 6 let it pass; its casus is known."""
        requests: list[dict[str, Any]] = []
        counts = []
        for scene in scenes:
            own = list(_requests(scene))
            counts.append(len(own))
            requests += own
        answers = [each.allowed for each in cedarpy.is_authorized_batch(requests, self.policies, self.entities)]
        ends = list(accumulate(counts))
        return [all(answers[end - count : end]) for end, count in zip(ends, counts, strict=True)]


def compile_convenant(convenant: Convenant) -> Oracle:
    """Return the oracle of this convenant."""
    text = "\n".join((*_purposes(convenant), *_categories(convenant), *_rules(convenant)))
    entities = cedarpy.Entities.from_json_str(json.dumps(list(_entities(convenant))))
    return Oracle(cedarpy.PolicySet.from_str(text), entities)


# -- entities --------------------------------------------------------------------------------------------------------


def _entities(convenant: Convenant) -> Iterator[dict[str, Any]]:
    """Yield parties in their sector, kinds and categories in their groups."""
    for name, party in convenant.parties.items():
        everyone = () if party.external else ("everyone",)
        groups = (f"sector:{party.sector}", *everyone, *(("regie",) if party.directs else ()))
        supply = {
            what: {regime: _supply(convenant, own, name, what) for regime, own in _by_regime(convenant).items()}
            for what in ("source", "ceiling")
        }
        attributes = {"bsn": party.citizen_number, "external": party.external, **supply}
        yield _entity("Party", name, "Group", groups, attributes)
    for name, kind in convenant.kinds.items():
        question = kind.question and name != ASSIGNMENT
        answers = bool(kind.answers)
        sets = {"afterwards": kind.afterwards, "question": question, "answer": answers}
        yield _entity("Action", name, "Action", tuple(group for group, holds in sets.items() if holds), {})
    for name, category in _every_category(convenant).items():
        yield _entity("Category", name, "Category", (), {"never": category.onward == "nooit"})


def _entity(sort: str, name: str, of: str, groups: Iterable[str], attributes: dict[str, Any]) -> dict[str, Any]:
    parents = [{"type": of, "id": group} for group in groups]
    return {"uid": {"type": sort, "id": name}, "attrs": attributes, "parents": parents}


def _every_category(convenant: Convenant) -> dict[str, Category]:
    return {
        name: each
        for document in convenant.documents
        for name, each in (document.categories | document.adds.categories).items()
    }


# -- policies --------------------------------------------------------------------------------------------------------


def _forbid(when: str) -> str:
    return f"forbid (principal, action, resource) when {{ {when} }};"


def _purposes(convenant: Convenant) -> Iterator[str]:
    """Step 4: no excluded purpose; but for winding up, one of the regime's own that was opened in the casus."""
    excluded = [name for document in convenant.documents for name in document.excluded_purposes]
    known = [name for document in convenant.documents for name in (*document.purposes, *document.adds.purposes)]
    yield _forbid(f"{_strings(excluded)}.contains(context.purpose) || !{_strings(known)}.contains(context.purpose)")
    for regime, documents in _by_regime(convenant).items():
        own = [name for document in documents for name in (*document.purposes, *document.adds.purposes)]
        yield _forbid(
            f'context.regime == "{regime}" && !(action in Action::"afterwards") && '
            f"!({_strings(own)}.contains(context.purpose) && context.opened.contains(context.purpose))"
        )


def _categories(convenant: Convenant) -> Iterator[str]:
    """Step 5: known, not forbidden, within its question, from a source, within the ceiling, the number both ways."""
    for regime, documents in _by_regime(convenant).items():
        here = f'context.regime == "{regime}"'
        own = _known(convenant, documents)
        yield _forbid(f"{here} && !{_entities_of('Category', own)}.contains(resource)")
        banned = [name for name, each in own.items() if _banned(name, each, convenant, documents)]
        yield _forbid(f"{here} && {_entities_of('Category', banned)}.contains(resource)")
        own_business = f'{here} && !(action in Action::"afterwards")'
        gives = f'context.supplier.source["{regime}"].contains(resource)'
        yield _forbid(f'{own_business} && !{gives} && !(context.supplier in Group::"regie" && !resource.never)')
        yield _forbid(f'{own_business} && !context.receiver.ceiling["{regime}"].contains(resource)')
    number = f'resource == Category::"{BSN}"'
    yield _forbid(f"{number} && !(principal.bsn && context.recipient.bsn)")
    yield _forbid("context.measured && !context.asked.contains(resource) && !context.comes_along")
    yield _forbid("context.measured && !context.asked_about.containsAll(context.subjects)")


def _by_regime(convenant: Convenant) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for document in convenant.documents:
        found.setdefault(document.regime, []).append(document)
    return found


def _known(convenant: Convenant, documents: list[Document]) -> dict[str, Category]:
    used = {each.uses.document for each in documents if each.uses and "categorieen" in each.uses.parts}
    every = [each for each in convenant.documents if each.name in used] + documents
    return {name: each for document in every for name, each in (document.categories | document.adds.categories).items()}


def _banned(name: str, category: Category, convenant: Convenant, documents: list[Document]) -> bool:
    """Say whether a verbod of any document, or an extra one of the regime's own, names the category."""
    verboden = [verbod for document in convenant.documents for verbod in document.prohibitions]
    verboden += [verbod for document in documents for verbod in document.prohibitions_extra]
    return category.level == "X" or any(_names(verbod, name, category) for verbod in verboden)


def _names(verbod: Prohibition, name: str, category: Category) -> bool:
    when = verbod.when
    if when.categories is not None:
        return name in when.categories
    if when.level is not None:
        return category.level == when.level and name not in when.excepting
    return bool(when.article_9) and category.article_9


def _supply(convenant: Convenant, documents: list[Document], party: str, what: str) -> list[dict[str, Any]]:
    """Return what a party is a source of, or its ceiling: its own, that of every party, and what the regime adds."""
    places = [convenant.parties[party], *(document.party_base for document in convenant.documents)]
    added = [document.adds.supply[party] for document in documents if party in document.adds.supply]
    return [_category(name) for each in (*places, *added) for name in getattr(each, what)]


def _rules(convenant: Convenant) -> Iterator[str]:
    """Step 6: one permit per rule."""
    for document in convenant.documents:
        for rule in document.rules:
            yield _permit(convenant, document, rule)
    for regime, documents in _by_regime(convenant).items():
        first = next((phase for document in documents for phase in document.adds.phases), "aanmelding")
        yield _forbid(  # reported again: only by the reporter, in the first phase
            f'context.regime == "{regime}" && action == Action::"aanmelding" && '
            f'!(context.sender_roles.contains("aanmelder") && context.phase == "{first}")'
        )


def _permit(convenant: Convenant, document: Document, rule: Rule) -> str:
    tests = {convenant.conditions[name].test for name in rule.conditions}
    terms = [
        f"{_entities_of('Action', rule.kinds)}.contains(action)",
        f"{_strings(rule.purposes)}.contains(context.purpose)",
        _category_term(rule),
        _side("principal", rule.senders, rule.except_senders),
        _side("context.recipient", rule.recipients, ()),
    ]
    if "*" not in rule.regimes:
        terms.append(f"{_strings((document.regime, *rule.regimes))}.contains(context.regime)")
    if "*" not in rule.phases:
        terms.append(f"{_strings(rule.phases)}.contains(context.phase)")
    if not rule.without_role:
        terms += ["context.sender_in", "context.recipient_in"]
    if "spoed" in tests:
        terms.append("context.emergency")
    return f"permit (principal, action, resource) when {{ {' && '.join(terms)} }};"


def _category_term(rule: Rule) -> str:
    named = f"{_entities_of('Category', [name for name in rule.categories if name != EARLIER])}.contains(resource)"
    return f"({named} || context.earlier)" if EARLIER in rule.categories else named


def _side(who: str, entries: Iterable[str], excepted: Iterable[str]) -> str:
    """Return whether a party is meant by one of these entries."""
    known = "sender" if who == "principal" else "recipient"
    roles = f"context.{known}_roles"
    party = f'(!{who}.external || action in Action::"afterwards")'  # who is external matches only by name till then
    terms = ["false"]
    for entry in entries:
        if entry == "*":
            # after closure also an external one, and only who had something to do with the casus
            winding_up = f'action in Action::"afterwards" && context.{known}_partner'
            terms.append(f'({winding_up}) || (!(action in Action::"afterwards") && {who} in Group::"everyone")')
        elif entry.startswith("sector:"):
            terms.append(f'({who} in Group::"{entry}" && {party})')
        elif entry == "@betrokken":
            terms.append(f"({party} && (!{roles}.isEmpty() || context.{known}_asked))")
        elif entry == "@vrager":
            terms.append(f"({party} && (!context.answers || context.asker == {who}))")
        elif entry.startswith("@"):
            terms.append(f'({party} && {roles}.contains("{entry[1:]}"))')
        else:
            terms.append(f'{who} == Party::"{entry}"')
    out = f" && !{_entities_of('Party', excepted)}.contains({who})"
    return f"(({' || '.join(terms)}){out})"


def _strings(names: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in dict.fromkeys(names)) + "]"


def _entities_of(sort: str, names: Iterable[str]) -> str:
    return "[" + ", ".join(f'{sort}::"{name}"' for name in dict.fromkeys(names)) + "]"


# -- requests --------------------------------------------------------------------------------------------------------


def _requests(scene: Scene) -> Iterator[dict[str, Any]]:
    """Yield one request per recipient and category of the message."""
    message, casus = scene.message, scene.known
    question = casus.questions.get(message.re) if message.re else None
    kind = scene.convenant.kinds.get(message.kind)
    pulls = kind is not None and kind.question and message.kind != ASSIGNMENT
    for recipient in message.recipients:
        same = _context(scene, casus, question, recipient)
        for name, asked in (*((name, True) for name in message.asks), *((p.category, False) for p in message.parts)):
            supplier, receiver = (recipient, message.sender) if pulls and asked else (message.sender, recipient)
            yield {
                "principal": f'Party::"{message.sender}"',
                "action": f'Action::"{message.kind}"',
                "resource": f'Category::"{name}"',
                "context": {
                    **same,
                    "supplier": _party(supplier),
                    "receiver": _party(receiver),
                    "comes_along": name == PROCESS_CASUS or asked,
                    "earlier": _earlier(casus, message.sender, recipient, name, message.subjects),
                },
            }


def _context(scene: Scene, casus: Casus, question: Question | None, recipient: str) -> dict[str, Any]:
    """Return what is the same for every category."""
    message = scene.message
    kind = scene.convenant.kinds.get(message.kind)
    answers = kind is not None and bool(kind.answers) and question is not None
    ends = {question.asker, question.addressee} if answers and question is not None else set[str]()
    asked = () if question is None else question.rest if question.status == "open" else question.asks
    return {
        "regime": casus.regime,
        "phase": question.phase if answers and question is not None else casus.phase,
        "purpose": message.purpose,
        "opened": sorted(casus.purposes),
        "recipient": _party(recipient),
        "subjects": list(message.subjects),
        "answers": question is not None,
        "asker": _party(question.asker) if question is not None else {"__entity": {"type": "Party", "id": "-"}},
        "measured": answers and message.kind != DECLINING,
        "asked": [_category(name) for name in asked],
        "asked_about": list(question.subjects) if question is not None else [],
        "emergency": bool(message.claims.emergency.reason),
        **_standing_of(scene, casus, "sender", message.sender, ends),
        **_standing_of(scene, casus, "recipient", recipient, ends),
    }


def _standing_of(scene: Scene, casus: Casus, side: str, name: str, ends: set[str]) -> dict[str, Any]:
    """Return how a party stands in the casus: its roles, whether it was asked, whether it may take part at all."""
    roles = sorted(casus.roles.get(name, ()))
    external = name in scene.convenant.parties and scene.convenant.parties[name].external
    return {
        f"{side}_roles": roles,
        f"{side}_asked": name in ends,
        f"{side}_in": bool(roles) or name in ends or external,
        f"{side}_partner": name in casus.partners,
    }


def _earlier(casus: Casus, sender: str, recipient: str, name: str, subjects: tuple[str, ...]) -> bool:
    """Say whether this went between these two before, either way, about every subject."""
    between = [
        each
        for each in casus.shared
        if name in each.categories and {each.sender, each.recipient} == {sender, recipient}
    ]
    return all(any(subject in each.subjects for each in between) for subject in subjects)


def _party(name: str) -> dict[str, Any]:
    return {"__entity": {"type": "Party", "id": name}}


def _category(name: str) -> dict[str, Any]:
    return {"__entity": {"type": "Category", "id": name}}
