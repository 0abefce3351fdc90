"""The reserved part `motivering`: the texts that say why; the declaration carries only their lengths.

No category of the convenant and unseen by the judge. The recipient compares every length with its claim.
"""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from zegel_schemas.content.fields import Content, LangeTekst, Piece
from zegel_schemas.declaration import MOTIVATION_PART
from zegel_schemas.shapes import Code

MOTIVATION_FIELDS = ("waarom_nodig", "waarom_deze_instantie", "waarom_niet_minder")  # the convenant's `velden`


class PerCategorie(Piece):
    """Why one category is needed."""

    categorie: Code = Field(description="category asked for")
    tekst: Annotated[LangeTekst, Field(min_length=1)] = Field(
        description="why exactly this category; its length is claims.motivation_per_category"
    )


def _one_text_each(values: tuple[PerCategorie, ...]) -> tuple[PerCategorie, ...]:
    if len({value.categorie for value in values}) != len(values):
        raise ValueError("a category stands twice")
    return values


class Motivering(Content):
    """Why this is asked or told: necessity, proportionality, subsidiarity, one text each.

    Lengths are counted in characters (Unicode code points); a line end is one character, U+000A.
    """

    category: ClassVar[str] = MOTIVATION_PART

    waarom_nodig: LangeTekst = Field(default="", description="necessity: what cannot be decided without it")
    waarom_deze_instantie: LangeTekst = Field(default="", description="why it must come from this instantie")
    waarom_niet_minder: LangeTekst = Field(default="", description="why a smaller question or answer does not do")
    per_categorie: Annotated[
        tuple[PerCategorie, ...], Field(strict=False, max_length=32), AfterValidator(_one_text_each)
    ] = Field(default=(), description="one text per category asked for")
    nieuwe_feiten: LangeTekst = Field(default="", description="what is new since an equal question (claims.new_facts)")
    overleg_toelichting: LangeTekst = Field(
        default="", description="why the family was not consulted before an aanmelding (claims.consultation.length)"
    )


EXAMPLES: tuple[Content, ...] = (
    Motivering(
        waarom_nodig="Zonder dit gegeven kan het regieteam niet bepalen welke maatregel past bij dit gezin.",
        waarom_deze_instantie="Alleen de verhuurder kent de stand van de huur; het gezin heeft geen overzicht meer.",
        waarom_niet_minder="Alleen ja of nee is niet genoeg: de hoogte en de duur bepalen of uitzetting dreigt.",
        per_categorie=(
            PerCategorie(categorie="huurachterstand", tekst="De hoogte bepaalt of schuldhulp nog op tijd komt."),
        ),
    ),
)
