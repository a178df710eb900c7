"""Writing pieces of text into one long buffer while counting code points; the compiled lowest layer of the texts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maitred.floor.streams import finish
from maitred.floor.texts.compiling import inner
from maitred.floor.texts.grammar import Grammar

# where the state of writing keeps its numbers
(
    POS,
    SIGNS,
    GAP,
    QUOTED,
    SPANS,
    SPAN_FROM,
    ORDER_SHOWN,
    PROMISE,
    USED,
    LANGUAGE,
    TOPIC,
    FLAGS,
    CUSTOMER,
    AGENT,
    TYPOS,
) = range(15)
MESSAGE, TICKET_WORD, MESSAGE_WORD, ROLE, PLANNED = 15, 16, 17, 18, 19
STATE_SIZE = 20

NONE, SPACE, LINE, PARAGRAPH = range(4)
"""What stands between two phrases."""

ROOM = 1 << 16
"""Bytes kept free in front of each message; no message is longer."""
SPAN_ROOM = 64
PLAN_ROOM = 64
"""More phrases than any message has."""

NAME, EMAIL, PHONE, ADDRESS, CARD, IBAN, ORDER, PASSWORD = range(8)
"""Kinds of spans; the bit of a kind is two to this power."""

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_S32 = np.uint64(32)


class Pen(NamedTuple):
    """What is being written: the words, the buffer, the state, and the spans found so far."""

    grammar: Grammar
    out: NDArray[np.uint8]
    state: NDArray[np.int64]
    spans: NDArray[np.int32]
    """Of each span: message, start, end, kind."""
    used: NDArray[np.int32]
    plan: NDArray[np.int64]
    """What the message is going to say: of each entry phrase, random word, gap before it, quoted, slips, condition."""


@inner
def after(word: np.uint64, n: int) -> np.uint64:
    """The n-th word that follows from a word."""
    return finish((word ^ np.uint64(n)) + _GAMMA)


@inner
def below(word: np.uint64, count: int) -> int:
    """A number from 0 to count - 1."""
    return int((word >> _S32) % np.uint64(count))


@inner
def message_word(pen: Pen, n: int) -> np.uint64:
    """Random bits of this message."""
    return after(np.uint64(pen.state[MESSAGE_WORD]), n)


@inner
def ticket_word(pen: Pen, n: int) -> np.uint64:
    """Random bits that all messages of the ticket share."""
    return after(np.uint64(pen.state[TICKET_WORD]), n)


@inner
def byte(pen: Pen, value: int) -> None:
    """Writes one ASCII sign."""
    pen.out[pen.state[POS]] = value
    pen.state[POS] += 1
    pen.state[SIGNS] += 1


@inner
def digits(pen: Pen, value: int, width: int) -> None:
    """Writes a number with leading zeros."""
    for place in range(width - 1, -1, -1):
        byte(pen, 48 + (value // 10**place) % 10)


@inner
def number(pen: Pen, value: int) -> None:
    """Writes a number from 0 up."""
    width = 1
    while value >= 10**width:
        width += 1
    digits(pen, value, width)


@inner
def piece(pen: Pen, which: int) -> None:
    """Writes a run of literal bytes."""
    start, pos = pen.grammar.pieces[which, 0], pen.state[POS]
    for place in range(pen.grammar.pieces[which, 1]):
        pen.out[pos + place] = pen.grammar.blob[start + place]
    pen.state[POS] = pos + pen.grammar.pieces[which, 1]
    pen.state[SIGNS] += pen.grammar.pieces[which, 2]


@inner
def _small(sign: int) -> bool:
    return 97 <= sign <= 122


@inner
def mistyped(pen: Pen, which: int, word: np.uint64) -> None:
    """Writes a piece with one slip inside a word: two letters swapped, one left out, or one doubled."""
    blob, start, count = pen.grammar.blob, pen.grammar.pieces[which, 0], pen.grammar.pieces[which, 1]
    slip = -1
    if count >= 8:
        for place in range(1 + below(word, count - 5), count - 2):
            here = start + place
            if _small(blob[here - 1]) and _small(blob[here]) and _small(blob[here + 1]) and _small(blob[here + 2]):
                slip = place
                break
    if slip < 0:
        piece(pen, which)
        return
    kind, pos = below(after(word, 1), 3), pen.state[POS]
    for place in range(count):
        source = place
        if kind == 0 and place == slip:
            source = slip + 1
        elif kind == 0 and place == slip + 1:
            source = slip
        elif kind == 1 and place == slip:
            continue
        pen.out[pos] = blob[start + source]
        pos += 1
        if kind == 2 and place == slip:
            pen.out[pos] = blob[start + source]
            pos += 1
    pen.state[POS] = pos
    pen.state[SIGNS] += pen.grammar.pieces[which, 2] + (kind == 2) - (kind == 1)


@inner
def gap(pen: Pen, wanted: int, quoted: int) -> None:
    """Writes what stands before a phrase; inside quoted history each line begins with its mark."""
    if pen.state[SIGNS] == 0:
        return
    if wanted == SPACE:
        byte(pen, 32)
    for _ in range(LINE, wanted + 1):
        byte(pen, 10)
        if quoted:
            byte(pen, 62)
            byte(pen, 32)


@inner
def span_begins(pen: Pen) -> None:
    """Personal data begins here."""
    pen.state[SPAN_FROM] = pen.state[SIGNS]


@inner
def span_ends(pen: Pen, kind: int) -> None:
    """Personal data of a kind ended here."""
    place = pen.state[SPANS]
    pen.spans[place, 0] = pen.state[MESSAGE]
    pen.spans[place, 1] = pen.state[SPAN_FROM]
    pen.spans[place, 2] = pen.state[SIGNS]
    pen.spans[place, 3] = kind
    pen.state[SPANS] = place + 1
