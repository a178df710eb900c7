"""Waves, gaps and starters in words: what could be seen, what was seen, and why nothing can be told."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maitred.desks.training.matrix.shapes import Gaps, GapShown
from maitred.desks.training.ramp.shapes import RampCohort, RampShown
from maitred.desks.training.waves.shapes import ChecksShown, PowerShown, ResultShown, WavePlanShown
from maitred.kit.pages import words

Words = str | Promise
STATES: dict[str, Words] = {
    "draft": gettext_lazy("draft"), "running": gettext_lazy("running"), "concluded": gettext_lazy("judged"),
    "given_up": gettext_lazy("given up"),
}  # fmt: skip
VERDICTS: dict[str, Words] = {
    "improved": gettext_lazy("Improved"), "worse": gettext_lazy("Worse"),
    "no_real_change": gettext_lazy("No real change"), "cannot_tell": gettext_lazy("Cannot tell"),
}  # fmt: skip
SELECTED: dict[str, tuple[Words, Words]] = {
    "worst_of": (gettext_lazy("Because of bad days"),
                 gettext_lazy("The worst of some days. Such days pass by themselves and are no part of before.")),
    "volume": (gettext_lazy("Because of the work"), gettext_lazy("They do most of what the course is about.")),
    "volunteers": (gettext_lazy("They asked for it"), ""),
    "random": (gettext_lazy("By lot"), ""),
    "other": (gettext_lazy("For another reason"), gettext_lazy("Not because of how their figures were.")),
}  # fmt: skip
EVIDENCE: dict[str, Words] = {
    "own_word": gettext_lazy("own word"), "observed": gettext_lazy("observed"), "review": gettext_lazy("review"),
    "quiz": gettext_lazy("quiz"), "certificate": gettext_lazy("certificate"),
}  # fmt: skip
DIMENSIONS: dict[str, Words] = {
    "channel": gettext_lazy("Channel"), "group": gettext_lazy("Group"), "priority": gettext_lazy("Priority"),
    "type": gettext_lazy("Type"), "brand": gettext_lazy("Brand"), "form": gettext_lazy("Form"),
}  # fmt: skip
GAP_VERDICTS: dict[str, Words] = {
    "no_volume": gettext_lazy("Cannot tell: no such contact came"),
    "no_effort": gettext_lazy("Hours cannot be told: the effort of too few contacts is known"),
    "unbound": gettext_lazy("Cannot tell: nobody said which contacts need it"),
    "nobody": gettext_lazy("nobody holds it"),
}  # fmt: skip


def size(amount: float | None, unit: str, *, signed: bool = False) -> str:
    """An effect that is good when positive: per cent of the usual time, points of a share, or in the metric's unit."""
    if amount is None:
        return words.NOTHING
    if unit == "seconds":
        return f"{'+' if signed and amount > 0 else ''}{words.share(amount, 0)}"
    if unit == "share":
        return words.difference(amount, "share") if signed else _("%(n)s points") % {"n": words.number(amount * 100)}
    return words.difference(amount, unit) if signed else words.number(amount, 2)


def power(found: PowerShown, people: int) -> str:
    """What could be seen, in one sentence."""
    told = {
        "people": ngettext("%(n)s person", "%(n)s people", people) % {"n": people},
        "weeks": ngettext("%(n)s week", "%(n)s weeks", found.weeks) % {"n": found.weeks},
        "size": size(found.smallest_seen, found.unit), "wanted": size(found.smallest_effect, found.unit),
        "why": reason(found.reason),
    }  # fmt: skip
    if found.smallest_seen is None:
        return _("With %(people)s and %(weeks)s nothing can be told from chance. %(why)s") % told
    if found.seen:
        return _("With %(people)s and %(weeks)s: changes of %(size)s or more can be seen, so %(wanted)s can; "
                 "smaller ones cannot be told.") % told  # fmt: skip
    return _("With %(people)s and %(weeks)s: changes of %(size)s or more can be seen; smaller ones cannot be told, "
             "and %(wanted)s is smaller. Take more people, more weeks, a metric with more cases, or do not measure "
             "it.") % told  # fmt: skip


def grounds(found: PowerShown) -> str:
    """What an answer about power rests on."""
    told = {"n": words.number(found.n), "treated": found.treated, "beside": found.beside, "day": _day(found)}
    if found.basis == "formula":
        return _("%(n)s cases of a person in a week, %(treated)s people against %(beside)s; known until %(day)s. Too "
                 "little past to replay it, so a formula answers, which sees no ups and downs and promises "
                 "much.") % told  # fmt: skip
    return _("%(n)s cases of a person in a week, %(treated)s people against %(beside)s, replayed on their own weeks "
             "until %(day)s; found in eight of ten.") % told  # fmt: skip


def reason(name: str) -> str:
    """Why nothing can be told; empty where the interval says it."""
    return {
        "too_short": _("The course takes all of the weeks between two starts."),
        "too_few": _("At least eight people, three of them in the last wave and three before it, are needed."),
        "no_data": _("No case of theirs is known."),
        "no_control": _("All begin at once and nobody stands beside them: make waves, or look at 24 weeks before and "
                        "8 after."),
        "no_baseline": _("There is nothing before the start."),
        "regression_to_the_mean": _("They were chosen for bad days, which pass by themselves, and nothing else lies "
                                    "before the start."),
        "pre_trend": _("Those who began and those who waited drifted apart before the start already."),
        "too_wide": _("The interval holds both no effect and one that matters."),
        "still_open": _("More than a tenth of the cases since the start still run; they would make it look good."),
    }.get(name, "")  # fmt: skip


