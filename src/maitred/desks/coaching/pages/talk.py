"""A one-to-one: planned from a form, prepared and held on its page; every press works without a script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maitred.base.errors import MaitredError, NotFound
from maitred.desks.coaching.pages import shared, wording
from maitred.desks.coaching.shapes import LineShown, OneToOneShown
from maitred.kit.access.actor import Actor
from maitred.kit.pages import fields as forms
from maitred.kit.pages import words
from maitred.kit.pages.fields import Field, Option
from maitred.kit.pages.frame import Frame
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.kit.verbs.running import authorise


@require_http_methods(["GET", "HEAD", "POST"])
def planning(request: HttpRequest) -> HttpResponse:
    """Plan a one-to-one: with whom and when, perhaps from a finding about the person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    authorise(register()["coaching.plan_one_to_one"], actor)
    zone, problem = shared.zone(), None
    asked = request.POST or request.GET
    finding = asked.get("finding", "")
    if request.method == "POST":
        given = {"person": asked.get("person", ""), "at": shared.instant(asked.get("at", ""), zone), "finding": finding}
        try:
            made = run("coaching.plan_one_to_one", actor, given)
            messages.success(request, _("It is planned, and the other is told. Its agenda is prepared below."))
            return HttpResponseRedirect(reverse("coaching_talk", args=[made.id]))
        except shared.REFUSALS as error:
            problem = error
    fields = forms.sent(_fields(actor, asked.get("person", ""), finding), request, problem)
    context = {
        "page": Frame("coaching", "error" if problem else "ok"), "title": _("Plan a one-to-one"),
        "nav_name": _("Coaching"), "fields": fields, "problem": forms.problem(fields, problem), "finding": finding,
        "facts": [_("Times are those of %(zone)s") % {"zone": zone.key}], "button": _("Plan it"),
        "sense": _("They are told at once and can add topics of their own."),
    }  # fmt: skip
    return render(request, "coaching/form.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, one_to_one: int) -> HttpResponse:
    """A one-to-one: its agenda with evidence, notes, steps; every form of it is sent here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    problem: MaitredError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _done(request, actor, one_to_one))
            return HttpResponseRedirect(request.path)
        except shared.REFUSALS as error:
            if isinstance(error, NotFound):
                raise
            problem = error
    one: OneToOneShown = run("coaching.show_one_to_one", actor, {"one_to_one": one_to_one})
    context = {**_context(actor, one), "problem": forms.told(problem) if problem else "", "given": request.POST}
    return render(request, "coaching/talk.html", context, status=problem.status if problem else 200)


def _context(actor: Actor, one: OneToOneShown) -> dict[str, Any]:
    zone = shared.zone()
    other = one.lead_name if actor.person == one.person else one.person_name
    moment = words.moment(one.at, zone)
    told = {"name": other, "moment": moment, "lead": one.lead_name, "person": one.person_name}
    title = _("One-to-one with %(name)s, %(moment)s") if one.yours else _("%(lead)s and %(person)s, %(moment)s")
    names = {one.lead: one.lead_name, one.person: one.person_name}
    facts = [str(wording.TALK_STATES.get(one.state, one.state))]
    if one.yours:
        facts.append(_("visible to %(lead)s and %(person)s; others see that it was held") % told)
    lines = [_line(actor, each) for each in one.agenda.lines] if one.agenda else []
    return {
        "page": Frame("coaching", "ok" if one.yours else "denied", facts=facts), "title": title % told,
        "nav_name": _("Coaching"), "one": one, "me": actor.person, "lines": lines,
        "agenda_title": wording.agenda(one.agenda) if one.agenda else "",
        "beyond": one.agenda.beyond if one.agenda else (),
        "praise_missing": bool(one.agenda and one.agenda.praise_missing),
        "open": one.state == "planned" and one.yours, "steps": shared.steps(one.steps, names, zone),
        "back": reverse("coaching_person", args=[one.person]), "at_field": shared.field_time(one.at, zone),
        "due": shared.in_a_week(zone).date().isoformat(),
        "plan_new": f"{reverse('coaching_plan_new')}?person={one.person}" if one.leads and one.pair else "",
        "plan_next": f"{reverse('coaching_plan_talk')}?person={one.person}" if one.leads and one.pair else "",
    }  # fmt: skip


def _line(actor: Actor, one: LineShown) -> dict[str, Any]:
    mine = one.item is not None and one.by_person is not None
    return {"one": one, "kind": wording.KINDS.get(one.kind, one.kind), "put": mine,
            "take": one.item is None and one.kind in ("praise", "finding", "feedback", "clock")}  # fmt: skip


def _done(request: HttpRequest, actor: Actor, key: int) -> str:
    """Do what the pressed button says; returns what is said afterwards."""
    posted = request.POST
    do, zone = posted.get("do", ""), shared.zone()
    own = {"one_to_one": key}
    lock = {**own, "version": posted.get("version", "")}
    given: dict[str, Any]
    if do == "item":
        given = {**own, **{name: posted[name] for name in ("text", "kind", "quote", "href", "key") if posted.get(name)}}
        run("coaching.add_item", actor, given)
        return _("It is on the agenda.")
    if do == "drop":
        run("coaching.remove_item", actor, {"item": posted.get("item", ""), "version": posted.get("version", "")})
        return _("It is off the agenda.")
    if do == "note":
        run("coaching.write_note", actor, {**own, "text": posted.get("text", ""), "shared": "shared" in posted})
        return _("The note is kept.")
    if do in ("share", "keep_private", "drop_note"):
        return _noted(actor, do, {"note": posted.get("note", ""), "version": posted.get("version", "")})
    if do == "step":
        due = shared.instant(posted.get("due", ""), zone)
        run(
            "coaching.add_step",
            actor,
            {**own, "what": posted.get("what", ""), "due": due, "by": posted.get("by", "person")},
        )
        return _("Agreed. It stands on the list of whoever promised it.")
    if do in ("kept", "broken", "later"):
        return promised(posted, actor, do)
    if do == "move":
        run("coaching.move_one_to_one", actor, {**lock, "at": shared.instant(posted.get("at", ""), zone)})
        return _("It is moved, and the other is told.")
    if do == "cancel":
        run("coaching.cancel_one_to_one", actor, {**lock, "reason": posted.get("reason", "")})
        return _("It is cancelled, and the other is told.")
    verb = {"hold": "coaching.hold_one_to_one", "reopen": "coaching.reopen_one_to_one"}.get(do, "")
    if not verb:
        raise NotFound(_("this form has no such answer"), _("go back, load the page again and repeat"))
    run(verb, actor, lock)
    return _("Held. Its agenda stays as it was.") if do == "hold" else _("It is planned again.")


def promised(posted: Any, actor: Actor, do: str) -> str:
    """A step is kept, broken or renegotiated: the verbs of promises."""
    given = {"commitment": posted.get("commitment", ""), "version": posted.get("version", "")}
    if do == "later":
        run("commitments.renegotiate", actor, {**given, "due": shared.instant(posted.get("due", ""), shared.zone())})
        return _("Another date is agreed; the earlier one stays in the record.")
    verb = "commitments.keep" if do == "kept" else "commitments.break_promise"
    run(verb, actor, {**given, "proof": posted.get("proof", "")})
    return _("Kept.") if do == "kept" else _("It is written down that it was not kept, and why.")


def _noted(actor: Actor, do: str, given: dict[str, Any]) -> str:
    if do == "drop_note":
        run("coaching.remove_note", actor, given)
        return _("The note is gone for good.")
    run("coaching.change_note", actor, {**given, "shared": do == "share"})
    return _("The other can read it now.") if do == "share" else _("It is yours alone again.")


def _fields(actor: Actor, person: str, finding: str) -> list[Field]:
    rows = [one for one in run("coaching.people", actor, {}).people if not one.own]
    options = [Option(str(one.person), one.name, "", str(one.person) == person) for one in rows]
    moment = shared.field_time(shared.in_a_week(shared.zone()), shared.zone())
    help_ = _("The finding goes on the agenda.") if finding else ""
    return [Field("person", _("With"), "select", options=options, required=True, help=help_),
            Field("at", _("When"), "datetime-local", moment, required=True)]  # fmt: skip


planning.verb = "coaching.plan_one_to_one"  # type: ignore[attr-defined]
shown.verb = "coaching.show_one_to_one"  # type: ignore[attr-defined]
