"""Tell somebody something, within the deed that it is about: a view was shared, an export is ready, a job failed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.kit.access.actor import Actor
from maitred.kit.audit import deeds
from maitred.kit.notices.access import own_notices, unread
from maitred.kit.notices.models import KINDS, LONGEST_TEXT, LONGEST_URL, Notice

KEEP = timedelta(days=90)
_BATCH = 500


def notify(account: int | Iterable[int], kind: str, text: str, url: str = "") -> int:
    """Tell one account, or several, something; returns how many were told.

    Parameters
    ----------
    kind
        One of ``notices.models.KINDS``.
    text
        One short line, cut off at 200 characters. It says what there is, never anything about another person.
    url
        Where to look: a path of this installation.

    Raises
    ------
    MaitredError
        Called outside of a deed, with a kind that does not exist, or with an address of somebody else's.
    """
    deeds.current()
    if kind not in KINDS:
        raise MaitredError(f"there is no kind of notice {kind!r}", f"known are {', '.join(KINDS)}")
    if url and (not url.startswith("/") or url[1:2] in ("/", "\\") or len(url) > LONGEST_URL):
        raise MaitredError("a notice leads to a page of ours", "give a path that begins with one /")
    told = sorted({account} if isinstance(account, int) else set(account))
    now = clock.now()
    rows = [Notice(account_id=one, kind=kind, text=text[:LONGEST_TEXT], url=url, created_at=now) for one in told]
    Notice._base_manager.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def mark_read(actor: Actor, ids: Iterable[int], until: int | None) -> int:
    """Mark some of one's own notices as read, or all up to one; returns how many were not before."""
    mine = unread(own_notices(actor))
    rows = mine.filter(pk__lte=until) if until is not None else mine.filter(pk__in=list(ids))
    return rows.update(read_at=clock.now())


def forget(now: datetime) -> int:
    """Delete what was told longer ago than it is kept."""
    count, _ = Notice._base_manager.filter(created_at__lt=now - KEEP).delete()
    return count
