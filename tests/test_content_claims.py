"""Lengths in the clear against the sealed motivation: senders derive them, recipients refuse a false one."""

import pytest

from tests.content_messages import EVERYBODY, altered, declaration, of, refused_fields
from zegel_schemas.claims import CLAIMS_OF_KIND, Claims, Consultation
from zegel_schemas.content import check_claims, derive_claims, example, fill_claims
from zegel_schemas.content.motivation import Motivering, PerCategorie
from zegel_schemas.content.process_examples import TOPIC_OF_KIND

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
    wrong = altered(filled, consultation=filled.consultation.model_copy(update={"length": 47}))

    assert filled.consultation == Consultation(status="uitzondering", ground="veiligheid", length=46)
    assert refused_fields("aanmelding", MOTIVATED, wrong) == ("claims.consultation.length",)


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
