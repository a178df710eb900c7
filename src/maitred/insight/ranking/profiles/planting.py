"""People who do not exist: varied careers for demonstrations and tests, each with the truth that was planted in it.

The truth is made from the plan of a career, month by month, and never from reading the document. Nobody's weights are
fitted to these people, and everything they bring is marked as synthetic.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from maitred.insight.ranking import places
from maitred.insight.ranking.vocabulary import CERTIFICATES, INDUSTRIES, LANGUAGES, ROLES, SKILLS, TOOLS, Role

NEWEST: Final = date(2025, 6, 30)
WATERMARK: Final = "synthetic person: does not exist"

_GIVEN: Final = (
    "Aaliyah Adaeze Agnieszka Ahmed Aiko Ana André Anjali Antonio Björn Camille Carlos Chidi Chloé Daniela "
    "Deepak Elif Emeka "
    "Fatima Femi François Giulia Hana Hiroshi Ingrid Isabel Jamal Jürgen Kateryna Kofi Lakshmi Leila Lucía Mateo "
    "Mei Mohammed "
    "Nadia Ngozi Nikolai Noor Olga Omar Paulo Priya Rosa Rubén Sanjay Siobhán Sofía Tariq Thandiwe Tomasz Uma "
    "Viktor Wanjiru "
    "Xiomara Yasmin Yuki Zoë James Mary Robert Linda Michael Susan Austin Paris Chelsea Jordan Madison Dallas Florence"
).split()
_FAMILY: Final = (
    "Abebe Adeyemi Alvarez Andersson Bakker Banerjee Bianchi Castillo Chen Costa Dubois Eriksen Fernández "
    "Fischer García Gupta "
    "Haddad Hassan Hughes Ivanova Jensen Johnson Kamau Kaya Khan Kim Kowalski Kumar Lefèvre Lopez Mbeki Meyer "
    "Moreau Müller "
    "Nakamura Nguyen Novák O'Brien Okafor Osei Patel Pereira Petrov Popescu Rossi Sato Schmidt Silva Singh Smith "
    "Suzuki Tanaka "
    "Taylor Torres Van Walker Wang Williams Wilson Yilmaz York Young Zhang London Houston Lincoln Manager Berlin Bishop"
).split()
_COMPANIES: Final = (
    "Northwind Contoso Fabrikam Globex Initech Umbra Vandelay Acme Soylent Hooli Bluebird Cobalt Driftwood "
    "Evergreen Fjord "
    "Granite Harbor Ironwood Juniper Keystone Lighthouse Meridian Nimbus Oakridge Pinnacle Quarry Redwood Summit "
    "Tidewater Zephyr"
).split()
_KINDS: Final = ("Group", "Ltd", "Inc.", "GmbH", "Services", "Partners", "Works", "Systems", "Labs", "& Co")
_LADDERS: Final = {
    "support": ("support.agent", "support.senior_agent", "support.lead", "support.supervisor", "support.manager",
                "support.senior_manager", "support.head", "support.director", "support.vp"),
    "tech_support": ("tech_support.agent", "tech_support.lead", "tech_support.manager"),
    "callcenter": ("support.agent", "callcenter.supervisor", "callcenter.manager"),
    "success": ("support.agent", "success.manager", "success.head"),
    "cx": ("support.senior_agent", "cx.manager", "cx.head"),
    "helpdesk": ("tech_support.agent", "tech_support.lead", "helpdesk.manager"),
    "operations": ("support.lead", "operations.support_manager"),
    "quality": ("support.agent", "quality.analyst"),
    "wfm": ("support.agent", "wfm.analyst"),
}  # fmt: skip
_OTHERS: Final = (
    "Registered Nurse", "Line Cook", "Electrician", "Software Developer", "Accountant", "Truck Driver",
    "Barista", "Graphic Designer",
    "Elementary School Teacher", "Warehouse Worker", "Civil Engineer", "Paralegal", "Dental Hygienist", "Real "
    "Estate Agent",
)  # fmt: skip
_DEGREES: Final = (
    (1, ("High School Diploma", "GED", "Abitur")),
    (2, ("Associate of Arts", "Associate's Degree")),
    (3, ("Bachelor of Arts", "B.A.", "BSc", "Bachelor's Degree", "Licenciatura")),
    (4, ("Master of Science", "MBA", "M.A.", "Master's Degree")),
    (5, ("PhD", "Doctorate")),
)
_AREAS: Final = ("Communications", "Business", "History", "Psychology", "Computer Science", "Marketing", "Economics")
_SCHOOLS: Final = (
    "Riverside University",
    "Lakeview College",
    "Northern Polytechnic",
    "St. Agnes Women's College",
    "Hill Institute",
)
_CLUBS: Final = ("women's rugby club", "men's choir", "chess society", "mothers' circle", "veterans' association")
_LEADING: Final = frozenset(role.id for role in ROLES if role.level >= 3) - {"success.manager"}


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted in one document, by the names of the vocabulary; months are counted from the plan."""

    role: str
    months_support: int
    months_total: int
    months_lead: int
    months_since_support: int
    city: int
    education: int
    team_size: int
    tools_dated: frozenset[str]
    tools_listed: frozenset[str]
    skills_listed: frozenset[str]
    languages: frozenset[str]
    certificates: frozenset[str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A document and its truth."""

    document: dict[str, Any]
    truth: Truth


def people(n: int, seed: int) -> Iterator[Planted]:
    """So many people, one after another; the same seed makes the same people."""
    chance = random.Random(f"profiles/{seed}")  # noqa: S311
    tools = [term for term in TOOLS if _plain(term.label)]
    skills = [term for term in SKILLS if _plain(term.label)]
    for number in range(n):
        yield _person(chance, f"s{seed}-{number:07d}", seed, tools, skills)


def _person(chance: random.Random, name: str, seed: int, tools: list[Any], skills: list[Any]) -> Planted:
    newest = NEWEST.year * 12 + NEWEST.month - 1 - int(chance.random() ** 2 * 24)
    given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
    row, city = chance.choice(_cities())
    in_support = chance.random() < 0.7
    known = chance.sample(tools, chance.randrange(0, 6))
    dated: set[str] = set()
    work, plan = _career(chance, newest, in_support, known, dated, skills)
    rank, names = chance.choices(_DEGREES, (3, 2, 7, 3, 0.3))[0]
    educated = chance.random() < 0.85
    listed = chance.sample(tools, chance.randrange(0, 7)) if chance.random() < 0.8 else []
    able = chance.sample(skills, chance.randrange(0, 8))
    spoken = chance.sample(LANGUAGES, chance.randrange(0, 3))
    held = chance.sample(CERTIFICATES, 1) if chance.random() < 0.15 else []
    document: dict[str, Any] = {
        "meta": {
            "id": name,
            "lastModified": f"{newest // 12}-{newest % 12 + 1:02d}-{chance.randrange(1, 29):02d}",
            "basis": "synthetic",
            "watermark": WATERMARK,
        },
        "basics": {
            "name": f"{given} {family}",
            "email": f"{name}@people.example",
            "phone": f"+1-555-01{chance.randrange(100):02d}",
            "location": {
                "address": f"{chance.randrange(1, 999)} {chance.choice(_COMPANIES)} Street",
                "postalCode": f"{chance.randrange(10000, 99999)}",
                "city": city.name,
                "region": city.admin1,
                "countryCode": city.country,
            },
        },
        "work": work,
    }
    if educated:
        document["education"] = [
            {
                "institution": chance.choice(_SCHOOLS),
                "studyType": chance.choice(names),
                "area": chance.choice(_AREAS),
                "endDate": str(newest // 12 - chance.randrange(5, 30)),
            }
        ]
    if listed or able:
        document["skills"] = [{"name": "Skills", "keywords": [term.label for term in (*listed, *able)]}]
    if spoken:
        document["languages"] = [{"language": term.label, "fluency": "fluent"} for term in spoken]
    if held:
        document["certificates"] = [{"name": term.label} for term in held]
    if chance.random() < 0.2:
        document["interests"] = [{"name": chance.choice(_CLUBS)}]
    return Planted(document, _truth(plan, newest, row, rank if educated else -1, dated, listed, able, spoken, held))


@dataclass(slots=True)
class _Stint:
    role: str
    support: bool
    first: int
    last: int
    team: int


def _career(
    chance: random.Random, newest: int, in_support: bool, known: list[Any], dated: set[str], skills: list[Any]
) -> tuple[list[dict[str, Any]], list[_Stint]]:
    """Jobs from the latest backwards, with gaps and now and then two at once."""
    ladder = _LADDERS[chance.choice(_LADDER_NAMES)]
    rung = min(len(ladder) - 1, int(chance.expovariate(0.6)))
    last = newest if chance.random() < 0.75 else newest - chance.randrange(1, 60)
    work: list[dict[str, Any]] = []
    plan: list[_Stint] = []
    for place in range(chance.randrange(1, 6)):
        length = chance.randrange(4, 60)
        first = last - length + 1
        if in_support and not (place and chance.random() < 0.2):
            role = ladder[max(0, rung)]
            title = chance.choice(_titles()[role])
            stint = _Stint(role, True, first, last, 0)
            rung -= 1
        else:
            title = chance.choice(_OTHERS)
            stint = _Stint("", False, first, last, 0)
        job: dict[str, Any] = {"name": f"{chance.choice(_COMPANIES)} {chance.choice(_KINDS)}", "position": title}
        job["startDate"] = f"{first // 12}-{first % 12 + 1:02d}"
        if last < newest or place:
            job["endDate"] = f"{last // 12}-{last % 12 + 1:02d}"
        _told(chance, job, stint, known, dated, skills)
        work.append(job)
        plan.append(stint)
        last = first - 1 - (0 if chance.random() < 0.6 else chance.randrange(1, 9))
        if chance.random() < 0.08:
            last = first + min(length - 1, 3)
    return work, plan


def _told(
    chance: random.Random, job: dict[str, Any], stint: _Stint, known: list[Any], dated: set[str], skills: list[Any]
) -> None:
    lines = []
    if stint.role in _LEADING and chance.random() < 0.6:
        stint.team = chance.randrange(3, 40)
        lines.append(chance.choice(_TEAM_LINES).format(n=stint.team))
    if stint.support and known and chance.random() < 0.8:
        used = chance.sample(known, min(len(known), chance.randrange(1, 4)))
        dated.update(term.id for term in used)
        lines.append(chance.choice(_TOOL_LINES).format(tools=", ".join(term.label for term in used)))
    if stint.support:
        lines.append(f"Worked on {chance.choice(skills).label} for customers in {chance.choice(INDUSTRIES).label}.")
        lines.append(
            f"Kept satisfaction at {chance.randrange(80, 99)} % over {chance.randrange(20, 900)} tickets a week."
        )
    if lines:
        job["summary"] = lines[0]
        if len(lines) > 1:
            job["highlights"] = lines[1:]


_LADDER_NAMES: Final = tuple(_LADDERS)
_TEAM_LINES: Final = (
    "Led a team of {n} agents.",
    "Managed {n} agents on two shifts.",
    "Supervised {n} representatives.",
)
_TOOL_LINES: Final = ("Worked daily in {tools}.", "Moved the queue to {tools}.", "Administered {tools}.")


def _truth(
    plan: list[_Stint],
    newest: int,
    row: int,
    education: int,
    dated: set[str],
    listed: Any,
    able: Any,
    spoken: Any,
    held: Any,
) -> Truth:
    def months(chosen: list[_Stint]) -> set[int]:
        return {month for one in chosen for month in range(one.first, one.last + 1)}

    support = [one for one in plan if one.support]
    worked = months(support)
    latest = max(support, key=lambda one: (one.last, one.first), default=None)
    return Truth(
        role="" if latest is None else latest.role,
        months_support=len(worked),
        months_total=len(months(plan)),
        months_lead=len(months([one for one in plan if one.role in _LEADING])),
        months_since_support=newest - max(worked) if worked else -1,
        city=row,
        education=education,
        team_size=max((one.team for one in plan), default=0) or -1,
        tools_dated=frozenset(dated),
        tools_listed=frozenset(term.id for term in listed),
        skills_listed=frozenset(term.id for term in able),
        languages=frozenset(term.id for term in spoken),
        certificates=frozenset(term.id for term in held),
    )


@cache
def _cities() -> list[tuple[int, Any]]:
    """Cities whose name with region and country is found again, the large ones more often."""
    large = [(row, city) for row, city in enumerate(places.cities()) if city.population > 150_000]
    kept = [(row, city) for row, city in large if places.city_row(city.name, city.admin1, city.country) == row]
    return [one for one in kept for _ in range(1 + min(8, one[1].population // 500_000))]


@cache
def _titles() -> dict[str, tuple[str, ...]]:
    by_id: dict[str, Role] = {role.id: role for role in ROLES}
    more = {
        "support.agent": ("Customer Service Representative", "Customer Support Specialist"),
        "support.lead": ("Team Lead, Customer Support", "Customer Service Team Leader"),
        "support.manager": ("Manager, Customer Support", "Customer Service Manager", "Customer Care Manager"),
        "support.head": ("Head of Support",),
        "success.manager": ("Customer Success Manager",),
        "callcenter.manager": ("Contact Centre Manager",),
    }
    names = {name for ladder in _LADDERS.values() for name in ladder}
    return {name: (by_id[name].label.title().replace(" Of ", " of "), *more.get(name, ())) for name in names}


def _plain(label: str) -> bool:
    """Whether a label says only its own term."""
    return label.isascii() and len(label) > 3
