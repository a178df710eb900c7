"""What the pages share: the zone, instants of forms, refusals, what is due when."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse

from maitred.base import clock
from maitred.base.errors import Conflict, Denied, Invalid, MaitredError, NotFound
from maitred.desks.coaching.pages import wording
from maitred.desks.coaching.shapes import StepShown
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.pages import words
from maitred.kit.reading import reading

REFUSALS = (Conflict, Denied, Invalid, NotFound)
EVENING = time(17, 0)


def zone() -> ZoneInfo:
    """The organisation's zone; UTC before anything was published."""
    try:
        with reading() as found:
            return found.zone
    except MaitredError:
        return ZoneInfo("UTC")


def leads(actor: Actor) -> bool:
    """Whether an actor plans one-to-ones."""
    return actor.person is not None and reach(actor, Right.COACHING_WRITE) is Reach.SUBTREE


def instant(text: str, where: ZoneInfo) -> str:
    """A field of day and time, or of a day (then its evening), as an instant; what is neither goes on as it is."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    if read.tzinfo is None:
        read = read.replace(tzinfo=where) if "T" in text else datetime.combine(read.date(), EVENING, where)
    return clock.iso(read)


def field_time(moment: datetime, where: ZoneInfo) -> str:
    """An instant as a field of day and time has it."""
    return moment.astimezone(where).strftime("%Y-%m-%dT%H:%M")


def in_a_week(where: ZoneInfo, hour: int = 10) -> datetime:
    """The same weekday next week, which is when the usual one-to-one is."""
    day = clock.now().astimezone(where).date() + timedelta(days=7)
    return datetime.combine(day, time(hour, 0), where)


def steps(rows: tuple[StepShown, ...], names: dict[int, str], where: ZoneInfo) -> list[dict[str, Any]]:
    """Agreed steps as a page shows them."""
    return [
        {"one": one, "by": names.get(one.person, ""), "due": words.day(one.due.astimezone(where).date()),
         "state": wording.STEP_STATES.get(one.state, one.state),
         "look": {"kept": "on", "broken": "low"}.get(one.state, "low" if one.late else "off"),
         "next": (one.due + timedelta(days=7)).astimezone(where).date().isoformat()}
        for one in rows
    ]  # fmt: skip


def person_page(person: int) -> str:
    """The page of a person, where the desk that has it is there."""
    try:
        return reverse("person", args=[person])
    except NoReverseMatch:
        return ""
