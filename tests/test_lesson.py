"""What a refusal teaches: each remedy is done here for real and helps; each proposal is sent and passes."""

from dataclasses import replace
from typing import Any

import pytest

from tests.casework import (
    CONVENANT,
    CORPORATION,
    DAY,
    GGD,
    POLICE,
    REGIE,
    SCHOOL,
    WIL,
    ask,
    day,
    decide,
    family,
    register,
    say,
    settle,
)
from zegel_broker.casus import Casus, Consent, Question, Standing
from zegel_broker.lesson import Lesson, Proposal, Reason, teach
from zegel_broker.message import Message
from zegel_broker.trial import Trial, World
from zegel_schemas import registrations as facts
from zegel_schemas.explanations import law_of

OPEN = Question(
    kind="informatieverzoek", asker=REGIE, addressee=CORPORATION, asks=("huurachterstand",), rest=("huurachterstand",),
    subjects=("p1",), purpose="overlast", phase="informatieronde", day=day(-3),
)  # fmt: skip
ASKED_BEFORE = {"e" * 43: replace(OPEN, status="answered", rest=(), day=day(-10))}
INVITE = say("mdo_uitnodiging", REGIE, WIL, purpose="casusregie", parts=("proces_casus",))


def lesson(message: Message, casus: Casus | None) -> Lesson:
    decision = decide(message, casus)

    assert not decision.permitted
    return teach(message, casus, Standing(), CONVENANT, DAY, decision)


def reason(found: Lesson, code: str) -> Reason:
    return next(each for each in found.reasons if each.code == code)


def without(message: Message, proposal: Proposal) -> Message:
    """Leave out what the proposal names, by place, as a sender would."""
    left = set(proposal.without)
    return replace(
        message,
        asks=tuple(name for place, name in enumerate(message.asks) if f"asks.{place}" not in left),
        parts=tuple(part for place, part in enumerate(message.parts) if f"parts.{place}.category" not in left),
        subjects=tuple(each for place, each in enumerate(message.subjects) if f"subjects.{place}" not in left),
    )


def test_what_is_permitted_teaches_nothing() -> None:
    assert teach(ask(), family(), Standing(), CONVENANT, DAY, decide(ask(), family())) == Lesson()


@pytest.mark.parametrize(
    ("message", "casus", "remedies", "mended"),
    [
        (ask(term=1), family(), ("other_term",), ask(term=14)),
        (ask(term=None), family(), ("other_term",), ask(term=3)),
        (ask(claims={"period_months": 25}), family(), ("shorter_period",), ask(claims={"period_months": 24})),
        (ask(claims={"period_months": 0}), family(), ("shorter_period",), ask(claims={"period_months": 24})),
        (
            ask(term=15, claims={"period_months": 25}),
            family(),
            ("other_term", "shorter_period"),
            ask(term=3, claims={"period_months": 12}),
        ),
        (ask(convenant="A" * 43), family(), ("fetch_convenant",), ask()),
        (
            say("informatieantwoord", CORPORATION, REGIE, parts=("huurachterstand",)),
            family(questions={"q" * 43: OPEN}),
            ("name_open_question",),
            say("informatieantwoord", CORPORATION, REGIE, parts=("huurachterstand",), re="q" * 43),
        ),
    ],
)
def test_a_remedy_in_the_message_itself_makes_it_pass(
    message: Message, casus: Casus, remedies: tuple[str, ...], mended: Message
) -> None:
    found = lesson(message, casus)

    assert found.remedies == remedies
    assert found.proposals == ()  # the whole may be sent
    assert {each.remedy for each in found.reasons} == set(remedies)
    assert decide(mended, casus).permitted


def test_who_asks_first_whether_they_are_known_may_then_ask_for_more() -> None:
    casus = family(hits={})
    found = lesson(ask(), casus)

    assert found.remedies == ("bekendheid_first",)
    assert found.proposals == (Proposal("lower_step", kind="bekendheidsvraag", asks=("bekendheid",)),)
    first = say("bekendheidsvraag", REGIE, CORPORATION, purpose="casusregie", asks=("bekendheid",), hash="b" * 43)
    answer = say(
        "bekendheidsantwoord",
        CORPORATION,
        REGIE,
        purpose="casusregie",
        parts=("bekendheid",),
        re="b" * 43,
        claims={"outcome": {"p1": "bekend"}},
    )
    casus = settle(settle(casus, first), answer)
    assert decide(ask(), casus).permitted


def test_who_informs_the_family_first_may_then_invite() -> None:
    casus = family("mdo_plan")
    found = lesson(INVITE, casus)

    assert found.remedies == ("inform_first",)
    told = settle(casus, register(facts.Informed(subjects=("p1",), day=DAY.isoformat())))
    assert decide(INVITE, told).permitted


