"""The state of operation: jobs and schedules, what goes out, health, the last backup, what is published.

For those who may read it; the buttons are for those who may operate.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.checks import Check
from maitred.base.errors import UsageError
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.backup import backing
from maitred.kit.jobs import health as jobs
from maitred.kit.jobs.verbs import JobShown, ScheduleShown
from maitred.kit.outbox import health as outbox
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise
from maitred.surfaces.console import health, posting
from maitred.surfaces.console.posting import Field, Form, Refused

STALE = timedelta(days=1)
JOBS = 20
PUBLICATIONS = 10
_STATES: dict[str, str | Promise] = {
    "queued": gettext_lazy("waiting"),
    "running": gettext_lazy("running"),
    "done": gettext_lazy("done"),
    "failed": gettext_lazy("failed"),
    "cancelled": gettext_lazy("cancelled"),
}
_LOOKS = {"done": "on", "failed": "bad", "running": "", "queued": "low", "cancelled": "off"}
_OUT: dict[str, str | Promise] = {
    "waiting": gettext_lazy("waiting"),
    "sending": gettext_lazy("being sent"),
    "sent": gettext_lazy("sent"),
    "failed": gettext_lazy("failed"),
    "unknown": gettext_lazy("perhaps sent"),
    "cancelled": gettext_lazy("cancelled"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """One publication that can still be read."""

    number: int
    made: datetime


@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest) -> HttpResponse:
    """How the installation does, and what its worker does."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authorise(register()["jobs.list"], actor)
    wanted = request.GET.get("state", "")
    asked: dict[str, Any] = {"newest": True, "limit": JOBS, "cursor": request.GET.get("cursor") or None}
    if wanted and wanted not in _STATES:
        told = _("Choose one from the list on the page.")
        return posting.bad_filter(request, "state", {"state": wanted}, told)
    found = run("jobs.list", actor, {**asked, "state": wanted or None})
    answer = _answered(request) if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    published = _published()
    notice = _notice(published)
    checks = [*_checks(bool(request.GET.get("checks")))]
    context = {
        "page": Frame("system", "stale" if notice else "ok", notice, path=request.path),
        "title": _title(checks),
        "zone": timezone.get_current_timezone_name(),
        "checks": checks,
        "whole": bool(request.GET.get("checks")),
        "jobs": [_job(actor, one) for one in found.items],
        "states": [{"href": f"?state={name}", "label": said, "here": name == wanted} for name, said in _STATES.items()],
        "state": wanted,
        "first": bool(request.GET.get("cursor")),
        "next": f"?{urlencode({'state': wanted, 'cursor': found.next})}" if found.next else "",
        "path": request.path,
        "schedules": [_schedule(actor, one, answer) for one in run("jobs.schedules", actor, {"limit": 200}).items],
        "outbox": _outbox(actor),
        "backup": _backup(),
        "published": published[:PUBLICATIONS],
        "problem": answer.problem if answer and answer.do != "schedule" else "",
    }  # fmt: skip
    return render(request, "console/system.html", context, status=answer.status if answer else 200)


state.verb = "jobs.list"  # type: ignore[attr-defined]


def _title(checks: list[Check]) -> str:
    wrong = [one for one in checks if not one.ok]
    if not wrong:
        return _("Everything works")
    return _("Something needs you: %(what)s") % {"what": ", ".join(one.check for one in wrong)}


def _checks(whole: bool) -> Iterator[Check]:
    """The quick checks, or all that ``maitred doctor`` makes."""
    if whole:
        from maitred.metrics.doctor import examine
        from maitred.metrics.refresh import open_workspace

        with closing(open_workspace(Path(settings.MAITRED_HOME))) as workspace:
            yield from examine(workspace)
    told = {"publication", "disk"} if whole else set()
    yield from (one for one in health.examined() if one.check not in told)
    yield from jobs.checks()
    yield from outbox.checks()


def _published() -> list[Published]:
    """Publications that can still be read, the newest first."""
    from maitred.sync.ledger import Ledger

    file = Path(settings.MAITRED_HOME) / "maitred.db"
    if not file.is_file():
        return []
    with closing(Ledger(file)) as ledger:
        rows = ledger.publications()
    return [Published(number, datetime.fromisoformat(made)) for number, made, _digest in reversed(rows)]


