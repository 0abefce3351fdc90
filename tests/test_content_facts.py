"""Facts in the clear against sealed facts: outcome, action, reason, informing, deferral, persons, ages."""

import pytest

from tests.content_messages import altered, declaration, of, refused_fields
from zegel_schemas.claims import Claims, Deferral, SubjectClaim
from zegel_schemas.content import check_claims, example, fill_claims
from zegel_schemas.content.involvement import Bekendheid, Uitkomst
from zegel_schemas.content.motivation import Motivering
from zegel_schemas.content.process import ProcesCasus
from zegel_schemas.content.process_examples import EXAMPLE_ACTION
from zegel_schemas.content.process_topics import Geinformeerd, Weigering

OTHER_ACTION = "0b8f4a52-6a3e-4c0d-9f4e-2d1c5b7a9e02"
KNOWN = of(
    Bekendheid(
        uitkomsten=(Uitkomst(betrokkene="p1", uitkomst="bekend"), Uitkomst(betrokkene="p2", uitkomst="niet_bekend"))
    )
)


@pytest.mark.parametrize("kind", ["bekendheidsantwoord", "triageantwoord"])
def test_an_outcome_must_equal_the_sealed_answer(kind: str) -> None:
    claims = fill_claims(kind, KNOWN, Claims())

    assert claims.outcome == {"p1": "bekend", "p2": "niet_bekend"}
    check_claims(declaration(kind, KNOWN, claims), KNOWN)
    assert refused_fields(kind, KNOWN, Claims(outcome={"p1": "bekend", "p2": "bekend"})) == ("claims.outcome.p2",)
    assert refused_fields(kind, KNOWN, Claims(outcome={"p1": "bekend"})) == ("claims.outcome.p2",)
    assert refused_fields(kind, KNOWN, altered(claims, outcome={**claims.outcome, "p3": "bekend"})) == (
        "claims.outcome.p3",
    )


def test_an_outcome_without_a_sealed_answer_is_refused() -> None:
    claims = Claims(outcome={"p1": "bekend"})

    assert refused_fields("triageantwoord", {}, claims) == ("claims.outcome.p1",)


@pytest.mark.parametrize("kind", ["actieaanvaarding", "voortgang"])
@pytest.mark.parametrize("category", ["plan_acties", "proces_casus"])
def test_action_and_status_must_equal_what_is_sealed(kind: str, category: str) -> None:
    contents = of(example(category, kind))
    claims = fill_claims(kind, contents, Claims())

    assert claims.action == EXAMPLE_ACTION
    assert claims.action_status == ("aanvaard" if kind == "actieaanvaarding" else "gestart")
    check_claims(declaration(kind, contents, claims), contents)
    assert refused_fields(kind, contents, altered(claims, action=OTHER_ACTION)) == ("claims.action",)
    assert refused_fields(kind, contents, altered(claims, action_status="gereed")) == ("claims.action_status",)


def test_an_assignment_holds_the_one_action_it_claims() -> None:
    contents = of(example("plan_acties"))
    claims = fill_claims("actietoewijzing", contents, Claims())

    assert claims.action == EXAMPLE_ACTION
    assert refused_fields("actietoewijzing", contents, Claims(action=OTHER_ACTION)) == ("claims.action",)
    assert refused_fields("actietoewijzing", {}, claims) == ("claims.action",)


def test_content_that_contradicts_itself_about_an_action_bears_out_no_claim() -> None:
    contents = of(example("plan_acties", "actieaanvaarding"), example("proces_casus", "voortgang"))
    claims = Claims(action=EXAMPLE_ACTION, action_status="gestart")

    assert refused_fields("voortgang", contents, claims) == ("claims.action", "claims.action_status")


def test_a_question_may_refer_to_an_action_that_stands_in_the_plan() -> None:
    contents = of(Motivering(waarom_nodig="n" * 41))
    claims = Claims(motivation={"waarom_nodig": 41}, action=OTHER_ACTION)

    check_claims(declaration("informatieverzoek", contents, claims), contents)


