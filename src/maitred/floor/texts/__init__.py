"""What people write on the simulated floor: subjects and messages, with the personal data in them marked exactly.

For the records of a simulated organisation. A message depends on the seed and on its own row, never on the batch it is
written in. The texts prove plumbing, recall on planted personal data and stability; they are no evidence of quality on
the language of real customers.

Every name, mail address, order number and so on in a text has its span, whoever writes it: customers write what their
bits say, agents greet by name and sign with theirs. Long numbers without a span are no cards: they fail the check digit
or begin with 0, which no issuer uses. Internal notes are in English, the language of the team.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from maitred.base.errors import Invalid
from maitred.floor.logbook import Intent
from maitred.floor.texts.topics import TOPICS
from maitred.floor.texts.words import LANGUAGES

if TYPE_CHECKING:
    from maitred.floor.texts.grammar import Grammar

__all__ = [
    "LANGUAGES",
    "SPAN_KINDS",
    "TOPICS",
    "Behaviour",
    "Intent",
    "Pii",
    "Role",
    "Texts",
    "Turns",
    "emails",
    "names",
    "phones",
    "phrases_used",
    "subjects",
    "write",
]

SPAN_KINDS = ("name", "email", "phone", "address", "card", "iban", "order", "password")
"""Kinds of spans, in the order of their bits."""

PersonKind = Literal["customer", "agent", "account"]
_KINDS: dict[str, int] = {"customer": 1, "agent": 2, "account": 3}
_LARGEST_STRING = 2**31 - 1


class Role(IntEnum):
    """Who writes."""

    CUSTOMER = 0
    AGENT = 1
    BOT = 2


class Behaviour(IntFlag):
    """What an agent's message shows."""

    GREETING = 1
    ACKNOWLEDGED = 2
    APOLOGY = 4
    OWNERSHIP = 8
    NEXT_STEP = 16
    TIME_PROMISE = 32
    CLOSING = 64


class Pii(IntFlag):
    """Which personal data a customer writes."""

    NAME = 1
    EMAIL = 2
    PHONE = 4
    ADDRESS = 8
    CARD = 16
    IBAN = 32
    ORDER = 64
    PASSWORD = 128


@dataclass(frozen=True, slots=True)
class Turns:
    """Messages to write, one entry per message; arrays of equal length.

    ``key`` is the stable identity of the message and, with the seed, the only source of chance; what a whole ticket
    speaks of (the problem, its numbers) follows from ``ticket``, who writes it from ``customer`` and ``agent``.
    A turn that its writer cannot take, such as an agent's ``ASK`` or a customer's ``SOLVE``, becomes the nearest one.
    """

    key: NDArray[np.uint64]
    ticket: NDArray[np.int64]
    topic: NDArray[np.int32]
    """Index into the topics handed to ``write``."""
    role: NDArray[np.int8]
    intent: NDArray[np.int8]
    tone: NDArray[np.int8]
    """The customer's sentiment, -2 to 2."""
    language: NDArray[np.int8]
    """Index into ``LANGUAGES``."""
    length: NDArray[np.int8]
    """0 short, 1 middle, 2 long."""
    behaviours: NDArray[np.uint8]
    """``Behaviour`` bits; read for agents and bots."""
    pii: NDArray[np.uint8]
    """``Pii`` bits; read for customers. On an agent's turn only ``ORDER`` counts: the number may be named."""
    customer: NDArray[np.int64]
    agent: NDArray[np.int64]
    """Number of the agent, or -1."""
    quoted: NDArray[np.bool_]
    """Whether the turn before is quoted below."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Written messages; ``message`` in both tables is the place of the message in the batch."""

    bodies: pa.Array
    spans: pa.Table
    """``message i8, start i4, end i4, kind s``: half open, in code points."""
    promises: pa.Table
    """``message i8, due_in_s i8``: one row for each promised time."""


def write(turns: Turns, seed: int, topics: Sequence[str]) -> Texts:
    """Writes the messages of a batch.

    Parameters
    ----------
    turns
        About 200,000 turns at a time keep the memory below half a gigabyte.
    seed
        Seed of the world.
    topics
        Slugs that ``turns.topic`` points into; each has to be in the catalogue.

    Raises
    ------
    Invalid
        For a topic that the catalogue does not have, or a column with a number outside its range.
    """
    out, ends, found, promised, _ = _composed(turns, seed, topics, keep_phrases=False)
    message, start, end, kind = (np.ascontiguousarray(found[:, column]) for column in range(4))
    kinds = pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(SPAN_KINDS)).cast(pa.string())
    spans = pa.table({"message": message.astype(np.int64), "start": start, "end": end, "kind": kinds})
    due = np.flatnonzero(promised)
    promises = pa.table({"message": due.astype(np.int64), "due_in_s": promised[due]})
    return Texts(_strings(out, ends), spans, promises)


def phrases_used(turns: Turns, seed: int, topics: Sequence[str]) -> list[tuple[int, ...]]:
    """The skeleton of each message: the numbers of its phrases in the order in which they are said."""
    used = _composed(turns, seed, topics, keep_phrases=True)[-1].reshape(len(turns.key), -1)
    return [tuple(row[row >= 0].tolist()) for row in used]


