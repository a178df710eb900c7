"""How good the work is by the reviews of it, with its interval and n, and whether that says anything of a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from maitred.base import clock
from maitred.base.errors import Denied, Invalid, NotFound
from maitred.desks.quality import access, published
from maitred.desks.quality.models import Review
from maitred.desks.quality.verbs import needing
from maitred.desks.quality.verbs.agreeing import leaning
from maitred.desks.quality.verbs.shapes import CardId, IqsRow, IqsShown, Severity, Spreads
from maitred.insight import agreement, sampled
from maitred.insight.reviewing import Range, Reviewed
from maitred.kit.access.actor import Actor, Role
from maitred.kit.access.rights import Reach, Right, reach
from maitred.kit.reading import reading
from maitred.kit.verbs import question
from maitred.people import tree

By = Literal["person", "team", "bot", "all"]
FEWEST_PEOPLE = 5
"""People that must stand behind a row that is shown to somebody who does not lead them."""
TOO_FEW = "too few to judge a person"
_USUAL = timedelta(days=90)
_LONGEST = timedelta(days=800)
_ROUNDED = 5


@dataclass(frozen=True, slots=True)
class _Sight:
    """Whose figures somebody is shown."""

    people: frozenset[int]
    teams: frozenset[int]
    everything: bool
    counts_only: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Reviews that make one row."""

    key: str
    name: str
    rows: list[Review]
    person: int | None = None
    team: int | None = None
    bot: bool = False


@question(needs=Right.QUALITY_FIGURES, example={"by": "team"})
def iqs(
    actor: Actor,
    by: By = "person",
    first_day: date | None = None,
    last_day: date | None = None,
    scorecard: CardId | None = None,
) -> IqsShown:
    """Show the internal quality score: the mean of reviews drawn at random, with interval, n and reliability.

    Targeted, self, peer and calibration reviews are never part of it. Rows come by name: there is no rank.

    Parameters
    ----------
    by
        ``person``, ``team`` (with the teams below it), ``bot``, or ``all`` together.
    first_day
        First day of submission; 90 days before ``last_day`` unless given.
    last_day
        Last day; today unless given.
    scorecard
        Only reviews with this scorecard, in any of its versions.
    """
    if scorecard is not None:
        access.known_scorecard(scorecard)
    seen = _sight(actor, by)
    since, until, first, last = _period(first_day, last_day)
    rows = access.scored(since, until, scorecard)
    counted = [one for one in rows if needing.counts(one)]
    model = needing.told([one for one in counted if one.about.kind == "human"])
    usual = model if not model.why else needing.measured(actor, scorecard)
    needed = needing.from_spreads(usual, len({one.reviewer_id for one in counted}))
    found = [group for group in _groups(by, counted, seen) if group.rows]
    shown, hidden = _enough(found, seen)
    told = published.scores(actor, by, [one.person or one.team or 0 for one in shown], first, last)
    made = tuple(
        replace(_row(group, counted, model, usual, needed.n), published=told.get(group.person or group.team))
        for group in shown
    )
    return IqsShown(
        by, first, last, tuple(_rounded(one) if seen.counts_only else one for one in made), _spreads(counted, model),
        needed, _within(by, model, made), _severity(actor, counted, model, seen), _left_out(rows, seen), hidden,
        _notes(model, hidden),
    )  # fmt: skip


def _sight(actor: Actor, by: By) -> _Sight:
    how = reach(actor, Right.QUALITY_FIGURES)
    counts_only = how is Reach.ALL and not actor.operator and Role.MANAGER not in actor.roles
    if counts_only:
        if by in ("person", "bot"):
            raise Denied("figures of single persons are not part of what you may see", "ask by team, or for all")
        return _Sight(frozenset(), frozenset(), everything=True, counts_only=True)
    people = frozenset(access.people_within(actor, Right.QUALITY_READ).values_list("pk", flat=True))
    if how is Reach.OWN:
        if by in ("team", "all"):
            raise Denied("you may see the score of your own work", "ask by person")
        own = frozenset() if actor.person is None else frozenset({actor.person})
        return _Sight(own, frozenset(), everything=False, counts_only=False)
    return _Sight(people, actor.subtree, everything=how is Reach.ALL, counts_only=False)


