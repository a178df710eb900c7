"""What the pages of quality say: kinds and states of reviews, scores with what makes them sure, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from maitred.desks.quality.verbs.shapes import IqsRow, ItemAgreement, ItemGiven, Kappa, NeededShown, Severity
from maitred.kit.pages import words

Words = str | Promise
NA = "na"
KINDS: Mapping[str, Words] = {
    "random": gettext_lazy("drawn at random"),
    "targeted": gettext_lazy("chosen for a reason"),
    "self": gettext_lazy("own work"),
    "peer": gettext_lazy("by a colleague"),
    "calibration": gettext_lazy("calibration"),
}
STATES: Mapping[str, tuple[Words, str]] = {
    "assigned": (gettext_lazy("to do"), "low"),
    "draft": (gettext_lazy("begun"), "low"),
    "submitted": (gettext_lazy("submitted"), "on"),
    "skipped": (gettext_lazy("skipped"), "off"),
    "void": (gettext_lazy("void"), "off"),
}
CONTESTS: Mapping[str, tuple[Words, str]] = {
    "open": (gettext_lazy("to be settled"), "low"),
    "upheld": (gettext_lazy("stays as it was"), "off"),
    "changed": (gettext_lazy("changed"), "on"),
}
CHECKS: Mapping[str, tuple[Words, str]] = {
    "verified": (gettext_lazy("verified"), "on"),
    "unverified": (gettext_lazy("unverified"), "off"),
}
STRATA: Mapping[str, Words] = {
    "channel": gettext_lazy("channel"),
    "group": gettext_lazy("group"),
    "person": gettext_lazy("person"),
}
_VERDICTS: Mapping[str, Words] = {
    "too few to judge a person": gettext_lazy("too few to judge a person"),
    "cannot tell": gettext_lazy("cannot tell"),
    "not enough data": gettext_lazy("too few to tell"),
}
_AGREEMENT: Mapping[str, tuple[Words, str]] = {
    "good": (gettext_lazy("reviewers agree"), "on"),
    "tentative": (gettext_lazy("agreement is tentative"), "low"),
    "poor": (gettext_lazy("reviewers do not agree"), "bad"),
    "not sure": (gettext_lazy("not sure yet"), "off"),
    "cannot tell": (gettext_lazy("cannot tell"), "off"),
}
_CHANGES: Mapping[str, Words] = {
    "better": gettext_lazy("rose"),
    "worse": gettext_lazy("fell"),
    "no real change": gettext_lazy("no real change"),
    "cannot tell": gettext_lazy("cannot tell"),
}
_SEVERITY: Mapping[str, Words] = {
    "stricter": gettext_lazy("scores lower than the others"),
    "milder": gettext_lazy("scores higher than the others"),
    "cannot be told from the others": gettext_lazy("cannot be told from the others"),
    "cannot tell": gettext_lazy("cannot tell"),
}


def kind(name: str) -> Words:
    """How a review came to be."""
    return KINDS.get(name, name)


def state(name: str) -> tuple[Words, str]:
    """The state of a review and the look of its badge."""
    return STATES.get(name, (name, "off"))


def score(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """A score of 0 to 100 with the digits that its interval warrants; a dash where there is none.

    >>> score(82.0, 74.2, 89.4), score(None)
    ('82', '–')
    """
    if value is None:
        return words.NOTHING
    digits = 0 if low is None or high is None or high - low >= 2 else 1
    return words.number(round(value, digits), digits)


def between(low: float | None, high: float | None) -> str:
    """Both ends of a score's interval.

    >>> between(74.2, 89.4)
    '74–89'
    """
    return "" if low is None or high is None else f"{score(low, low, high)}–{score(high, low, high)}"


def agreement(value: float | None) -> str:
    """A coefficient of agreement or a reliability, with two digits."""
    return words.NOTHING if value is None else words.number(round(value, 2), 2)


def spread(low: float | None, high: float | None) -> str:
    """The interval of such a coefficient; a lower end below zero is written with its sign."""
    if low is None or high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": agreement(low), "high": agreement(high)}


def result(row: IqsRow) -> str:
    """What reviews say of somebody, in one line: mean, interval, n, reliability, and whether it can be judged."""
    if row.value is None:
        told = {"n": words.count(row.n), "needed": words.count(row.needed or 0)}
        return _("too few reviews (n %(n)s, needs %(needed)s)") % told if row.needed else verdict(row)
    said = [_("mean %(score)s") % {"score": score(row.value, row.low, row.high)}, between(row.low, row.high),
            reviews(row.n)]  # fmt: skip
    if row.reliability is not None:
        said.append(_("reliability %(value)s") % {"value": agreement(row.reliability)})
    ending = verdict(row)
    line = ", ".join(one for one in said if one)
    return f"{line}: {ending}" if ending else line


def verdict(row: IqsRow) -> str:
    """Whether a score may be judged; empty where nothing stands against it."""
    return "" if row.verdict == "ok" else str(_VERDICTS.get(row.verdict, row.verdict))


def reviews(n: int) -> str:
    """So many reviews, as the n of a figure."""
    return ngettext("n %(n)s review", "n %(n)s reviews", n) % {"n": words.count(n)}


def needed(one: NeededShown, have: float | None = None) -> str:
    """How many reviews of a person make their mean reliable."""
    told = {"reliability": agreement(one.reliability), "n": words.count(one.n or 0)}
    if one.n is None or not one.reachable:
        return _("With these reviewers no number of reviews makes a person's mean reliable enough "
                 "(%(reliability)s): more reviewers would.") % told  # fmt: skip
    said = ngettext("A person's mean is reliable enough (%(reliability)s) from %(n)s review on.",
                    "A person's mean is reliable enough (%(reliability)s) from %(n)s reviews on, spread evenly over "
                    "these reviewers.", one.n) % told  # fmt: skip
    basis = (
        _("Made from the spreads measured here.")
        if one.basis == "measured"
        else _("Made from usual spreads until more is reviewed here.")
    )
    return f"{said} {basis}"


def alike(names: Sequence[str]) -> str:
    """A set of people that the reviews do not tell apart."""
    told = {"n": words.count(len(names)), "names": ", ".join(names)}
    return _("These %(n)s cannot be told apart: %(names)s.") % told


def alpha(one: ItemAgreement) -> tuple[Words, str]:
    """What an item's alpha means, and the look of its badge."""
    return _AGREEMENT.get(one.verdict, (one.verdict, "off"))


