"""From what the verbs answer to what the pages show of a connection: its numbers, its streams, its budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.base import clock
from maitred.desks.helpdesks.pages import places, shared, wording
from maitred.desks.helpdesks.pages.wording import Facts
from maitred.desks.helpdesks.verbs.looking import RunShown
from maitred.desks.helpdesks.verbs.shapes import StatusShown
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words

TICKETS = ("tickets", "Case")
MASS_DELETE = "mass-delete"
"""The kind of a gap that tells of more deletions than are believed unasked."""
_LATELY = timedelta(hours=2)
_BUCKETS: dict[str, str | Promise] = {
    "account": gettext_lazy("Usual requests"),
    "incremental": gettext_lazy("Exports"),
    "tickets": gettext_lazy("Lists of tickets"),
    "write": gettext_lazy("Changes"),
    "jobs": gettext_lazy("Jobs for large objects"),
}


def facts(one: StatusShown, runs: Sequence[RunShown]) -> Facts:
    """What the words need of a connection."""
    known, sync = one.connection, one.sync
    streams: Sequence[Mapping[str, Any]] = sync["streams"]
    reached = [moment for each in streams if (moment := instant(each["completed_at"]))]
    first_done = bool(streams) and len(reached) == len(streams)
    last = sync["last_run"] or {}
    read = sum(each["records"] for each in streams if each["stream"] in TICKETS)
    return Facts(
        connected=known.state,
        vendor=shared.guide_of(known.vendor).title,
        enabled=known.enabled,
        running=bool(sync["running"]),
        complete=last.get("complete"),
        why=known.why or _why(streams, last),
        lag_s=sync["lag_s"],
        newest=min(reached) if reached and first_done else None,
        tickets=sync["counted"] if first_done else max(sync["counted"], read),
        expected=sync["expected"],
        per_second=pace(runs, clock.now()) or _first_pace(sync, runs, read, clock.now()),
        first_done=first_done,
        gaps=len(sync["gaps"]),
        asks=to_be_accepted(one),
    )


def pace(runs: Sequence[RunShown], now: datetime) -> float | None:
    """Tickets that came in a second lately, pauses between runs included; None where nothing came.

    Parameters
    ----------
    runs
        Newest first.
    """
    lately = [one for one in runs if one.ended_at and now - one.ended_at < _LATELY and one.tickets]
    if not lately:
        return None
    seconds = (now - min(one.started_at for one in lately)).total_seconds()
    return sum(one.tickets for one in lately) / seconds if seconds > 0 else None


def requests_lately(runs: Sequence[RunShown], now: datetime) -> int:
    """Requests of the runs that ended in the last two hours."""
    return sum(one.requests for one in runs if one.ended_at and now - one.ended_at < _LATELY)


def _first_pace(sync: Mapping[str, Any], runs: Sequence[RunShown], read: int, now: datetime) -> float | None:
    """The same for the very first run while it lasts."""
    if len(runs) != 1 or runs[0].ended_at is not None or not sync["running"] or not read:
        return None
    seconds = (now - runs[0].started_at).total_seconds()
    return read / seconds if seconds > 0 else None


def counts(one: StatusShown, found: Facts) -> list[Mapping[str, Any]]:
    """The numbers that say whether everything is here."""
    sync, slug = one.sync, one.connection.slug
    page = reverse("helpdesk", args=[slug])
    shown = [
        {"label": _("Behind"), "value": wording.ago(found.lag_s), "bad": False, "href": ""},
        shared.count(_("Tickets here"), sync["counted"]),
        shared.count(_("Tickets there"), sync["expected"]),
        shared.count(_("Gaps"), len(sync["gaps"]), bad=True, href=f"{page}#gaps"),
        shared.count(_("Set aside"), sync["quarantined"], bad=True, href=reverse("helpdesk_aside", args=[slug])),
    ]
    if one.inbox.get("tickets"):
        shown.append(shared.count(_("Called about"), one.inbox["tickets"]))
    waiting = sum(one.outbox.values())
    if waiting:
        shown.append(shared.count(_("Changes under way"), waiting))
    return shown


def streams(one: StatusShown, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Every stream with where it stands, tickets first; those that were not begun yet stand there too."""
    known: dict[str, Mapping[str, Any]] = {each["stream"]: each for each in one.sync["streams"]}
    names = [*known, *(name for name in one.connection.available if known and name not in known)]
    return [_stream(one, known.get(name) or _unbegun(name), zone) for name in sorted(names, key=_rank)]


def _unbegun(name: str) -> dict[str, Any]:
    """A stream that can be read and was not begun yet."""
    nothing = dict.fromkeys(("records", "loaded", "superseded", "quarantined", "todo"), 0)
    return {"stream": name, "kind": "", "cursor": None, "complete": False, "completed_at": None, "lag_s": None,
            "reason": "", **nothing}  # fmt: skip


def waiting(one: StatusShown) -> str:
    """What was read and is not loaded yet, as a sentence; empty where nothing waits."""
    number = one.sync["waiting"]
    if not number:
        return ""
    said = ngettext("%(n)s record that was read waits to be loaded.",
                    "%(n)s records that were read wait to be loaded.", number)  # fmt: skip
    return said % {"n": words.count(number)}


