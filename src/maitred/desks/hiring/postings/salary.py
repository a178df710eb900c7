"""What a role pays in a place, for a posting: bands of the occupation and of its neighbours, and a proposed range."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any

from maitred.base.errors import NotFound
from maitred.desks.hiring.postings import places
from maitred.insight import wages
from maitred.insight.wages import OCCUPATIONS, RELEASE, Area, Band, Placed

WIDEST = 1.6
_STEP = 500


@dataclass(frozen=True, slots=True)
class Insight:
    """What is known: bands of the asked occupation by area (the nearest first), and of neighbours in the nearest."""

    soc: str
    asked: str
    areas: tuple[Area, ...]
    bands: tuple[Band, ...]
    beside: tuple[Band, ...]
    placed: Placed | None
    notices: tuple[str, ...]

    @property
    def band(self) -> Band | None:
        """The band of the nearest area that has one."""
        return self.bands[0] if self.bands else None


def insight(soc: str, asked: str, low: float | None = None, high: float | None = None, unit: str = "year",
            today: date | None = None, currency: str = "USD") -> Insight:  # fmt: skip
    """What an occupation pays in a place, and where an offered range lies in that.

    Raises
    ------
    NotFound
        The occupation is none of those that come with the product.
    """
    code = soc.strip().partition(".")[0]
    if code not in OCCUPATIONS:
        known = ", ".join(f"{one.soc} ({one.title})" for one in OCCUPATIONS.values())
        raise NotFound(f"wages of {soc} do not come with the product", f"take one of {known}")
    areas = _areas(asked)
    bands = tuple(found for area in areas if (found := wages.band(code, area.code)) is not None)
    first = bands[0].area if bands else ""
    beside = tuple(found for one in wages.neighbours(code) if (found := wages.band(one, first)) is not None)
    notices: tuple[str, ...] = ()
    if not areas:
        notices = (f"no bundled source for {asked.strip() or 'this place'}: type a range with the source it is from",)
    elif bands and bands[0].area != areas[0].code:
        notices = (f"the survey has no wages of this occupation in {areas[0].name}; shown are wider areas",)
    placed = None
    if (low is not None or high is not None) and bands:
        if currency in ("", "USD"):
            placed = wages.placed(bands[0], low, high, unit or "year", today)
        else:
            notices = (*notices, f"the range is in {currency}; the survey is in USD and is not compared")
    return Insight(code, asked, areas, bands, beside, placed, (*notices, *(placed.notices if placed else ())))


def proposal(band: Band | None) -> tuple[int, int] | None:
    """A range around the median, from p25 to p75 where that is no wider than 1.6, in steps of 500.

    ``None`` where one of the three was suppressed.
    """
    if band is None or band.p25.value is None or band.p50.value is None or band.p75.value is None:
        return None
    low, high = float(band.p25.value), float(band.p75.value)
    if high / low > WIDEST:
        low, high = band.p50.value / sqrt(WIDEST), band.p50.value * sqrt(WIDEST)
    return -int(-low // _STEP) * _STEP, int(high // _STEP) * _STEP


def told(one: Insight) -> dict[str, Any]:
    """The insight as the command prints it."""
    nearest = one.areas[0] if one.areas else None
    found = one.band
    beside = [_told(each, _name(one, each.area)) for each in one.beside]
    return {
        "soc": one.soc, "title": OCCUPATIONS[one.soc].title, "doubt": OCCUPATIONS[one.soc].covers, "asked": one.asked,
        "area": None if nearest is None else {"code": nearest.code, "name": nearest.name, "kind": nearest.kind},
        "release": RELEASE.name, "survey": RELEASE.survey, "published": RELEASE.published.isoformat(),
        "currency": "USD", "unit": "year",
        **(_figures(found) if found is not None else {}),
        "areas": [_told(each, _name(one, each.area)) for each in one.bands], "beside": beside,
        "proposed": proposal(found), "range": _placed(one.placed), "notices": list(one.notices),
        "source": RELEASE.attribution,
    }  # fmt: skip


def place_words(location: str) -> str:
    """What to ask the survey for, of a posting's location: its first site; the nation for remote work."""
    where = places.read(location) if location.strip() else None
    if where is None:
        return ""
    spot = next((one for one in where.spots if one.country == "US"), None)
    if spot is None:
        return "United States" if where.anywhere else location
    city = "New York" if spot.city == "New York City" else spot.city
    state = spot.region if where.way != "remote" or spot.region else ""
    return ", ".join(one for one in (city, state) if one) or "United States"


def _areas(asked: str) -> tuple[Area, ...]:
    found = wages.resolve(asked)
    return found or wages.resolve(place_words(asked)) if asked.strip() else wages.resolve("United States")


def _name(one: Insight, code: str) -> str:
    return next((area.name for area in one.areas if area.code == code), code)


def _told(band: Band, name: str) -> dict[str, Any]:
    title = OCCUPATIONS[band.soc].title
    return {"soc": band.soc, "title": title, "area": {"code": band.area, "name": name}, **_figures(band)}


def _figures(band: Band) -> dict[str, Any]:
    values = {f"p{share}": wage.value for share, wage in band.wages}
    return {
        **values, "employment": band.employment,
        "suppressed": [f"p{share}" for share, wage in band.wages if wage.value is None],
        "at_least": [f"p{share}" for share, wage in band.wages if wage.at_least],
    }  # fmt: skip


def _placed(one: Placed | None) -> dict[str, Any] | None:
    if one is None:
        return None
    ends = {"low": one.low, "high": one.high}
    return {"sentence": one.sentence, **{name: None if end is None else end.words for name, end in ends.items()}}
