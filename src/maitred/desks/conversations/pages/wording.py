"""What the pages say of reasons, behaviours, promises and odd texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.conversations.shapes import LiveShown, UsualShown, Watched
from maitred.kit.pages import words

Told = Mapping[str, str | Promise]
REASONS: Told = {
    "forgotten": gettext_lazy("forgotten"),
    "promise_broken": gettext_lazy("promise not kept"),
    "waits_long": gettext_lazy("waits unusually long"),
    "tone": gettext_lazy("tone turned"),
    "silent": gettext_lazy("unusually silent"),
    "bot_only": gettext_lazy("only a bot answered"),
    "one_sided": gettext_lazy("one-sided"),
    "promise_unclear": gettext_lazy("promise passed, cannot tell"),
    "waits": gettext_lazy("waits"),
}
LOOKS: Mapping[str, str] = {"forgotten": "bad", "promise_broken": "bad", "waits_long": "low", "tone": "low",
                            "silent": "low"}  # fmt: skip
BEHAVIOURS: Told = {
    "names_feeling": gettext_lazy("names the trouble or feeling"),
    "restates_problem": gettext_lazy("says the problem back"),
    "apologises_once": gettext_lazy("apologises for a named thing"),
    "owns_next_step": gettext_lazy("owns the next step"),
    "gives_time": gettext_lazy("gives a time"),
    "asks_open_question": gettext_lazy("asks for what is missing"),
}
VERDICTS: Told = {"present": gettext_lazy("there"), "absent": gettext_lazy("called for, not there")}
WHY: Told = {
    "boilerplate": gettext_lazy("the sentence stands in too many messages of the author to be said to a person"),
    "third_apology": gettext_lazy("two apologies were made before"),
}
KEPT: Told = {
    "kept": gettext_lazy("kept"),
    "not_kept": gettext_lazy("not kept"),
    "cannot_tell": gettext_lazy("cannot tell"),
    "running": gettext_lazy("still to come"),
}
KEPT_LOOKS: Mapping[str, str] = {"kept": "on", "not_kept": "bad", "cannot_tell": "off", "running": ""}
KINDS: Told = {
    "customer": gettext_lazy("customer"), "agent": gettext_lazy("agent"), "bot": gettext_lazy("bot"),
    "system": gettext_lazy("system"), "unknown": gettext_lazy("unknown"),
}  # fmt: skip
FLAGS: Told = {
    "empty": gettext_lazy("There are no words in this message."),
    "only_quoted": gettext_lazy("Only what others wrote before stands in this message."),
    "huge": gettext_lazy("Very long: its first 20,000 characters were read."),
    "binary": gettext_lazy("This is no text: it was not read."),
}
ZONES: Told = {
    "quote": gettext_lazy("Quoted"), "signature": gettext_lazy("Signature"), "disclaimer": gettext_lazy("Disclaimer"),
    "tracking": gettext_lazy("Reference"), "auto_reply": gettext_lazy("Automatic reply"),
    "greeting": gettext_lazy("Greeting"),
}  # fmt: skip
_OF: Told = {
    "group_channel": gettext_lazy("in this group and channel"),
    "group": gettext_lazy("in this group"),
    "all": gettext_lazy("in this helpdesk"),
}


def heading(found: Watched) -> str:
    """What is most pressing of all within reach."""
    forgotten, long = found.counts.get("forgotten", 0), found.counts.get("waits_long", 0)
    if forgotten:
        said = ngettext("%(n)s customer was forgotten", "%(n)s customers were forgotten", forgotten)
        return said % {"n": words.count(forgotten)}
    if broken := found.counts.get("promise_broken", 0):
        said = ngettext("%(n)s promise was not kept", "In %(n)s conversations a promise was not kept", broken)
        return said % {"n": words.count(broken)}
    if long:
        said = ngettext("%(n)s customer waits unusually long", "%(n)s customers wait unusually long", long)
        return said % {"n": words.count(long)}
    return _("Nobody waits unusually long")


def waits(one: LiveShown) -> str:
    """How long the customer waits: in working time first, in all beside it."""
    return both(one.waits_s, one.waits_business_s)


def both(seconds: int | None, business: int | None) -> str:
    """A duration in both kinds of time."""
    if seconds is None:
        return words.NOTHING
    if business is None:
        return words.duration(seconds)
    return _("%(business)s business · %(calendar)s in all") % {
        "business": words.duration(business), "calendar": words.duration(seconds)}  # fmt: skip


def usual(one: UsualShown | None) -> str:
    """What it is compared with."""
    if one is None:
        return _("too few cases to say what is usual")
    return _("nine in ten under %(usual)s %(where)s, n %(n)s") % {
        "usual": words.duration(one.seconds), "where": _OF.get(one.of, ""), "n": words.count(one.n)}  # fmt: skip


def tone(first: float | None, last: float | None) -> str:
    """How the customer's tone moved within the conversation."""
    if first is None or last is None:
        return ""
    return _("from %(first)s to %(last)s likely unhappy") % {
        "first": words.share(first, 0), "last": words.share(last, 0)}  # fmt: skip


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """An instant, or nothing."""
    return words.weekday_moment(at, zone) if at else ""
