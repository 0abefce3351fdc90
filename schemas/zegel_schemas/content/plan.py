"""The plan of approach: goals and actions, who does what by when, and where each action stands."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from zegel_schemas.content.fields import (
    Actie,
    Codes,
    Content,
    Genoemden,
    JaNee,
    Leefgebied,
    Lijst,
    OptDag,
    Piece,
    Tekst,
    require_one_each,
)
from zegel_schemas.shapes import Code

Actiestatus = Literal["", "toegewezen", "aanvaard", "teruggegeven", "gestart", "gereed", "gestopt"]


class Doel(Piece):
    """One goal of the plan, in words the family knows."""

    leefgebied: Leefgebied = Field(description="domain of life")
    doel: Annotated[Tekst, Field(min_length=1)] = Field(description="what must be reached")
    bereikt: JaNee = Field(default="onbekend", description="whether it is reached")


class PlanActie(Piece):
    """One action: its holder, its term and its status; no content of care or treatment."""

    actie: Actie = Field(
        description="id of the action, a random UUIDv4; the id in the registered plan and in the claims"
    )
    soort: Code = Field(description="kind of action, a `taak` of the holder in the convenant")
    houder: Code = Field(description="instantie that carries it out")
    samen_met: Codes = Field(default=(), description="instanties that take part")
    betrokkenen: Genoemden = Field(default=(), description="for whom; empty = the whole household")
    omschrijving: Tekst = Field(default="", description="what is to be done, in one or two sentences")
    uiterlijk: OptDag = Field(default="", description="day it must be done")
    status: Actiestatus = Field(default="", description="where it stands; empty = planned, not yet assigned")
    resultaat: Tekst = Field(default="", description="what came of it, in terms of the goal; no treatment content")


class PlanActies(Content):
    """The plan of approach, whole or the extract for one instantie: goals, actions, who, when, status.

    In an actietoewijzing, actieaanvaarding or voortgang it holds exactly the one action the claims name.
    """

    category: ClassVar[str] = "plan_acties"

    doelen: Lijst[Doel] = Field(default=(), description="goals this recipient works on")
    acties: Annotated[tuple[PlanActie, ...], Field(strict=False, max_length=32), AfterValidator(require_one_each)] = (
        Field(default=(), description="actions this recipient needs to know")
    )
    vastgesteld_op: OptDag = Field(default="", description="day the plan was established")
    evaluatie_op: OptDag = Field(default="", description="day the plan is looked at again")
    besproken_met_gezin: JaNee = Field(default="onbekend", description="whether the plan was discussed with the family")


EXAMPLES: tuple[Content, ...] = (
    PlanActies(
        doelen=(Doel(leefgebied="financien", doel="Het gezin blijft in de woning en betaalt elke maand de huur."),),
        acties=(
            PlanActie(
                actie="0b8f4a52-6a3e-4c0d-9f4e-2d1c5b7a9e01",
                soort="schuldhulp_traject",
                houder="wil",
                samen_met=("jutphaas_wonen",),
                betrokkenen=("p1",),
                omschrijving="Budgetplan maken en een betalingsregeling met de verhuurder treffen.",
                uiterlijk="2026-11-15",
                status="toegewezen",
            ),
        ),
        vastgesteld_op="2026-09-30",
        evaluatie_op="2027-03-30",
        besproken_met_gezin="ja",
    ),
)
