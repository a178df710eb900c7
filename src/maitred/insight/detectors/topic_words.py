"""What customers write about, as words per opening message: without names, greetings and the calendar's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from maitred.insight.evidence.tables import NEVER, Codes, Evidence, Flags, Ints

SAME_CASE_DAYS: Final = 7
"""A customer who uses a word again within these days counts once."""
LEAST_USES: Final = 8
"""Words that fewer contacts use cannot carry a finding."""
CALENDAR: Final = frozenset(
    """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday weekend weekday
    mon tue tues wed thu thur thurs fri sat sun
    today yesterday tomorrow tonight morning afternoon evening night noon midnight week month year
    spring summer autumn winter season seasonal
    christmas xmas easter thanksgiving halloween ramadan eid diwali hanukkah holiday holidays vacation
    merry happy eve
    hello hi hey dear greetings regards cheers thanks thank sincerely kindly best wishes welcome bye goodbye
    januar februar märz april mai juni juli august september oktober november dezember
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag wochenende
    heute gestern morgen abend woche monat jahr frühling sommer herbst weihnachten ostern silvester urlaub feiertag
    frohe fröhliche hallo guten tag liebe grüße gruß danke mfg viele freundlichen freundliche grüßen
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    lundi mardi mercredi jeudi vendredi samedi dimanche aujourd'hui hier demain matin soir semaine mois année
    printemps été automne hiver noël pâques vacances bonjour bonsoir salut merci cordialement bien cordialement
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo hoy ayer mañana tarde noche semana mes año
    primavera verano otoño invierno navidad pascua vacaciones hola buenos buenas días gracias saludos
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    oggi ieri domani natale pasqua vacanze ciao buongiorno buonasera grazie saluti
    """.split()
)
"""Months, weekdays, seasons, feasts, greetings: they come and go with the date, not with a subject."""
_PARTS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Openings:
    """Opening messages as words.

    ``starts`` and ``words`` are ragged by ticket (positions in ``names``), ``ticket`` names the ticket of each entry;
    ``fresh`` marks entries whose customer had not used the word in the days before; ``frequent`` are the words that so
    many contacts use that they can carry a finding. By ticket: ``day`` of creation,
    ``customer`` (a person; somebody unknown is nobody else), ``stratum`` (1: the locale is not English), ``counts``:
    neither merged, deleted nor spam by the end of its day.
    """

    starts: Ints
    words: Codes
    ticket: Ints
    fresh: Flags
    names: tuple[str, ...]
    frequent: Ints
    day: Ints
    customer: Ints
    stratum: Ints
    counts: Flags


def openings(evidence: Evidence) -> Openings:
    """The opening messages of all tickets.

    What stands at a ticket follows from what was known at the end of the day of its creation.
    """
    tickets = evidence.tickets
    count = len(tickets)
    day = evidence.days.of(tickets.created)
    customer = customers(evidence)
    counts = counting(evidence, day)
    ticket = np.repeat(np.arange(count, dtype=np.int64), np.diff(evidence.words.starts))
    word = evidence.words.codes.astype(np.int64)
    kept = _telling(evidence, ticket, word)
    ticket, word = ticket[kept], word[kept]
    fresh = first_of_case(customer[ticket], word, day[ticket]) & counts[ticket]
    uses = np.bincount(word[fresh], minlength=len(evidence.words.names))
    return Openings(
        starts=np.searchsorted(ticket, np.arange(count + 1)).astype(np.int64),
        words=word.astype(np.int32),
        ticket=ticket,
        fresh=fresh,
        names=evidence.words.names,
        frequent=np.flatnonzero(uses >= LEAST_USES),
        day=day,
        customer=customer,
        stratum=tickets.non_english.astype(np.int64),
        counts=counts,
    )


def customers(evidence: Evidence) -> Ints:
    """Who asked, by ticket; unknown people are different people."""
    requester = evidence.tickets.requester.astype(np.int64)
    return np.where(requester >= 0, requester, -1 - np.arange(len(requester)))


def counting(evidence: Evidence, day: Ints) -> Flags:
    """Which tickets were neither merged, deleted nor spam by the end of the day of their creation."""
    starts = evidence.days.starts
    ends = np.append(starts[1:], NEVER)
    return (day >= 0) & (evidence.tickets.excluded_at >= ends[np.maximum(day, 0)])


def first_of_case(customer: Ints, subject: Ints, day: Ints) -> Flags:
    """Which rows are the first of that customer about that subject within ``SAME_CASE_DAYS``; rows by day.

    >>> first_of_case(np.array([1, 1, 1]), np.array([5, 5, 5]), np.array([0, 3, 9])).tolist()
    [True, False, True]
    """
    order = np.lexsort((np.arange(len(day)), subject, customer))
    who, what, when = customer[order], subject[order], day[order]
    again = np.zeros(len(order), dtype=np.bool_)
    again[1:] = (who[1:] == who[:-1]) & (what[1:] == what[:-1])
    gap = np.zeros(len(order), dtype=np.int64)
    gap[1:] = when[1:] - when[:-1]
    first = np.empty(len(order), dtype=np.bool_)
    # repeated at short intervals for weeks it stays one case: each row looks at the row before it
    first[order] = ~(again & (gap < SAME_CASE_DAYS))
    return first


def _telling(evidence: Evidence, ticket: Ints, word: Ints) -> Flags:
    """Entries that are no words of the calendar, no name of somebody who works here and not the writer's own name."""
    names = evidence.words.names
    plain = np.array([name not in CALENDAR and len(name) > 1 for name in names], dtype=np.bool_)
    known = {name: code for code, name in enumerate(names)}
    people, accounts = evidence.people.names.names, evidence.accounts.names.names
    tickets = evidence.tickets
    since = np.full(len(names), NEVER, dtype=np.int64)
    for person in np.flatnonzero(evidence.people.staff & ~evidence.people.bot)[::-1]:
        for code in _codes(people[person], known):
            since[code] = min(since[code], evidence.people.created_at[person])
    own = _pairs(people, known, tickets.requester[ticket], word) | _pairs(
        accounts, known, tickets.account[ticket], word
    )
    return plain[word] & ~own & (since[word] > tickets.created[ticket])


def _codes(name: str, known: dict[str, int]) -> list[int]:
    return [known[part] for part in _PARTS.split(name.lower()) if len(part) > 1 and part in known]


def _pairs(names: tuple[str, ...], known: dict[str, int], owner: Codes, word: Ints) -> Flags:
    """Which entries are a word of their owner's own name."""
    pairs = [owner_ * len(known) + code for owner_, name in enumerate(names) for code in _codes(name, known)]
    if not pairs:
        return np.zeros(len(word), dtype=np.bool_)
    return np.isin(owner.astype(np.int64) * len(known) + word, np.array(pairs, dtype=np.int64)) & (owner >= 0)
