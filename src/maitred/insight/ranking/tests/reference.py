"""The table of values read once more, slowly and from chips alone: the judge of everything that is quicker.

It shares nothing with the product but the vocabulary, the gazetteer and the columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from maitred.insight.ranking import places
from maitred.insight.ranking.columns import Features
from maitred.insight.ranking.reading.titles import SISTERS
from maitred.insight.ranking.vocabulary import CERTIFICATES, INDUSTRIES, LANGUAGES, ROLES, SKILLS, TOOLS

Chip = Mapping[str, Any]
ROLE = {role.id: role for role in ROLES}
TERMS = {"tool": TOOLS, "skill": SKILLS, "certification": CERTIFICATES, "language": LANGUAGES, "industry": INDUSTRIES}
SETS = {"tool": "tools", "skill": "skills", "certification": "certifications", "language": "languages",
        "industry": "industries"}  # fmt: skip


def values(row: Features, chips: list[Chip]) -> dict[str, int]:
    """Feature → value, of every feature that has a chip, and recency."""
    wanted = [chip for chip in chips if not chip["not"]]
    by = {slot: [chip for chip in wanted if chip["slot"] == slot] for slot in {chip["slot"] for chip in wanted}}
    found: dict[str, int] = {}
    if "title" in by:
        near = max(_nearness(ROLE[chip["value"]["role"]], row.role) for chip in by["title"])
        found["role"] = near * row.role_p // 1000
    towns = [_town(chip["value"], row.city) for chip in by.get("place", ())]
    if "remote" in by:
        towns.append({1: 1000, 0: 0, -1: 300}[row.remote_ok])
    if towns:
        found["place"] = max(towns)
    years = [_months(row.months_total if chip.get("of") == "total" else row.months_support, 12 * asked)
             for asked, chip in _numbers(by.get("years_min", ()))]  # fmt: skip
    if years:
        found["years"] = min(years)
    led = [asked for asked, _ in _numbers(by.get("lead_years_min", ()))]
    if led:
        some = row.team_size > 0 or (row.role >= 0 and ROLES[row.role].level >= 3)
        found["lead_years"] = (500 if some else 400) if row.months_lead < 0 else _months(row.months_lead, 12 * max(led))
    for slot, feature in SETS.items():
        groups = _grouped(by.get(slot, ()))
        if groups:
            each = [max(_member(slot, chip["value"]["id"], row) for chip in group) for group in groups]
            found[feature] = math.floor(Fraction(sum(each), len(each)))
    ranks = [asked for asked, _ in _numbers(by.get("education_min", ()))]
    if ranks:
        found["education"] = _degree(row, max(ranks), equivalent_from(by))
    sizes = [asked for asked, _ in _numbers(by.get("team_size_min", ()))]
    if sizes:
        size = row.team_size
        found["team_size"] = 400 if size < 0 else min(1000, 1000 * size // max(sizes))
    since = row.months_since_support
    found["recency"] = 400 if since < 0 else max(0, min(1000, math.floor(Fraction(1000 * (72 - since), 60))))
    return found


def equivalent_from(by: Mapping[str, Iterable[Chip]]) -> int | None:
    """Months of experience that stand for a degree."""
    if not any(chip.get("or_equivalent") for chip in by.get("education_min", ())):
        return None
    asked = [years for years, chip in _numbers(c for c in by.get("years_min", ()) if c.get("of") != "total")]
    return 12 * (max(asked, default=0) + 2)


def _nearness(asked: Any, have: int) -> int:
    if have < 0:
        return 0
    other = ROLES[have]
    if other.id == asked.id:
        return 1000
    if other.family == asked.family and "other:" not in asked.id:
        return 700 if abs(other.level - asked.level) == 1 else 450
    return 250 if other.family in SISTERS.get(asked.family, ()) else 0


def _town(value: Mapping[str, Any], row: int) -> int:
    if row < 0:
        return 300
    city = places.cities()[row]
    if value["kind"] == "country":
        return 1000 if city.country == value["country"] else 0
    if value["kind"] == "admin1":
        return 1000 if (city.country, city.admin1) == (value["country"], value["admin1"]) else 0
    km = places.distance_km(places.cities()[places.row_of(value["geonameid"])], city)
    radius = value["radius_km"]
    if km <= radius:
        return 1000
    return int(max(0, math.floor(1000 * (2 * radius + 30 - km) / (radius + 30))))


def _months(have: int, asked: int) -> int:
    return 400 if have < 0 else max(0, 1000 - 28 * max(0, asked - have))


def _numbers(chips: Iterable[Chip]) -> list[tuple[int, Chip]]:
    """The number of each group; of several that may stand for each other the smallest."""
    found = []
    for group in _grouped(chips):
        for of in (False, True):
            same = [chip for chip in group if (chip.get("of") == "total") is of]
            if same:
                found.append(min(((_number(chip), chip) for chip in same), key=lambda pair: pair[0]))
    return found


def _number(chip: Chip) -> int:
    value = chip["value"]
    return int(value["rank"] if isinstance(value, dict) else value)


def _grouped(chips: Iterable[Chip]) -> list[list[Chip]]:
    alone: list[list[Chip]] = []
    together: dict[Any, list[Chip]] = {}
    for chip in chips:
        if chip["any_of"] is None:
            alone.append([chip])
        else:
            together.setdefault(chip["any_of"], []).append(chip)
    return [*alone, *together.values()]


def _member(slot: str, name: str, row: Features) -> int:
    place = [term.id for term in TERMS[slot]].index(name)
    if slot == "tool":
        dated, listed = row.tools_dated, row.tools_listed
    elif slot == "skill":
        dated, listed = (getattr(row, f"skills_{kind}_{place // 63}") for kind in ("dated", "listed"))
    else:
        dated, listed = {"certification": row.certs, "language": row.languages, "industry": row.industries}[slot], 0
    lists = [row.tools_listed] if slot == "tool" else [getattr(row, f"skills_listed_{n}") for n in range(4)]
    if slot in ("tool", "skill") and sum(bin(one).count("1") for one in lists) > (15 if slot == "tool" else 30):
        listed = 0
    mark = 2 ** (place % 63)
    return 1000 if dated // mark % 2 else (400 if listed // mark % 2 else 0)


def _degree(row: Features, rank: int, equivalent: int | None) -> int:
    if row.education >= rank or (equivalent is not None and row.months_support >= equivalent):
        return 1000
    if row.education < 0:
        return 400
    return 600 if row.education == rank - 1 else 0


def ranked(rows: list[Features], chips: list[Chip], weights: Mapping[str, int], as_of: date) -> list[tuple[int, int]]:
    """Score and tie of everybody who is looked at when nothing filters, the best first."""
    titles = [ROLE[chip["value"]["role"]] for chip in chips if chip["slot"] == "title" and not chip["not"]]
    seen = [row for row in rows if row.hide_after >= as_of
            and (not titles or any(_nearness(title, row.role) for title in titles))]  # fmt: skip
    scores = [(sum(weights[name] * one for name, one in values(row, chips).items()), row.tie) for row in seen]
    return sorted(scores, key=lambda pair: (-pair[0], pair[1]))
