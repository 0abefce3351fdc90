"""Lint: the shipped convenant is sound; what can be wrong with one is found at its line, and what is not, is not."""

from pathlib import Path

import pytest

from tests.convenant_pages import CASES, SMALL, changed
from zegel_broker.cases.run import run_cases, shipped_cases
from zegel_broker.convenant_tools.beside import cases_beside
from zegel_broker.convenant_tools.finding import Finding
from zegel_broker.convenant_tools.lint import lint, require_sound
from zegel_broker.load import load_convenants
from zegel_broker.settings import Settings, SettingsError
from zegel_schemas.convenant import Convenant, ConvenantInvalid, amend_convenant, read_convenant, shipped_convenant

SHIPPED = shipped_convenant()
ANSWER = '    van: ["sector:onderwijs"]\n    aan: [gemeente]\n    fasen: [informatieronde]'
DOCTOR = "    aan: [jeugdarts]\n    fasen: [informatieronde]"
ASSIGNING = """\
  - id: VZ-7
    titel: Actie
    soort: [actietoewijzing]
    van: [gemeente]
    aan: [school]
    fasen: [informatieronde]
    doelen: [schooluitval]
    categorieen: [proces_casus]
    grondslag: [AVG-6-1-e]
"""


def read(text: str) -> Convenant:
    return read_convenant({"n.yaml": text.encode()})


def findings(text: str) -> list[Finding]:
    return list(lint(read(text)).findings)


def said(text: str) -> set[tuple[str, int]]:
    return {(str(each.code), each.fault.line) for each in findings(text)}


def line_of(text: str, words: str, after: str = "") -> int:
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if after in line)
    return next(place for place, line in enumerate(lines[start:], start + 1) if words in line)


def add_rule(text: str, rule: str) -> str:
    return changed(("\nevaluatie:", f"{rule}\nevaluatie:"), text=text)


def test_the_shipped_convenant_has_no_error() -> None:
    assert [str(each) for each in lint(SHIPPED).errors] == []


def test_the_small_convenant_has_one_remark() -> None:
    assert said(SMALL) == {("no-condition", line_of(SMALL, "id: VZ-6"))}


