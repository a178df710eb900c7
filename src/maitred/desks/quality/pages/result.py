"""What came of a review: score, answers with their quotes; the reviewed acknowledges it or contests an item."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.errors import MaitredError
from maitred.desks.quality.pages import scores, shared, talk, wording
from maitred.desks.quality.verbs.shapes import ContestShown, IqsShown, ItemGiven, ReviewedConversation, ReviewShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.verbs import run


@require_http_methods(["GET", "HEAD", "POST"])
def came(request: HttpRequest, review: int) -> HttpResponse:
    """What a review says, and what its reader may do with it."""
    actor = shared.actor_of(request)
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return _done(request, actor, review)
        except shared.REFUSALS as error:
            problem = error
    one: ReviewShown = run("quality.show_review", actor, {"review": review})
    if one.editable and problem is None:
        return redirect("quality_review", one.id)
    zone = shared.zone()
    own = one.about == actor.person and one.kind != "self"
    context = {
        **shared.shell(actor, "quality_reviews"), "page": shared.frame(problem=problem, facts=_facts(one)),
        "title": _title(one), "one": one, "own": own, "href": shared.ticket(actor, one.source, one.ticket),
        "items": [_item(each, one, own, request, problem) for each in one.items],
        "problem": forms.told(problem) if problem else "", "state": wording.state(one.state),
        "kind": wording.kind(one.kind), "score": wording.score(one.score), "failed": _failed(one),
        "sent": _sent(one), "submitted": wording.moment(one.submitted_at, zone),
        "acknowledged": wording.moment(one.acknowledged_at, zone) if one.acknowledged_at else "",
        "acknowledge": _acknowledge(request, one, problem) if own and one.sent_at and not one.acknowledged_at else (),
        "undo": _undo(one, actor), "contests": [contest(each) for each in one.contests],
        "mean": _mean(actor, one) if one.kind == "random" and one.about and not one.bot else "",
        "talk": _talk(request, actor, one),
    }  # fmt: skip
    return shared.shown(request, "result", context, problem)


def contest(one: ContestShown) -> dict[str, Any]:
    """A contest with both answers and scores in words."""
    label, look = wording.CONTESTS.get(one.state, (one.state, "off"))
    return {"one": one, "state": label, "look": look, "before": wording.answer(None, _value(one.before)),
            "after": wording.answer(None, _value(one.after)), "score_before": wording.score(one.score_before),
            "score_after": wording.score(one.score_after)}  # fmt: skip


def _done(request: HttpRequest, actor: Actor, review: int) -> HttpResponse:
    posted = request.POST
    do = posted.get("do", "")
    if do == "acknowledge":
        given = {"review": review, "version": posted.get("version", ""), "note": posted.get("note", "")}
        run("quality.acknowledge", actor, given)
        messages.success(request, _("Read. Thank you."))
    elif do == "contest":
        given = {"review": review, "item": posted.get("item", ""), "reason": posted.get("reason", "")}
        run("quality.contest", actor, given)
        messages.success(request, _("Contested. Somebody else than the reviewer decides; both answers are kept."))
    elif do == "undo":
        run("quality.undo_submit", actor, {"review": review, "version": posted.get("version", "")})
        return redirect("quality_review", review)
    else:
        raise shared.no_such_button()
    return HttpResponseRedirect(request.path)


def _title(one: ReviewShown) -> str:
    told = {"ticket": one.ticket, "score": wording.score(one.score), "state": wording.state(one.state)[0]}
    if one.submitted_at is None:
        return _("Review of #%(ticket)s: %(state)s") % told
    if one.score is None:
        return _("Review of #%(ticket)s: nothing applied, no score") % told
    return _("Review of #%(ticket)s: %(score)s of 100") % told


def _facts(one: ReviewShown) -> list[str]:
    card = _("scorecard “%(name)s”, version %(number)s") % {"name": one.scorecard_name, "number": one.number}
    return [str(wording.kind(one.kind)), card, one.about_name, _("reviewed by %(name)s") % {"name": one.reviewer_name}]


def _item(
    item: ItemGiven, one: ReviewShown, own: bool, request: HttpRequest, problem: MaitredError | None
) -> dict[str, Any]:
    given = next((each for each in one.answers if each.item == item.key), None)
    worth = next((each.value for each in one.values if each.item == item.key), None)
    contested = next((each for each in one.contests if each.item == item.key), None)
    posted = request.POST if request.POST.get("item") == item.key else None
    field = Field(
        "reason", _("What is not right about it"), "textarea", posted.get("reason", "") if posted else "",
        required=True, errors=tuple(forms.errors_by_field(problem).get("reason", ())) if problem and posted else (),
    )  # fmt: skip
    return {
        "item": item, "answer": wording.answer(item, given.value if given else None),
        "worth": "" if worth is None else wording.score(worth),
        "comment": given.comment if given else "", "quotes": [each.text for each in given.quotes] if given else (),
        "failed": item.key in one.failed, "automatic": item.source == "automatic",
        "contest": contest(contested) if contested else None, "field": field, "open": posted is not None,
        "can_contest": own and given is not None and contested is None and one.state == "submitted",
    }  # fmt: skip


def _failed(one: ReviewShown) -> str:
    names = [item.title for item in one.items if item.key in one.failed]
    return _("A critical item failed, so that the review counts as 0: %(items)s.") % {"items": ", ".join(names)} if (
        names) else ""  # fmt: skip


def _sent(one: ReviewShown) -> str:
    """Whether the reviewed sees it yet."""
    if one.sent_at is None or one.sent_at <= clock.now():
        return ""
    return _("%(name)s sees it from %(moment)s on.") % {
        "name": one.about_name, "moment": words.moment(one.sent_at, shared.zone()),
    }  # fmt: skip


def _acknowledge(request: HttpRequest, one: ReviewShown, problem: MaitredError | None) -> tuple[Field, ...]:
    note = request.POST.get("note", "") if problem and request.POST.get("do") == "acknowledge" else ""
    return (Field("note", _("Anything to add"), "textarea", note, optional=True,
                  help=_("Your reviewer and those who lead you see it.")),)  # fmt: skip


def _undo(one: ReviewShown, actor: Actor) -> str:
    """For how long the reviewer may take it back; empty where they may not."""
    if one.reviewer != actor.person or one.undo_until is None or one.undo_until <= clock.now():
        return ""
    return words.duration((one.undo_until - clock.now()).total_seconds())


def _mean(actor: Actor, one: ReviewShown) -> str:
    """What the reviews drawn at random say of the one it is about, as far as the reader may see it."""
    if not scores.sees(actor) or "person" not in scores.cuts(actor):
        return ""
    found: IqsShown = scores.shown(actor, scores.Asked("person", scores.USUAL))
    row = next((each for each in found.rows if each.person == one.about), None)
    return wording.result(row) if row else ""


def _talk(request: HttpRequest, actor: Actor, one: ReviewShown) -> dict[str, Any] | None:
    """The conversation, once it is asked for: reading it is audited."""
    if not request.GET.get("talk"):
        return None
    found: ReviewedConversation = run("quality.review_conversation", actor, {"review": one.id})
    return {"said": talk.said(found, shared.zone()), "more": found.more, "gone": found.gone}


def _value(given: Any) -> Any:
    return None if given is None else given.value


came.verb = "quality.show_review"  # type: ignore[attr-defined]
