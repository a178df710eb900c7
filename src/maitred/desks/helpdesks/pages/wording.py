"""How a connection does, in words: one state, one sentence, and where something is to be done, what.

Pure functions of plain values, so that list, page, progress and the line on every page say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.kit.pages import words

Name = Literal["proving", "refused", "paused", "waiting", "backfilling", "asking", "incomplete", "stale", "current"]
NEED_SOMEBODY = ("refused", "asking", "incomplete", "stale")
"""States in which somebody has to do something, or figures are older than they look."""
STALE_S = 30 * 60
"""Behind by more than this is told as stale; a cycle takes five minutes."""
_HOURS_FROM_S, _FIVES_FROM_S = 100 * 60, 20 * 60
_LABELS: dict[Name, str | Promise] = {
    "proving": gettext_lazy("signing in"),
    "refused": gettext_lazy("signed out"),
    "paused": gettext_lazy("paused"),
    "waiting": gettext_lazy("not read yet"),
    "backfilling": gettext_lazy("first reading"),
    "asking": gettext_lazy("waits for your word"),
    "incomplete": gettext_lazy("incomplete"),
    "stale": gettext_lazy("stale"),
    "current": gettext_lazy("up to date"),
}
_LOOKS: dict[Name, str] = {
    "proving": "",
    "refused": "bad",
    "paused": "low",
    "waiting": "",
    "backfilling": "",
    "asking": "low",
    "incomplete": "low",
    "stale": "low",
    "current": "on",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a connection.

    Attributes
    ----------
    connected
        ``proving``, ``connected`` or ``refused``.
    why
        Why it was refused, or why the last run did not come to its end.
    lag_s
        Seconds by which it is behind its helpdesk; None where no stream has reached its end yet.
    newest
        Up to when everything is known.
    tickets, expected
        Tickets here and at the helpdesk, where it counts them.
    per_second
        Tickets that came in a second lately; None where it cannot be told.
    first_done
        Whether every stream has reached its end at least once.
    asks
        Whether more tickets are gone at the helpdesk than is believed unasked.
    """

    connected: str
    vendor: str
    enabled: bool = True
    running: bool = False
    complete: bool | None = None
    why: str = ""
    lag_s: float | None = None
    newest: datetime | None = None
    tickets: int = 0
    expected: int | None = None
    per_second: float | None = None
    first_done: bool = False
    gaps: int = 0
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a first reading is; ``max`` 0 where nobody knows how much there is."""

    value: int
    max: int
    text: str


@dataclass(frozen=True, slots=True)
class State:
    """What the pages show of a state."""

    name: str
    label: str
    look: str
    sentence: str
    remedy: str = ""
    tone: str = "warn"
    remedy_href: str = ""
    remedy_label: str = ""
    progress: Progress | None = None


def state(facts: Facts, zone: ZoneInfo, anew: str = "") -> State:
    """The one state that a connection is in.

    Parameters
    ----------
    anew
        Where what it signs in with is entered anew; empty for who may not.
    """
    name = named(facts)
    found = State(name, str(_LABELS[name]), _LOOKS[name], _sentence(name, facts, zone))
    if name == "backfilling":
        return replace(found, progress=_progress(facts))
    if name == "refused":
        said = _("The helpdesk says: %(why)s.") % {"why": facts.why.rstrip(".") or _("it does not let maitred in")}
        advice = _("Nothing is lost: reading goes on where it stopped.")
        return replace(found, remedy=f"{said} {advice}", tone="crit", remedy_href=anew,
                     remedy_label=_("Enter what it signs in with anew") if anew else "")  # fmt: skip
    if name in ("incomplete", "stale") and facts.why:
        return replace(found, remedy=_("Why: %(why)s.") % {"why": facts.why.rstrip(".")})
    if name == "stale":
        return replace(found, remedy=_("Look under System whether the worker runs."))
    return found


def title(name: str, found: State, facts: Facts) -> str:
    """The finding of a connection's own page: its state, and by how much it is behind or how far it is."""
    told = {"name": name, "state": found.label}
    if found.name in ("current", "stale"):
        return _("%(name)s: %(state)s, %(lag)s behind") % {**told, "lag": ago(facts.lag_s)}
    if found.name == "backfilling":
        said = ngettext("%(name)s: %(state)s, %(n)s ticket so far", "%(name)s: %(state)s, %(n)s tickets so far",
                        facts.tickets)  # fmt: skip
        return said % {**told, "n": words.count(facts.tickets)}
    return _("%(name)s: %(state)s") % told


