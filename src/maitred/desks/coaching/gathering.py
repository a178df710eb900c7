"""Evidence for an agenda, from the verbs of other desks: as far as the one who prepares may see it, and no farther."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.coaching import access
from maitred.desks.coaching.agenda import Kind, Line
from maitred.desks.coaching.models import Plan, Step
from maitred.kit.access.actor import Actor
from maitred.kit.pages import words
from maitred.kit.reading import reading
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register

DAYS = 28
_LONGEST = 400
_MOST_REVIEWS = 10
_NEWEST = 2
"""Tickets of a kind by themselves; all of them stand behind the line after them."""


def proposed(actor: Actor, person: int) -> list[Line]:
    """Lines that the evidence proposes for one person."""
    return [*findings(actor, person), *feedback(actor, person), *targets(actor, person), *satisfied(actor, person)]


def agreed(steps: list[Step]) -> Iterator[Line]:
    """What two people agreed: what is open, and what was kept since four weeks ago, which is worth a word."""
    since = clock.now() - timedelta(days=DAYS)
    for one in steps:
        promise = one.commitment
        key, day = f"step:{one.pk}", words.day(promise.due_at.date())
        if promise.state == "open":
            late = promise.due_at < clock.now()
            said = _("Agreed until %(day)s, and past it: %(what)s") if late else _("Agreed until %(day)s: %(what)s")
            yield Line("step", key, _cut(said % {"day": day, "what": promise.what}))
        elif promise.state == "kept" and promise.closed_at and promise.closed_at >= since:
            yield Line("praise", key, _cut(_("Kept: %(what)s") % {"what": promise.what}), promise.proof)


def running(plans: list[Plan]) -> Iterator[Line]:
    """Plans that run, with their follow-up."""
    for one in plans:
        told = {"goal": one.goal, "day": words.day(one.follow_up)}
        said = _cut(_("Plan until %(day)s: %(goal)s") % told)
        yield Line("plan", f"plan:{one.pk}", said, href=reverse("coaching_plan", args=[one.pk]))


def findings(actor: Actor, person: int) -> Iterator[Line]:
    """Findings of Today that name the person; good news is praise."""
    shown = _asked("today.list", actor, {})
    for one in (*shown.findings, *shown.folded) if shown else ():
        if one.person == person and one.state not in ("dismissed", "done"):
            kind: Kind = "praise" if one.good else "finding"
            cause = str(one.cause.get("text") or "")
            yield Line(kind, f"finding:{one.id}", _cut(one.title), _cut(cause), _path("today_finding", one.id))


def feedback(actor: Actor, person: int) -> Iterator[Line]:
    """Reviews that were sent to the person in the last weeks, with the words that they quote."""
    asked = {"person": person, "state": "submitted", "limit": _MOST_REVIEWS}
    found = _asked("quality.reviews", actor, asked)
    since = clock.now() - timedelta(days=DAYS)
    for one in found.items if found else ():
        if one.about != person or one.submitted_at is None or one.submitted_at < since or one.kind == "calibration":
            continue
        score = _("%(n)s of 100") % {"n": words.number(one.score, 0)} if one.score is not None else _("no score")
        said = _("Review of #%(ticket)s: %(score)s") % {"ticket": one.ticket, "score": score}
        unread = "" if one.acknowledged_at else f", {_('not read yet')}"
        yield Line(
            "feedback", f"review:{one.id}", f"{said}{unread}", _quote(actor, one.id), _path("quality_result", one.id)
        )


def targets(actor: Actor, person: int) -> Iterator[Line]:
    """Targets that were missed in the last weeks: the newest ticket by ticket, all of them behind one line."""
    found = _rows(actor, person, "sla.attainment", "missed")
    for one in found.rows:
        said = _("Target missed on #%(ticket)s") % {"ticket": one["ticket_id"]}
        yield Line("clock", _key("target", one), said, _cut(str(one.get("subject") or "")), _ticket(one))
    if found.total > len(found.rows):
        said = ngettext(
            "%(n)s target was missed in these weeks", "%(n)s targets were missed in these weeks", found.total
        )
        yield Line("clock", "targets", said % {"n": words.count(found.total)}, "", found.drill)


def satisfied(actor: Actor, person: int) -> Iterator[Line]:
    """Customers who said that it was good: the newest ticket by ticket, all of them behind one line."""
    found = _rows(actor, person, "csat.rate@solver", "yes")
    for one in found.rows:
        said = _("A customer was satisfied with #%(ticket)s") % {"ticket": one["ticket_id"]}
        yield Line("praise", _key("rating", one), said, _cut(str(one.get("subject") or "")), _ticket(one))
    if found.total > len(found.rows):
        said = ngettext("%(n)s customer was satisfied in these weeks", "%(n)s customers were satisfied in these weeks",
                        found.total)  # fmt: skip
        yield Line("praise", "ratings", said % {"n": words.count(found.total)}, "", found.drill)


def beyond(left_out: tuple[tuple[str, int], ...]) -> list[str]:
    """How many more there are of each kind, in words."""
    said = {
        "praise": lambda n: ngettext("%(n)s more good one", "%(n)s more good ones", n),
        "finding": lambda n: ngettext("%(n)s more finding", "%(n)s more findings", n),
        "feedback": lambda n: ngettext("%(n)s more review", "%(n)s more reviews", n),
    }
    return [said[kind](n) % {"n": n} for kind, n in left_out if kind in said]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The newest rows of a metric for one person, how many there are, and where all of them are listed."""

    rows: tuple[dict[str, Any], ...] = ()
    total: int = 0
    drill: str = ""


