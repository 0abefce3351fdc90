"""Draw a message from a rule, and build the casus that permits it: who may send it, about whom, when, with what facts.

Days stand at the first or last day that all documents hold and both parties are bound, or somewhere between.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from tests.judge_clauses import satisfy
from tests.judge_pairs import Pair, pairs_of, regimes_of
from tests.judge_scene import CASUS_ID, QUESTION_HASH, Pick, Scene, subset
from zegel_broker.casus import Casus, Person, Question, Shared, Standing
from zegel_broker.message import DESTROYING, REPORT, WITHDRAWING, Enclosure, Message
from zegel_schemas.claims import Claims, SubjectClaim
from zegel_schemas.convenant import EARLIER, ROLE_OF_TOKEN, Convenant, Regime, Rule

MIDDLE = date(2026, 10, 5)
LONG_AFTER = date(2033, 1, 3)  # every document has ended; winding up goes on
AGE_VALID = 182  # days an age band holds (`registraties.leeftijdsgroep.geldig_dagen`)
PLAIN_ROLES = ("informant", "deelnemer_mdo", "actiehouder", "aanmelder")
_NEEDS_CASUS = {
    "toestemming_of_grond", "toestemming", "verklaring", "besluit", "besluit_of_toestemming", "hit", "geen_herhaling",
    "geinformeerd_of_uitstel", "actie_in_plan", "actie_past_bij_taak", "gezamenlijke_actie", "plan_vastgesteld",
    "spoed", "instemming_bron", "ots_actief", "opschalingscriteria", "uitstelgrond",
}  # fmt: skip  # tests that need facts an unknown casus does not have


def draw_rule(convenant: Convenant, pick: Pick) -> Rule:
    """Return a rule that somebody can use."""
    return pick(_usable(convenant))


@lru_cache(maxsize=64)
def _usable(convenant: Convenant) -> tuple[Rule, ...]:
    return tuple(rule for rule in convenant.rules if _uses(convenant, rule.id))


@lru_cache(maxsize=4096)
def _uses(convenant: Convenant, rule_id: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds and regimes under which the rule joins anybody at all."""
    rule = next(rule for rule in convenant.rules if rule.id == rule_id)
    return tuple(
        (kind, regime)
        for kind in rule.kinds
        for regime in regimes_of(convenant, rule_id)
        if pairs_of(convenant, rule_id, kind, regime) and _purposes(convenant, rule, kind, regime)
    )


def _purposes(convenant: Convenant, rule: Rule, kind: str, regime: str) -> list[str]:
    every = convenant.kinds[kind].afterwards
    return [name for name in rule.purposes if every or name in convenant.regimes[regime].purposes]


def draft(convenant: Convenant, pick: Pick, rule: Rule | None = None) -> Scene:
    """Return a scene that this rule (any, when none is given) permits."""
    rule = rule or draw_rule(convenant, pick)
    kind, regime_name = pick(_uses(convenant, rule.id))
    regime = convenant.regimes[regime_name]
    pair = pick(_bound(convenant, rule, kind, regime_name))
    afterwards = convenant.kinds[kind].afterwards
    day = pick((MIDDLE, LONG_AFTER) if afterwards else _days(convenant, regime, pair))
    asks, parts = _categories(convenant, rule, kind, pair, pick)
    message = Message(
        kind=kind,
        sender=pair.sender,
        role=pick(_roles(convenant, kind, pair.sender)),
        recipients=(pair.recipient,),
        casus=CASUS_ID,
        convenant=convenant.digest,
        purpose=pick(_purposes(convenant, rule, kind, regime_name)),
        subjects=_subjects(convenant, rule, regime, day, pick),
        asks=asks,
        parts=tuple(Enclosure(name) for name in parts),
        issued=day,
        due=day + timedelta(days=7),
        claims=Claims(),
        hash="h" * 43,
    )
    casus = _casus(convenant, rule, regime, message, day, pick)
    scene = Scene(
        message=message, casus=casus, standing=Standing(), convenant=convenant, day=day, rule=rule, regime=regime
    )
    return _complete(scene, pick)