@pytest.mark.parametrize(
    ("code", "at", "changes"),
    [
        # a rule that can never fire, for one reason each
        ("unreachable-rule", "id: VZ-3", [(ANSWER, ANSWER.replace("sector:onderwijs", "gemeente"))]),
        ("unreachable-rule", "id: VZ-4", [(DOCTOR, DOCTOR.replace("jeugdarts", "school"))]),
        ("unreachable-rule", "id: VZ-4", [(DOCTOR, DOCTOR.replace("informatieronde", "gesloten"))]),
        ("unreachable-rule", "id: VZ-4", [("[gemeente, school, jeugdarts], datum", "[gemeente, school], datum")]),
        ("unreachable-rule", "id: VZ-1", [("fasen: [aanmelding]", "fasen: [informatieronde]")]),
        ("unreachable-rule", "id: VZ-2", [("min_dagen: 3", "min_dagen: 15")]),
        ("unreachable-rule", "id: VZ-4", [('  toestemming: {van: ["@regie"]}\n', "")]),
        ("unreachable-rule", "id: VZ-2", [("bron: [onderwijs_verzuim]", "bron: []")]),
        ("unreachable-rule", "id: VZ-2", [("plafond: [onderwijs_verzuim, ", "plafond: [")]),
        (
            "unreachable-rule",
            "id: VZ-5",
            [
                (
                    "[gezondheid_algemeen]\n    grondslag: [AVG-6-1-e, AVG-9-2-a]",
                    "[proces_casus]\n    grondslag: [AVG-6-1-e]",
                )
            ],
        ),
        # a condition that can never decide
        (
            "idle-condition",
            "[motivering, antwoord_14]",
            [("toets: motivering,", "toets: max_categorieen,"), ("velden: [waarom_nodig], min_tekens: 40", "max: 1")],
        ),
        (
            "idle-condition",
            "    voorwaarden: [toestemming]",
            [
                (
                    "toets: toestemming, code: VW_TOESTEMMING, uitdrukkelijk: true",
                    "toets: correlatie, code: VW_CORRELATIE",
                )
            ],
        ),
        ("idle-condition", "[motivering, antwoord_14]", [("min_tekens: 40", "min_tekens: 0")]),
        (
            "idle-condition",
            "- {van: aanmelding, naar: informatieronde",
            [("naar: informatieronde, vereist: []", "naar: informatieronde, vereist: [aanmelding_ontvangen]")],
        ),
        # questions
        (
            "unanswerable-question",
            "    categorieen: [onderwijs_verzuim]",
            [(ANSWER, ANSWER.replace("aan: [gemeente]", "aan: [jeugdarts]"))],
        ),
        ("unrefusable-question", 'aan: ["sector:onderwijs"]', [('van: ["*"]', "van: [jeugdarts]")]),
        (
            "unrefusable-question",
            "    aan: [jeugdarts]",
            [("antwoord_op: [informatieverzoek], type: nl.voorbeeld.geweigerd", "type: nl.voorbeeld.geweigerd")],
        ),
        # law and words
        ("no-special-ground", "grondslag: [AVG-6-1-e, AVG-9-2-a]", [(", artikel: [9]", "")]),
        ("no-text", "{titel: '  '", [("{titel: Schooluitval terugdringen", "{titel: '  '")]),
        ("no-text", "VW_ONBEKEND", [("[VW_MOTIVERING, ", "[VW_ONBEKEND, VW_MOTIVERING, ")]),
        # remarks
        (
            "idle-value",
            "bron: [onderwijs_verzuim, gez",
            [("[onderwijs_verzuim]\n  jeug", "[onderwijs_verzuim, gezondheid_algemeen]\n  jeug")],
        ),
        (
            "idle-value",
            "bron: [onderwijs_verzuim, pro",
            [("[onderwijs_verzuim]\n  jeug", "[onderwijs_verzuim, proces_casus]\n  jeug")],
        ),
        (
            "idle-value",
            "plafond: [gezondheid_algemeen]",
            [("    beroepsgeheim: true", "    beroepsgeheim: true\n    plafond: [gezondheid_algemeen]")],
        ),
        ("possibly-special", "grondslag: [AVG-9-2-a]", [("avg9: true", "avg10_mogelijk: true")]),
        (
            "passes-on",
            "doorverstrekking: true",
            [("    voorwaarden: [toestemming]", "    voorwaarden: [toestemming]\n    doorverstrekking: true")],
        ),
        (
            "process-only",
            "doelen: [verzuimregie]",
            [
                ("categorieen: [proces_casus]\n", "categorieen: [proces_casus, onderwijs_verzuim]\n"),
                ("doelen: [schooluitval, verzuimregie]", "doelen: [verzuimregie]"),
            ],
        ),
        ("no-supplier", "  gezondheid_algemeen: {", [("bron: [gezondheid_algemeen]", "bron: []")]),
        ("unused", "AVG-9-2-c: {", [("  AVG-9-2-a: {", "  AVG-9-2-c: {tekst: vitaal belang}\n  AVG-9-2-a: {")]),
        (
            "dead-end",
            "informatieronde: {titel",
            [("  - {van: informatieronde, naar: gesloten, vereist: [doelen_bereikt_of_stagnatie]}\n", "")],
        ),
        (
            "idle-value",
            'van: ["sector:onderwijs", jeugdarts]',
            [(ANSWER, ANSWER.replace('"sector:onderwijs"', '"sector:onderwijs", jeugdarts'))],
        ),
        (
            "assumption",
            "aanname: na te gaan",
            [("    grondslag: [AVG-9-2-a]", "    grondslag: [AVG-9-2-a]\n    aanname: na te gaan")],
        ),
        (
            "no-discharge",
            "verplichtingen: [terugkoppeling]",
            [
                ("    grondslag: [AVG-9-2-a]", "    grondslag: [AVG-9-2-a]\n    verplichtingen: [terugkoppeling]"),
                ("\nregistraties:", "\nverplichtingen: {terugkoppeling: meld wat ervan kwam}\n\nregistraties:"),
            ],
        ),
        (
            "as-read",
            "{tekst: wettelijke verplichting, ook",
            [("{tekst: wettelijke verplichting,", "{tekst: wettelijke verplichting, ook,")],
        ),
    ],
)
def test_what_is_wrong_is_found_at_its_line(code: str, at: str, changes: list[tuple[str, str]]) -> None:
    text = changed(*changes)

    assert (code, line_of(text, at)) in said(text), said(text)


