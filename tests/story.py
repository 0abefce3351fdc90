"""One family's casus from aanmelding to afsluiting, told by six instanties: what the demo shows and a test checks.

Read `tell`: each line is one step of the work process. All people are fictitious.
"""

import asyncio
import secrets
import time
from collections.abc import Sequence
from datetime import date, timedelta

from tests import sayings as say
from tests.playing import Story
from zegel_adapters.desk import Item
from zegel_adapters.draft import Draft
from zegel_adapters.ids import draw_casus_id, draw_message_id
from zegel_schemas.claims import Claims
from zegel_schemas.content import Content
from zegel_schemas.registrations import (
    Action,
    ConsentGiven,
    Informed,
    PhaseSet,
    PlanSet,
    PurposeOpened,
    RoleGiven,
    Ruling,
    Statement,
)

REGIE, WONEN, WIL, SCHOOL, POLITIE, GEYNWIJS = (
    "gemeente.regieteam",
    "jutphaas_wonen",
    "wil",
    "school_vo",
    "politie",
    "geynwijs",
)
PARTNERS = (WONEN, WIL, SCHOOL, POLITIE, GEYNWIJS)


async def tell(story: Story) -> None:
    """Play the whole casus; raise StoryBrokenError at the first step that ends otherwise than it should."""
    await report_the_family(story)
    await set_the_frame(story)
    await ask_who_knows_them(story)
    await ask_for_information(story)
    await inform_and_meet(story)
    await make_the_plan(story)
    await carry_it_out(story)
    await close(story)


async def report_the_family(story: Story) -> None:
    """The corporation reports the family, after consulting them: this opens the casus."""
    story.casus = draw_casus_id(secrets.token_bytes)
    claims = Claims(consultation=say.CONSULTED, introduces=say.INTRODUCED)
    report = story.draft("aanmelding", REGIE, "overlast", say.report(story.today), labels=say.AS_FACTS, claims=claims)
    await story.send("Jutphaas Wonen meldt het gezin aan, in overleg met het gezin", WONEN, report)
    await story.hear(REGIE, "aanmelding", WONEN)


async def set_the_frame(story: Story) -> None:
    """Purposes, roles and phase by the regieteam; decisions and consent by who may give them."""
    purposes = ("afstemming_hulp", "armoede_schulden", "schooluitval", "zelfredzaamheid", "leefbaarheid_veiligheid")
    await story.register("Het regieteam stelt de doelen vast", REGIE, PurposeOpened(purposes=purposes))
    for party in (WIL, SCHOOL, POLITIE, GEYNWIJS):
        role = RoleGiven(instantie=party, role="informant")
        await story.register(f"Het regieteam betrekt {party}", REGIE, role)
    await story.register("Het regieteam opent de informatieronde", REGIE, PhaseSet(phase="informatieronde"))
    story.phase = "informatieronde"
    await story.register(
        "De politie legt haar Wpg 20-beslissing vast", POLITIE, _ruling(story.today), to=REGIE, casus=say.STANDING
    )
    day = story.today.isoformat()
    no_objection = Statement(
        statement="geen_bezwaar_pw65", subject="p1", provider=WIL, categories=("schulden_financien",), day=day
    )
    await story.register("WIL legt de verklaring van geen bezwaar vast", WIL, no_objection, to=REGIE)
    consent = ConsentGiven(
        consent=draw_message_id(secrets.token_bytes, now=time.time()),
        subject="p1",
        given_by=("p1",),
        provider=GEYNWIJS,
        receivers=(REGIE,),
        categories=("bekendheid", "betrokken_hulpverlening"),
        explicit=True,
        day=day,
    )
    await story.register("Geynwijs legt de toestemming van moeder vast", GEYNWIJS, consent, to=REGIE)


async def ask_who_knows_them(story: Story) -> None:
    """Hit or no hit first: the smallest sufficient question, one instantie each, all at once."""
    await asyncio.gather(*(_ask_and_answer_whether_known(story, party) for party in (WIL, SCHOOL, POLITIE, GEYNWIJS)))


