"""Where the engine keeps what: the arrays of a compiled world and the positions in them, for the engine's own files.

Everything that happens reads and writes these arrays and nothing else, so a simulation can stop between two events,
be given larger arrays, and go on. Times are int64 milliseconds from the world's origin.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maitred.floor.logbook import RECORD, TICKET
from maitred.floor.streams import Purpose

# status codes, positions in canon.tables.STATUSES
NEW, OPEN, PENDING, SOLVED, CLOSED = 0, 1, 2, 4, 5

# what is in the heap; the number is the rank inside one instant
AT_AGENT, AT_REPLY, AT_RELEASE, AT_PATIENCE, AT_BOT, AT_HANDOFF, AT_REOPEN, AT_RECONTACT = range(8)
RANK_SHIFT, TIME_SHIFT = 22, 25
SEQUENCES = (1 << RANK_SHIFT) - 1

# where a ticket is
AWAY, WAITING, OWN, WORKED, HELD, ASKED, DONE, WITH_BOT = range(8)

# what an agent does; CLOSING is the instant between two pieces of work
IDLE, MAIL, CHAT, PHONE, WRAP_UP, CLOSING = range(6)

# lanes of a queue and channels (positions in world.CHANNELS)
LANE_PHONE, LANE_CHAT, LANE_SLOW, LANES = 0, 1, 2, 3
CH_EMAIL, CH_WEB, CH_CHAT, CH_MESSAGING, CH_PHONE, CH_SOCIAL = range(6)

# kinds of effort
LOGNORMAL, EXPONENTIAL, FIXED = range(3)

# sets of agents
ROW_IDLE, ROW_ROOM, ROW_MAILING, ROW_ON = range(4)
ROW_TALKS = 4
ROW_HELD = 8
ROW_BREADTH = 12
ROW_GROUPS = 16
"""From here: members of each group, then who is over each group's load limit, then who is able for each need."""

# bits of Floor.live.flags: two of passes, three of chasers, then
PASSES, CHASE_SHIFT, CHASES, PASSING, PARKED, DOUBLED = 3, 2, 28, 32, 64, 128

BUCKETS = 32
"""Of a lane: 4 priorities x 8 promises (4 policies x first or next reply), each in order of arrival."""

