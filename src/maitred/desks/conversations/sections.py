"""Conversations in reports: how many customers wait unusually long, how many promises were not kept, in counts.

No person and no text; what the machine sees in words is told only where it is verified, for teams of five and more.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base.errors import MaitredError
from maitred.desks.conversations.shapes import TeamBehaviours, Watched
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.documents.contributions import FEWEST_PEOPLE, Asked
from maitred.kit.documents.sections import Block, Paragraph, Section
from maitred.kit.pages import words
from maitred.kit.verbs import run


def section(asked: Asked) -> Section | None:
    """What waits and what was promised; None for whom conversations are none of their business, and where all is well.

    It is told of the newest publication alone: what was open then is not known of older ones.
    """
    if reach(asked.actor, Right.CONVERSATIONS_LEAD) is Reach.NONE:
        return None
    try:
        found: Watched = run("conversations.watch", asked.actor, {})
        if found.known.publication != asked.publication:
            return None
        shown: TeamBehaviours = run("conversations.behaviours", asked.actor, {})
    except MaitredError:
        return None
    blocks: list[Block] = [Paragraph(one) for one in (*_waits(found), *_shown(shown))]
    return Section(_("Conversations"), tuple(blocks)) if blocks else None


def _waits(found: Watched) -> list[str]:
    told = []
    forgotten, broken = found.counts.get("forgotten", 0), found.counts.get("promise_broken", 0)
    if forgotten:
        said = ngettext("%(n)s customer was forgotten: waiting more than three times what is usual in their group.",
                        "%(n)s customers were forgotten: waiting more than three times what is usual in their group.",
                        forgotten)  # fmt: skip
        told.append(said % {"n": words.count(forgotten)})
    if broken:
        said = ngettext("In %(n)s open conversation a promise with a day was not kept.",
                        "In %(n)s open conversations a promise with a day was not kept.", broken)  # fmt: skip
        told.append(said % {"n": words.count(broken)})
    return told


def _shown(shown: TeamBehaviours) -> list[str]:
    """Only what people agree with, only of teams that are no single person."""
    verified = {one.behaviour for one in shown.agreement if one.verified}
    told = []
    for team in shown.teams:
        for one in team.shares:
            if one.behaviour in verified and one.value is not None and team.people >= FEWEST_PEOPLE and not team.bots:
                told.append(
                    _("%(team)s: %(what)s in %(share)s of the conversations that call for it (%(range)s, n %(n)s).")
                    % {"team": team.name, "what": one.behaviour.replace("_", " "),
                       "share": words.value(one.value, "share", one.low, one.high),
                       "range": words.interval(one.low, one.high, "share"), "n": words.count(one.n)}
                )  # fmt: skip
    return told
