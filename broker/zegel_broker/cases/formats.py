"""The formats of files of decision cases: which keys each knows. A file says its own, and runs on as it was written."""

from collections.abc import Mapping
from dataclasses import dataclass

from zegel_broker.cases.facts import FACT_KEYS
from zegel_broker.cases.messages import MESSAGE_KEYS

_NEW_FACTS = {"advies_gegeven", "afsluiting_verteld", "plan_besproken", "verplichtingen"}


@dataclass(frozen=True, slots=True)
class Format:
    """What may stand in a `bericht` and in a fixture of `casussen`."""

    message: frozenset[str]
    facts: frozenset[str]


FORMATS: Mapping[str, Format] = {
    "beslisgevallen/v0": Format(MESSAGE_KEYS - {"spoed", "registreert"}, FACT_KEYS - _NEW_FACTS),
    "beslisgevallen/v1": Format(MESSAGE_KEYS - {"registreert"}, FACT_KEYS - _NEW_FACTS),  # with break-glass
    "beslisgevallen/v2": Format(MESSAGE_KEYS, FACT_KEYS),  # with registrations and what they rest on
}
