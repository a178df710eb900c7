"""Chips of places: what a chip says of a city, a state, a country or an area, and the distance around it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from maitred.insight.ranking.places import Area, City, Country, Place, Region, cities, row_of
from maitred.insight.ranking.reading.sentence import NUMBER, Draft, Sentence, count

RADIUS_KM: Final = 50
KM_OF_A_MILE: Final = 1.609344
RADIUS: Final = re.compile(
    rf"""(?:\b(?:within|inside|up\ to|max(?:imum)?(?:\ of)?|under|less\ than|(?:no|not)\ more\ than|at\ most|in\ a|
        in)\s+|
        \+\s*)?(?:\ban?\s+|about\s+|approx\.?\s+|around\s+|roughly\s+|\bthe\s+)*
    (?P<n>{NUMBER})\s*-?\s*(?P<unit>miles?|mi|kms?|kilomet(?:er|re)s?)\b(?:\s*-?\s*(?:radius|drive|distance|range|
    commute|commuting\s+distance))?
    (?P<of>\s+(?:of|from|around|away\s+from|to|near|radius\s+of))?(?:\s+(?:the\s+)?(?:downtown|central|city\s+of|
    center\s+of|centre\s+of))?""",
    re.VERBOSE,
)


def alternatives(options: list[Place]) -> tuple[dict[str, Any], ...]:
    """What else the same words may mean, small towns left out."""
    best = options[0]
    least = best.population * 0.02 if isinstance(best, City) else 0
    others = [one for one in options[1:] if not isinstance(one, City) or one.population >= max(least, 15_000)]
    return tuple(_value(one) for one in others[:5])


def drafted(
    sentence: Sentence, place: Place, alternatives: tuple[dict[str, Any], ...], start: int, end: int, last: int = 0
) -> Draft:
    """A chip of a place; `last` is where its words end."""
    value = _value(place)
    assumed: tuple[str, ...] = ()
    if isinstance(place, City):
        value["radius_km"] = RADIUS_KM
        assumed = ("radius_km",)
    elif isinstance(place, Area) and place.radius_km:
        assumed = ("radius_km",)
    draft = sentence.add("place", value, start, end, assumed=assumed, alternatives=alternatives)
    draft.marks["last"] = max(last, end)
    sentence.claim(start, max(last, end))
    return draft


def _value(place: Place) -> dict[str, Any]:
    if isinstance(place, City):
        return {
            "kind": "city",
            "geonameid": place.geonameid,
            "name": place.name,
            "admin1": place.admin1,
            "country": place.country,
        }
    if isinstance(place, Region):
        return {"kind": "admin1", "name": place.name, "admin1": place.admin1, "country": place.country}
    if isinstance(place, Country):
        return {"kind": "country", "name": place.name, "country": place.code}
    if place.members:
        return {"kind": "area", "id": place.id, "name": place.name, "members": list(place.members)}
    centre = cities()[place.row]
    return {
        "kind": "area",
        "geonameid": centre.geonameid,
        "name": place.name,
        "admin1": centre.admin1,
        "country": centre.country,
        "radius_km": place.radius_km,
    }


def give_radius(sentence: Sentence, found: list[Draft], match: re.Match[str]) -> None:
    """The place right behind a distance gets it, else the one right before; a distance from nothing is not "
    "understood."""
    around = [draft for draft in found if isinstance(draft.value, dict) and "radius_km" in draft.value]
    behind = [draft for draft in around if 0 <= draft.start - match.end() < 12]
    before = [draft for draft in around if 0 <= match.start() - draft.marks.get("last", draft.end) < 15]
    chosen = behind[0] if behind else before[-1] if before else None
    if chosen is None:
        sentence.release(*match.span())
        return
    number = count(match.group("n"))
    km = number if match.group("unit").startswith("k") else round(number * KM_OF_A_MILE)
    for draft in [
        chosen,
        *(
            one
            for one in around
            if one is not chosen and one.start > chosen.end and _listed(sentence.folded, chosen, one)
        ),
    ]:
        draft.value = {**draft.value, "radius_km": km}  # type: ignore[dict-item]
        draft.assumed = ()
    chosen.start = min(chosen.start, _word_start(sentence, match.start()))
    chosen.end = max(chosen.end, match.end())


def _listed(folded: str, one: Draft, other: Draft) -> bool:
    return bool(re.fullmatch(r"[\s,]*(?:or|and|/)?\s*", folded[one.marks.get("last", one.end) : other.start]))


def _word_start(sentence: Sentence, start: int) -> int:
    while start < len(sentence.folded) and not sentence.folded[start].isalnum():
        start += 1
    return start


def agree(sentence: Sentence, found: list[Draft]) -> None:
    """Cities of one list lie in one country where they can: "Santa Clara or Palo Alto" is not in Cuba."""
    for at, draft in enumerate(found):
        value = draft.value
        if not (isinstance(value, dict) and value["kind"] == "city" and draft.alternatives):
            continue
        beside = [one for one in found[max(0, at - 2) : at + 3] if one is not draft and not _is_torn(one)]
        countries = {
            str(one.value["country"]) for one in beside if isinstance(one.value, dict) and "country" in one.value
        }
        if value["country"] in countries:
            continue
        least = _AS_LIKELY * _people(value)
        better = [
            one
            for one in draft.alternatives
            if one["kind"] == "city" and one["country"] in countries and _people(one) >= least
        ]
        between = sentence.folded[min(draft.start, beside[0].start) : max(draft.end, beside[0].end)] if beside else ""
        if better and len(between) < 60:
            rest = tuple(one for one in draft.alternatives if one is not better[0])
            before = {key: part for key, part in value.items() if key != "radius_km"}
            draft.value = {**better[0], "radius_km": value["radius_km"]}
            draft.alternatives = (before, *rest)


_AS_LIKELY: Final = 0.15
"""Share of the likelier city's people from which its namesake may be meant instead."""


def _people(place: Mapping[str, object]) -> int:
    return cities()[row_of(int(str(place["geonameid"])))].population


def _is_torn(draft: Draft) -> bool:
    """Whether a place could lie in another country just as well."""
    return any(one["kind"] == "city" and one["country"] != draft.value["country"] for one in draft.alternatives)  # type: ignore[index]
