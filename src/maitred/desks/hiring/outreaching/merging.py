"""A letter from a template: places filled, unknown ones refused, and below it what is owed to its reader."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACES = ("first_name", "title", "team", "site", "pay", "sender")
_PLACE = re.compile(r"\{([^{}]*)\}")


def unknown(text: str) -> str:
    """The first place that nobody can fill; empty where there is none.

    >>> unknown("Dear {first_name}, we look for a {titel}")
    'titel'
    """
    return next((one for one in _PLACE.findall(text) if one not in PLACES), "")


def merged(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; what is filled in is never read as a place again.

    >>> merged("Dear {first_name}", {"first_name": "{pay}"})
    'Dear {pay}'
    """
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def footer(source: str, basis: str, stop: str, yours: str) -> str:
    """What stands below every letter: from where the data are, how to see them, how to stop."""
    grounds = {
        "applicant": "you applied to us", "talent_pool": "you joined our talent pool", "employee": "you work with us",
        "referral": "somebody recommended you to us", "licensed": "a service licensed it to us",
        "synthetic": "it is made up, for a demonstration",
    }  # fmt: skip
    told = f"We have your profile from: {source or 'our own records'} ({grounds.get(basis, basis)})."
    return f"\n\n--\n{told}\nYour own page, to ask for something: {yours}\nNo more letters, with one click: {stop}\n"


def one_line(text: str) -> str:
    """A text for a subject line."""
    return " ".join(text.split())
