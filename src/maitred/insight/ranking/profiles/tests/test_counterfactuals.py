"""Who somebody is never changes what is read of them: 10,000 pairs, and planted leaks that the check must find."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from maitred.insight.ranking.profiles import extract
from maitred.insight.ranking.profiles.planting import people

DAY = date(2026, 5, 20)
PAIRS = 10_000
Document = dict[str, Any]
Extract = Callable[[Mapping[str, Any]], str]

_NAMES = (
    "Paris Texas",
    "Manager Singh",
    "Jordan London",
    "Zoë Ñandú",
    "Emily Baker",
    "Lakisha Washington",
    "Brad Sales",
    "Excel Jira",
)
_STREETS = ("Dallas", "Austin", "Paris", "Dublin", "Zendesk")
_CLUBS = ("women's chess club", "men's chess club", "sorority alumnae", "black engineers network", "veterans group")
_COLLEGES = ("Smith Women's College", "Morehouse College", "Austin Community College", "Universidad de Salamanca")


def _name(document: Document, pick: random.Random) -> None:
    document["basics"]["name"] = pick.choice(_NAMES)


def _pronoun(document: Document, pick: random.Random) -> None:
    document["basics"]["pronouns"] = pick.choice(("she/her", "he/him", "they/them"))
    _sentence(document, pick.choice(("She was promoted twice.", "He was promoted twice.", "They were promoted twice.")))


def _street(document: Document, pick: random.Random) -> None:
    document["basics"]["location"] |= {
        "address": f"{pick.randrange(999)} {pick.choice(_STREETS)} Road",
        "postalCode": str(pick.randrange(10**5)),
    }


def _photo(document: Document, pick: random.Random) -> None:
    document["basics"]["image"] = f"https://people.example/{pick.randrange(999)}.jpg"


def _birth(document: Document, pick: random.Random) -> None:
    year = pick.randrange(1950, 2004)
    document["basics"]["birthDate"] = f"{year}-03-01"
    for one in document.get("education", []):
        one["startDate"], one["endDate"] = str(year + 18), str(year + 22)
    _sentence(document, f"Born in {year}, {2026 - year} years old, class of {year + 22}.")


def _marital(document: Document, pick: random.Random) -> None:
    document["basics"]["maritalStatus"] = pick.choice(("married", "single"))
    _sentence(document, pick.choice(("Married, mother of two.", "Divorced, father of three.", "Widowed.")))


def _club(document: Document, pick: random.Random) -> None:
    document["interests"] = [{"name": pick.choice(_CLUBS)}]
    document["volunteer"] = [{"organization": pick.choice(_CLUBS), "position": "Support Manager", "startDate": "1999"}]
    _sentence(document, f"Founded the {pick.choice(_CLUBS)} and ran its Zendesk.")


def _college(document: Document, pick: random.Random) -> None:
    for one in document.get("education", []):
        one["institution"] = pick.choice(_COLLEGES)


def _accents(document: Document, pick: random.Random) -> None:
    document["basics"]["name"] = pick.choice(("José Núñez", "Jose Nunez", "Zoë Müller", "Zoe Muller"))


ATTRIBUTES = (_name, _pronoun, _street, _photo, _birth, _marital, _club, _college, _accents)


def _sentence(document: Document, said: str) -> None:
    if document["work"]:
        job = document["work"][0]
        job["summary"] = f"{job.get('summary', '')} {said}".strip()


def _pairs(n: int, seed: int) -> Iterator[tuple[str, Document, Document]]:
    """The same person with one attribute set in two ways."""
    pick = random.Random(seed)
    for number, one in enumerate(people(n, seed)):
        change = ATTRIBUTES[number % len(ATTRIBUTES)]
        first, second = copy.deepcopy(one.document), copy.deepcopy(one.document)
        change(first, pick)
        change(second, pick)
        yield change.__name__, first, second


def _shifts(n: int, seed: int, read: Extract) -> dict[str, int]:
    """How often two of a pair are read differently, by what differs."""
    found: dict[str, int] = {}
    for name, first, second in _pairs(n, seed):
        if first != second and read(first) != read(second):
            found[name] = found.get(name, 0) + 1
    return found


def _read(document: Mapping[str, Any]) -> str:
    return extract(document, as_of=DAY).sha256


def test_a_thousand_pairs_are_read_alike() -> None:
    assert _shifts(PAIRS // 10, 17, _read) == {}


@pytest.mark.slow
def test_ten_thousand_pairs_are_read_alike() -> None:
    assert _shifts(PAIRS, 91_733, _read) == {}


def test_a_planted_leak_is_found() -> None:
    def by_name(document: Mapping[str, Any]) -> str:
        return _read(document) + str(len(document["basics"].get("name", "")) % 2)

    def by_street(document: Mapping[str, Any]) -> str:
        leaking = copy.deepcopy(dict(document))
        leaking["basics"]["location"] = {"city": str(leaking["basics"]["location"].get("address", "")).split()[1]}
        return _read(leaking)

    def by_graduation(document: Mapping[str, Any]) -> str:
        return _read(document) + "".join(str(one.get("endDate")) for one in document.get("education", []))

    def by_club(document: Mapping[str, Any]) -> str:
        return _read({**document, "skills": document.get("interests", [])})

    assert "_name" in _shifts(600, 4, by_name)
    assert "_street" in _shifts(600, 4, by_street)
    assert "_birth" in _shifts(600, 4, by_graduation)
    assert by_club({"work": [], "interests": [{"name": "Jira"}]}) != by_club(
        {"work": [], "interests": [{"name": "chess"}]}
    )


def test_the_same_holds_in_plain_texts() -> None:
    body = "\n\nEXPERIENCE\nSupport Manager, Acme, 2018-01 - 2020-12\nUsed Jira.{}\n\nEDUCATION\nBachelor of Arts, {}\n"
    heads = [
        "Paris Texas\nShe/her\n12 Austin Street\nDate of birth: 1980",
        "Manager Singh\nHe/him\nNationality: X\n9 Dublin Road, 12345",
        "Zoë Ñandú\nMarried, two children\nZendesk Avenue 7",
    ]
    tails = ["", " Captain of the women's rugby club with Zendesk.", " Captain of the men's choir, Freshdesk."]
    read = {
        _read({"text": head + body.format(tail, college)}) for head in heads for tail in tails for college in _COLLEGES
    }
    assert len(read) == 1
