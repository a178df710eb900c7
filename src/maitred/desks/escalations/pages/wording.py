"""Words of the desk for readers: kinds, severities, causes, steps, reasons."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from maitred.desks.escalations.shapes import Board
from maitred.kit.pages import words

Told = Mapping[str, "str | Promise"]
KINDS: Told = {"internal": _("between us"), "customer": _("the customer knows")}
DECLARED: Told = {
    "customer": _("asked for by the customer"), "agent": _("raised by us"), "rule": _("raised by a rule"),
    "prediction": _("foreseen"),
}  # fmt: skip
SEVERITIES: Told = {"low": _("low"), "normal": _("normal"), "high": _("high"), "critical": _("critical")}
STATES: Told = {"declared": _("waits for an owner"), "active": _("worked on"), "resolved": _("closed")}
CAUSES: Told = {
    "slow": _("we were too slow"), "forgotten": _("we forgot them"), "wrong_answer": _("a wrong answer"),
    "product": _("the product"), "promise_broken": _("a promise was not kept"), "policy": _("a rule of ours"),
    "tone": _("how we wrote"), "outside": _("something outside of us"), "other": _("something else"),
}  # fmt: skip
OUTCOMES: Told = {
    "satisfied": _("the customer is satisfied"), "accepted": _("the customer accepted it"),
    "left": _("the customer left"), "unknown": _("asked, and no answer"),
}  # fmt: skip
STEPS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "acknowledge": (_("Acknowledge"), _("Say what went wrong for them, in their words, once, without a but.")),
    "own": (_("Own"), _("Say who looks after it from now on, by name, and how to reach them.")),
    "next_step": (_("Next step"), _("Say the one thing that happens next, and who does it.")),
    "time": (_("Time"), _("Say by when, and write it down as a promise; call before it passes.")),
}
AUDIENCES: Told = {
    "customer": _("the customer"), "colleague": _("colleagues"), "product": _("product"),
    "executive": _("senior management"),
}  # fmt: skip
PROMISES: Told = {"open": _("open"), "kept": _("kept"), "broken": _("broken"), "withdrawn": _("taken back")}
MESSAGES: Told = {"planned": _("planned"), "told": _("told"), "dropped": _("dropped")}
INVITES: Told = {"invited": _("asked"), "joined": _("helps"), "declined": _("cannot help")}
GONE: Told = {
    "missing": _("not at the helpdesk any more"), "deleted": _("deleted at the helpdesk"),
    "merged": _("merged into another ticket"),
}  # fmt: skip
ALERTS: Told = {
    "new": _("new"), "taken": _("looked at"), "snoozed": _("snoozed"), "disagreed": _("not one"),
    "raised": _("raised"), "over": _("over"), "held": _("kept back"),
}  # fmt: skip
REASONS: Told = {
    "age": _("open for long"), "waiting": _("the customer waits"), "silence": _("no answer for long"),
    "chasers": _("wrote again without an answer"), "exchanges": _("many messages"), "reopened": _("came back"),
    "moved": _("handed around"), "targets": _("targets missed"), "tone": _("sharp words"),
    "tone_fall": _("words turned worse"), "promise": _("a promise passed"), "account_worth": _("a large account"),
    "account_history": _("the account's history"), "unassigned": _("nobody has it"),
    "kind": _("channel, priority and status"),
}  # fmt: skip
RULES: Told = {"model": _("learned here"), "oldest_first": _("oldest first"), "reopened_twice": _("reopened twice")}
ALERT_RULES: Told = {"risk": _("learned"), "forgotten": _("nobody looked"), "reopened": _("came back often")}
ENTRIES: Told = {
    "note": _("note"), "raised": _("raised"), "taken": _("taken over"), "passed_on": _("passed on"),
    "handed_over": _("handed over"), "told": _("told"), "step": _("step of the guide"), "swarm": _("help"),
    "issue": _("product issue"), "closed": _("closed"), "reopened": _("opened again"), "gone": _("ticket"),
    "severity": _("severity"), "promised": _("promised"), "kept": _("promise kept"), "broken": _("promise broken"),
    "withdrawn": _("promise taken back"), "customer": _("customer wrote"), "reply": _("we replied"),
    "internal": _("internal note"), "change": _("change at the helpdesk"),
}  # fmt: skip
CHANGES: Told = {
    "": _("no registered change"), "macro": _("macro"), "routing": _("routing"), "policy": _("policy"),
    "staffing": _("staffing"), "shipped_fix": _("shipped fix"), "playbook": _("playbook"), "bot_scope": _("bot scope"),
    "other": _("other change"),
}  # fmt: skip
LOOKS: Mapping[str, str] = {"critical": "low", "high": "low", "normal": "off", "low": "off"}


def heading(board: Board) -> str:
    """What the board says first."""
    late = sum(one.left_s is not None and one.left_s <= 0 for one in board.declared)
    if late:
        said = ngettext("%(n)s escalation is past its time without an owner",
                        "%(n)s escalations are past their time without an owner", late)  # fmt: skip
        return said % {"n": words.count(late)}
    broken = sum(one.late_promises for one in board.active)
    if broken:
        return ngettext("%(n)s promise to a customer has passed", "%(n)s promises to customers have passed",
                        broken) % {"n": words.count(broken)}  # fmt: skip
    if board.declared:
        n = len(board.declared)
        return ngettext("%(n)s escalation waits for an owner", "%(n)s escalations wait for an owner",
                        n) % {"n": words.count(n)}  # fmt: skip
    n = len(board.active)
    if n:
        return ngettext("%(n)s escalation is worked on", "%(n)s escalations are worked on", n) % {"n": words.count(n)}
    return str(_("Nobody is about to be lost"))
