"""What is foreseen: alerts with their reasons, how good the foresight is beside simple rules, how the desk watches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maitred.base import clock
from maitred.base.errors import MaitredError, NotFound
from maitred.desks.escalations.pages import shared, wording
from maitred.desks.escalations.verbs.watching import RiskCard, RuleFared
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run

_DEEDS = {
    "take": ("escalations.acknowledge_alert", gettext_lazy("It is looked at.")),
    "disagree": ("escalations.disagree", gettext_lazy("Thank you; it counts in the table of what was foreseen.")),
    "back": ("escalations.bring_back", gettext_lazy("It is on the board again.")),
}
_POLICY = ("critical_minutes", "high_minutes", "normal_minutes", "low_minutes", "forgotten_hours", "forgotten_a_day",
           "reopened_times", "alerts_a_day", "hold_out")  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def watching(request: HttpRequest) -> HttpResponse:
    """Alerts, the table, and the settings."""
    actor = shared.actor_of(request)
    where = shared.zone()
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_pressed(request))
        except shared.REFUSALS as error:
            problem = error
    page = run("escalations.alerts", actor, {"limit": 50, "cursor": request.GET.get("cursor") or None})
    card: RiskCard = run("escalations.risk_card", actor, {})
    policy = run("escalations.policy", actor, {})
    fields = forms.sent(_fields(policy), request, problem)
    new = sum(one.state == "new" for one in page.items)
    context = {
        "page": Frame("escalations", "error" if problem else "ok" if page.items else "empty"),
        "nav_name": _("Escalations"), "title": _title(card, new), "tabs": shared.tabs(actor, "escalations_watching"),
        "rows": [shared.alert_row(one, where) for one in page.items], "next": page.next, "card": card,
        "said": _said(card), "table": [_rule(one) for one in card.table], "fields": fields, "policy": policy,
        "helped": _helped(card), "problem": forms.problem(fields, problem),
    }  # fmt: skip
    return render(request, "escalations/watching.html", context, status=problem.status if problem else 200)


def _pressed(request: HttpRequest) -> str:
    actor, posted = shared.actor_of(request), request.POST
    do = posted.get("do", "")
    back = posted.get("back") == "board"
    page = reverse("escalations") if back else reverse("escalations_watching")
    lock = {name: posted.get(name, "") for name in ("alert", "version")}
    if do in _DEEDS:
        verb, said = _DEEDS[do]
        run(verb, actor, lock)
        messages.success(request, said)
        return page
    if do == "snooze":
        run("escalations.snooze_alert", actor, {**lock, "until": clock.iso(clock.now() + timedelta(days=1))})
        messages.success(request, _("Snoozed for a day."))
        return page
    if do == "escalate":
        made = run("escalations.escalate_alert", actor, lock)
        messages.success(request, _("It is raised."))
        return reverse("escalations_case", args=[made.case.id])
    if do == "policy":
        given = {name: posted[name] for name in _POLICY if posted.get(name)}
        if "hold_out" in given:
            given["hold_out"] = _share(given["hold_out"])
        run("escalations.change_policy", actor, {"version": posted.get("version", ""), **given})
        messages.success(request, _("It is kept; the next round of the watch goes by it."))
        return page
    raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))


def _share(text: str) -> Any:
    """A per cent of the form as a share; what is none goes on as it is, and is refused."""
    try:
        return float(text.replace(",", ".")) / 100
    except ValueError:
        return text


def _title(card: RiskCard, new: int) -> str:
    if new:
        return _("%(n)s tickets may be escalated next") % {"n": words.count(new)}
    if card.verdict == "not_enough_data":
        return _("Too few escalations to foresee the next one")
    return _("Nothing is foreseen today")


def _said(card: RiskCard) -> str:
    if card.verdict == "ok":
        return _("Chances are shown: on weeks that were not learned from they came true as stated.")
    if card.verdict == "not_shown":
        return _("Chances are not shown: %(why)s.") % {"why": card.why}
    told = {"n": words.count(card.n), "needed": words.count(card.needed)}
    return _("Chances are learned from %(needed)s escalations on; there are %(n)s. Until then two plain rules watch: "
             "nobody looked, and came back often.") % told  # fmt: skip


def _rule(one: RuleFared) -> dict[str, Any]:
    def part(value: float | None, ends: tuple[float, float] | None) -> str:
        if value is None:
            return "–"
        if ends is None:
            return words.share(value, 0)
        return f"{words.share(value, 0)} ({words.share(ends[0], 0)}–{words.share(ends[1], 0)})"

    return {
        "one": one, "name": wording.RULES.get(one.rule, one.rule), "flagged": words.share(one.flagged, 1),
        "precision": part(one.precision, one.precision_interval), "recall": part(one.recall, one.recall_interval),
        "lead": words.duration(one.lead_hours * 3600) if one.lead_hours is not None else "–",
        "auc": words.number(one.auc, 2), "slope": words.number(one.slope, 2) if one.slope is not None else "–",
    }  # fmt: skip


def _helped(card: RiskCard) -> str:
    if card.helped is None:
        told = {"n": words.count(card.helped_n), "needed": words.count(card.helped_needed)}
        return _("Whether alerts help cannot be told: %(n)s of the %(needed)s alerts needed in each part.") % told
    one = card.helped
    told = {"told": words.share(one.told_share, 0), "n": words.count(one.told),
            "held": words.share(one.kept_back_share, 0), "m": words.count(one.kept_back),
            "low": words.number(100 * one.low, 0), "high": words.number(100 * one.high, 0)}  # fmt: skip
    return _("Of alerts that were told %(told)s were escalated within a week (n = %(n)s), of those kept back by lot "
             "%(held)s (n = %(m)s): a difference of %(low)s to %(high)s points.") % told  # fmt: skip


def _fields(policy: Any) -> list[Field]:
    labels = {
        "critical_minutes": _("Minutes until somebody says mine: critical"), "high_minutes": _("… high"),
        "normal_minutes": _("… normal"), "low_minutes": _("… low"),
        "forgotten_hours": _("Business hours without a look until a customer is raised"),
        "forgotten_a_day": _("At most so many of these a day"),
        "reopened_times": _("Times a ticket came back until it is told"),
        "alerts_a_day": _("Tickets foreseen a day, at most"), "hold_out": _("Kept back by lot, per cent"),
    }  # fmt: skip
    found = []
    for name, label in labels.items():
        value = getattr(policy, name)
        value = value * 100 if name == "hold_out" else value
        hint = _("Up to 20; never complaints, legal cases or key accounts. 0 keeps nothing back.") \
            if name == "hold_out" else ""  # fmt: skip
        found.append(Field(name, label, "text", f"{value:g}", help=hint))
    return found


watching.verb = "escalations.alerts"  # type: ignore[attr-defined]

PATHS: list[URLPattern] = [path("escalations/watching/", watching, name="escalations_watching")]