def test_a_phase_that_waits_for_the_family_to_be_informed_is_entered_once_they_are() -> None:
    step = register(
        facts.PhaseSet(
            phase="mdo_plan", attested=("besluit_in_behandeling",), criteria=("gezin", "financien", "huisvesting")
        )
    )
    casus = family()

    assert lesson(step, casus).remedies == ("inform_first",)
    told = settle(casus, register(facts.Informed(subjects=("p1", "p2"), day=DAY.isoformat())))
    assert decide(step, told).permitted


def test_who_waits_out_the_term_may_ask_again() -> None:
    casus = family(questions=ASKED_BEFORE)

    assert lesson(ask(), casus).remedies == ("await_answer",)
    assert not decide(ask(on=day(20)), casus, on=day(20)).permitted
    assert decide(ask(on=day(21)), casus, on=day(21)).permitted


def test_waiting_is_not_offered_when_the_answer_on_knowing_them_would_be_too_old_by_then() -> None:
    old = {CORPORATION: {"p1": day(-50)}}

    assert lesson(ask(), family(questions=ASKED_BEFORE, hits=old)).remedies == ()


def test_a_remedy_that_does_not_help_is_not_offered() -> None:
    found = lesson(ask(term=1, claims={"motivation": {}}), family())

    assert found.remedies == ()
    assert {each.remedy for each in found.reasons} == {""}


def test_the_largest_part_leaves_out_only_what_may_not_be_asked() -> None:
    message = ask(asks=("politiegegevens", "huurachterstand", "ggz_verslaving", "huisvesting"))
    (part,) = lesson(message, family()).proposals

    assert part == Proposal("part", without=("asks.0", "asks.2"))
    assert decide(without(message, part), family()).permitted


def test_categories_are_left_out_before_subjects() -> None:
    said = Consent("t", "p1", ("p1",), GGD, (REGIE,), ("gezondheid_algemeen",), explicit=True, day=DAY)
    also = replace(said, id="u", subject="p2", given_by=("p2",))
    half = replace(said, id="v", categories=("handelingsadvies",))
    casus = family(consents=(said, also, half))
    message = say(
        "informatieverzoek", REGIE, GGD, purpose="zelfredzaamheid", subjects=("p1", "p2"),
        asks=("handelingsadvies", "gezondheid_algemeen"),
    )  # fmt: skip
    (part,) = lesson(message, casus).proposals

    assert part.without == ("asks.0",)


def test_subjects_are_left_out_when_no_category_passes_about_all() -> None:
    message = ask(subjects=("p1", "p2", "p3"), asks=("huurachterstand", "huisvesting"))
    casus = family(hits={CORPORATION: {"p1": DAY, "p3": DAY}})
    part, lower = lesson(message, casus).proposals

    assert part == Proposal("part", without=("subjects.1",))
    assert decide(without(message, part), casus).permitted
    assert lower == Proposal(
        "lower_step", without=("subjects.0", "subjects.2"), kind="bekendheidsvraag", asks=("bekendheid",)
    )


def test_both_are_left_out_when_neither_alone_is_enough() -> None:
    said = Consent("t", "p2", ("p2",), GGD, (REGIE,), ("gezondheid_algemeen",), explicit=True, day=DAY)
    message = say(
        "informatieverzoek", REGIE, GGD, purpose="zelfredzaamheid", subjects=("p1", "p2"),
        asks=("handelingsadvies", "gezondheid_algemeen"),
    )  # fmt: skip
    (part,) = lesson(message, family(consents=(said,))).proposals

    assert part.without == ("asks.0", "subjects.0")


def test_somebody_outside_the_casus_is_left_out() -> None:
    message = ask(subjects=("p1", "p9"))
    (part,) = lesson(message, family()).proposals

    assert part.without == ("subjects.1",)
    assert reason(lesson(message, family()), "BETROKKENE_NIET_IN_CASUS").remedy == "fewer_subjects"


def test_an_instantie_without_a_role_may_be_asked_whether_it_knows_them() -> None:
    found = lesson(say("informatieverzoek", REGIE, "portaal", asks=("huisvesting",)), family())

    assert [each.code for each in found.reasons] == ["GEEN_ROL_IN_CASUS"]
    assert [each.kind for each in found.proposals] == ["bekendheidsvraag"]


def test_the_lower_step_is_not_offered_where_it_would_be_refused() -> None:
    asked = {"e" * 43: replace(OPEN, kind="bekendheidsvraag", asks=("bekendheid",), addressee="portaal")}

    message = say("informatieverzoek", REGIE, "portaal", asks=("huisvesting",))
    assert lesson(message, family(questions=asked)).proposals == ()


