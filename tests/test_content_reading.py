"""Sealed content is closed: what a schema does not know, or says in another form, is refused by name of field."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from zegel_schemas import canonical
from zegel_schemas.content import CONTENT, example, read_content, write_content
from zegel_schemas.content.person import require_bsn
from zegel_schemas.content.process_examples import EXAMPLE_TOPICS, TOPIC_OF_KIND, example_process
from zegel_schemas.refusals import Fault, Refusal

CATEGORIES = sorted(CONTENT)
Path = tuple[str | int, ...]
SECRET = "jan.jansen.is-ziek"  # what a sender might try to smuggle out as the name of a field


def sealed(category: str, body: object, schema: object = 1) -> bytes:
    return canonical.encode({"category": category, "schema": schema, "body": body})


def body_of(category: str) -> dict[str, Any]:
    return example(category).model_dump(mode="json")


def places(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield every place in a body with its value, the body itself included."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def changed(body: dict[str, Any], path: Path, value: object) -> object:
    """Return a copy of `body` with `value` at `path`."""
    if not path:
        return value
    found: Any = (result := copy.deepcopy(body))
    for step in path[:-1]:
        found = found[step]
    found[path[-1]] = value
    return result


def refusal(category: str, data: bytes, schema: int = 1) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_content(category, schema, data)
    return caught.value


@pytest.mark.parametrize("category", CATEGORIES)
def test_an_example_comes_back_as_it_was_written(category: str) -> None:
    content = example(category)

    assert read_content(category, 1, write_content(content)) == content


@pytest.mark.parametrize("topic", sorted(EXAMPLE_TOPICS))
def test_every_topic_of_the_process_comes_back_as_it_was_written(topic: str) -> None:
    content = example_process("").model_copy(update={"onderwerpen": (EXAMPLE_TOPICS[topic],)})

    assert read_content("proces_casus", 1, write_content(content)) == content


@pytest.mark.parametrize("kind", sorted(TOPIC_OF_KIND))
def test_an_example_fits_the_kind_it_is_asked_for(kind: str) -> None:
    content = example("proces_casus", kind)

    assert content.model_dump()["onderwerpen"][0]["onderwerp"] == TOPIC_OF_KIND[kind]


@pytest.mark.parametrize("category", CATEGORIES)
def test_an_unknown_field_is_refused_wherever_it_stands_and_its_name_is_not_repeated(category: str) -> None:
    body = body_of(category)
    for path, value in places(body):
        if isinstance(value, dict):
            found = refusal(category, sealed(category, changed(body, path, {**value, SECRET: "x"})))

            assert found.code == Fault.INHOUD_ONGELDIG
            assert found.fields
            assert SECRET not in str(found)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_key_left_out_is_refused_and_named(category: str) -> None:
    body = body_of(category)
    for path, value in places(body):
        if isinstance(value, dict):
            for key in value:
                without = {name: item for name, item in value.items() if name != key}
                found = refusal(category, sealed(category, changed(body, path, without)))

                assert any(key in field.split(".") or field == "onderwerpen.0" for field in found.fields), (path, key)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("foreign", [True, [], {}, 7, "x\x00", -1])
def test_a_value_of_another_type_is_refused_wherever_it_stands(category: str, foreign: Any) -> None:
    body = body_of(category)
    for path, value in places(body):
        if type(value) is not type(foreign):
            data = sealed(category, changed(body, path, foreign)) if foreign != -1 else b'{"body":-1}'

            assert refusal(category, data).code == Fault.INHOUD_ONGELDIG


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("written", ["1.5", "1.0", "null", "-1", "1e3", "NaN", "9007199254740992"])
def test_a_float_a_null_and_an_integer_out_of_range_are_refused(category: str, written: str) -> None:
    for path, _ in places(body_of(category)):
        data = sealed(category, changed(body_of(category), path, "@@")).replace(b'"@@"', written.encode())

        assert refusal(category, data).code == Fault.INHOUD_ONGELDIG


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize(
    "day", ["2026-02-30", "2025-02-29", "2026-13-01", "20260101", "2026-W01-1", "2026-01-01T00:00"]
)
def test_a_day_that_does_not_exist_is_refused(category: str, day: str) -> None:
    body = body_of(category)
    for path, value in places(body):
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            found = refusal(category, sealed(category, changed(body, path, day)))

            assert str(path[-1]) in found.fields[0].split(".")


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_text_that_turns_the_reading_direction_or_steers_a_terminal_is_refused(category: str) -> None:
    body = body_of(category)
    for path, value in places(body):
        if isinstance(value, str):
            for sign in ("\u202e", "\x1b[2J", "\r", "\u2066"):
                refusal(category, sealed(category, changed(body, path, f"{value}{sign}")))


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_text_without_end_is_refused(category: str) -> None:
    body = body_of(category)
    for path, value in places(body):
        if isinstance(value, str):
            refusal(category, sealed(category, changed(body, path, "x" * 4001)))


@pytest.mark.parametrize("category", CATEGORIES)
def test_spaces_are_refused_though_the_meaning_is_the_same(category: str) -> None:
    data = write_content(example(category))

    assert refusal(category, data.replace(b'{"body":', b'{ "body":', 1)).code == Fault.INHOUD_ONGELDIG
    assert refusal(category, data + b" ").code == Fault.INHOUD_ONGELDIG


def test_a_part_with_another_category_than_its_name_is_refused() -> None:
    data = write_content(example("ggz_verslaving"))

    assert refusal("huurachterstand", data).code == Fault.INHOUD_ANDERE_CATEGORIE


@pytest.mark.parametrize("schema", [2, True, "1", [1]])
def test_a_part_with_another_version_than_declared_is_refused(schema: Any) -> None:
    found = refusal("bsn", sealed("bsn", body_of("bsn"), schema))

    assert found.code == Fault.INHOUD_ANDERE_CATEGORIE
    assert found.fields == ("schema",)


def test_a_version_or_category_without_a_schema_is_refused() -> None:
    assert refusal("bsn", sealed("bsn", body_of("bsn"), 2), schema=2).fields == ("schema",)
    assert refusal("volledig_dossier", sealed("volledig_dossier", {})).fields == ("category",)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"1", b'"x"', b"\xff", b'{"body":{},"category":"bsn"}', b"[" * 100_000]
)
def test_bytes_that_are_no_part_are_refused(data: bytes) -> None:
    assert refusal("bsn", data).code == Fault.INHOUD_ONGELDIG


def test_a_refusal_holds_no_value_of_the_content() -> None:
    body = changed(body_of("identificatie_contact"), ("personen", 0, "geboortedatum"), SECRET)
    found = refusal("identificatie_contact", sealed("identificatie_contact", body))

    assert found.fields == ("personen.0.geboortedatum",)
    assert SECRET not in str(found)
    assert found.__cause__ is None


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_repr_of_content_shows_nothing_of_it(category: str) -> None:
    content = example(category)
    shown = f"{content!r} {content}"

    for _, value in places(body_of(category)):
        if isinstance(value, str) and len(value) > 4:
            assert value not in shown


def test_two_entries_about_one_person_are_refused() -> None:
    body = body_of("bekendheid")
    twice = [*body["uitkomsten"], {**body["uitkomsten"][0], "uitkomst": "niet_bekend"}]

    assert refusal("bekendheid", sealed("bekendheid", {"uitkomsten": twice})).fields == ("uitkomsten",)


def test_an_action_that_stands_twice_in_a_plan_is_refused() -> None:
    body = body_of("plan_acties")

    assert refusal("plan_acties", sealed("plan_acties", {**body, "acties": body["acties"] * 2})).fields == ("acties",)


def test_a_category_motivated_twice_is_refused() -> None:
    body = body_of("motivering")
    twice = {**body, "per_categorie": body["per_categorie"] * 2}

    assert refusal("motivering", sealed("motivering", twice)).fields == ("per_categorie",)


def test_a_field_of_a_topic_is_named_with_its_topic() -> None:
    body = changed(body_of("proces_casus"), ("onderwerpen", 0, "dag"), "morgen")

    assert refusal("proces_casus", sealed("proces_casus", body)).fields == ("onderwerpen.0.bijeenkomst.dag",)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    body = changed(body_of("overlast_leefbaarheid"), ("periode",), {"van": "2026-05-02", "tot": "2026-05-01"})

    assert refusal("overlast_leefbaarheid", sealed("overlast_leefbaarheid", body)).fields == ("periode",)


@pytest.mark.parametrize("number", ["999993654", "000000000", "999993635"])
def test_a_number_that_fails_the_eleven_test_is_refused(number: str) -> None:
    body = changed(body_of("bsn"), ("personen", 0, "bsn"), number)

    assert refusal("bsn", sealed("bsn", body)).fields == ("personen.0.bsn",)


def test_the_eleven_test_knows_a_test_number_of_the_brp() -> None:
    assert require_bsn("999993653") == "999993653"


def test_a_bsn_in_another_field_is_refused_by_its_form() -> None:
    body = changed(body_of("huurachterstand"), ("betrokkenen", 0), "999993653")

    assert refusal("huurachterstand", sealed("huurachterstand", body)).fields == ("betrokkenen.0",)