def effect(found: ResultShown, unit: str) -> str:
    """How large it was, between which ends, from how many cases."""
    if found.effect is None:
        return _("No size can be told (n %(n)s)") % {"n": words.count(found.n)}
    told = {
        "value": size(abs(found.effect), unit), "low": size(found.low, unit, signed=True),
        "high": size(found.high, unit, signed=True), "n": words.count(found.n),
    }  # fmt: skip
    if unit == "seconds":
        said = _("%(value)s faster (%(low)s to %(high)s, n %(n)s)") if found.effect >= 0 else _(
            "%(value)s slower (%(low)s to %(high)s, n %(n)s)")  # fmt: skip
    else:
        said = _("%(value)s better (%(low)s to %(high)s, n %(n)s)") if found.effect >= 0 else _(
            "%(value)s worse (%(low)s to %(high)s, n %(n)s)")  # fmt: skip
    return said % told


def checks(found: ChecksShown | None, unit: str) -> list[str]:
    """What was checked, a sentence each."""
    if found is None:
        return []
    said = []
    if found.pre_trend is not None:
        said.append(_("Before the start the two sides moved as far apart as here in %(p)s of cases by chance.")
                    % {"p": words.share(found.pre_trend, 0)})  # fmt: skip
    if found.lots_as_large is not None:
        said.append(_("Of all ways in which the lots could have fallen, %(p)s show as much.")
                    % {"p": words.share(found.lots_as_large, 0)})  # fmt: skip
    if found.dates_as_large is not None:
        said.append(ngettext("Of %(n)s start that never was, %(p)s show as much.",
                             "Of %(n)s starts that never were, %(p)s show as much.", found.dates)
                    % {"n": found.dates, "p": words.share(found.dates_as_large, 0)})  # fmt: skip
    if found.without_one_low is not None:
        ends = {"low": size(found.without_one_low, unit, signed=True),
                "high": size(found.without_one_high, unit, signed=True)}  # fmt: skip
        said.append(_("Without any one of them it lies between %(low)s and %(high)s.") % ends)
    if found.came_back is not None:
        said.append(_("They came back by %(size)s from the days by which they were chosen to their own usual; that is "
                      "not counted as an effect.") % {"size": size(found.came_back, unit, signed=True)})  # fmt: skip
    if found.same_team:
        said.append(_("Both sides work in the same team: what one side solves faster, the other does not get, which "
                      "may move the effect either way."))  # fmt: skip
    return said


def heading(one: WavePlanShown) -> str:
    """The finding of a plan's page."""
    told = {"title": one.title, "day": words.day(one.judged_from)}
    if one.result is not None:
        said = VERDICTS[one.result.verdict]
        return f"{said}: {one.title}, {effect(one.result, one.unit)}" if one.result.effect is not None else (
            f"{said}: {one.title}")  # fmt: skip
    if one.state == "given_up":
        return _("Waves of %(title)s were given up") % told
    if one.due:
        return _("Whether %(title)s changed anything can be judged now") % told
    if one.state == "running":
        return _("Whether %(title)s changed anything is judged from %(day)s on") % told
    return _("A draft of waves for %(title)s") % told


def gaps(found: Gaps) -> str:
    """The largest shortage, in a line."""
    told = [one for one in found.gaps if one.contacts is not None]
    if not told:
        return _("Where skills are short cannot be told yet")
    first = told[0]
    if not first.holders:
        return _("Nobody holds %(skill)s, and contacts need it") % {"skill": first.skill}
    if first.hours is None:
        return _("Most contacts for each who holds it: %(skill)s") % {"skill": first.skill}
    return _("Shortest: %(skill)s, %(hours)s for each who holds it") % {"skill": first.skill, "hours": hours(first)}


def hours(one: GapShown) -> str:
    """Hours of a week with their interval."""
    if one.hours is None:
        return words.NOTHING
    told = {"value": words.number(one.hours), "low": words.number(one.hours_low or 0.0),
            "high": words.number(one.hours_high or 0.0)}  # fmt: skip
    return _("%(value)s hours a week (%(low)s to %(high)s)") % told


def contacts(one: GapShown) -> str:
    """Contacts of a week with their interval."""
    if one.contacts is None:
        return words.NOTHING
    told = {"value": words.number(one.contacts), "low": words.number(one.contacts_low or 0.0),
            "high": words.number(one.contacts_high or 0.0), "n": words.count(one.n)}  # fmt: skip
    return _("%(value)s (%(low)s to %(high)s, n %(n)s)") % told


def ramp(found: RampShown) -> str:
    """How long starters need, in a line."""
    every = next((one for one in found.cohorts if not one.name), None)
    if every is None:
        return _("Nobody has started within the record")
    if every.needed is not None:
        return _("Too few starters for a curve: %(n)s of %(needed)s") % {"n": every.n, "needed": every.needed}
    if every.median is None:
        return _("Half of the starters are not up to speed yet")
    return _("Half of the starters work like their team by week %(week)s") % {"week": words.number(every.median, 0)}


def cohort(one: RampCohort) -> str:
    """The name of a cohort."""
    if not one.name:
        return _("All starters")
    year, _bar, half = one.name.partition("-H")
    told = {"year": year}
    return _("January to June %(year)s") % told if half == "1" else _("July to December %(year)s") % told


def _day(found: PowerShown) -> str:
    return words.day(found.known_until)
