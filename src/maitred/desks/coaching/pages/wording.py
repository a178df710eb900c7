"""Coaching in words: headings, states, what could be seen, what was seen, and why nothing can be told."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.coaching.shapes import AgendaShown, ForeseenShown, PersonRow, PlanShown, VerdictShown
from maitred.kit.pages import words

Words = str | Promise
TALK_STATES: dict[str, Words] = {
    "planned": gettext_lazy("planned"), "held": gettext_lazy("held"), "cancelled": gettext_lazy("cancelled"),
}  # fmt: skip
PLAN_STATES: dict[str, Words] = {
    "draft": gettext_lazy("draft"), "running": gettext_lazy("running"), "concluded": gettext_lazy("concluded"),
    "given_up": gettext_lazy("given up"),
}  # fmt: skip
STEP_STATES: dict[str, Words] = {
    "open": gettext_lazy("open"), "kept": gettext_lazy("kept"), "broken": gettext_lazy("broken"),
    "withdrawn": gettext_lazy("withdrawn"),
}  # fmt: skip
KINDS: dict[str, Words] = {
    "topic": gettext_lazy("Topic"), "step": gettext_lazy("Agreed"), "praise": gettext_lazy("Went well"),
    "plan": gettext_lazy("Plan"), "finding": gettext_lazy("Finding"), "feedback": gettext_lazy("Feedback"),
    "clock": gettext_lazy("Target"), "other": gettext_lazy("Other"),
}  # fmt: skip
VERDICTS: dict[str, Words] = {
    "worked": gettext_lazy("It worked"), "did_not": gettext_lazy("It did not work"),
    "cannot_tell": gettext_lazy("Cannot tell"),
}  # fmt: skip
SELECTED: dict[str, tuple[Words, Words]] = {
    "worst_of": (gettext_lazy("Because of a bad time"),
                 gettext_lazy("Among the worst of some days. Such a time passes by itself and is no part of before.")),
    "volume": (gettext_lazy("Because of the work"), gettext_lazy("They do most of what the plan is about.")),
    "volunteers": (gettext_lazy("They asked for it"), ""),
    "random": (gettext_lazy("By lot"), ""),
    "other": (gettext_lazy("For another reason"), gettext_lazy("Not because of how their figures were.")),
}  # fmt: skip


def heading(rows: Sequence[PersonRow]) -> str:
    """What needs somebody on the page of one's people."""
    due, late = sum(one.due for one in rows), sum(one.late_steps for one in rows)
    without = sum(not one.own and one.next is None for one in rows)
    if due:
        return ngettext("%(n)s plan is due to be judged", "%(n)s plans are due to be judged", due) % {"n": due}
    if late:
        return ngettext("%(n)s agreed step is past its date", "%(n)s agreed steps are past their date", late) % {
            "n": late
        }
    if without:
        said = ngettext("%(n)s person has no next one-to-one", "%(n)s people have no next one-to-one", without)
        return said % {"n": without}
    return _("Everybody has a next one-to-one, and nothing is due") if rows else _("Nobody to coach here yet")


def agenda(shown: AgendaShown) -> str:
    """What an agenda holds, in one line."""
    own = sum(one.by_person for one in shown.lines)
    said = ngettext("%(n)s line", "%(n)s lines", len(shown.lines)) % {"n": len(shown.lines)}
    return f"{said}, {ngettext('%(n)s of their own', '%(n)s of their own', own) % {'n': own}}"


def size(amount: float | None, unit: str, *, signed: bool = False) -> str:
    """An effect that is good when positive: per cent of the usual time, points of a share, or in the metric's unit."""
    if amount is None:
        return words.NOTHING
    if unit == "seconds":
        return f"{'+' if signed and amount > 0 else ''}{words.share(amount, 0)}"
    if unit == "share":
        return words.difference(amount, "share") if signed else _("%(n)s points") % {"n": words.number(amount * 100)}
    return words.difference(amount, unit) if signed else words.number(amount, 2)


