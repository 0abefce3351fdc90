"""Loading a convenant: all its documents, all faults at once with file and line, its digest, and the static lookup."""

from importlib.resources import files
from pathlib import Path

import pytest

from zegel_schemas.convenant import (
    ConvenantInvalid,
    load_convenant,
    read_convenant,
    rule_fits,
    shipped_convenant,
    static_rules,
)
from zegel_schemas.refusals import Refusal

TEXT = files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml").read_text()
CONVENANT = shipped_convenant()
ASK_CORPORATION = {
    "kind": "informatieverzoek",
    "category": "huurachterstand",
    "purpose": "overlast",
    "sender": "gemeente.regieteam",
    "recipient": "jutphaas_wonen",
}


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def faults_of(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConvenantInvalid) as caught:
        read_convenant({"n.yaml": text.encode()})
    assert {fault.file for fault in caught.value.faults} == {"n.yaml"}
    return [(fault.line, fault.text) for fault in caught.value.faults]


def test_the_shipped_convenant_has_four_documents_and_all_their_rules() -> None:
    assert [document.name for document in CONVENANT.documents] == ["CMPG", "L-PGA", "A1", "A2"]
    assert (len(CONVENANT.rules), len(CONVENANT.parties), len(CONVENANT.categories)) == (86, 25, 32)
    assert set(CONVENANT.regimes) == {"CMPG", "L-PGA", "TRIAGE", "GROEP"}
    assert CONVENANT.remarks == ()


def test_merge_keys_carry_a_party_over_and_let_it_differ() -> None:
    assert CONVENANT.parties["mitros"].ceiling == CONVENANT.parties["jutphaas_wonen"].ceiling
    assert CONVENANT.parties["mitros"].name == "Mitros"


def test_a_regime_rests_on_its_own_document_and_all_it_amends() -> None:
    assert [each.document for each in CONVENANT.regime("triage").memberships] == ["A1", "CMPG", "L-PGA"]
    assert [each.document for each in CONVENANT.regime("GROEP").memberships] == ["A2", "L-PGA"]
    assert "groepsrelatie" in CONVENANT.regime("groep").categories
    assert "groepsrelatie" not in CONVENANT.regime("cmpg").categories
    assert CONVENANT.regime("triage").first_phase == "gezamenlijke_triage"


def test_the_digest_is_that_of_the_bytes_and_of_nothing_else() -> None:
    same = read_convenant({"elsewhere.yaml": TEXT.encode()})
    other = read_convenant({"n.yaml": (TEXT + "# a remark\n").encode()})

    assert same.digest == CONVENANT.digest
    assert len(CONVENANT.digest) == 43
    assert other.digest != CONVENANT.digest


