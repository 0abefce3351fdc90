"""`registreert` in a decision case: one fact, in the jurist's words, as the registration the judge sees.

Keys are those the same fact has in `casussen`, so that a fixture and the registration that makes it read alike. A day
that is left out is the day of the message. Not validated: names such as `t1` stand for ids of the protocol's form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from zegel_broker.cases.values import CaseError, age_band, as_day, length, maybe_day, names, only
from zegel_schemas import registrations as facts
from zegel_schemas.convenant.faults import unknown
from zegel_schemas.shapes import Closed

Reader = Callable[[Any, date], Any]


def registration_of(written: Mapping[str, Any], *, day: date) -> facts.Registration:
    """Return the fact registered on this day; raise CaseError on a value that cannot be read, KeyError on none."""
    name = written["feit"]
    form = _FORMS.get(name)
    if form is None:
        raise CaseError(unknown("feit", name, _FORMS))
    only(written, "feit", *form.keys)
    given: dict[str, Any] = {field: read(written.get(key), day) for key, (field, read) in form.keys.items()}
    return cast("facts.Registration", form.fact.model_construct(None, **{"fact": name, **given}))


@dataclass(frozen=True, slots=True)
class _Form:
    """A kind of fact, and per key in a case its field and how it is read."""

    fact: type[Closed]
    keys: Mapping[str, tuple[str, Reader]]


def _word(value: Any, _: date) -> str:
    if value is not None and not isinstance(value, str):
        raise CaseError(f"'{value}' is geen woord | no word")
    return value or ""


def _words(value: Any, _: date) -> tuple[str, ...]:
    return names(value)


def _yes(value: Any, _: date) -> bool:
    return value is True


def _day(value: Any, day: date) -> str:
    return (maybe_day(value) or day).isoformat()


def _later(value: Any, _: date) -> str:
    return as_day(value).isoformat()


def _or_never(value: Any, _: date) -> str:
    return as_day(value).isoformat() if value is not None else ""


def _text(value: Any, _: date) -> int:
    return length(value)


def _band(value: Any, day: date) -> str:
    return age_band(maybe_day(value), day)


def _person(value: Any, day: date) -> facts.Person:
    """`betrokkene` is one block with the name in it, under `persoon`."""
    said = only(value or {}, "persoon", "rol", "geboren", "gezag", "criteria", "herbeoordeling")
    return facts.Person.model_construct(
        subject=_word(said.get("persoon"), day),
        role=_word(said.get("rol"), day),
        age_band=age_band(maybe_day(said.get("geboren")), day),
        holders=names(said.get("gezag")),
        criteria=tuple(said.get("criteria") or ()),
        reassess=_or_never(said.get("herbeoordeling"), day),
    )


def _persons(value: Any, day: date) -> tuple[facts.Person, ...]:
    """Return the people of a map from name to what is known of each, as in `betrokkenen` of a fixture."""
    return tuple(_person({**said, "persoon": name}, day) for name, said in (value or {}).items())


def _actions(value: Any, day: date) -> tuple[facts.Action, ...]:
    return tuple(
        facts.Action.model_construct(
            action=name,
            kind=_word(only(said, "soort", "houder", "samen_met", "datum").get("soort"), day),
            holder=_word(said.get("houder"), day),
            together_with=names(said.get("samen_met")),
            due=_or_never(said.get("datum"), day),
        )
        for name, said in (value or {}).items()
    )


def _about(value: Any, _: date) -> str:
    return value or "casus"


_WHOSE: Mapping[str, tuple[str, Reader]] = {
    "verstrekker": ("provider", _word),
    "categorieen": ("categories", _words),
}
_RULING = _Form(
    facts.Ruling,
    {
        "regime": ("regime", _word),
        "id": ("ruling", _word),
        "ontvangers": ("receivers", _words),
        "categorieen": ("categories", _words),
        "doelen": ("purposes", _words),
        "van": ("start", _later),
        "tot": ("until", _later),
        "akkoord": ("agreed", _words),
        "mede": ("agreed_parties", _words),
    },
)
_FORMS: Mapping[str, _Form] = {
    "casus_openen": _Form(
        facts.CasusOpened,
        {"regime": ("regime", _word), "doelen": ("purposes", _words), "betrokkenen": ("persons", _persons)},
    ),
    "samengevoegd": _Form(facts.Merged, {"andere": ("other", _word), "aanmelder": ("reporter", _word)}),
    "betrokkene": _Form(facts.PersonAdded, {"betrokkene": ("person", _person)}),
    "leeftijdsgroep": _Form(facts.AgeBandSet, {"persoon": ("subject", _word), "geboren": ("age_band", _band)}),
    "casusdoel": _Form(facts.PurposeOpened, {"doelen": ("purposes", _words)}),
    "rol": _Form(
        facts.RoleGiven,
        {"partij": ("instantie", _word), "rol": ("role", _word), "ingetrokken": ("withdrawn", _yes)},
    ),
    "fase": _Form(
        facts.PhaseSet,
        {"naar": ("phase", _word), "vaststaat": ("attested", _words), "leefgebieden": ("criteria", _words)},
    ),
    "plan": _Form(facts.PlanSet, {"vastgesteld": ("day", _day), "acties": ("actions", _actions)}),
    "geinformeerd": _Form(
        facts.Informed,
        {"betrokkenen": ("subjects", _words), "datum": ("day", _day), "over": ("about", _about)},
    ),
    "opschalingscriteria": _Form(
        facts.ScalingCriteria, {"domeinen": ("domains", _words), "stagnatie": ("stagnation", _yes)}
    ),
    "toestemming": _Form(
        facts.ConsentGiven,
        {
            "id": ("consent", _word),
            "persoon": ("subject", _word),
            "door": ("given_by", _words),
            **_WHOSE,
            "ontvangers": ("receivers", _words),
            "uitdrukkelijk": ("explicit", _yes),
            "datum": ("day", _day),
        },
    ),
    "toestemming_ingetrokken": _Form(facts.ConsentWithdrawn, {"id": ("consent", _word), "door": ("by", _word)}),
    "verklaring": _Form(
        facts.Statement,
        {
            "soort": ("statement", _word),
            "persoon": ("subject", _word),
            "partij": ("provider", _word),
            "categorieen": ("categories", _words),
            "datum": ("day", _day),
            "ingetrokken": ("withdrawn", _or_never),
        },
    ),
    "zonder_toestemming": _Form(
        facts.WithoutConsent,
        {
            "grond": ("ground", _word),
            **_WHOSE,
            "betrokkenen": ("subjects", _words),
            "besloten_door": ("decided_by", _words),
            "motivering": ("motivation", _text),
            "datum": ("day", _day),
            "tot": ("until", _later),
        },
    ),
    "instemming_bron": _Form(
        facts.SourceAgreement,
        {
            "bron": ("source", _word),
            "categorieen": ("categories", _words),
            "ontvangers": ("receivers", _words),
            "betrokkenen": ("subjects", _words),
        },
    ),
    "ots": _Form(
        facts.Supervision,
        {
            "kind": ("child", _word),
            "uitvoerder": ("executor", _word),
            "van": ("start", _later),
            "tot": ("until", _later),
        },
    ),
    "spoed_beoordeeld": _Form(
        facts.EmergencyReviewed,
        {"gebruik": ("use", _word), "door": ("reviewed_by", _word), "bevinding": ("finding", _word)},
    ),
    **dict.fromkeys(
        ("besluit_wpg20", "besluit_wjsg39f", "besluit_reclassering", "besluit_driehoek", "besluit_opschaling"), _RULING
    ),
}
