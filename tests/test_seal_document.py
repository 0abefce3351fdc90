"""docs/protocol.md says what the code does: its tables of names, limits, fields and codes are compared with it."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from zegel_broker.ledger import arrivals, dryruns, ends
from zegel_broker.ledger.explain import _proposal, _reason, explain_refusal
from zegel_broker.lesson import Proposal, Reason
from zegel_schemas import claims, note, record
from zegel_schemas.asking import ASK_VALIDITY
from zegel_schemas.asking import wire as asking
from zegel_schemas.claims import CLAIMS_OF_KIND, Claims
from zegel_schemas.declaration import MAX_DECLARATION, MAX_PARTS, MAX_SKEW, MAX_VALIDITY, Declaration
from zegel_schemas.directory import FlawCode, envelope
from zegel_schemas.directory.statements import MAX_AHEAD, MAX_BODY, MAX_LIFE
from zegel_schemas.explanations import text
from zegel_schemas.merkle import MAX_PATH
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.registrations import Registration
from zegel_schemas.seal import frame, hop, parts, signatures, table
from zegel_schemas.seal.padding import part_bucket
from zegel_schemas.stamp import wire as stamp

TEXT = (Path(__file__).parent.parent / "docs" / "protocol.md").read_text()
LOG_TEXT = (Path(__file__).parent.parent / "docs" / "protocol-log.md").read_text()
OF_THE_CONVENANT = {"CONVENANT_VERSIE", "ONGELDIG_BERICHT", "VERPLICHTING_TE_LAAT", "SPOED_GEBRUIKT", "SLEUTEL_GELEKT"}


VECTORS = Path(__file__).parent.parent / "schemas" / "zegel_schemas" / "vectors"
EXAMPLES = ("two_parts", "no_parts")


def table_after(heading: str, first: str) -> dict[str, list[str]]:
    """Return the rows of the table with `first` as its first column, under this heading: first cell → the others."""
    section = TEXT.split(f"{heading}\n", 1)[1]
    rows = section.split(f"| {first} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    return {row[0]: row[1:] for row in cells}


def names_in(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_0-9]+)`", cell))


SOURCE = "".join(path.read_text() for path in (Path(__file__).parent.parent / "schemas").rglob("*.py"))


def test_the_personalisations_are_those_of_the_code() -> None:
    used = {name for name in re.findall(r'b"(zegel/1[a-z0-9.-]+)"', SOURCE) if len(name) == 16}

    assert {f"`{name}`" for name in used} == table_after("## Notation", "personalisation").keys()


def test_the_prefixes_are_those_of_the_code() -> None:
    used = set(re.findall(r'b"(zegel/1 [a-z]+)\\n"', SOURCE))

    assert {f"`{name}`" for name in used} == table_after(
        "## Notation", "prefix of a SHA-256 (each ends in 0x0A)"
    ).keys()


def test_the_domains_and_their_keys_are_those_of_the_code() -> None:
    shown = {
        name.strip("`"): names_in(cells[0])
        for name, cells in table_after("## Notation", "domain of a signature").items()
    }

    assert shown == {name.decode(): set(uses) for name, uses in signatures._USES_OF_DOMAIN.items()}


def test_the_magics_are_those_of_the_code() -> None:
    used = set(re.findall(r'b"(zegel/1[a-z])"', SOURCE))

    assert {f"`{name}`" for name in used} == table_after("## Notation", "magic (8 ASCII bytes)").keys()


def test_the_limits_are_those_of_the_code() -> None:
    limits = [MAX_DECLARATION, MAX_PARTS, table.MAX_TABLE, frame.MAX_CONTAINER, hop.MAX_NOTE, hop.MAX_HOP]
    limits += [MAX_VALIDITY, MAX_SKEW, ASK_VALIDITY, record.MAX_LEAF, record.MAX_RECORD, MAX_PATH]
    limits += [stamp.MAX_PROOFS, stamp.MAX_EXPLANATION, note.MAX_SIGNATURES, MAX_BODY, envelope.MAX_SIGNATURES]
    limits += [asking.MAX_ANSWER, asking.MAX_LINES, asking.MAX_FILE]
    assert claims.MAX_SIZES == claims.MAX_FILES
    limits += [claims.MAX_SIZES, *MAX_LIFE.values(), MAX_AHEAD]

    shown = [int(cells[0].split()[0]) for cells in table_after("## Limits", "what").values()]

    assert shown == limits
    assert parts.WRAP_SIZE == 152
    assert frame.HEAD_SIZE == 117
    assert part_bucket(1) == 1024


def test_the_fields_of_a_declaration_are_those_of_the_code() -> None:
    shown = table_after("## Declaration", "key")
    nested = {"from": "sender", "to": "recipient"}

    assert [name.strip("`") for name in shown] == [
        field.alias or name for name, field in Declaration.model_fields.items()
    ]
    for alias, name in nested.items():
        model = Declaration.model_fields[name].annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        assert names_in(shown[f"`{alias}`"][1]) == set(model.model_fields)
    assert names_in(shown["`parts`"][1]) >= {"category", "schema", "label"}


def test_the_claims_per_kind_are_those_of_the_code() -> None:
    shown = {kind.strip("`"): names_in(cells[0]) for kind, cells in table_after("### Claims", "kind").items()}

    assert shown == {kind: set(claims) for kind, claims in CLAIMS_OF_KIND.items()}


def test_every_claim_and_every_value_it_may_have_is_explained() -> None:
    shown = table_after("### Claims", "claim")

    assert [name.strip("`") for name in shown] == list(Claims.model_fields)
    for name, cells in shown.items():
        annotation = Claims.model_fields[name.strip("`")].annotation
        assert _words(annotation) <= names_in(" ".join(cells)), name


def test_the_registrations_are_those_of_the_code() -> None:
    shown = {
        fact: (set(re.findall(r"`([a-z_]+)` [a-z\[(]", cells[0])), names_in(cells[0]))
        for facts, cells in table_after("### Registrations", "`fact`").items()
        for fact in names_in(facts)
    }
    models = get_args(get_args(Registration)[0])
    known = {fact: model for model in models for fact in get_args(model.model_fields["fact"].annotation)}

    assert shown.keys() == known.keys()
    for fact, model in known.items():
        names, words = shown[fact]
        assert names == model.model_fields.keys() - {"fact"}, fact
        for name in names:
            assert _words(model.model_fields[name].annotation) - {"under_12", "12_15", "16_plus"} <= words, fact


def test_every_code_the_documents_name_exists() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]{4,})`", TEXT + LOG_TEXT)) - {"XXXX", "SUBPROOF"}

    assert named - {str(fault) for fault in Fault} - {str(flaw) for flaw in FlawCode} == OF_THE_CONVENANT


def test_every_code_of_the_code_stands_in_the_table_with_how_it_ends() -> None:
    shown = {name.strip("`"): cells for name, cells in table_after("## Codes", "code").items()}

    assert shown.keys() == {str(fault) for fault in Fault}
    assert {name: cells[0] for name, cells in shown.items()} == {name: text(name, "en").outcome for name in shown}


@pytest.mark.parametrize("flaw", FlawCode)
def test_every_flaw_of_a_directory_is_explained(flaw: FlawCode) -> None:
    assert f"`{flaw}`" in LOG_TEXT


@pytest.mark.parametrize("fault", Fault)
def test_every_code_is_named_where_it_is_found(fault: Fault) -> None:
    """Beside the table of codes: at the step, or in the other document."""
    assert f"`{fault}`" in TEXT.replace(TEXT.split("## Codes", 1)[1].split("\n## ", 1)[0], "") + LOG_TEXT


def test_the_fields_of_a_record_are_those_of_the_code() -> None:
    section = LOG_TEXT.split("## The record\n", 1)[1].split("| meaning |", 1)[1].split("\n\n", 1)[0]
    shown = {name for row in section.splitlines()[2:] for name in re.findall(r"`([a-z]+)`", row.split("|")[1])}

    assert shown == {"from", "to", *(each.name for each in fields(record.Record))} - {"sender", "recipient"}


@pytest.mark.parametrize("kind", get_args(record.EntryType))
def test_every_type_of_entry_is_named(kind: str) -> None:
    assert f"`{kind}`" in LOG_TEXT


def test_the_numbers_the_broker_goes_by_are_those_of_the_code() -> None:
    rows = "".join(table_after("### At the broker", "what"))

    assert f"({dryruns.PER_DAY}, or as it is set)" in rows
    assert f"fewer than {arrivals.MAX_UNCOLLECTED} messages" in rows
    assert ends.EXPIRED_AFTER == 24 * 3600
    assert "no receipt a day after `expires`" in TEXT


def test_an_explanation_has_the_keys_that_are_described() -> None:
    shown = table_after("### Explanation", "key")
    named = {name for cell in shown for name in re.findall(r"`([a-z_]+)`", cell)}
    refused = json.loads(explain_refusal(Refusal(Fault.VERLOPEN, "expires"), convenant=""))
    failure = set(_reason(Reason(step=1, code="", documents=(), sections=(), rules=(), articles=(), fields=())))
    proposal = set(_proposal(Proposal(sort="part", kind="", without=(), asks=(), remedies=())))

    assert named == refused.keys()
    assert failure <= names_in(shown["`failures`"][0])
    assert proposal <= names_in(shown["`proposals`"][0])


@pytest.mark.parametrize("file", sorted(set(re.findall(r"\]\(([a-z-]+\.md)\)", TEXT))))
def test_the_documents_it_refers_to_exist(file: str) -> None:
    assert (Path(__file__).parent.parent / "docs" / file).is_file()


def test_it_shows_where_a_container_has_its_fields() -> None:
    rows = [(at, cells[0]) for at, cells in table_after("## Container", "at").items()]

    assert rows == [
        ("0", "8"),
        ("8", "1"),
        ("9", "32"),
        ("41", "4"),
        ("45", "4"),
        ("49", "4"),
        ("53", "64"),
        ("117", ""),
    ]


def test_the_worked_example_shows_the_values_of_the_vectors() -> None:
    keys = json.loads((VECTORS / "keys.json").read_text())["keys"]
    cases = json.loads((VECTORS / "containers.json").read_text())["containers"]
    two, none = ({case["name"]: case for case in cases}[name] for name in EXAMPLES)
    shown = [
        keys[name][field] for name in ("signing", "sealing", "hop_adapter", "hop_broker") for field in ("public", "id")
    ]
    shown += [two[name] for name in ("message_key", "ephemeral", "declaration", "declaration_hash", "seal_table")]
    shown += [two[name] for name in ("signature", "message_hash", "head")]
    shown += [none["message_hash"], two["wrap"]["wrap"]]
    per_part = ("content", "context", "part_key", "commitment", "encryption_key", "nonce")
    shown += [part[name] for part in two["parts"] for name in per_part]
    text = "".join(TEXT.split())

    assert [value for value in shown if "".join(value.split()) not in text] == []


def _words(annotation: object) -> set[str]:
    """Return the values a Literal allows, wherever it stands in the annotation; models have tables of their own."""
    if get_origin(annotation) is Literal:
        return {word for word in get_args(annotation) if word}
    return {word for inner in get_args(annotation) for word in _words(inner)}
