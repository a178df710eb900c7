"""A contest: what the reviewed says against an answer, and what somebody else than the reviewer decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base.errors import Invalid, MaitredError, NotFound
from maitred.desks.quality.pages import answering, result, shared, wording
from maitred.desks.quality.verbs.shapes import ContestShown, ItemGiven, ReviewShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages.fields import Field, Option
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise


@require_http_methods(["GET", "HEAD", "POST"])
def settling(request: HttpRequest, contest: int) -> HttpResponse:
    """Both sides of a contest, and the form that settles it."""
    actor = shared.actor_of(request)
    authorise(register()["quality.settle"], actor)
    problem: MaitredError | None = None
    one = _contest(actor, contest)
    if request.method == "POST":
        try:
            run("quality.settle", actor, _decision(request, one))
            messages.success(request, _("Settled. Both answers and both scores are kept with the review."))
            return redirect("quality_result", one.review)
        except shared.REFUSALS as error:
            problem = error
    review: ReviewShown = run("quality.show_review", actor, {"review": one.review})
    item = next((each for each in review.items if each.key == one.item), None)
    open_ = one.state == "open"
    own = actor.person in (review.about, review.reviewer)
    fields = _fields(one, item)
    fields = forms.sent(fields, request, problem) if request.method == "POST" else fields
    context = {
        **shared.shell(actor, "quality"), "page": shared.frame(problem=problem), "one": one, "review": review,
        "title": _("%(name)s contests “%(item)s”") % {"name": one.about_name, "item": one.title},
        "contest": result.contest(one), "item": item, "quotes": [each.text for each in one.before.quotes]
        if one.before else (), "before": wording.answer(item, one.before.value if one.before else None),
        "comment": one.before.comment if one.before else "", "score": wording.score(one.score_before),
        "fields": fields if open_ and not own else (), "problem": forms.problem(fields, problem),
        "own": own and open_, "opened": wording.moment(one.opened_at, shared.zone()),
        "settled": wording.moment(one.settled_at, shared.zone()) if one.settled_at else "",
    }  # fmt: skip
    return shared.shown(request, "contest", context, problem)


def _contest(actor: Actor, contest: int) -> ContestShown:
    found: Sequence[ContestShown] = run("quality.contests", actor, {}).contests
    one = next((each for each in found if each.id == contest), None)
    if one is None:
        raise NotFound(_("there is no such contest that you may see"), _("see which there are"))
    return one


def _fields(one: ContestShown, item: ItemGiven | None) -> list[Field]:
    now = _plain(one.before.value if one.before else None)
    choices = answering.values(item) if item else []
    if item and item.allows_na:
        choices = [*choices, (wording.NA, wording.answer(item, wording.NA))]
    kept = Option("", _("The answer stays as it is"), chosen=True)
    return [
        Field("answer", _("Decision"), "radios", options=[
            kept, *(Option(value, _("Changed to: %(answer)s") % {"answer": label})
                    for value, label in choices if value != now),
        ]) if choices else Field("answer", _("Changed to"), "number", optional=True,
                                 help=_("Empty: the answer stays as it is.")),
        Field("reason", _("Why"), "textarea", required=True, help=_("Both sides read it.")),
    ]  # fmt: skip


def _decision(request: HttpRequest, one: ContestShown) -> dict[str, Any]:
    posted = request.POST
    answer = posted.get("answer", "").strip()
    given: dict[str, Any] = {
        "contest": one.id, "version": posted.get("version", ""), "outcome": "changed" if answer else "upheld",
        "reason": posted.get("reason", ""),
    }  # fmt: skip
    if not given["reason"].strip():
        message = _("say why: both sides read it")
        raise Invalid(message, "", ({"field": "reason", "message": message, "code": "missing"},))
    return given | ({"answer": {"item": one.item, "value": answer}} if answer else {})


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else wording.plain(float(value))


settling.verb = "quality.settle"  # type: ignore[attr-defined]
