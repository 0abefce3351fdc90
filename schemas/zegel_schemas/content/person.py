"""Who the people are: name and address, citizen service number, family and parental authority."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from zegel_schemas.content.fields import (
    Aantal,
    Content,
    Dag,
    Email,
    Genoemden,
    JaNee,
    OptDag,
    PerPersoon,
    Piece,
    Regel,
    Tekst,
    Telefoon,
    require_one_each,
)
from zegel_schemas.shapes import Subject


class Adres(Piece):
    """A Dutch address in the terms of the BAG (Basisregistratie Adressen en Gebouwen)."""

    soort: Literal["woonadres", "briefadres", "verblijfadres"] = Field(
        default="woonadres", description="kind of address; verblijfadres = where the person is in fact found"
    )
    straat: Regel = Field(default="", description="openbare ruimte")
    huisnummer: Annotated[int, Field(ge=0, le=99_999)] = Field(default=0, description="house number, 0 = none")
    huisletter: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]?$")] = Field(default="", description="one letter")
    huisnummertoevoeging: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,4}$")] = Field(
        default="", description="addition to the house number, at most 4 characters"
    )
    postcode: Annotated[str, StringConstraints(pattern=r"^$|^[1-9][0-9]{3}[A-Z]{2}$")] = Field(
        default="", description="postal code without a space, 1234AB"
    )
    woonplaats: Regel = Field(default="", description="place")


class Persoon(Piece):
    """One person, in the terms of the BRP; no nationality, birthplace or sex: nobody is found by them."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    voornamen: Regel = Field(default="", description="given names (BRP 02.10)")
    roepnaam: Regel = Field(default="", description="name the person goes by; own statement")
    voorvoegsel: Regel = Field(default="", description="prefix of the family name (BRP 02.30)")
    geslachtsnaam: Annotated[Regel, StringConstraints(min_length=1)] = Field(description="family name (BRP 02.40)")
    geboortedatum: OptDag = Field(default="", description="day of birth (BRP 03.10); empty when not fully known")
    adres: Adres = Field(default=Adres(), description="where the person lives or can be reached")
    telefoon: Telefoon = Field(default="", description="number of the person; own statement")
    email: Email = Field(default="", description="mail address of the person; own statement")


class IdentificatieContact(Content):
    """Name, day of birth, address and telephone of the persons concerned: the only place that says who a pseudonym is.

    Follows the BRP (Haal Centraal BRP bevragen) and, for addresses, the BAG.
    """

    category: ClassVar[str] = "identificatie_contact"

    personen: PerPersoon[Persoon] = Field(description="one entry per person")


def require_bsn(value: str) -> str:
    """Return `value` if its nine digits pass the eleven test of the burgerservicenummer; raise ValueError else."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, value, strict=True))
    if total % 11 or not int(value):
        raise ValueError("not a citizen service number")
    return value


class PersoonBsn(Piece):
    """The number of one person."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    bsn: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$"), AfterValidator(require_bsn)] = Field(
        description="nine digits that pass the eleven test (BRP 01.20)"
    )


class Bsn(Content):
    """Citizen service numbers, only between parties whose law lets them use it (Wabb; UAVG 46)."""

    category: ClassVar[str] = "bsn"

    personen: PerPersoon[PersoonBsn] = Field(description="one entry per person")


class Gezinslid(Piece):
    """One person's place in the household."""

    betrokkene: Subject = Field(description="pseudonym in this casus")
    rol: Literal["ouder", "stiefouder", "pleegouder", "grootouder", "partner", "kind", "huisgenoot", "overig"] = Field(
        description="place in the family, as observed"
    )
    woont_in: JaNee = Field(default="onbekend", description="lives in this household; own observation or BRP")


class Gezag(Piece):
    """Who holds authority over one minor. Codes follow the `gezag` types of the BRP API."""

    minderjarige: Subject = Field(description="the child")
    soort: Literal[
        "gezamenlijk_ouderlijk_gezag",
        "eenhoofdig_ouderlijk_gezag",
        "gezamenlijk_gezag",
        "voogdij",
        "tijdelijk_geen_gezag",
        "gezag_niet_te_bepalen",
    ] = Field(description="type of authority (BRP API, GezamenlijkOuderlijkGezag and so on)")
    gezaghouders: Genoemden = Field(default=(), description="who hold it, as far as they are persons of the casus")
    voogdij_instelling: Regel = Field(default="", description="certified institution that holds guardianship")
    bron: Literal["brp", "gezagsregister"] = Field(description="authority is taken from a register, never guessed")
    peildatum: Dag = Field(description="day the register was consulted")


class GezinssamenstellingGezag(Content):
    """Family, household and parental authority; authority only from BRP or gezagsregister (BW 1:244-253)."""

    category: ClassVar[str] = "gezinssamenstelling_gezag"

    leden: PerPersoon[Gezinslid] = Field(description="one entry per person of the household in the casus")
    gezag: Annotated[tuple[Gezag, ...], Field(strict=False, max_length=32), AfterValidator(require_one_each)] = Field(
        default=(), description="one entry per minor whose authority was looked up"
    )
    overige_huisgenoten: Aantal = Field(
        default=0, description="number of others in the house; not in the casus: not named"
    )
    toelichting: Tekst = Field(default="", description="what a reader must know of it; no content of other categories")


_ADRES = Adres(straat="Marterkoog", huisnummer=99, postcode="3430ZZ", woonplaats="Nieuwegein")

EXAMPLES: tuple[Content, ...] = (
    IdentificatieContact(
        personen=(
            Persoon(
                betrokkene="p1",
                voornamen="Anouk Lotte",
                roepnaam="Anouk",
                voorvoegsel="van",
                geslachtsnaam="Voorbeeld",
                geboortedatum="1985-02-01",
                adres=_ADRES,
                telefoon="06 0000 0001",
            ),
            Persoon(
                betrokkene="p3", roepnaam="Mila", geslachtsnaam="Voorbeeld", geboortedatum="2012-09-20", adres=_ADRES
            ),
        )
    ),
    Bsn(personen=(PersoonBsn(betrokkene="p1", bsn="999993653"),)),
    GezinssamenstellingGezag(
        leden=(
            Gezinslid(betrokkene="p1", rol="ouder", woont_in="ja"),
            Gezinslid(betrokkene="p2", rol="ouder", woont_in="nee"),
            Gezinslid(betrokkene="p3", rol="kind", woont_in="ja"),
        ),
        gezag=(
            Gezag(
                minderjarige="p3",
                soort="gezamenlijk_ouderlijk_gezag",
                gezaghouders=("p1", "p2"),
                bron="brp",
                peildatum="2026-09-18",
            ),
        ),
        overige_huisgenoten=1,
    ),
)
