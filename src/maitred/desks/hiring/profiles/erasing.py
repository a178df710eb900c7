"""Take a person out of hiring: nobody finds them, every byte goes, and a pseudonym keeps old files from helping.

Their candidates stay as decisions under a code, without a way back to a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from maitred.desks.hiring.erasing import silence
from maitred.desks.hiring.models import ErasedProfile, Profile
from maitred.desks.hiring.profiles import access, sealing, table
from maitred.kit.audit import deeds
from maitred.kit.audit import sealing as audit_sealing


def erase(rows: Sequence[Profile], why: str) -> dict[str, int]:
    """Erase profiles; inside a deed, by whoever holds the table for writing.

    Returns
    -------
    dict
        How many rows went where: the answer to the person.
    """
    deeds.current()
    keys = [row.pk for row in rows]
    table.erase(keys)
    told = candidates = 0
    for row in rows:
        for one in access.self_told(row.pk):
            deeds.remove(one, None)
            told += 1
        for candidate in access.candidates(row.pk):
            silence(candidate)
            deeds.change(candidate, None, profile=None)
            candidates += 1
        tag = sealing.erasure_tag(row.source, row.external_id)
        if not access.is_listed(tag):
            deeds.create(ErasedProfile, tag=tag, why=why[:20])
        deeds.remove(row, None)
        audit_sealing.forget(row.subject())
    return {"profiles": len(rows), "search_rows": len(keys), "self_told": told, "candidates_unnamed": candidates}
