"""Claims in the clear against sealed content: the sender derives them, the recipient refuses any that do not hold."""

from datetime import date
from typing import Any

import pytest

from zegel_schemas.claims import CLAIMS_OF_KIND, Claims, Consultation, Deferral, SubjectClaim
from zegel_schemas.content import (
    Content,
    Contents,
    age_band,
    check_claims,
    derive_claims,
    example,
    fill_claims,
)
from zegel_schemas.content.ages import possible_bands
from zegel_schemas.content.involvement import Bekendheid, Uitkomst
from zegel_schemas.content.motivation import Motivering, PerCategorie
from zegel_schemas.content.process import ProcesCasus
from zegel_schemas.content.process_examples import EXAMPLE_ACTION, TOPIC_OF_KIND
from zegel_schemas.content.process_topics import Geinformeerd, Weigering
from zegel_schemas.declaration import Declaration, PartName, Recipient, Sender
from zegel_schemas.refusals import Fault, Refusal

EVERYBODY = ("p1", "p2", "p3", "p4")
OTHER_ACTION = "0b8f4a52-6a3e-4c0d-9f4e-2d1c5b7a9e02"
ISSUED = 1_791_201_600  # 2026-10-05T12:00:00Z


def declaration(kind: str, contents: Contents, claims: Claims, **changes: Any) -> Declaration:
    fields: dict[str, Any] = {
        "id": "019a0000-0000-7000-8000-000000000001",
        "kind": kind,
        "casus": "5a1c7a0e-7b1d-4c39-9a53-0f6d2b8e4c11",
        "convenant": "A" * 43,
        "sender": Sender(instantie="gemeente.regieteam", role="casusregisseur", key="A" * 43),
        "recipient": Recipient(instantie="jutphaas_wonen", key="A" * 43),
        "purpose": "afstemming_hulp",
        "subjects": EVERYBODY,
        "parts": tuple(PartName(category=category, schema_version=1) for category in contents),
        "issued": ISSUED,
        "expires": ISSUED + 3600,
        "claims": claims,
    }
    return Declaration(**(fields | changes))


def of(*contents: Content) -> dict[str, Content]:
    return {content.category: content for content in contents}


def refused_fields(kind: str, contents: Contents, claims: Claims, **changes: Any) -> tuple[str, ...]:
    with pytest.raises(Refusal) as caught:
        check_claims(declaration(kind, contents, claims, **changes), contents)
    assert caught.value.code == Fault.CLAIM_KLOPT_NIET
    return caught.value.fields


def altered(claims: Claims, **changes: object) -> Claims:
    return claims.model_copy(update=changes)


MOTIVATED = of(
    Motivering(
        waarom_nodig="n" * 41,
        waarom_deze_instantie="d" * 42,
        waarom_niet_minder="m" * 43,
        per_categorie=(PerCategorie(categorie="huurachterstand", tekst="c" * 24),),
        nieuwe_feiten="f" * 45,
        overleg_toelichting="o" * 46,
    )
)
QUESTION = fill_claims("informatieverzoek", MOTIVATED, Claims())


@pytest.mark.parametrize("kind", sorted(CLAIMS_OF_KIND))
def test_what_a_sender_derives_a_recipient_accepts(kind: str) -> None:
    asks = ("bekendheid",) if kind == "vernietiging" else ()
    contents = of(example("motivering"), example("proces_casus", kind), example("plan_acties", kind))
    told = {"melding_geinformeerd": ("p1", "p2"), "uitstel_informeren": ("p2",)}
    if kind in told:
        contents = of(example("motivering"), example("proces_casus", kind))

    claims = fill_claims(kind, contents, Claims())

    check_claims(declaration(kind, contents, claims, subjects=told.get(kind, EVERYBODY), asks=asks), contents)


def test_lengths_are_counted_from_the_texts() -> None:
    assert derive_claims("informatieverzoek", MOTIVATED) == {
        "motivation": {"waarom_nodig": 41, "waarom_deze_instantie": 42, "waarom_niet_minder": 43},
        "motivation_per_category": {"huurachterstand": 24},
        "new_facts": 45,
    }
    assert derive_claims("aanmelding", MOTIVATED)["consultation"] == {"length": 46}


def test_a_length_counts_characters_not_bytes() -> None:
    contents = of(Motivering(waarom_nodig="é€😀\n"))

    assert derive_claims("mdo_informatie", contents) == {"motivation": {"waarom_nodig": 4}}


def test_an_unknown_kind_and_a_receipt_derive_nothing() -> None:
    assert derive_claims("zomaar", MOTIVATED) == {}
    assert derive_claims("receipt", {}) == {}


@pytest.mark.parametrize("field", ["waarom_nodig", "waarom_deze_instantie", "waarom_niet_minder"])
@pytest.mark.parametrize("by", [-1, 1])
def test_a_motivation_one_character_shorter_or_longer_than_claimed_is_refused(field: str, by: int) -> None:
    claims = altered(QUESTION, motivation={**QUESTION.motivation, field: QUESTION.motivation[field] + by})

    assert refused_fields("informatieverzoek", MOTIVATED, claims) == (f"claims.motivation.{field}",)


