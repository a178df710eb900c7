"""Compliance in reports: complaints and deadlines as counts, with five complaints or more behind each number."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.desks.compliance import access
from maitred.kit.access.rights import Right
from maitred.kit.documents.contributions import FEWEST_PEOPLE, Asked
from maitred.kit.documents.sections import Block, Paragraph, Section
from maitred.kit.pages import words

SPAN = timedelta(days=28)


def section(asked: Asked) -> Section | None:
    """What came in, what was decided and what ran over in four weeks; None with fewer than five complaints."""
    until = datetime.combine(asked.last + timedelta(days=1), time(), ZoneInfo(asked.zone)).astimezone(UTC)
    rows = list(
        access.visible_complaints(asked.actor, Right.COMPLIANCE_COUNTS)
        .exclude(ending="merged")
        .filter(case__received_at__gte=until - SPAN, case__received_at__lt=until)
    )
    if len(rows) < FEWEST_PEOPLE:
        return None
    came = ngettext("%(n)s complaint came in within four weeks.", "%(n)s complaints came in within four weeks.",
                    len(rows)) % {"n": words.count(len(rows))}  # fmt: skip
    blocks: list[Block] = [Paragraph(came)]
    clocks = [one for each in access.clocks_of([row.case_id for row in rows]).values() for one in each]
    ended = [one for one in clocks if one.status in ("met", "met_late", "overdue")]
    if len(ended) >= FEWEST_PEOPLE:
        kept = sum(one.status == "met" and not one.breached for one in ended)
        told = {"kept": words.count(kept), "n": words.count(len(ended))}
        blocks.append(Paragraph(_("%(kept)s of %(n)s deadlines that ended were met.") % told))
    return Section(_("Complaints and deadlines"), tuple(blocks))
