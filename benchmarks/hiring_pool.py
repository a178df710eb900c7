"""A planted pool of people: who they are first, then what their profiles say of it, and how well each fits a query.

The truth is drawn before the profile: real role, months, tools that were used, city. A profile says it with gaps:
titles are read with some doubt, places and degrees are left out, tools that were used are not always told in a job. Two
in a hundred stuff keywords: they list every tool and skill and used few. Relevance (0 to 4) is judged on the truth
alone, by rules that share nothing with the score: a chain of shares, multiplied, not a weighted sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

AS_OF = date(2026, 6, 1)
STUFFERS = 0.02
CITIES = 400
TOOLS, SKILLS, LANGUAGES = 24, 60, 12
_NEVER = (date(9999, 12, 31) - date(1970, 1, 1)).days
SHARES = {
    "support.agent": 26, "support.senior_agent": 9, "support.lead": 6, "support.supervisor": 4, "support.manager": 5,
    "support.senior_manager": 1, "support.head": 1, "support.director": 1, "support.vp": 0.3, "tech_support.agent": 9,
    "tech_support.lead": 2, "tech_support.manager": 1.5, "helpdesk.manager": 1, "callcenter.supervisor": 3,
    "callcenter.manager": 2, "cx.manager": 1.5, "cx.head": 0.4, "success.manager": 4, "success.head": 0.5,
    "operations.support_manager": 1, "quality.analyst": 1.5, "wfm.analyst": 1, "trainer": 1.5,
}  # fmt: skip
"""Of a hundred people; the rest have other occupations."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The truth, and the columns that a profile makes of it."""

    role: np.ndarray
    months: np.ndarray
    lead: np.ndarray
    city: np.ndarray
    used: np.ndarray
    skilled: np.ndarray
    speaks: np.ndarray
    since: np.ndarray
    stuffer: np.ndarray
    table: pa.Table


def _cities(draw: np.random.Generator) -> np.ndarray:
    from maitred.insight.ranking import places

    rows = places.cities()
    largest = sorted(range(len(rows)), key=lambda row: -rows[row].population)[:CITIES]
    return np.array(largest)


def pool(count: int, seed: int) -> Pool:
    """So many people."""
    from maitred.insight.ranking.columns import PROFILE_COLUMNS
    from maitred.insight.ranking.vocabulary import ROLES

    draw = np.random.default_rng([seed, 77])
    numbers = {role.id: role.number for role in ROLES}
    known = np.array([numbers[name] for name in SHARES])
    weights = np.array(list(SHARES.values())) / 100
    others = np.arange(len(SHARES), len(ROLES))
    is_other = draw.random(count) >= weights.sum()
    role = np.where(is_other, draw.choice(others, count), draw.choice(known, count, p=weights / weights.sum()))
    level = np.array([one.level for one in ROLES])[role]
    months = np.minimum(360, draw.gamma(2.0, 26.0, count) + level * 9).astype(int)
    months = np.where(is_other, draw.integers(0, 30, count), months)
    leads = level >= 3
    lead = np.where(leads, np.minimum(months, draw.gamma(2.0, 20.0, count)), 0).astype(int)
    since = np.where(draw.random(count) < 0.75, 0, draw.integers(1, 90, count))
    largest = _cities(draw)
    popular = 1 / np.arange(1, CITIES + 1) ** 0.8
    city = draw.choice(largest, count, p=popular / popular.sum())
    used = _bits(draw, count, TOOLS, 0.12)
    skilled = _bits(draw, count, SKILLS, 0.10)
    speaks = _bits(draw, count, LANGUAGES, 0.06) | 1
    stuffer = draw.random(count) < STUFFERS
    told = _told(draw, count, used, stuffer, TOOLS)
    skills = _told(draw, count, skilled, stuffer, SKILLS)
    shown: dict[str, Any] = {
        "key": np.arange(1, count + 1), "tie": draw.integers(1, 2**62, count), "role": role,
        "role_p": draw.choice([1000, 950, 800, 600], count, p=[0.7, 0.15, 0.1, 0.05]),
        "months_support": _gaps(draw, np.maximum(0, months + draw.integers(-3, 4, count)), 0.04),
        "months_total": months + draw.integers(0, 120, count), "months_lead": _gaps(draw, lead, 0.15),
        "months_since_support": _gaps(draw, since, 0.04), "city": _gaps(draw, city, 0.08),
        "remote_ok": draw.choice([-1, 0, 1], count, p=[0.8, 0.05, 0.15]),
        "education": draw.choice([-1, 0, 1, 2, 3, 4, 5], count, p=[0.15, 0.02, 0.2, 0.13, 0.37, 0.12, 0.01]),
        "team_size": np.where(leads & (draw.random(count) < 0.6), draw.integers(2, 60, count), -1),
        "tools_dated": told[0], "tools_listed": told[1], "skills_dated_0": skills[0], "skills_listed_0": skills[1],
        "certs": _bits(draw, count, 10, 0.04),
        "languages": np.where(stuffer, speaks | (draw.random(count) < 0.3), speaks),
        "industries": _bits(draw, count, 20, 0.08), "basis": np.full(count, 5), "hide_after": np.full(count, _NEVER),
    }  # fmt: skip
    nothing = np.zeros(count, np.int64)
    made = []
    for field in PROFILE_COLUMNS:
        values = shown.get(field.name, nothing)
        kind = pa.int32() if pa.types.is_date(field.type) else field.type
        made.append(pa.array(np.asarray(values)).cast(kind).cast(field.type))
    table = pa.table(made, schema=PROFILE_COLUMNS)
    return Pool(role, months, lead, city, used, skilled, speaks, since, stuffer, table)