LIVE = np.dtype(
    [
        ("since", "i8"),  # when it began to wait for somebody to take it up
        ("next", "i4"),
        ("previous", "i4"),
        ("due", "i4"),  # seconds from the origin, -1 = not looked up
        ("done", "i4"),  # ms of this segment that somebody else did before handing it back
        ("segment", "i2"),
        ("turns", "i2"),
        ("phase", "i1"),
        ("bucket", "u1"),
        ("stamp", "u1"),
        ("flags", "u1"),
    ]
)
SLICE_SHIFT = 17
SLICES = 8_192
"""What is more than a slice of 2**17 ms (two minutes) away is kept in a ring of slices, for twelve days ahead."""
HEAP_ENTRY = np.dtype([("key", "i8"), ("value", "i8")])
NODE = np.dtype([("key", "i8"), ("value", "i8"), ("next", "i8")])
QUEUE = np.dtype([("head", "i4"), ("tail", "i4")])
TIMER = np.dtype([("time", "i8"), ("ticket", "i8")])
SLOT = np.dtype([("end", "f8"), ("work", "i8"), ("ticket", "i8")])
OPENING = np.dtype([("start", "i8"), ("end", "i8"), ("before", "i8")])
CLASS = np.dtype(
    [
        ("median", "f8"),
        ("sigma", "f8"),
        ("scale", "f8"),
        ("exchanges", "f8"),
        ("reply_median", "f8"),
        ("reply_sigma", "f8"),
        ("no_reply", "f8"),
        ("patience", "f8"),
        ("success", "f8"),
        ("reopens", "f8"),
        ("recontacts", "f8"),
        ("escalates", "f8"),
        ("transfers", "f8"),
        ("bot", "f8"),
        ("expectation", "f8"),
        ("low", "f8"),  # cumulative shares of the priorities
        ("normal", "f8"),
        ("high", "f8"),
        ("channel", "i4"),
        ("lane", "i4"),
        ("group", "i4"),
        ("need", "i4"),
        ("kind", "i4"),
        ("kin_at", "i4"),  # classes of the same topic, in links and shares
        ("kin", "i4"),
        ("unused", "i4"),
    ]
)
GROUP = np.dtype(
    [
        ("ageing", "f8"),
        ("pick_bias", "f8"),
        ("parks", "f8"),
        ("work", "f8"),
        ("open", "i8"),  # tickets that are not solved
        ("sticky", "i8"),
        ("policy", "i4"),
        ("upwards", "i4"),
        ("load_limit", "i4"),
        ("turn", "i4"),
        ("low", "i4"),  # words of the bitsets in which it has members
        ("high", "i4"),
    ]
)
AGENT = np.dtype(
    [
        ("speed", "f8"),
        ("quality", "f8"),
        ("parks", "f8"),
        ("picks", "f8"),
        ("asks_card", "f8"),
        ("ramp", "f8"),
        ("hired", "i8"),
        ("needs", "u8"),
        ("next_on", "i8"),
        ("clock", "f8"),  # of the conversations: runs slower the more there are
        ("clock_at", "i8"),
        ("mail_at", "i8"),
        ("mail_left", "i8"),
        ("mail_work", "i8"),
        ("call_work", "i8"),
        ("call_rest", "i8"),  # wrap-up
        ("busy_at", "i8"),
        ("busy", "i8"),
        ("present_at", "i8"),
        ("present", "i8"),
        ("groups_at", "i4"),
        ("groups", "i4"),
        ("room", "i4"),
        ("on", "i4"),
        ("pause", "i4"),
        ("mode", "i4"),
        ("talks", "i4"),
        ("mail", "i4"),
        ("paused", "i4"),
        ("stamp", "i4"),
        ("held", "i4"),
        ("head", "i4"),
        ("tail", "i4"),
        ("working", "i4"),
        ("bot", "i4"),
        ("unused", "i4"),
    ]
)
BOT = np.dtype([("latency", "f8"), ("containment", "f8"), ("wrong", "f8"), ("handoff", "f8"), ("agent", "i8")])
POLICY = np.dtype(
    [("groups", "u8"), ("segments", "u8"), ("since", "i8"), ("until", "i8"), ("open_at", "i4"), ("opens", "i4")]
)
SWITCH = np.dtype([("time", "i8"), ("value", "f8"), ("kind", "i4"), ("place", "i4"), ("field", "i4"), ("plant", "i4")])
ARRIVAL = np.dtype(
    [
        ("time", "i8"),
        ("key", "u8"),
        ("class_", "i4"),
        ("customer", "i4"),
        ("cause", "i4"),
        ("priority", "i1"),
        ("language", "i1"),
    ]
)
PRESENCE = np.dtype([("time", "i8"), ("agent", "i4"), ("old", "i4"), ("value", "i4"), ("kind", "i2")])

PURPOSES = max(Purpose) + 1
EFFORT, PATIENCE, EXCHANGES = int(Purpose.EFFORT), int(Purpose.PATIENCE), int(Purpose.EXCHANGES)
REPLY_DELAY, REOPEN, ESCALATE = int(Purpose.CUSTOMER_REPLY_DELAY), int(Purpose.REOPEN), int(Purpose.ESCALATE)
AGENT_CHOICE, BOT_DRAW, OUTCOME = int(Purpose.AGENT_CHOICE), int(Purpose.BOT), int(Purpose.OUTCOME)
TRANSFER, PARK, NO_REPLY = int(Purpose.TRANSFER), int(Purpose.PARK), int(Purpose.NO_REPLY)
RECONTACT, CHILD, CARD = int(Purpose.RECONTACT), int(Purpose.CHILD), int(Purpose.PII)
PRIORITY_DRAW = int(Purpose.PRIORITY)

