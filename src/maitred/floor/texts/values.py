"""What fills the slots of a phrase: amounts, dates, numbers, names and other personal data, each by its identity."""

from __future__ import annotations

import numpy as np

from maitred.floor.streams import Purpose, mix64
from maitred.floor.texts import lists, parts, slots
from maitred.floor.texts.compiling import inner
from maitred.floor.texts.pen import (
    AGENT,
    CARD,
    CUSTOMER,
    EMAIL,
    IBAN,
    LANGUAGE,
    NAME,
    ORDER,
    ORDER_SHOWN,
    PASSWORD,
    PHONE,
    PROMISE,
    TOPIC,
    Pen,
    after,
    below,
    byte,
    digits,
    message_word,
    number,
    piece,
    span_begins,
    span_ends,
    ticket_word,
)

PERSON_CUSTOMER, PERSON_AGENT, COMPANY = 1, 2, 3
"""Kinds of names."""

_PII = int(Purpose.PII)
_SIXTEEN = 16
_SALT = 1000
"""Keeps words for values apart from words for phrases."""


@inner
def identity(kind: int, who: int, what: int) -> np.uint64:
    """Random bits that belong to a person or company in every world."""
    return after(mix64(np.uint64(kind), _PII, who, 0), what)


@inner
def listed(pen: Pen, which: int, word: np.uint64) -> None:
    """Writes one piece of a list."""
    piece(pen, pen.grammar.lists[which, 0] + below(word, pen.grammar.lists[which, 1]))


@inner
def worded(pen: Pen, part: int, word: np.uint64) -> int:
    """Writes one phrase that is a single piece, such as a month, and answers with its number."""
    language, topic = pen.state[LANGUAGE], pen.state[TOPIC]
    phrase = pen.grammar.parts[language, topic, part, 0] + below(word, pen.grammar.parts[language, topic, part, 1])
    piece(pen, pen.grammar.atoms[pen.grammar.phrases[phrase, 0], 1])
    return int(phrase)


@inner
def given_name(pen: Pen, kind: int, who: int) -> int:
    """The piece of the given name."""
    culture = below(identity(kind, who, 0), len(pen.grammar.cultures))
    return int(pen.grammar.cultures[culture, 0] + below(identity(kind, who, 1), pen.grammar.cultures[culture, 1]))


@inner
def family_name(pen: Pen, kind: int, who: int) -> int:
    """The piece of the family name."""
    culture = below(identity(kind, who, 0), len(pen.grammar.cultures))
    return int(pen.grammar.cultures[culture, 2] + below(identity(kind, who, 2), pen.grammar.cultures[culture, 3]))


@inner
def person(pen: Pen, kind: int, who: int) -> None:
    """Writes the full name."""
    piece(pen, given_name(pen, kind, who))
    byte(pen, 32)
    piece(pen, family_name(pen, kind, who))


@inner
def company(pen: Pen, who: int) -> None:
    """Writes the name of a company."""
    listed(pen, lists.COMPANY_FIRST, identity(COMPANY, who, 0))
    byte(pen, 32)
    listed(pen, lists.COMPANY_SECOND, identity(COMPANY, who, 1))
    byte(pen, 32)
    listed(pen, lists.COMPANY_FORM, identity(COMPANY, who, 2))


@inner
def email(pen: Pen, kind: int, who: int) -> None:
    """Writes the mail address; the number of the person in it makes it the person's own."""
    shift = pen.grammar.plain_shift
    if below(identity(kind, who, 3), 4):
        piece(pen, given_name(pen, kind, who) + shift)
        byte(pen, 46)
    piece(pen, family_name(pen, kind, who) + shift)
    number(pen, who)
    byte(pen, 64)
    listed(pen, lists.DOMAINS, identity(kind, who, 4))


@inner
def phone(pen: Pen, kind: int, who: int) -> None:
    """Writes a phone number of the range kept for fiction, in one of four forms."""
    form = below(identity(kind, who, 5), 4)
    between = 45 if form >= 2 else 32
    if form == 0 or form == 3:
        byte(pen, 43)
        byte(pen, 49)
        byte(pen, between)
    if form == 1:
        byte(pen, 40)
    listed(pen, lists.AREA_CODES, identity(kind, who, 6))
    if form == 1:
        byte(pen, 41)
    byte(pen, between)
    digits(pen, 555, 3)
    byte(pen, 45 if form == 1 else between)
    digits(pen, 100 + below(identity(kind, who, 7), 100), 4)


@inner
def long_number(pen: Pen, word: np.uint64, first: int, right: bool, grouped: bool) -> None:
    """Writes sixteen digits after the given first one whose check digit (Luhn) is right or wrong, as wished."""
    total = 0
    for place in range(_SIXTEEN):
        digit = first if place == 0 else below(after(word, place), 10)
        if place == _SIXTEEN - 1:
            digit = (-total) % 10
            if not right:
                digit = (digit + 1 + below(after(word, place), 9)) % 10
        doubled = 2 * digit if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
        if grouped and place and place % 4 == 0:
            byte(pen, 32)
        byte(pen, 48 + digit)


@inner
def order(pen: Pen) -> None:
    """Writes the order number of the ticket."""
    word = ticket_word(pen, _SALT + slots.ORDER)
    form, figure = below(word, 4), below(after(word, 1), 100_000_000)
    if form == 0:
        digits(pen, 1_000_000 + figure % 9_000_000, 7)
    elif form == 1:
        byte(pen, 79)
        byte(pen, 82)
        byte(pen, 68)
        byte(pen, 45)
        digits(pen, figure % 1_000_000, 6)
    elif form == 2:
        byte(pen, 65)
        digits(pen, figure, 8)
    else:
        long_number(pen, word, 7, False, False)