@lru_cache(maxsize=4096)
def _bound(convenant: Convenant, rule: Rule, kind: str, regime: str) -> tuple[Pair, ...]:
    """Return the pairs of which both have acceded, where that is asked."""
    return tuple(
        pair
        for pair in pairs_of(convenant, rule.id, kind, regime)
        if convenant.kinds[kind].afterwards or _days(convenant, convenant.regimes[regime], pair)
    )


def _days(convenant: Convenant, regime: Regime, pair: Pair) -> list[date]:
    """Return the first, a middle and the last day on which all documents hold and both are bound; none if never."""
    first = max(each.start for each in regime.memberships)
    last = min(each.until for each in regime.memberships)
    for membership in regime.memberships:
        for name in (pair.sender, pair.recipient):
            if not convenant.parties[name].external:
                first = max(first, *membership.acceded.get(name, (date.max,))[:1])
    return [day for day in (first, MIDDLE, last) if first <= day <= last]


def _roles(convenant: Convenant, kind: str, party: str) -> list[str]:
    """Return the roles of employees that may send this kind for this party."""
    mandated = convenant.mandated_roles
    own = mandated.get(party, mandated["standaard"])
    besides = (*mandated.get(kind, ()), *(mandated["rechten"] if convenant.kinds[kind].afterwards else ()))
    return list(dict.fromkeys((*own, *besides)))


