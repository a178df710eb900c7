"""Write thousands of profiles beside the deed that counts them, and say of an import that its rows can be searched."""

from __future__ import annotations

from collections.abc import Sequence

from maitred.base import clock
from maitred.desks.hiring.models import Profile, ProfileImport
from maitred.kit.audit import deeds

_BATCH = 500
_CHANGED = (
    "basis document contact digest contact_tag batch as_of last_modified city last_step_on consented_on hide_after "
    "erase_after changed_at version"
).split()


def put(batch: ProfileImport, added: Sequence[Profile], changed: Sequence[Profile]) -> None:
    """Keep new profiles and newer forms of known ones; inside a deed."""
    deeds.current()
    now = clock.now()
    for row in added:
        row.created_at = row.changed_at = now
    for row in changed:
        row.changed_at, row.version = now, row.version + 1
    Profile._base_manager.bulk_create(added, batch_size=_BATCH)
    Profile._base_manager.bulk_update(changed, _CHANGED, batch_size=40)
    deeds.note("keep", ProfileImport.NOUN, batch.pk, added=len(added), changed=len(changed))