@inner
def password(pen: Pen) -> None:
    """Writes a password of the kind that people use."""
    who = pen.state[CUSTOMER]
    word = identity(PERSON_CUSTOMER, who, 8)
    listed(pen, lists.PASSWORDS, word)
    number(pen, 10 + below(after(word, 1), 2990))
    signs = (33, 63, 35, 42, 95, 36, 37)
    byte(pen, signs[below(after(word, 2), 7)])


@inner
def personal(pen: Pen, slot: int) -> bool:
    """Fills a slot with personal data and notes its span; false where the slot is another one."""
    who = pen.state[CUSTOMER]
    span_begins(pen)
    if slot == slots.CUSTOMER:
        if below(ticket_word(pen, _SALT + slot), 2):
            piece(pen, given_name(pen, PERSON_CUSTOMER, who))
        else:
            person(pen, PERSON_CUSTOMER, who)
        span_ends(pen, NAME)
    elif slot == slots.NAME:
        person(pen, PERSON_CUSTOMER, who)
        span_ends(pen, NAME)
    elif slot == slots.AGENT:
        person(pen, PERSON_AGENT, pen.state[AGENT])
        span_ends(pen, NAME)
    elif slot == slots.EMAIL:
        email(pen, PERSON_CUSTOMER, who)
        span_ends(pen, EMAIL)
    elif slot == slots.PHONE:
        phone(pen, PERSON_CUSTOMER, who)
        span_ends(pen, PHONE)
    elif slot == slots.CARD:
        listed(pen, lists.CARDS, identity(PERSON_CUSTOMER, who, 9))
        span_ends(pen, CARD)
    elif slot == slots.IBAN:
        listed(pen, lists.IBANS, identity(PERSON_CUSTOMER, who, 10))
        span_ends(pen, IBAN)
    elif slot == slots.ORDER:
        order(pen)
        span_ends(pen, ORDER)
        pen.state[ORDER_SHOWN] = 1
    elif slot == slots.PASSWORD:
        password(pen)
        span_ends(pen, PASSWORD)
    else:
        return False
    return True


@inner
def amount(pen: Pen, word: np.uint64) -> None:
    """Writes an amount of money in the way of the language."""
    number(pen, 5 + below(word, 895))
    piece(pen, pen.grammar.lists[lists.DECIMAL, 0] + pen.state[LANGUAGE])
    digits(pen, 10 * below(after(word, 1), 10), 2)
    byte(pen, 32)
    if pen.state[LANGUAGE] == 0:
        listed(pen, lists.CURRENCIES, after(word, 2))
    else:
        piece(pen, pen.grammar.lists[lists.CURRENCIES, 0])


@inner
def date(pen: Pen, word: np.uint64) -> None:
    """Writes day and month."""
    number(pen, 1 + below(word, 28))
    piece(pen, pen.grammar.lists[lists.DATE_JOIN, 0] + pen.state[LANGUAGE])
    worded(pen, parts.MONTHS, after(word, 1))


@inner
def lettered(pen: Pen, letters: tuple[int, ...], figure: int, width: int) -> None:
    """Writes a code such as INV-20417."""
    for letter in letters:
        byte(pen, letter)
    byte(pen, 45)
    digits(pen, figure, width)


@inner
def value(pen: Pen, slot: int) -> None:
    """Fills a slot; what a ticket speaks of stays the same in all its messages."""
    if personal(pen, slot):
        return
    word = ticket_word(pen, _SALT + slot)
    if slot == slots.AMOUNT:
        amount(pen, word)
    elif slot == slots.INVOICE:
        lettered(pen, (73, 78, 86), 10_000 + below(word, 90_000), 5)
    elif slot == slots.DATE:
        date(pen, word)
    elif slot == slots.MONTH:
        worded(pen, parts.MONTHS, word)
    elif slot == slots.WEEKDAY:
        worded(pen, parts.WEEKDAYS, word)
    elif slot in (slots.N, slots.M):
        number(pen, 2 + below(word, 11))
    elif slot == slots.VERSION:
        number(pen, 2 + below(word, 7))
        byte(pen, 46)
        number(pen, below(after(word, 1), 20))
    elif slot == slots.ERROR:
        lettered(pen, (69,), 1000 + below(word, 9000), 4)
    elif slot == slots.FILE:
        listed(pen, lists.STEMS, word)
        byte(pen, 95)
        digits(pen, 101 + below(after(word, 1), 900), 4)
        listed(pen, lists.ENDINGS, after(word, 2))
    elif slot == slots.TRACKING:
        long_number(pen, word, 1 + below(word, 9), False, below(after(word, 99), 2) == 0)
    elif slot == slots.REFERENCE:
        long_number(pen, word, 0, True, False)
    elif slot == slots.IN_TIME:
        phrase = worded(pen, parts.DURATIONS, message_word(pen, _SALT + slot))
        pen.state[PROMISE] = pen.grammar.phrases[phrase, 1]
    else:
        place(pen, slot)


@inner
def place(pen: Pen, slot: int) -> None:
    """Fills the slots of an address."""
    word = identity(PERSON_CUSTOMER, pen.state[CUSTOMER], 20 + slot)
    if slot == slots.HOUSE:
        number(pen, 1 + below(word, 189))
    elif slot == slots.STREET:
        worded(pen, parts.STREETS, word)
    elif slot == slots.TOWN:
        worded(pen, parts.TOWNS, word)
    elif slot == slots.POSTCODE:
        digits(pen, below(word, 100_000), 5)
