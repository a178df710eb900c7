"""The places of a query: a name is taken for a place when the words around it say so or when it is well known."""

import re
from functools import cache
from typing import Final

from maitred.insight.ranking.places import (
    FICTION,
    Area,
    City,
    Country,
    Place,
    Region,
    capital_names,
    cities,
    city_names,
    country_codes,
    country_population,
    name_key,
    short_names,
    wide_names,
)
from maitred.insight.ranking.reading.folding import fold
from maitred.insight.ranking.reading.place_chips import RADIUS, agree, alternatives, drafted, give_radius
from maitred.insight.ranking.reading.sentence import USED, Draft, Sentence
from maitred.insight.ranking.reading.tables import words
from maitred.insight.ranking.reading.titles import Word
from maitred.insight.ranking.vocabulary import EVERY_TERM

GREATER_KM: Final = 80
_LONGEST: Final = 5
_WELL_KNOWN: Final = 100_000
"""Population from which a city is understood without "in" or a state."""
_BEATS_A_STATE: Final = 500_000
_OF_ITS_COUNTRY: Final = 0.05
"""Share of a country that a city of the same name must hold to be meant ("Singapore", not "Mozambique")."""
_WORDS: Final = words("no town")
"""Names of cities that are common words; they need "in" and a capital, or a state behind them."""
_BEFORE: Final = re.compile(
    r"(?:\b(?:in|near|around|at|from|based|located|living|lives|live|within|outside|to|across|throughout|for|"
    r"by|of|nearby|"
    r"resident|residing|location|locations|place|site|area|areas|office|onsite|city|state|province|country|"
    r"anywhere|somewhere|"
    r"in or near|close|market|commutable|commuting|not|no|except|excluding|only|or|and|the|greater|metro|"
    r"downtown|central)\b"
    r"|[:(@])[\s:(]*$"
)
_STRONG: Final = re.compile(
    r"(?:\b(?:in|near|around|at|from|based|located|living|lives|within|outside|across|throughout|residing|location|"
    r"relocat\w+\ to|close\ to|next\ to)\b|@|[:(])(?:\s*(?:of|in|the|to|:|\(|greater|metro|downtown|central|"
    r"or\ near|or\ around|either|city|state|city\ of|state\ of|not))*\s*$"
)
_JOINED: Final = re.compile(r"[\s,()]*(?:\b(?:or|and|nor|not|in|near|either|the|preferably)\b|/|&|\||;|,|\s|-)*[\s(]*$")
_AREA_AFTER: Final = re.compile(
    r"(?:\s+|-)(?:(?:metro(?:politan)?)?\s*(?:area|region)|metro|city\s+area|city(?=\W|$)|-?based|office|"
    r"location|only|or\s+nearby|residents?|market)\b"
)
_STATE_BEFORE: Final = re.compile(r"\b(?:state|province)\s+of\s+$")
_STATE_AFTER: Final = re.compile(r"\s+(?:state|province)\b")
_DISTANCE: Final = re.compile(r"\d\s*-?\s*(?:mi|km|kilo)|\b(?:miles?|km|kilomet)")
_BREAKS: Final = frozenset({USED, ",", ";", "(", ")", ":", "&", "|"})
_GREATER: Final = re.compile(r"\b(?:greater)\s+$")


def read_places(sentence: Sentence) -> None:
    """Chips of places with their radius."""
    radii = []
    if _DISTANCE.search(sentence.open):
        radii = [match for match in RADIUS.finditer(sentence.open) if sentence.is_open(*match.span())]
    for match in radii:
        sentence.claim(*match.span())
    found = _found(sentence)
    agree(sentence, found)
    for match in radii:
        give_radius(sentence, found, match)


def _found(sentence: Sentence) -> list[Draft]:
    said = sentence.open_words()
    found: list[Draft] = []
    first_words = _first_words()
    at = 0
    while at < len(said):
        word = said[at]
        step = 1
        longest = first_words.get(word.text.replace("'", ""), 0)
        if sentence.folded[word.end : word.end + 1] == ".":
            longest = _LONGEST
        if longest and word.text != USED:
            hit = _place_at(sentence, said, at, found, min(longest, _LONGEST))
            if hit:
                draft, step = hit
                found.append(draft)
        at += step
    return found


@cache
def _first_words() -> dict[str, int]:
    """First word of a place's name → words of the longest name that begins with it, signs counted in."""
    found: dict[str, int] = {}
    names = [*city_names(), *wide_names(), *(name.lower() for name in capital_names())]
    for name in [*names, *_SPELLED_OUT]:
        parts = re.split(r"[ .]", name)
        found[parts[0]] = max(found.get(parts[0], 0), 2 * len(parts))
    for short, full in (("st", "saint"), ("ste", "sainte"), ("ft", "fort"), ("mt", "mount")):
        found[full] = max(found.get(full, 0), found.get(short, 0))
    return found


