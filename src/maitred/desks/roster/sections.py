"""The roster in reports: what waits on each team of five people or more, beside its own usual; nobody by name."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.desks.roster import totals
from maitred.desks.roster.pages import wording
from maitred.desks.roster.shapes import TeamListed
from maitred.kit.documents.contributions import FEWEST_PEOPLE, Asked
from maitred.kit.documents.sections import Section, TableBlock
from maitred.kit.pages import words
from maitred.kit.verbs import run


def section(asked: Asked) -> Section | None:
    """What waits on teams; None where no team of enough people has a load that can be told."""
    shut = totals.closed(FEWEST_PEOPLE)
    rows: list[TeamListed] = [
        one
        for one in run("roster.teams", asked.actor, {}).teams
        if one.people >= FEWEST_PEOPLE and one.team not in shut and one.load is not None and one.load.value is not None
    ]
    if not rows:
        return None
    above = sum(one.load is not None and one.load.against_usual == "above" for one in rows)
    said = ngettext("More than usual waits on %(n)s team", "More than usual waits on %(n)s teams", above)
    heading = said % {"n": words.count(above)} if above else _("No team has more waiting than usual")
    columns = (_("Team"), _("People"), _("Load"), _("Between"), _("Beside its usual"), _("Of the coming week"))
    return Section(heading, (TableBlock(columns, tuple(_row(one) for one in rows), _("Teams of five people or more")),))


def _row(one: TeamListed) -> tuple[str, ...]:
    load = one.load
    assert load is not None
    return (one.name, words.count(one.people), wording.hours(load.value), wording.between(load.low, load.high),
            wording.against(load), wording.busy(load))  # fmt: skip