FAR = 1 << 60


BITS, WHOLE, PART = np.dtype([("bits", "u8")]), np.dtype([("value", "i4")]), np.dtype([("value", "f8")])
ROWS: dict[str, np.dtype[Any]] = {
    "tickets": TICKET,
    "live": LIVE,
    "log": RECORD,
    "heap": HEAP_ENTRY,
    "slices": WHOLE,  # first node of each slice
    "nodes": NODE,
    "agents": AGENT,
    "slots": SLOT,  # `room` conversations of each agent
    "words": BITS,  # sets of agents: rows of `words` words each
    "groups": GROUP,
    "waiting": BITS,  # of each (group, lane): the needs for which somebody waits
    "full": BITS,  # of each (group, need, lane): the buckets in which somebody waits
    "queues": QUEUE,  # of each (group, need, lane, bucket)
    "classes": CLASS,
    "needs": WHOLE,  # of each (group, need): what is asked for there, 0 where nobody has the skills
    "links": WHOLE,
    "shares": PART,
    "around": WHOLE,  # of each (group, lane): where in links other groups stand, and how many
    "policies": POLICY,
    "targets": WHOLE,  # of each (policy, first or next reply, priority): seconds, negative around the clock, 0 none
    "opens": OPENING,
    "arrivals": ARRIVAL,
    "presence": PRESENCE,
    "starts": np.dtype([("value", "i8")]),  # of each row of presence: the agent's next start of a shift
    "switches": SWITCH,
    "bots": BOT,
    "closing": TIMER,
    "lapsing": TIMER,
    "segments": np.dtype([("value", "i1")]),  # of each customer
    "purposes": BITS,  # of each purpose: the seed and the purpose, already mixed
}
"""The arrays of a floor and what their rows are."""
NUMBERS = (
    "now",
    "end",
    "logging",
    "logged",
    "instant",  # where in the log the present instant begins
    "tickets",  # number of tickets so far
    "heap",
    "slice",  # the next that is not in the heap
    "opened",  # its begin
    "nodes",  # used so far
    "free",  # first node that is free again
    "sequence",
    "arrived",
    "presence_at",
    "switch_at",
    "close_head",
    "close_tail",
    "lapse_head",
    "lapse_tail",
    "events",
    "words",  # 64-bit words of one set of agents
    "needs",
    "groups",
    "agents",
    "bots",
    "room",  # most conversations of one person
    "burst",  # most things that one event can bring, but for tickets in people's own lists
    "owned",  # tickets in people's own lists
    "close_ms",
    "relieved",  # who may take up new work because they hold less, -1 nobody
    "queued",
    "queue_since",
    "queue_area",
    "waited",
    "waits",
    "delayed",
    "abandoned",
    "merges",
    "children",
    "interrupted",
    "stale",
    "by_segment",
)
STATE = np.dtype(
    [(name, "i8") for name in NUMBERS]
    + [("slowdown", "f8"), ("load", "f8")]
    + [(f"p_{name}", "i8") for name in ROWS]
    + [(f"{name}_room", "i8") for name in ROWS]
)
"""The numbers of a run, the address of each array, and how many rows it has."""


class Floor(NamedTuple):
    """A compiled world and the state of its simulation."""

    state: NDArray[np.void]
    """One row of ``STATE``."""
    arrays: dict[str, NDArray[np.void]]
    """By the names of ``ROWS``."""

    def connect(self) -> None:
        """Note where the arrays are and how long; after any of them was replaced."""
        for name, array in self.arrays.items():
            assert array.dtype == ROWS[name], name
            assert array.flags.c_contiguous, name
            self.state[f"p_{name}"] = array.ctypes.data
            self.state[f"{name}_room"] = len(array)
