"""Composing a message: which phrases a customer, an agent or a bot says in which turn, and in which order.

An agent's message consists of phrases of its behaviours, said exactly where their bit is set, around a core that shows
none. The statement of the problem and the solution belong to the ticket, so quoted history repeats what was written.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maitred.floor.streams import Purpose, mix64
from maitred.floor.texts import parts
from maitred.floor.texts.compiling import allocating, door, inner, sources_digest
from maitred.floor.texts.grammar import Grammar
from maitred.floor.texts.pen import (
    AGENT,
    CUSTOMER,
    FLAGS,
    GAP,
    LANGUAGE,
    LINE,
    MESSAGE,
    MESSAGE_WORD,
    NAME,
    NONE,
    ORDER_SHOWN,
    PARAGRAPH,
    PLAN_ROOM,
    PLANNED,
    POS,
    PROMISE,
    QUOTED,
    ROLE,
    ROOM,
    SIGNS,
    SPACE,
    SPAN_ROOM,
    SPANS,
    STATE_SIZE,
    TICKET_WORD,
    TOPIC,
    TYPOS,
    Pen,
    below,
)
from maitred.floor.texts.phrases import chance, count, say, say_another, say_same, write_plan
from maitred.floor.texts.values import PERSON_CUSTOMER, company, email, identity, person, phone

FROM_CUSTOMER, FROM_AGENT, FROM_BOT = 0, 1, 2
ASK, CHASE, ANSWER, DETAIL, SOLVE, THANKS, REOPEN, NOTE, APOLOGY_DELAY, OUTAGE, LEAVING, ASK_CARD = range(12)
GREETING, ACKNOWLEDGED, APOLOGY, OWNERSHIP, NEXT_STEP, TIME_PROMISE, CLOSING = 1, 2, 4, 8, 16, 32, 64
SHORT, MIDDLE, LONG = 0, 1, 2

_TEXT = int(Purpose.TEXT)
_BYTES_FIRST_GUESS = 420
_BY_TICKET, _BY_MESSAGE = 1, 2


@inner
def customer_says(pen: Pen, intent: int, tone: int, length: int, quoted: bool) -> None:
    """One message of a customer."""
    if intent == THANKS and length >= MIDDLE and pen.state[FLAGS] == 0 and chance(pen, 0, 6):
        say(pen, parts.AUTO_REPLY)
        return
    if chance(pen, 1, 90 if length == SHORT else 225):
        say(pen, parts.HELLO)
        pen.state[GAP] = SPACE if length == SHORT else PARAGRAPH
    tone_first = chance(pen, 2, 100)
    if tone_first:
        _tone(pen, intent, tone)
    _customer_core(pen, intent, length)
    if length >= MIDDLE and chance(pen, 3, 40):
        say(pen, parts.DECOY)
    _given_away(pen, length)
    if not tone_first:
        _tone(pen, intent, tone)
    if _asks(intent) and (length >= MIDDLE or chance(pen, 4, 120)):
        say(pen, parts.ASK)
    _customer_signs(pen, length, quoted)
    if quoted:
        _quote(pen, parts.SOLUTION if intent in (THANKS, REOPEN) else parts.QUESTION)


@inner
def _asks(intent: int) -> bool:
    return intent in (ASK, REOPEN, OUTAGE)


@inner
def _customer_core(pen: Pen, intent: int, length: int) -> None:
    if intent in (ASK, OUTAGE):
        _states_problem(pen, intent, length)
    elif intent in (CHASE, APOLOGY_DELAY):
        said = say(pen, parts.CHASE)
        if length >= MIDDLE:
            say(pen, parts.CHASE_ASK)
        if length == LONG:
            _next_paragraph(pen, length)
            say_same(pen, parts.PROBLEM)
            say_another(pen, parts.CHASE, said)
    elif intent in (THANKS, SOLVE):
        said = say(pen, parts.THANKS)
        if length == LONG:
            say_another(pen, parts.THANKS, said)
    elif intent == REOPEN:
        say(pen, parts.AGAIN_OPEN)
        say(pen, parts.AGAIN)
        _tells_more(pen, length)
    elif intent == LEAVING:
        said = say(pen, parts.LEAVING)
        if length >= MIDDLE:
            say_same(pen, parts.PROBLEM)
        if length == LONG:
            say(pen, parts.EXTRA)
            say_another(pen, parts.LEAVING, said)
    else:
        if length >= MIDDLE or chance(pen, 5, 100):
            say(pen, parts.REPLY_OPEN)
        said = say(pen, parts.REPLY)
        if length >= MIDDLE:
            say_another(pen, parts.REPLY, said)
        if length == LONG:
            _tells_more(pen, length)


@inner
def _states_problem(pen: Pen, intent: int, length: int) -> None:
    if intent == ASK and length >= MIDDLE and chance(pen, 6, 6):
        say(pen, parts.FORWARDED)
        pen.state[GAP] = PARAGRAPH
        say(pen, parts.FORWARDED_HEAD)
        pen.state[GAP] = PARAGRAPH
    elif length >= MIDDLE and chance(pen, 7, 110):
        say(pen, parts.ASK_OPEN)
    say_same(pen, parts.PROBLEM)
    if intent == OUTAGE:
        say(pen, parts.OUTAGE)
    _tells_more(pen, length)


@inner
def _tells_more(pen: Pen, length: int) -> None:
    if length == SHORT:
        return
    said = say(pen, parts.DETAIL)
    if length == LONG:
        _next_paragraph(pen, length)
        say_another(pen, parts.DETAIL, said)
        said = say(pen, parts.EXTRA)
        if chance(pen, 8, 128):
            say_another(pen, parts.EXTRA, said)


@inner
def _next_paragraph(pen: Pen, length: int) -> None:
    if length == LONG:
        pen.state[GAP] = PARAGRAPH


@inner
def _tone(pen: Pen, intent: int, tone: int) -> None:
    if tone == 0:
        return
    first = parts.THANKS_FURIOUS if intent == THANKS else parts.FURIOUS
    step = tone + 2 if tone < 0 else tone + 1
    say(pen, first + step)


@inner
def _given_away(pen: Pen, length: int) -> None:
    """Personal data in the order of their bits, a name only where it is not signed with."""
    flags = pen.state[FLAGS]
    if flags:
        _next_paragraph(pen, length)
    if flags & 1 and not _signs_name(pen, length):
        say(pen, parts.SAY_NAME)
    for kind in range(NAME + 1, 8):
        if flags >> kind & 1:
            say(pen, parts.SAY_NAME + 1 + kind)


@inner
def _signs_name(pen: Pen, length: int) -> bool:
    return length >= MIDDLE and chance(pen, 9, 190)


@inner
def _customer_signs(pen: Pen, length: int, quoted: bool) -> None:
    if length >= MIDDLE and chance(pen, 10, 190):
        pen.state[GAP] = PARAGRAPH
        say(pen, parts.BYE)
    pen.state[GAP] = LINE
    if pen.state[FLAGS] & 1 and _signs_name(pen, length):
        say(pen, parts.SIGN_NAME)
    if length == LONG or quoted:
        pen.state[GAP] = PARAGRAPH
        if chance(pen, 11, 40):
            say(pen, parts.DEVICE)
        elif chance(pen, 12, 40):
            say(pen, parts.DISCLAIMER)


@inner
def agent_says(pen: Pen, role: int, intent: int, tone: int, length: int, shown: int, quoted: bool) -> None:
    """One message of an agent or a bot, with exactly the behaviours shown."""
    if shown & GREETING:
        say(pen, parts.GREETING)
        pen.state[GAP] = SPACE if length == SHORT else PARAGRAPH
    if shown & ACKNOWLEDGED:
        say(pen, parts.ACKNOWLEDGED_UPSET if tone < 0 else parts.ACKNOWLEDGED)
    if shown & APOLOGY:
        say(pen, parts.APOLOGY_DELAY if intent == APOLOGY_DELAY else parts.APOLOGY)
    if role == FROM_BOT and (length >= MIDDLE or intent == ASK):
        say(pen, parts.BOT_OPEN)
    _agent_core(pen, intent, length)
    _next_paragraph(pen, length)
    if shown & OWNERSHIP:
        say(pen, parts.OWNERSHIP)
    if shown & NEXT_STEP:
        own = count(pen, parts.STEP) > 0 and chance(pen, 20, 190)
        say(pen, parts.STEP if own else parts.NEXT_STEP)
    if shown & TIME_PROMISE:
        say(pen, parts.TIME_PROMISE)
    _agent_adds(pen, role, intent, length)
    if shown & CLOSING:
        pen.state[GAP] = SPACE if length == SHORT else PARAGRAPH
        say(pen, parts.CLOSING)
    _agent_signs(pen, role, intent, length)
    if quoted:
        _quote(pen, parts.PROBLEM)


@inner
def _agent_core(pen: Pen, intent: int, length: int) -> None:
    if intent in (ANSWER, DETAIL):
        asks = intent == ANSWER and chance(pen, 21, 180)
        if not asks or length == LONG:
            say(pen, parts.FINDING)
        if asks:
            if length >= MIDDLE and chance(pen, 22, 140):
                say(pen, parts.QUESTION_OPEN)
            say(pen, parts.QUESTION)
    elif intent == SOLVE:
        said = say_same(pen, parts.SOLUTION)
        if length >= MIDDLE and chance(pen, 23, 170):
            say(pen, parts.SOLVE_MORE)
        if length == LONG:
            say_another(pen, parts.SOLUTION, said)
    elif intent == NOTE:
        said = say(pen, parts.NOTE)
        if length >= MIDDLE:
            say(pen, parts.NOTE_MORE)
        if length == LONG:
            say_another(pen, parts.NOTE, said)
    elif intent == ASK:
        say(pen, parts.AGENT_ASK)
        say(pen, parts.QUESTION)
    else:
        said = say(pen, _core_part(intent))
        if length == LONG:
            say_another(pen, _core_part(intent), said)


@inner
def _core_part(intent: int) -> int:
    part = parts.ASK_CARD
    if intent == APOLOGY_DELAY:
        part = parts.DELAY
    elif intent == OUTAGE:
        part = parts.AGENT_OUTAGE
    elif intent == CHASE:
        part = parts.AGENT_CHASE
    elif intent == THANKS:
        part = parts.AGENT_THANKS
    elif intent == REOPEN:
        part = parts.AGENT_AGAIN
    elif intent == LEAVING:
        part = parts.AGENT_LEAVING
    return part


@inner
def _agent_adds(pen: Pen, role: int, intent: int, length: int) -> None:
    if intent == NOTE:
        return
    if role == FROM_BOT and length >= MIDDLE:
        say(pen, parts.BOT_MORE)
    elif length == LONG or (length == MIDDLE and chance(pen, 24, 60)):
        said = say(pen, parts.AGENT_EXTRA)
        if length == LONG and chance(pen, 25, 128):
            say_another(pen, parts.AGENT_EXTRA, said)


@inner
def _agent_signs(pen: Pen, role: int, intent: int, length: int) -> None:
    if intent == NOTE or length == SHORT:
        return
    pen.state[GAP] = LINE
    if role == FROM_BOT:
        say(pen, parts.SIGN_BOT)
    elif pen.state[AGENT] >= 0 and chance(pen, 26, 200):
        say(pen, parts.SIGN_AGENT)


@inner
def _quote(pen: Pen, part: int) -> None:
    """The turn before, as mail programs put it under an answer."""
    pen.state[GAP] = PARAGRAPH
    say(pen, parts.QUOTE_HEAD)
    pen.state[QUOTED], pen.state[GAP] = 1, LINE
    pen.state[TYPOS] = _care(pen.state[CUSTOMER]) if part == parts.PROBLEM else 0
    say_same(pen, part)
    pen.state[QUOTED] = 0


@inner
def _prepare(pen: Pen, seed: int, message: int, key: Any, ticket: Any, topic: int, language: int) -> None:
    state = pen.state
    state[SIGNS], state[GAP], state[QUOTED], state[ORDER_SHOWN], state[PROMISE], state[PLANNED] = 0, NONE, 0, 0, 0, 0
    state[MESSAGE], state[TOPIC], state[LANGUAGE] = message, topic, language
    state[TICKET_WORD] = np.int64(mix64(np.uint64(seed), _TEXT, ticket, _BY_TICKET))
    state[MESSAGE_WORD] = np.int64(mix64(np.uint64(seed), _TEXT, key, _BY_MESSAGE))


@inner
def _care(customer: int) -> int:
    """How careless the customer types: half of them make no slips, a few make many."""
    drawn = below(identity(PERSON_CUSTOMER, customer, 11), 16)
    return 0 if drawn < 8 else (1 if drawn < 13 else 4)


@allocating
def _grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    bigger = np.empty(size, array.dtype)
    bigger[: len(array)] = array
    return bigger


def _compose(digest: int) -> Any:
    @door
    def compose(  # one argument per column of the turns
        grammar: Grammar,
        seed: int,
        key: NDArray[np.uint64],
        ticket: NDArray[np.int64],
        topic: NDArray[np.int64],
        role: NDArray[np.int8],
        intent: NDArray[np.int8],
        tone: NDArray[np.int8],
        language: NDArray[np.int8],
        length: NDArray[np.int8],
        behaviours: NDArray[np.uint8],
        pii: NDArray[np.uint8],
        customer: NDArray[np.int64],
        agent: NDArray[np.int64],
        quoted: NDArray[np.bool_],
        keep_phrases: bool,
    ) -> tuple[Any, ...]:
        """All messages: bytes, where each ends, spans, seconds promised (0: none), and on request the phrases used."""
        assert digest
        n = len(key)
        out = np.empty(n * _BYTES_FIRST_GUESS + ROOM, np.uint8)
        ends, promised = np.zeros(n + 1, np.int64), np.zeros(n, np.int64)
        spans = np.empty((n + SPAN_ROOM, 4), np.int32)
        used = np.full(n * PLAN_ROOM if keep_phrases else 0, -1, np.int32)
        state, plan = np.zeros(STATE_SIZE, np.int64), np.zeros((PLAN_ROOM, 6), np.int64)
        for at in range(n):
            if state[POS] + ROOM > len(out):
                out = _grown(out, len(out) + len(out) // 4 + ROOM)
            if state[SPANS] + SPAN_ROOM > len(spans):
                spans = _more_rows(spans, len(spans) + len(spans) // 2 + SPAN_ROOM)
            pen = Pen(grammar, out, state, spans, used, plan)
            tongue = 0 if intent[at] == NOTE and role[at] != FROM_CUSTOMER else language[at]
            _prepare(pen, seed, at, key[at], ticket[at], topic[at], tongue)
            state[FLAGS], state[CUSTOMER], state[AGENT] = pii[at], customer[at], agent[at]
            state[ROLE] = role[at]
            state[TYPOS] = _care(customer[at]) if role[at] == FROM_CUSTOMER else 0
            if role[at] == FROM_CUSTOMER:
                customer_says(pen, intent[at], tone[at], length[at], quoted[at])
            else:
                agent_says(pen, role[at], intent[at], tone[at], length[at], behaviours[at], quoted[at])
            write_plan(pen)
            ends[at + 1], promised[at] = state[POS], state[PROMISE]
        return out, ends, spans[: state[SPANS]], promised, used

    return compose


compose = _compose(sources_digest())


@allocating
def _more_rows(array: NDArray[Any], size: int) -> NDArray[Any]:
    bigger = np.empty((size, array.shape[1]), array.dtype)
    bigger[: len(array)] = array
    return bigger


@allocating
def _single(grammar: Grammar, n: int) -> Pen:
    return Pen(
        grammar,
        np.empty(n * 128 + ROOM, np.uint8),
        np.zeros(STATE_SIZE, np.int64),
        np.empty((SPAN_ROOM, 4), np.int32),
        np.empty(0, np.int32),
        np.zeros((PLAN_ROOM, 6), np.int64),
    )


def _compose_subjects(digest: int) -> Any:
    @door
    def compose_subjects(
        grammar: Grammar,
        seed: int,
        key: NDArray[np.uint64],
        topic: NDArray[np.int64],
        language: NDArray[np.int8],
    ) -> tuple[Any, ...]:
        """A subject line for each ticket."""
        assert digest
        pen, ends = _single(grammar, len(key)), np.zeros(len(key) + 1, np.int64)
        for at in range(len(key)):
            _prepare(pen, seed, at, key[at], np.int64(key[at]), topic[at], language[at])
            say_same(pen, parts.SUBJECT)
            write_plan(pen)
            ends[at + 1] = pen.state[POS]
        return pen.out, ends

    return compose_subjects


compose_subjects = _compose_subjects(sources_digest())


NAME_OF, EMAIL_OF, PHONE_OF = range(3)


def _compose_people(digest: int) -> Any:
    @door
    def compose_people(grammar: Grammar, what: int, kind: int, who: NDArray[np.int64]) -> tuple[Any, ...]:
        """A name, mail address or phone number for each number of a person or company."""
        assert digest
        pen, ends = _single(grammar, len(who)), np.zeros(len(who) + 1, np.int64)
        for at in range(len(who)):
            if what == EMAIL_OF:
                email(pen, kind, who[at])
            elif what == PHONE_OF:
                phone(pen, kind, who[at])
            elif kind == 3:
                company(pen, who[at])
            else:
                person(pen, kind, who[at])
            pen.state[SPANS] = 0
            ends[at + 1] = pen.state[POS]
        return pen.out, ends

    return compose_people


compose_people = _compose_people(sources_digest())
