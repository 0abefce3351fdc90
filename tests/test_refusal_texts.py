"""Every refusal says in two languages what happened and how to mend it, and never what to claim instead."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import zegel_schemas
from zegel_broker.changes import CHANGES
from zegel_broker.ledger.anew import STOLEN
from zegel_broker.ledger.reminding import LATE, USED
from zegel_broker.remedies import REMEDIES
from zegel_schemas.explanations import Text, all_codes, all_notices, all_offers, notice, offer, text
from zegel_schemas.refusals import Fault

CONVENANTS = Path(zegel_schemas.__file__).parent / "convenants"
MOST_WORDS = 20  # a sentence at B1 level is short; 20 words is the bound of the government's own writing advice

# What would teach a sender what to declare (another purpose, ground or label, new facts, consent to be obtained).
NEVER_OFFERED = (
    r"\bander doel\b",
    r"\bandere grond",
    r"\bander label",
    r"nieuwe feiten",
    r"vraag .{0,30}toestemming",
    r"toestemming vragen",
    r"verklaar ",
    r"uitzondering",
    r"uitstel",
    r"\banother purpose",
    r"\banother ground",
    r"\banother label",
    r"new facts",
    r"ask .{0,30}consent",
    r"obtain",
    r"declare ",
    r"exception",
    r"deferral",
)


def codes_of_the_shipped_convenants() -> set[str]:
    codes: set[str] = set()
    for path in CONVENANTS.glob("*.yaml"):
        for document in YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")):
            for step in document.get("evaluatie", []):
                codes.update(step["codes"])
            conditions = document.get("voorwaarden", {}) | document.get("toevoegen", {}).get("voorwaarden", {})
            codes.update(condition["code"] for condition in conditions.values())
            codes.update(rule["code"] for rule in document.get("verboden", []) + document.get("verboden_extra", []))
    return codes


def test_the_shipped_convenant_names_codes_at_all() -> None:
    assert len(codes_of_the_shipped_convenants()) >= 47


def test_every_code_has_a_text() -> None:
    missing = ({str(fault) for fault in Fault} | codes_of_the_shipped_convenants()) - all_codes()

    assert not missing


def test_no_text_stands_for_a_code_that_does_not_exist() -> None:
    surplus = all_codes() - {str(fault) for fault in Fault} - codes_of_the_shipped_convenants()

    assert not surplus


@pytest.mark.parametrize("code", sorted(all_codes()))
def test_a_code_speaks_two_languages_and_names_the_same_outcome(code: str) -> None:
    dutch, english = text(code, "nl"), text(code, "en")

    assert dutch.outcome == english.outcome
    assert dutch.code == english.code == code
    assert len({dutch.says, dutch.remedy, english.says, english.remedy}) == 4


def test_codes_of_the_convenant_are_refused() -> None:
    assert {text(code).outcome for code in codes_of_the_shipped_convenants()} == {"refused"}


@pytest.mark.parametrize("code", sorted(all_codes()))
def test_dutch_sentences_are_short(code: str) -> None:
    dutch = text(code)
    for sentence in re.split(r"(?<=[.:?!]) ", f"{dutch.says} {dutch.remedy}"):
        assert len(sentence.split()) <= MOST_WORDS, sentence


@pytest.mark.parametrize("code", sorted(all_codes()))
def test_a_remedy_never_offers_something_to_claim(code: str) -> None:
    remedies = f"{text(code, 'nl').remedy} {text(code, 'en').remedy}".lower()

    assert [phrase for phrase in NEVER_OFFERED if re.search(phrase, remedies)] == []


def test_an_outdated_convenant_is_mended_by_fetching_it_and_sealing_anew() -> None:
    assert text("CONVENANT_VERSIE", "en") == Text(
        code="CONVENANT_VERSIE",
        says="The message names another version of the convenant than is in force now.",
        remedy="Fetch the convenant in force. Then seal your message anew, as a new message.",
        outcome="refused",
    )


def test_an_unknown_code_has_no_text() -> None:
    with pytest.raises(KeyError):
        text("ZOMAAR_IETS")


def test_everything_that_may_be_offered_has_words_and_nothing_else_has() -> None:
    needed = {change.name for change in CHANGES.values()} | set(REMEDIES.values()) | {"part", "lower_step"}

    assert all_offers() == needed


@pytest.mark.parametrize("name", sorted(all_offers()))
def test_an_offer_speaks_two_languages_and_is_nothing_to_claim(name: str) -> None:
    dutch, english = offer(name, "nl"), offer(name, "en")
    both = f"{dutch} {english}".lower()

    assert dutch != english
    assert all(len(sentence.split()) <= MOST_WORDS for sentence in re.split(r"(?<=[.:?!]) ", dutch))
    assert [phrase for phrase in NEVER_OFFERED if re.search(phrase, both)] == []


def test_an_offer_is_no_code() -> None:
    assert all_codes().isdisjoint(all_offers())


def test_every_notice_has_words_and_no_word_is_of_a_notice_that_is_not() -> None:
    assert all_notices() == {LATE, USED, STOLEN}


@pytest.mark.parametrize("code", sorted(all_notices()))
def test_a_notice_speaks_two_languages_in_short_sentences(code: str) -> None:
    assert notice(code, "nl") != notice(code, "en")
    for sentence in re.split(r"(?<=[.:?!]) ", notice(code)):
        assert len(sentence.split()) <= MOST_WORDS, sentence
