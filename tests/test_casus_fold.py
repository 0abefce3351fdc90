"""The fold: what each kind of settled message changes in a casus, that it is stored exactly, and that void is void."""

from dataclasses import replace
from typing import Any

import pytest

from tests.casework import (
    ALTRECHT,
    CONVENANT,
    CORPORATION,
    DAY,
    GEYNWIJS,
    POLICE,
    REGIE,
    SCHOOL,
    WIL,
    day,
    family,
    register,
    say,
    settle,
)
from zegel_broker.casus import Action, Casus, Deferral, Shared, Standing
from zegel_broker.decision import Decision
from zegel_broker.fold import Event, apply, open_casus, refold
from zegel_broker.message import Message
from zegel_schemas import registrations as facts
from zegel_schemas.claims import SubjectClaim

PERMITTED = Decision(permitted=True)
ACTION = "5d1f7a52-6a53-4d0e-9a52-6a534d0e9a52"
PLANNED: dict[str, Any] = {"plan_day": day(-5), "actions": {ACTION: Action("schuldhulp_traject", WIL, (CORPORATION,))}}
INFORMED: dict[str, Any] = {"informed": dict.fromkeys(("p1", "p2", "p3", "p4"), day(-7))}


def fold(casus: Casus | None, message: Message) -> Casus:
    found = apply(casus, message, PERMITTED, convenant=CONVENANT, day=DAY)
    assert found is not None
    return found


def asked(**rest: Any) -> Message:
    return say("informatieverzoek", REGIE, CORPORATION, asks=("huurachterstand", "huisvesting"), hash="q" * 43, **rest)


def reported() -> Message:
    people = (
        SubjectClaim(subject="p1", role="ouder_met_gezag", age_band="16_plus"),
        SubjectClaim(subject="p2", role="minderjarige", age_band="under_12", holders=("p1",)),
    )
    return say(
        "aanmelding",
        CORPORATION,
        REGIE,
        subjects=("p1", "p2"),
        parts=("proces_casus", "identificatie_contact", "overlast_leefbaarheid"),
        claims={"introduces": people, "consultation": {"status": "besproken"}},
    )


def test_a_refused_message_changes_nothing() -> None:
    casus = family()

    assert apply(casus, asked(), Decision(permitted=False), convenant=CONVENANT, day=DAY) is casus


def test_a_report_opens_the_casus_with_its_people_purposes_and_roles() -> None:
    casus = settle(None, reported())

    assert (casus.regime, casus.phase, casus.opened) == ("CMPG", "aanmelding", DAY)
    assert casus.purposes == {"overlast", "casusregie", "verantwoording_rechten"}
    assert casus.roles == {CORPORATION: ("aanmelder",), REGIE: ("regisseur",)}
    assert casus.subjects["p2"].holders == ("p1",)
    assert casus.subjects["p2"].band_day == DAY
    assert casus.consultation is not None
    assert casus.consultation.status == "besproken"
    assert casus.hits == {CORPORATION: {"p1": DAY, "p2": DAY}}


def test_a_question_stands_open_under_its_hash_in_its_phase() -> None:
    question = settle(family(), asked()).questions["q" * 43]

    assert (question.asker, question.addressee, question.status) == (REGIE, CORPORATION, "open")
    assert (question.asks, question.subjects, question.purpose) == (
        ("huurachterstand", "huisvesting"),
        ("p1",),
        "overlast",
    )
    assert (question.phase, question.day, question.due) == ("informatieronde", DAY, day(10))


def test_an_assignment_stands_open_for_what_it_encloses() -> None:
    casus = family("uitvoering", **PLANNED, **INFORMED)
    message = say(
        "actietoewijzing",
        REGIE,
        WIL,
        purpose="afstemming_hulp",
        parts=("plan_acties", "identificatie_contact"),
        claims={"action": ACTION},
        hash="a" * 43,
    )
    question = settle(casus, message).questions["a" * 43]

    assert question.asks == ("plan_acties", "identificatie_contact")
    assert question.action == ACTION


