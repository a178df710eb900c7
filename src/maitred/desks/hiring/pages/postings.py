"""Postings: the list, one of them with what checks find beside its fields, a preview, and its forms to download."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maitred.base.errors import MaitredError, UsageError
from maitred.desks.hiring import access
from maitred.desks.hiring.pages import shared
from maitred.desks.hiring.pages.shared import Press
from maitred.desks.hiring.posting import showing
from maitred.desks.hiring.posting.shapes import BlockShown, PostingShown
from maitred.desks.hiring.postings import roles, shapes, writing
from maitred.desks.hiring.postings.filling import PLACES
from maitred.desks.hiring.postings.salary import place_words
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

Words = str | Promise
STATES: dict[str, Words] = {
    "draft": gettext_lazy("draft"), "published": gettext_lazy("published"), "closed": gettext_lazy("closed"),
}  # fmt: skip
LOOKS = {"published": "on", "closed": "off"}
TEMPLATES: dict[str, Words] = {
    "support-manager": gettext_lazy("Customer support manager"), "support-lead": gettext_lazy("Team lead"),
    "support-agent": gettext_lazy("Support agent"), "quality-analyst": gettext_lazy("Quality analyst"),
    "wfm-analyst": gettext_lazy("Workforce analyst"),
}  # fmt: skip
LABELS: dict[str, Words] = {
    "title": gettext_lazy("Job title"), "organization": gettext_lazy("Organisation"),
    "location": gettext_lazy("Location"), "job_type": gettext_lazy("Job type"),
    "reports_to": gettext_lazy("Reports to"), "about": gettext_lazy("Text"), "salary.min": gettext_lazy("Pay from"),
    "salary.max": gettext_lazy("Pay to"), "salary.currency": gettext_lazy("Currency"),
    "salary.unit": gettext_lazy("For a"), "salary.bonus": gettext_lazy("Bonus"),
    "salary.source": gettext_lazy("Source of the range"), "benefits": gettext_lazy("Benefits"),
    "apply.email": gettext_lazy("E-mail"), "apply.link": gettext_lazy("Link"), "apply.phone": gettext_lazy("Phone"),
    "apply.documents": gettext_lazy("Documents asked for"), "closing_date": gettext_lazy("Last day"),
    "apply.accessibility": gettext_lazy("Contact for accessibility"),
    "education.years_support": gettext_lazy("Years in support"),
    "education.years_leading": gettext_lazy("Years leading people"),
    "education.track_record": gettext_lazy("Track record"), "education.metrics_known": gettext_lazy("Metrics known"),
    "education.or_equivalent": gettext_lazy("Or equivalent experience"),
    "legal.equal": gettext_lazy("Equal opportunity"),
    "legal.notice": gettext_lazy("Notice of software"), "legal.data": gettext_lazy("Notice of data"),
}  # fmt: skip
SOURCES: dict[str, Words] = {
    "typed": gettext_lazy("typed"), "template": gettext_lazy("template"), "skills gap": gettext_lazy("skills gap"),
    "rule table": gettext_lazy("rule table"),
}  # fmt: skip
_LONG = ("about", "legal.equal", "legal.notice", "legal.data", "benefits", "education.track_record")
_CHOICES = {
    "job_type": tuple(shapes.JOB_TYPES), "salary.unit": ("", *shapes.UNITS), "education.or_equivalent": ("yes", "no"),
}  # fmt: skip
_PRESSES = {
    "on": Press("hiring.arrange_posting", ("version", "block"), gettext_lazy("The block is shown."), {"on": True}),
    "off": Press("hiring.arrange_posting", ("version", "block"), gettext_lazy("The block is hidden."), {"on": False}),
    "up": Press("hiring.arrange_posting", ("version", "block"), gettext_lazy("It is moved."), {"move": "up"}),
    "down": Press("hiring.arrange_posting", ("version", "block"), gettext_lazy("It is moved."), {"move": "down"}),
    "own": Press("hiring.add_to_posting", ("version", "own"), gettext_lazy("The block is added.")),
    "add": Press("hiring.add_to_posting", ("version", "title", "text"), gettext_lazy("The block is added.")),
    "keep": Press("hiring.keep_block", ("block", "name"), gettext_lazy("It is kept as the team's own.")),
    "propose": Press("hiring.propose_salary", said=gettext_lazy("The range is filled in, with its source.")),
    "publish": Press("hiring.publish_posting", said=gettext_lazy("It is published.")),
    "close": Press("hiring.close_posting", said=gettext_lazy("It is closed, and its page says that it is gone.")),
    "reopen": Press("hiring.reopen_posting", said=gettext_lazy("It is a draft again.")),
}


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Postings, the newest first."""
    actor = shared.actor_of(request)
    state = request.GET.get("state", "")
    if state and state not in STATES:
        raise UsageError(_("there is no state %(state)s") % {"state": state[:20]}, _("follow one of the links"))
    asked = {name: request.GET[name] for name in ("state", "cursor") if request.GET.get(name)}
    found = run("hiring.postings", actor, asked)
    n = len(found.items)
    context = {
        "page": Frame("hiring", "ok" if n else "empty"), "tabs": shared.tabs(actor, "hiring_postings"),
        "title": ngettext("%(n)s posting", "%(n)s postings", n) % {"n": n} if n else _("There is no posting yet"),
        "rows": [_row(one) for one in found.items], "next": found.next, "writes": access.writes(actor),
        "state": state, "states": [{"state": name, "name": told} for name, told in STATES.items()],
    }  # fmt: skip
    return shared.shown(request, "hiring/postings.html", context, None)