async def ask_for_information(story: Story) -> None:
    """Directed questions and sealed answers; two messages that the convenant does not allow."""
    await _ask_too_much(story)
    questions = (
        (WONEN, "huurachterstand", "armoede_schulden", ("p1", "p2"), ""),
        (WIL, "schulden_financien", "armoede_schulden", ("p1",), ""),
        (POLITIE, "politiegegevens", "overlast", ("p1",), ""),
        (GEYNWIJS, "betrokken_hulpverlening", "zelfredzaamheid", ("p1",), "toestemming"),
    )
    await asyncio.gather(_ask_the_school(story), *(_ask_and_answer(story, *question) for question in questions))


async def inform_and_meet(story: Story) -> None:
    """The family is informed; only then the MDO. What a carer said may not be passed on."""
    day = story.today.isoformat()
    informed = Informed(subjects=("p1", "p2", "p3", "p4"), day=day)
    await story.register("Het gezin is per brief geïnformeerd", REGIE, informed)
    taken_up = PhaseSet(phase="mdo_plan", attested=("besluit_in_behandeling",), criteria=say.DOMAINS)
    await story.register("Het regieteam neemt de casus in behandeling", REGIE, taken_up)
    story.phase = "mdo_plan"
    invite = [story.draft("mdo_uitnodiging", party, "casusregie", say.invitation(story.today)) for party in PARTNERS]
    await _send_each(story, "Uitnodiging voor het MDO", invite)
    health = story.draft(
        "mdo_informatie",
        WONEN,
        "overlast",
        say.health(story.today),
        subjects=say.FAMILY,
        labels={"gezondheid_algemeen": "feit"},
    )
    await story.send(
        "Het regieteam wil gezondheid doorgeven aan de corporatie", REGIE, health, refused="DOORVERSTREKKING_VERBODEN"
    )


async def make_the_plan(story: Story) -> None:
    """The plan is registered, discussed with the family, and each instantie gets its own extract."""
    day = story.today.isoformat()
    story.actions = {party: draw_casus_id(secrets.token_bytes) for party in say.TASKS}
    actions = tuple(
        Action(action=story.actions[party], kind=kind, holder=party, due=(story.today + timedelta(days=90)).isoformat())
        for party, kind in say.TASKS.items()
    )
    await story.register("Het plan van aanpak is vastgesteld", REGIE, PlanSet(day=day, actions=actions))
    await story.register(
        "Het plan is met het gezin besproken", REGIE, Informed(subjects=say.FAMILY, day=day, about="plan")
    )
    extracts = [
        story.draft("plan_van_aanpak", party, "afstemming_hulp", _plan(story, party, "")) for party in say.TASKS
    ]
    await _send_each(story, "Uittreksel van het plan", extracts)
    await story.register("De uitvoering begint", REGIE, PhaseSet(phase="uitvoering"))
    story.phase = "uitvoering"


async def carry_it_out(story: Story) -> None:
    """Each action is assigned, accepted and reported done."""
    await asyncio.gather(*(_assign_and_do(story, party) for party in say.TASKS))


async def close(story: Story) -> None:
    """The goals are reached: everybody hears it, the casus closes, and what comes after is refused."""
    await story.register(
        "De doelen zijn bereikt", REGIE, PhaseSet(phase="afsluiting", attested=("doelen_bereikt_of_stagnatie",))
    )
    story.phase = "afsluiting"
    farewells = [story.draft("afsluitbericht", party, "casusregie", say.farewell(story.today)) for party in PARTNERS]
    await _send_each(story, "Afsluitbericht", farewells)
    await story.register("De casus is gesloten", REGIE, PhaseSet(phase="gesloten"))
    story.phase = "gesloten"
    late = story.draft(
        "signaal",
        REGIE,
        "schooluitval",
        say.absence(story.today),
        subjects=("p3",),
        labels={"onderwijs_verzuim": "feit"},
    )
    await story.send("De school stuurt na afsluiting nog een signaal", SCHOOL, late, refused="CASUS_GESLOTEN")


