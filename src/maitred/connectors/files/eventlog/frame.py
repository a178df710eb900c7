"""A part of a log in order: its usable rows sorted by case and time, the others set aside with their reasons.

For ``decode``. The order of rows inside a case is by time, then by the map's ``order`` column as a number, then as in
the file. Rows that repeat another one in every column are one row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from maitred.connectors.decoded import Bad, Code
from maitred.connectors.files.eventlog.columns import Array, Coded, Columns, Flags, Ints, take
from maitred.connectors.files.eventlog.learn import Learned
from maitred.connectors.files.eventlog.mapping import INSTANTS, STATUSES, Mapping
from maitred.connectors.files.eventlog.pages import LINE
from maitred.connectors.files.eventlog.roles import Roles
from maitred.connectors.files.eventlog.times import SECOND, read_times, to_utc

EARLIEST, LATEST = 0, 7_258_118_400  # seconds since 1970: 1970 and 2200; beyond them a time is a fault or a filler
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Frame:
    """Sorted rows.

    Attributes
    ----------
    rows
        Positions in the table that was given, in order.
    case
        Running number of the row's case; ``cases`` are the ids.
    starts
        First row of each case.
    seconds, lines
        When (whole seconds since 1970, UTC), and ``_line``, of each row.
    instants
        Canonical time column -> seconds of each row, -1 where missing.
    """

    columns: Columns
    rows: Ints
    cases: Array
    case: Ints
    starts: Ints
    seconds: Ints
    lines: Ints
    instants: dict[str, Ints]
    bad: list[Bad]
    repeated: int
    notices: list[str]

    def coded(self, column: str) -> Coded:
        """A column of the sorted rows."""
        whole = self.columns[column]
        return Coded(whole.values, whole.codes[self.rows])

    @property
    def ends(self) -> Ints:
        """Last row of each case."""
        return np.append(self.starts, len(self.case))[1:] - 1


def framed(columns: Columns, roles: Roles, mapping: Mapping, learned: Learned) -> Frame:
    """Sort out and sort the rows of a part of a log."""
    sieve = _Sieve(columns, roles, mapping, learned)
    case = columns[roles.case]
    sieve.refuse(case.codes < 0, "missing_key", roles.case, lambda row: "the case is missing")
    micros = sieve.instants(roles.time)
    instants = {
        name: sieve.instants(column, optional=name != "created_at")
        for name in INSTANTS
        if (column := mapping.column(name)) is not None
    }
    status = status_column(roles, mapping)
    if status is not None:
        sieve.check_status(status)
    if mapping.mode == "activity":
        missing = columns[roles.activity].codes < 0
        sieve.refuse(missing, "missing_key", roles.activity, lambda row: "the activity is missing")
    order = sieve.order()
    good = np.flatnonzero(~sieve.gone)
    by = np.lexsort((sieve.lines[good], order[good], micros[good], case.codes[good]))
    rows = good[by]
    likely = [name for name in (mapping.order, roles.activity, roles.actor) if name is not None]
    rows, repeated = _once(columns, rows, case.codes, micros, likely)
    present, numbers = np.unique(case.codes[rows], return_inverse=True)
    starts = np.searchsorted(numbers, np.arange(len(present)))
    return Frame(
        columns,
        rows,
        take(case.values, present),
        numbers.astype(np.int64),
        starts.astype(np.int64),
        micros[rows] // SECOND,
        sieve.lines[rows],
        {name: np.where(values[rows] < 0, -1, values[rows] // SECOND) for name, values in instants.items()},
        sieve.bad,
        repeated,
        sieve.notices,
    )


def _once(columns: Columns, rows: Ints, case: Ints, micros: Ints, likely: list[str]) -> tuple[Ints, int]:
    """The rows without those that repeat an earlier row in every column; ``likely``: columns that differ most."""
    if not len(rows):
        return rows, 0
    same = (case[rows][1:] == case[rows][:-1]) & (micros[rows][1:] == micros[rows][:-1])
    near = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False))
    if not len(near):
        return rows, 0
    group = np.cumsum(~np.insert(same, 0, False))[near]
    for name in dict.fromkeys([*likely, *columns.table.column_names]):
        if name == LINE:
            continue
        column = columns[name].codes[rows[near]]
        key = group * (int(column.max(initial=-1)) + 2) + column + 1
        _, group, sizes = np.unique(key, return_inverse=True, return_counts=True)
        several = sizes[group] > 1
        near, group = near[several], group[several]
        if not len(near):
            return rows, 0
    repeated = np.delete(near, np.unique(group, return_index=True)[1])
    return np.delete(rows, repeated), len(repeated)


@dataclass(slots=True)
class _Sieve:
    """Which rows of a part can be used, and why the others cannot."""

    columns: Columns
    roles: Roles
    mapping: Mapping
    learned: Learned
    gone: Flags = field(init=False)
    lines: Ints = field(init=False)
    bad: list[Bad] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        table = self.columns.table
        self.gone = np.zeros(table.num_rows, np.bool_)
        counted = np.arange(1, table.num_rows + 1)
        self.lines = table.column(LINE).to_numpy().astype(np.int64) if LINE in table.column_names else counted

    def refuse(self, which: Flags, code: Code, column: str, why: Callable[[int], str]) -> None:
        """Set rows aside, unless an earlier reason already did."""
        cases = self.columns[self.roles.case]
        for row in np.flatnonzero(which & ~self.gone).tolist():
            line, case = int(self.lines[row]), int(cases.codes[row])
            key = str(cases.values[case].as_py())[:200] if case >= 0 else None
            self.bad.append(Bad(line, code, column, f"row {line}, field {column}: {why(row)}", key))
        self.gone |= which

    def instants(self, column: str, *, optional: bool = False) -> Ints:
        """Microseconds since 1970 in UTC of a time column; -1 where missing."""
        coded = self.columns[column]
        form = self.learned.forms.get(column)
        if form is None:
            return np.full(len(coded.codes), -1, np.int64)
        times = read_times(coded.values, form)
        micros = times.micros
        if not form.aware and self.mapping.time_zone is not None:
            micros = np.where(times.valid, to_utc(np.where(times.valid, micros, 0), self.mapping.time_zone), 0)
        inside = (micros >= EARLIEST * SECOND) & (micros < LATEST * SECOND)
        missing, unread = coded.codes < 0, ~times.valid
        if column == self.roles.time:
            self.refuse(missing, "bad_time", column, lambda row: "the time is missing")
        odd = ~missing & unread[coded.codes]
        self.refuse(odd, "bad_time", column, lambda row: f"{_shown(coded, row)} is no time of the form {form.format}")
        outside = ~missing & (times.valid & ~inside)[coded.codes]
        if optional and outside.any():
            self.notices.append(
                f"column {column}: {int(outside.sum())} times outside 1970 to 2199 are taken for no time"
            )
        elif not optional:
            self.refuse(outside, "bad_time", column, lambda row: f"{_shown(coded, row)} is outside 1970 to 2199")
        return np.where(missing | ~(times.valid & inside)[coded.codes], -1, micros[coded.codes])

    def check_status(self, column: str) -> None:
        """Set rows aside whose status the map does not name."""
        coded = self.columns[column]
        unnamed = np.array([meaning is None for meaning in statuses(coded, self.mapping).values()] + [False], np.bool_)
        self.refuse(
            unnamed[coded.codes],
            "bad_enum",
            column,
            lambda row: f"the status {_shown(coded, row)} is not in [status] of the map {self.mapping.source}",
        )

    def order(self) -> Ints:
        """The numbers that break ties; rows without one come last."""
        column = self.mapping.order
        if column is None:
            return np.zeros(self.columns.table.num_rows, np.int64)
        coded = self.columns[column]
        numbers = [_number(text) for text in coded.texts]
        wrong = np.array([number is None for number in numbers] + [False], np.bool_)
        self.refuse(
            wrong[coded.codes], "bad_type", column, lambda row: f"{_shown(coded, row)} is no number to order by"
        )
        ranks = np.unique([number if number is not None else 0.0 for number in numbers], return_inverse=True)[1]
        return np.append(ranks, len(ranks)).astype(np.int64)[coded.codes]


def status_column(roles: Roles, mapping: Mapping) -> str | None:
    """The column every value of which must be a known status; null where activities alone tell the status."""
    named = mapping.column("status")
    if named is None and mapping.mode == "snapshot" and mapping.status:
        return roles.activity
    return named


def statuses(coded: Coded, mapping: Mapping) -> dict[str, str | None]:
    """What each status of a column means. Without [status] in the map, canonical names mean themselves."""
    meanings = dict(mapping.status) or {name: name for name in STATUSES}
    if mapping.status:
        return {text: meanings.get(text) for text in coded.texts}
    return {text: meanings.get(text.lower()) for text in coded.texts}


def _shown(coded: Coded, row: int) -> str:
    text = str(coded.values[int(coded.codes[row])].as_py())
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) < 1e300 else None
