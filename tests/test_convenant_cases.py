"""The decision cases a jurist wrote, each through the very judge that runs; and what the runner says of a bad file."""

from pathlib import Path

import pytest

from tests.casework import CONVENANT
from zegel_broker.cases.run import Case, read_cases, report, run_cases, shipped_case_files
from zegel_schemas.convenant import ConvenantInvalid

SHIPPED = [
    case for path in shipped_case_files() for case in read_cases(path.read_bytes(), file=path.name, convenant=CONVENANT)
]
SMALL = """\
schema: beslisgevallen/v0
convenant: nieuwegein.yaml
standaard:
  datum: 2026-10-05
  authentiek: true
  labels: true
  antwoordtermijn_dagen: 10
  motivering: {waarom_nodig: "Zonder dit gegeven kan het regieteam niets bepalen."}
  rollen: {gemeente.regieteam: casusregisseur, overig: contactpersoon}
casussen:
  INFO:
    regime: CMPG
    fase: informatieronde
    doelen: [casusregie]
    betrokkenen: {p1: {rol: ouder_met_gezag, geboren: 1985-02-01}}
    rollen: {gemeente.regieteam: [regisseur]}
gevallen:
  - id: S1
    titel: Bekendheidsvraag aan Portaal
    casus: INFO
    bericht: {soort: bekendheidsvraag, van: gemeente.regieteam, aan: [portaal], doel: casusregie, betrokkenen: [p1],
      categorieen: [identificatie_contact, bekendheid]}
    verwacht: {besluit: toestaan, regel: [CMPG-201]}
"""


@pytest.mark.parametrize("case", SHIPPED, ids=[case.written["id"] for case in SHIPPED])
def test_case(case: Case) -> None:
    result = case.decide(CONVENANT)

    assert result.passed, f"{result.title}: expected {result.expected}, got {result.got} ({result.differs})"


def run(tmp_path: Path, text: str) -> tuple[list[str], int]:
    path = tmp_path / "cases.yaml"
    path.write_text(text)
    return report(run_cases(path, CONVENANT))


def faults_of(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConvenantInvalid) as caught:
        run(tmp_path, text)
    return [str(fault) for fault in caught.value.faults]


def test_every_case_that_passes_is_counted_in_the_last_line(tmp_path: Path) -> None:
    lines, code = run(tmp_path, SMALL)

    assert lines == ["1 passed, 0 failed"]
    assert code == 0


def test_a_failing_case_names_what_was_expected_and_what_came(tmp_path: Path) -> None:
    lines, code = run(tmp_path, SMALL.replace("regel: [CMPG-201]", "regel: [CMPG-202]"))

    assert lines[0].startswith(
        "S1 Bekendheidsvraag aan Portaal: verwacht toestaan [CMPG-202], kreeg toestaan [CMPG-201]"
    )
    assert lines[-1] == "0 passed, 1 failed"
    assert code == 1


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("titel:", "titl:", 19),
        ("doel: casusregie", "deol: casusregie", 21),
        ("besluit: toestaan", "besluit: ja", 23),
        ("casus: INFO", "casus: INF", 20),
        ("fase:", "phase:", 13),
        ("geboren:", "gebooren:", 18),
        ("datum: 2026-10-05", "datum: morgen", 18),
    ],
)
def test_a_key_or_value_nobody_knows_is_an_error_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    faults = faults_of(tmp_path, SMALL.replace(old, new, 1))

    assert [fault for fault in faults if fault.startswith(f"cases.yaml:{line}:")], faults


def test_a_message_may_call_upon_an_emergency_in_the_newer_format_only(tmp_path: Path) -> None:
    urgent = SMALL.replace(
        "p1],\n", "p1],\n      spoed: {reden: levensgevaar, medewerker: casusregisseur-1, uren: 24},\n"
    )

    assert any("'spoed'" in fault for fault in faults_of(tmp_path, urgent))
    assert run(tmp_path, urgent.replace("/v0", "/v1"))[0] == ["1 passed, 0 failed"]


ASKING = (
    "bericht: {soort: bekendheidsvraag, van: gemeente.regieteam, aan: [portaal], doel: casusregie, betrokkenen: [p1],"
)
RECORDED = (
    SMALL.replace("/v0", "/v2")
    .replace(ASKING, "bericht: {soort: registratie, van: gemeente.regieteam, aan: [broker],")
    .replace(
        "categorieen: [identificatie_contact, bekendheid]}", "registreert: {feit: rol, partij: wil, rol: informant}}"
    )
    .replace("CMPG-201", "registraties.rol")
)


def test_a_registration_is_a_case_in_the_newest_format_only(tmp_path: Path) -> None:
    assert run(tmp_path, RECORDED)[0] == ["1 passed, 0 failed"]
    for older in ("/v0", "/v1"):
        assert any("'registreert'" in fault for fault in faults_of(tmp_path, RECORDED.replace("/v2", older)))


def test_facts_of_the_newest_format_are_unknown_to_the_older_ones(tmp_path: Path) -> None:
    owing = (
        "    verplichtingen: [{soort: informeer_betrokkene, houder: gemeente.regieteam, sinds: 2026-09-01}]\ngevallen:"
    )
    text = RECORDED.replace("gevallen:", owing, 1)

    assert run(tmp_path, text)[0] == ["1 passed, 0 failed"]
    assert any("'verplichtingen'" in fault for fault in faults_of(tmp_path, SMALL.replace("gevallen:", owing, 1)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("feit: rol", "feit: rool", "bedoelt u 'rol'?"),
        ("partij: wil", "partie: wil", "bedoelt u 'partij'?"),
        ("feit: rol, ", "", "'feit' ontbreekt"),
        ("partij: wil", "partij: 7", "geen woord"),
    ],
)
def test_a_registration_that_cannot_be_read_is_a_fault_of_the_file(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert any(said in fault for fault in faults_of(tmp_path, RECORDED.replace(old, new)))


def test_every_fact_that_can_be_registered_can_be_said_in_a_case() -> None:
    said = {
        case.written["bericht"]["registreert"]["feit"] for case in SHIPPED if "registreert" in case.written["bericht"]
    }

    assert said == set(CONVENANT.registrations)


def test_every_shipped_case_has_a_name_of_its_own() -> None:
    names = [case.written["id"] for case in SHIPPED]

    assert len(names) == len(set(names))


def test_a_change_of_the_convenant_holds_for_that_case_only(tmp_path: Path) -> None:
    left = SMALL.replace(
        "    bericht:", "    convenant_wijziging: {opzegging: [{partij: portaal, per: 2026-10-01}]}\n    bericht:"
    ).replace("besluit: toestaan, regel: [CMPG-201]", "besluit: weigeren, code: PARTIJ_NIET_TOEGETREDEN")
    lines, _ = run(tmp_path, left)

    assert lines == ["1 passed, 0 failed"]


def test_a_change_that_breaks_the_convenant_is_a_fault_of_the_file(tmp_path: Path) -> None:
    wrong = SMALL.replace(
        "    bericht:", "    convenant_wijziging: {opzegging: [{partij: portal, per: 2026-10-01}]}\n    bericht:"
    )

    assert any("bedoelt u 'portaal'?" in fault for fault in faults_of(tmp_path, wrong))


def test_an_unknown_casus_is_one_the_broker_does_not_know(tmp_path: Path) -> None:
    text = SMALL.replace("    casus: INFO\n", "").replace(
        "besluit: toestaan, regel: [CMPG-201]", "besluit: weigeren, code: CASUS_ONBEKEND"
    )

    assert run(tmp_path, text)[0] == ["1 passed, 0 failed"]
