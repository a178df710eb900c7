"""One review being made: the conversation with its clocks on one side, the items on the other, no pointer needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maitred.base import clock
from maitred.base.errors import Conflict, Invalid, MaitredError, NotFound
from maitred.desks.quality.pages import answering, shared, talk, wording
from maitred.desks.quality.verbs.shapes import ReviewedConversation, ReviewShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def making(request: HttpRequest, review: int) -> HttpResponse:
    """The review's form; what is over leads to what came of it."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _done(request, actor, review)
        except (Conflict, Invalid) as error:
            problem = error
    one: ReviewShown = run("quality.show_review", actor, {"review": review})
    if not one.editable and not one.gone:
        return redirect("quality_result", one.id)
    found: ReviewedConversation = run("quality.review_conversation", actor, {"review": review})
    return _page(request, actor, one, found, problem)


@require_POST
def saved(request: HttpRequest, review: int) -> JsonResponse:
    """Keep what is entered so far; the answer says what the answers come to, or what is wrong with them."""
    actor = shared.actor_of(request)
    try:
        one: ReviewShown = run("quality.show_review", actor, {"review": review})
        kept = _kept(request, actor, one)
    except MaitredError as error:
        return JsonResponse({"problem": _told(error)}, status=error.status)
    return JsonResponse({"version": kept.version, "score": wording.score(kept.score), "state": kept.state})


def _page(
    request: HttpRequest, actor: Actor, one: ReviewShown, found: ReviewedConversation, problem: MaitredError | None
) -> HttpResponse:
    zone = shared.zone()
    items = answering.views(one, [line.id for line in found.messages])
    if problem is not None and request.POST:
        items = answering.as_sent(request.POST, items, _wrong(problem))
    state = "error" if problem else "stale" if one.gone else "ok"
    head = {"source": one.source, "ticket": one.ticket, "subject": found.subject, "status": found.status,
            "channel": found.channel, "href": shared.ticket(actor, one.source, one.ticket)}  # fmt: skip
    context = {
        **shared.shell(actor, ""), "tabs": (), "page": Frame("review", state, facts=_facts(one, zone)),
        "title": _title(one), "one": one, "head": head, "items": items, "more": found.more,
        "said": talk.marked(talk.said(found, zone), found.clocks), "clocks": talk.clocks(found.clocks),
        "ledger": talk.ledger(found.clocks, zone),
        "problem": _told(problem) if problem else "", "wrong": _lines(problem, one), "undo": _undo(request, actor),
        "comment": request.POST.get("comment", one.comment) if problem else one.comment,
        "flagged": bool(request.POST.get("flagged")) if problem and request.POST else one.flagged,
        "conflict": isinstance(problem, Conflict),
        "saved": _("saved %(moment)s") % {"moment": wording.moment(one.saved_at, zone)} if one.state == "draft"
        else _("nothing is entered yet"),
    }  # fmt: skip
    return shared.shown(request, "review", context, problem)


def _done(request: HttpRequest, actor: Actor, review: int) -> HttpResponse:
    do = request.POST.get("do", "")
    one: ReviewShown = run("quality.show_review", actor, {"review": review})
    if do == "undo":
        run("quality.undo_submit", actor, {"review": review, "version": request.POST.get("version", "")})
        messages.success(request, _("The review of #%(ticket)s is yours again.") % {"ticket": one.ticket})
        return redirect("quality_review", review)
    if do == "skip":
        given = {"review": review, "version": request.POST.get("version", ""), "reason": request.POST.get("reason", "")}
        run("quality.skip_review", actor, given)
        messages.success(request, _("#%(ticket)s is left out.") % {"ticket": one.ticket})
        return _onward(one, 0)
    kept = _kept(request, actor, one)
    if kept.state == "void":
        messages.warning(request, _("#%(ticket)s can no longer be reviewed: %(why)s. Your answers stay with it.")
                         % {"ticket": one.ticket, "why": kept.why})  # fmt: skip
        return _onward(kept, 0)
    if do == "save":
        messages.success(request, _("Saved."))
        return redirect("quality_review", review)
    if do == "submit":
        run("quality.submit_review", actor, {"review": review, "version": kept.version})
        return _onward(kept, review)
    raise shared.no_such_button()