@pytest.mark.parametrize(
    "message",
    [
        ask(authenticated=False, term=1),
        ask(role="stagiair", term=1),
        ask(subjects=("p1", "p1"), term=1),
        replace(ask(term=1), recipients=("iemand",)),
        ask(term=1, asks=("huurachterstand", "lievelingskleur")),
    ],
)
def test_who_may_not_send_or_sends_no_message_is_offered_nothing(message: Message) -> None:
    found = lesson(message, family(hits={}))

    assert (found.remedies, found.proposals) == ((), ())
    assert {each.remedy for each in found.reasons} == {""}


@pytest.mark.parametrize(
    ("message", "code", "sections", "articles"),
    [
        (
            say("informatieverzoek", SCHOOL, POLICE, purpose="schooluitval", asks=("politiegegevens",)),
            "BOVEN_PLAFOND",
            ("partijen.plafond",),
            ("WPG-20-1", "UAVG-33-1-a", "AVG-10", "AVG-6-1-e", "AVG-5-1-c"),
        ),
        (
            say("signaal", CORPORATION, REGIE, parts=("ggz_verslaving",)),
            "NIET_DE_BRON",
            ("partijen.bron",),
            ("BW-7-457", "UAVG-30-3-a", "AVG-9-1", "AVG-5-1-d"),
        ),
        (ask(convenant="A" * 43), "CONVENANT_VERSIE", ("versie",), ("AVG-5-2",)),
        (ask(purpose="fraudeonderzoek"), "DOEL_UITGESLOTEN", ("uitgesloten_doelen",), ("AVG-5-1-b",)),
        (ask(asks=("volledig_dossier",)), "VOLLEDIG_DOSSIER", (), ("AVG-5-1-c",)),
        (ask(asks=("ras_etnische_afkomst",)), "VERBODEN_CATEGORIE", ("categorieen",), ("UAVG-22-2-a", "UAVG-25")),
    ],
)
def test_law_and_section_are_named_also_where_no_rule_is(
    message: Message, code: str, sections: tuple[str, ...], articles: tuple[str, ...]
) -> None:
    found = reason(lesson(message, family()), code)

    assert (found.sections, found.articles) == (sections, articles)
    assert found.documents == ("CMPG",)


def test_who_did_not_sign_learns_which_document() -> None:
    casus = family(regime="TRIAGE", phase="gezamenlijke_triage", purposes=frozenset({"triage_route"}))
    message = say("triagevraag", REGIE, "portaal", purpose="triage_route", asks=("bekendheid",), term=5)

    assert reason(lesson(message, casus), "AANVULLING_NIET_ONDERTEKEND").documents == ("A1",)


def test_for_a_wrong_purpose_only_the_article_is_named() -> None:
    message = say("informatieverzoek", REGIE, POLICE, purpose="schooluitval", asks=("politiegegevens",))
    found = reason(lesson(message, family()), "DOEL_PAST_NIET")

    assert found.rules == ()  # they would say which purpose to declare
    assert found.articles == ("AVG-6-1-e", "WPG-20-1", "UAVG-33-1-a")


def test_every_code_of_the_first_six_steps_names_a_law() -> None:
    bare = [code for code, (step, _) in CONVENANT.rank.items() if step < 7 and not law_of(code)]

    assert bare == []


def test_break_glass_is_never_offered() -> None:
    found = lesson(
        say("informatieverzoek", REGIE, GGD, purpose="zelfredzaamheid", asks=("gezondheid_algemeen",)), family(hits={})
    )
    told: list[Any] = [found.remedies, found.proposals, found.reasons]

    assert "spoed" not in str(told).lower()
    assert "emergency" not in str(told).lower()
    assert "-S" not in str(told)


def test_the_wider_a_message_the_fewer_of_its_parts_are_tried() -> None:
    narrow = World(ask(subjects=("p1",)), family(), DAY)
    wide = World(ask(subjects=tuple(f"p{place}" for place in range(12)), asks=tuple("abcdef")), family(), DAY)

    def tries(world: World) -> int:
        trial, done = Trial(Standing(), CONVENANT), 0
        while not trial.spent:
            trial.permits(world)
            done += 1
        return done

    assert (tries(narrow), tries(wide)) == (13, 3)


def test_categories_that_pass_alone_are_offered_together_and_the_others_left_out() -> None:
    mixed = ask(asks=("huurachterstand", "ggz_verslaving", "overlast_leefbaarheid"))

    lesson = teach(mixed, family(), Standing(), CONVENANT, DAY, decide(mixed, family()))

    assert [(each.sort, each.without) for each in lesson.proposals] == [("part", ("asks.1",))]
