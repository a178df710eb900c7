"""Pools of made-up profiles as columns, and queries as chips, drawn by a seed: every value that a column can have."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from maitred.insight.ranking import places
from maitred.insight.ranking.columns import PROFILE_COLUMNS
from maitred.insight.ranking.vocabulary import CERTIFICATES, INDUSTRIES, LANGUAGES, ROLES, SKILLS, TOOLS

AS_OF = date(2026, 6, 1)
_EPOCH = date(1970, 1, 1)
_NEVER = (date(9999, 12, 31) - _EPOCH).days
_HOUSE = 23
"""Roles of the house's own families stand first."""


def pool(count: int, seed: int, *, first_key: int = 1) -> pa.Table:
    """So many profiles; a tenth of everything is unknown, a few are hidden before ``AS_OF``."""
    draw = np.random.default_rng(seed)

    def known(values: np.ndarray, share: float = 0.1) -> np.ndarray:
        return np.where(draw.random(count) < share, -1, values)

    def word(members: int, share: float) -> np.ndarray:
        made = np.zeros(count, np.int64)
        for bit in range(members):
            made |= (draw.random(count) < share).astype(np.int64) << bit
        return made

    role = np.where(draw.random(count) < 0.8, draw.integers(0, _HOUSE, count), draw.integers(0, len(ROLES), count))
    months = draw.integers(0, 240, count)
    hide = np.where(draw.random(count) < 0.05, (AS_OF - _EPOCH).days + draw.integers(-30, 30, count), _NEVER)
    columns: dict[str, Any] = {
        "key": np.arange(first_key, first_key + count) * 7919,
        "tie": draw.integers(1, max(10, count // 2), count) * 2**20 + np.arange(count),
        "role": known(role),
        "role_p": draw.integers(0, 11, count) * 100,
        "months_support": known(months),
        "months_total": known(months + draw.integers(0, 60, count)),
        "months_lead": known(np.minimum(months, draw.integers(0, 120, count)), 0.3),
        "months_since_support": known(draw.integers(0, 100, count)),
        "city": known(draw.integers(0, len(places.cities()), count)),
        "remote_ok": draw.integers(-1, 2, count),
        "education": draw.integers(-1, 6, count),
        "team_size": known(draw.integers(0, 60, count), 0.5),
        "tools_dated": word(len(TOOLS), 0.08),
        "tools_listed": np.where(draw.random(count) < 0.1, word(len(TOOLS), 0.5), word(len(TOOLS), 0.12)),
        "certs": word(len(CERTIFICATES), 0.05),
        "languages": word(len(LANGUAGES), 0.03),
        "industries": word(len(INDUSTRIES), 0.05),
        "basis": draw.integers(0, 6, count),
        "hide_after": hide.astype(np.int32),
    }
    for number in range(4):
        members = min(63, max(0, len(SKILLS) - 63 * number))
        columns[f"skills_dated_{number}"] = word(members, 0.05)
        columns[f"skills_listed_{number}"] = word(members, 0.08)
    made = []
    for field in PROFILE_COLUMNS:
        values = columns[field.name]
        array = pa.array(values, pa.int32()) if pa.types.is_date(field.type) else pa.array(values)
        made.append(array.cast(field.type))
    return pa.table(made, schema=PROFILE_COLUMNS)


def chip(slot: str, value: Any, **more: Any) -> dict[str, Any]:
    """A chip in its JSON form."""
    return {"slot": slot, "value": value, "span": [0, 0], "must": False, "not": False, "any_of": None, "assumed": [],
            **more}  # fmt: skip


def query(seed: int) -> list[dict[str, Any]]:
    """Some chips: roles, places, numbers, sets, musts, refusals, alternatives."""
    draw = np.random.default_rng(seed)

    def chance(share: float) -> bool:
        return bool(draw.random() < share)

    def one(terms: Any) -> dict[str, str]:
        term = terms[int(draw.integers(0, len(terms)))]
        return {"id": term.id, "label": term.label}

    made: list[dict[str, Any]] = []
    for _ in range(int(draw.integers(0, 3))):
        role = ROLES[int(draw.integers(0, _HOUSE))]
        made.append(chip("title", {"role": role.id, "label": role.label, "soc": role.soc}))
    for _ in range(int(draw.integers(0, 3))):
        made.append(chip("place", _place(draw)))
    if chance(0.3):
        made.append(chip("remote", True))
    for slot, share, most in (("years_min", 0.6, 12), ("lead_years_min", 0.4, 8), ("team_size_min", 0.3, 40)):
        if chance(share):
            of = {"of": "total" if chance(0.2) else "support"} if slot == "years_min" else {}
            made.append(chip(slot, int(draw.integers(1, most)), **of))
    if chance(0.4):
        made.append(chip("education_min", {"id": "any", "rank": int(draw.integers(1, 6))}, or_equivalent=chance(0.5)))
    for slot, terms, most in (("tool", TOOLS, 4), ("skill", SKILLS, 4), ("certification", CERTIFICATES, 2),
                              ("language", LANGUAGES, 3), ("industry", INDUSTRIES, 2)):  # fmt: skip
        made += [chip(slot, one(terms)) for _ in range(int(draw.integers(0, most)))]
    for each in made:
        each["must"] = chance(0.15)
        each["not"] = not each["must"] and chance(0.08)
        each["any_of"] = int(draw.integers(0, 2)) if chance(0.25) else None
    return made


def _place(draw: np.random.Generator) -> dict[str, Any]:
    city = places.cities()[int(draw.integers(0, len(places.cities())))]
    kind = ("city", "admin1", "country")[int(draw.integers(0, 3))]
    value = {"kind": kind, "name": city.name, "admin1": city.admin1, "country": city.country}
    return {**value, "geonameid": city.geonameid, "radius_km": int(draw.integers(10, 900))} if kind == "city" else value