def _bits(draw: np.random.Generator, count: int, members: int, share: float) -> np.ndarray:
    """Who has which; the first members are the common ones."""
    found = np.zeros(count, np.int64)
    for member in range(members):
        often = min(0.5, share * 3 / (1 + member / 6))
        found |= (draw.random(count, np.float32) < often).astype(np.int64) << member
    return found


def _told(
    draw: np.random.Generator, count: int, real: np.ndarray, stuffer: np.ndarray, members: int
) -> tuple[np.ndarray, np.ndarray]:
    """What stands in jobs, and what stands in lists: most of what is real is told in a job, some is only listed."""
    everything = np.int64((1 << members) - 1)
    in_job = draw.integers(0, 1 << 62, count) | draw.integers(0, 1 << 62, count)  # three in four
    listed = draw.integers(0, 1 << 62, count)
    chance = draw.integers(0, 1 << 62, count) & draw.integers(0, 1 << 62, count)
    chance &= draw.integers(0, 1 << 62, count) & draw.integers(0, 1 << 62, count)
    dated = real & in_job
    only = (real & ~in_job) | (real & listed) | (chance & everything)
    return np.where(stuffer, real & in_job & listed, dated), np.where(stuffer, everything, only)


def _gaps(draw: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    return np.where(draw.random(len(values)) < share, -1, values)


@dataclass(frozen=True, slots=True)
class Query:
    """A query as chips and as what is really wanted."""

    chips: list[dict[str, Any]]
    role: int | None
    city: int | None
    years: int
    lead_years: int
    tools: tuple[int, ...]
    skills: tuple[int, ...]
    language: int | None


def queries(count: int, seed: int, *, titled: bool = True) -> list[Query]:
    """So many queries of the usual kinds; without a title they look through everybody."""
    from maitred.insight.ranking.vocabulary import ROLES

    draw = np.random.default_rng([seed, 78])
    names = [name for name in SHARES if name.startswith(("support", "tech", "callcenter", "success", "cx", "helpdesk"))]
    shares = np.array([SHARES[name] for name in names]) ** 0.5
    numbers = {role.id: role.number for role in ROLES}
    largest = _cities(draw)
    made = []
    for _ in range(count):
        role = numbers[str(draw.choice(names, p=shares / shares.sum()))] if titled else None
        leading = role is not None and ROLES[role].level >= 3
        city = int(largest[int(draw.integers(0, 60))]) if draw.random() < 0.7 else None
        years = int(draw.integers(1, 9)) if draw.random() < 0.75 or not titled else 0
        lead_years = int(draw.integers(1, 5)) if leading and draw.random() < 0.35 else 0
        tools = tuple(int(one) for one in draw.choice(14, int(draw.integers(0, 4)), replace=False))
        skills = tuple(int(one) for one in draw.choice(30, int(draw.integers(0, 3)), replace=False))
        language = int(draw.integers(1, LANGUAGES)) if draw.random() < 0.2 else None
        wanted = (role, city, years, lead_years, tools, skills, language)
        made.append(Query(_chips(*wanted), *wanted))
    return made


def _chips(
    role: int | None, city: int | None, years: int, lead_years: int, tools: tuple[int, ...], skills: tuple[int, ...],
    language: int | None,
) -> list[dict[str, Any]]:  # fmt: skip
    from maitred.insight.ranking import places, vocabulary

    def chip(slot: str, value: Any, **more: Any) -> dict[str, Any]:
        return {"slot": slot, "value": value, "must": False, "not": False, "any_of": None, **more}

    made = []
    if role is not None:
        made.append(chip("title", {"role": vocabulary.ROLES[role].id}))
    if city is not None:
        made.append(chip("place", {"kind": "city", "geonameid": places.cities()[city].geonameid, "radius_km": 50}))
    if years:
        made.append(chip("years_min", years, of="support"))
    if lead_years:
        made.append(chip("lead_years_min", lead_years))
    made += [chip("tool", {"id": vocabulary.TOOLS[one].id}) for one in tools]
    made += [chip("skill", {"id": vocabulary.SKILLS[one].id}) for one in skills]
    if language is not None:
        made.append(chip("language", {"id": vocabulary.LANGUAGES[language].id}))
    return made


def relevance(people: Pool, query: Query, rows: np.ndarray | None = None) -> np.ndarray:
    """How well each fits on the truth, 0 to 4: every wish kept in full is 4, and each that is missed costs a share."""
    from maitred.insight.ranking.vocabulary import ROLES

    pick = slice(None) if rows is None else rows
    fit = np.ones(len(people.role[pick]))
    if query.role is not None:
        fit *= _role_fit(ROLES, query.role)[people.role[pick]]
    if query.city is not None:
        fit *= _city_fit(query.city)[people.city[pick]]
    if query.years:
        fit *= np.clip(people.months[pick] / (12 * query.years), 0, 1) ** 1.5
    if query.lead_years:
        fit *= 0.4 + 0.6 * np.clip(people.lead[pick] / (12 * query.lead_years), 0, 1)
    for wanted, held, share in ((query.tools, people.used, 0.5), (query.skills, people.skilled, 0.35)):
        if wanted:
            has = sum((held[pick] >> one) & 1 for one in wanted) / len(wanted)
            fit *= 1 - share * (1 - has)
    if query.language is not None:
        fit *= np.where((people.speaks[pick] >> query.language) & 1, 1.0, 0.35)
    fit *= np.where(people.since[pick] <= 24, 1.0, 0.85)
    return np.asarray(4 * fit)


def _role_fit(roles: Any, asked: int) -> np.ndarray:
    """How near roles really are to each other: rank counts within a family, and some families are near."""
    one = roles[asked]
    near = {"support", "tech_support", "callcenter", "helpdesk"}
    found = np.zeros(len(roles))
    for other in roles:
        if other.family.startswith("other"):
            continue
        apart = abs(other.level - one.level)
        base = 1.0 if other.family == one.family else (0.6 if {other.family, one.family} <= near else 0.3)
        found[other.number] = base * max(0.0, 1 - 0.28 * apart)
    return found


def _city_fit(asked: int) -> np.ndarray:
    """Who lives near is there; who lives far would have to move."""
    from maitred.insight.ranking import places

    rows = places.cities()
    here = rows[asked]
    found = np.full(len(rows), 0.35)
    for row, one in enumerate(rows):
        if abs(one.latitude - here.latitude) < 3:
            km = places.distance_km(here, one)
            found[row] = 1.0 if km <= 50 else (0.75 if km <= 120 else 0.35)
    return found
