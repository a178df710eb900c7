"""Saying a phrase: which one, its alternatives, its slots, and now and then a slip of the writer's finger."""

from __future__ import annotations

import numpy as np

from maitred.floor.texts import parts, slots
from maitred.floor.texts.compiling import inner
from maitred.floor.texts.grammar import CHOICE, LITERAL, ORDER_ONLY, SLOT
from maitred.floor.texts.pen import (
    ADDRESS,
    FLAGS,
    GAP,
    LANGUAGE,
    MESSAGE,
    ORDER,
    ORDER_SHOWN,
    PLAN_ROOM,
    PLANNED,
    QUOTED,
    ROLE,
    SIGNS,
    SPACE,
    SPAN_FROM,
    TOPIC,
    TYPOS,
    Pen,
    after,
    below,
    gap,
    message_word,
    mistyped,
    piece,
    span_ends,
    ticket_word,
)
from maitred.floor.texts.values import value

TYPO_OF_1024 = 90
"""How often a careless writer's piece of text gets a slip, of 1,024 (before the writer's own care)."""


@inner
def count(pen: Pen, part: int) -> int:
    """How many phrases the part has for this topic and language."""
    return int(pen.grammar.parts[pen.state[LANGUAGE], pen.state[TOPIC], part, 1])


@inner
def chance(pen: Pen, n: int, of_256: int) -> bool:
    """True in so many of 256 messages."""
    return below(message_word(pen, 2000 + n), 256) < of_256


@inner
def say(pen: Pen, part: int) -> int:
    """Plans one phrase of the part, by the message; answers with its number."""
    word = message_word(pen, part)
    return _planned(pen, part, below(word, count(pen, part)), word)


@inner
def say_same(pen: Pen, part: int) -> int:
    """Plans the phrase that every message of the ticket uses for this part."""
    word = ticket_word(pen, part)
    return _planned(pen, part, below(word, count(pen, part)), word)


@inner
def say_another(pen: Pen, part: int, said: int) -> int:
    """Plans another phrase of the part than the one said."""
    many = count(pen, part)
    if many < 2:
        return said
    word = message_word(pen, 500 + part)
    first = pen.grammar.parts[pen.state[LANGUAGE], pen.state[TOPIC], part, 0]
    return _planned(pen, part, (said - first + 1 + below(word, many - 1)) % many, word)


@inner
def _planned(pen: Pen, part: int, which: int, word: np.uint64) -> int:
    phrase = pen.grammar.parts[pen.state[LANGUAGE], pen.state[TOPIC], part, 0] + which
    entry = pen.plan[pen.state[PLANNED]]
    entry[0], entry[1], entry[2] = phrase, np.int64(word), pen.state[GAP]
    entry[3], entry[4], entry[5] = pen.state[QUOTED], pen.state[TYPOS], part == parts.SAY_ORDER
    pen.state[PLANNED] += 1
    pen.state[GAP] = SPACE
    return int(phrase)


@inner
def write_plan(pen: Pen) -> None:
    """Writes all that was planned; an order number that a phrase has named is not given once more."""
    for at in range(pen.state[PLANNED]):
        entry = pen.plan[at]
        if entry[5] and pen.state[ORDER_SHOWN]:
            continue
        gap(pen, entry[2], entry[3])
        _write_phrase(pen, entry[0], np.uint64(entry[1]), entry[4])
        if len(pen.used):
            pen.used[pen.state[MESSAGE] * PLAN_ROOM + at] = entry[0]


@inner
def _write_phrase(pen: Pen, phrase: int, word: np.uint64, slips: int) -> None:
    atom, end = pen.grammar.phrases[phrase, 0], pen.grammar.phrases[phrase + 1, 0]
    while atom < end:
        kind, what = pen.grammar.atoms[atom, 0], pen.grammar.atoms[atom, 1]
        if kind == ORDER_ONLY and not pen.state[FLAGS] >> ORDER & 1:
            atom = what
            continue
        if kind == SLOT and what <= slots.ADDRESS:
            _write_nested(pen, what)
        elif kind != ORDER_ONLY:
            _atom(pen, atom, after(word, atom), slips)
        atom += 1


@inner
def _write_nested(pen: Pen, slot: int) -> None:
    phrase, start = _nested(pen, slot), pen.state[SIGNS]
    for atom in range(pen.grammar.phrases[phrase, 0], pen.grammar.phrases[phrase + 1, 0]):
        _atom(pen, atom, ticket_word(pen, atom), 0)
    if slot == slots.ADDRESS:
        pen.state[SPAN_FROM] = start
        span_ends(pen, ADDRESS)


@inner
def _nested(pen: Pen, slot: int) -> int:
    part, many = parts.THING, 0
    if slot == slots.RESTATE:
        part = parts.RESTATE
    elif slot == slots.ADDRESS:
        part = parts.ADDRESS_FORM
    elif pen.state[ROLE]:
        many = 1  # the first noun is neutral, the others are the customer's
    many = many or count(pen, part)
    first = pen.grammar.parts[pen.state[LANGUAGE], pen.state[TOPIC], part, 0]
    return int(first + below(ticket_word(pen, part), many))


@inner
def _atom(pen: Pen, atom: int, word: np.uint64, slips: int) -> None:
    kind, what = pen.grammar.atoms[atom, 0], pen.grammar.atoms[atom, 1]
    if kind == SLOT:
        value(pen, what)
        return
    if kind == CHOICE:
        what += below(word, pen.grammar.atoms[atom, 2])
    slip = after(word, 7)
    if slips and kind == LITERAL and below(slip, 1024) < TYPO_OF_1024 * slips // 4:
        mistyped(pen, what, after(slip, 1))
    else:
        piece(pen, what)
