"""Larger convenants, made from one: more rules for other purposes, more parties, or more rules for the same messages.

They keep the digest of what they were made from, so that a message made for the one can be decided under the other.
"""

from collections.abc import Iterator

from zegel_schemas.convenant import Convenant, Document, Rule
from zegel_schemas.convenant.compiled import compile_documents


def more_rules(convenant: Convenant, times: int) -> Convenant:
    """Return the convenant with so many times its rules; each copy of the set serves purposes of its own."""

    def copy(rule: Rule, number: int) -> Rule:
        purposes = tuple(f"{name}_{number}" for name in rule.purposes)
        return rule.model_copy(update={"id": f"{rule.id}-{number}", "purposes": purposes})

    def enlarge(document: Document) -> Document:
        copies = range(2, times + 1)
        purposes = {
            f"{name}_{number}": each for name, each in document.purposes.items() for number in ("", *copies) if number
        }
        return document.model_copy(
            update={
                "rules": (*document.rules, *(copy(rule, number) for rule in document.rules for number in copies)),
                "purposes": document.purposes | purposes,
            }
        )

    return _compiled(convenant, map(enlarge, convenant.documents))


def overlapping_rules(convenant: Convenant, times: int) -> Convenant:
    """Return the convenant in which every rule stands so many times: all of them are held against the message."""

    def enlarge(document: Document) -> Document:
        copies = (
            rule.model_copy(update={"id": f"{rule.id}-{number}"})
            for rule in document.rules
            for number in range(2, times + 1)
        )
        return document.model_copy(update={"rules": (*document.rules, *copies)})

    return _compiled(convenant, map(enlarge, convenant.documents))


def more_parties(convenant: Convenant, times: int) -> Convenant:
    """Return the convenant with so many times its parties: each copy signs what its original signed, in its sector."""

    def enlarge(document: Document) -> Document:
        parties = {name: each for original in document.parties for name, each in _copies(document, original, times)}
        accessions = tuple(
            accession.model_copy(
                update={"parties": (*accession.parties, *(n for p in accession.parties for n in _names(p, times)))}
            )
            for accession in document.accessions
        )
        return document.model_copy(update={"parties": document.parties | parties, "accessions": accessions})

    return _compiled(convenant, map(enlarge, convenant.documents))


def _copies(document: Document, original: str, times: int) -> Iterator[tuple[str, object]]:
    for name in _names(original, times):
        yield name, document.parties[original]


def _names(party: str, times: int) -> list[str]:
    return [f"{party}-{number}" for number in range(2, times + 1)]


def _compiled(convenant: Convenant, documents: Iterator[Document]) -> Convenant:
    return compile_documents(documents, digest=convenant.digest)