_SPELLED_OUT: Final = ("dallas fort worth metroplex",)


def _slice_key(sentence: Sentence, said: list[Word], at: int, length: int) -> tuple[str, int, int]:
    start, end = said[at].start, said[at + length - 1].end
    return name_key(sentence.folded[start:end]), start, end


def _place_at(
    sentence: Sentence, said: list[Word], at: int, found: list[Draft], longest: int
) -> tuple[Draft, int] | None:
    """The longest place that begins at a word."""
    for length in range(min(longest, len(said) - at), 0, -1):
        part = said[at : at + length]
        if any(word.text in _BREAKS for word in part) or part[-1].text in ("-", "/"):
            continue
        key, start, end = _slice_key(sentence, said, at, length)
        if part[-1].text == "." and not _dotted(sentence.folded[start:end]):
            continue
        options = _options(sentence, key, start, end, length)
        if not options:
            continue
        within = _within(sentence, said, at + length, options)
        if within:
            place, last, used = within
            return drafted(sentence, place, (), start, last), length + used
        if key in FICTION:
            continue
        chosen = _believed(sentence, options, key, start, end, found)
        if chosen:
            extra = sum(1 for word in said[at + length :] if word.end <= chosen.marks["last"])
            return chosen, length + extra
    return None


def _dotted(text: str) -> bool:
    return bool(re.fullmatch(r"(?:[a-z]\.){2,}", text))


def _options(sentence: Sentence, key: str, start: int, end: int, length: int) -> list[Place]:
    """What a name may mean, the likeliest first."""
    written = sentence.text[start:end]
    rows = [cities()[row] for row in city_names().get(key, ())]
    wide = list(wide_names().get(key, ()))
    short = list(capital_names().get(written, ())) if length <= 3 and not sentence.text.isupper() else []
    if (
        not short
        and key in ("us", "la")
        and re.search(r"\b(?:in|the|across|from|remote,?|anywhere in)\s+(?:the\s+)?$|,\s*$", sentence.folded[:start])
    ):
        short = list(capital_names().get(key.upper(), ()))
    if key == "us" and not short:
        return []
    if short:
        return [one for one in short if isinstance(one, City)] + [one for one in short if not isinstance(one, City)]
    if not wide:
        return list(rows)
    areas = [one for one in wide if isinstance(one, Area)]
    if areas:
        return [*areas, *(one for one in wide if one not in areas)]
    state_said = _STATE_AFTER.match(sentence.folded, end) or _STATE_BEFORE.search(sentence.folded, 0, start)
    best = rows[0] if rows else None
    if best and not state_said and any(_city_first(best, one, key) for one in wide):
        return [best, *wide, *rows[1:]]
    return [*wide, *(row for row in rows if name_key(row.name) == key)]


def _city_first(city: City, wide: Place, key: str) -> bool:
    """Whether a name that a city shares with a state or a country means the city."""
    if isinstance(wide, Country):
        share = _OF_ITS_COUNTRY * country_population(wide.code)
        return city.country == wide.code and name_key(city.name) == key and city.population >= share
    if isinstance(wide, Region):
        inside = (city.country, city.admin1) == (wide.country, wide.admin1)
        own = name_key(city.name) == key
        return (own and (inside or city.population >= _BEATS_A_STATE)) or (inside and key in short_names())
    return False


def _within(sentence: Sentence, said: list[Word], at: int, options: list[Place]) -> tuple[City, int, int] | None:
    """A city bound by the state or country behind it: the city, where the words end, and how many were used."""
    choices = [one for one in options if isinstance(one, City)]
    if not choices or at >= len(said):
        return None
    comma = said[at].text in (",", "(", "-", "/")
    used = 1 if comma else 0
    for length in range(min(4, len(said) - at - used), 0, -1):
        part = said[at + used : at + used + length]
        if any(word.text in (USED, ",", ";", ")", "(") for word in part):
            continue
        key, start, end = _slice_key(sentence, said, at + used, length)
        if part[-1].text == "." and not _dotted(sentence.folded[start:end]):
            continue
        bounds = _bounds(sentence, key, start, end, comma)
        city = next((one for bound in bounds for one in choices if _in(one, bound)), None)
        if city:
            total, last = used + length, end
            if at + total < len(said) and said[at + total].text == ")" and said[at].text == "(":
                total, last = total + 1, said[at + total].end
            more = _within(sentence, said, at + total, [city]) if length else None
            return (city, more[1], total + more[2]) if more else (city, last, total)
    return None


