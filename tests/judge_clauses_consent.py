"""Clauses about consent, what may stand in its place, statements, decisions (Wpg, Wjsg), and a source's agreement.

Who must consent is read from the brief again: under 12 the holders of authority, from 12 to 15 they and the child,
from 16 the person.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from tests.judge_clause import Clause, someone_else
from tests.judge_pairs import supply
from tests.judge_scene import Pick, Scene
from zegel_broker.casus import Agreement, Consent, Person, Ruling, Standing, Statement, WithoutConsent
from zegel_schemas.convenant import Condition

Spoiled = Iterator[tuple[str, Scene]]
PEOPLE = ("m-0000000000000001", "m-0000000000000002")


def givers_of(person: Person, subject: str) -> tuple[str, ...]:
    """Return who must all have consented for this person."""
    return {
        "under_12": person.holders,
        "12_15": (*person.holders, subject),
        "16_plus": (subject,),
    }[person.age_band]


def consented(
    scene: Scene, subject: str, names: tuple[str, ...], pick: Pick, *, explicit: bool, provider: str = ""
) -> Scene:
    """Return the scene with consent about one subject for these categories, given at once or one by one."""
    givers = givers_of(scene.known.subjects[subject], subject)
    groups = pick(((givers,), tuple((each,) for each in givers)))
    new = tuple(
        Consent(
            id=f"t{len(scene.known.consents)}.{subject}.{name}.{place}",
            subject=subject,
            given_by=group,
            provider=provider or scene.ends(name)[0],
            receivers=(scene.ends(name)[1], "vitras"),
            categories=names,
            explicit=explicit or scene.category(name).special or pick((True, False)),
            day=scene.later(pick((0, -40))),
            withdrawn=pick((None, scene.later(1))),
        )
        for name in names
        for place, group in enumerate(groups)
    )
    return scene.knows(consents=(*scene.known.consents, *new))


def spoil_consent(scene: Scene, pick: Pick, names: tuple[str, ...], *, explicit: bool, provider: str = "") -> Spoiled:
    """Yield scenes in which the consent about one subject for one category falls short."""
    subject, name = pick(scene.message.subjects), pick(names)
    person = scene.known.subjects[subject]
    giver, supplier = pick(givers_of(person, subject)), provider or scene.ends(name)[0]

    def every(change: Callable[[Consent], Consent]) -> Scene:
        def changed(each: Consent) -> Consent:
            mine = each.subject == subject and each.provider == supplier and giver in each.given_by
            return change(each) if mine else each

        return scene.knows(consents=tuple(changed(each) for each in scene.known.consents))

    def person_is(**fields: object) -> Scene:
        changed = replace(person, **fields)  # type: ignore[arg-type]  # names of fields of a Person
        return scene.knows(subjects={**scene.known.subjects, subject: changed})

    yield "one did not consent", every(lambda each: replace(each, given_by=tuple({*each.given_by} - {giver})))
    yield "withdrawn today", every(lambda each: replace(each, withdrawn=scene.day))
    yield "withdrawn before", every(lambda each: replace(each, withdrawn=scene.later(-1)))
    yield "given tomorrow", every(lambda each: replace(each, day=scene.later(1), withdrawn=None))
    yield "of another", every(lambda each: replace(each, provider=someone_else(scene)))
    yield "for another", every(lambda each: replace(each, receivers=(someone_else(scene),)))
    yield "about something else", every(lambda each: replace(each, categories=("proces_casus",)))
    if explicit or scene.category(name).special:
        yield "not explicit", every(lambda each: replace(each, explicit=False))
    yield "age established too long ago", person_is(band_day=scene.day - timedelta(days=183))
    yield "age unknown", person_is(age_band="", band_day=None)
    if person.age_band != "16_plus":
        yield "nobody known to hold authority", person_is(holders=())
        yield "somebody more holds authority", person_is(holders=(*person.holders, "p9"))
    if person.age_band == "under_12":
        yield "has become twelve", person_is(age_band="12_15")


def _consent(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    for subject in scene.message.subjects if scene.content else ():
        scene = consented(scene, subject, scene.content, pick, explicit=condition.explicit is True)
    return scene


def _no_consent(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    if scene.content:
        yield from spoil_consent(scene, pick, scene.content, explicit=condition.explicit is True)


def _consent_or_ground(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    if not scene.content:
        return scene
    if pick((True, False)):
        return _consent(scene, condition, pick)
    return scene.knows(
        without_consent=tuple(
            WithoutConsent(
                party=scene.message.sender,
                ground=pick(condition.grounds or ()),
                provider=scene.ends(name)[0],
                categories=scene.content,
                subjects=(subject,),
                decided_by=PEOPLE[: condition.min_agreed],
                motivation=condition.min_length or 0,
                day=scene.later(pick((0, -5))),
                until=scene.later(pick((0, 5))),
            )
            for subject in scene.message.subjects
            for name in scene.content
        )
    )


def _neither(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    if not scene.content:
        return
    if not scene.known.without_consent:
        yield from spoil_consent(scene, pick, scene.content, explicit=False)
        return
    one = pick(scene.message.subjects)
    for name, fields in (
        ("over", {"until": scene.later(-1)}),
        ("not yet", {"day": scene.later(1)}),
        ("by one", {"decided_by": PEOPLE[:1] * 2}),
        ("too short", {"motivation": (condition.min_length or 0) - 1}),
        ("of another party", {"party": someone_else(scene)}),
        ("for another provider", {"provider": someone_else(scene)}),
        ("no such ground", {"ground": "zomaar"}),
        ("about something else", {"categories": ("proces_casus",)}),
        ("about somebody else", {"subjects": ("p9",)}),
    ):
        decisions = (replace(each, **fields) if one in each.subjects else each for each in scene.known.without_consent)
        yield name, scene.knows(without_consent=tuple(decisions))


def _statement(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    new = tuple(
        Statement(condition.kind or "", subject, scene.ends(name)[0], (name,), scene.later(pick((0, -9))), until)
        for subject in scene.message.subjects
        for name in scene.names
        for until in (pick((None, scene.later(1))),)
    )
    return scene.knows(statements=(*scene.known.statements, *new))


def _no_statement(scene: Scene, _: Condition, pick: Pick) -> Spoiled:
    one, name = pick(scene.message.subjects), pick(scene.names)
    for why, fields in (
        ("withdrawn today", {"withdrawn": scene.day}),
        ("made tomorrow", {"day": scene.later(1)}),
        ("about another provider", {"provider": someone_else(scene)}),
        ("another statement", {"statement": "iets_anders"}),
        ("by somebody else", {"subject": "p9"}),
        ("about something else", {"categories": ("bekendheid",) if name != "bekendheid" else ()}),
    ):
        statements = (
            replace(each, **fields) if each.subject == one and name in each.categories else each
            for each in scene.known.statements
        )
        yield why, scene.knows(statements=tuple(statements))


def _ruled(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    scaling = condition.kind == "opschaling"
    ruling = Ruling(
        kind=condition.kind or "",
        id="besluit",
        receivers=tuple({scene.ends(name)[1] for name in scene.names}),
        categories=("*",) if scaling and pick((True, False)) else scene.content,
        purposes=(scene.message.purpose,),
        start=scene.later(pick((0, -9))),
        until=scene.later(pick((0, 9))),
        agreed=PEOPLE if scaling else (),
    )
    if pick((True, False)):
        return scene.knows(rulings=(*scene.known.rulings, ruling))
    standing = scene.standing.rulings.get(scene.regime.name, ())
    return replace(scene, standing=Standing({scene.regime.name: (*standing, ruling)}))


def _every_ruling(scene: Scene, kind: str, change: Callable[[Ruling], Ruling]) -> Scene:
    def changed(rulings: tuple[Ruling, ...]) -> tuple[Ruling, ...]:
        return tuple(change(each) if each.kind == kind else each for each in rulings)

    standing = {regime: changed(rulings) for regime, rulings in scene.standing.rulings.items()}
    return replace(scene.knows(rulings=changed(scene.known.rulings)), standing=Standing(standing))


def _unruled(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    kind, other = condition.kind or "", someone_else(scene)
    for name, fields in (
        ("over", {"until": scene.later(-1)}),
        ("not yet", {"start": scene.later(1)}),
        ("for another receiver", {"receivers": (other,)}),
        ("for another purpose", {"purposes": ("iets_anders",)}),
        ("another decision", {"kind": "iets_anders"}),
    ):
        yield name, _every_ruling(scene, kind, lambda each, changed=fields: replace(each, **changed))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    if scene.content:
        one = pick(scene.content)
        less = tuple(name for name in scene.content if name != one)
        yield "not about one of them", _every_ruling(scene, kind, lambda each: replace(each, categories=less))
    if kind == "opschaling":
        yield "by one person", _every_ruling(scene, kind, lambda each: replace(each, agreed=PEOPLE[:1] * 2))
    elif scene.content:
        yield "about everything", _every_ruling(scene, kind, lambda each: replace(each, categories=("*",)))
    yield (
        "of another regime",
        replace(
            scene.knows(rulings=()), standing=Standing({"ELDERS": scene.standing.rulings.get(scene.regime.name, ())})
        ),
    )


def _ruled_or_consented(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    if not scene.content or pick((True, False)):
        return _ruled(scene, condition, pick)
    for subject in scene.message.subjects:
        scene = consented(scene, subject, scene.content, pick, explicit=True)
    return scene


def _neither_ruled(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    if not scene.content:
        return
    rulings = (*scene.known.rulings, *scene.standing.rulings.get(scene.regime.name, ()))
    if any(each.kind == condition.kind for each in rulings):
        yield from _unruled(scene.knows(consents=()), condition, pick)
    else:
        yield from spoil_consent(scene, pick, scene.content, explicit=True)


def _lent(scene: Scene) -> tuple[str, ...]:
    """Return the categories that need their source's agreement."""
    return tuple(name for name in scene.names if scene.category(name).onward == "instemming_bron")


