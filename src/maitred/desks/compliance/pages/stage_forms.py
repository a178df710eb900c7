"""The form of each stage: its fields, what is posted, what is said afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maitred.desks.compliance.complaint_shapes import ComplaintShown
from maitred.desks.compliance.pages import wording
from maitred.kit.pages.fields import Field, Option

Words = str | Promise
VERBS = {
    "acknowledge": "complaint_ack", "assess": "complaint_assess", "investigate": "complaint_investigate",
    "decide": "complaint_decide", "close": "complaint_close",
}  # fmt: skip
TITLES: dict[str, Words] = {
    "acknowledge": _("Next: acknowledge it"), "assess": _("Next: assess it"),
    "investigate": _("Next: investigate it"), "decide": _("Next: decide it"), "close": _("Next: close it"),
}  # fmt: skip
BUTTONS: dict[str, Words] = {
    "acknowledge": _("It was acknowledged"), "assess": _("Keep the assessment"),
    "investigate": _("Keep what was found"), "decide": _("Keep the decision"), "close": _("Close it"),
}  # fmt: skip
SAID: dict[str, Words] = {
    "acknowledge": _("It is acknowledged."), "assess": _("It is assessed."), "investigate": _("It is investigated."),
    "decide": _("It is decided."), "close": _("It is closed."),
}  # fmt: skip


def fields(one: ComplaintShown) -> list[Field]:
    """The fields of the next stage."""
    return _FIELDS[one.next](one)


def given(stage: str, posted: Mapping[str, Any]) -> dict[str, Any]:
    """What was posted for a stage, as its verb takes it."""
    names = {
        "acknowledge": ("text", "channel"), "assess": ("severity", "complexity", "impact", "vulnerability"),
        "investigate": ("facts", "root_cause"),
        "decide": ("decision", "reasons", "redress", "alternatives", "recourse", "text"),
        "close": ("outcome", "note"),
    }[stage]  # fmt: skip
    found: dict[str, Any] = {name: posted[name] for name in names if posted.get(name)}
    if stage == "assess":
        found |= {name: posted[name] == "yes" for name in ("safety", "immediate") if posted.get(name)}
    if stage == "investigate":
        found["evidence"] = [one.strip() for one in str(posted.get("evidence", "")).splitlines() if one.strip()]
    if stage == "close":
        found["consent"] = posted.get("consent") == "on"
    return found


def _acknowledge(one: ComplaintShown) -> list[Field]:
    return [
        Field("text", _("The text that was sent"), "textarea", required=True,
              help=_("Some rules want the time limit to be stated in it.")),
        Field("channel", _("Channel"), value=one.complaint.channel, required=True),
    ]  # fmt: skip


def _assess(one: ComplaintShown) -> list[Field]:
    return [
        Field("severity", _("Severity"), "radios", options=_levels()),
        Field("complexity", _("Complexity"), "radios", options=_levels()),
        Field("safety", _("Is safety concerned?"), "radios", options=_yes_no(),
              help=_("If so, handlers are told at once.")),
        Field("immediate", _("Has something to be done at once?"), "radios", options=_yes_no()),
        Field("impact", _("Impact"), required=True),
        Field("vulnerability", _("Does the complainant need care, and why?"), optional=True,
              help=_("Shown to handlers alone.")),
    ]  # fmt: skip


def _investigate(one: ComplaintShown) -> list[Field]:
    causes = [Option(name, label) for name, label in wording.CAUSES.items()]
    return [
        Field("facts", _("Facts"), "textarea", required=True),
        Field("root_cause", _("Root cause"), "radios", options=causes,
              help=_("Of processes and products; a cause is no verdict on a person.")),
        Field("evidence", _("Where the evidence is"), "textarea", optional=True, help=_("One in each line.")),
    ]  # fmt: skip


def _decide(one: ComplaintShown) -> list[Field]:
    decisions = [Option(name, label) for name, label in wording.DECISIONS.items()]
    return [
        Field("decision", _("Decision"), "radios", options=decisions),
        Field("reasons", _("Reasons"), "textarea", required=True),
        Field("redress", _("Redress"), required=True, help=_("If none, say so.")),
        Field("alternatives", _("Alternatives"), required=True, help=_("If none, say so.")),
        Field("recourse", _("Outside recourse"), required=True,
              help=_("Where the complainant can turn to if they do not agree.")),
        Field("text", _("The answer as it was sent"), "textarea", required=True),
    ]  # fmt: skip


def _close(one: ComplaintShown) -> list[Field]:
    endings = [Option(name, label) for name, label in wording.ENDINGS.items() if name not in ("merged", "silence")]
    return [
        Field("outcome", _("How it ended"), "radios", options=endings,
              help=_("Silence closes nothing.")),
        Field("consent", _("The complainant said that it is settled"), "check"),
        Field("note", _("Note"), optional=True),
    ]  # fmt: skip


def _levels() -> list[Option]:
    return [Option(name, label) for name, label in wording.LEVELS.items()]


def _yes_no() -> list[Option]:
    return [Option("yes", _("yes")), Option("no", _("no"))]


_FIELDS: dict[str, Callable[[ComplaintShown], list[Field]]] = {
    "acknowledge": _acknowledge, "assess": _assess, "investigate": _investigate, "decide": _decide, "close": _close,
}  # fmt: skip
