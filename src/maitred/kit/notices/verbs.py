"""What one was told, how much of it is new, and that one has read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from maitred.base.errors import Invalid
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds
from maitred.kit.notices import telling
from maitred.kit.notices.access import own_notices, unread
from maitred.kit.notices.models import Notice
from maitred.kit.verbs import Cursor, Limit, Page, action, question
from maitred.kit.verbs.results import paged
from maitred.kit.verbs.words import LARGEST

_ID = Annotated[int, Field(ge=1, le=LARGEST)]
NoticeIds = Annotated[tuple[_ID, ...], Field(max_length=200)]


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """Something one was told; ``url`` is the page it is about."""

    id: int
    kind: str
    text: str
    url: str
    created: datetime
    read: datetime | None


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notices wait to be read."""

    unread: int


@question(needs=Right.OWN_SETTINGS, own=True, example={})
def count(actor: Actor) -> Unread:
    """Count what one was told and has not read."""
    return Unread(unread(own_notices(actor)).count())


@action(needs=Right.OWN_SETTINGS, own=True, example={"until": 1})
def read(actor: Actor, notices: NoticeIds = (), until: _ID | None = None) -> Unread:
    """Mark notices as read: some, or all up to the newest that was seen. Answers how many are left.

    Parameters
    ----------
    notices
        Their ids; those of somebody else are passed over.
    until
        All of one's own up to this id, so that one that came meanwhile stays unread.
    """
    if bool(notices) is (until is not None):
        what = "name some notices, or the newest that was seen"
        raise Invalid(what, "give one of the two", ({"field": "notices", "message": what, "code": "misfit"},))
    done = telling.mark_read(actor, notices, until)
    deeds.note("read", Notice.NOUN, until or "", count=done)
    return count(actor)


@question(needs=Right.OWN_SETTINGS, own=True, example={})
def list(actor: Actor, waiting: bool = False, cursor: Cursor = None, limit: Limit = 50) -> Page[NoticeShown]:
    """List what one was told, the newest first.

    Parameters
    ----------
    waiting
        Only what was not read.
    """
    rows = unread(own_notices(actor)) if waiting else own_notices(actor)
    return paged(rows, actor, f"notices:{waiting}", cursor, limit, _shown, newest=True)


def _shown(row: Notice) -> NoticeShown:
    return NoticeShown(row.pk, row.kind, row.text, row.url, row.created_at, row.read_at)