def change(name: str) -> Words:
    """The verdict on a change of agreement."""
    return _CHANGES.get(name, name)


def severity(one: Severity) -> str:
    """How one reviewer's scores lie beside the others' on the same tickets."""
    return str(_SEVERITY.get(one.verdict, one.verdict))


def shift(one: Severity) -> str:
    """The difference of a reviewer in points, with its interval."""
    if one.shift is None:
        return words.NOTHING
    told = words.difference(one.shift, "points", one.low, one.high)
    ends = words.interval(one.low, one.high, "points", signed=True)
    return f"{told} ({ends})" if ends else told


def kappa(one: Kappa) -> str:
    """Agreement beyond chance with its interval and n."""
    if one.value is None:
        return _("cannot tell (n %(n)s)") % {"n": words.count(one.n)}
    ends = spread(one.low, one.high)
    told = f"{agreement(one.value)}, {ends}" if ends else agreement(one.value)
    return f"{told}, {words.n(one.n)}"


def due(at: datetime | None, now: datetime, zone: ZoneInfo) -> tuple[str, bool]:
    """Until when, and whether that is past."""
    if at is None:
        return "", False
    late = at < now
    told = {"moment": words.moment(at, zone)}
    return (_("was due %(moment)s") if late else _("due %(moment)s")) % told, late


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """An instant; a dash where there is none."""
    return words.NOTHING if at is None else words.moment(at, zone)


def answer(item: ItemGiven | None, value: Any) -> str:
    """An answer as people read it: its anchor where the value has one."""
    if value is None:
        return words.NOTHING
    if value == NA:
        return pgettext("answer", "not applicable")
    if value in ("yes", "no"):
        return pgettext("answer", "yes") if value == "yes" else pgettext("answer", "no")
    number = plain(float(value))
    label = next((one.label for one in item.anchors if one.value == value), "") if item else ""
    return f"{number} {label}".strip()


def plain(value: float) -> str:
    """A value of a scale, without digits that say nothing.

    >>> plain(3.0), plain(2.5)
    ('3', '2.5')
    """
    return f"{value:g}"
