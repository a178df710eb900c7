"""One candidate, by code: every step, and the next one as a button with its reason; the name on request."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError
from maitred.desks.hiring.pages import requisitions, shared, wording
from maitred.desks.hiring.pages.shared import Press
from maitred.desks.hiring.shapes import CandidateShown
from maitred.kit.pages import words
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_WHY = ("version", "reason", "words")
_PRESSES = {
    "shortlist": Press("hiring.shortlist", _WHY, gettext_lazy("The candidate is on the shortlist.")),
    "pass": Press("hiring.pass_over", _WHY, gettext_lazy("The candidate is not picked.")),
    "reject": Press("hiring.reject_candidate", _WHY, gettext_lazy("The candidate is rejected.")),
    "withdraw": Press("hiring.withdraw_candidate", _WHY, gettext_lazy("The candidate withdrew.")),
    "reopen": Press("hiring.reopen_candidate", ("version", "words"), gettext_lazy("The way is open again.")),
    "near": Press("hiring.declare_interest", ("person", "words"), gettext_lazy("They decide no more about them.")),
    "release": Press("hiring.release_interest", ("person", "reason"), gettext_lazy("They may decide again.")),
    "settle": Press(
        "hiring.settle_objection", ("objection", "version", "outcome", "answer"), gettext_lazy("It is answered.")
    ),
}
_PICK = ("evidence", "experience", "skills", "internal_move", "referral", "other")
_PASS = ("must_missing", "evidence_missing", "experience", "place", "pay", "chose_others", "other")
_REJECT = ("must_missing", "interview_evidence", "chose_others", "pay", "place", "role_closed", "other")
_WITHDRAW = ("other_offer", "pay", "place", "no_interest", "no_answer", "asked_to", "other")
_STEPS: dict[str, tuple[str, ...]] = {
    "found": ("shortlist", "pass", "withdraw"), "applied": ("shortlist", "pass", "withdraw"),
    "shortlisted": ("reject", "withdraw"), "interview": ("reject", "withdraw"), "offer": ("reject", "withdraw"),
    "not_picked": ("reopen",), "rejected": ("reopen",), "withdrawn": ("reopen",),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, candidate: int) -> HttpResponse:
    """A candidate; a press is one step."""
    actor, named = shared.actor_of(request), None
    done: HttpResponseRedirect | MaitredError | None = None
    if request.POST.get("do") == "name":
        named = run("hiring.name_candidate", actor, {"candidate": candidate})
    else:
        own = {} if request.POST.get("do") == "settle" else {"candidate": candidate}
        done = shared.acting(request, _PRESSES, own)
    if isinstance(done, HttpResponseRedirect):
        return done
    one = run("hiring.show_candidate", actor, {"candidate": candidate})
    listed = one.candidate
    context = {
        "page": Frame("hiring", "error" if done else "ok", facts=_facts(one)),
        "title": _("Candidate %(code)s") % {"code": listed.code}, "one": one, "named": named,
        "row": requisitions.candidate_row(listed), "back": reverse("hiring_requisition", args=[listed.requisition]),
        "steps": [_step(each) for each in reversed(one.steps)], "presses": _presses(one) if one.decides else [],
        "answers": [(each.text, one.answers.get(each.key, "")) for each in one.questions],
        "interviews": run("hiring.interviews", actor, {"candidate": candidate}).items,
        "plan": listed.stage in ("shortlisted", "interview") and one.decides,
        "offer": listed.stage in ("interview", "offer") and one.decides,
        "letters": run("hiring.outreach", actor, {"candidate": candidate}).items,
        "templates": run("hiring.outreach_templates", actor, {}).templates,
        "link": run("hiring.own_link", actor, {"candidate": candidate}).url,
        "zone": shared.zone(),
    }  # fmt: skip
    return shared.shown(request, "hiring/candidate.html", context, done)


def _facts(one: CandidateShown) -> list[str]:
    listed = one.candidate
    found = [listed.title, wording.said(wording.STAGES, listed.stage), wording.said(wording.BASES, listed.basis),
             listed.source]  # fmt: skip
    if listed.place is not None:
        found.append(_("place %(n)s of search %(search)s") % {"n": listed.place, "search": one.search})
    return [each for each in found if each]


def _step(one: Any) -> dict[str, Any]:
    return {
        "one": one, "before": wording.said(wording.STAGES, one.before),
        "after": wording.said(wording.STAGES, one.after),
        "reason": wording.said(wording.REASONS, one.reason), "at": words.moment(one.at, shared.zone()),
    }  # fmt: skip


def _presses(one: CandidateShown) -> list[dict[str, Any]]:
    told = {
        "shortlist": (_("Put on the shortlist"), _PICK), "pass": (_("Do not pick"), _PASS),
        "reject": (_("Reject"), _REJECT), "withdraw": (_("They withdraw"), _WITHDRAW), "reopen": (_("Open again"), ()),
    }  # fmt: skip
    return [
        {"do": name, "label": told[name][0],
         "reasons": [(reason, wording.said(wording.REASONS, reason)) for reason in told[name][1]]}
        for name in _STEPS.get(one.candidate.stage, ())
    ]  # fmt: skip


shown.verb = "hiring.show_candidate"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("hiring/candidates/<int:candidate>/", shown, name="hiring_candidate")]
