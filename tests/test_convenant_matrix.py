"""The matrix: what is in it can pass, what is not in it never does; with what a reader of the convenant expects."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from random import Random

import pytest

from tests.convenant_pages import changed
from tests.judge_drafts import draft
from tests.judge_scene import Scene
from zegel_broker.cases.run import read_cases, shipped_cases
from zegel_broker.casus import Casus, Consent, Person, Question, Standing
from zegel_broker.convenant_tools.cells import Cell, enumerate_cells
from zegel_broker.convenant_tools.matrix import Row, lines, matrix
from zegel_broker.convenant_tools.moments import rectangles
from zegel_broker.fold import opens_casus
from zegel_broker.judge import judge
from zegel_broker.message import REPORT, Enclosure, Message
from zegel_schemas.claims import Claims, Consultation, SubjectClaim
from zegel_schemas.convenant import Convenant, read_convenant, shipped_convenant

SHIPPED = shipped_convenant()
DAY = date(2026, 9, 7)


def small(*changes: tuple[str, str]) -> Convenant:
    return read_convenant({"klein.yaml": changed(*changes).encode()})


def flows(rows: Iterable[Row], way: str = "krijgt") -> set[tuple[str, str]]:
    return {(row.source, row.learner) for row in rows if row.way == way}


def living(convenant: Convenant, **chosen: str) -> list[Row]:
    return [row for row in matrix(convenant, **chosen) if not convenant.kinds[row.kind].afterwards]


@lru_cache(maxsize=4)
def all_moments(convenant: Convenant) -> frozenset[tuple[str, ...]]:
    return frozenset(
        (cell.regime, cell.kind, cell.sender, cell.recipient, cell.category, *moment)
        for cell in enumerate_cells(convenant).all
        for moment in cell.when
    )


def lies_within(convenant: Convenant, message: Message, casus: Casus | None) -> bool:
    """Say whether each category for each recipient stands in a cell, with this purpose and phase."""
    regime = casus.regime if casus is not None else convenant.base_regime.name
    phase = casus.phase if casus is not None else convenant.base_regime.first_phase
    question = casus.questions.get(message.re) if casus is not None else None
    if question is not None and convenant.kinds[message.kind].answers:
        phase = question.phase
    cells = all_moments(convenant)
    named = (*message.asks, *(part.category for part in message.parts))
    return all(
        (regime, message.kind, message.sender, recipient, name, message.purpose, phase) in cells
        for recipient in message.recipients
        for name in named
    )


def can_have_come_about(scene: Scene) -> bool:
    """Say whether the casus is one its messages can have made: drawn are any phase, partner and question there is."""
    if SHIPPED.kinds[scene.message.kind].afterwards:
        return False
    question = scene.casus.questions.get(scene.message.re) if scene.casus is not None and scene.message.re else None
    if question is None:
        return True
    ends = (scene.regime.name, question.kind, question.asker, question.addressee)
    moments = all_moments(scene.convenant)
    asked = [(*ends, name, question.purpose, question.phase) in moments for name in question.asks]
    return bool(asked) and all(asked)


def test_what_the_shipped_cases_permit_is_in_the_matrix() -> None:
    cases = read_cases(shipped_cases().read_bytes(), file="cases", convenant=SHIPPED)
    permitted = [case for case in cases if case.written["verwacht"]["besluit"] == "toestaan"]
    missing = []
    for case in permitted:
        situation = case.situation(SHIPPED)
        if not lies_within(situation.convenant, situation.message, situation.casus):
            missing.append(case.written["id"])

    assert len(permitted) > 40
    assert missing == []


@pytest.mark.parametrize("seed", range(8))
def test_what_is_not_in_the_matrix_is_never_permitted(seed: int) -> None:
    """Messages drawn from rules, most of them permitted, each in a casus that suits it."""
    chance = Random(seed)
    scenes = [draft(SHIPPED, chance.choice) for _ in range(50)]
    permitted = [scene for scene in scenes if scene.decide().permitted and can_have_come_about(scene)]

    assert len(permitted) > 25
    assert [scene.rule.id for scene in permitted if not lies_within(SHIPPED, scene.message, scene.casus)] == []


def family(cell: Cell, purpose: str, phase: str, convenant: Convenant) -> Casus:
    """Return a casus of the small convenant in which a cell can pass: consent given, the question it answers open."""
    kind = convenant.kinds[cell.kind]
    question = Question(
        kind=kind.answers[0] if kind.answers else "",
        asker=cell.recipient,
        addressee=cell.sender,
        asks=(cell.category,),
        rest=(cell.category,),
        subjects=("p1",),
        purpose=purpose,
        phase=phase,
        day=DAY,
    )
    return Casus(
        id="c",
        regime=cell.regime,
        phase=phase,
        purposes=frozenset(convenant.regimes[cell.regime].purposes),
        subjects={"p1": Person("ouder", "16_plus", DAY)},
        roles={"gemeente": ("regisseur",), "school": ("aanmelder",), "jeugdarts": ("informant",)},
        consents=(
            Consent("t", "p1", ("p1",), "jeugdarts", ("gemeente",), ("gezondheid_algemeen",), explicit=True, day=DAY),
        ),
        questions={"q": question} if kind.answers else {},
    )


def test_everything_in_the_matrix_of_the_small_convenant_can_pass() -> None:
    convenant = small()
    said = Claims(
        motivation={"waarom_nodig": 80},
        consultation=Consultation(status="besproken"),
        introduces=(SubjectClaim(subject="p1", role="ouder", age_band="16_plus"),),
    )
    for cell in enumerate_cells(convenant).all:
        for purpose, phase in cell.when:
            casus = family(cell, purpose, phase, convenant)
            message = Message(
                kind=cell.kind,
                sender=cell.sender,
                role="verzuimcoordinator",
                recipients=(cell.recipient,),
                casus="c",
                convenant=convenant.digest,
                purpose=purpose,
                subjects=("p1",),
                asks=(cell.category,) if cell.asked else (),
                parts=() if cell.asked else (Enclosure(cell.category, "feit"),),
                re="q" if convenant.kinds[cell.kind].answers else "",
                issued=DAY,
                due=date(2026, 9, 14),
                claims=said if cell.kind == REPORT else said.model_copy(update={"introduces": ()}),
            )
            decision = judge(message, None if opens_casus(message) else casus, Standing(), convenant, DAY)

            assert decision.permitted, (cell, decision.codes)
            assert cell.rule in decision.rules[cell.category]


def test_police_data_go_to_the_two_that_direct_and_to_nobody_else() -> None:
    rows = living(SHIPPED, category="politiegegevens")

    assert flows(rows) == {("politie", "gemeente.regieteam"), ("politie", "gemeente.oov")}
    assert flows(rows, "vraagt") == flows(rows)


def test_an_answer_to_who_asked_goes_only_to_who_can_ask() -> None:
    askers = {row.learner for row in living(SHIPPED) if row.kind == "triagevraag" and row.way == "vraagt"}
    told = {row.learner for row in living(SHIPPED) if row.kind == "triageantwoord"}

    assert told == askers == {"gemeente.regieteam", "gemeente.oov"}


def test_a_citizen_number_goes_only_between_parties_that_may_use_it() -> None:
    parties = {party for row in matrix(SHIPPED, category="bsn") for party in (row.source, row.learner)}

    assert parties
    assert all(SHIPPED.parties[party].citizen_number for party in parties)


def test_a_ceiling_gives_nobody_a_citizen_number_whom_the_law_does_not() -> None:
    number = "  bsn: {titel: BSN, niveau: 2, bijvoegen: true, procesgegeven: true}\n  gezondheid_algemeen: {titel"
    lawful = [
        ("  gezondheid_algemeen: {titel", number),
        ("bron: [onderwijs_verzuim]", "bron: [onderwijs_verzuim, bsn]"),
        ("plafond: [onderwijs_verzuim, ", "plafond: [bsn, onderwijs_verzuim, "),
        ("identificatie_contact, onderwijs_verzuim]\n", "identificatie_contact, onderwijs_verzuim, bsn]\n"),
    ]
    school = '"00000099000000002000"\n    overheid: false\n    bsn: '

    assert flows(living(small(*lawful), category="bsn")) == set()
    assert flows(living(small(*lawful, (f"{school}false", f"{school}true")), category="bsn")) == {
        ("school", "gemeente")
    }


def test_nothing_forbidden_is_in_the_matrix() -> None:
    assert {row.category for row in matrix(SHIPPED)} & {"ras_etnische_afkomst", "volledig_dossier"} == set()
    assert not any(SHIPPED.categories[row.category].article_9 for row in matrix(SHIPPED) if row.regime == "GROEP")


def test_a_party_that_signed_nothing_of_a_regime_is_in_none_of_its_living_rows() -> None:
    in_triage = {party for row in living(SHIPPED) if row.regime == "TRIAGE" for party in (row.source, row.learner)}

    assert "portaal" not in in_triage
    assert "jutphaas_wonen" in in_triage


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (
            ("ondertekening:", "opzegging:\n  - {partij: school, per: 2026-01-01}\nondertekening:"),
            ("school", "gemeente"),
        ),
        (("{partijen: [gemeente, school, jeugdarts]", "{partijen: [gemeente, school]"), ("jeugdarts", "gemeente")),
        (("bron: [gezondheid_algemeen]", "bron: []"), ("jeugdarts", "gemeente")),
        (("    plafond: [onderwijs_verzuim, gezondheid_algemeen]", "    plafond: []"), ("school", "gemeente")),
    ],
)
def test_a_flow_ends_with_what_it_rests_on(change: tuple[str, str], gone: tuple[str, str]) -> None:
    before, after = living(small()), living(small(change))
    content = {"onderwijs_verzuim", "gezondheid_algemeen"}

    assert gone in flows(row for row in before if row.category in content)
    assert gone not in flows(row for row in after if row.category in content)


def test_who_signed_when_another_had_left_never_meets_it() -> None:
    later = """\
  - {partijen: [gemeente, school], datum: 2026-01-01}
  - {partijen: [jeugdarts], datum: 2026-06-01}
