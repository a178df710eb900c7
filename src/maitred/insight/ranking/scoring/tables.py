"""The fixed tables of values: how near one role is to another, how near a city is to the place asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from maitred.insight.ranking import places
from maitred.insight.ranking.reading.titles import SISTERS
from maitred.insight.ranking.vocabulary import ROLES, Role

FULL = 1000
ONE_LEVEL_OFF, SAME_FAMILY, SISTER_FAMILY = 700, 450, 250
UNKNOWN_PLACE, UNKNOWN, LEADING_FOR_AN_UNKNOWN_TIME = 300, 400, 500
LISTED = 400
LONGEST_LIST = {"tools": 15, "skills": 30}
"""A list of more than that shows nothing of any of its members; each counts where it was used in a job."""
ONE_STEP_UNDER = 600
MONTH_MISSING = 28
BEYOND_KM = 30
EQUIVALENT_YEARS = 2
FRESH_MONTHS, STALE_MONTHS = 12, 72
LEADING_LEVEL = 3
"""From this level on a role leads people."""


def role_value(asked: Role, other: Role) -> int:
    """The value of having ``other`` where ``asked`` is looked for, before how sure the title was read.

    Occupations outside the house's own families are near to themselves alone.
    """
    if asked.number == other.number:
        return FULL
    if asked.family == other.family and not asked.id.startswith("other:"):
        return ONE_LEVEL_OFF if abs(asked.level - other.level) == 1 else SAME_FAMILY
    return SISTER_FAMILY if other.family in SISTERS.get(asked.family, ()) else 0


@lru_cache(maxsize=256)
def role_values(number: int) -> np.ndarray:
    """The value of every role for the role of this number; the last entry stands for an unknown one."""
    asked = ROLES[number]
    return _fixed(np.array([*(role_value(asked, other) for other in ROLES), 0], dtype=np.int64))


@lru_cache(maxsize=1)
def leading() -> np.ndarray:
    """Whether a role leads people, by its number; the last entry stands for an unknown one."""
    return _fixed(np.array([*(role.level >= LEADING_LEVEL for role in ROLES), False], dtype=np.bool_))


@lru_cache(maxsize=1)
def _cities() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = places.cities()
    return (
        np.radians(np.array([one.latitude for one in rows])),
        np.radians(np.array([one.longitude for one in rows])),
        np.array([one.admin1 for one in rows]),
        np.array([one.country for one in rows]),
    )


def place_values(value: Mapping[str, Any]) -> np.ndarray:
    """The value of living in each city of the gazetteer; the last entry stands for an unknown one.

    Distances are worked out once, here, so that every engine adds up the same whole numbers.
    """
    names = ("kind", "geonameid", "admin1", "country", "radius_km", "name", "id")
    members = tuple(str(one) for one in value.get("members") or ())
    return _place_values(tuple((name, value.get(name)) for name in names), members)


@lru_cache(maxsize=512)
def _place_values(given: tuple[tuple[str, Any], ...], members: tuple[str, ...]) -> np.ndarray:
    value = dict(given)
    if value["kind"] == "area" and value["geonameid"] is None and not members:
        area = _area(str(value["name"] or ""))
        members, value["geonameid"] = area.members, area.row
        value["radius_km"] = value["radius_km"] or area.radius_km
        centre = area.row
    else:
        centre = places.row_of(int(value["geonameid"])) if value["geonameid"] is not None else places.UNKNOWN_CITY
    found = np.zeros(len(places.cities()) + 1, dtype=np.int16)
    found[-1] = UNKNOWN_PLACE
    if value["kind"] in ("country", "admin1"):
        members = (value["country"] if value["kind"] == "country" else f"{value['country']}-{value['admin1']}",)
    for member in members:
        found[:-1][_inside(member)] = FULL
    if centre >= 0 and value["kind"] in ("city", "area"):
        _around(found, centre, float(value["radius_km"] or 0))
    return _fixed(found)


def _area(name: str) -> places.Area:
    """The area of that name; one without members where nobody knows it."""
    known = places.wide_names().get(places.name_key(name), ())
    return next((one for one in known if isinstance(one, places.Area)), places.Area(name))


def _inside(member: str) -> np.ndarray:
    """The cities of a country (``DE``) or of a part of one (``US-CA``)."""
    _latitudes, _longitudes, admin1, country = _cities()
    code, _, part = member.partition("-")
    return np.asarray((country == code) & ((admin1 == part) if part else True))


def _around(found: np.ndarray, centre: int, radius: float) -> None:
    """Raise the cities around one; only those between two parallels can be near enough."""
    latitudes, longitudes, _admin1, _country = _cities()
    here, there = latitudes[centre], longitudes[centre]
    near = np.nonzero(np.abs(latitudes - here) <= (2 * radius + BEYOND_KM + 1) / places.EARTH_KM)[0]
    half = np.sin((latitudes[near] - here) / 2) ** 2
    half += np.cos(here) * np.cos(latitudes[near]) * np.sin((longitudes[near] - there) / 2) ** 2
    km = 2 * places.EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    found[near] = np.maximum(found[near], _falling(km, radius))


def _falling(km: np.ndarray, radius: float) -> np.ndarray:
    """Full inside the radius, nothing from twice the radius and ``BEYOND_KM`` on, a straight line between."""
    line = np.floor(FULL * (2 * radius + BEYOND_KM - km) / (radius + BEYOND_KM))
    return np.where(km <= radius, FULL, np.clip(line, 0, FULL)).astype(np.int16)


def _fixed(found: np.ndarray) -> np.ndarray:
    found.setflags(write=False)
    return found