def effect(found: VerdictShown, plan: PlanShown) -> str:
    """How large it was, between which ends, from how many cases."""
    if found.effect is None:
        return _("No size can be told (n %(n)s)") % {"n": words.count(found.n)}
    told = {
        "value": size(abs(found.effect), plan.unit), "low": size(found.low, plan.unit, signed=True),
        "high": size(found.high, plan.unit, signed=True), "n": words.count(found.n),
    }  # fmt: skip
    if plan.unit == "seconds":
        said = _("%(value)s faster (%(low)s to %(high)s, n %(n)s)") if found.effect >= 0 else _(
            "%(value)s slower (%(low)s to %(high)s, n %(n)s)")  # fmt: skip
    else:
        said = _("%(value)s better (%(low)s to %(high)s, n %(n)s)") if found.effect >= 0 else _(
            "%(value)s worse (%(low)s to %(high)s, n %(n)s)")  # fmt: skip
    return said % told


def reason(name: str) -> str:
    """Why a verdict is what it is; empty where the interval says it."""
    return {
        "regression_to_the_mean": _("They were chosen in a bad time, which passes by itself; without five others to "
                                    "compare with, or days before that time, nothing can be told."),
        "too_short": _("Eight whole weeks, or days, between start and follow-up are needed."),
        "too_few": _("Too few weeks or days with cases before and after the start: 24 before and 8 after are needed."),
        "too_wide": _("The interval holds both no effect and the smallest one worth having."),
        "still_open": _("More than a tenth of the cases since the start still run; they would make it look good."),
        "worse": _("The whole interval lies on the worse side."),
        "no_data": _("No case of theirs is known since the start."),
    }.get(name, "")  # fmt: skip


def foreseen(found: ForeseenShown) -> str:
    """What could be seen, in one sentence."""
    if found.smallest_seen is None:
        return _("What this plan does cannot be told apart from chance: %(why)s") % {"why": reason(found.reason)}
    told = {"size": size(found.smallest_seen, found.unit), "wanted": size(found.smallest_effect, found.unit)}
    if found.seen:
        return _("A change of %(size)s would be seen in eight of ten such plans, so %(wanted)s can be seen.") % told
    return _("Only a change of %(size)s would be seen in eight of ten such plans; %(wanted)s most likely cannot. "
             "Choose a longer plan, a metric with more cases, or do not measure it.") % told  # fmt: skip


def grounds(n: float, others: int, bucket: str) -> str:
    """What an answer rests on."""
    by = _("by week") if bucket == "week" else _("by day")
    told = {"n": words.number(n, 0), "others": others, "by": by}
    if others < _FEWEST_OTHERS:
        return _("%(n)s cases a week, %(by)s, compared with nobody: fewer than five others have such cases.") % told
    return _("%(n)s cases a week, %(by)s, compared with %(others)s others in the same days.") % told


def plan_heading(plan: PlanShown, *, own: bool) -> str:
    """The finding of a plan's page."""
    if plan.verdict is not None:
        said = str(VERDICTS[plan.verdict.verdict])
        told = effect(plan.verdict, plan)
        return f"{said}: {words.inside(plan.title)}, {told}" if plan.verdict.effect is not None else (
            f"{said}: {words.inside(plan.title)}")  # fmt: skip
    told_ = {"what": words.inside(plan.title), "name": plan.person_name, "day": words.day(plan.judged_from)}
    if plan.state == "given_up":
        return _("A plan for %(what)s was given up") % told_
    if plan.due:
        return _("The plan for %(what)s can be judged now") % told_
    if plan.state == "running":
        return _("The plan for %(what)s is judged from %(day)s on") % told_
    return (
        _("A draft of your plan for %(what)s") % told_
        if own
        else _("A draft of a plan for %(what)s, with %(name)s") % told_
    )


_FEWEST_OTHERS = 5
