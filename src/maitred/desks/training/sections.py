"""Training in reports: what was completed and what courses in waves showed, in counts of five people or more."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.training import access
from maitred.desks.training.models import Assignment, WavePlan
from maitred.desks.training.waves import access as waves
from maitred.kit.documents.contributions import FEWEST_PEOPLE, Asked
from maitred.kit.documents.sections import Block, Paragraph, Section
from maitred.kit.pages import words

COMPLETED = timedelta(days=28)
JUDGED = timedelta(days=91)
_SHOWED = {
    "improved": gettext_lazy("%(n)s improved what it was for"),
    "worse": gettext_lazy("%(n)s made it worse"),
    "no_real_change": gettext_lazy("%(n)s made no real change"),
    "cannot_tell": gettext_lazy("of %(n)s it cannot be told"),
}


def section(asked: Asked) -> Section | None:
    """What people completed and whether it changed anything; None where fewer than five people stand behind it."""
    zone = ZoneInfo(asked.zone)
    until = datetime.combine(asked.last + timedelta(days=1), time(), zone).astimezone(UTC)
    blocks: list[Block] = [
        Paragraph(one) for one in (_completed(asked, until), _judged(asked, until)) if one is not None
    ]
    return Section(_("What training did"), tuple(blocks)) if blocks else None


def _completed(asked: Asked, until: datetime) -> str | None:
    rows = access.visible_assignments(asked.actor).filter(
        state=Assignment.COMPLETED, completed_at__gte=until - COMPLETED, completed_at__lt=until
    )
    people = set(rows.values_list("person", flat=True))
    if len(people) < FEWEST_PEOPLE:
        return None
    said = ngettext("%(people)s people completed %(n)s course in four weeks. That is no word about what they can do.",
                    "%(people)s people completed %(n)s courses in four weeks. That is no word about what they can do.",
                    rows.count())  # fmt: skip
    return said % {"people": words.count(len(people)), "n": words.count(rows.count())}


def _judged(asked: Asked, until: datetime) -> str | None:
    rows = waves.visible_plans(asked.actor).filter(
        state=WavePlan.CONCLUDED, closed_at__gte=until - JUDGED, closed_at__lt=until
    )
    counts = Counter(row.verdict for row in rows if len(waves.members_of(row)) >= FEWEST_PEOPLE)
    if not counts:
        return None
    told = ", ".join(str(_SHOWED[verdict]) % {"n": words.count(n)} for verdict, n in sorted(counts.items()))
    said = ngettext("%(n)s course in waves was judged in thirteen weeks: %(verdicts)s.",
                    "%(n)s courses in waves were judged in thirteen weeks: %(verdicts)s.",
                    counts.total())  # fmt: skip
    return said % {"n": words.count(counts.total()), "verdicts": told}
