"""The pipeline in words: stages, reasons, states, verdicts."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.hiring.shapes import NeedShown
from maitred.kit.pages import words

Told = dict[str, str | Promise]
STAGES: Told = {
    "found": gettext_lazy("found"), "applied": gettext_lazy("applied"), "shortlisted": gettext_lazy("on the shortlist"),
    "interview": gettext_lazy("interview"), "offer": gettext_lazy("offer"), "hired": gettext_lazy("hired"),
    "not_picked": gettext_lazy("not picked"), "rejected": gettext_lazy("rejected"),
    "withdrawn": gettext_lazy("withdrew"), "": "–", "considered": gettext_lazy("considered"),
}  # fmt: skip
LOOKS = {"hired": "on", "offer": "on", "rejected": "off", "not_picked": "off", "withdrawn": "off"}
STATES: Told = {
    "open": gettext_lazy("open"), "withdrawn": gettext_lazy("taken back"),
    "waiting": gettext_lazy("waits for approval"),
    "approved": gettext_lazy("approved"), "sent_back": gettext_lazy("sent back"), "filled": gettext_lazy("filled"),
    "made": gettext_lazy("made, no answer yet"), "accepted": gettext_lazy("accepted"),
    "declined": gettext_lazy("declined"), "planned": gettext_lazy("planned"), "debriefed": gettext_lazy("debriefed"),
    "cancelled": gettext_lazy("called off"), "draft": gettext_lazy("draft"), "sent": gettext_lazy("sent"),
    "discarded": gettext_lazy("discarded"),
}  # fmt: skip
REASONS: Told = {
    "came_in": gettext_lazy("came in"), "evidence": gettext_lazy("evidence"), "experience": gettext_lazy("experience"),
    "skills": gettext_lazy("skills"), "internal_move": gettext_lazy("moves within the house"),
    "referral": gettext_lazy("recommended"), "must_missing": gettext_lazy("a must is missing"),
    "evidence_missing": gettext_lazy("no evidence"), "place": gettext_lazy("place"), "pay": gettext_lazy("pay"),
    "chose_others": gettext_lazy("others were chosen"), "interview_evidence": gettext_lazy("what the interview showed"),
    "role_closed": gettext_lazy("the post is gone"), "other_offer": gettext_lazy("took another offer"),
    "no_interest": gettext_lazy("no interest"), "no_answer": gettext_lazy("did not answer"),
    "asked_to": gettext_lazy("asked for it"), "other": gettext_lazy("another reason"),
    "reopened": gettext_lazy("opened again"), "planned": gettext_lazy("interview planned"),
    "offer_drafted": gettext_lazy("offer written"), "accepted": gettext_lazy("accepted the offer"),
}  # fmt: skip
NEED_REASONS: Told = {
    "gap": gettext_lazy("A forecast shows a gap"), "replacement": gettext_lazy("Somebody left"),
    "new_skill": gettext_lazy("A skill is missing"), "exception": gettext_lazy("An exception, in words"),
}  # fmt: skip
BASES: Told = {
    "applicant": gettext_lazy("applied"), "talent_pool": gettext_lazy("talent pool"),
    "referral": gettext_lazy("recommended"), "employee": gettext_lazy("works here"),
    "licensed": gettext_lazy("licensed"), "synthetic": gettext_lazy("made up"),
}  # fmt: skip
RECOMMENDATIONS: Told = {
    "strong_no": gettext_lazy("clearly no"), "no": gettext_lazy("no"), "yes": gettext_lazy("yes"),
    "strong_yes": gettext_lazy("clearly yes"),
}  # fmt: skip
VERDICTS: Told = {
    "flag": gettext_lazy("find out why"), "no_sign": gettext_lazy("no sign"),
    "too_few": gettext_lazy("too few to say"), "not_measurable": gettext_lazy("not measurable"),
    "reference": gettext_lazy("highest rate"),
}  # fmt: skip
ALTERNATIVES: Told = {
    "overtime": gettext_lazy("Overtime"), "cross_training": gettext_lazy("Cross-training"),
    "deflection": gettext_lazy("Fewer contacts"), "shifts": gettext_lazy("Other shifts"),
    "temporary_help": gettext_lazy("Temporary help"), "other": gettext_lazy("Something else"),
}  # fmt: skip


def said(table: Told, word: str) -> str:
    """A word of ours in the reader's language; itself where it is unknown."""
    return str(table.get(word, word))


def gap(one: NeedShown) -> str:
    """What a forecast shows, with its interval."""
    if one.gap is None:
        return ""
    unit = _("hours a week") if one.gap_unit == "hours" else _("points of the SLA")
    told = {"gap": words.number(one.gap), "low": words.number(one.gap_low or 0.0),
            "high": words.number(one.gap_high or 0.0), "unit": unit, "run": one.forecast}  # fmt: skip
    return _("%(gap)s %(unit)s (80 %% between %(low)s and %(high)s), forecast %(run)s") % told


def people(n: int) -> str:
    """So many people."""
    return ngettext("%(n)s person", "%(n)s people", n) % {"n": words.count(n)}


def money(low: int, high: int, currency: str, unit: str) -> str:
    """A range of pay."""
    units: Told = {"year": _("a year"), "month": _("a month"), "week": _("a week"), "day": _("a day"),
                   "hour": _("an hour")}  # fmt: skip
    amount = words.count(low) if low == high else f"{words.count(low)} – {words.count(high)}"
    return f"{amount} {currency} {units[unit]}"