def _agreed(scene: Scene, _: Condition, pick: Pick) -> Scene:
    for name in _lent(scene):
        source = pick(
            [
                party
                for party in scene.convenant.parties
                if name in supply(scene.convenant, scene.regime.name, party, "bron")
            ]
        )
        receivers = (scene.ends(name)[1],)
        agreement = Agreement(source, (name,), receivers, pick(((), scene.message.subjects)))
        scene = scene.knows(agreements=(*scene.known.agreements, agreement))
        for subject in scene.message.subjects if scene.convenant.parties[source].secrecy else ():
            scene = consented(scene, subject, (name,), pick, explicit=False, provider=source)
    return scene


def _not_agreed(scene: Scene, _: Condition, pick: Pick) -> Spoiled:
    if not _lent(scene):
        return
    name = pick(_lent(scene))
    one = next(each for each in scene.known.agreements if name in each.categories)

    def every(**fields: object) -> Scene:
        changed = replace(one, **fields)  # type: ignore[arg-type]  # fields of an Agreement
        return scene.knows(agreements=tuple(changed if each is one else each for each in scene.known.agreements))

    strangers = [
        party
        for party in scene.convenant.parties
        if name not in supply(scene.convenant, scene.regime.name, party, "bron")
    ]
    yield "about another category", every(categories=("proces_casus",))
    yield "to another", every(receivers=(someone_else(scene),))
    if strangers:
        yield "of who is no source", every(source=pick(strangers))
    yield "about somebody else", every(subjects=("p9",))
    if len(scene.message.subjects) > 1:
        yield "about one of them", every(subjects=scene.message.subjects[:1])
    if scene.convenant.parties[one.source].secrecy:
        yield from spoil_consent(scene, pick, (name,), explicit=False, provider=one.source)


CONSENT_CLAUSES = {
    "toestemming_of_grond": Clause(_consent_or_ground, _neither),
    "toestemming": Clause(_consent, _no_consent),
    "verklaring": Clause(_statement, _no_statement),
    "besluit": Clause(_ruled, _unruled),
    "besluit_of_toestemming": Clause(_ruled_or_consented, _neither_ruled),
    "instemming_bron": Clause(_agreed, _not_agreed),
}
