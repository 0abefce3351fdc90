"""The steps one by one: convenant, casus, purpose, category, rule; what passes, what does not, and by which code."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.casework import (
    ALTRECHT,
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
    signal,
    with_claim,
)
from zegel_broker.casus import Casus, Question, Shared
from zegel_broker.message import Message
from zegel_schemas import registrations as facts
from zegel_schemas.convenant import amend_convenant

HASH = "q" * 43


# -- convenant -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2025, 12, 31), "CONVENANT_NIET_GELDIG"),
        (date(2026, 1, 1), ""),
        (date(2029, 12, 31), ""),
        (date(2030, 1, 1), "CONVENANT_NIET_GELDIG"),
    ],
)
def test_a_convenant_is_in_force_from_its_first_up_to_its_last_day(on: date, code: str) -> None:
    assert decide(signal(on=on), family(), on=on).code == code


def test_a_party_that_left_only_winds_up() -> None:
    tree = next(tree.value for tree in CONVENANT.trees if tree.value["document"] == "CMPG")
    left = amend_convenant(CONVENANT, {"CMPG": {**tree, "opzegging": [{"partij": CORPORATION, "per": DAY}]}})
    after, before = replace(signal(), convenant=left.digest), replace(signal(on=day(-1)), convenant=left.digest)
    wind_up = say("incident", CORPORATION, REGIE, purpose="verantwoording_rechten", parts=("proces_casus",))

    assert decide(before, family(), on=day(-1), convenant=left).permitted
    assert decide(after, family(), convenant=left).code == "PARTIJ_NIET_TOEGETREDEN"
    assert decide(replace(wind_up, convenant=left.digest), family(), convenant=left).permitted


def test_an_amendment_changes_nothing_for_who_has_not_signed_it() -> None:
    triage = family("gezamenlijke_triage", regime="TRIAGE", purposes=frozenset({"triage_route"}))
    question = say("triagevraag", REGIE, SCHOOL, purpose="triage_route", asks=("bekendheid",), term=5)

    assert decide(question, triage).code == "AANVULLING_NIET_ONDERTEKEND"
    assert decide(replace(question, recipients=(WIL,)), triage).permitted


# -- casus and purpose -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["correctie", "vernietiging", "rechtenverzoek", "incident"])
def test_after_closure_only_what_winds_up_passes(kind: str) -> None:
    closed = family("gesloten", closed=DAY)
    message = say(kind, REGIE, WIL, purpose="verantwoording_rechten", parts=("proces_casus",))

    assert decide(message, closed).permitted
    assert decide(signal(), closed).code == "CASUS_GESLOTEN"
    assert decide(signal(), family(closed=DAY)).code == "CASUS_GESLOTEN"


def test_winding_up_stays_between_parties_that_had_something_to_do_with_it() -> None:
    message = say("incident", REGIE, "vitras", purpose="verantwoording_rechten", parts=("proces_casus",))

    assert decide(message, family()).code == "GEEN_ROL_IN_CASUS"
    assert decide(message, family(partners=frozenset({REGIE, "vitras"}))).permitted


def test_a_correction_reaches_only_who_got_the_category_about_these_people() -> None:
    casus = family(shared=(Shared(CORPORATION, REGIE, ("huurachterstand",), ("p1", "p2"), DAY),))
    correct = say("correctie", REGIE, CORPORATION, purpose="verantwoording_rechten", parts=("huurachterstand",))

    assert decide(correct, casus).permitted
    assert decide(replace(correct, subjects=("p1", "p3")), casus).code == "GEEN_REGEL"
    assert decide(replace(correct, recipients=(WIL,)), casus).code == "GEEN_REGEL"


def test_at_most_twelve_people_at_once() -> None:
    many = {f"p{number}": family().subjects["p1"] for number in range(1, 14)}
    casus = family(subjects=many)
    known = say(
        "bekendheidsvraag", REGIE, CORPORATION, purpose="casusregie", asks=("bekendheid",), subjects=tuple(many)
    )

    assert decide(known, casus).code == "TE_VEEL_BETROKKENEN"
    assert decide(replace(known, subjects=tuple(many)[:12]), casus).permitted


def test_a_purpose_must_be_opened_and_belong_to_the_regime() -> None:
    assert decide(ask(), family(purposes=frozenset({"casusregie"}))).code == "DOEL_NIET_IN_CASUS"
    smuggled = family(purposes=frozenset({"triage_route"}))
    assert decide(ask(purpose="triage_route"), smuggled).code == "DOEL_NIET_IN_CASUS"


# -- categories ------------------------------------------------------------------------------------------------------


def open_question(kind: str = "informatieverzoek", **rest: Any) -> Casus:
    values: dict[str, Any] = {
        "asker": REGIE,
        "addressee": CORPORATION,
        "asks": ("huurachterstand",),
        "rest": ("huurachterstand",),
        "subjects": ("p1", "p2"),
        "purpose": "overlast",
        "phase": "informatieronde",
        **rest,
    }
    return family(questions={HASH: Question(kind=kind, **values)})


def answer(**rest: Any) -> Message:
    values: dict[str, Any] = {"parts": ("huurachterstand",), "re": HASH, **rest}
    return say("informatieantwoord", CORPORATION, REGIE, **values)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (answer(), ""),
        (answer(parts=("huurachterstand", "overlast_leefbaarheid")), "ANTWOORD_BREDER_DAN_VRAAG"),
        (answer(subjects=("p1", "p3")), "ANTWOORD_BREDER_DAN_VRAAG"),
        (answer(parts=("huurachterstand", "proces_casus")), "GEEN_REGEL"),
        (answer(re=""), "VW_CORRELATIE"),
        (answer(re="x" * 43), "VW_CORRELATIE"),
        (answer(purpose="leefbaarheid_veiligheid"), "VW_CORRELATIE"),
    ],
)
def test_an_answer_fits_within_its_question(message: Message, code: str) -> None:
    assert decide(message, open_question()).code == code


def test_an_answer_does_not_answer_what_is_closed_or_asked_of_another() -> None:
    assert decide(answer(), open_question(status="withdrawn", rest=())).code == "VW_CORRELATIE"
    assert decide(answer(), open_question(addressee=WIL)).code == "VW_CORRELATIE"
    assert decide(answer(), open_question(kind="bekendheidsvraag")).code == "VW_CORRELATIE"


def test_what_was_already_answered_is_not_answered_again() -> None:
    partly = open_question(asks=("huurachterstand", "huisvesting"), rest=("huisvesting",))

    assert decide(answer(), partly).code == "ANTWOORD_BREDER_DAN_VRAAG"
    assert decide(answer(parts=("huisvesting",)), partly).permitted


def test_an_answer_is_judged_in_the_phase_of_its_question_unless_the_casus_is_closed() -> None:
    later = replace(open_question(), phase="afsluiting")

    assert decide(answer(), later).permitted
    assert decide(answer(), replace(later, phase="gesloten")).code == "CASUS_GESLOTEN"


def test_declining_is_always_possible_for_who_was_asked() -> None:
    casus = open_question(addressee="vitras")
    decline = say("weigering", "vitras", REGIE, purpose="casusregie", parts=("proces_casus",), re=HASH)

    assert decide(decline, casus).permitted
    assert decide(replace(decline, sender="portaal"), casus).code == "VW_CORRELATIE"


def test_withdrawing_is_for_the_asker_s_own_question() -> None:
    withdraw = say("intrekking", REGIE, CORPORATION, purpose="casusregie", parts=("proces_casus",), re=HASH)

    assert decide(withdraw, open_question()).permitted
    assert decide(withdraw, open_question(asker=WIL)).code == "VW_CORRELATIE"
    assert decide(replace(withdraw, recipients=(WIL,)), open_question()).code == "VW_CORRELATIE"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (signal(parts=("godsdienst_overtuiging",)), "VERBODEN_CATEGORIE"),
        (signal(parts=("volledig_dossier",)), "VOLLEDIG_DOSSIER"),
        (signal(parts=("bsn",)), "BSN_NIET_TOEGESTAAN"),
        (signal(parts=("gezondheid_algemeen",)), "NIET_DE_BRON"),
        (say("mdo_informatie", REGIE, WIL, parts=("gezondheid_algemeen",)), "DOORVERSTREKKING_VERBODEN"),
        (say("signaal", GGD, CORPORATION, parts=("gezondheid_algemeen",)), "BOVEN_PLAFOND"),
        (say("informatieverzoek", SCHOOL, POLICE, asks=("politiegegevens",)), "BOVEN_PLAFOND"),
        (say("informatieverzoek", REGIE, CORPORATION, asks=("politiegegevens",)), "NIET_DE_BRON"),
        (
            say("bekendheidsvraag", REGIE, CORPORATION, purpose="casusregie", asks=("bekendheid",), parts=("bsn",)),
            "BSN_NIET_TOEGESTAAN",
        ),
    ],
)
def test_a_category_goes_from_its_source_to_who_may_hold_it(message: Message, code: str) -> None:
    assert decide(message, family()).code == code


def test_one_category_that_does_not_pass_refuses_the_whole() -> None:
    assert decide(ask(asks=("huurachterstand", "politiegegevens")), family()).code == "NIET_DE_BRON"


def test_what_a_question_encloses_is_a_push_the_other_way() -> None:
    known = say("bekendheidsvraag", REGIE, WIL, purpose="casusregie", asks=("bekendheid",), parts=("bsn",))

    assert decide(known, family()).permitted


def process(kind: str, recipient: str = WIL) -> Message:
    return say(kind, REGIE, recipient, purpose="casusregie", parts=("proces_casus",))


# -- rules and roles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "code", "rules"),
    [
        (ask(purpose="scholing_arbeid"), "DOEL_PAST_NIET", ("CMPG-210",)),
        (process("afsluitbericht"), "FASE_NIET_TOEGESTAAN", ("CMPG-501",)),
        (process("mdo_uitnodiging"), "FASE_NIET_TOEGESTAAN", ("CMPG-301",)),
        (say("signaal", WIL, REGIE, parts=("werk_dagbesteding",)), "GEEN_REGEL", ()),
    ],
)
def test_what_the_nearest_rule_misses_is_said(message: Message, code: str, rules: tuple[str, ...]) -> None:
    decision = decide(message, family())

    assert (decision.code, decision.rule_ids) == (code, rules)


def test_a_party_without_a_role_stays_out() -> None:
    decision = decide(process("mdo_uitnodiging", "vitras"), family("mdo_plan"))

    assert (decision.code, decision.rule_ids) == ("GEEN_ROL_IN_CASUS", ("V-10",))


def test_a_role_that_ends_is_gone_at_once() -> None:
    ended = settle(family(), register(facts.RoleGiven(instantie=CORPORATION, role="aanmelder", withdrawn=True)))

    assert decide(signal(), ended).code == "GEEN_ROL_IN_CASUS"
    assert CORPORATION in ended.partners


def test_who_directs_and_who_cares_answer_by_their_own_rules() -> None:
    casus = open_question(
        kind="bekendheidsvraag", addressee=ALTRECHT, asks=("bekendheid",), rest=("bekendheid",), purpose="casusregie"
    )
    known = say("bekendheidsantwoord", ALTRECHT, REGIE, purpose="casusregie", parts=("bekendheid",), re=HASH)

    assert decide(known, casus).code == "VW_AFWEGING"
    assert decide(with_claim(known, weighing="toestemming"), casus).rule_ids == ("CMPG-203",)


def test_an_exception_holds_for_who_fits_through_a_role_too() -> None:
    tree = next(tree.value for tree in CONVENANT.trees if tree.value["document"] == "CMPG")
    rules = [{**rule, "behalve_van": [WIL]} if rule["id"] == "CMPG-410" else rule for rule in tree["regels"]]
    other = amend_convenant(CONVENANT, {"CMPG": {**tree, "regels": rules}})
    told = say(
        "melding_geinformeerd", WIL, REGIE, purpose="casusregie", parts=("proces_casus",), convenant=other.digest
    )

    assert decide(told, family(), convenant=other).code == "GEEN_REGEL"
    assert decide(replace(told, sender=SCHOOL), family(), convenant=other).permitted