def test_a_rule_that_adds_nothing_to_another_is_shadowed() -> None:
    twin = SMALL[SMALL.index("  - id: VZ-3") : SMALL.index("  - id: VZ-4")].replace("VZ-3", "VZ-8")
    stricter = twin.replace("[motivering]", "[motivering, antwoord_14]")
    other = twin.replace("doelen: [schooluitval]", "doelen: [verzuimregie]")

    assert shadowed(add_rule(SMALL, twin)) == {("shadowed-rule", "VZ-8")}
    assert shadowed(add_rule(SMALL, stricter)) == {("shadowed-rule", "VZ-8")}
    assert shadowed(add_rule(SMALL, other)) == set()


def shadowed(text: str) -> set[tuple[str, str]]:
    return {(str(each.code), each.fault.text.split()[1]) for each in findings(text) if each.code == "shadowed-rule"}


def test_process_data_alone_answer_no_question() -> None:
    answer = SMALL[SMALL.index("  - id: VZ-3") : SMALL.index("  - id: VZ-4")]
    text = changed((answer, answer.replace("[onderwijs_verzuim]", "[proces_casus]")))

    assert ("unanswerable-question", line_of(text, "categorieen:", after="id: VZ-2")) in said(text)


def test_a_condition_on_declining_that_minds_the_purpose_can_decide() -> None:
    """The check itself lets somebody decline whatever the purpose; this asks for the purpose of the question."""
    minding = "\n  correlatie: {toets: correlatie, code: VW_CORRELATIE}\n\nregistraties:"
    free = minding.replace("VW_CORRELATIE}", "VW_CORRELATIE, zonder_doel: true}")
    rule = SMALL[SMALL.index("  - id: VZ-6") : SMALL.index("\nevaluatie:")]
    asking = (rule, f"{rule}    voorwaarden: [correlatie]\n")

    assert "idle-condition" not in {code for code, _ in said(changed(asking, ("\nregistraties:", minding)))}
    assert "idle-condition" in {code for code, _ in said(changed(asking, ("\nregistraties:", free)))}


def test_an_action_nobody_can_accept_is_a_question_nobody_can_answer() -> None:
    kind = "  actietoewijzing: {titel: Actie, vraag: true, type: nl.voorbeeld.toegewezen}\n\npartij_basis:"
    text = add_rule(changed(("\npartij_basis:", kind)), ASSIGNING)

    assert {code for code, _ in said(text)} >= {"unanswerable-question", "unrefusable-question"}


def test_a_condition_that_another_implies_is_idle() -> None:
    short = "  kort: {toets: motivering, code: VW_MOTIVERING, velden: [waarom_nodig], min_tekens: 10}\n"
    text = changed(
        ("voorwaarden: [motivering, antwoord_14]", "voorwaarden: [motivering, kort, antwoord_14]"),
        ("\nregistraties:", f"{short}\nregistraties:"),
    )

    assert {each.fault.text.split("'")[1] for each in findings(text) if each.code == "idle-condition"} == {"kort"}


