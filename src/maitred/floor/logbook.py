"""What the engine writes down: one record of 40 bytes per happening, in total order.

Order: time, then kind, then sequence. ``actor`` is an agent's position (bots too), ``SYSTEM`` or ``CUSTOMER`` (the
ticket's own). ``cause`` is what the world knows and a helpdesk does not: the position of the plant behind it, else -1.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

RECORD = np.dtype(
    [
        ("time", "i8"),  # ms from the world's origin (its start minus the warm-up)
        ("ticket", "i4"),  # position in Run.tickets, -1 for what concerns no ticket
        ("actor", "i4"),
        ("old", "i4"),
        ("new", "i4"),
        ("value", "i4"),
        ("turn", "i4"),  # number of the message inside its ticket, 0 = the first; -1 = no message
        ("cause", "i4"),
        ("kind", "i2"),
        ("queue", "i2"),  # position of the group that holds the ticket
    ]
)
SYSTEM = -1
CUSTOMER = -2


class Kind(IntEnum):
    """What happened; the numbers are the rank inside one instant, and part of every world's result."""

    CREATED = 1  # old = ticket that it follows (re-contact, follow-up) or -1; new = group; value = priority
    CUSTOMER_MESSAGE = 2  # value = Intent
    ABANDONED = 3  # a live customer left the queue
    ESCALATED = 4  # value: 0 next tier asked, 1 customer asked for the manager, 2 complaint
    GROUP = 5  # old, new group
    PRIORITY = 6  # old, new
    ASSIGNED = 7  # old, new agent, -1 = nobody
    AGENT_MESSAGE = 8  # public; value = handling seconds of the segment; new = Intent
    AGENT_NOTE = 9  # internal; value = handling seconds
    STATUS = 10  # old, new as positions in canon.tables.STATUSES
    MERGED = 11  # new = ticket merged into
    SHIFT_ON = 20
    SHIFT_OFF = 21
    BREAK_ON = 22
    BREAK_OFF = 23
    ABSENT = 24  # value = minutes of the shift lost; old: 0 sickness, 1 leave, 2 planted
    SWITCHED = 30  # old = switch position


class Intent(IntEnum):
    """Why a message was written; the same numbers as ``floor.texts`` uses."""

    ASK = 0
    CHASE = 1
    ANSWER = 2
    DETAIL = 3
    SOLVE = 4
    THANKS = 5
    REOPEN = 6
    NOTE = 7
    APOLOGY_DELAY = 8
    OUTAGE = 9
    LEAVING = 10
    ASK_CARD = 11


TICKET = np.dtype(
    [
        ("key", "u8"),  # stable identity: class and ordinal, or derived from the ticket it follows
        ("created", "i8"),  # ms
        ("first_reply", "i8"),  # ms, -1 = none
        ("solved", "i8"),  # last, -1 = not (or no longer) solved
        ("effort", "i8"),  # ms of handling in all
        ("waited", "i8"),  # ms that the customer waited in all
        ("class_", "i4"),
        ("customer", "i4"),
        ("parent", "i4"),  # ticket it follows, -1
        ("cause", "i4"),  # plant position that made it arrive, -1
        ("group", "i2"),
        ("assignee", "i4"),
        ("solver", "i4"),  # who solved it last (bots too), -1
        ("priority", "i1"),
        ("language", "i1"),
        ("status", "i1"),
        ("good", "i1"),  # outcome of the last solve: 1 good, 0 bad, -1 none
        ("reopens", "i2"),
        ("exchanges", "i2"),
        ("transfers", "i2"),
        ("escalated", "i1"),
        ("abandoned", "i1"),
        ("bot", "i1"),  # 0 never saw a bot, 1 handed over, 2 closed by the bot, 3 closed by the bot and wrong
        ("durable", "i1"),  # 1 stayed solved without reopen or re-contact
    ]
)
