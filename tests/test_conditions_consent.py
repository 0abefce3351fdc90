"""Consent: who must have given it at which age, when it counts, and what may stand in its place."""

from dataclasses import replace
from typing import Any

import pytest

from tests.casework import (
    ALTRECHT,
    DAY,
    FAMILY,
    GEYNWIJS,
    GGD,
    REGIE,
    VITRAS,
    WIL,
    day,
    decide,
    family,
    say,
    with_claim,
)
from zegel_broker.casus import Agreement, Casus, Consent, Person, WithoutConsent

TWO = ("m-0000000000000001", "m-0000000000000002")
TO_GGD = say("informatieverzoek", REGIE, GGD, purpose="zelfredzaamheid", asks=("gezondheid_algemeen",))
TO_GEYNWIJS = say("informatieverzoek", REGIE, GEYNWIJS, purpose="zelfredzaamheid", asks=("schulden_financien",))


def consent(subject: str, *given_by: str, **rest: Any) -> Consent:
    values: dict[str, Any] = {
        "id": "c",
        "provider": GGD,
        "receivers": (REGIE,),
        "categories": ("gezondheid_algemeen",),
        "explicit": True,
        "day": day(-1),
        **rest,
    }
    return Consent(subject=subject, given_by=given_by, **values)


def about(subject: str, *consents: Consent, **facts: Any) -> str:
    return decide(replace(TO_GGD, subjects=(subject,)), family(consents=consents, **facts)).code


@pytest.mark.parametrize(
    ("subject", "givers", "code"),
    [
        ("p1", ("p1",), ""),
        ("p1", ("p2",), "VW_TOESTEMMING"),
        ("p3", ("p1", "p2", "p3"), ""),
        ("p3", ("p1", "p2"), "VW_TOESTEMMING"),
        ("p3", ("p3",), "VW_TOESTEMMING"),
        ("p3", ("p1", "p3"), "VW_TOESTEMMING"),
        ("p4", ("p1", "p2"), ""),
        ("p4", ("p1",), "VW_TOESTEMMING"),
        ("p4", ("p1", "p4"), "VW_TOESTEMMING"),
        ("p4", (), "VW_TOESTEMMING"),
    ],
)
def test_each_age_has_its_own_givers(subject: str, givers: tuple[str, ...], code: str) -> None:
    assert about(subject, consent(subject, *givers)) == code


def test_givers_of_several_consents_count_together() -> None:
    assert about("p4", consent("p4", "p1"), consent("p4", "p2", id="d")) == ""
    assert about("p4", consent("p4", "p1"), consent("p3", "p2", id="d")) == "VW_TOESTEMMING"


def test_from_sixteen_on_the_child_decides_alone() -> None:
    grown = {**FAMILY, "p3": Person("minderjarige", "16_plus", DAY, ("p1", "p2"))}

    assert about("p3", consent("p3", "p3"), subjects=grown) == ""
    assert about("p3", consent("p3", "p1", "p2"), subjects=grown) == "VW_TOESTEMMING"


@pytest.mark.parametrize(
    "person",
    [
        Person("minderjarige", "under_12", DAY, ()),
        Person("minderjarige", "", None, ("p1", "p2")),
        Person("minderjarige", "under_12", day(-183), ("p1", "p2")),
        Person("minderjarige", "under_12", None, ("p1", "p2")),
    ],
)
def test_unknown_holders_and_unknown_or_old_ages_refuse(person: Person) -> None:
    assert about("p4", consent("p4", "p1", "p2", "p4"), subjects={**FAMILY, "p4": person}) == "VW_TOESTEMMING"


def test_an_age_counts_for_half_a_year() -> None:
    last_day = {**FAMILY, "p4": Person("minderjarige", "under_12", day(-182), ("p1", "p2"))}

    assert about("p4", consent("p4", "p1", "p2"), subjects=last_day) == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"day": DAY}, ""),
        ({"day": day(1)}, "VW_TOESTEMMING"),
        ({"withdrawn": day(1)}, ""),
        ({"withdrawn": DAY}, "VW_TOESTEMMING"),
        ({"provider": ALTRECHT}, "VW_TOESTEMMING"),
        ({"receivers": (WIL,)}, "VW_TOESTEMMING"),
        ({"categories": ("handelingsadvies",)}, "VW_TOESTEMMING"),
        ({"explicit": False}, "VW_TOESTEMMING"),
    ],
)
def test_a_consent_counts_for_what_it_names_from_its_day_until_it_is_withdrawn(
    change: dict[str, Any], code: str
) -> None:
    assert about("p1", consent("p1", "p1", **change)) == code