def test_documents_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    for place, text in enumerate(TEXT.split("\n---\n")):
        (tmp_path / f"{place}.yaml").write_text(text)
    (tmp_path / "cases.yaml").write_text("schema: beslisgevallen/v0\n")
    split = load_convenant(tmp_path)

    assert [rule.id for rule in split.rules] == [rule.id for rule in CONVENANT.rules]
    assert split.digest != CONVENANT.digest


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("soort: [bekendheidsvraag]", "soort: [bekendheidsvrag]", "bedoelt u 'bekendheidsvraag'?"),
        ("    fasen: [aanmelding]", "    fasne: [aanmelding]", "bedoelt u 'fasen'?"),
        ("  - id: CMPG-102", "  - id: CMPG-101", "regel 'CMPG-101' staat er twee keer"),
        ("min_tekens: 20}", "min_tekens: twintig}", "'min_tekens' heeft geen geldige waarde"),
        ("{toets: hit, code: VW_HIT, max_dagen: 60", "{toets: hit, code: VW_HIT", "mist 'max_dagen'"),
        ("{toets: vier_ogen, code", "{toets: vier_ogen, max: 3, code", "'max' hoort niet bij toets 'vier_ogen'"),
        ("{toets: vier_ogen, code: VW_VIER_OGEN}", "{toets: ogen, code: VW_VIER_OGEN}", "toets 'ogen' is niet bekend"),
        ("code: VW_INFORMEREN}", "code: VW_INFO}", "code 'VW_INFO' is niet bekend"),
        ("[geynwijs, vitras]", "[geynwijs, vitra]", "bedoelt u 'vitras'?"),
        ("grondslag: [AVG-6-1-e, LPW-16-21]", "grondslag: [AVG-6-1-e, LPW-16]", "grondslag 'LPW-16' is niet bekend"),
        ('  fase: {van: ["@regie"]}', '  fases: {van: ["@regie"]}', "feit 'fases' is niet bekend"),
        ('  plan: {van: ["@regie"]}', '  plan: {van: ["@regi"]}', "bedoelt u '@regie'?"),
        ("vereist: [herijking]", "vereist: [herijkt]", "bedoelt u 'herijking'?"),
        ("wijzigt: [CMPG, L-PGA]", "wijzigt: [CMPG, LPGA]", "bedoelt u 'L-PGA'?"),
        ("als: {gesloten: true}", "als: {gesloten: true, rondvraag: true}", "precies een geval"),
        ("als: {gesloten: true}", "als: {gesloten: false}", "'gesloten' heeft geen geldige waarde"),
        ("max_betrokkenen: 12", "max_betrokkene: 12", "bedoelt u 'max_betrokkenen'?"),
        ("{van: 2026-01-01, tot: 2029-12-31}", "{van: 2026-01-01, tot: 2025-12-31}", "'tot' ligt voor 'van'"),
        (
            "{van: 2026-01-01, tot: 2029-12-31}",
            "{van: 2026-01-01, tot: 2029-13-31}",
            "'2029-13-31' is hier geen geldige",
        ),
        ("avg6: AVG-6-1-f", "avg6: !!python/name:os.system x", "geen geldige waarde"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_do(old: str, new: str, says: str) -> None:
    broken = TEXT.replace(old, new, 1)
    before, after = TEXT.splitlines(), broken.splitlines()
    changed = next(number for number, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1])
    faults = faults_of(broken)

    assert (changed, True) in {(line, says in text) for line, text in faults}, faults


def test_a_double_name_is_told_where_it_stands_again() -> None:
    double = TEXT.replace("  movactor:\n", "  mitros:\n", 1)
    second = [number for number, line in enumerate(double.splitlines(), 1) if line == "  mitros:"][1]

    assert (second, True) in {(line, "'mitros' staat er twee keer" in text) for line, text in faults_of(double)}


def test_there_is_exactly_one_base_convenant() -> None:
    none = TEXT.replace("soort: basisconvenant", "soort: aanvulling", 1)
    two = TEXT.replace("soort: basisreglement", "soort: basisconvenant", 1)

    assert "geen document met soort basisconvenant" in " ".join(text for _, text in faults_of(none))
    assert "er is maar een basisconvenant" in " ".join(text for _, text in faults_of(two))


def test_every_fault_is_told_at_once() -> None:
    broken = (
        TEXT.replace("soort: [bekendheidsvraag]", "soort: [bekendheidsvrag]", 1)
        .replace("[geynwijs, vitras]", "[geynwijs, vitra]", 1)
        .replace("    fasen: [aanmelding]\n", "    fasne: [aanmelding]\n", 1)
        .replace("  - id: A2-04", "  - id: A2-03", 1)
    )
    texts = " ".join(text for _, text in faults_of(broken))

    assert all(each in texts for each in ("bekendheidsvrag", "vitra", "fasne", "A2-03"))


@pytest.mark.parametrize(
    "text", ["", "a: [", "- 1\n", "a: &x {b: *x}\n", "schema: convenant/v9\n", "\x00", "schema: convenant/v0\n"]
)
def test_what_is_no_convenant_is_refused_with_a_fault(text: str) -> None:
    assert faults_of(text)


def test_bytes_that_are_no_text_are_a_fault() -> None:
    with pytest.raises(ConvenantInvalid) as caught:
        read_convenant({"n.yaml": b"a: 1\nb: \xff\n"})

    assert caught.value.faults[0].line == 2