def named(facts: Facts) -> Name:
    """Which state it is: what needs somebody comes before what goes by itself."""
    if facts.connected != "connected":
        return "refused" if facts.connected == "refused" else "proving"
    if not facts.enabled:
        return "paused"
    if not facts.first_done:
        return "backfilling" if facts.running or facts.tickets else ("incomplete" if facts.why else "waiting")
    if facts.asks:
        return "asking"
    if facts.complete is False and not facts.running:
        return "incomplete"
    if facts.lag_s is not None and facts.lag_s > STALE_S:
        return "stale"
    return "current"


def ago(seconds: float | None) -> str:
    """By how much something is behind."""
    return words.NOTHING if seconds is None else words.duration(max(seconds, 0.0))


def reason(text: str) -> str:
    """Why something did not come to its end, as the ledger keeps it, ready to stand in a sentence."""
    told = text.strip().rstrip(".")
    return _("it was stopped, and goes on with the next run") if told == "stopped" else told


def about(seconds: float) -> str:
    """An estimate, no finer than it can be: whole hours, or five minutes, or minutes where little is left.

    >>> about(14_342), about(2_700), about(20)
    ('4 h', '45 min', '1 min')
    """
    if seconds >= _HOURS_FROM_S:
        return words.duration(round(seconds / 3600) * 3600)
    step = 300 if seconds >= _FIVES_FROM_S else 60
    return _("%(n)s min") % {"n": max(1, round(seconds / step) * step // 60)}


def heading(states: Sequence[tuple[str, State]]) -> str:
    """The finding of the list: what needs somebody, else that nothing does. ``states``: by the connection's name."""
    if not states:
        return _("No helpdesk is connected yet")
    wrong = [(name, one) for name, one in states if one.name in NEED_SOMEBODY]
    if len(wrong) == 1:
        name, one = wrong[0]
        return _("%(name)s needs you: %(state)s") % {"name": name, "state": one.label}
    if wrong:
        return _("%(n)s helpdesks need you") % {"n": words.count(len(wrong))}
    busy = [(name, one) for name, one in states if one.name in ("backfilling", "waiting", "proving", "paused")]
    if busy:
        name, one = busy[0]
        return _("%(name)s: %(state)s") % {"name": name, "state": one.label}
    if len(states) == 1:
        return _("%(name)s is up to date") % {"name": states[0][0]}
    return ngettext("%(n)s helpdesk is up to date", "All %(n)s helpdesks are up to date", len(states)) % {
        "n": words.count(len(states))
    }


def _sentence(name: Name, facts: Facts, zone: ZoneInfo) -> str:
    since = words.moment(facts.newest, zone) if facts.newest else ""
    if name == "asking":
        return _("The helpdesk no longer has many of the tickets that are here. They are kept until somebody says that "
                 "they are gone.")  # fmt: skip
    if name == "current" and facts.gaps:
        said = ngettext("Nothing older than %(age)s is missing, but for %(n)s known gap.",
                        "Nothing older than %(age)s is missing, but for %(n)s known gaps.", facts.gaps)  # fmt: skip
        return said % {"age": ago(facts.lag_s), "n": words.count(facts.gaps)}
    if name == "current":
        return _("Nothing older than %(age)s is missing.") % {"age": ago(facts.lag_s)}
    if name == "stale":
        told = {"moment": since, "age": ago(facts.lag_s)}
        return _("Nothing newer than %(moment)s has come, %(age)s ago. Figures are as of then.") % told
    if name == "paused":
        if since:
            return _("Nothing is read until somebody lets it go on. Figures are as of %(moment)s.") % {"moment": since}
        return _("Nothing is read until somebody lets it go on.")
    if name == "refused":
        if since:
            return _("%(vendor)s no longer lets maitred in. Figures are as of %(moment)s.") % {
                "vendor": facts.vendor, "moment": since,
            }  # fmt: skip
        return _("%(vendor)s did not let maitred in.") % {"vendor": facts.vendor}
    if name == "incomplete":
        return _("The last run did not come to its end; what it brought is here, and the next run goes on from there.")
    if name == "backfilling":
        return _("Everything that is there is being read for the first time. What is loaded can be used already.")
    if name == "proving":
        return _("maitred is signing in to see what it may read.")
    return _("The first reading begins with the worker's next round.")


def _progress(facts: Facts) -> Progress:
    here = words.count(facts.tickets)
    if not facts.expected:
        return Progress(0, 0, _("%(here)s tickets so far; how many there are is not known yet") % {"here": here})
    told = {"here": here, "there": words.count(facts.expected)}
    text = _("%(here)s of %(there)s tickets") % told
    left = facts.expected - facts.tickets
    if facts.per_second and left > 0:
        text = _("%(counted)s, about %(left)s left") % {"counted": text, "left": about(left / facts.per_second)}
    return Progress(min(facts.tickets, facts.expected), facts.expected, text)