@pytest.mark.parametrize("kind", ["bekendheids", "triage"])
def test_known_makes_a_hit_and_an_informant_and_not_known_leaves_no_trace(kind: str) -> None:
    casus = family(roles={REGIE: ("regisseur",)}, hits={}, partners=frozenset({REGIE}))
    casus = fold(casus, say(f"{kind}vraag", REGIE, SCHOOL, asks=("bekendheid",), subjects=("p3", "p4"), hash="q" * 43))
    outcome = {"p3": "bekend", "p4": "niet_bekend"}
    answer = say(f"{kind}antwoord", SCHOOL, REGIE, parts=("bekendheid",), re="q" * 43, claims={"outcome": outcome})
    casus = fold(casus, answer)

    assert casus.hits == {SCHOOL: {"p3": DAY}}
    assert casus.roles[SCHOOL] == ("informant",)
    assert casus.questions["q" * 43].status == "answered"
    assert "niet_bekend" not in casus.to_json().decode()


def test_not_known_alone_gives_no_role() -> None:
    casus = family(roles={REGIE: ("regisseur",)}, hits={})
    casus = fold(casus, say("bekendheidsvraag", REGIE, SCHOOL, asks=("bekendheid",), hash="q" * 43))
    answer = say("bekendheidsantwoord", SCHOOL, REGIE, re="q" * 43, claims={"outcome": {"p1": "niet_bekend"}})

    assert SCHOOL not in fold(casus, answer).roles


@pytest.mark.parametrize(
    ("completeness", "parts", "subjects", "status", "rest"),
    [
        ("volledig", ("huurachterstand",), ("p1", "p2"), "answered", ()),
        ("", ("huurachterstand",), ("p1", "p2"), "answered", ()),
        ("gedeeltelijk", ("huurachterstand",), ("p1", "p2"), "open", ("huisvesting",)),
        ("gedeeltelijk", ("huurachterstand",), ("p1",), "open", ("huurachterstand", "huisvesting")),
        ("gedeeltelijk", ("huurachterstand", "huisvesting"), ("p1", "p2"), "answered", ()),
    ],
)
def test_an_answer_closes_its_question_or_leaves_the_rest_open(
    completeness: str, parts: tuple[str, ...], subjects: tuple[str, ...], status: str, rest: tuple[str, ...]
) -> None:
    casus = settle(family(), asked(subjects=("p1", "p2")))
    answer = say(
        "informatieantwoord",
        CORPORATION,
        REGIE,
        parts=parts,
        subjects=subjects,
        re="q" * 43,
        claims={"completeness": completeness},
    )
    casus = settle(casus, answer)

    assert (casus.questions["q" * 43].status, casus.questions["q" * 43].rest) == (status, rest)
    assert casus.shared == (Shared(CORPORATION, REGIE, tuple(sorted(parts)), subjects, DAY),)


@pytest.mark.parametrize(
    ("kind", "sender", "recipient", "status"),
    [("weigering", CORPORATION, REGIE, "refused"), ("intrekking", REGIE, CORPORATION, "withdrawn")],
)
def test_declining_and_withdrawing_end_the_question(kind: str, sender: str, recipient: str, status: str) -> None:
    casus = settle(family(), asked())
    ended = settle(casus, say(kind, sender, recipient, purpose="casusregie", parts=("proces_casus",), re="q" * 43))

    assert ended.questions["q" * 43].status == status


def test_acceptance_and_progress_set_the_status_of_the_action() -> None:
    casus = family("uitvoering", **PLANNED, **INFORMED)
    assign = say(
        "actietoewijzing",
        REGIE,
        WIL,
        purpose="afstemming_hulp",
        parts=("plan_acties",),
        claims={"action": ACTION},
        hash="a" * 43,
    )
    accept = say(
        "actieaanvaarding",
        WIL,
        REGIE,
        purpose="afstemming_hulp",
        parts=("plan_acties",),
        re="a" * 43,
        claims={"action": ACTION, "action_status": "aanvaard"},
    )
    progress = replace(
        accept, kind="voortgang", re="", claims=accept.claims.model_copy(update={"action_status": "gereed"})
    )
    accepted = settle(settle(casus, assign), accept)

    assert accepted.questions["a" * 43].status == "answered"
    assert accepted.actions[ACTION].status == "aanvaard"
    assert settle(accepted, progress).actions[ACTION].status == "gereed"


def test_a_report_that_the_family_was_told_counts_for_the_casus_and_once_planned_for_the_plan() -> None:
    told = say(
        "melding_geinformeerd",
        GEYNWIJS,
        REGIE,
        purpose="casusregie",
        parts=("proces_casus",),
        claims={"informed_on": day(-1).isoformat()},
    )
    before = settle(family("mdo_plan"), told)
    after = settle(family("mdo_plan", plan_day=day(-2)), told)

    assert before.informed == {"p1": day(-1)}
    assert before.plan_discussed == {}
    assert after.plan_discussed == {"p1": day(-1)}


