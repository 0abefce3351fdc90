"""Writes docs/contents.md, the tables of all fields: `python -m zegel_schemas.content.reference > docs/contents.md`."""

import json
import sys
from collections.abc import Iterator, Mapping
from inspect import getdoc
from typing import Any

from pydantic import BaseModel

from zegel_schemas.content.catalogue import CONTENT, example
from zegel_schemas.content.process_examples import TOPIC_OF_KIND
from zegel_schemas.content.reading import walk_models

_INTRODUCTION = """# Contents of the sealed parts

One closed schema per category of the convenant, and one for the reserved part `motivering`. This file is generated from
the models in `schemas/zegel_schemas/content/`.

A part holds canonical JSON `{"body": …, "category": "<category>", "schema": <version>}`. Rules for every body:

- Every key below stands there; absent is `""`, `0` or `[]`. There is no null and no float. An unknown key is refused.
- The unit stands in the field's name: `centen` are eurocents, `uren` hours, `dagen` calendar days, `maanden` months.
- Days are ISO 8601 (`2026-10-05`) and must exist; times are local, `HH:MM`. `peildatum` is the day the facts were so.
- Texts hold no control characters (U+0000 to U+001F, U+007F to U+009F) and no marks that turn the reading direction or
  end a line (U+2028 to U+202E, U+2066 to U+2069); where lines are allowed, a line ends with U+000A alone. Lengths count
  Unicode code points. A pattern matches the whole text.
- People are pseudonyms (`p1` to `p99`) that stand among the message's `subjects`; only `identificatie_contact` says who
  they are.
- A code, a choice or a pseudonym stands once in a list. Entries with a `betrokkene` or a `minderjarige`, and the
  actions of a plan, stand once per person or action, those of `per_categorie` once per category. Others, and texts, may
  stand twice, and so may topics.
- A Periode ends on or after the day it begins; no other days are compared with each other.
- A recipient refuses a part that breaks a rule, or of a category or version that is not here (`INHOUD_ONGELDIG`), and a
  claim its content does not bear out (`CLAIM_KLOPT_NIET`).
"""


def write_reference() -> str:
    """Return the whole of docs/contents.md: an introduction, then per category its tables and an example body."""
    sections = [_INTRODUCTION, _topics_of_kinds()]
    for category, versions in CONTENT.items():
        for version, model in versions.items():
            sections.append(_section(category, version, model))
    return "\n".join(sections)


def _topics_of_kinds() -> str:
    rows = [f"| `{kind}` | `{topic}` |" for kind, topic in TOPIC_OF_KIND.items()]
    return "\n".join(
        (
            "## Which topic of `proces_casus` belongs to which kind",
            "",
            "| kind of message | topic (`onderwerp`) |",
            "| --- | --- |",
            *rows,
            "",
            "`mededeling` may stand in any kind. Senders keep to this; a recipient refuses no topic for its kind.",
            "",
        )
    )


def _section(category: str, version: int, model: type[BaseModel]) -> str:
    lines = [f"## `{category}`, version {version}", "", getdoc(model) or "", ""]
    definitions = model.model_json_schema(mode="serialization").get("$defs", {})
    for each in dict.fromkeys(walk_models(model)):
        if each is not model:
            lines += [f"### {each.__name__}", "", getdoc(each) or "", ""]
        lines += [*_table(each, definitions), ""]
    body = json.dumps(example(category).model_dump(mode="json"), ensure_ascii=False, indent=2)
    return "\n".join((*lines, "Example body (everybody in it is fictitious):", "", "```json", body, "```", ""))


def _table(model: type[BaseModel], definitions: Mapping[str, Any]) -> Iterator[str]:
    yield "| field | form | what it says |"
    yield "| --- | --- | --- |"
    schema = definitions.get(model.__name__) or model.model_json_schema(mode="serialization")
    for name, field in schema["properties"].items():
        yield f"| `{name}` | {_form(field)} | {field.get('description', 'tells which topic this is')} |"


def _form(field: Mapping[str, Any]) -> str:
    """Return in words what values a field of JSON Schema may have."""
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if "oneOf" in field:
        return "one of the topics below"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return " · ".join(f"`{value}`" if value else "empty" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {field.get('minItems', 0)} to {field['maxItems']}: {_form(field['items'])}"
    return _plain_form(field)


def _plain_form(field: Mapping[str, Any]) -> str:
    if field["type"] == "integer":
        return f"integer {field['minimum']} to {field['maximum']}"
    if field["type"] == "boolean":
        return "true or false"
    pattern = field.get("pattern", "")
    if "maxLength" in field and "\\x00" in pattern:
        lines = "" if "\\x0b" not in pattern else ", lines allowed"
        return f"text, {field.get('minLength', 0)} to {field['maxLength']} characters{lines}"
    return f"text like `{pattern.replace('|', chr(92) + '|')}`"


if __name__ == "__main__":
    sys.stdout.write(write_reference())