def test_each_idle_condition_can_be_taken_out_and_no_case_notices() -> None:
    """What lint calls idle, the judge never decides by: here correlatie, put back where the shipped text had it."""
    changed_rules = [
        {**rule, "voorwaarden": ["correlatie", *rule.get("voorwaarden", ())]}
        if rule["soort"] == ["informatieantwoord"]
        else rule
        for rule in SHIPPED.trees[0].value["regels"]
    ]
    older = amend_convenant(SHIPPED, {"CMPG": {**SHIPPED.trees[0].value, "regels": changed_rules}})
    idle = [each for each in lint(older).errors if each.code == "idle-condition"]

    assert len(idle) == sum(rule["soort"] == ["informatieantwoord"] for rule in changed_rules)
    assert all(result.passed for result in run_cases(shipped_cases(), older))


def test_a_sound_convenant_with_its_cases_is_loaded() -> None:
    require_sound(read(SMALL), {"gevallen.yaml": CASES.encode()})


def test_every_error_and_every_failing_case_is_told_with_its_line() -> None:
    text = changed(
        ("    grondslag: [AVG-9-2-a]", "    grondslag: [AVG-6-1-e]"),
        ("min_dagen: 3, max_dagen: 14", "min_dagen: 3, max_dagen: 5"),
    )
    with pytest.raises(ConvenantInvalid) as caught:
        require_sound(read(text), {"gevallen.yaml": CASES.encode(), "leeg.yaml": b"schema: beslisgevallen/v0\n"})

    places = {(fault.file, fault.line) for fault in caught.value.faults}
    assert ("n.yaml", line_of(text, "grondslag: [AVG-6-1-e]", after="id: VZ-5")) in places
    failing = {("gevallen.yaml", line_of(CASES, f"- id: {case}")) for case in ("K1", "K3", "K4")}
    wrong = ("n.yaml", line_of(text, "grondslag: [AVG-6-1-e]", after="id: VZ-5"))
    assert places == {wrong, *failing, ("leeg.yaml", 1)}


def test_a_remark_keeps_nothing_from_being_loaded() -> None:
    assert lint(read(SMALL)).remarks
    require_sound(read(SMALL), {})


def test_the_cases_beside_a_convenant_are_those_that_name_it(tmp_path: Path) -> None:
    for name, text in (
        ("klein.yaml", SMALL),
        ("gevallen.yaml", CASES),
        ("andere.yaml", CASES.replace("convenant: klein.yaml", "convenant: groot.yaml")),
        ("los.yaml", CASES.replace("convenant: klein.yaml\n", "")),
    ):
        (tmp_path / name).write_text(text)

    assert sorted(cases_beside(tmp_path / "klein.yaml")) == ["gevallen.yaml", "los.yaml"]
    assert sorted(cases_beside(tmp_path)) == ["andere.yaml", "gevallen.yaml", "los.yaml"]
    assert "decision-cases.yaml" in cases_beside(None)


def settings_with(path: Path) -> Settings:
    return Settings.model_construct(convenants=(path,))


def test_a_broker_does_not_load_an_unsound_convenant_it_would_judge_by(tmp_path: Path) -> None:
    path = tmp_path / "klein.yaml"
    path.write_text(changed(("    grondslag: [AVG-9-2-a]", "    grondslag: [AVG-6-1-e]")))
    digest = read(path.read_text()).digest

    with pytest.raises(SettingsError, match=r"klein\.yaml:\d+: .*AVG 9"):
        load_convenants(settings_with(path), sound={digest})
    assert digest in load_convenants(settings_with(path))  # to read what it decided before


def test_a_broker_does_not_load_a_convenant_with_a_failing_case(tmp_path: Path) -> None:
    path = tmp_path / "klein.yaml"
    path.write_text(SMALL)
    (tmp_path / "gevallen.yaml").write_text(CASES.replace("besluit: weigeren, code: NIET_DE_BRON", "besluit: toestaan"))
    digest = read(SMALL).digest

    with pytest.raises(SettingsError, match=r"gevallen\.yaml:\d+: geval K2"):
        load_convenants(settings_with(path), sound={digest})
    (tmp_path / "gevallen.yaml").write_text(CASES)
    assert digest in load_convenants(settings_with(path), sound={digest})
