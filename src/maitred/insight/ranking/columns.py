"""What search may know of a person: one row of small numbers, without a name and without a text.

Every count of months is of merged intervals; ``UNKNOWN`` says that nothing is known and is never a zero. Sets of tools,
skills, certificates, languages and industries are bits of their vocabulary's index, sixty-three to a column because
Delta Lake has no unsigned number. `profile_id` and source are not here: they are kept with the vault, under `key`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

import pyarrow as pa

UNKNOWN: Final = -1
NEVER_HIDDEN: Final = date(9999, 12, 31)
"""`hide_after` of a profile that no clock hides; a profile may be found on its `hide_after` day, and not after it."""
BITS_OF_A_COLUMN: Final = 63

BASES: Final = ("applicant", "talent_pool", "referral", "employee", "licensed", "synthetic")
"""Lawful bases by their number in `basis`."""
EDUCATION: Final = ("none", "high_school", "associate", "bachelor", "master", "doctorate")
"""Ranks by their number in `education`."""


def _column(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


PROFILE_COLUMNS: Final = pa.schema(
    [
        _column("key", pa.int64()),
        _column("tie", pa.int64()),
        _column("role", pa.int16()),
        _column("role_p", pa.int16()),
        _column("months_support", pa.int16()),
        _column("months_total", pa.int16()),
        _column("months_lead", pa.int16()),
        _column("months_since_support", pa.int16()),
        _column("city", pa.int32()),
        _column("remote_ok", pa.int8()),
        _column("education", pa.int8()),
        _column("team_size", pa.int16()),
        _column("tools_dated", pa.int64()),
        _column("tools_listed", pa.int64()),
        _column("skills_dated_0", pa.int64()),
        _column("skills_dated_1", pa.int64()),
        _column("skills_dated_2", pa.int64()),
        _column("skills_dated_3", pa.int64()),
        _column("skills_listed_0", pa.int64()),
        _column("skills_listed_1", pa.int64()),
        _column("skills_listed_2", pa.int64()),
        _column("skills_listed_3", pa.int64()),
        _column("certs", pa.int64()),
        _column("languages", pa.int64()),
        _column("industries", pa.int64()),
        _column("basis", pa.int8()),
        _column("hide_after", pa.date32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Features:
    """One row of `PROFILE_COLUMNS`, field for field.

    `role` is the index of the vocabulary's role of the latest job in customer support, else of the latest job
    (``UNKNOWN`` when no title is known), `role_p` how sure that is from 0 to 1000; `remote_ok` is 1 said, 0 declined,
    ``UNKNOWN`` not told; `months_lead` is ``UNKNOWN`` too when somebody led for an unknown time: then a team size or
    a leading role still shows that they did.
    """

    key: int
    tie: int
    role: int = UNKNOWN
    role_p: int = 0
    months_support: int = UNKNOWN
    months_total: int = UNKNOWN
    months_lead: int = UNKNOWN
    months_since_support: int = UNKNOWN
    city: int = UNKNOWN
    remote_ok: int = UNKNOWN
    education: int = UNKNOWN
    team_size: int = UNKNOWN
    tools_dated: int = 0
    tools_listed: int = 0
    skills_dated_0: int = 0
    skills_dated_1: int = 0
    skills_dated_2: int = 0
    skills_dated_3: int = 0
    skills_listed_0: int = 0
    skills_listed_1: int = 0
    skills_listed_2: int = 0
    skills_listed_3: int = 0
    certs: int = 0
    languages: int = 0
    industries: int = 0
    basis: int = 0
    hide_after: date = NEVER_HIDDEN


FEATURE_NAMES: Final = tuple(field.name for field in fields(Features))


def as_table(rows: Iterable[Features]) -> pa.Table:
    """These rows as Arrow columns of `PROFILE_COLUMNS`, in their order.

    >>> as_table([Features(key=7, tie=11, months_support=48)]).column("months_support").to_pylist()
    [48]
    """
    listed = list(rows)
    return pa.table(
        [pa.array([getattr(row, field.name) for row in listed], type=field.type) for field in PROFILE_COLUMNS],
        schema=PROFILE_COLUMNS,
    )


def features_of(table: pa.Table) -> list[Features]:
    """The rows of a table of `PROFILE_COLUMNS`."""
    return [Features(**row) for row in table.select(list(FEATURE_NAMES)).to_pylist()]
