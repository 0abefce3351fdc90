"""The clause of break-glass: who answers for it, for how long, and who agreed while an earlier use is unreviewed."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.judge_clause import Clause, someone_else
from tests.judge_scene import Pick, Scene
from zegel_broker.casus import EmergencyUse
from zegel_schemas.claims import Emergency
from zegel_schemas.convenant import Condition

Spoiled = Iterator[tuple[str, Scene]]
NOON = 1_791_194_400  # seconds since 1970 UTC: when the messages of scenes are issued, whatever their day
HOUR = 3600
FIRST, OTHER = "u" * 43, "v" * 43  # hashes of the messages that began a use
ONE, TWO = "m-0000000000000001", "m-0000000000000002"


def used_before(scene: Scene, **fields: object) -> EmergencyUse:
    """Return an earlier use by the sender of the scene that nobody reviewed; `fields` say what differs."""
    use = EmergencyUse(
        use=FIRST, party=scene.message.sender, casus=scene.message.casus, reason="levensgevaar", person=ONE,
        second="", until=NOON - 40 * HOUR, day=scene.later(-2),
    )  # fmt: skip
    return replace(use, **fields)  # type: ignore[arg-type]  # names of fields of a use, by their caller


def _in_force(scene: Scene, use: EmergencyUse) -> Scene:
    """Return the scene in which this use stands among those of all casussen."""
    return replace(scene, standing=replace(scene.standing, emergencies=(use,)))


def _declared(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    """Declare it, as short or as long as it may be; earlier uses are another's, reviewed, the same, or agreed to."""
    ends = NOON + (condition.max_hours or 0) * HOUR
    expires = pick((NOON + 1, ends))
    said = Emergency(reason=pick(condition.grounds or ()), person=ONE, second="", until=pick((expires, ends)))
    scene = scene.says(issued_at=NOON, expires_at=expires).claims(emergency=said)
    same = used_before(scene, reason=said.reason, until=said.until)
    options: tuple[Callable[[], Scene], ...] = (
        lambda: scene,
        lambda: scene.knows(emergencies=(used_before(scene, reviewed=scene.day),)),
        lambda: scene.knows(emergencies=(used_before(scene, party=someone_else(scene)),)),
        lambda: scene.knows(emergencies=(same,)),
        lambda: _in_force(scene, used_before(scene)).claims(emergency=said.model_copy(update={"second": TWO})),
    )
    return pick(options)()


def _amiss(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    said, longest = scene.message.claims.emergency, NOON + (condition.max_hours or 0) * HOUR

    def claims(**fields: object) -> Scene:
        return scene.claims(emergency=said.model_copy(update=fields))

    yield "unknown reason", claims(reason="zomaar")
    yield "nobody answers for it", claims(person="")
    yield "twice the same person", claims(second=said.person)
    yield "a second too long", claims(until=longest + 1)
    yield "outlived by the message", scene.says(expires_at=said.until + 1)
    yield "over before it was sent", claims(until=NOON).says(expires_at=NOON)
    alone = claims(second="")
    yield "alone, before a review", alone.knows(emergencies=(used_before(scene),))
    yield "alone, before one of another casus", _in_force(alone, used_before(scene, use=OTHER, casus="elsewhere"))
    for field, value in ("reason", "anders"), ("person", TWO), ("until", said.until - 1), ("casus", "elsewhere"):
        use = used_before(scene, **{"use": OTHER, "reason": said.reason, "until": said.until, field: value})
        yield f"alone, before one of another {field}", _in_force(alone, use)


EMERGENCY_CLAUSES = {"spoed": Clause(_declared, _amiss)}
