"""Words the format fixes: tests of conditions with their values, facts, tokens and requirements of a transition."""

from zegel_schemas.convenant.index import ASKER, HOLDER, INVOLVED, REPORTER

RULE_TOKENS = frozenset({INVOLVED, REPORTER, HOLDER, ASKER})
REGISTRATION_TOKENS = frozenset({"@regie", "@zelf", "@verstrekker", "@bron", "@betrokken"})
ATTESTED = frozenset({"besluit_in_behandeling", "herijking", "doelen_bereikt_of_stagnatie"})
REQUIREMENTS = ATTESTED | {
    "aanmelding_ontvangen",
    "advies_aan_aanmelder",
    "betrokkene_geinformeerd_of_uitstel",
    "plan_vastgesteld",
    "plan_besproken_of_uitstel",
    "afsluitbericht",
    "triagebesluit",
}
RULING_OF_FACT = {
    "besluit_wpg20": "wpg20",
    "besluit_wjsg39f": "wjsg39f",
    "besluit_reclassering": "reclassering_verstrekking",
    "besluit_driehoek": "driehoek_groep",
    "besluit_opschaling": "opschaling",
}  # fact of a registration -> `soort` a condition names
FACTS = frozenset(
    {
        "casus_openen", "samengevoegd", "betrokkene", "leeftijdsgroep", "casusdoel", "rol", "fase", "plan",
        "geinformeerd", "opschalingscriteria", "toestemming", "toestemming_ingetrokken", "verklaring",
        "zonder_toestemming", "instemming_bron", "ots", "spoed_beoordeeld", *RULING_OF_FACT,
    }
)  # fmt: skip

# test -> (values it needs, values it may have besides); names are the fields of `documents.Condition`
TESTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    test: (frozenset(needed), frozenset(optional))
    for test, needed, optional in (
        ("motivering", {"fields", "min_length"}, ()),
        ("motivering_per_categorie", {"min_length"}, ()),
        ("hit", {"max_days"}, ()),
        ("max_categorieen", {"max"}, ()),
        ("periode", {"max_months"}, ()),
        ("geen_herhaling", {"days"}, {"unless"}),
        ("antwoordtermijn", {"min_days", "max_days"}, ()),
        ("toestemming_of_grond", {"grounds", "min_agreed", "min_length"}, ()),
        ("toestemming", (), {"explicit"}),
        ("verklaring", {"kind"}, ()),
        ("afweging_verstrekker", {"grounds"}, {"only_secrecy"}),
        ("besluit", {"kind"}, ()),
        ("besluit_of_toestemming", {"kind"}, ()),
        ("aardlabel", {"from_level", "values"}, ()),
        ("correlatie", (), {"only_answers", "without_purpose"}),
        ("geinformeerd_of_uitstel", (), ()),
        ("overleg_betrokkene", {"min_length"}, ()),
        ("actie_in_plan", (), ()),
        ("actie_past_bij_taak", (), ()),
        ("gezamenlijke_actie", (), ()),
        ("instemming_bron", (), ()),
        ("plan_vastgesteld", (), ()),
        ("ots_actief", (), ()),
        ("vier_ogen", (), ()),
        ("uitstelgrond", {"grounds", "max_days", "extension_days"}, ()),
        ("opschalingscriteria", {"min_domains"}, {"stagnation"}),
        ("eerst_regie_gesproken", (), ()),
        ("spoed", {"grounds", "max_hours", "review_days"}, ()),
    )
}
