"""How far what is shown lies behind its sources: a line on every page, told by whoever reads sources live.

A desk registers how it tells when its app starts. It is asked for every page, so that it has to answer from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach


@dataclass(frozen=True, slots=True)
class Behind:
    """One source.

    Attributes
    ----------
    said
        Its name and by how much it is behind, or why nobody knows.
    needs_somebody
        Whether it stands still until somebody does something.
    url_name, key
        Its page, for those who have the right ``needs``.
    """

    said: str
    needs_somebody: bool = False
    url_name: str = ""
    key: str = ""
    needs: Right | None = None


Tell = Callable[[], Sequence[Behind]]
_TELLERS: dict[str, Tell] = {}


def register(name: str, tell: Tell) -> None:
    """Add one who tells; a name is there once."""
    _TELLERS[name] = tell


def told() -> list[Behind]:
    """Every source that is read live; what needs somebody comes first."""
    found = [one for tell in _TELLERS.values() for one in tell()]
    return sorted(found, key=lambda one: not one.needs_somebody)


def opens(actor: Actor, one: Behind) -> bool:
    """Whether an actor may follow its link."""
    return bool(one.url_name) and (one.needs is None or reach(actor, one.needs) is not Reach.NONE)