def _bounds(sentence: Sentence, key: str, start: int, end: int, comma: bool) -> list[Region | Country]:
    """Regions and countries that words behind a city may name."""
    written = sentence.text[start:end].replace(".", "")
    found = [one for one in wide_names().get(key, ()) if isinstance(one, Region | Country)]
    upper = written.upper()
    lower_case = written == written.lower()
    if lower_case and key in (
        "or",
        "in",
        "me",
        "ok",
        "hi",
        "as",
        "la",
        "de",
        "id",
        "pa",
        "ma",
        "al",
        "co",
        "no",
        "us",
        "is",
        "it",
        "at",
    ):
        tail = sentence.folded[end:].strip()
        if key in ("or", "in", "as", "no", "is", "it", "at", "me", "hi") and not (
            comma and (not tail or tail.startswith(","))
        ):
            return found
        if not comma and key in ("ok", "de", "id", "us"):
            return found
    if len(upper) <= 3 and (written == upper or lower_case):
        found += [one for one in capital_names().get(upper, ()) if isinstance(one, Region | Country)]
        if comma and upper in country_codes():
            found.append(country_codes()[upper])
    return found


def _in(city: City, bound: Region | Country) -> bool:
    if isinstance(bound, Country):
        return city.country == bound.code
    return (city.country, city.admin1) == (bound.country, bound.admin1)


def _believed(
    sentence: Sentence, options: list[Place], key: str, start: int, end: int, found: list[Draft]
) -> Draft | None:
    """A place without a state behind it, if the words around it or its fame let it be one."""
    folded, best = sentence.folded, options[0]
    written = sentence.text[start:end]
    capital = written[:1].isupper() or sentence.text.islower() or sentence.text.isupper()
    said_so = (
        bool(_STRONG.search(folded, 0, start))
        or _follows_place(folded, found, start)
        or folded[end : end + 6] in ("-based", " based")
    )
    known = key in short_names() or written in capital_names()
    common = not known and (key in _WORDS or len(key) <= 2 or key in _term_names())
    if isinstance(best, City):
        if common and not (
            said_so and written[:1].isupper() and not sentence.text.isupper() and key not in _term_names()
        ):
            return None
        if not said_so and not (known or (capital and best.population >= _WELL_KNOWN and len(key) >= 4)):
            return None
        borrowed = not known and name_key(best.name) != key
        if borrowed and not said_so and not (written[:1].isupper() or _alone(folded, start, end)):
            return None
        if said_so and not capital and best.population < _WELL_KNOWN:
            return None
    elif (
        isinstance(best, Region) and len(written) <= 3 and not said_so and not re.search(r"[,(/]\s*$", folded[:start])
    ) or (
        isinstance(best, Region)
        and written in ("IN", "OR", "ME", "OK", "HI", "OH", "AB", "NB", "ON", "SA")
        and not said_so
    ):
        return None
    greater = _GREATER.search(folded, 0, start)
    tail = _AREA_AFTER.match(folded, end)
    others = alternatives(options)
    if isinstance(best, Region):
        tail = tail or _STATE_AFTER.match(folded, end) or _own_country(best, folded, end)
        state_of = _STATE_BEFORE.search(folded, 0, start)
        if state_of:
            sentence.claim(*state_of.span())
    last = tail.end() if tail and sentence.is_open(end, tail.end()) else end
    if greater and isinstance(best, City):
        area = Area(f"Greater {best.name}" + (" Area" if tail else ""), cities().index(best), GREATER_KM)
        return drafted(sentence, area, (), greater.start(), last)
    return drafted(sentence, best, others, start, end, last)


def _own_country(region: Region, folded: str, end: int) -> re.Match[str] | None:
    """The country behind a region, as in "Georgia, USA"."""
    country = _COUNTRY_AFTER.match(folded, end)
    if country and Country(country_codes()[region.country].name, region.country) in wide_names().get(
        name_key(country.group(1)), ()
    ):
        return country
    return None


_COUNTRY_AFTER: Final = re.compile(r"\s*,\s*(u\.?s\.?a?|united states(?: of america)?|uk|[a-z]+)(?=\W|$)")


def _alone(folded: str, start: int, end: int) -> bool:
    """Whether a name stands between commas."""
    return folded[:start].rstrip()[-1:] in ("", ",", ";", "(", "|", "-") and folded[end:].lstrip()[:1] in (
        "",
        ",",
        ";",
        ")",
        "|",
        "-",
        ".",
    )


@cache
def _term_names() -> frozenset[str]:
    """Names of tools, languages and the like, which are not taken for towns that share them."""
    return frozenset(fold(name) for term in EVERY_TERM for name in (term.label, *term.aliases) if name[0] != "=")


def _follows_place(folded: str, found: list[Draft], start: int) -> bool:
    if not found:
        return False
    between = folded[found[-1].marks.get("last", found[-1].end) : start]
    return len(between) < 30 and bool(_JOINED.fullmatch(between)) and bool(between.strip())
