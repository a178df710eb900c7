"""Pay in a posting: what a place wants to be said (C19), and whether the range says something (C20)."""

from __future__ import annotations

from datetime import date

from maitred.desks.hiring.postings import rules
from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.rules import Rule
from maitred.desks.hiring.postings.seen import Seen
from maitred.insight import wages
from maitred.insight.wages.placing import PER_YEAR, yearly

WIDEST = 1.6
_WORDS = {"min": "the lowest pay", "max": "the highest pay", "currency": "the currency", "unit": "the unit of time",
          "benefits": "the benefits"}  # fmt: skip
_SHOWN = 3


def pay_is_told(one: Seen, today: date) -> list[Finding]:
    """C19: where a pay-transparency place is touched, by the site or by who may apply, pay is said."""
    if one.where is None:
        return []
    found = []
    for level in ("E", "W"):
        held = [row for row in rules.holding("C19", today, one.where) if row.level == level]
        missing = _missing(one, held)
        if missing:
            named = ", ".join(_WORDS[name] for name in missing)
            where = "benefits" if missing == ["benefits"] else "salary"
            found.append(Finding("C19", held[0].level, where, f"{named} {_verb(missing)} missing; {_because(held)}"))
    if one.where.unread and not one.where.spots:
        said = f"“{one.location}” names no place that is known here: pay rules of the place were not checked"
        found.append(Finding("C19", "W", "location", said))
    return found


def range_says_something(one: Seen, today: date) -> list[Finding]:
    """C20: the lowest is not over the highest, the range is not wide, and not under what is paid there."""
    low, high = one.pay.low, one.pay.high
    found = []
    if low is not None and high is not None and low > high:
        return [Finding("C20", "E", "salary", f"the lowest pay, {low:,.0f}, is over the highest, {high:,.0f}")]
    if low and high and high / low > WIDEST:
        said = f"the highest is {high / low:.2f} times the lowest; over {WIDEST} a range says little"
        found.append(Finding("C20", "W", "salary", said))
    under = _under_quarter(one)
    return [*found, *([under] if under else [])]


def _missing(one: Seen, held: list[Rule]) -> list[str]:
    pay = one.pay
    empty = {
        "min": pay.low is None, "max": pay.high is None, "currency": not pay.currency, "unit": not pay.unit,
        "benefits": not pay.benefits.strip(),
    }  # fmt: skip
    return [name for name in _WORDS if any(name in row.asks for row in held) and empty[name]]


def _because(held: list[Rule]) -> str:
    places = [row.place for row in held]
    more = f" and {len(places) - _SHOWN} more places" if len(places) > _SHOWN else ""
    return f"asked for in {', '.join(places[:_SHOWN])}{more} ({held[0].source}, from {held[0].since.isoformat()})"


def _verb(names: list[str]) -> str:
    return "are" if len(names) > 1 or names == ["benefits"] else "is"


def _under_quarter(one: Seen) -> Finding | None:
    pay = one.pay
    if pay.high is None or pay.currency not in ("", "USD") or pay.unit not in PER_YEAR or one.where is None:
        return None
    for spot in [each for each in one.where.spots if each.country == "US"] or []:
        place = ", ".join(part for part in (spot.city, spot.region) if part) or "United States"
        for area in wages.resolve(place.replace("New York City", "New York")):
            band = wages.band(one.soc or "43-1011", area.code)
            if band is None or band.p25.value is None:
                continue
            if yearly(pay.high, pay.unit) < band.p25.value:
                said = (f"the highest pay is under what three quarters earn there: p25 of {band.soc} in {area.name} is "
                        f"{band.p25.told()} a year ({wages.RELEASE.name})")  # fmt: skip
                return Finding("C20", "W", "salary", said)
            break
    return None
