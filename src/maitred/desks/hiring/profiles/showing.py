"""Profiles as they are shown: by name only to those who may, with what search reads of them and from where."""

from __future__ import annotations

from maitred.desks.hiring.models import Profile
from maitred.desks.hiring.profiles import clocks, sealing
from maitred.desks.hiring.profiles.shapes import SYNTHETIC, ProfileListed, ProfileShown, Slice, Unread
from maitred.insight.ranking.profiles import extract
from maitred.insight.ranking.profiles.telling import numbers, read_as
from maitred.kit.access.actor import Actor
from maitred.kit.access.fields import shown


def listed(row: Profile) -> ProfileListed:
    """A line of the list, without a name."""
    return ProfileListed(
        key=row.pk,
        id=row.external_id,
        source=row.source,
        basis=row.basis,
        last_modified=row.last_modified,
        added_on=row.added_on,
        hide_after=row.hide_after,
        erase_after=row.erase_after,
        watermark=watermark(row),
        version=row.version,
    )


def whole(actor: Actor, row: Profile) -> ProfileShown:
    """One profile with evidence, read from its document again."""
    found = extract(sealing.document_of(row), as_of=row.as_of)
    contact = sealing.contact_in(row)
    reached = " · ".join(part for part in (contact.email, contact.phone) if part)
    return ProfileShown(
        key=row.pk,
        id=row.external_id,
        source=row.source,
        basis=row.basis,
        watermark=watermark(row),
        name=shown(actor, "candidate.name", contact.name),
        contact=shown(actor, "candidate.contact", reached),
        last_modified=row.last_modified,
        added_on=row.added_on,
        noticed_on=row.noticed_on,
        consented_on=row.consented_on,
        hide_after=row.hide_after,
        erase_after=row.erase_after,
        kept_because=_until(row).why,
        features=numbers(found.features),
        read_as=read_as(found.features),
        features_sha256=found.sha256,
        imprecise=found.imprecise,
        evidence=tuple(Slice(one.field, one.start, one.end, one.text, one.about, one.dated) for one in found.evidence),
        unread=tuple(Unread(one.field, one.why) for one in found.notes),
        version=row.version,
    )


def watermark(row: Profile) -> str:
    """What stands on everything that is made of an invented person."""
    return SYNTHETIC if row.basis == "synthetic" else ""


def _until(row: Profile) -> clocks.Until:
    dates = clocks.Dates(row.basis, row.added_on, row.last_step_on, row.noticed_on, row.consented_on)
    return clocks.until(dates, clocks.where_of(row.city))
