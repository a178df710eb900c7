"""What happened to some tickets, step by step, as a helpdesk counts it: one audit per deed, its changes numbered.

A step is one change, one message or one promised target. The numbers of a ticket's steps follow from the ticket and
their order alone, so the same step has the same number at whatever instant and in whatever portion it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from maitred.floor import latent
from maitred.floor.logbook import CUSTOMER, Kind
from maitred.floor.records import ids
from maitred.floor.records.promises import Goals, goals
from maitred.floor.records.register import Register
from maitred.floor.records.words import Tags, Words, tags, topics, words
from maitred.floor.surveys import Surveys
from maitred.floor.world import CHANNELS

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

OFFERED, RATED = 50, 51
"""Kinds of records that surveys add to those of the engine's log."""


class Field(IntEnum):
    """What a step changes."""

    CREATED = 0
    STATUS = 1
    PRIORITY = 2
    GROUP = 3
    ASSIGNEE = 4
    REQUESTER = 5
    ORGANIZATION = 6
    TAGS = 7
    POLICY = 8
    SCHEDULE = 9
    RATING = 10
    TARGET = 11
    MESSAGE = 12
    MERGED = 13


FIELD_NAMES = (
    *("created", "status", "priority", "group", "assignee", "requester", "organization", "tags", "sla_policy"),
    *("schedule", "satisfaction", "merged"),
)
"""The canonical names of the fields that events tell, by ``Field``."""


@dataclass(frozen=True)
class Context:
    """What the steps of all tickets of a run share."""

    register: Register
    words: Words
    tags: Tags
    goals: Goals
    surveys: Surveys

    @cached_property
    def accuracy(self) -> latent.Course:
        return latent.course(self.register.world, "accuracy")

    @cached_property
    def topic_of_class(self) -> Ints:
        known = {topic: place for place, topic in enumerate(topics(self.register.world))}
        return np.array([known[one.topic] for one in self.register.world.classes], np.int64)

    @cached_property
    def channel_of_class(self) -> Ints:
        return np.array([CHANNELS.index(one.channel) for one in self.register.world.classes], np.int64)


def context(register: Register) -> Context:
    """Prepare the telling of a run."""
    people = register.population
    values = words(register.world, len(people.account), len(people.segment))
    return Context(register, values, tags(register.world), goals(register.world), register.surveys)


@dataclass(frozen=True)
class Steps:
    """The steps of a range of visible tickets, ticket by ticket in order.

    Attributes
    ----------
    first, last
        The range.
    ticket
        Of each record (``rank`` counts from ``first``), with ``second``, ``actor``, ``kind``, ``value``, ``turn``,
        ``audit`` (the audit's number) and ``via``.
    row, field, old, new, number, told
        Of each step: the record that it belongs to, what it changes, places of its values in ``Words`` (of a target
        in ``Goals``), its number, and whether the vendor tells the old value.
    """

    context: Context
    first: int
    last: int
    rank: Ints
    ms: Ints
    actor: Ints
    kind: Ints
    after: Ints
    value: Ints
    turn: Ints
    log_row: Ints
    audit: Ints
    via: Ints
    row: Ints
    field: NDArray[np.int8]
    old: Ints
    new: Ints
    number: Ints
    told: Flags

    @property
    def count(self) -> int:
        return self.last - self.first

    @cached_property
    def positions(self) -> NDArray[np.int32]:
        """Positions of the tickets in the run."""
        return self.context.register.positions[self.first : self.last]

    @cached_property
    def tickets(self) -> NDArray[np.void]:
        """The engine's tickets."""
        return self.context.register.run.tickets[self.positions]

    @cached_property
    def ticket_numbers(self) -> Ints:
        return self.context.register.number(self.first, self.last)

    @cached_property
    def second(self) -> Ints:
        """Epoch second of each record."""
        return self.context.register.origin + self.ms // 1000

    @cached_property
    def updater(self) -> Ints:
        """Who did each record, as a user's number; -1 is the helpdesk itself."""
        requester = self.tickets["customer"].astype(np.int64)[self.rank] + ids.CUSTOMER
        agent = np.where(self.actor >= 0, self.actor + ids.AGENT, -1)
        return np.where(self.actor == CUSTOMER, requester, agent)

    def where(self, *fields: Field) -> Ints:
        """Steps that change one of some fields."""
        return np.flatnonzero(np.isin(self.field, fields))

    def final(self, field: Field) -> Ints:
        """Place of the last value of a field for each ticket, -1 for none; shape (count,)."""
        mine = self.where(field)
        found = np.full(self.count, -1, np.int64)
        found[self.rank[self.row[mine]]] = self.new[mine]
        return found

    def merged_into(self, row: Ints) -> Ints:
        """The number of the ticket into which some records merge theirs, -1 for all others."""
        parent = np.where(self.kind[row] == Kind.MERGED, self.after[row], -1)
        into = np.where(parent >= 0, self.context.register.rank[parent], -1)
        return np.where(into >= 0, into + ids.TICKET, -1)

    @cached_property
    def channel(self) -> Ints:
        """Position of each ticket's channel in ``world.CHANNELS``."""
        found: Ints = self.context.channel_of_class[self.tickets["class_"]]
        return found