def test_a_deferral_runs_per_subject_and_a_copy_to_another_party_adds_nothing() -> None:
    defer = say(
        "uitstel_informeren",
        REGIE,
        POLICE,
        purpose="casusregie",
        subjects=("p1", "p2"),
        parts=("proces_casus",),
        claims={
            "deferral": {"ground": "strafbare_feiten", "days": 14},
            "approvals": ("m-0000000000000001", "m-0000000000000002"),
        },
    )
    once = settle(family(), defer)
    twice = settle(once, replace(defer, recipients=(GEYNWIJS,)))

    assert once.deferrals == tuple(Deferral(each, "strafbare_feiten", day(14), DAY) for each in ("p1", "p2"))
    assert twice.deferrals == once.deferrals


def test_advice_and_closing_are_remembered_per_party() -> None:
    advised = settle(
        family(), say("advies_aan_aanmelder", REGIE, CORPORATION, purpose="casusregie", parts=("proces_casus",))
    )
    closing = settle(
        family("afsluiting"), say("afsluitbericht", REGIE, WIL, purpose="casusregie", parts=("proces_casus",))
    )

    assert advised.advised == {CORPORATION}
    assert closing.told_closing == {WIL}


def test_the_same_delivery_again_moves_its_day_and_adds_no_line() -> None:
    signal = say("signaal", CORPORATION, REGIE, parts=("overlast_leefbaarheid",))
    once = settle(family(), signal)
    again = settle(once, replace(signal, issued=day(3)), on=day(3))

    assert again.shared == (replace(once.shared[0], day=day(3)),)


def test_a_plan_gives_its_actors_their_role_and_keeps_the_status_of_what_goes_on() -> None:
    going = family(**PLANNED | {"actions": {ACTION: Action("schuldhulp_traject", WIL, (), None, "gestart")}})
    plan = facts.PlanSet(
        day=DAY.isoformat(),
        actions=(facts.Action(action=ACTION, kind="schuldhulp_traject", holder=WIL, together_with=(ALTRECHT,)),),
    )
    casus = settle(going, register(plan))

    assert casus.roles[WIL] == ("actiehouder", "informant")
    assert casus.roles[ALTRECHT] == ("actiehouder", "informant")
    assert casus.actions == {ACTION: Action("schuldhulp_traject", WIL, (ALTRECHT,), None, "gestart")}
    assert casus.plan_day == DAY


def test_a_casus_is_stored_and_read_back_exactly() -> None:
    casus = settle(None, reported())
    casus = replace(settle(casus, reported()), **PLANNED, **INFORMED)

    assert Casus.from_json(casus.to_json()) == casus
    assert Casus.from_json(family().to_json()) == family()
    assert Standing.from_json(Standing().to_json()) == Standing()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"id":1,"unknown":2}', b'{"id":"x","opened":"2026-02-30"}'])
def test_what_was_never_stored_is_not_read(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        Casus.from_json(data)


def test_folding_the_same_events_again_gives_the_same_casus() -> None:
    said = [reported(), say("signaal", CORPORATION, REGIE, parts=("overlast_leefbaarheid",))]
    events = [Event(message, (), DAY) for message in said]

    assert refold(events, convenant=CONVENANT) == fold(fold(None, said[0]), said[1])


def test_a_void_answer_leaves_its_question_open_again() -> None:
    answer = say("informatieantwoord", CORPORATION, REGIE, parts=("huurachterstand",), re="q" * 43)
    events = [Event(message, (), DAY) for message in (reported(), asked(), answer)]
    whole, without = refold(events, convenant=CONVENANT), refold(events[:2], convenant=CONVENANT)

    assert whole is not None
    assert without is not None
    assert (whole.questions["q" * 43].status, without.questions["q" * 43].status) == ("answered", "open")
    assert not any(each.categories == ("huurachterstand",) for each in without.shared)


def test_a_casus_whose_opening_is_void_does_not_exist() -> None:
    assert refold([Event(asked(), (), DAY)], convenant=CONVENANT) is None


def test_a_provisional_casus_holds_only_what_the_report_says() -> None:
    casus = open_casus(reported(), convenant=CONVENANT, day=DAY)

    assert casus.questions == {}
    assert casus.hits == {}
    assert casus.shared == ()
