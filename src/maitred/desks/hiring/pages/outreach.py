"""Letters: the list, templates, one letter as it would go out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from maitred.base.errors import UsageError
from maitred.desks.hiring.outreaching.merging import PLACES
from maitred.desks.hiring.pages import shared, wording
from maitred.desks.hiring.pages.shared import Press
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_TEMPLATES = {
    "add": Press("hiring.add_template", ("title", "subject_line", "body"), gettext_lazy("The template is kept.")),
    "retire": Press(
        "hiring.change_template", ("template", "version"), gettext_lazy("It is out of use."), {"retired": True}
    ),
    "restore": Press(
        "hiring.change_template", ("template", "version"), gettext_lazy("It is in use."), {"retired": False}
    ),
}
_PRESSES = {
    "change": Press("hiring.change_letter", ("version", "subject_line", "body"), gettext_lazy("The draft is kept.")),
    "send": Press("hiring.send_letter", said=gettext_lazy("The letter is on its way.")),
    "discard": Press("hiring.discard_letter", said=gettext_lazy("The draft is discarded.")),
    "replied": Press("hiring.record_reply", ("version", "replied_on"), gettext_lazy("The answer is recorded.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """Letters and templates."""
    done = shared.acting(request, _TEMPLATES, {})
    if isinstance(done, HttpResponseRedirect):
        return done
    actor = shared.actor_of(request)
    state = request.GET.get("state", "")
    if state and state not in ("draft", "sent", "discarded"):
        raise UsageError(_("there is no state %(state)s") % {"state": state[:20]}, _("follow one of the links"))
    given = {name: request.GET[name] for name in ("state", "cursor") if request.GET.get(name)}
    found = run("hiring.outreach", actor, {"limit": 50, **given})
    drafts = sum(one.state == "draft" for one in found.items)
    told = ngettext("%(n)s draft waits to be sent", "%(n)s drafts wait to be sent", drafts) % {"n": drafts}
    fields = forms.sent(_fields(), request, done)
    context = {
        "page": Frame("hiring", "error" if done else "ok" if found.items else "empty"), "next": found.next,
        "title": told if drafts else _("No draft waits"), "tabs": shared.tabs(actor, "hiring_outreach"),
        "rows": [{"one": one, "href": reverse("hiring_letter", args=[one.id]),
                  "state": wording.said(wording.STATES, one.state)} for one in found.items],
        "templates": run("hiring.outreach_templates", actor, {}).templates, "fields": fields,
    }  # fmt: skip
    return shared.shown(request, "hiring/outreach.html", context, done)


@require_POST
def drafting(request: HttpRequest, candidate: int) -> HttpResponse:
    """Draft a letter to a candidate from a template."""
    given = {"candidate": candidate, **shared.given(request, "template")}
    made = run("hiring.draft_letter", shared.actor_of(request), given)
    return HttpResponseRedirect(reverse("hiring_letter", args=[made.id]))


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, letter: int) -> HttpResponse:
    """A letter as it would go out."""
    done = shared.acting(request, _PRESSES, {"letter": letter})
    if isinstance(done, HttpResponseRedirect):
        return done
    one = run("hiring.show_letter", shared.actor_of(request), {"letter": letter})
    fields = [Field("subject_line", _("Subject"), value=one.subject_line, required=True),
              Field("body", _("Letter"), "textarea", one.body, required=True)]  # fmt: skip
    facts = [one.title, wording.said(wording.STATES, one.state)]
    if one.sent_at is not None:
        facts.append(words.moment(one.sent_at, shared.zone()))
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=facts), "one": one,
        "title": _("Letter to %(code)s") % {"code": one.code}, "fields": forms.sent(fields, request, done),
        "candidate": reverse("hiring_candidate", args=[one.candidate]),
        "replied": words.day(one.replied_on) if one.replied_on else "",
    }  # fmt: skip
    return shared.shown(request, "hiring/letter.html", context, done)


def _fields() -> list[Field]:
    places = ", ".join(f"{{{one}}}" for one in PLACES)
    return [
        Field("title", _("Name of the template"), required=True),
        Field("subject_line", _("Subject"), required=True),
        Field("body", _("Letter"), "textarea", required=True, help=_("Filled in: %(places)s.") % {"places": places}),
    ]


listed.verb = "hiring.outreach"  # type: ignore[attr-defined]
drafting.verb = "hiring.draft_letter"  # type: ignore[attr-defined]
shown.verb = "hiring.show_letter"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/outreach/", listed, name="hiring_outreach"),
    path("hiring/candidates/<int:candidate>/letter/", drafting, name="hiring_letter_new"),
    path("hiring/outreach/<int:letter>/", shown, name="hiring_letter"),
]
