"""Claims against content: what is said in the clear must be what is sealed; recipients check it, senders derive it.

The broker judges by claims it cannot check. The recipient can, and refuses a message whose claims its content does not
bear out (protocol, Recipient: claims about the content).
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from zegel_schemas.claims import CLAIMS_OF_KIND, Claims
from zegel_schemas.content.ages import possible_bands
from zegel_schemas.content.catalogue import CONTENT
from zegel_schemas.content.fields import Content, Piece
from zegel_schemas.content.involvement import Bekendheid
from zegel_schemas.content.motivation import MOTIVATION_FIELDS, Motivering
from zegel_schemas.content.person import IdentificatieContact
from zegel_schemas.content.plan import PlanActies
from zegel_schemas.content.process import ProcesCasus
from zegel_schemas.content.process_rights import Vernietiging
from zegel_schemas.content.process_topics import Escalatie, Geinformeerd, Intrekking, Uitstel, Voortgang, Weigering
from zegel_schemas.declaration import MOTIVATION_PART, Declaration
from zegel_schemas.refusals import Fault, Refusal

Contents = Mapping[str, Content]  # category of the part -> its content
_C = TypeVar("_C", bound=Content)
_P = TypeVar("_P", bound=Piece)

# Only in these kinds does content decide the claim: elsewhere `action` refers to an action of the plan, and the reason
# of a receipt is the adapter's own.
_ONLY_IN = {
    "action": {"actietoewijzing", "actieaanvaarding", "voortgang"},
    "action_status": {"actieaanvaarding", "voortgang"},
    "reason": {"weigering", "intrekking"},
}
# The fold counts every subject of such a message as informed, or as not to be informed yet.
_ABOUT_ALL_SUBJECTS: dict[str, type[Geinformeerd] | type[Uitstel]] = {
    "melding_geinformeerd": Geinformeerd,
    "uitstel_informeren": Uitstel,
}


def check_claims(declaration: Declaration, contents: Contents) -> None:
    """Raise Refusal CLAIM_KLOPT_NIET, naming fields only, unless the claims are exactly what `contents` bears out.

    Compared are the lengths of all motivation texts, the outcome, the action and its status, reason, informed day,
    deferral, day of consultation, age bands of introduced persons, the categories a vernietiging is about; and that
    nobody outside `subjects` is spoken of, while a message that informs or defers speaks of all of them.
    Raise ValueError when `contents` is not one content for each part of the declaration: that is the caller's fault.
    """
    if {part.category for part in declaration.parts} != contents.keys():
        raise ValueError("contents must hold exactly the parts of the declaration")
    stated = declaration.claims.model_dump(mode="json")
    wrong: list[str] = []
    for name, value in derive_claims(declaration.kind, contents).items():
        wrong += _differing(name, value, stated[name])
    wrong += _wrong_subjects(declaration, contents)
    wrong += _wrong_asks(declaration, contents)
    wrong += _wrong_age_bands(declaration, contents)
    if wrong:
        raise Refusal(Fault.CLAIM_KLOPT_NIET, *sorted(set(wrong)))


def derive_claims(kind: str, contents: Contents) -> dict[str, object]:
    """Return the claims that a message of `kind` must carry because of its `contents`, in JSON form.

    Only the claims that content decides; of `consultation` only the length. An unknown kind carries none.
    """
    carried = CLAIMS_OF_KIND.get(kind, frozenset())
    return {
        name: derive(contents)
        for name, derive in _DERIVE.items()
        if name in carried and kind in _ONLY_IN.get(name, {kind})
    }


def fill_claims(kind: str, contents: Contents, given: Claims) -> Claims:
    """Return `given` with every claim that content decides filled in from `contents`: a sender writes texts once."""
    values = given.model_dump(mode="json")
    for name, derived in derive_claims(kind, contents).items():
        values[name] = {**values[name], **derived} if name == "consultation" and isinstance(derived, dict) else derived
    return Claims.model_validate(values)


def _motivation(contents: Contents) -> dict[str, int]:
    texts = _part(contents, MOTIVATION_PART, Motivering)
    lengths = {name: len(getattr(texts, name)) for name in MOTIVATION_FIELDS} if texts else {}
    return {name: length for name, length in lengths.items() if length}


def _per_category(contents: Contents) -> dict[str, int]:
    texts = _part(contents, MOTIVATION_PART, Motivering)
    return {each.categorie: len(each.tekst) for each in texts.per_categorie} if texts else {}


def _new_facts(contents: Contents) -> int:
    texts = _part(contents, MOTIVATION_PART, Motivering)
    return len(texts.nieuwe_feiten) if texts else 0


def _consultation(contents: Contents) -> dict[str, int]:
    texts = _part(contents, MOTIVATION_PART, Motivering)
    return {"length": len(texts.overleg_toelichting) if texts else 0}


def _outcome(contents: Contents) -> dict[str, str]:
    known = _part(contents, "bekendheid", Bekendheid)
    return {each.betrokkene: each.uitkomst for each in known.uitkomsten} if known else {}


def _the_action(contents: Contents) -> tuple[str, str]:
    """Return id and status of the one action spoken of; empty when there is none, or when they are not one."""
    plan = _part(contents, "plan_acties", PlanActies)
    found = {(action.actie, action.status) for action in plan.acties} if plan else set[tuple[str, str]]()
    found |= {(topic.actie, topic.status) for topic in _topics(contents, Voortgang)}
    return found.pop() if len(found) == 1 else ("", "")


def _reason(contents: Contents) -> str:
    refusals = {topic.reden for topic in _topics(contents, Weigering)}
    return _only({*refusals, *(topic.reden for topic in _topics(contents, Intrekking))})


def _informed_on(contents: Contents) -> str:
    return _only({topic.dag for topic in _topics(contents, Geinformeerd)})


def _deferral(contents: Contents) -> dict[str, str | int]:
    found = {(topic.grond, topic.dagen, topic.heroverwogen_op) for topic in _topics(contents, Uitstel)}
    ground, days, reassessed = found.pop() if len(found) == 1 else ("", 0, "")
    return {"ground": ground, "days": days, "reassessed": reassessed}


def _direction_consulted(contents: Contents) -> str:
    return _only({topic.regie_gesproken_op for topic in _topics(contents, Escalatie)})


def _only(values: set[str]) -> str:
    """Return the one value there is; "" when there is none or when the content contradicts itself."""
    return next(iter(values)) if len(values) == 1 else ""


_DERIVE: dict[str, Callable[[Contents], object]] = {
    "motivation": _motivation,
    "motivation_per_category": _per_category,
    "new_facts": _new_facts,
    "consultation": _consultation,
    "outcome": _outcome,
    "action": lambda contents: _the_action(contents)[0],
    "action_status": lambda contents: _the_action(contents)[1],
    "reason": _reason,
    "informed_on": _informed_on,
    "deferral": _deferral,
    "direction_consulted": _direction_consulted,
}

_KEYS = frozenset({*MOTIVATION_FIELDS, "length", "ground", "days", "reassessed"})


def _part(contents: Contents, category: str, model: type[_C]) -> _C | None:
    found = contents.get(category)
    return found if isinstance(found, model) else None


def _topics(contents: Contents, model: type[_P]) -> tuple[_P, ...]:
    process = _part(contents, "proces_casus", ProcesCasus)
    return tuple(topic for topic in process.onderwerpen if isinstance(topic, model)) if process else ()


def _differing(name: str, derived: object, claimed: object) -> list[str]:
    """Return the dotted names under `name` in which the claim differs; a claimed 0 or "" equals an absent one."""
    if not isinstance(derived, dict) or not isinstance(claimed, dict):
        return [] if derived == claimed else [f"claims.{name}"]
    if name == "consultation":
        claimed = {"length": claimed["length"]}
    keys = {key for key in {*derived, *claimed} if (derived.get(key) or 0) != (claimed.get(key) or 0)}
    # A code of the sender's own making would be free text in a refusal.
    return [f"claims.{name}.{key if key in _KEYS or key in CONTENT or name == 'outcome' else '?'}" for key in keys]


def _wrong_subjects(declaration: Declaration, contents: Contents) -> list[str]:
    subjects = frozenset(declaration.subjects)
    wrong = [f"parts.{category}" for category, content in contents.items() if not content.subjects() <= subjects]
    topic = _ABOUT_ALL_SUBJECTS.get(declaration.kind)
    if topic and subjects != {person for each in _topics(contents, topic) for person in each.betrokkenen}:
        wrong.append("subjects")
    return wrong


def _wrong_asks(declaration: Declaration, contents: Contents) -> list[str]:
    named = {category for topic in _topics(contents, Vernietiging) for category in topic.categorieen}
    return ["asks"] if declaration.kind == "vernietiging" and named != set(declaration.asks) else []


def _wrong_age_bands(declaration: Declaration, contents: Contents) -> list[str]:
    people = _part(contents, "identificatie_contact", IdentificatieContact)
    born = {person.betrokkene: person.geboortedatum for person in people.personen} if people else {}
    for person in declaration.claims.introduces:
        day = born.get(person.subject, "")
        if day and person.age_band and person.age_band not in possible_bands(day, declaration.issued):
            return ["claims.introduces"]
    return []
