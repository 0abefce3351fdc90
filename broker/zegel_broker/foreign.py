"""Codes in the claims that the set in force does not know: free text for the ledger, so nothing passes with one."""

from zegel_broker.hearing import Hearing


def foreign_claims(hearing: Hearing) -> tuple[str, ...]:
    """Return the names of the claims that hold a code nobody knows."""
    claims, prepared = hearing.message.claims, hearing.prepared
    found = []
    if claims.weighing and claims.weighing not in prepared.weighing_grounds:
        found.append("claims.weighing")
    if claims.reason and claims.reason not in prepared.reasons:
        found.append("claims.reason")
    if claims.emergency.reason and claims.emergency.reason not in prepared.emergency_reasons:
        found.append("claims.emergency.reason")
    if claims.consultation.ground and claims.consultation.ground not in prepared.deferral_grounds:
        found.append("claims.consultation.ground")
    if claims.deferral.ground and claims.deferral.ground not in prepared.deferral_grounds:
        found.append("claims.deferral.ground")
    if not prepared.motivation_fields.issuperset(claims.motivation):
        found.append("claims.motivation")
    if not hearing.convenant.categories.keys() >= claims.motivation_per_category.keys():
        found.append("claims.motivation_per_category")
    if claims.introduces:
        roles = hearing.regime.person_roles if hearing.regime is not None else frozenset[str]()
        if any(each.role not in roles for each in claims.introduces):
            found.append("claims.introduces")
    return tuple(found)