opzegging:
  - {partij: gemeente, per: 2026-06-01}"""
    never = small(("  - {partijen: [gemeente, school, jeugdarts], datum: 2026-01-01}", later))

    assert ("school", "gemeente") in flows(living(never))
    assert ("jeugdarts", "gemeente") not in flows(living(never))


def test_a_regie_party_that_passes_on_is_marked() -> None:
    passing = [row for row in living(SHIPPED, category="huisvesting") if row.kind == "mdo_informatie"]

    assert passing
    assert all(row.onward and row.source == "gemeente.regieteam" for row in passing)
    assert "krijgt*" in next(iter(lines(passing[:1]))) or any("krijgt*" in line for line in lines(passing))


def test_filters_narrow_and_unknown_names_are_told() -> None:
    every = matrix(SHIPPED)
    police = matrix(SHIPPED, party="politie", purpose="overlast")

    assert set(police) < {replace(row, purposes=("overlast",)) for row in every}
    assert all("politie" in {row.source, row.learner} for row in police)
    with pytest.raises(KeyError, match="polite"):
        matrix(SHIPPED, party="polite")


def test_rectangles_say_exactly_what_the_moments_say() -> None:
    chance = Random(1)
    every = [(purpose, phase) for purpose in "abcd" for phase in "123"]
    for _ in range(50):
        when = {each for each in every if chance.random() < 0.6}
        again = {(purpose, phase) for purposes, phases in rectangles(when) for purpose in purposes for phase in phases}

        assert again == when


def test_a_rule_whose_conditions_nothing_can_meet_gives_no_row() -> None:
    def asked(text: str) -> set[str]:
        return {row.rule for row in matrix(read_convenant({"n.yaml": text.encode()})) if row.way == "vraagt"}

    assert asked(changed()) == {"VZ-2", "VZ-4"}
    assert asked(changed(("min_dagen: 3", "min_dagen: 15"))) == set()


def test_the_table_names_what_must_hold_besides() -> None:
    head, *rows, _ = lines(matrix(read_convenant({"n.yaml": changed().encode()}), category="gezondheid_algemeen"))

    assert head.endswith("conditions")
    assert [row.split()[-1] for row in rows] == ["toestemming", "motivering,antwoord_14,toestemming"]
