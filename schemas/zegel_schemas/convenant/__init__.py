"""The convenant: what may be asked by whom, from whom, for what and when. Read `documents.py` first, then `index.py`.

`load_convenant` reads and checks it; `static_rules` and `rule_fits` look a message up without its casus.
"""

from zegel_schemas.convenant.compiled import BSN, PROCESS_CASUS, Convenant
from zegel_schemas.convenant.documents import (
    Category,
    Condition,
    Document,
    DutyTerm,
    Kind,
    Party,
    Prohibition,
    RegistrationRule,
    Rule,
    Transition,
)
from zegel_schemas.convenant.emergency import EMERGENCY, is_emergency
from zegel_schemas.convenant.faults import ConvenantInvalid, Fault
from zegel_schemas.convenant.index import ASKER, EARLIER, INVOLVED, ROLE_OF_TOKEN, RuleIndex, Side, places
from zegel_schemas.convenant.loading import (
    amend_convenant,
    hash_file,
    load_convenant,
    read_convenant,
    read_files,
    shipped_convenant,
)
from zegel_schemas.convenant.lookup import rule_fits, static_rules
from zegel_schemas.convenant.regimes import Membership, Regime
from zegel_schemas.convenant.words import ATTESTED, RULING_OF_FACT

__all__ = [
    "ASKER",
    "ATTESTED",
    "BSN",
    "EARLIER",
    "EMERGENCY",
    "INVOLVED",
    "PROCESS_CASUS",
    "ROLE_OF_TOKEN",
    "RULING_OF_FACT",
    "Category",
    "Condition",
    "Convenant",
    "ConvenantInvalid",
    "Document",
    "DutyTerm",
    "Fault",
    "Kind",
    "Membership",
    "Party",
    "Prohibition",
    "Regime",
    "RegistrationRule",
    "Rule",
    "RuleIndex",
    "Side",
    "Transition",
    "amend_convenant",
    "hash_file",
    "is_emergency",
    "load_convenant",
    "places",
    "read_convenant",
    "read_files",
    "rule_fits",
    "shipped_convenant",
    "static_rules",
]