def _kept(request: HttpRequest, actor: Actor, one: ReviewShown) -> ReviewShown:
    posted = request.POST
    given = {
        "review": one.id, "version": posted.get("version", ""), "answers": answering.sent(posted, one),
        "comment": posted.get("comment", ""), "flagged": bool(posted.get("flagged")),
    }  # fmt: skip
    kept: ReviewShown = run("quality.save_answers", actor, given)
    return kept


def _onward(one: ReviewShown, after: int) -> HttpResponseRedirect:
    """To the next review, else to the overview; ``after`` is what was submitted just now and can be taken back."""
    path = reverse("quality_review", args=[one.next]) if one.next else reverse("quality_result", args=[one.id])
    return HttpResponseRedirect(f"{path}?after={after}" if after and one.next else path)


def _undo(request: HttpRequest, actor: Actor) -> Mapping[str, Any] | None:
    """The review that was submitted just before, while it can be taken back."""
    before = shared.number(request.GET.get("after", ""))
    if not before:
        return None
    try:
        one: ReviewShown = run("quality.show_review", actor, {"review": before})
    except NotFound:
        return None
    if one.reviewer != actor.person or one.undo_until is None or one.undo_until <= clock.now():
        return None
    left = words.duration((one.undo_until - clock.now()).total_seconds())
    score = wording.score(one.score)
    said = (
        _("#%(ticket)s is submitted (score %(score)s). For %(left)s it can be taken back.")
        if one.score is not None
        else _("#%(ticket)s is submitted. For %(left)s it can be taken back.")
    )
    return {"told": said % {"ticket": one.ticket, "score": score, "left": left}, "id": one.id, "version": one.version}


def _title(one: ReviewShown) -> str:
    if one.of > 1:
        return _("Review %(place)s of %(of)s: #%(ticket)s") % {
            "place": one.place, "of": one.of, "ticket": one.ticket,
        }  # fmt: skip
    return _("Review of #%(ticket)s") % {"ticket": one.ticket}


def _facts(one: ReviewShown, zone: ZoneInfo) -> list[str]:
    how = str(wording.kind(one.kind))
    stratum = ", ".join(part for part in one.stratum.split(" · ") if part and not part.isdigit())
    if stratum:
        how = _("%(how)s (stratum: %(stratum)s)") % {"how": how, "stratum": stratum}
    elif one.drawn_for:
        how = _("%(how)s: %(reason)s") % {"how": how, "reason": one.drawn_for}
    card = _("scorecard “%(name)s”, version %(number)s") % {"name": one.scorecard_name, "number": one.number}
    about = one.about_name or _("name hidden until it is submitted")
    due = wording.due(one.due_at, clock.now(), zone)[0]
    return [each for each in (how, card, about, due) if each]


def _wrong(problem: MaitredError) -> dict[str, list[str]]:
    """What is wrong, by the item's key."""
    found: dict[str, list[str]] = {}
    for one in problem.errors if isinstance(problem, Invalid) else ():
        parts = one["field"].split(".")
        key = parts[1] if len(parts) > 1 and parts[0] == "answers" else parts[0]
        found.setdefault(key, []).append(forms.sentence(one["message"]))
    return found


def _lines(problem: MaitredError | None, one: ReviewShown) -> list[tuple[str, str]]:
    """Each refusal with the anchor of its item."""
    if problem is None:
        return []
    keys = {item.key for item in one.items}
    return [(text, f"#item-{key}" if key in keys else "") for key, texts in _wrong(problem).items() for text in texts]


def _told(error: MaitredError) -> str:
    if isinstance(error, Conflict):
        return _("This review was changed in another window. Load the page again; what you entered since is not saved.")
    wrong = _wrong(error)
    return " ".join(text for texts in wrong.values() for text in texts) or forms.told(error)


making.verb = "quality.show_review"  # type: ignore[attr-defined]
saved.verb = "quality.save_answers"  # type: ignore[attr-defined]
