"""What people ask of the audit log: who did what, whether it is whole, a copy for the auditor, their sign-off."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import rfc8785
from django.conf import settings
from django.core import signing
from pydantic import AwareDatetime, Field

from maitred.base.checks import Check
from maitred.base.errors import NotFound, UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.audit import deeds, heads, sealing
from maitred.kit.audit.access import require_all, visible_rows
from maitred.kit.audit.heads import Head
from maitred.kit.audit.log import COLUMNS
from maitred.kit.audit.models import AuditRow
from maitred.kit.audit.verifying import verify_chain
from maitred.kit.secrets.installation import keyring
from maitred.kit.verbs import Cursor, Limit, LongText, Page, action, question
from maitred.kit.verbs.words import LARGEST

SEALED = "(sealed)"
Words = Annotated[str | None, Field(max_length=120)]
Seq = Annotated[int, Field(ge=0, le=LARGEST)]


@dataclass(frozen=True, slots=True)
class Change:
    """What one deed did to one object: old and new value by field, personal ones as ``(sealed)``."""

    do: str
    object: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RowShown:
    """One deed."""

    seq: int
    at: datetime
    actor: str
    on_behalf_of: str
    verb: str
    object: str
    reason: str
    request_id: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether the log is what was written, check by check."""

    ok: bool
    checks: tuple[Check, ...]
    install: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Exported:
    """Rows as they are chained, one JSON document a line.

    Attributes
    ----------
    sha256
        Of ``lines`` in UTF-8; the same value is in the audit row that this export left.
    next
        ``after`` of the next call; nothing when these were the last rows.
    """

    lines: str
    count: int
    first: int | None
    last: int | None
    sha256: str
    next: int | None


@dataclass(frozen=True, slots=True)
class SignedOff:
    """That an auditor reviewed the rows up to one, with the signed head that holds them fast."""

    through: int
    head: Head


@question(needs=Right.AUDIT_READ, example={"verb": "people.rename_team", "limit": 20})
def rows(
    actor: Actor,
    verb: Words = None,
    object: Words = None,
    who: Words = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RowShown]:
    """Show who did what, when and why, the newest first.

    Everybody sees their own deeds, managers those of their people, administrators and auditors all. Personal values are
    sealed and shown as such.

    Parameters
    ----------
    verb
        Only this verb, as ``people.rename_team``.
    object
        Only what was done to this object first of all, as ``team:3`` or ``team``.
    who
        Only this actor, as ``account:7`` or ``os:ana``.
    since
        Only from this instant on.
    until
        Only before this instant.
    cursor
        Where the page begins.
    limit
        Rows in one page.
    """
    found = visible_rows(actor)
    kind, _, key = (object or "").partition(":")
    asked = {"verb": verb, "object_type": kind, "object_id": key, "actor": who}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    if since is not None:
        found = found.filter(at__gte=_written(since))
    if until is not None:
        found = found.filter(at__lt=_written(until))
    if cursor is not None:
        found = found.filter(seq__lt=_opened(cursor, actor))
    page = [*found.order_by("-seq")[: limit + 1]]
    after = signing.dumps(["audit.rows", actor.name, page[limit - 1].seq], salt="cursor") if len(page) > limit else None
    return Page(_shown(page[:limit]), after)


@question(needs=Right.AUDIT_READ, example={})
def verify_log(actor: Actor) -> Verified:
    """Read the whole log and say whether it is what was written.

    Chain, sealed texts, signed heads, triggers; a bad row is named by its number. The public key lets an auditor check
    signed heads without this installation.
    """
    require_all(actor, Right.AUDIT_READ)
    checks = tuple(verify_chain(Path(settings.MAITRED_HOME)))
    ring = keyring()
    return Verified(all(one.ok for one in checks), checks, heads.install(ring), heads.public_key(ring))


@action(needs=Right.AUDIT_EXPORT, example={"after": 0, "limit": 100}, fresh=True)
def export(actor: Actor, after: Seq = 0, limit: Annotated[int, Field(ge=1, le=5000)] = 1000) -> Exported:
    """Copy rows of the log out, exactly as they are chained.

    The copy can be checked without this installation: each ``hash`` is SHA-256 over ``prev`` and the canonical JSON of
    the other columns. The export is a deed of its own, with the count of rows and the SHA-256 of the lines.

    Parameters
    ----------
    after
        Begin behind this row.
    limit
        Rows in one page, at most 5,000.
    """
    require_all(actor, Right.AUDIT_EXPORT)
    names = (*COLUMNS, "hash")
    taken = [*visible_rows(actor).filter(seq__gt=after).order_by("seq").values(*names)[: limit + 1]]
    page = taken[:limit]
    lines = "".join(f"{rfc8785.dumps(row).decode()}\n" for row in page)
    digest = hashlib.sha256(lines.encode()).hexdigest()
    first, last = (page[0]["seq"], page[-1]["seq"]) if page else (None, None)
    deeds.note("export", "audit-log", after, first=first, last=last, count=len(page), sha256=digest)
    return Exported(lines, len(page), first, last, digest, last if len(taken) > limit else None)


@action(needs=Right.AUDIT_EXPORT, example={"through": 1, "finding": "Nothing to remark."}, fresh=True)
def sign_off(actor: Actor, through: Annotated[int, Field(ge=1, le=LARGEST)], finding: LongText) -> SignedOff:
    """Record that the rows up to one were reviewed, and sign how far the log goes now.

    Parameters
    ----------
    through
        The last row that was reviewed.
    finding
        What the review found, in a few words.
    """
    require_all(actor, Right.AUDIT_EXPORT)
    reviewed = visible_rows(actor).filter(seq=through).first()
    head = heads.sign_head()
    if reviewed is None or head is None:
        raise NotFound(f"there is no row {through} in the audit log", "give the number of a row that was reviewed")
    words = sealing.keep(f"account:{actor.account}", finding)
    deeds.note(
        "sign-off", "audit-log", through, hash=reviewed.hash, finding=words, head=head.seq, signature=head.signature
    )
    return SignedOff(through, heads.as_head(head))


def _shown(page: list[AuditRow]) -> tuple[RowShown, ...]:
    reasons = sealing.read_all(row.reason for row in page if row.reason)
    return tuple(
        RowShown(
            row.seq,
            datetime.fromisoformat(row.at),
            row.actor,
            row.on_behalf_of,
            row.verb,
            f"{row.object_type}:{row.object_id}" if row.object_type else "",
            reasons.get(row.reason, ""),
            row.request_id,
            tuple(Change(one["do"], one["object"], _unnamed(one["values"])) for one in json.loads(row.diff)),
        )
        for row in page
    )


def _unnamed(value: Any) -> Any:
    """Values without the references to sealed texts: they are of use to the log alone."""
    if isinstance(value, str):
        return SEALED if sealing.REFERENCE.fullmatch(value) else value
    if isinstance(value, list):
        return [_unnamed(one) for one in value]
    if isinstance(value, dict):
        return {name: _unnamed(one) for name, one in value.items()}
    return value


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _opened(cursor: str, actor: Actor) -> int:
    try:
        where, who, last = signing.loads(cursor, salt="cursor")
    except (signing.BadSignature, ValueError) as error:
        raise UsageError("this cursor was not given out here", "start again without a cursor") from error
    if (where, who) != ("audit.rows", actor.name):
        raise UsageError("this cursor belongs to another list", "start again without a cursor")
    return int(last)
