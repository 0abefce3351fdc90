"""Which categories have a schema, in which versions, and a fictitious example of each."""

from collections.abc import Mapping
from types import MappingProxyType

from zegel_schemas.content import (
    family,
    health,
    housing,
    income,
    involvement,
    justice,
    motivation,
    person,
    plan,
    process_examples,
    safety,
    school,
)
from zegel_schemas.content.fields import Content
from zegel_schemas.content.plan import PlanActies
from zegel_schemas.content.process import ProcesCasus

_SECTORS = (
    process_examples,
    plan,
    person,
    involvement,
    housing,
    income,
    school,
    family,
    health,
    justice,
    safety,
    motivation,
)

_EXAMPLES: Mapping[str, Content] = MappingProxyType(
    {content.category: content for sector in _SECTORS for content in sector.EXAMPLES}
)

# category -> version -> model. A changed model is a new version beside the old one: what was sealed stays readable.
CONTENT: Mapping[str, Mapping[int, type[Content]]] = MappingProxyType(
    {category: MappingProxyType({content.version: type(content)}) for category, content in _EXAMPLES.items()}
)

_STATUS_OF_KIND = {"actieaanvaarding": "aanvaard", "voortgang": "gestart"}


def example(category: str, kind: str = "") -> Content:
    """Return a fictitious valid content of `category`, newest version, fit for a message of `kind` where that matters.

    Raise KeyError for a category without a schema.
    """
    found = _EXAMPLES[category]
    if isinstance(found, ProcesCasus) and kind:
        return process_examples.example_process(kind)
    if isinstance(found, PlanActies) and kind in _STATUS_OF_KIND:
        actions = tuple(action.model_copy(update={"status": _STATUS_OF_KIND[kind]}) for action in found.acties)
        return found.model_copy(update={"acties": actions})
    return found