@require_http_methods(["GET", "HEAD", "POST"])
def writing_one(request: HttpRequest) -> HttpResponse:
    """Begin a posting."""
    templates = [Option(name, TEMPLATES.get(name, name)) for name in roles.templates()]
    fields = [
        Field("template", _("For which role"), "select", options=templates),
        Field("location", LABELS["location"], optional=True, help=_("Such as Austin, TX, or Remote (Texas, Florida).")),
        Field("title", LABELS["title"], optional=True, help=_("The template's own unless given.")),
    ]  # fmt: skip
    return shared.form(
        request, "hiring.write_posting", fields, lambda: _begun(request),
        lambda made: reverse("hiring_posting", args=[made.posting.id]), title=_("Write a posting"),
        button=_("Begin the draft"), said=_("The draft is kept."), back=(reverse("hiring_postings"), _("Postings")),
        sense=_("What the template cannot know stays empty; checks say what is missing."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, posting: int) -> HttpResponse:
    """A posting: what checks find, each block with its fields and their sources, what a job pays, suggestions."""
    done = _posted(request, posting)
    if isinstance(done, HttpResponseRedirect):
        return done
    actor = shared.actor_of(request)
    one = run("hiring.show_posting", actor, {"posting": posting})
    errors = sum(each.level == "E" for each in one.findings)
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=_facts(one)), "one": one, "title": _title(one, errors),
        "row": _row(one.posting), "blocks": [_block(one, each) for each in one.blocks],
        "loose": [each for each in one.findings if not _at_block(one, each.where)], "errors": errors,
        "writes": access.writes(actor) and one.posting.state != "closed", "may": access.writes(actor),
        "wages": _wages(actor, one), "suggestions": one.suggestions, "forms": _forms(one),
        "public": request.build_absolute_uri(reverse("hiring_job", args=[one.posting.reference]))
        if one.posting.state == "published" and not one.past else "",
    }  # fmt: skip
    return shared.shown(request, "hiring/posting.html", context, done)


