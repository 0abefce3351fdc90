"""Steps 1 to 6: every single change to a permitted scene that must refuse it, with the code it must be refused by.

The codes are the brief's, not the judge's; a change is only yielded where it means something for the scene at hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from tests.judge_clause import in_convenant, someone_else
from tests.judge_pairs import supply
from tests.judge_scene import QUESTION_HASH, Pick, Scene
from tests.judge_variants import with_departure, without_accession
from zegel_broker.casus import Person
from zegel_broker.message import DECLINING, DESTROYING, REPORT, Enclosure
from zegel_schemas.convenant import BSN, PROCESS_CASUS, Rule

Spoiled = Iterator[tuple[str, str, Scene]]  # what was changed, the code it is refused by, the scene
Spoil = Callable[[Scene, Pick], Spoiled]
AFTERWARDS = {"correctie", "vernietiging", "rechtenverzoek", "incident"}


def _envelope(scene: Scene, _: Pick) -> Spoiled:
    message, invalid = scene.message, "ONGELDIG_BERICHT"
    yield "unknown kind", invalid, scene.says(kind="wenskaart")
    yield "nobody", invalid, scene.says(subjects=())
    yield "somebody twice", invalid, scene.says(subjects=(*message.subjects, message.subjects[0]))
    yield "no recipient", invalid, scene.says(recipients=())
    yield "to itself", invalid, scene.says(recipients=(message.sender,))
    yield "nothing", invalid, scene.says(asks=(), parts=())
    if message.asks:
        yield "asked twice", invalid, scene.says(asks=(*message.asks, message.asks[0]))
    if message.parts:
        yield "enclosed twice", invalid, scene.says(parts=(*message.parts, message.parts[0]))
    if scene.pulls:
        yield "asks what is enclosed", invalid, scene.says(asks=(*message.asks, "plan_acties"))
        yield "encloses what is asked", invalid, scene.says(parts=(Enclosure("huisvesting", "feit"),))
        yield "to two", "RONDVRAAG", scene.says(recipients=(scene.recipient, someone_else(scene)))
        yield "to all", "RONDVRAAG", scene.says(recipients=("*",))
        yield "everything", "RONDVRAAG", scene.says(asks=("*",))
    elif message.kind == DESTROYING:
        yield "encloses content", invalid, scene.says(parts=(Enclosure("huisvesting", "feit"),))
    else:
        yield "asks", invalid, scene.says(asks=("huisvesting",))
    yield "unknown sender", "ONBEKENDE_PARTIJ", scene.says(sender="inwoner")
    yield "unknown recipient", "ONBEKENDE_PARTIJ", scene.says(recipients=("inwoner",))
    yield "not authenticated", "AFZENDER_NIET_GEAUTHENTICEERD", scene.says(authenticated=False)
    for role in "schoonmaker", "fg", "privacycoordinator":
        if role == "schoonmaker" or message.kind not in AFTERWARDS:
            yield f"by {role}", "MEDEWERKER_NIET_BEVOEGD", scene.says(role=role)


def _convenant(scene: Scene, pick: Pick) -> Spoiled:
    yield "another convenant", "CONVENANT_VERSIE", scene.says(convenant="A" * 43)
    if scene.message.kind in AFTERWARDS:
        return
    start = max(each.start for each in scene.regime.memberships)
    until = min(each.until for each in scene.regime.memberships)
    for name, day in ("before it holds", start - timedelta(days=1)), ("after it ended", until + timedelta(days=1)):
        yield name, "CONVENANT_NIET_GELDIG", _on(scene, day)
    party = pick([each for each in (scene.message.sender, scene.recipient) if not _external(scene, each)])
    document = pick([each.document for each in scene.regime.memberships])
    sort = next(each.sort for each in scene.convenant.documents if each.name == document)
    code = "AANVULLING_NIET_ONDERTEKEND" if sort == "aanvulling" else "PARTIJ_NIET_TOEGETREDEN"
    yield "not acceded", code, in_convenant(scene, without_accession(scene.convenant, document, party))
    left = with_departure(scene.convenant, document, party, scene.day)
    yield "left that day", code, in_convenant(scene, left)
    if scene.casus is not None:
        yield "unknown regime", "CONVENANT_NIET_GELDIG", scene.knows(regime="ELDERS")
    acceded = max(
        (each.acceded[name][0], each.amendment)
        for each in scene.regime.memberships
        for name in (scene.message.sender, scene.recipient)
        if not _external(scene, name)
    )
    if acceded[0] > start:
        late = "AANVULLING_NIET_ONDERTEKEND" if acceded[1] else "PARTIJ_NIET_TOEGETREDEN"
        yield "the day before it acceded", late, _on(scene, acceded[0] - timedelta(days=1))


def _on(scene: Scene, day: date) -> Scene:
    return replace(scene.says(issued=day), day=day)


def _external(scene: Scene, party: str) -> bool:
    return scene.convenant.parties[party].external


def _casus(scene: Scene, pick: Pick) -> Spoiled:
    message, afterwards = scene.message, scene.message.kind in AFTERWARDS
    yield "a stranger", "BETROKKENE_NIET_IN_CASUS", scene.says(subjects=(*message.subjects, "p9"))
    if scene.casus is None:
        return
    if message.kind != REPORT:
        yield "unknown casus", "CASUS_ONBEKEND", replace(scene, casus=None)
    if not afterwards:
        yield "closed", "CASUS_GESLOTEN", scene.knows(closed=pick((scene.day, scene.later(-400))))
        yield "final phase", "CASUS_GESLOTEN", scene.knows(phase="gesloten")
    crowd = {f"p{number}": Person("gezinslid", "16_plus", scene.day) for number in range(1, 14)}
    if message.kind != REPORT:
        many = scene.says(subjects=tuple(crowd)).knows(subjects=crowd)
        yield "thirteen people", "TE_VEEL_BETROKKENEN", many


def _purpose(scene: Scene, pick: Pick) -> Spoiled:
    excluded = pick(sorted(scene.convenant.excluded_purposes))
    yield "excluded purpose", "DOEL_UITGESLOTEN", scene.says(purpose=excluded)
    yield "unknown purpose", "DOEL_ONBEKEND", scene.says(purpose="gezelligheid")
    if scene.casus is not None and scene.message.kind not in AFTERWARDS:
        opened = scene.known.purposes - {scene.message.purpose}
        yield "purpose not opened", "DOEL_NIET_IN_CASUS", scene.knows(purposes=opened)
        others = sorted(scene.convenant.purposes.keys() - scene.regime.purposes)
        if others:
            other = pick(others)
            smuggled = scene.says(purpose=other).knows(purposes=frozenset({other}))
            yield "purpose of another regime", "DOEL_NIET_IN_CASUS", smuggled


def _category(scene: Scene, pick: Pick) -> Spoiled:
    for name, code in (
        ("lievelingskleur", "ONBEKENDE_CATEGORIE"),
        (pick(("ras_etnische_afkomst", "seksueel", "politiek_vakbond")), "VERBODEN_CATEGORIE"),
        ("volledig_dossier", "VOLLEDIG_DOSSIER"),
    ):
        yield name, code, _also(scene, name)
    if scene.regime.name == "GROEP":
        yield "article 9 in a group", "VERBODEN_CATEGORIE", _also(scene, "gezondheid_algemeen")
    else:
        yield "of another regime", "ONBEKENDE_CATEGORIE", _also(scene, "groepsrelatie")
    holders = [scene.convenant.parties[each].citizen_number for each in (scene.message.sender, scene.recipient)]
    if not all(holders) and scene.message.kind != DESTROYING:
        bsn = scene.says(parts=(*scene.message.parts, Enclosure("bsn", "feit")))
        yield "bsn", "BSN_NIET_TOEGESTAAN", bsn
    if scene.message.kind not in AFTERWARDS:
        yield from _supply(scene, pick)


def _also(scene: Scene, name: str) -> Scene:
    """Return the scene with one category more: asked where the message asks, else enclosed."""
    if scene.pulls or (scene.message.kind == DESTROYING and scene.message.asks):
        return scene.says(asks=(*scene.message.asks, name))
    if scene.message.kind == DESTROYING:
        return scene.says(asks=(name,))
    return scene.says(parts=(*scene.message.parts, Enclosure(name, "feit")))


def _supply(scene: Scene, pick: Pick) -> Spoiled:
    """Add a category of which the supplier is no source, that the receiver may not hold, or that no rule names."""
    if scene.kind.answers and scene.message.kind != DECLINING:
        return  # it would be wider than its question in the first place
    found: dict[str, list[str]] = {}
    for name, category in scene.regime.categories.items():
        taken = name in scene.names or name in scene.regime.forbidden or name == BSN
        if not taken and not (scene.pulls and category.enclosable):
            found.setdefault(_supply_code(scene, name), []).append(name)
    for code, names in found.items():
        if code:
            yield code, code, _also(scene, pick(names))


def _supply_code(scene: Scene, name: str) -> str:
    """Return what adding this category is refused by; "" when that depends on more."""
    sender, recipient = scene.message.sender, scene.recipient
    supplier, receiver = (recipient, sender) if scene.pulls else (sender, recipient)
    if name not in supply(scene.convenant, scene.regime.name, supplier, "bron"):
        if not scene.convenant.parties[supplier].directs:
            return "NIET_DE_BRON"
        if scene.category(name).onward == "nooit":
            return "DOORVERSTREKKING_VERBODEN"
    if name not in supply(scene.convenant, scene.regime.name, receiver, "plafond"):
        return "BOVEN_PLAFOND"
    return "" if any(name in rule.categories for rule in _of_kind(scene)) else "GEEN_REGEL"


def _width(scene: Scene, pick: Pick) -> Spoiled:
    if not scene.kind.answers or scene.message.kind == DECLINING:
        return
    question, wider = scene.known.questions[QUESTION_HASH], "ANTWOORD_BREDER_DAN_VRAAG"
    answered = [name for name in scene.names if name != PROCESS_CASUS]
    if answered:
        one = pick(answered)
        left = tuple(name for name in question.rest if name != one)
        gone = tuple(name for name in question.rest if name not in answered)
        yield "was answered before", wider, _asked(scene, rest=gone)
        yield "partly answered before", wider, _asked(scene, rest=left)
        yield "was not asked of a closed one", wider, _asked(scene, status="answered", asks=gone, rest=())
    about = tuple(each for each in question.subjects if each != scene.message.subjects[0])
    yield "about others", wider, _asked(scene, subjects=about)


def _asked(scene: Scene, **fields: object) -> Scene:
    changed = replace(scene.known.questions[QUESTION_HASH], **fields)  # type: ignore[arg-type]  # fields of a Question
    return scene.knows(questions={QUESTION_HASH: changed})


def _rule(scene: Scene, pick: Pick) -> Spoiled:
    if scene.message.kind in AFTERWARDS:
        yield from _winding_up(scene, pick)
        return
    if scene.casus is None:
        return
    running = [
        name
        for name, phase in scene.convenant.phases.items()
        if not phase.final and not any(name in each.phases for each in _of_kind(scene))
    ]
    if running and not scene.kind.answers and scene.message.kind != REPORT:
        yield "another phase", "FASE_NIET_TOEGESTAAN", scene.knows(phase=pick(running))
    purposes = [
        name for name in sorted(scene.regime.purposes) if not any(name in each.purposes for each in _of_kind(scene))
    ]
    if purposes:
        other = pick(purposes)
        opened = scene.says(purpose=other).knows(purposes=scene.known.purposes | {other})
        yield "another purpose", "DOEL_PAST_NIET", opened
    roles = {"@betrokken", "@aanmelder", "@actiehouder"} & {*scene.rule.senders, *scene.rule.recipients}
    if roles and not scene.kind.answers and not scene.rule.without_role:
        yield "without roles", "GEEN_ROL_IN_CASUS", scene.knows(roles={})


def _winding_up(scene: Scene, pick: Pick) -> Spoiled:
    """After closure: only between who had something to do with the casus, and what went between these two before."""
    stranger = pick((scene.message.sender, scene.recipient))
    partners = scene.known.partners - {stranger}
    roles = {name: held for name, held in scene.known.roles.items() if name != stranger}
    yield "had nothing to do with it", "GEEN_ROL_IN_CASUS", scene.knows(partners=partners, roles=roles)
    others = [name for name in scene.names if name not in {PROCESS_CASUS, "identificatie_contact"}]
    if not others:
        return
    name, subject = pick(others), pick(scene.message.subjects)

    def every(**fields: object) -> Scene:
        shared = tuple(
            replace(each, **fields) if name in each.categories and subject in each.subjects else each  # type: ignore[arg-type]  # fields of a Shared
            for each in scene.known.shared
        )
        return scene.knows(shared=shared)

    yield "went to another", "GEEN_REGEL", every(recipient=someone_else(scene))
    yield "came from another", "GEEN_REGEL", every(sender=someone_else(scene))
    yield "was about somebody else", "GEEN_REGEL", every(subjects=("p9",))
    yield "was something else", "GEEN_REGEL", every(categories=(PROCESS_CASUS,))


def _of_kind(scene: Scene) -> list[Rule]:
    return [each for each in scene.convenant.rules if scene.message.kind in each.kinds]


STEPS: tuple[Spoil, ...] = (_envelope, _convenant, _casus, _purpose, _category, _width, _rule)


def tweaked(scene: Scene, pick: Pick) -> Scene:
    """Return the scene with something else in one place; it fits any scene, and may or may not refuse it."""
    message, convenant = scene.message, scene.convenant
    name = pick(sorted(convenant.categories))
    options: tuple[Callable[[], Scene], ...] = (
        lambda: scene.says(kind=pick(sorted(convenant.kinds))),
        lambda: scene.says(purpose=pick(sorted(convenant.purposes))),
        lambda: scene.says(sender=pick(sorted(convenant.parties))),
        lambda: scene.says(recipients=(pick(sorted(convenant.parties)),)),
        lambda: scene.says(sender=message.recipients[0] if message.recipients else "", recipients=(message.sender,)),
        lambda: scene.says(subjects=pick((("p1",), ("p3",), ("p1", "p2", "p3", "p4")))),
        lambda: scene.says(asks=(*message.asks, name)),
        lambda: scene.says(parts=(*message.parts, Enclosure(name, pick(("", "feit"))))),
        lambda: scene.says(re=""),
        lambda: _on(scene, scene.later(pick((-1, 1, -40, 40, 400)))),
        lambda: scene.knows(phase=pick(sorted(convenant.phases))),
        lambda: scene.knows(purposes=frozenset(convenant.purposes)),
        lambda: scene.knows(roles={}, partners=frozenset()),
        lambda: scene.knows(roles=dict.fromkeys(convenant.parties, ("informant",))),
        lambda: scene.knows(consents=(), without_consent=()),
        lambda: scene.knows(regime=pick(sorted(convenant.regimes))),
    )
    return pick(options)()
