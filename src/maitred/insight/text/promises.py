"""What an agent promised for a time, and whether the customer heard from somebody by then: for nobody to be forgotten.

Found by rules that are data (``promises.toml``), for English and German: the sentence promises, and says until when.
The deadline is told in the zone of who wrote it. A helpdesk shows that somebody answered; whether a parcel came it does
not show, and then it "cannot be told". Kinds of a promise are a word to the customer (``reply``) and a deed.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from maitred.insight.text import times
from maitred.insight.text.zones import own_words

Kind: TypeAlias = Literal["reply", "deed"]
Kept: TypeAlias = Literal["kept", "not_kept", "cannot_tell", "running"]
GRACE = timedelta(hours=2)
"""So much later than promised is not late: nobody counts minutes."""
MOST = 20
"""Promises of one message that are looked at."""
_LONGEST = 20_000
_SENTENCE = re.compile(
    r"(?:[^.!?\r\n]|[.](?=[\w.])|(?<=\d)\.(?=\s?[a-zäöü])|(?<=[ap]\.m)\.)+[.!?]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A dated promise.

    Attributes
    ----------
    start, end
        The sentence that promises, ``[start, end)`` in code points of the text as stored.
    time_start, time_end
        The words in it that say until when.
    due_at
        The last instant of what was promised.
    kind
        A word to the customer, or a deed that a helpdesk may not show.
    """

    start: int
    end: int
    time_start: int
    time_end: int
    due_at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class After:
    """What the staff said publicly after a promise: when, and whether it says that something was done."""

    at: datetime
    says_done: bool = False


def promises(text: str, sent_at: datetime, zone: ZoneInfo) -> list[Promise]:
    """The dated promises of an agent's message.

    Parameters
    ----------
    text
        The message as stored.
    sent_at
        When it was sent.
    zone
        In which zone its author tells times.

    Examples
    --------
    >>> sent = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    >>> [found] = promises("Hi Jo. I will call you by Thursday.", sent, ZoneInfo("Europe/Berlin"))
    >>> found.kind, found.due_at.isoformat()
    ('reply', '2026-03-12T22:59:59+00:00')
    """
    own = own_words(text[:_LONGEST])
    local = sent_at.astimezone(zone)
    found: list[Promise] = []
    for start, end in _sentences(own):
        one = _promise(own, start, end, local)
        if one is not None:
            found.append(one)
            if len(found) == MOST:
                break
    return found


def kept(promise: Promise, after: Sequence[After], rests: bool, as_of: datetime) -> Kept:
    """Whether a promise was kept, as far as the helpdesk shows it.

    Parameters
    ----------
    after
        What the staff said publicly after it, in order.
    rests
        Whether the ticket waited for the customer, or was over, when it fell due: then nothing was owed.
    as_of
        Up to when everything is known.
    """
    limit = promise.due_at + GRACE
    inside = [one for one in after if one.at <= limit]
    if promise.kind == "reply" and inside:
        return "kept"
    if any(one.says_done for one in inside):
        return "kept"
    if as_of <= limit:
        return "running"
    if promise.kind == "deed" or rests:
        return "cannot_tell"
    return "not_kept"


def says_done(text: str) -> bool:
    """Whether a message says that something was done."""
    own = own_words(text[:_LONGEST])
    return any(one.search(own) for one in _patterns()["done"])


def model_id() -> str:
    """Which edition of the rules speaks."""
    digest = hashlib.sha256(_source() + times.edition())
    return f"promises-{digest.hexdigest()[:12]}"


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for found in _SENTENCE.finditer(text):
        told = found.group()
        if told.strip() and len(told) <= 1_000:
            yield found.start() + len(told) - len(told.lstrip()), found.start() + len(told.rstrip())


def _promise(own: str, start: int, end: int, local: datetime) -> Promise | None:
    said = own[start:end]
    named = times.latest(said, local)
    if named is None:
        return None
    patterns = _patterns()
    # What stands in the time itself ("before the end of the day") says nothing about who promises.
    around = f"{said[: named.start]}then{said[named.end :]}"
    if any(one.search(around) for one in patterns["never"]) or not any(one.search(around) for one in patterns["says"]):
        return None
    kind: Kind = "reply" if any(one.search(said) for one in patterns["reply"]) else "deed"
    due = named.until.astimezone(UTC)
    return Promise(start, end, start + named.start, start + named.end, due, kind)


@cache
def _source() -> bytes:
    return Path(__file__).with_suffix(".toml").read_bytes()


@cache
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    read: dict[str, dict[str, list[str]]] = tomllib.loads(_source().decode("utf-8"))
    return {group: [re.compile(one, re.IGNORECASE) for one in of["any"]] for group, of in read.items()}
