"""Escalations in reports: how many, how fast somebody said "mine", promises kept, causes; counts of five and more."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.desks.escalations import access
from maitred.desks.escalations.models import Case
from maitred.desks.escalations.pages.wording import CAUSES
from maitred.kit.documents.contributions import FEWEST_PEOPLE, Asked
from maitred.kit.documents.sections import Block, Paragraph, Section
from maitred.kit.pages import words

WEEKS = timedelta(days=28)


def section(asked: Asked) -> Section | None:
    """What came of escalations in four weeks; None where fewer than five cases stand behind it."""
    until = datetime.combine(asked.last + timedelta(days=1), time(), ZoneInfo(asked.zone)).astimezone(UTC)
    rows = access.visible_cases(asked.actor)
    raised = list(rows.filter(created_at__gte=until - WEEKS, created_at__lt=until))
    closed = list(rows.filter(state=Case.RESOLVED, resolved_at__gte=until - WEEKS, resolved_at__lt=until))
    if max(len(raised), len(closed)) < FEWEST_PEOPLE:
        return None
    said = ngettext("%(n)s escalation was raised in four weeks, %(closed)s were closed with their cause.",
                    "%(n)s escalations were raised in four weeks, %(closed)s were closed with their cause.",
                    len(raised)) % {"n": words.count(len(raised)), "closed": words.count(len(closed))}  # fmt: skip
    blocks: list[Block] = [Paragraph(said)]
    ended = [one.commitment for one in access.promises_of(one.pk for one in closed)
             if one.commitment.state in ("kept", "broken")]  # fmt: skip
    if len(ended) >= FEWEST_PEOPLE:
        kept = sum(one.state == "kept" and one.closed_at is not None and one.closed_at <= one.due_at for one in ended)
        told = _("%(kept)s of %(n)s promises in them were kept in time.")
        blocks.append(Paragraph(told % {"kept": words.count(kept), "n": words.count(len(ended))}))
    common = [(cause, n) for cause, n in Counter(one.cause for one in closed).most_common() if n >= FEWEST_PEOPLE]
    if common:
        told = ", ".join(f"{CAUSES[cause]} ({words.count(n)})" for cause, n in common)
        blocks.append(Paragraph(_("Most common causes: %(causes)s.") % {"causes": told}))
    return Section(_("Escalations"), tuple(blocks))