@require_safe
def file(request: HttpRequest, posting: int, kind: str) -> HttpResponse:
    """A posting in one of its forms: ``html`` to look at, the others to take along."""
    one = run("hiring.show_posting", shared.actor_of(request), {"posting": posting})
    if kind not in writing.FORMS:
        raise UsageError(_("there is no form %(kind)s") % {"kind": kind[:10]}, ", ".join(writing.FORMS))
    content = _content(one)
    made = writing.written(content, showing.today(), posted_on=one.posting.posted_on, identifier=one.posting.reference)
    public = request.build_absolute_uri(reverse("hiring_job", args=[one.posting.reference]))
    state = f"Edition {one.posting.number}" if one.posting.state == "published" and not one.changed else writing.DRAFT
    answer = HttpResponse(writing.form(made, kind, state, public), content_type=writing.TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="posting-{one.posting.reference}.{kind}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """Paste a posting of somebody's and see what it asks for."""
    text = request.POST.get("text", "").replace("\r\n", "\n")[:60_000]
    found = run("hiring.read_requirements", shared.actor_of(request), {"text": text}).spans if text else ()
    kinds = {"skill": _("Skills"), "qualification": _("Qualifications"), "experience": _("Experience")}
    groups = [{"name": name, "lines": [each.text for each in found if each.kind == kind]}
              for kind, name in kinds.items()]  # fmt: skip
    n = len(found)
    title = ngettext("%(n)s thing is asked for", "%(n)s things are asked for", n) % {"n": n}
    context = {
        "page": Frame("hiring", "ok" if n or not text else "empty"), "nav_name": _("Hiring"),
        "title": title if text else _("What does a posting ask for?"), "text": text, "sent": bool(text),
        "groups": [one for one in groups if one["lines"]],
    }  # fmt: skip
    return render(request, "hiring/posting_read.html", context)


def _posted(request: HttpRequest, posting: int) -> HttpResponseRedirect | MaitredError | None:
    do = request.POST.get("do", "")
    presses = dict(_PRESSES)
    if do == "save":
        lines = request.POST.get("lines")
        if lines is not None and request.POST.get("only") == "lines":
            presses["save"] = Press("hiring.list_in_posting", ("version", "block"), _("It is kept."),
                                    {"lines": _lines(lines)})  # fmt: skip
        else:
            given = [{"key": name[2:], "value": value} for name, value in request.POST.items() if name[:2] == "v-"]
            presses["save"] = Press("hiring.fill_posting", said=_("It is kept."), more={"fields": given})
    if do == "accept":
        more = {"texts": request.POST.getlist("texts")}
        presses["accept"] = Press("hiring.accept_suggestions", said=_("The lines are in."), more=more)
    return shared.acting(request, presses, {"posting": posting})


def _lines(text: str) -> list[dict[str, str]]:
    """A list as it is typed: one line each, after a bar its tag, or must or plus."""
    found = []
    for line in text.replace("\r\n", "\n").splitlines():
        words_, _bar, mark = (part.strip() for part in line.rpartition("|"))
        said, mark = (words_, mark) if words_ else (mark, "")
        if said:
            asked = mark if mark in ("must", "plus") else ""
            found.append({"text": said, "asked": asked, "tag": "" if asked else mark})
    return found


def _begun(request: HttpRequest) -> dict[str, Any]:
    given = shared.given(request, "location", "title")
    return {"template": request.POST.get("template", ""),
            "fields": [{"key": name, "value": value} for name, value in given.items()]}  # fmt: skip


def _row(one: Any) -> dict[str, Any]:
    return {
        "one": one, "href": reverse("hiring_posting", args=[one.id]), "state": STATES.get(one.state, one.state),
        "look": LOOKS.get(one.state, ""), "name": one.title or _("without a title"),
        "posted": words.day(one.posted_on) if one.posted_on else "",
        "ends": words.day(one.ends_on) if one.ends_on else "",
    }  # fmt: skip


def _title(one: PostingShown, errors: int) -> str:
    name = one.posting.title or _("Posting")
    if errors and one.posting.state != "closed":
        said = ngettext("%(name)s: %(n)s thing stops it", "%(name)s: %(n)s things stop it", errors)
        return said % {"name": name, "n": errors}
    return name


def _facts(one: PostingShown) -> list[str]:
    found = [str(STATES.get(one.posting.state, one.posting.state)), one.posting.location]
    if one.posting.ends_on:
        found.append(_("until %(day)s") % {"day": words.day(one.posting.ends_on)})
    return [each for each in found if each]


def _block(one: PostingShown, block: BlockShown) -> dict[str, Any]:
    lines = "\n".join(" | ".join(part for part in (line.text, line.asked or line.tag) if part) for line in block.lines)
    own = [each for each in one.findings if each.where == block.key]
    return {
        "one": block, "fields": [_field(one, block, each.key, each.value, each.source) for each in block.values],
        "lines": lines, "listed": block.kind in ("list", "education"), "findings": own,
        "sources": [{"text": line.text, "source": SOURCES.get(line.source, line.source), "reason": line.reason}
                    for line in block.lines],
        "help": _("After a bar: must or plus.") if block.key != "responsibilities" else _("After a bar: its tag."),
    }  # fmt: skip


def _field(one: PostingShown, block: BlockShown, key: str, value: str, source: str) -> Field:
    named = key if "." in key or key in LABELS else f"{block.key}.{key}"
    findings = [f"{each.id} {each.level}: {each.message}" for each in one.findings if _names(each.where, named)]
    options: Sequence[Option] = [Option(each, each or "–", chosen=each == value) for each in _CHOICES.get(named, ())]
    kind = "select" if options else "date" if named == "closing_date" else "textarea" if named in _LONG else "text"
    told = _("Source: %(source)s") % {"source": SOURCES.get(source, source)} if value else ""
    return Field(f"v-{named}", LABELS.get(named, named), kind, value, options=options, help=told, errors=findings)


def _names(where: str, key: str) -> bool:
    """Whether a finding is about a field: by its key, or by the property of the structured data made from it."""
    alike = {"validThrough": "closing_date", "hiringOrganization": "organization", "jobLocation": "location",
             "applicantLocationRequirements": "location", "employmentType": "job_type"}  # fmt: skip
    return alike.get(where, where) == key


def _at_block(one: PostingShown, where: str) -> bool:
    keys = {each.key for each in one.blocks}
    fields = {each.key if "." in each.key or each.key in LABELS else f"{block.key}.{each.key}"
              for block in one.blocks for each in block.values}  # fmt: skip
    return where in keys or any(_names(where, key) for key in fields)


def _wages(actor: Any, one: PostingShown) -> Any:
    values = {each.key: each.value for block in one.blocks for each in block.values}
    place = place_words(values.get("location", "")) or "United States"
    asked: dict[str, Any] = {"soc": one.soc, "area": place[:120]}
    if values.get("salary.currency", "") in ("", "USD") and values.get("salary.unit", "") in ("", "year"):
        ends = {"low": values.get("salary.min"), "high": values.get("salary.max")}
        asked |= {name: value for name, value in ends.items() if value}
    try:
        return run("hiring.wages", actor, asked)
    except MaitredError:
        return None


def _forms(one: PostingShown) -> list[dict[str, str]]:
    return [{"kind": kind, "href": reverse("hiring_posting_file", args=[one.posting.id, kind])}
            for kind in writing.FORMS]  # fmt: skip


def _content(one: PostingShown) -> shapes.Posting:
    """The posting out of what the door answered."""
    names = PLACES
    blocks = tuple(
        shapes.Block(
            block.key, block.kind, block.title, block.on,
            tuple(shapes.Value(names[v.key][1] if v.key in names else v.key, v.value, v.source) for v in block.values),
            tuple(shapes.Line(v.text, v.tag, v.asked, v.uri, v.source, v.reason) for v in block.lines),
        )
        for block in one.blocks
    )  # fmt: skip
    return shapes.Posting("", one.posting.role, one.soc, blocks)


listed.verb = "hiring.postings"  # type: ignore[attr-defined]
writing_one.verb = "hiring.write_posting"  # type: ignore[attr-defined]
shown.verb = "hiring.show_posting"  # type: ignore[attr-defined]
file.verb = "hiring.show_posting"  # type: ignore[attr-defined]
read.verb = "hiring.read_requirements"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [
    path("hiring/postings/", listed, name="hiring_postings"),
    path("hiring/postings/new/", writing_one, name="hiring_posting_new"),
    path("hiring/postings/read/", read, name="hiring_posting_read"),
    path("hiring/postings/<int:posting>/", shown, name="hiring_posting"),
    path("hiring/postings/<int:posting>/posting.<slug:kind>", file, name="hiring_posting_file"),
]
