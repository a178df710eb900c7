"""Compliance in words: headings, statuses, stages, what a clock did."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.compliance.shapes import ClockShown, Due
from maitred.kit.pages import words

Words = str | Promise
STATUSES: dict[str, Words] = {
    "running": gettext_lazy("running"), "warned": gettext_lazy("due soon"), "met": gettext_lazy("met"),
    "met_late": gettext_lazy("met late"), "overdue": gettext_lazy("overdue"), "paused": gettext_lazy("paused"),
    "void": gettext_lazy("does not apply"), "waiting": gettext_lazy("not begun"),
}  # fmt: skip
LOOKS = {"overdue": "low", "met_late": "low", "met": "on", "void": "off", "paused": "off"}
STATES: dict[str, Words] = {
    "received": gettext_lazy("received"), "acknowledged": gettext_lazy("acknowledged"),
    "assessed": gettext_lazy("assessed"), "investigated": gettext_lazy("investigated"),
    "decided": gettext_lazy("decided"), "rejected_open": gettext_lazy("rejected, still open"),
    "closed": gettext_lazy("closed"),
}  # fmt: skip
STAGES: dict[str, Words] = {
    "receipt": gettext_lazy("Receipt"), "acknowledgement": gettext_lazy("Acknowledgement"),
    "assessment": gettext_lazy("First assessment"), "investigation": gettext_lazy("Investigation"),
    "decision": gettext_lazy("Decision"), "closing": gettext_lazy("Closing"),
}  # fmt: skip
FIELDS: dict[str, Words] = {
    "description": gettext_lazy("what it is about"), "remedy": gettext_lazy("what is wanted"),
    "product": gettext_lazy("product"), "channel": gettext_lazy("channel"),
    "acknowledged_text": gettext_lazy("the text that was sent"),
    "acknowledged_channel": gettext_lazy("the channel"), "severity": gettext_lazy("severity"),
    "safety": gettext_lazy("safety"), "complexity": gettext_lazy("complexity"), "impact": gettext_lazy("impact"),
    "immediate": gettext_lazy("need to act at once"), "facts": gettext_lazy("facts"),
    "root_cause": gettext_lazy("root cause"), "decision": gettext_lazy("decision"),
    "reasons": gettext_lazy("reasons"), "redress": gettext_lazy("redress"),
    "alternatives": gettext_lazy("alternatives"), "recourse": gettext_lazy("outside recourse"),
    "outcome": gettext_lazy("how it ended"),
}  # fmt: skip
LEVELS: dict[str, Words] = {
    "low": gettext_lazy("low"), "medium": gettext_lazy("medium"), "high": gettext_lazy("high"),
}  # fmt: skip
CAUSES: dict[str, Words] = {
    "people": gettext_lazy("knowledge or staffing"), "process": gettext_lazy("process"),
    "product": gettext_lazy("product"), "information": gettext_lazy("information given"),
    "system": gettext_lazy("system"), "supplier": gettext_lazy("supplier"), "policy": gettext_lazy("policy"),
    "unclear": gettext_lazy("unclear"),
}  # fmt: skip
DECISIONS: dict[str, Words] = {
    "upheld": gettext_lazy("upheld"), "partly_upheld": gettext_lazy("upheld in part"),
    "rejected": gettext_lazy("rejected"),
}  # fmt: skip
ENDINGS: dict[str, Words] = {
    "accepted": gettext_lazy("accepted by the complainant"), "exhausted": gettext_lazy("outside recourse exhausted"),
    "withdrawn": gettext_lazy("withdrawn by the complainant"), "silence": gettext_lazy("no answer"),
    "merged": gettext_lazy("put into another"),
}  # fmt: skip
LINES: dict[str, Words] = {
    "received": gettext_lazy("received"), "started": gettext_lazy("began"), "stopped": gettext_lazy("stopped"),
    "reopened": gettext_lazy("went on"), "paused": gettext_lazy("paused"), "resumed": gettext_lazy("resumed"),
    "extended": gettext_lazy("extended"), "told_late": gettext_lazy("told too late to extend"),
    "void": gettext_lazy("does not apply any more"), "due": gettext_lazy("ends"),
}  # fmt: skip
RESULTS: dict[str, Words] = {
    "evidence present": gettext_lazy("evidence present"), "gap": gettext_lazy("gap"),
    "not assessed": gettext_lazy("not assessed"), "not applicable": gettext_lazy("not applicable"),
}  # fmt: skip
RESULT_LOOKS = {"evidence present": "on", "gap": "low", "not assessed": "off", "not applicable": "off"}
RULES: dict[str, Words] = {
    "words": gettext_lazy("words of a complaint"), "csat_comment": gettext_lazy("comment of a low rating"),
    "regulator_address": gettext_lazy("address of a regulator"),
}  # fmt: skip
SOURCES: dict[str, Words] = {
    "seen": gettext_lazy("seen in a source"), "known": gettext_lazy("general knowledge"),
    "unverified": gettext_lazy("unverified"),
}  # fmt: skip
FIGURES: dict[str, Words] = {
    "complaints.rate": gettext_lazy("Complaints per thousand tickets"),
    "complaints.upheld_share": gettext_lazy("Upheld, of those decided"),
    "complaint.time_to_decision": gettext_lazy("Days to a decision (median)"),
}  # fmt: skip


def due_heading(found: Due) -> str:
    """The finding of the entrance: what is late first."""
    if found.overdue:
        said = ngettext("%(n)s deadline is overdue", "%(n)s deadlines are overdue", found.overdue)
        return said % {"n": words.count(found.overdue)}
    if found.warned:
        said = ngettext("%(n)s deadline is due soon, none is overdue",
                        "%(n)s deadlines are due soon, none is overdue", found.warned)  # fmt: skip
        return said % {"n": words.count(found.warned)}
    if found.clocks:
        said = ngettext("%(n)s deadline runs, none is due soon", "%(n)s deadlines run, none is due soon",
                        len(found.clocks))  # fmt: skip
        return said % {"n": words.count(len(found.clocks))}
    return _("No deadline runs")


def ahead(one: ClockShown, now: datetime) -> str:
    """How long is left, or how long it is over."""
    if one.late_s is not None:
        return _("late by %(time)s") % {"time": span(one.late_s)}
    if one.due_at is None or one.status in ("met", "void"):
        return ""
    return _("%(time)s left") % {"time": span(int((one.due_at - now).total_seconds()))}


def span(seconds: int) -> str:
    """A span in its largest whole unit."""
    days, hours = seconds // 86_400, seconds // 3_600
    if days:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": words.count(days)}
    if hours:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    minutes = max(0, seconds // 60)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def bounded(value: float | None, low: float | None, high: float | None, *, share: bool = False) -> str:
    """A value with its interval."""
    if value is None:
        return words.NOTHING
    if low is None or high is None:
        return words.share(value, 0) if share else words.number(value, 1)
    made = [words.share(one, 0) if share else words.number(one, 1) for one in (value, low, high)]
    return _("%(value)s (%(low)s to %(high)s)") % dict(zip(("value", "low", "high"), made, strict=True))


def named(names: tuple[str, ...]) -> str:
    """Fields by their names, with commas."""
    return ", ".join(str(FIELDS.get(one, one)) for one in names)