def _notice(published: list[Published]) -> str:
    if not published:
        return _("Nothing has been published yet: import tickets first.")
    age = clock.now() - published[0].made
    if age <= STALE:
        return ""
    told = {"n": published[0].number, "age": words.duration(age.total_seconds())}
    return _("The newest figures are %(age)s old (publication %(n)s). Look whether the import still runs.") % told


def _backup() -> dict[str, Any] | None:
    last = backing.last(Path(settings.MAITRED_HOME))
    if last is None:
        return None
    made = datetime.fromisoformat(last["at"])
    age = (clock.now() - made).total_seconds()
    return {"file": last["file"], "made": made, "age": words.duration(max(age, 0)), "late": age > STALE.total_seconds()}


def _outbox(actor: Actor) -> list[dict[str, Any]]:
    found = run("outbox.count", actor, {})
    return [
        {"label": label, "count": words.count(getattr(found, name)), "bad": name in ("failed", "unknown")}
        for name, label in _OUT.items()
        if getattr(found, name) or name in ("waiting", "sent", "failed")
    ]


def _may(actor: Actor) -> bool:
    return reach(actor, Right.OPERATION_WRITE) is not Reach.NONE


def _job(actor: Actor, one: JobShown) -> dict[str, Any]:
    hidden = {"job": str(one.id), "state": one.state}
    press: Form | None = None
    if _may(actor) and one.state in ("failed", "cancelled"):
        press = Form("retry", _("Again"), title=_("Do job %(n)s again") % {"n": one.id}, hidden=hidden)
    if _may(actor) and one.state in ("queued", "running"):
        press = Form("cancel", _("Cancel"), title=_("Cancel job %(n)s") % {"n": one.id}, hidden=hidden)
    took = one.finished_at - one.started_at if one.finished_at and one.started_at else None
    return {
        "job": one,
        "state": _STATES[one.state],
        "look": _LOOKS[one.state],
        "took": words.duration(took.total_seconds()) if took else "",
        "counted": _("%(done)s of %(total)s") % {"done": one.progress.done, "total": one.progress.total},
        "form": press,
    }


def _schedule(actor: Actor, one: ScheduleShown, answer: Any) -> dict[str, Any]:
    hidden = {"schedule": str(one.id), "version": str(one.version)}
    why = answer if isinstance(answer, Refused) else None
    fields = (
        Field("expression", _("When"), value=one.expression, required=True,
              help=_("Minute, hour, day of month, month, day of week, as cron has them.")),
        Field("time_zone", _("Time zone"), value=one.time_zone, required=True),
    )  # fmt: skip
    key = str(one.id)
    title = _("Change %(name)s") % {"name": one.name}
    press = Form("pause", _("Pause"), title=_("Pause %(name)s") % {"name": one.name}, hidden=hidden, key=key)
    return {
        "schedule": one,
        "set": Form("schedule", _("Save and run"), fields, title=title, hidden=hidden, key=key).refused(why)
        if _may(actor)
        else None,
        "pause": press if _may(actor) and one.enabled else None,
    }


def _answered(request: HttpRequest) -> HttpResponse | Refused:
    back = reverse("system")
    do = request.POST.get("do", "")
    if do == "retry":
        return posting.attempt(request, "jobs.retry", posting.words(request, "job", "state"),
                               _("The job is in the queue again."), back)  # fmt: skip
    if do == "cancel":
        return posting.attempt(request, "jobs.cancel", posting.words(request, "job", "state"),
                               _("The job is cancelled, or will be at its next check."), back)  # fmt: skip
    given = posting.words(request, "schedule", "version")
    if do == "pause":
        return posting.attempt(
            request, "jobs.pause_schedule", given, _("The schedule rests until it is set again."), back
        )
    if do == "schedule":
        given |= posting.words(request, "expression", "time_zone")
        return posting.attempt(request, "jobs.set_schedule", given, _("The schedule is set and runs."), back,
                               key=request.POST.get("schedule", ""))  # fmt: skip
    raise UsageError("this page has no such form", "go back, load the page again and repeat")