def _categories(
    convenant: Convenant, rule: Rule, kind: str, pair: Pair, pick: Pick
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is asked and what is enclosed."""
    limits = [each.max for name in rule.conditions if (each := convenant.conditions[name]).max is not None]
    asks = subset(pick, pair.asked, most=min([6, *limits])) if pair.asked else ()
    if kind == DESTROYING and pair.enclosed and pick((False, True)):
        asks = ()
    needed = not asks
    parts = subset(pick, pair.enclosed, most=3) if pair.enclosed and (needed or pick((False, True))) else ()
    return asks, parts


def _subjects(convenant: Convenant, rule: Rule, regime: Regime, day: date, pick: Pick) -> tuple[str, ...]:
    """Return one to three people; under a supervision order one child, and who hold authority over it or not."""
    people = _people(regime, day, AGE_VALID)
    if any(convenant.conditions[name].test == "ots_actief" for name in rule.conditions):
        child = pick([name for name, each in people.items() if each.holders])
        return pick(((child,), (child, *people[child].holders)))
    return subset(pick, tuple(people), most=3)


def _people(regime: Regime, day: date, valid_days: int) -> dict[str, Person]:
    """Return two parents and their children of 14 and 8, or four people of the regime's own role."""
    own = sorted(regime.group_roles)
    if own:
        return {f"p{number}": Person(own[0], "16_plus", day) for number in range(1, 5)}
    old = day - timedelta(days=valid_days)
    return {
        "p1": Person("ouder_met_gezag", "16_plus", day),
        "p2": Person("ouder_met_gezag", "16_plus", old),
        "p3": Person("minderjarige", "12_15", old, ("p1", "p2")),
        "p4": Person("minderjarige", "under_12", day, ("p1", "p2")),
    }


def _casus(convenant: Convenant, rule: Rule, regime: Regime, message: Message, day: date, pick: Pick) -> Casus | None:
    """Return the casus with phase, purpose, people and roles; None when the message may open one and does."""
    tests = {convenant.conditions[name].test for name in rule.conditions}
    if message.kind == REPORT and not tests & _NEEDS_CASUS and pick((True, False)):
        return None
    kind = convenant.kinds[message.kind]
    phases = [
        name
        for name in (convenant.phases if "*" in rule.phases else rule.phases)
        if kind.afterwards or not convenant.phases[name].final
    ]
    phase = regime.first_phase if message.kind == REPORT else pick(phases)
    roles = _casus_roles(convenant, rule, regime, message, pick)
    return Casus(
        id=CASUS_ID,
        regime=regime.name,
        phase=phase,
        purposes=frozenset({message.purpose, *sorted(regime.process_purposes)}) & regime.purposes,
        subjects=_people(regime, day, AGE_VALID),
        roles=roles,
        partners=frozenset({*roles, message.sender, *message.recipients}),
        opened=day,
    )


def _casus_roles(
    convenant: Convenant, rule: Rule, regime: Regime, message: Message, pick: Pick
) -> dict[str, tuple[str, ...]]:
    """Return the roles both need by the rule; none for who needs none, now and then."""
    kind = convenant.kinds[message.kind]
    found: dict[str, tuple[str, ...]] = {}
    for name, entries in ((message.sender, rule.senders), (message.recipients[0], rule.recipients)):
        tokens = [entry for entry in entries if entry.startswith("@")]
        by_token = [ROLE_OF_TOKEN[token] for token in tokens if token in ROLE_OF_TOKEN]
        free = rule.without_role or bool(kind.answers) or convenant.parties[name].external
        if by_token and not (name in entries and pick((True, False))):
            found[name] = (pick(by_token),)
        elif not free or "@betrokken" in tokens or pick((True, False)):
            found[name] = (pick(PLAIN_ROLES),)
    if message.kind == REPORT:
        found[message.sender] = ("aanmelder",)
    if regime.controller in found:
        found[regime.controller] = (*found[regime.controller], "regisseur")
    return found


def _complete(scene: Scene, pick: Pick) -> Scene:
    """Add what the kind itself needs, and then what each condition of the rule needs."""
    kind = scene.kind
    if kind.answers or scene.message.kind == WITHDRAWING:
        scene = _with_question(scene, pick)
    if EARLIER in scene.rule.categories:
        scene = _with_earlier(scene, pick)
    if scene.casus is None:
        scene = _introducing(scene)
    for name in scene.rule.conditions:
        scene = satisfy(scene, scene.convenant.conditions[name], pick)
    return scene


def _with_question(scene: Scene, pick: Pick) -> Scene:
    """Add the open question this answers, declines or withdraws; answers are judged in the phase it was asked in."""
    message, casus = scene.message, scene.known
    answers = scene.kind.answers
    ends = (scene.recipient, message.sender) if answers else (message.sender, scene.recipient)
    narrow = answers and message.kind != "weigering"
    asked = tuple(name for name in scene.names if narrow and (name != "proces_casus" or pick((True, False))))
    more = pick(((), ("huisvesting",))) if "huisvesting" not in asked else ()
    question = Question(
        kind=pick([name for name in answers if _asks(scene, name)] or ["informatieverzoek"]),
        asker=ends[0],
        addressee=ends[1],
        asks=(*asked, *more),
        rest=(*asked, *more),
        subjects=tuple(casus.subjects) if pick((True, False)) else message.subjects,
        purpose=message.purpose if narrow else pick((message.purpose, "overlast")),
        phase=casus.phase,
        day=scene.later(-3),
    )
    running = [name for name, phase in scene.convenant.phases.items() if not phase.final]
    return scene.says(re=QUESTION_HASH).knows(
        questions={QUESTION_HASH: question}, phase=pick(running) if answers else casus.phase
    )


def _asks(scene: Scene, kind: str) -> bool:
    return scene.convenant.kinds[kind].question


def _with_earlier(scene: Scene, pick: Pick) -> Scene:
    """These categories about these people went between these two before, either way, now and then in two messages."""
    message = scene.message
    ends = pick(((message.sender, scene.recipient), (scene.recipient, message.sender)))
    names, subjects = tuple(name for name in scene.names if name not in scene.rule.categories), message.subjects
    if pick((True, False)):
        return scene.knows(shared=(Shared(*ends, names, subjects, scene.day),))
    each = tuple(Shared(*ends, (name,), (subject,), scene.day) for name in names for subject in subjects)
    return scene.knows(shared=each)


def _introducing(scene: Scene) -> Scene:
    """A report that opens a casus introduces its people."""
    people = _people(scene.regime, scene.day, AGE_VALID)
    return scene.claims(
        introduces=tuple(
            SubjectClaim.model_validate(
                {"subject": name, "role": each.role, "age_band": each.age_band, "holders": each.holders}
            )
            for name, each in people.items()
        )
    )


def refresh(scene: Scene, *, day: date) -> Scene:
    """Return the scene sent on another day; its facts stay as they are."""
    return replace(scene.says(issued=day), day=day)