def by_day(one: StatusShown) -> str:
    """What the comparison of counts by the day of creation found, as a sentence."""
    told = one.sync["days"]
    if not told:
        return _("not yet; it is done every night")
    if told["unable"]:
        return forms.sentence(told["unable"])
    if not told["first"]:
        return _("no day is over yet")
    first, last = (words.day(date.fromisoformat(told[name])) for name in ("first", "last"))
    span = {"first": first, "last": last}
    number = len(told["differing"])
    if not number:
        return _("%(first)s to %(last)s: every day agrees") % span
    said = ngettext("%(first)s to %(last)s: %(n)s day differs, see the gaps",
                    "%(first)s to %(last)s: %(n)s days differ, see the gaps", number)  # fmt: skip
    return said % {**span, "n": words.count(number)}


def gaps(one: StatusShown, zone: ZoneInfo) -> list[dict[str, str]]:
    """What may be missing, and since when that is known."""
    return [
        {"stream": places.stream_name(each["stream"]), "why": str(each["message"]), "since_iso": str(each["found_at"]),
         "since": words.moment(found, zone) if (found := instant(each["found_at"])) else ""}
        for each in sorted(one.sync["gaps"], key=lambda each: each["kind"] != MASS_DELETE)
    ]  # fmt: skip


def to_be_accepted(one: StatusShown) -> bool:
    """Whether so many tickets are gone at the helpdesk that somebody has to say that this is so."""
    return any(each["kind"] == MASS_DELETE for each in one.sync["gaps"])


def budget(one: StatusShown) -> list[dict[str, Any]]:
    """Each budget of requests: its rate, and for how long the helpdesk wants to be left alone."""
    found = []
    for each in one.sync["budget"]:
        rate = _("%(n)s a minute") % {"n": words.number(each["per_minute"], 1)}
        closed = each["closed_s"]
        text = _("%(rate)s; the helpdesk wants a pause of %(time)s") % {"rate": rate, "time": wording.ago(closed)}
        found.append({"name": _BUCKETS.get(each["bucket"], each["bucket"]), "text": text if closed else rate,
                      "closed": bool(closed)})  # fmt: skip
    return found


def doing(one: StatusShown) -> list[str]:
    """What jobs do for it at the moment, in words."""
    names = {"helpdesks.sync": _("reading"), "helpdesks.send": _("sending changes"), "helpdesks.prove": _("signing in")}
    found = []
    for each in one.doing:
        name = names.get(each.kind, each.kind)
        if each.state == "queued":
            found.append(_("%(what)s waits for its turn") % {"what": name})
        else:
            found.append(f"{name}: {each.what}" if each.what else name)
    return found


def busy(one: StatusShown) -> bool:
    """Whether something is under way that the page should follow."""
    return bool(one.doing) or bool(one.sync["running"]) or one.connection.state == "proving"


def _stream(one: StatusShown, each: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    label, look, why = _state(one, each)
    aside = each["quarantined"]
    link = f"{reverse('helpdesk_aside', args=[one.connection.slug])}?stream={each['stream']}" if aside else ""
    return {
        "stream": each["stream"],
        "listed": each["kind"] == "full",
        "complete": each["complete"],
        "name": places.stream_name(each["stream"]),
        "label": label,
        "look": look,
        "why": why,
        "place": places.place(each["kind"], each["cursor"], instant(each["completed_at"]), zone),
        "lag": wording.ago(each["lag_s"]),
        "records": words.count(each["records"]),
        "loaded": words.count(each["loaded"]),
        "superseded": words.count(each["superseded"]),
        "aside": words.count(aside),
        "aside_href": link,
    }


def _state(one: StatusShown, each: Mapping[str, Any]) -> tuple[str, str, str]:
    todo = _("%(n)s tickets still to be looked through") % {"n": words.count(each["todo"])} if each["todo"] else ""
    if each["complete"]:
        return (_("complete"), "on", todo)
    if not each["kind"]:
        return (_("not begun"), "off", "")
    if each["reason"]:
        return (_("incomplete"), "low", wording.reason(each["reason"]))
    if one.sync["running"]:
        return (_("being read"), "", todo)
    return (_("in part"), "low", todo)


def _why(streams: Sequence[Mapping[str, Any]], last: Mapping[str, Any]) -> str:
    """Why the last run did not come to its end, in the words of what stopped it."""
    if last.get("refusal") and last["refusal"] != "stopped":
        return wording.reason(str(last["refusal"]))
    told = [each for each in streams if each["reason"] and not each["complete"]]
    if not told:
        return ""
    name, text = places.stream_name(told[0]["stream"]), wording.reason(told[0]["reason"])
    return _("%(stream)s: %(why)s") % {"stream": name, "why": text}


def _rank(stream: str) -> tuple[int, str]:
    first = (*TICKETS, "ticket_events", "CaseHistory", "ticket_activities", "conversations", "EmailMessage",
             "CaseComment")  # fmt: skip
    return (first.index(stream), "") if stream in first else (len(first), places.stream_name(stream))


def instant(text: str | None) -> datetime | None:
    """An instant as the ledger keeps it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