async def _ask_and_answer_whether_known(story: Story, party: str) -> None:
    due = (story.today + timedelta(days=7)).isoformat()
    question = story.draft("bekendheidsvraag", party, "casusregie", say.who_they_are(), asks=("bekendheid",), due=due)
    await story.send("Kent u dit gezin?", REGIE, question)
    asked = await story.hear(party, "bekendheidsvraag", REGIE)
    weighing = {WIL: "geen_bezwaar", GEYNWIJS: "toestemming"}.get(party, "")
    await story.answer("Bekendheidsantwoord", asked, say.known(), claims=Claims(weighing=weighing))
    await story.hear(REGIE, "bekendheidsantwoord", party)


async def _ask_too_much(story: Story) -> None:
    due = (story.today + timedelta(days=7)).isoformat()
    record = story.draft(
        "informatieverzoek",
        POLITIE,
        "schooluitval",
        say.why("politiegegevens"),
        subjects=("p2",),
        asks=("politiegegevens",),
        due=due,
    )
    await story.send("De school vraagt de politie om het strafblad van vader", SCHOOL, record, refused="BOVEN_PLAFOND")


async def _ask(story: Story, party: str, category: str, purpose: str, subjects: tuple[str, ...]) -> Item:
    due = (story.today + timedelta(days=10)).isoformat()
    question = story.draft(
        "informatieverzoek",
        party,
        purpose,
        say.why(category),
        subjects=subjects,
        asks=(category,),
        due=due,
        claims=Claims(period_months=12),
    )
    await story.send(f"Informatieverzoek: {category}", REGIE, question)
    return await story.hear(party, "informatieverzoek", REGIE)


async def _ask_and_answer(
    story: Story, party: str, category: str, purpose: str, subjects: tuple[str, ...], weighing: str
) -> None:
    asked = await _ask(story, party, category, purpose, subjects)
    claims = Claims(completeness="volledig", weighing=weighing)
    contents = say.about(category, story.today, subjects)
    await story.answer(f"Verzegeld antwoord: {category}", asked, contents, claims=claims, labels={category: "feit"})
    await story.hear(REGIE, "informatieantwoord", party)


async def _ask_the_school(story: Story) -> None:
    asked = await _ask(story, SCHOOL, "onderwijs_verzuim", "schooluitval", ("p3",))
    claims, label = Claims(completeness="volledig"), {"onderwijs_verzuim": "feit"}
    asked_for = say.about("onderwijs_verzuim", story.today, ("p3",))
    more = say.about("onderwijs_ontwikkeling", story.today, ("p3",))
    await story.answer(
        "De school antwoordt breder dan de vraag",
        asked,
        [*asked_for, *more],
        refused="ANTWOORD_BREDER_DAN_VRAAG",
        claims=claims,
        labels={**label, "onderwijs_ontwikkeling": "professioneel_oordeel"},
    )
    await story.answer("Verzegeld antwoord: onderwijs_verzuim", asked, asked_for, claims=claims, labels=label)
    await story.hear(REGIE, "informatieantwoord", SCHOOL)


async def _assign_and_do(story: Story, party: str) -> None:
    task = story.draft("actietoewijzing", party, "afstemming_hulp", _plan(story, party, "toegewezen"))
    await story.send("Actietoewijzing", REGIE, task)
    assigned = await story.hear(party, "actietoewijzing", REGIE)
    await story.answer("Actie aanvaard", assigned, _plan(story, party, "aanvaard"))
    done = story.draft("voortgang", REGIE, "afstemming_hulp", _plan(story, party, "gereed"))
    await story.send("Voortgang: gereed", party, done)
    await story.hear(REGIE, "voortgang", party)


async def _send_each(story: Story, title: str, drafts: Sequence[Draft]) -> None:
    await asyncio.gather(*(story.send(title, REGIE, draft) for draft in drafts))


def _plan(story: Story, party: str, status: str) -> list[Content]:
    return say.plan(story.actions[party], say.TASKS[party], party, status, story.today)


def _ruling(today: date) -> Ruling:
    return Ruling(
        fact="besluit_wpg20",
        regime="cmpg",
        ruling=draw_message_id(secrets.token_bytes, now=time.time()),
        receivers=(REGIE,),
        categories=("politiegegevens", "bekendheid"),
        purposes=("overlast", "leefbaarheid_veiligheid", "casusregie"),
        start=today.isoformat(),
        until=(today + timedelta(days=365)).isoformat(),
    )
