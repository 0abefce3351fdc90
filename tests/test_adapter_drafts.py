"""What a desk takes and what it refuses: wrong form is not sent, and a rule that does not fit only warns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapter_scene import (
    CASUS,
    CONVENANT,
    CORPORATION,
    DAY,
    NOW,
    REGIE,
    WIL,
    Clock,
    Municipality,
    found_town,
    question,
    seal_draft,
)
from zegel_adapters.desk import Desk
from zegel_adapters.draft import Draft, read_draft
from zegel_adapters.sender import Sender
from zegel_schemas.content import example
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.registrations import AgeBandSet, PurposeOpened, Ruling
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.shapes import NIL_CASUS


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Municipality]:
    with pytest.MonkeyPatch.context() as patch:
        yield found_town(tmp_path_factory.mktemp("town"), patch)


@pytest.fixture
def desk(town: Municipality) -> Iterator[Desk]:
    with Desk(town.home(REGIE), clock=Clock()) as opened:
        yield opened


RULING: dict[str, Any] = {
    "fact": "besluit_wpg20",
    "ruling": "01930000-0000-7000-8000-00000000000c",
    "receivers": [REGIE],
    "categories": ["bekendheid"],
    "purposes": ["casusregie"],
    "start": "2027-01-15",
    "until": "2027-07-15",
}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "roddel"}, "ONGELDIG_BERICHT", "kind"),
        ({"kind": "receipt"}, "ONGELDIG_BERICHT", "kind"),
        ({"to": "belastingdienst"}, "ONBEKENDE_PARTIJ", "to"),
        ({"casus": ""}, "ONGELDIG_BERICHT", "casus"),
        ({"casus": "gezin-de-vries"}, Fault.ONGELDIGE_VERKLARING, "casus"),
        ({"purpose": "nieuwsgierigheid"}, "DOEL_ONBEKEND", "purpose"),
        ({"asks": ("alles",)}, "ONBEKENDE_CATEGORIE", "asks.alles"),
        ({"subjects": ("moeder",)}, Fault.ONGELDIGE_VERKLARING, "subjects.0"),
        ({"contents": {"dagboek": {}}}, "ONBEKENDE_CATEGORIE", "contents.dagboek"),
        ({"contents": {}, "asks": ()}, "ONGELDIG_BERICHT", "asks"),
        ({"contents": {"motivering": {"waarom": "omdat"}}}, Fault.INHOUD_ONGELDIG, "contents.motivering.waarom"),
        ({"labels": {"huurachterstand": "feit"}}, "ONBEKENDE_CATEGORIE", "labels.huurachterstand"),
        ({"labels": {"motivering": "roddel"}}, Fault.ONGELDIGE_VERKLARING, "labels.motivering"),
        ({"claims": {"outcome": {"p1": "bekend"}}}, Fault.ONGELDIGE_VERKLARING, "claims.outcome"),
        ({"due": "12 maart"}, Fault.ONGELDIGE_VERKLARING, "due"),
        ({"due": "2027-01-01"}, Fault.ONGELDIGE_VERKLARING, "due"),
        ({"valid_for": 8 * DAY}, Fault.GELDIGHEID_TE_LANG, "valid_for"),
        ({"valid_for": 0}, Fault.GELDIGHEID_TE_LANG, "valid_for"),
        (
            {"contents": {"identificatie_contact": example("identificatie_contact")}},
            Fault.CLAIM_KLOPT_NIET,
            "parts.identificatie_contact",
        ),
        ({"re": "niet-een-hash"}, Fault.ONGELDIGE_VERKLARING, "re"),
        ({"registers": {"fact": "casusdoel", "purposes": ["overlast"]}}, "ONGELDIG_BERICHT", "registers"),
    ],
)
def test_wrong_form_is_refused_with_its_field_and_nothing_is_kept(
    desk: Desk, changes: dict[str, Any], code: str, field: str
) -> None:
    before = len(desk.sent())

    with pytest.raises(Refusal) as refused:
        desk.send(question(**changes), anyway=True)
    assert refused.value.code == code
    assert field in refused.value.fields
    assert len(desk.sent()) == before


def test_a_refusal_of_content_names_fields_and_never_a_value(desk: Desk) -> None:
    text = "Mevrouw De Vries is op 30 februari verhuisd"
    contents = {"motivering": {"waarom_nodig": [text]}}

    with pytest.raises(Refusal) as refused:
        desk.send(question(contents=contents))
    assert refused.value.fields == ("contents.motivering.waarom_nodig",)
    assert "Vries" not in f"{refused.value!s}{refused.value!r}"


def test_a_file_with_an_unknown_field_is_refused_with_that_field() -> None:
    with pytest.raises(Refusal) as refused:
        read_draft({"kind": "informatieverzoek", "categorie": "huurachterstand"})
    assert (refused.value.code, refused.value.fields) == (Fault.ONGELDIGE_VERKLARING, ("categorie",))


def test_a_rule_that_cannot_fit_warns_and_anyway_sends(desk: Desk) -> None:
    draft = question(to=WIL, asks=("politiegegevens",))

    with pytest.raises(Refusal) as refused:
        desk.send(draft)
    assert (refused.value.code, refused.value.fields) == ("GEEN_REGEL", ("asks.politiegegevens",))
    assert desk.draft(desk.send(draft, anyway=True)).asks == ("politiegegevens",)


URGENT = {"reason": "acuut_gevaar_kind", "person": "m-0000000000000001"}


@pytest.mark.parametrize("until", [0, NOW - 1, NOW + DAY + 3600])
def test_an_emergency_that_does_not_end_within_a_day_is_refused_with_how_to_say_it(desk: Desk, until: int) -> None:
    draft = question(due="", claims={"period_months": 12, "emergency": {**URGENT, "until": until}})

    with pytest.raises(Refusal) as refused:
        desk.send(draft)
    assert (refused.value.code, refused.value.fields) == ("VW_SPOED", ("claims.emergency.until",))
    assert "24 hours" in refused.value.detail


@pytest.mark.parametrize(("valid_for", "lasts"), [(7 * DAY, 4 * 3600), (3600, 3660)])
def test_a_message_does_not_outlive_its_emergency(town: Municipality, valid_for: int, lasts: int) -> None:
    claims = {"period_months": 12, "emergency": {**URGENT, "until": NOW + 4 * 3600}}

    sender = town.side(REGIE)
    sealed = seal_draft(sender, question(due="", valid_for=valid_for, claims=claims))

    said = read(check_frame(sealed.container, sender.holdings.directory.key)).declaration
    assert said.expires == NOW + lasts
    sender.mailbox.close()


def test_claims_about_the_content_are_filled_in(town: Municipality) -> None:
    sender = town.side(REGIE)
    sealed = seal_draft(sender, question())
    claims = read(check_frame(sealed.container, sender.holdings.directory.key)).declaration.claims
    texts = example("motivering").model_dump()

    assert claims.motivation["waarom_nodig"] == len(texts["waarom_nodig"])
    assert claims.motivation_per_category == {"huurachterstand": len(texts["per_categorie"][0]["tekst"])}
    assert claims.period_months == 12
    sender.mailbox.close()


def test_an_aanmelding_draws_its_casus(town: Municipality) -> None:
    report = Draft.model_validate(
        {
            "kind": "aanmelding",
            "to": REGIE,
            "purpose": "afstemming_hulp",
            "subjects": ("p1", "p2", "p3", "p4"),
            "contents": {
                each: example(each, "aanmelding") for each in ("proces_casus", "identificatie_contact", "motivering")
            },
            "claims": {"consultation": {"status": "besproken"}},
        }
    )
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        first, second = desk.draft(desk.send(report)).casus, desk.draft(desk.send(report)).casus

    assert len(first) == len(second) == 36
    assert first != second


def test_a_registration_of_the_regie_party_goes_to_the_broker(desk: Desk) -> None:
    fact = PurposeOpened(purposes=("armoede_schulden",))

    assert desk.draft(desk.send(Draft(kind="registratie", casus=CASUS, registers=fact))).to == "broker"


def test_a_standing_decision_belongs_to_no_casus(town: Municipality) -> None:
    with Desk(town.home(WIL), clock=Clock()) as desk:
        draft = Draft(kind="registratie", to=REGIE, registers=Ruling.model_validate(RULING))

        with pytest.raises(Refusal, match="GEEN_REGEL"):
            desk.send(draft)
        assert desk.draft(desk.send(draft, anyway=True)).casus == NIL_CASUS


def test_who_may_not_register_a_fact_is_warned(town: Municipality) -> None:
    with Desk(town.home(CORPORATION), clock=Clock()) as desk, pytest.raises(Refusal) as refused:
        desk.send(
            Draft(kind="registratie", to=REGIE, casus=CASUS, registers=AgeBandSet(subject="p1", age_band="16_plus"))
        )
    assert (refused.value.code, refused.value.fields) == ("GEEN_REGEL", ("registers.leeftijdsgroep",))


def test_nothing_is_sealed_to_the_broker(desk: Desk) -> None:
    with pytest.raises(Refusal) as refused:
        desk.send(question(to="broker"), anyway=True)
    assert refused.value.fields == ("contents",)


def test_without_a_sealing_key_of_the_recipient_it_fails_at_once_with_that_reason(town: Municipality) -> None:
    town.tick(REGIE, time=NOW + 60 * DAY)
    with Desk(town.home(REGIE), clock=Clock(NOW + 60 * DAY)) as desk, pytest.raises(Refusal) as refused:
        desk.send(question(due=""))
    assert refused.value.code == Fault.ONTVANGER_SLEUTEL_ONBEKEND


def test_a_draft_that_can_no_longer_be_sealed_ends_refused_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = found_town(tmp_path, monkeypatch)
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        sent = desk.send(question(due=""))
    town.tick(REGIE, time=NOW + 60 * DAY)
    side = town.side(REGIE, Clock(NOW + 60 * DAY))

    assert Sender(side, resend_after=600).due() == []
    outcome = side.outbox.outcome(sent)
    assert (outcome.state, outcome.codes, outcome.index) == ("refused", ("ONTVANGER_SLEUTEL_ONBEKEND",), None)
    side.mailbox.close()


def test_a_draft_waits_while_our_own_convenant_is_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = found_town(tmp_path, monkeypatch)
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        sent = desk.send(question())
    side = town.side(REGIE)
    held: dict[str, Any] = side.holdings.convenants  # type: ignore[assignment] # a test takes the file away
    held.clear()

    assert Sender(side, resend_after=600).due() == []
    assert side.outbox.outcome(sent).state == "queued"
    held[CONVENANT.digest] = CONVENANT
    assert [parcel.carries for parcel in Sender(side, resend_after=600).due()] == [sent]
    side.mailbox.close()
