"""Wild input: whatever a message, a casus or a registration holds, the judge answers and never raises.

Words are drawn from those of the convenant and from others; a code the convenant does not know never passes.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.judge_scene import CASUS_ID, QUESTION_HASH, Pick, Scene
from tests.judge_strategies import CONVENANT, mixed_scenes, picks, prove, scenes
from zegel_broker.casus import Casus, Person, Question, Shared, Standing
from zegel_broker.judge import judge
from zegel_broker.message import Enclosure, Message
from zegel_schemas import registrations as facts
from zegel_schemas.claims import Claims, Consultation, Deferral, SubjectClaim
from zegel_schemas.registrations import Registration
from zegel_schemas.shapes import NIL_CASUS

STRANGE = ("", "*", "zomaar", "broker", "A" * 300, "p1", "\N{SNOWMAN}")
DAYS = st.dates() | st.dates(date(2026, 1, 1), date(2030, 12, 31))
ISO_DAYS = DAYS.map(date.isoformat) | st.sampled_from(["", "2026-02-30", "gisteren"])
SUBJECTS = st.lists(st.sampled_from(["p1", "p2", "p3", "p9", ""]), max_size=4).map(tuple)
COUNTS = st.integers(-1, 2**40)


def words(known: Any) -> st.SearchStrategy[str]:
    """Draw a word of the convenant, or a strange one now and then."""
    return st.sampled_from([*known] * 3 + [*STRANGE])


def several(known: Any) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(words(known), max_size=3).map(tuple)


KINDS, PARTIES = words([*CONVENANT.kinds, "registratie"]), words(CONVENANT.parties)
CATEGORIES, PURPOSES = words(CONVENANT.categories), words(CONVENANT.purposes)
CLAIMS = st.builds(
    Claims.model_construct,
    motivation=st.dictionaries(words(["waarom_nodig"]), COUNTS, max_size=3),
    motivation_per_category=st.dictionaries(CATEGORIES, COUNTS, max_size=3),
    period_months=COUNTS,
    new_facts=COUNTS,
    weighing=words(["toestemming"]),
    consultation=st.builds(
        Consultation.model_construct, status=words(["besproken"]), ground=words(["strafbare_feiten"]), length=COUNTS
    ),
    introduces=st.lists(
        st.builds(
            SubjectClaim.model_construct,
            subject=words(["p1"]),
            role=words(["gezinslid"]),
            age_band=words(["12_15"]),
            holders=SUBJECTS,
        ),
        max_size=2,
    ).map(tuple),
    action=words(["a1"]),
    deferral=st.builds(Deferral.model_construct, ground=words(["strafbare_feiten"]), days=COUNTS, reassessed=ISO_DAYS),
    approvals=several(["m-1"]),
    direction_consulted=ISO_DAYS,
    outcome=st.dictionaries(words(["p1"]), words(["bekend"]), max_size=2),
    informed_on=ISO_DAYS,
)
REGISTRATIONS = st.sampled_from(get_args(get_args(Registration)[0]))  # the members of a tagged union
CASUSSEN = st.builds(
    Casus,
    id=st.just(CASUS_ID),
    regime=words(CONVENANT.regimes),
    phase=words(CONVENANT.phases),
    purposes=several(CONVENANT.purposes).map(frozenset),
    subjects=st.dictionaries(
        words(["p1", "p2", "p3"]),
        st.builds(Person, words(["minderjarige"]), words(["12_15", "under_12"]), st.none() | DAYS, SUBJECTS),
        max_size=4,
    ),
    roles=st.dictionaries(PARTIES, several(["informant", "aanmelder", "regisseur"]), max_size=4),
    partners=several(CONVENANT.parties).map(frozenset),
    closed=st.none() | DAYS,
    questions=st.dictionaries(
        st.just(QUESTION_HASH),
        st.builds(
            Question, KINDS, PARTIES, PARTIES, several(CONVENANT.categories), several(CONVENANT.categories), SUBJECTS,
            PURPOSES, words(CONVENANT.phases), st.none() | DAYS,
        ),
        max_size=1,
    ),
    shared=st.lists(
        st.builds(Shared, PARTIES, PARTIES, several(CONVENANT.categories), SUBJECTS, DAYS), max_size=2
    ).map(tuple),
)  # fmt: skip


@st.composite
def registrations(draw: st.DrawFn) -> Any:
    """Draw a registration with whatever in its fields."""
    of = draw(REGISTRATIONS)
    values: dict[str, Any] = {}
    for name, field in of.model_fields.items():
        if name == "fact":
            values[name] = field.default if isinstance(field.default, str) else draw(words([*CONVENANT.registrations]))
        else:
            values[name] = draw(_value(name, str(field.annotation)))
    return of.model_construct(**values)


def _value(name: str, annotation: str) -> st.SearchStrategy[Any]:
    """Draw something of the shape this field has, if not of its meaning."""
    if "Person" in annotation or "Action" in annotation:
        inner = facts.Person if "Person" in annotation else facts.Action
        one = st.fixed_dictionaries(
            {key: _value(key, str(field.annotation)) for key, field in inner.model_fields.items()}
        ).map(lambda values: inner.model_construct(**values))
        return st.lists(one, max_size=2).map(tuple) if "tuple" in annotation else one
    if "tuple" in annotation:
        number = "int" in annotation
        return st.lists(COUNTS, max_size=3).map(tuple) if number else several([*CONVENANT.parties, "p1", "p2"])
    if "bool" in annotation:
        return st.booleans()
    if "int" in annotation:
        return COUNTS
    named = {"day", "until", "start", "due", "reassess"}
    return ISO_DAYS if name in named else words([*CONVENANT.phases, *CONVENANT.categories, *CONVENANT.parties])


MESSAGES = st.builds(
    Message,
    kind=KINDS,
    sender=PARTIES,
    role=words(["contactpersoon", "casusregisseur"]),
    recipients=st.lists(PARTIES, max_size=2).map(tuple),
    casus=st.sampled_from([CASUS_ID, NIL_CASUS]),
    convenant=st.sampled_from([CONVENANT.digest, ""]),
    purpose=PURPOSES,
    subjects=SUBJECTS,
    asks=several(CONVENANT.categories),
    parts=st.lists(st.builds(Enclosure, CATEGORIES, words(["feit"])), max_size=3).map(tuple),
    registers=st.none() | registrations(),
    re=st.sampled_from(["", QUESTION_HASH, "x"]),
    issued=DAYS,
    due=st.none() | DAYS,
    claims=CLAIMS,
    hash=st.just("h" * 43),
    authenticated=st.booleans(),
)


@prove(400)
@given(MESSAGES, st.none() | CASUSSEN, DAYS)
def test_no_message_about_no_casus_makes_the_judge_raise(message: Message, casus: Casus | None, day: date) -> None:
    decision = judge(message, casus, Standing(), CONVENANT, day)
    event(f"permitted {decision.permitted}")

    assert decision.permitted is not bool(decision.failures)


@prove(250)
@given(scenes(), MESSAGES, CASUSSEN, picks())
def test_a_permitted_message_with_one_wild_field_is_decided(
    scene: Scene, wild: Message, other: Casus, pick: Pick
) -> None:
    field = pick([name for name in Message.__slots__ if name != "convenant"])
    fact = pick(["regime", "phase", "purposes", "subjects", "roles", "partners", "questions", "shared"])
    changed = scene.says(**{field: getattr(wild, field)})
    decision = pick((changed, changed.knows(**{fact: getattr(other, fact)}))).decide()
    event(f"permitted {decision.permitted}")

    assert decision.permitted is not bool(decision.failures)


@prove(400)
@given(registrations(), scenes(), PARTIES, st.booleans())
def test_no_registration_makes_the_judge_raise(fact: Any, scene: Scene, sender: str, opens: bool) -> None:  # noqa: FBT001 - drawn
    said = replace(
        scene.message, kind="registratie", registers=fact, asks=(), parts=(), subjects=(), recipients=("broker",)
    )
    for casus in (scene.casus, None):
        for number in (CASUS_ID, NIL_CASUS):
            message = replace(said, sender=pick_sender(scene, sender, opens=opens), casus=number)
            decision = judge(message, casus, scene.standing, scene.convenant, scene.day)
            event(f"{fact.fact}: {decision.code or 'permitted'}")

            assert decision.permitted is not bool(decision.failures)


def pick_sender(scene: Scene, sender: str, *, opens: bool) -> str:
    return scene.regime.controller if opens else sender


UNKNOWN = "zomaar_iets"
FOREIGN = {
    "kind": lambda scene: scene.says(kind=UNKNOWN),
    "purpose": lambda scene: scene.says(purpose=UNKNOWN),
    "asks": lambda scene: scene.says(asks=(*scene.message.asks, UNKNOWN)),
    "parts": lambda scene: scene.says(parts=(*scene.message.parts, Enclosure(UNKNOWN, "feit"))),
    "sender": lambda scene: scene.says(sender=UNKNOWN),
    "recipient": lambda scene: scene.says(recipients=(UNKNOWN,)),
    "role": lambda scene: scene.says(role=UNKNOWN),
    "weighing": lambda scene: scene.claims(weighing=UNKNOWN),
    "reason": lambda scene: scene.claims(reason=UNKNOWN),
    "consultation": lambda scene: scene.claims(
        consultation=scene.message.claims.consultation.model_copy(update={"ground": UNKNOWN})
    ),
    "deferral": lambda scene: scene.claims(
        deferral=scene.message.claims.deferral.model_copy(update={"ground": UNKNOWN})
    ),
    "motivation": lambda scene: scene.claims(motivation={**scene.message.claims.motivation, UNKNOWN: 40}),
    "per category": lambda scene: scene.claims(
        motivation_per_category={**scene.message.claims.motivation_per_category, UNKNOWN: 40}
    ),
    "introduces": lambda scene: scene.claims(
        introduces=(
            *scene.message.claims.introduces,
            SubjectClaim.model_construct(subject="p1", role=UNKNOWN, age_band="", holders=()),
        )
    ),
}


@pytest.mark.parametrize("place", FOREIGN)
@prove(40)
@given(scene=mixed_scenes())
def test_a_code_nobody_knows_never_passes_and_only_its_hash_is_kept(place: str, scene: Scene) -> None:
    decision = FOREIGN[place](scene).decide()

    assert not decision.permitted
    assert decision.foreign
    assert UNKNOWN not in repr(decision), "nor is it said again"


@prove(60)
@given(scenes(), st.integers(-40_000, 40_000))
def test_no_day_makes_the_judge_raise(scene: Scene, days: int) -> None:
    decision = replace(scene, day=date(2026, 1, 1) + timedelta(days=days)).decide()

    assert decision.permitted is not bool(decision.failures)