def subjects(
    topic: ArrayLike,
    key: ArrayLike,
    language: ArrayLike,
    seed: int = 0,
    topics: Sequence[str] | None = None,
) -> pa.Array:
    """A subject line for each ticket.

    Parameters
    ----------
    topic
        Index into ``topics``, or into ``TOPICS`` where none are given.
    key
        The ticket's number: with it and the seed of ``write`` a subject names the same numbers as the messages.
    language
        Index into ``LANGUAGES``.
    """
    from maitred.floor.texts.messages import compose_subjects

    slugs = [words.slug for words in TOPICS] if topics is None else topics
    tongue = np.asarray(language, np.int8)
    _within("language", tongue, 0, len(LANGUAGES) - 1)
    places = _places(slugs, np.asarray(topic))
    return _strings(*compose_subjects(_words(), _signed(seed), np.asarray(key).astype(np.uint64), places, tongue))


def names(kind: PersonKind, numbers: ArrayLike) -> pa.Array:
    """Invented names by number: of customers and agents (people) and of accounts (companies)."""
    from maitred.floor.texts.messages import NAME_OF

    return _people(NAME_OF, kind, numbers)


def emails(kind: Literal["customer", "agent"], numbers: ArrayLike) -> pa.Array:
    """The mail addresses that customers write, and those of agents, by number; no two are alike within a kind."""
    from maitred.floor.texts.messages import EMAIL_OF

    return _people(EMAIL_OF, kind, numbers)


def phones(kind: Literal["customer", "agent"], numbers: ArrayLike) -> pa.Array:
    """The phone numbers that customers write, by number; all from 555-01xx, so many people share one."""
    from maitred.floor.texts.messages import PHONE_OF

    return _people(PHONE_OF, kind, numbers)


def _people(what: int, kind: str, numbers: ArrayLike) -> pa.Array:
    from maitred.floor.texts.messages import compose_people

    if kind not in _KINDS:
        raise Invalid(f"There are no names of the kind {kind!r}", f"Use one of {', '.join(_KINDS)}")
    return _strings(*compose_people(_words(), what, _KINDS[kind], np.asarray(numbers, np.int64)))


def _composed(turns: Turns, seed: int, topics: Sequence[str], *, keep_phrases: bool) -> tuple[Any, ...]:
    from maitred.floor.texts.messages import compose

    _check(turns)
    columns = {entry.name: getattr(turns, entry.name) for entry in fields(Turns)}
    columns["topic"] = _places(topics, turns.topic)
    for name, kind in _TYPES.items():
        columns[name] = np.ascontiguousarray(columns[name], dtype=kind)
    composed: tuple[Any, ...] = compose(_words(), _signed(seed), *columns.values(), keep_phrases)
    return composed


_TYPES: dict[str, Any] = {
    "key": np.uint64,
    "ticket": np.int64,
    "topic": np.int64,
    "role": np.int8,
    "intent": np.int8,
    "tone": np.int8,
    "language": np.int8,
    "length": np.int8,
    "behaviours": np.uint8,
    "pii": np.uint8,
    "customer": np.int64,
    "agent": np.int64,
    "quoted": np.bool_,
}


def _words() -> Grammar:
    from maitred.floor.texts.grammar import grammar

    return grammar()


def _signed(seed: int) -> int:
    """The seed's 64 bits as the compiled functions take them."""
    return int(np.array(seed % 2**64, np.uint64).astype(np.int64))


def _places(topics: Sequence[str], topic: NDArray[Any]) -> NDArray[np.int64]:
    """The place in the catalogue of each turn's topic."""
    known = {words.slug: place for place, words in enumerate(TOPICS)}
    for slug in topics:
        if slug not in known:
            raise Invalid(f"The topic {slug!r} has no texts", f"Use one of {', '.join(known)}")
    _within("topic", topic, 0, len(topics) - 1)
    places: NDArray[np.int64] = np.array([known[slug] for slug in topics], np.int64)[topic]
    return places


def _check(turns: Turns) -> None:
    sizes = {entry.name: len(getattr(turns, entry.name)) for entry in fields(Turns)}
    if len(set(sizes.values())) != 1:
        raise Invalid(f"The columns of the turns differ in length: {sizes}", "Give each message one entry per column")
    _within("role", turns.role, 0, max(Role))
    _within("intent", turns.intent, 0, max(Intent))
    _within("tone", turns.tone, -2, 2)
    _within("language", turns.language, 0, len(LANGUAGES) - 1)
    _within("length", turns.length, 0, 2)
    _within("customer", turns.customer, 0, 10**15)
    _within("agent", turns.agent, -1, 10**15)


def _within(name: str, values: NDArray[Any], lowest: int, highest: int) -> None:
    if len(values) and not (lowest <= values.min() and values.max() <= highest):
        raise Invalid(
            f"The column {name} holds numbers from {values.min()} to {values.max()}",
            f"Keep them between {lowest} and {highest}",
        )


def _strings(out: NDArray[np.uint8], ends: NDArray[np.int64]) -> pa.Array:
    """The texts between the ends, without copying them once more."""
    large = ends[-1] > _LARGEST_STRING
    offsets = ends if large else ends.astype(np.int32)
    data = pa.py_buffer(out[: ends[-1]])
    kind = pa.large_string() if large else pa.string()
    return pa.Array.from_buffers(kind, len(ends) - 1, [None, pa.py_buffer(offsets), data])
