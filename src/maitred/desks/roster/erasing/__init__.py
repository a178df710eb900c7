"""What the roster does when a person is erased: everything that it keeps about them goes.

Totals of teams come from tickets and from whoever is there; nothing of the past rests on these rows.
"""

from __future__ import annotations

from maitred.desks.roster.erasing import access
from maitred.kit.audit import deeds


def erase(person: int) -> dict[str, int]:
    """Take a person out of the roster, inside a deed; how many rows were removed."""
    rows = access.about(person)
    for row in rows:
        deeds.remove(row, None)
    return {"removed": len(rows)}
