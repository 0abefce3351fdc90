"""The matter a rule is held against: one category of a message, for one recipient, with all that is known that day."""

from dataclasses import dataclass
from datetime import date

from zegel_broker.casus import Casus, Question, Ruling, Standing
from zegel_broker.message import Message
from zegel_schemas.convenant import Category, Convenant, Kind, Regime


@dataclass(slots=True, kw_only=True, eq=False)
class Matter:
    """What a condition may look at. Data goes from `supplier` to `receiver`; a question pulls it the other way."""

    message: Message
    casus: Casus
    rulings: tuple[Ruling, ...]  # of this casus and the standing ones of its regime
    standing: Standing
    convenant: Convenant
    regime: Regime
    kind: Kind
    day: date
    question: Question | None  # the one this message answers or withdraws, when there is such
    recipient: str
    supplier: str
    receiver: str
    name: str  # of the category
    category: Category
    asked: bool  # it is asked, not enclosed
    label: str = ""
