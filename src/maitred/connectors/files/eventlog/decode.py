"""A foreign event log as canonical tables: the door of this package for whoever has its rows.

``decode_log`` is pure: rows, roles and a map in, tables and refusals out. A log too big for the memory is learnt from
page by page (``learn``), parted by case (``parted``) and decoded part by part, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pyarrow as pa

from maitred.base.errors import BadInput
from maitred.connectors.decoded import Decoded
from maitred.connectors.files.eventlog.columns import Columns
from maitred.connectors.files.eventlog.effects import Changes, Field, changes_of, fields_of, trail
from maitred.connectors.files.eventlog.frame import Frame, framed
from maitred.connectors.files.eventlog.learn import Learned, learn, learn_columns
from maitred.connectors.files.eventlog.mapping import Mapping
from maitred.connectors.files.eventlog.notices import decoding_notices
from maitred.connectors.files.eventlog.roles import LIFECYCLE, Roles
from maitred.connectors.files.eventlog.rows import (
    Log,
    event_rows,
    group_rows,
    message_rows,
    ticket_rows,
    user_rows,
)

__all__ = ["DecodedLog", "Learned", "decode_log", "joined", "learn", "parted", "wanted_columns"]


@dataclass(frozen=True, slots=True)
class DecodedLog:
    """The outcome for a log, or for a part of one.

    Attributes
    ----------
    decoded
        Tables ``tickets``, ``ticket_events``, ``messages`` (only if the map makes any), ``users``, ``groups``; records
        set aside; notices. ``_line`` and ``Bad.line`` count records of the file from 1.
    rows, repeated
        Records given, and those among them that repeat another one in every column (superseded).
    learned
        What held for the whole log.
    """

    decoded: Decoded
    rows: int
    repeated: int
    learned: Learned


def decode_log(
    rows: pa.Table, roles: Roles, mapping: Mapping | None = None, learned: Learned | None = None
) -> DecodedLog:
    """Decode a whole log, or every row of some of its cases.

    Parameters
    ----------
    rows
        Text columns by their names in the file, and ``_line`` (numbered from 1 when it is missing).
    roles
        Which columns are case, activity, time and actor.
    mapping
        What values mean; without one every row becomes a ``custom:activity`` event.
    learned
        From ``learn`` over the whole log, when ``rows`` is a part of it.

    Returns
    -------
    DecodedLog
        Each row gives events, or is in ``decoded.bad``, or repeats another row.

    Raises
    ------
    BadInput
        A column is missing, or the times cannot be read for the whole log: ambiguous, written in several ways, or
        without a zone.
    """
    mapping = mapping or Mapping()
    for column, asker in roles.needs(mapping).items():
        if column not in rows.column_names:
            raise BadInput(f"the log has no column {column!r}, which {asker} names", "check the name")
    columns = Columns(rows, mapping.missing)
    learned = learned or learn_columns([columns], roles, mapping)
    frame = framed(columns, roles, mapping, learned)
    log = Log.of(frame, roles, mapping, learned)
    fields = fields_of(frame, roles, mapping, learned)
    messages = message_rows(log)
    tables = {
        "tickets": ticket_rows(log, fields, messages),
        "ticket_events": event_rows(log, _changes(frame, fields, roles, mapping, learned)),
        "users": user_rows(log, fields, messages),
        "groups": group_rows(log, fields),
    }
    if messages is not None:
        tables["messages"] = messages
    notices = [*frame.notices, *decoding_notices(frame, fields, roles, mapping, learned)]
    return DecodedLog(Decoded(tables, frame.bad, notices), rows.num_rows, frame.repeated, learned)


def _changes(frame: Frame, fields: list[Field], roles: Roles, mapping: Mapping, learned: Learned) -> Iterable[Changes]:
    """Of one row first what it was called, then what it changed."""
    yield from trail(frame, roles, mapping, learned)
    for field in fields:
        yield changes_of(field, frame, snapshot=mapping.mode == "snapshot")


def wanted_columns(roles: Roles, mapping: Mapping | None, columns: Iterable[str]) -> list[str]:
    """The columns of a file that decoding looks at.

    Reading only these saves memory, but two rows then count as one when they agree in these alone.
    """
    needs = roles.needs(mapping)
    return [name for name in columns if name in needs or name == LIFECYCLE]


def joined(tables: Iterable[pa.Table]) -> pa.Table:
    """The rows of several pages as one table; a column that a page lacks is missing there."""
    return pa.concat_tables(list(tables), promote_options="default")


def parted(rows: pa.Table, roles: Roles, parts: int) -> list[pa.Table]:
    """Split rows by case into ``parts`` tables: all rows of a case are in one of them, the same in every run."""
    coded = Columns(rows)[roles.case]
    part_of_case = np.array([crc32(text.encode()) % parts for text in coded.texts] + [0], np.int64)
    part = part_of_case[coded.codes]
    return [rows.take(np.flatnonzero(part == number)) for number in range(parts)]