def _rows(actor: Actor, person: int, metric: str, part: str) -> _Rows:
    users = sorted(f"{source}:{own}" for source, own in access.helpdesk_users((person,)))
    if not users:
        return _Rows()
    try:
        with reading() as found:
            today = found.as_of.astimezone(found.zone).date()
            first = (today - timedelta(days=DAYS)).isoformat()
            asked = {
                "metric": metric, "where": [f"assignee={one}" for one in users], "part": part, "sort": "-at",
                "limit": _NEWEST, "described": True, "start": first, "end": today.isoformat(), "zone": found.zone.key,
            }  # fmt: skip
            answer = _asked("metrics.tickets", actor, asked)
    except MaitredError:
        return _Rows()
    if answer is None:
        return _Rows()
    page = _path("drill", metric)
    query = {"assignee": ",".join(users), "period": f"{first}..{today.isoformat()}", "part": part}
    drill = f"{page}?{urlencode(query, quote_via=quote, safe=',.:@')}" if page else ""
    return _Rows(tuple(dict(one) for one in answer.rows), answer.total, drill if len(drill) <= _LONGEST else "")


def _key(kind: str, row: dict[str, Any]) -> str:
    return f"{kind}:{row['source_id']}:{row['ticket_id']}"[:160]


def _quote(actor: Actor, review: int) -> str:
    """The first words that a review quotes, else what its reviewer said."""
    shown = _asked("quality.show_review", actor, {"review": review})
    if shown is None:
        return ""
    for answer in shown.answers:
        for cited in answer.quotes:
            return _cut(str(cited.text))
    return _cut(str(shown.comment or ""))


def _asked(verb: str, actor: Actor, given: dict[str, Any]) -> Any:
    """The answer of another desk; None where it is not there or not for this reader."""
    if verb not in register():
        return None
    try:
        return run(verb, actor, given)
    except MaitredError:
        return None


def _ticket(row: dict[str, Any]) -> str:
    return _path("ticket", row["source_id"], row["ticket_id"])


def _path(name: str, *words_: Any) -> str:
    try:
        return reverse(name, args=words_)
    except NoReverseMatch:
        return ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
