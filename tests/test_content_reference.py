"""Every category that may be sent has a schema, its codes are the convenant's, and docs/contents.md is current."""

from pathlib import Path
from typing import Any, get_args

from ruamel.yaml import YAML

import zegel_schemas
from zegel_schemas.content import CONTENT, example
from zegel_schemas.content.fields import Leefgebied
from zegel_schemas.content.motivation import MOTIVATION_FIELDS
from zegel_schemas.content.process_topics import Uitstel
from zegel_schemas.content.reference import write_reference
from zegel_schemas.declaration import MOTIVATION_PART

ROOT = Path(__file__).parent.parent


def documents() -> list[dict[str, Any]]:
    path = Path(zegel_schemas.__file__).parent / "convenants" / "nieuwegein.yaml"
    return list(YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")))


def categories() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for document in documents():
        found |= document.get("categorieen", {}) | document.get("toevoegen", {}).get("categorieen", {})
    return found


def test_every_category_that_may_be_sent_has_a_schema_and_no_other() -> None:
    allowed = {code for code, category in categories().items() if category["niveau"] != "X"}

    assert CONTENT.keys() == allowed | {MOTIVATION_PART}


def test_the_motivation_is_no_category_of_the_convenant() -> None:
    assert MOTIVATION_PART not in categories()


def test_every_category_has_an_example_of_its_newest_version() -> None:
    for category, versions in CONTENT.items():
        assert example(category).version == max(versions)
        assert type(example(category)) is versions[max(versions)]


def test_the_texts_of_the_motivation_are_the_fields_the_convenant_asks_for() -> None:
    conditions = documents()[0]["voorwaarden"].values()
    asked = {field for condition in conditions for field in condition.get("velden", [])}

    assert set(MOTIVATION_FIELDS) == asked


def test_the_grounds_for_deferral_are_those_of_the_convenant() -> None:
    assert (
        list(get_args(Uitstel.model_fields["grond"].annotation))
        == documents()[0]["voorwaarden"]["uitstelgrond"]["gronden"]
    )


def test_the_domains_of_life_are_those_of_the_convenant() -> None:
    assert list(get_args(Leefgebied)) == documents()[0]["casuscriteria"]["leefgebieden"]


def test_the_reference_of_contents_is_current() -> None:
    written = (ROOT / "docs" / "contents.md").read_text(encoding="utf-8")

    assert written == write_reference(), "run: python -m zegel_schemas.content.reference > docs/contents.md"