def test_a_text_cut_at_its_comma_is_put_together_with_a_remark() -> None:
    cut = TEXT.replace(
        'titel: "Gesloten (alleen rechten, correctie,', "titel: Gesloten (alleen rechten, correctie,"
    ).replace('incident)", eindfase', "incident), eindfase")
    convenant = read_convenant({"n.yaml": cut.encode()})

    assert convenant.phases["gesloten"].title == "Gesloten (alleen rechten, correctie, vernietiging, incident)"
    assert {remark.line for remark in convenant.remarks} == {line_of(cut, "titel: Gesloten (alleen")}


def test_a_forgotten_value_is_a_fault_and_not_part_of_a_text() -> None:
    forgotten = TEXT.replace("titel: Huurschuld", "titel: Huurschuld, avg9", 1) if "titel: Huurschuld" in TEXT else TEXT
    forgotten = forgotten.replace("{titel: Burgerservicenummer, niveau", "{titel: Burgerservicenummer, avg9, niveau", 1)

    assert any("avg9" in text for _, text in faults_of(forgotten))


def test_the_static_lookup_finds_the_rules_that_fit() -> None:
    assert static_rules(CONVENANT, **ASK_CORPORATION) == ("CMPG-210",)
    assert static_rules(CONVENANT, **ASK_CORPORATION, regime="CMPG", phase="uitvoering") == ("CMPG-210",)
    assert static_rules(CONVENANT, **ASK_CORPORATION, regime="GROEP") == ()
    assert static_rules(CONVENANT, **ASK_CORPORATION, phase="afsluiting") == ()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "signaal"},
        {"kind": "onbekend"},
        {"category": "politiegegevens"},
        {"category": "onbekend"},
        {"purpose": "schooluitval"},
        {"purpose": "onbekend"},
        {"sender": "wil"},
        {"sender": "onbekend"},
        {"recipient": "school_vo"},
        {"recipient": "onbekend"},
    ],
)
def test_the_static_lookup_finds_nothing_for_what_no_rule_names(change: dict[str, str]) -> None:
    assert static_rules(CONVENANT, **(ASK_CORPORATION | change)) == ()


def test_an_at_role_is_left_to_the_broker_by_the_static_lookup() -> None:
    found = static_rules(
        CONVENANT,
        kind="mdo_uitnodiging",
        category="proces_casus",
        purpose="casusregie",
        sender="gemeente.regieteam",
        recipient="portaal",
    )

    assert found == ("CMPG-301",)


def test_an_excepted_sender_fits_not_even_through_a_star() -> None:
    answer = {"kind": "bekendheidsantwoord", "category": "bekendheid", "purpose": "casusregie"}

    assert static_rules(CONVENANT, **answer, sender="politie", recipient="gemeente.regieteam") == ("CMPG-204",)


def test_an_extern_party_fits_a_star_only_in_kinds_that_follow_closure() -> None:
    to_zvh = {"category": "proces_casus", "sender": "gemeente.regieteam", "recipient": "zvh"}

    assert static_rules(CONVENANT, kind="weigering", purpose="casusregie", **to_zvh) == ()
    assert static_rules(CONVENANT, kind="incident", purpose="verantwoording_rechten", **to_zvh) == ("CMPG-603",)
    assert static_rules(CONVENANT, kind="opschaling", purpose="overlast", **to_zvh) == ("CMPG-430",)


def test_an_extern_party_is_meant_by_no_token_until_the_casus_is_closed() -> None:
    to_zvh = {"category": "gezinssamenstelling_gezag", "sender": "gemeente.regieteam", "recipient": "zvh"}

    assert static_rules(CONVENANT, kind="mdo_informatie", purpose="overlast", **{**to_zvh, "recipient": "wil"})
    assert static_rules(CONVENANT, kind="mdo_informatie", purpose="overlast", **to_zvh) == ()


def test_a_stamp_that_names_a_rule_that_does_not_fit_is_refused() -> None:
    rule_fits(CONVENANT, "CMPG-210", **ASK_CORPORATION)
    for wrong in ("CMPG-211", "CMPG-999", ""):
        with pytest.raises(Refusal) as caught:
            rule_fits(CONVENANT, wrong, **ASK_CORPORATION)
        assert caught.value.code == "STEMPEL_REGEL_PAST_NIET"