@pytest.mark.parametrize("kind", ["weigering", "intrekking"])
def test_a_coarse_reason_must_equal_the_sealed_one(kind: str) -> None:
    contents = of(example("proces_casus", kind))
    claims = fill_claims(kind, contents, Claims())

    assert claims.reason == ("te_breed" if kind == "weigering" else "wordt_vervangen")
    check_claims(declaration(kind, contents, claims), contents)
    assert refused_fields(kind, contents, Claims(reason="mag_niet")) == ("claims.reason",)


def test_two_different_reasons_bear_out_none() -> None:
    contents = of(ProcesCasus(onderwerpen=(Weigering(reden="mag_niet"), Weigering(reden="te_breed"))))

    assert refused_fields("weigering", contents, Claims(reason="mag_niet")) == ("claims.reason",)


def test_the_day_somebody_was_informed_must_be_the_sealed_one() -> None:
    contents = of(example("proces_casus", "melding_geinformeerd"))
    claims = Claims(informed_on="2026-09-27")

    assert refused_fields("melding_geinformeerd", contents, claims, subjects=("p1", "p2")) == ("claims.informed_on",)


@pytest.mark.parametrize(("kind", "told"), [("melding_geinformeerd", ("p1", "p2")), ("uitstel_informeren", ("p2",))])
def test_informing_or_deferring_speaks_of_every_subject_of_the_message(kind: str, told: tuple[str, ...]) -> None:
    contents = of(example("proces_casus", kind))
    claims = fill_claims(kind, contents, Claims())

    check_claims(declaration(kind, contents, claims, subjects=told), contents)
    assert refused_fields(kind, contents, claims, subjects=(*told, "p3")) == ("subjects",)


def test_two_letters_on_one_day_inform_together() -> None:
    letters = tuple(
        Geinformeerd(betrokkenen=(person,), over="casus", dag="2026-09-28", wijze="brief") for person in ("p1", "p2")
    )
    contents = of(ProcesCasus(onderwerpen=letters))
    claims = Claims(informed_on="2026-09-28")

    check_claims(declaration("melding_geinformeerd", contents, claims, subjects=("p1", "p2")), contents)


@pytest.mark.parametrize(
    ("field", "value"), [("ground", "strafbare_feiten"), ("days", 15), ("reassessed", "2026-10-01")]
)
def test_a_deferral_must_be_the_sealed_one(field: str, value: object) -> None:
    contents = of(example("proces_casus", "uitstel_informeren"))
    stated = {"ground": "bescherming_betrokkene_of_anderen", "days": 14, "reassessed": "", field: value}
    claims = Claims(deferral=Deferral.model_validate(stated))

    assert refused_fields("uitstel_informeren", contents, claims, subjects=("p2",)) == (f"claims.deferral.{field}",)


def test_the_day_the_regisseur_was_spoken_to_must_be_the_sealed_one() -> None:
    contents = of(example("proces_casus", "escalatie"))
    claims = Claims(direction_consulted="2026-10-04")

    assert refused_fields("escalatie", contents, claims) == ("claims.direction_consulted",)


def test_content_about_somebody_outside_the_message_is_refused() -> None:
    contents = of(example("onderwijs_verzuim"))

    assert refused_fields("informatieantwoord", contents, Claims(), subjects=("p1",)) == ("parts.onderwijs_verzuim",)


def test_a_destruction_names_the_categories_the_message_asks() -> None:
    contents = of(example("proces_casus", "vernietiging"))

    check_claims(declaration("vernietiging", contents, Claims(), asks=("bekendheid",)), contents)
    assert refused_fields("vernietiging", contents, Claims(), asks=("bekendheid", "huurachterstand")) == ("asks",)


def test_an_age_band_that_the_birth_date_belies_is_refused() -> None:
    contents = of(example("identificatie_contact"))  # p3 was born on 2012-09-20: fourteen on the day of the message
    right = Claims(introduces=(SubjectClaim(subject="p3", role="minderjarige", age_band="12_15"),))
    wrong = Claims(introduces=(SubjectClaim(subject="p3", role="minderjarige", age_band="16_plus"),))

    check_claims(declaration("aanmelding", contents, right), contents)
    assert refused_fields("aanmelding", contents, wrong) == ("claims.introduces",)
