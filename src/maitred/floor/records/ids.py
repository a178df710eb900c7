"""The numbers by which a helpdesk would know the things of a world: disjoint ranges, as text in every table.

A thing's number follows from its position in the world, so that the truth file and the tables speak of the same thing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

TICKET: Final = 1_001
SCHEDULE: Final = 350_000_001
POLICY: Final = 351_000_001
RULE: Final = 352_000_001
FIELD: Final = 353_000_001
BRAND: Final = 354_000_001
GROUP: Final = 360_000_001
AGENT: Final = 370_000_001
ORGANIZATION: Final = 380_000_001
MEMBERSHIP: Final = 390_000_001
CUSTOMER: Final = 400_000_001
RELATIONSHIP: Final = 900_000_000_001
"""Surveys that follow no ticket."""
STEP_BITS: Final = 16
"""What happens to a ticket is numbered ``(ticket id << 16) + place``, the same at whatever instant it is told."""


def texts(numbers: NDArray[np.int64]) -> pa.Array:
    """Numbers as texts; negative ones are null."""
    array = pa.array(numbers, mask=numbers < 0) if len(numbers) else pa.array([], pa.int64())
    return pc.cast(array, pa.string())


def of(first: int, positions: NDArray[np.int32]) -> NDArray[np.int64]:
    """Numbers of the things at some positions; a negative position (nobody) stays negative."""
    numbers = positions.astype(np.int64)
    return np.where(numbers < 0, -1, numbers + first)