def _period(first_day: date | None, last_day: date | None) -> tuple[datetime, datetime, date, date]:
    try:
        with reading(None) as found:
            zone = found.zone
    except NotFound:
        zone = ZoneInfo("UTC")
    last = last_day or clock.now().astimezone(zone).date()
    first = first_day or last - _USUAL
    if last < first or last - first > _LONGEST:
        what = f"the period ends on {last}, before it begins on {first}"
        if last >= first:
            what = f"a period has at most {_LONGEST.days} days"
        raise Invalid(what, "give other days", ({"field": "last_day", "message": what, "code": "period"},))
    ends = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, access.day_after(last)))
    since, until = ends
    return since, until, first, last


def _groups(by: By, rows: Sequence[Review], seen: _Sight) -> list[_Group]:
    """The rows' reviews, in the order of their names; as far as they are in sight, or may be if enough are behind."""
    if by == "team":
        return _of_teams(rows, seen)
    if by == "all":
        mine = [one for one in rows if one.about.kind == "human" and (seen.everything or one.about_id in seen.people)]
        return [_Group("all", "", mine)]
    kind = "bot" if by == "bot" else "human"
    found = {one.about_id: one.about.name for one in rows if one.about.kind == kind}
    if kind == "bot" and not seen.everything:
        led = {one.about_id for one in rows if one.team_id in seen.teams} | seen.people
        found = {person: name for person, name in found.items() if person in led}
    elif kind == "human":
        found = {person: name for person, name in found.items() if person in seen.people}
    return [
        _Group(str(person), name, [one for one in rows if one.about_id == person], person, bot=kind == "bot")
        for person, name in sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    ]


def _of_teams(rows: Sequence[Review], seen: _Sight) -> list[_Group]:
    human = [one for one in rows if one.about.kind == "human" and one.team_id is not None]
    within = tree.above(frozenset(one.team_id for one in human if one.team_id is not None))
    teams = within if seen.everything else within & seen.teams
    names = access.team_names(teams)
    found = []
    for team, name in sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0])):
        below = tree.below(frozenset({team}))
        found.append(_Group(str(team), name, [one for one in human if one.team_id in below], team=team))
    return found


def _enough(groups: Sequence[_Group], seen: _Sight) -> tuple[list[_Group], int]:
    """Rows with enough people behind them for who does not lead them; one hidden alone could be worked out."""
    shown = [one for one in groups if _led(one, seen) or len({row.about_id for row in one.rows}) >= FEWEST_PEOPLE]
    hidden = len(groups) - len(shown)
    if hidden == 1 and len(shown) > 1 and seen.counts_only:
        shown.remove(min(shown, key=lambda one: len(one.rows)))
        hidden = 2
    return shown, hidden


def _led(group: _Group, seen: _Sight) -> bool:
    if seen.counts_only:
        return False
    if group.person is not None or group.key == "all":
        return group.person is not None or not seen.everything or {row.about_id for row in group.rows} <= seen.people
    return group.team in seen.teams


def _row(group: _Group, counted: Sequence[Review], model: Reviewed, usual: Reviewed, needed: int | None) -> IqsRow:
    asked = {one.pk for one in group.rows}
    plain = sampled.plain([float(one.score or 0.0) for one in group.rows])
    strata = {(one.draw_id, one.stratum) for one in group.rows}
    drawn = [one for one in counted if (one.draw_id, one.stratum) in strata]
    weighted = sampled.weighted([_case(one, asked) for one in drawn])
    told = (model.people or {}).get(group.key) if group.person is not None and not group.bot else None
    level = told.level if told is not None and plain.value is not None else None
    reliability = _reliability(group, model, usual)
    verdict, wanted = _verdict(group, plain, reliability, needed)
    return IqsRow(
        group.key, group.name, group.person, group.team, group.bot, plain.n,
        len({one.reviewer_id for one in group.rows}), plain.value, plain.low, plain.high, weighted.value, weighted.low,
        weighted.high, weighted.effective_n, *_ends(level), *_ends(reliability), verdict,
        _sentence(plain, reliability, verdict), wanted,
    )  # fmt: skip


def _case(row: Review, asked: set[int]) -> sampled.Case:
    return sampled.Case(float(row.score or 0.0), (row.draw_id, row.stratum), row.size or 1, row.pk in asked)


