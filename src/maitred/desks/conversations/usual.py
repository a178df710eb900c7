"""What is usual: how long customers wait, and how long a ticket rests between two words of the staff.

The ninth decile of the last sixty days, in business time where there is any. A group and channel with too few cases is
told by its group, then by the whole helpdesk; which of them it was is said beside the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Of: TypeAlias = Literal["group_channel", "group", "all"]
Key: TypeAlias = tuple[str, ...]
SHARE = 0.9
DAYS = 60
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Usual:
    """The seconds that nine in ten stay below, of how many cases, and of which part of the work."""

    seconds: int
    n: int
    of: Of


def usual(
    sources: Sequence[str], groups: Sequence[str], channels: Sequence[str], seconds: NDArray[np.int64]
) -> dict[Key, Usual]:
    """What is usual in each part that has enough cases.

    >>> found = usual(["a"] * 20, ["g"] * 20, ["chat"] * 20, np.arange(20))
    >>> found["a", "g", "chat"].seconds, found["a",].n
    (18, 20)
    """
    found: dict[Key, Usual] = {}
    places: dict[Key, list[int]] = {}
    for place, (source, group, channel) in enumerate(zip(sources, groups, channels, strict=True)):
        keys: tuple[Key, ...] = ((source, group, channel), (source, group), (source,))
        for key in keys:
            places.setdefault(key, []).append(place)
    names: Mapping[int, Of] = {3: "group_channel", 2: "group", 1: "all"}
    for key, mine in places.items():
        if len(mine) >= FEWEST:
            worth = float(np.quantile(seconds[mine], SHARE, method="higher"))
            found[key] = Usual(int(worth), len(mine), names[len(key)])
    return found


def looked_up(found: Mapping[Key, Usual], source: str, group: str, channel: str) -> Usual | None:
    """What is usual for a ticket; None where the helpdesk has too few cases to say."""
    keys: tuple[Key, ...] = ((source, group, channel), (source, group), (source,))
    for key in keys:
        if key in found:
            return found[key]
    return None
