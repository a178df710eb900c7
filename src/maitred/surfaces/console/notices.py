"""What one was told: shared views, finished files, failed jobs; and that one has read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The list, the newest first; what is sent marks everything up to the newest that was shown as read."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        run("notices.read", actor, {"until": request.POST.get("until", "")})
        return HttpResponseRedirect(reverse("notices"))
    cursor = request.GET.get("cursor")
    found = run("notices.list", actor, {"cursor": cursor} if cursor else {})
    new = run("notices.count", actor, {}).unread
    said = ngettext("%(n)s notice is new", "%(n)s notices are new", new) % {"n": new}
    context = {
        "page": Frame("settings", "ok" if found.items else "empty"), "title": said if new else _("No new notice"),
        "nav_name": _("Notices"), "notices": found.items, "new": new, "next": found.next,
        "until": found.items[0].id if found.items else None,
    }  # fmt: skip
    return render(request, "console/notices.html", context)


def waiting(request: HttpRequest) -> int:
    """How many notices wait to be read, for the frame of every page; none where nobody can be told."""
    try:
        return int(run("notices.count", request.actor, {}).unread)  # type: ignore[attr-defined]
    except MaitredError:
        return 0


listed.verb = "notices.list"  # type: ignore[attr-defined]