def test_a_motivation_claimed_without_a_part_that_holds_it_is_refused() -> None:
    claims = Claims(motivation={"waarom_nodig": 40})

    assert refused_fields("mdo_informatie", {}, claims) == ("claims.motivation.waarom_nodig",)


def test_a_text_that_is_not_claimed_is_refused() -> None:
    claims = altered(QUESTION, motivation={})

    assert len(refused_fields("informatieverzoek", MOTIVATED, claims)) == 3


def test_a_claimed_nought_is_the_same_as_no_claim() -> None:
    contents = of(Motivering(waarom_nodig="n" * 41))
    claims = Claims(motivation={"waarom_nodig": 41, "waarom_niet_minder": 0}, motivation_per_category={"bsn": 0})

    check_claims(declaration("informatieverzoek", contents, claims), contents)


def test_a_motivation_per_category_must_match_and_an_invented_category_is_not_repeated() -> None:
    wrong = altered(QUESTION, motivation_per_category={"huurachterstand": 25})
    invented = altered(QUESTION, motivation_per_category={"huurachterstand": 24, "jan.is.ziek": 30})

    assert refused_fields("informatieverzoek", MOTIVATED, wrong) == ("claims.motivation_per_category.huurachterstand",)
    assert refused_fields("informatieverzoek", MOTIVATED, invented) == ("claims.motivation_per_category.?",)


def test_an_invented_motivation_field_is_refused() -> None:
    claims = altered(QUESTION, motivation={**QUESTION.motivation, "omdat.het.mag": 40})

    assert refused_fields("informatieverzoek", MOTIVATED, claims) == ("claims.motivation.?",)


def test_new_facts_must_be_as_long_as_claimed() -> None:
    claims = altered(QUESTION, new_facts=46)

    assert refused_fields("informatieverzoek", MOTIVATED, claims) == ("claims.new_facts",)


def test_the_explanation_of_no_consultation_must_be_as_long_as_claimed() -> None:
    stated = Claims(consultation=Consultation(status="uitzondering", ground="veiligheid"))
    filled = fill_claims("aanmelding", MOTIVATED, stated)
    wrong = altered(filled, consultation=altered_consultation(filled.consultation, 47))

    assert filled.consultation == Consultation(status="uitzondering", ground="veiligheid", length=46)
    assert refused_fields("aanmelding", MOTIVATED, wrong) == ("claims.consultation.length",)


def altered_consultation(consultation: Consultation, length: int) -> Consultation:
    return consultation.model_copy(update={"length": length})


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
    claims = altered(QUESTION, action=OTHER_ACTION)

    check_claims(declaration("informatieverzoek", MOTIVATED, claims), MOTIVATED)


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


def test_every_wrong_claim_is_named_at_once() -> None:
    contents = MOTIVATED | of(example("onderwijs_verzuim"))
    claims = altered(QUESTION, new_facts=1)

    assert refused_fields("informatieverzoek", contents, claims, subjects=("p1",)) == (
        "claims.new_facts",
        "parts.onderwijs_verzuim",
    )


def test_a_caller_that_forgets_a_part_is_told_so() -> None:
    with pytest.raises(ValueError, match="exactly the parts"):
        check_claims(declaration("informatieverzoek", MOTIVATED, QUESTION), {})


def test_every_kind_with_a_topic_of_its_own_is_a_kind() -> None:
    assert TOPIC_OF_KIND.keys() <= CLAIMS_OF_KIND.keys()


@pytest.mark.parametrize(
    ("born", "on", "band"),
    [
        ("2014-10-06", "2026-10-05", "under_12"),
        ("2014-10-05", "2026-10-05", "12_15"),
        ("2010-10-06", "2026-10-05", "12_15"),
        ("2010-10-05", "2026-10-05", "16_plus"),
        ("2012-02-29", "2024-02-28", "under_12"),
        ("2012-02-29", "2024-02-29", "12_15"),
        ("2010-02-28", "2026-02-28", "16_plus"),
        ("2010-03-01", "2026-02-28", "12_15"),
        ("2008-02-29", "2020-02-29", "12_15"),
        ("2008-02-29", "2024-02-29", "16_plus"),
        ("2007-02-28", "2023-02-28", "16_plus"),
        ("2012-02-29", "2028-02-28", "12_15"),
    ],
)
def test_an_age_band_changes_on_the_birthday(born: str, on: str, band: str) -> None:
    assert age_band(date.fromisoformat(born), date.fromisoformat(on)) == band


def test_around_midnight_both_bands_are_possible_and_beyond_the_calendar_none() -> None:
    before_midnight_utc = 1_791_237_600 + 3600  # 2026-10-05T23:00:00Z, in Amsterdam already the 6th

    assert possible_bands("2014-10-06", before_midnight_utc) == {"under_12", "12_15"}
    assert possible_bands("2014-10-06", ISSUED) == {"under_12"}
    assert possible_bands("2014-10-06", 2**53 - 1) == frozenset()
