"""One conversation read message by message: language, the customer's tone, what agents showed and promised.

For the desk that watches conversations and for its search. Each message is read with what came before it, never with
what came later. Of agents it says what they wrote, never how they feel: tone is told of customers alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from maitred.insight.text import behaviours as seen
from maitred.insight.text import dissatisfaction, promises, sentiment, zones
from maitred.insight.text.behaviours import Seen, Turn
from maitred.insight.text.dissatisfaction import Moment
from maitred.insight.text.encoders import Lexical
from maitred.insight.text.language import language_of
from maitred.insight.text.personal import Placeholders, redact
from maitred.insight.text.promises import Promise
from maitred.insight.text.zones import own_words
from maitred.sync.screen import DETECTOR_VERSION, Known, screen_text

Kind: TypeAlias = Literal["customer", "agent", "bot", "system", "unknown"]
Flag: TypeAlias = Literal["", "empty", "only_quoted", "huge", "binary"]
LONGEST = 20_000
"""Characters of a message that are read; a longer one says so."""
BEFORE = 40
"""Messages before one that are looked at."""
_BINARY = 0.1
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
"""Characters that no text has: controls, and what stands for bytes that are none."""
_EDITION = 1


@dataclass(frozen=True, slots=True)
class Said:
    """A message to be read.

    Attributes
    ----------
    kind
        Who wrote it.
    author
        Their id, for what they usually write.
    zone
        In which zone they tell times.
    prior
        Their language, as far as their record says.
    """

    id: str
    kind: Kind
    public: bool
    sent_at: datetime
    text: str
    author: str = ""
    zone: str = "UTC"
    prior: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What a message says.

    Attributes
    ----------
    flag
        Why little or nothing could be read: ``empty``, ``only_quoted``, ``huge`` (its beginning was read), ``binary``.
    own
        Characters of the author's own new words.
    language, language_p
        None where the text does not say.
    unhappy
        Of a customer's public message: how likely they are unhappy with the service here. Not calibrated.
    seen, promises, says_done
        Of an agent's or a bot's public message.
    masked
        The author's own words with personal data replaced, for searching.
    """

    id: str
    flag: Flag
    own: int
    language: str | None
    language_p: float
    unhappy: float | None
    seen: tuple[Seen, ...] = ()
    promises: tuple[Promise, ...] = ()
    says_done: bool = False
    masked: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation to be read: its messages in order, and what its record says of the people in it."""

    said: tuple[Said, ...]
    subject: str = ""
    known: Known = field(default_factory=Known)


def read(talks: Sequence[Talk], habits: Mapping[str, Sequence[str]] | None = None) -> list[list[Read]]:
    """Read conversations.

    Parameters
    ----------
    habits
        Other messages of an agent by their id, from which boilerplate is told.

    Examples
    --------
    >>> from datetime import UTC
    >>> sent = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    >>> talk = Talk((Said("1", "agent", True, sent, "I will check it by Friday."),))
    >>> [[one]] = read([talk])
    >>> one.language, len(one.promises), [each.behaviour for each in one.seen if each.verdict == "present"]
    ('en', 1, ['owns_next_step', 'gives_time'])
    """
    found: list[list[Read]] = []
    moments: list[Moment] = []
    places: list[tuple[int, int]] = []
    for number, talk in enumerate(talks):
        rows, mine = _talk(talk, habits or {})
        found.append(rows)
        places += [(number, place) for place, _ in mine]
        moments += [moment for _, moment in mine]
    if moments:
        for (number, place), p in zip(places, tone().chances(moments), strict=True):
            found[number][place] = _toned(found[number][place], p)
    return found


def tone_model_id() -> str:
    """Which model tells dissatisfaction."""
    return "start-lexical"


@cache
def rules_id() -> str:
    """A hash of every rule that a reading depends on: what was read by other rules is read anew."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(f"{_EDITION}:{DETECTOR_VERSION}:{seen.model_id()}:{promises.model_id()}".encode())
    for name in ("zones.py", "zones.toml", "sentiment.toml", "dissatisfaction.py", "language.py", "personal.py",
                 "strangers.py", "turns.py"):  # fmt: skip
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def readable(text: str) -> tuple[str, Flag]:
    """The part of a message that can be read, and why it is not the whole.

    >>> readable("  "), readable("Hello")
    (('', 'empty'), ('Hello', ''))
    """
    if not text or not text.strip():
        return "", "empty"
    head = text[:LONGEST]
    if len(_ODD.findall(head)) > _BINARY * len(head):
        return "", "binary"
    return head, "huge" if len(text) > LONGEST else ""


@cache
def tone() -> dissatisfaction.Start:
    """The model of the customer's tone: a start model, not yet checked on anybody's data."""
    return dissatisfaction.Start(sentiment.start(Lexical()))


def _talk(talk: Talk, habits: Mapping[str, Sequence[str]]) -> tuple[list[Read], list[tuple[int, Moment]]]:
    rows: list[Read] = []
    moments: list[tuple[int, Moment]] = []
    before: list[Turn] = []
    said: list[str] = []
    answered: list[str] = []
    numbers = Placeholders()
    prior: dict[str, str] = {}
    for place, one in enumerate(talk.said):
        text, flag = readable(one.text)
        own = own_words(text)
        plain = " ".join(own.split())
        if text and not plain:
            flag = "only_quoted"
        language = language_of(text, None, prior.get(one.kind) or one.prior) if plain else None
        if language is not None and language.code is not None and language.p > 0.9:
            prior[one.kind] = language.code
        staff = one.kind in ("agent", "bot") and one.public
        rows.append(
            Read(
                one.id, flag, len(plain), None if language is None else language.code,
                0.0 if language is None else round(language.p, 4), None,
                _shown(one, text, before, talk, habits, language.code if language else None) if staff and plain else (),
                tuple(promises.promises(text, one.sent_at, _zone(one.zone))) if staff and plain else (),
                staff and bool(plain) and promises.says_done(text), _masked(own, talk.known, numbers),
            )
        )  # fmt: skip
        if not one.public or not plain:
            continue
        if one.kind == "customer":
            moments.append((place, Moment(plain, tuple(said[-BEFORE:]), tuple(answered[-BEFORE:]))))
            said.append(plain)
            before.append(Turn("customer", text))
        elif staff:
            answered.append(plain)
            before.append(Turn("agent", text))
    return rows, moments


def _shown(
    one: Said, text: str, before: Sequence[Turn], talk: Talk, habits: Mapping[str, Sequence[str]], language: str | None
) -> tuple[Seen, ...]:
    """What an agent's message shows; the patterns are English, of other languages nothing is said."""
    if language not in ("en", None):
        return ()
    return tuple(seen.behaviours(text, before[-BEFORE:], habits.get(one.author, ()), talk.known.names, talk.subject))


def _masked(own: str, known: Known, numbers: Placeholders) -> str:
    """Own words without card numbers and without anything else personal, in one line."""
    if not own.strip():
        return ""
    screened = screen_text(own).text
    return " ".join(redact(screened, known=known, placeholders=numbers)[0].split())


def _toned(row: Read, p: float) -> Read:
    return Read(row.id, row.flag, row.own, row.language, row.language_p, p, row.seen, row.promises, row.says_done,
                row.masked)  # fmt: skip


@cache
def _zone(key: str) -> ZoneInfo:
    return ZoneInfo(key)


def zones_of(text: str) -> list[zones.Zone]:
    """The zones of a message as far as it can be read."""
    return zones.zones(readable(text)[0])