def _reliability(group: _Group, model: Reviewed, usual: Reviewed) -> Range | None:
    """Of a person's mean: from this period's reviews, else from the spreads of the last year, without an interval."""
    if group.person is None or group.bot:
        return None
    told = (model.people or {}).get(group.key)
    if told is not None:
        return told.reliability
    if usual.agent is None or usual.rater is None or usual.ticket is None:
        return None
    raters = len({one.reviewer_id for one in group.rows})
    spreads = {"agent_sd": usual.agent.value, "rater_sd": usual.rater.value, "ticket_sd": usual.ticket.value}
    value = agreement.reliability_of(len(group.rows), raters=raters, **spreads)
    return Range(value, 0.0, 1.0)


def _verdict(
    group: _Group, plain: sampled.Mean, reliability: Range | None, needed: int | None
) -> tuple[str, int | None]:
    if plain.value is None:
        return "not enough data", plain.needed
    if group.person is None or group.bot:
        return "ok", None
    if reliability is None:
        return "cannot tell", None
    return ("ok", None) if reliability.value >= needing.WANTED else (TOO_FEW, needed)


def _sentence(plain: sampled.Mean, reliability: Range | None, verdict: str) -> str:
    """``mean 82, 74 to 89, n 9 reviews, reliability 0.41: too few to judge a person``."""
    if plain.value is None:
        return f"n {plain.n} reviews: {verdict}, {plain.needed} are needed"
    told = "" if reliability is None else f", reliability {reliability.value:.2f}"
    ending = "" if verdict == "ok" else f": {verdict}"
    return f"mean {plain.value:.0f}, {plain.low:.0f} to {plain.high:.0f}, n {plain.n} reviews{told}{ending}"


def _ends(found: Range | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.value, found.low, found.high)


def _rounded(row: IqsRow) -> IqsRow:
    """Counts in multiples of five, and nothing from which an exact one could be worked out."""
    n = _ROUNDED * round(row.n / _ROUNDED)
    told = row.sentence.replace(f"n {row.n} reviews", f"n about {n} reviews")
    return replace(row, n=n, reviewers=0, effective_n=None, sentence=told)


def _spreads(counted: Sequence[Review], model: Reviewed) -> Spreads:
    human = [one for one in counted if one.about.kind == "human"]
    return Spreads(
        *_ends(model.agent), *_ends(model.rater), model.ticket.value if model.ticket else None, len(human),
        len({one.about_id for one in human}), len({one.reviewer_id for one in human}), model.why,
    )  # fmt: skip


def _within(by: By, model: Reviewed, rows: Sequence[IqsRow]) -> tuple[tuple[str, ...], ...]:
    """Sets of the shown rows within which nobody can be told apart; a set inside another one is left out."""
    if by != "person":
        return ()
    keys = {one.key for one in rows}
    found = {tuple(one for one in group if one in keys) for group in model.groups} - {()}
    return tuple(sorted(one for one in found if not any({*one} < {*other} for other in found)))


def _severity(actor: Actor, counted: Sequence[Review], model: Reviewed, seen: _Sight) -> tuple[Severity, ...]:
    """Of the reviewers within reach, for those who lead; nobody else learns how strict a colleague is."""
    if seen.counts_only or reach(actor, Right.QUALITY_FIGURES) is Reach.OWN:
        return ()
    names = {one.reviewer_id: one.reviewer.name for one in counted if one.about.kind == "human"}
    made = Counter(one.reviewer_id for one in counted if one.about.kind == "human")
    found = []
    for person, name in sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0])):
        if person not in seen.people:
            continue
        told = (model.severity or {}).get(str(person))
        verdict = "cannot tell" if told is None else leaning(told.low, told.high)
        found.append(Severity(person, name, made[person], *_ends(told), verdict))
    return tuple(found)


def _left_out(rows: Sequence[Review], seen: _Sight) -> dict[str, int]:
    """Reviews of the period that are in no score, by why; only of people within reach."""
    mine = [one for one in rows if not needing.counts(one) and one.about_id in seen.people]
    return dict(Counter(one.state if one.state != "submitted" else _why(one) for one in mine))


def _why(row: Review) -> str:
    return row.kind if row.kind != "random" else "nothing applied"


def _notes(model: Reviewed, hidden: int) -> tuple[str, ...]:
    found = []
    if model.why:
        found.append(f"severity and reliability of this period cannot be told: {model.why}")
    if hidden:
        found.append(f"{hidden} rows are not shown: fewer than {FEWEST_PEOPLE} people stand behind them")
    return tuple(found)
