"""Coaching in reports: how many talks were held and what became of plans, in counts of five people or more."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.coaching import access
from maitred.desks.coaching.models import OneToOne, Plan
from maitred.kit.documents.contributions import FEWEST_PEOPLE, Asked
from maitred.kit.documents.sections import Block, Paragraph, Section
from maitred.kit.pages import words

TALKS = timedelta(days=28)
PLANS = timedelta(days=91)
_BECAME = {
    "worked": gettext_lazy("%(n)s worked"),
    "did_not": gettext_lazy("%(n)s did not work"),
    "cannot_tell": gettext_lazy("of %(n)s it cannot be told"),
}


def section(asked: Asked) -> Section | None:
    """What was talked about how often, and what helped; None where fewer than five people stand behind it."""
    zone = ZoneInfo(asked.zone)
    until = datetime.combine(asked.last + timedelta(days=1), time(), zone).astimezone(UTC)
    blocks: list[Block] = [
        Paragraph(one) for one in (_talks(asked, until), _plans(asked, until.date())) if one is not None
    ]
    return Section(_("What coaching did"), tuple(blocks)) if blocks else None


def _talks(asked: Asked, until: datetime) -> str | None:
    rows = access.visible_one_to_ones(asked.actor).filter(state=OneToOne.HELD, at__gte=until - TALKS, at__lt=until)
    people = set(rows.values_list("person", flat=True))
    if len(people) < FEWEST_PEOPLE:
        return None
    said = ngettext("%(talks)s one-to-one was held with %(people)s people in four weeks.",
                    "%(talks)s one-to-ones were held with %(people)s people in four weeks.", rows.count())  # fmt: skip
    return said % {"talks": words.count(rows.count()), "people": words.count(len(people))}


def _plans(asked: Asked, until: date) -> str | None:
    rows = access.visible_plans(asked.actor).filter(
        state=Plan.CONCLUDED, follow_up__gte=until - PLANS, follow_up__lt=until
    )
    found = list(rows.values_list("person", "verdict"))
    if len({person for person, _verdict in found}) < FEWEST_PEOPLE:
        return None
    counts = Counter(verdict for _person, verdict in found)
    told = ", ".join(str(_BECAME[verdict]) % {"n": words.count(n)} for verdict, n in sorted(counts.items()))
    said = ngettext("%(n)s coaching plan came to its follow-up in thirteen weeks: %(verdicts)s.",
                    "%(n)s coaching plans came to their follow-ups in thirteen weeks: %(verdicts)s.",
                    len(found))  # fmt: skip
    return said % {"n": words.count(len(found)), "verdicts": told}