def test_what_is_not_special_needs_no_explicit_consent() -> None:
    given = consent("p1", "p1", provider=GEYNWIJS, categories=("schulden_financien",), explicit=False)

    assert decide(TO_GEYNWIJS, family(consents=(given,))).permitted


def test_every_subject_of_the_message_needs_its_own() -> None:
    both = replace(TO_GGD, subjects=("p1", "p2"))

    assert decide(both, family(consents=(consent("p1", "p1"),))).code == "VW_TOESTEMMING"
    assert decide(both, family(consents=(consent("p1", "p1"), consent("p2", "p2", id="d")))).permitted


def without(**rest: Any) -> WithoutConsent:
    values: dict[str, Any] = {
        "party": REGIE,
        "ground": "ernstig_gevaar_derden",
        "provider": GGD,
        "categories": ("gezondheid_algemeen",),
        "subjects": ("p1",),
        "decided_by": TWO,
        "motivation": 40,
        "day": day(-1),
        "until": day(1),
        **rest,
    }
    return WithoutConsent(**values)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"until": DAY}, ""),
        ({"day": DAY}, ""),
        ({"until": day(-1)}, "VW_TOESTEMMING"),
        ({"day": day(1)}, "VW_TOESTEMMING"),
        ({"party": GGD}, "VW_TOESTEMMING"),
        ({"provider": ALTRECHT}, "VW_TOESTEMMING"),
        ({"subjects": ("p2",)}, "VW_TOESTEMMING"),
        ({"subjects": ()}, "VW_TOESTEMMING"),
        ({"categories": ("handelingsadvies",)}, "VW_TOESTEMMING"),
        ({"ground": "lastig"}, "VW_TOESTEMMING"),
        ({"decided_by": TWO[:1]}, "VW_TOESTEMMING"),
        ({"decided_by": (TWO[0], TWO[0])}, "VW_TOESTEMMING"),
        ({"motivation": 39}, "VW_TOESTEMMING"),
    ],
)
def test_two_people_of_the_party_that_acts_may_decide_to_go_without(change: dict[str, Any], code: str) -> None:
    assert decide(TO_GGD, family(without_consent=(without(**change),))).code == code


def test_the_provider_decides_for_its_own_signal_and_the_asker_cannot() -> None:
    signal = with_claim(
        say("signaal", VITRAS, REGIE, purpose="huiselijk_geweld", parts=("opvoeding_gezinsfunctioneren",)),
        weighing="conflict_van_plichten",
    )
    decided = without(party=VITRAS, provider=VITRAS, categories=("opvoeding_gezinsfunctioneren",))
    casus = family(without_consent=(decided,))
    casus = replace(casus, roles={**casus.roles, VITRAS: ("informant",)})

    assert decide(signal, casus).permitted
    assert decide(signal, replace(casus, without_consent=(replace(decided, party=REGIE),))).code == "VW_TOESTEMMING"


def test_process_data_needs_no_consent() -> None:
    known = say(
        "bekendheidsvraag", REGIE, GGD, purpose="casusregie", asks=("bekendheid",), parts=("identificatie_contact",)
    )
    given = consent("p1", "p1", categories=("bekendheid",))

    assert decide(known, family(consents=(given,))).permitted


def test_what_a_source_keeps_secret_takes_the_subject_s_consent_to_the_new_recipient_too() -> None:
    pass_on = say("mdo_informatie", REGIE, VITRAS, purpose="afstemming_hulp", parts=("betrokken_hulpverlening",))
    agreement = Agreement(GEYNWIJS, ("betrokken_hulpverlening",), (VITRAS,))
    casus = family("mdo_plan", agreements=(agreement,), informed={"p1": DAY})
    casus = replace(casus, roles={**casus.roles, VITRAS: ("deelnemer_mdo",)})
    given = consent("p1", "p1", provider=GEYNWIJS, categories=("betrokken_hulpverlening",), receivers=(VITRAS,))

    assert decide(pass_on, casus).code == "VW_INSTEMMING_BRON"
    assert decide(pass_on, replace(casus, consents=(replace(given, receivers=(REGIE,)),))).code == "VW_INSTEMMING_BRON"
    assert decide(pass_on, replace(casus, consents=(given,))).permitted


def test_withdrawn_consent_refuses_from_that_moment() -> None:
    given = consent("p1", "p1")
    casus: Casus = family(consents=(given,))

    assert decide(TO_GGD, casus).permitted
    assert decide(TO_GGD, replace(casus, consents=(replace(given, withdrawn=DAY),))).code == "VW_TOESTEMMING"
