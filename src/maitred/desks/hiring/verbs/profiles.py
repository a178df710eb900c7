"""Profiles: who is known here, from where and until when; what search reads of somebody; export and erasure."""

from __future__ import annotations

import time
from datetime import date
from typing import Annotated

from pydantic import Field

from maitred.base import clock
from maitred.base.errors import BadInput
from maitred.desks.hiring.models import Profile
from maitred.desks.hiring.profiles import access, erasing, importing, sealing, showing, table
from maitred.desks.hiring.profiles.shapes import (
    Basis,
    ProfileExport,
    ProfileId,
    ProfileListed,
    ProfileShown,
    Reason,
    Receipt,
    SharedContact,
    SharedContacts,
    SourceName,
)
from maitred.insight.ranking.profiles import extract
from maitred.insight.ranking.profiles.telling import numbers
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.verbs import Cursor, Limit, Page, Version, action, question
from maitred.kit.verbs.results import paged

BACKUPS = "backups cannot be edited; they age out, and what is erased here is not brought back by an old file"
Many = Annotated[int, Field(ge=1, le=200)]


@question(needs=Right.HIRING_READ, example={})
def known_profiles(
    actor: Actor,
    source: SourceName | None = None,
    basis: Basis | None = None,
    ending_before: date | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ProfileListed]:
    """List the profiles that are known, without names: source, basis, and until when each is found and kept.

    Parameters
    ----------
    ending_before
        Only those who are hidden from search before that day.
    """
    rows = access.visible_profiles(actor).defer("document", "contact")
    rows = rows.filter(source=source) if source else rows
    rows = rows.filter(basis=basis) if basis else rows
    rows = rows.filter(hide_after__lt=ending_before) if ending_before else rows
    return paged(rows, actor, f"profiles:{source}:{basis}:{ending_before}", cursor, limit, showing.listed)


@action(needs=Right.HIRING_READ, example={"profile": "s1-0000001"})
def show_profile(actor: Actor, profile: ProfileId, source: SourceName | None = None) -> ProfileShown:
    """Show one profile with what search reads of it and the words each was read from; that it was read is noted.

    Parameters
    ----------
    source
        Where several sources have that id.
    """
    row = access.profile_by_id(actor, profile, source)
    deeds.note("read", Profile.NOUN, row.pk)
    return showing.whole(actor, row)


@action(needs=Right.HIRING_WRITE, example={"profile": "s1-0000001"})
def export_profile(actor: Actor, profile: ProfileId, source: SourceName | None = None) -> ProfileExport:
    """Export everything that is held of one person, for that person."""
    row = access.profile_by_id(actor, profile, source)
    deeds.note("export", Profile.NOUN, row.pk)
    document = sealing.document_of(row)
    return ProfileExport(
        key=row.pk,
        id=row.external_id,
        source=row.source,
        basis=row.basis,
        added_on=row.added_on,
        last_modified=row.last_modified,
        noticed_on=row.noticed_on,
        consented_on=row.consented_on,
        hide_after=row.hide_after,
        erase_after=row.erase_after,
        document=document,
        features=numbers(extract(document, as_of=row.as_of).features),
        candidates=tuple(one.code for one in access.candidates(row.pk)),
        watermark=showing.watermark(row),
    )


@action(needs=Right.HIRING_WRITE, example={"profile": "s1-0000001", "reason": "asked to be erased"})
def erase_profile(actor: Actor, profile: ProfileId, reason: Reason, source: SourceName | None = None) -> Receipt:
    """Erase one person: nobody finds them from now on, and no byte is left when this returns.

    Parameters
    ----------
    reason
        Why, in a few words without names.
    """
    begun = time.monotonic()
    row = access.profile_by_id(actor, profile, source)
    name, origin = row.external_id, row.source
    deeds.current().reason = reason
    with table.table().writing():
        gone = erasing.erase([row], "asked")
    return Receipt(
        id=name,
        source=origin,
        search_rows=gone["search_rows"],
        self_told=gone["self_told"],
        candidates_unnamed=gone["candidates_unnamed"],
        seconds=round(time.monotonic() - begun, 3),
        backups=BACKUPS,
    )


@action(needs=Right.HIRING_WRITE, example={"profile": "s1-0000001", "version": 1})
def tell_profile(
    actor: Actor, profile: ProfileId, version: Version, on: date | None = None, source: SourceName | None = None
) -> ProfileListed:
    """Record that somebody was told where their data come from: the clock of 30 days stops, that of the period runs.

    Parameters
    ----------
    on
        The day on which they were told; today unless given.
    """
    row, day = access.profile_by_id(actor, profile, source), on or clock.now().date()
    if not row.added_on <= day <= clock.now().date():
        raise BadInput(f"{day} is not between {row.added_on} and today", "give the day on which they were told")
    return _clocked(row, version, noticed_on=day, last_step_on=max(day, row.last_step_on))


@action(needs=Right.HIRING_WRITE, example={"profile": "s1-0000001", "version": 1})
def opt_in_profile(
    actor: Actor, profile: ProfileId, version: Version, source: SourceName | None = None
) -> ProfileListed:
    """Record that somebody agreed today to stay in the talent pool: their period begins anew."""
    row, today = access.profile_by_id(actor, profile, source), clock.now().date()
    return _clocked(row, version, basis="talent_pool", consented_on=today, last_step_on=today)


@question(needs=Right.HIRING_READ, example={})
def shared_contacts(actor: Actor, limit: Many = 50) -> SharedContacts:
    """List profiles that have one mail address: they are kept apart, and a person decides whether they are one."""
    return SharedContacts(
        tuple(
            SharedContact(
                tuple(row.external_id for row in rows),
                tuple(row.source for row in rows),
                tuple(row.pk for row in rows),
            )
            for _, rows in access.shared_contacts(actor, limit)
        )
    )


def _clocked(row: Profile, version: int, **changed: object) -> ProfileListed:
    """Change days of a profile, and with them its last days, here and in search."""
    for name, value in changed.items():
        setattr(row, name, value)
    importing.timed(row)
    until = {"hide_after": row.hide_after, "erase_after": row.erase_after}
    with table.table().writing():
        row = deeds.change(access.again(row), version, **changed, **until)
        table.put([importing.features_of(row)])
    return showing.listed(row)
