"""Per code: the fields of the declaration it is about, and what would change it, as a code for the texts file.

Nothing is offered that would teach somebody to say what is not so: no other purpose, ground or label, no new facts, no
consent "to be obtained", no other attestation. Such codes have no remedy here. A remedy is told only when the judge,
asked again, says that it helps (`lesson.py`).
"""

from collections.abc import Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "ONGELDIG_BERICHT": ("kind",),
    "ONBEKENDE_PARTIJ": ("to.instantie",),
    "AFZENDER_NIET_GEAUTHENTICEERD": ("from.instantie",),
    "MEDEWERKER_NIET_BEVOEGD": ("from.role",),
    "RONDVRAAG": ("to.instantie",),
    "CONVENANT_VERSIE": ("convenant",),
    "CONVENANT_NIET_GELDIG": ("convenant",),
    "PARTIJ_NIET_TOEGETREDEN": ("to.instantie",),
    "AANVULLING_NIET_ONDERTEKEND": ("to.instantie",),
    "CASUS_ONBEKEND": ("casus",),
    "CASUS_GESLOTEN": ("casus",),
    "BETROKKENE_NIET_IN_CASUS": ("subjects",),
    "TE_VEEL_BETROKKENEN": ("subjects",),
    "DOEL_UITGESLOTEN": ("purpose",),
    "DOEL_ONBEKEND": ("purpose",),
    "DOEL_NIET_IN_CASUS": ("purpose",),
    "DOEL_PAST_NIET": ("purpose",),
    "GEEN_ROL_IN_CASUS": ("to.instantie",),
    "FASE_NIET_TOEGESTAAN": ("kind",),
    "GEEN_REGEL": ("kind",),
}

FIELDS_OF_TEST: Mapping[str, tuple[str, ...]] = {
    "motivering": ("claims.motivation",),
    "motivering_per_categorie": ("claims.motivation_per_category",),
    "hit": ("subjects", "to.instantie"),
    "max_categorieen": ("asks",),
    "periode": ("claims.period_months",),
    "geen_herhaling": ("asks", "subjects"),
    "antwoordtermijn": ("due",),
    "toestemming_of_grond": ("subjects",),
    "toestemming": ("subjects",),
    "verklaring": ("subjects",),
    "afweging_verstrekker": ("claims.weighing",),
    "besluit": ("purpose",),
    "besluit_of_toestemming": ("purpose", "subjects"),
    "aardlabel": ("parts",),
    "correlatie": ("re",),
    "geinformeerd_of_uitstel": ("subjects",),
    "overleg_betrokkene": ("claims.consultation",),
    "actie_in_plan": ("claims.action",),
    "actie_past_bij_taak": ("claims.action",),
    "gezamenlijke_actie": ("claims.action",),
    "plan_vastgesteld": ("casus",),
    "instemming_bron": ("parts",),
    "ots_actief": ("subjects",),
    "vier_ogen": ("claims.approvals",),
    "uitstelgrond": ("claims.deferral",),
    "opschalingscriteria": ("casus",),
    "eerst_regie_gesproken": ("claims.direction_consulted",),
    "spoed": ("claims.emergency",),
}

REMEDIES: Mapping[str, str] = {
    "RONDVRAAG": "without_category",
    "CONVENANT_VERSIE": "fetch_convenant",
    "BETROKKENE_NIET_IN_CASUS": "fewer_subjects",
    "TE_VEEL_BETROKKENEN": "fewer_subjects",
    "ONBEKENDE_CATEGORIE": "without_category",
    "VERBODEN_CATEGORIE": "without_category",
    "VOLLEDIG_DOSSIER": "without_category",
    "BSN_NIET_TOEGESTAAN": "without_category",
    "ANTWOORD_BREDER_DAN_VRAAG": "narrow_answer",
    "DOORVERSTREKKING_VERBODEN": "let_source_send",
    "NIET_DE_BRON": "without_category",
    "BOVEN_PLAFOND": "without_category",
    "VW_HIT": "bekendheid_first",
    "VW_CORRELATIE": "name_open_question",
    "VW_INFORMEREN": "inform_first",
    "VW_TERMIJN": "other_term",
    "VW_PERIODE": "shorter_period",
    "VW_HERHALING": "await_answer",
    "VW_OMVANG": "fewer_categories",
}
