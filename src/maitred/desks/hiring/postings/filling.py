"""Fills a template with what was typed: the keys, what each takes, and what is refused with the reason."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date

from maitred.base.errors import UsageError
from maitred.desks.hiring.postings import roles
from maitred.desks.hiring.postings.shapes import JOB_TYPES, TEMPLATE, UNITS, Posting

PLACES: dict[str, tuple[str, str]] = {
    **{name: ("head", name) for name in ("title", "organization", "location", "job_type", "reports_to")},
    "about": ("about", "text"),
    **{f"salary.{name}": ("salary", name) for name in ("min", "max", "currency", "unit", "bonus", "source")},
    "benefits": ("salary", "benefits"),
    **{f"apply.{name}": ("apply", name) for name in ("email", "link", "phone", "documents", "accessibility")},
    "closing_date": ("apply", "closing_date"),
}
"""Key of ``--set`` → block and field."""
KEYS = tuple(PLACES)
LONGEST = 4_000
_AMOUNT = re.compile(r"(\d{1,3}(?:[,. ]\d{3})+|\d+)(?:\.(\d{1,2}))?")
_JOB_WORDS = {"fulltime": "full-time", "parttime": "part-time", "contractor": "contract", "temporary": "contract"}
_UNIT_WORDS = {
    "yearly": "year", "annual": "year", "annually": "year", "annum": "year", "yr": "year", "monthly": "month",
    "weekly": "week", "daily": "day", "hourly": "hour", "hr": "hour",
}  # fmt: skip


def filled(template: str, given: Iterable[tuple[str, str]], organization: str = "") -> Posting:
    """A template with values.

    Parameters
    ----------
    given
        Keys of ``KEYS`` with what was typed; a later one replaces an earlier one.
    organization
        Who hires, where nothing else is given.

    Raises
    ------
    UsageError
        An unknown key, or a value that a field cannot hold.
    NotFound
        An unknown template.
    """
    made = roles.posting(template)
    values = dict(given)
    if organization and "organization" not in values:
        made = _put(made, "organization", organization, TEMPLATE)
    for key, value in values.items():
        made = _put(made, key, taken(key, value))
    return made


def pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    """``key=value`` as a pair.

    Raises
    ------
    UsageError
        A word without ``=``.
    """
    found = []
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise UsageError(f"--set {word} is not KEY=VALUE", 'write for instance --set location="Austin, TX"')
        found.append((key.strip(), value.strip()))
    return found


def taken(key: str, value: str) -> str:
    """A value as its field holds it: amounts without signs, units and job types by their names, days as ISO dates.

    Examples
    --------
    >>> taken("salary.min", "$ 65,000"), taken("job_type", "Full time"), taken("salary.unit", "per hour")
    ('65000', 'full-time', 'hour')
    """
    if key not in PLACES:
        raise UsageError(f"a posting has no field {key!r}", f"take one of {', '.join(KEYS)}")
    text = value.strip()
    if len(text) > LONGEST:
        raise UsageError(f"{key} is longer than {LONGEST} characters", "shorten it")
    if not text:
        return ""
    return _READERS.get(key, lambda _key, words: words)(key, text)


def _put(posting: Posting, key: str, value: str, source: str = "typed") -> Posting:
    block, name = PLACES[key]
    found = posting.block(block)
    assert found is not None
    return posting.with_block(found.holding(name, value, source))


def amount(text: str) -> float | None:
    """An amount of money without its sign; ``None`` where there is no single one.

    Examples
    --------
    >>> amount("$65,000"), amount("31.50"), amount("from 3 to 4"), amount("72k")
    (65000.0, 31.5, None, 72000.0)
    """
    bare = re.sub(r"(?i)\b[A-Z]{3}\b|[$€£]", "", text).strip()
    thousands = bool(re.fullmatch(r"\d+(?:\.\d+)?\s*[kK]", bare))
    if thousands:
        return float(bare.rstrip("kK ").strip()) * 1_000
    found = _AMOUNT.fullmatch(bare)
    if found is None:
        return None
    whole = float(re.sub(r"[,. ]", "", found[1]) + (f".{found[2]}" if found[2] else ""))
    return whole if math.isfinite(whole) else None


def written(value: float) -> str:
    """An amount as a field holds it: whole where it is whole."""
    return str(int(value)) if value == int(value) else f"{value:.2f}"


def _amount(key: str, text: str) -> str:
    found = amount(text)
    if found is None or not 0 < found < 1e9:
        raise UsageError(f"{key}={text} is no amount", "write a number such as 65000")
    return written(found)


def _currency(key: str, text: str) -> str:
    code = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}.get(text, text.upper())
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise UsageError(f"{key}={text} is no currency", "write its three letters, such as USD")
    return code


def _unit(key: str, text: str) -> str:
    word = re.sub(r"^(?:per|a|an|/)\s*", "", text.casefold().strip())
    word = _UNIT_WORDS.get(word, word)
    if word not in UNITS:
        raise UsageError(f"{key}={text} is no unit of time", f"take one of {', '.join(UNITS)}")
    return word


def _job_type(key: str, text: str) -> str:
    word = "-".join(text.casefold().replace("_", " ").replace("-", " ").split())
    word = _JOB_WORDS.get(word.replace("-", ""), word)
    if word not in JOB_TYPES:
        raise UsageError(f"{key}={text} is no type of job", f"take one of {', '.join(JOB_TYPES)}")
    return word


def _day(key: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{key}={text} is no day", "write it as YYYY-MM-DD") from error


_READERS = {
    "salary.min": _amount, "salary.max": _amount, "salary.currency": _currency, "salary.unit": _unit,
    "job_type": _job_type, "closing_date": _day,
}  # fmt: skip
