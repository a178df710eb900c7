"""What customers felt and what they answered: satisfaction of every episode, and which of it a helpdesk gets to see.

For tests of estimates from surveys: here stands the answer of everyone, beside the biased part that came back. An
episode is a ticket that was solved. Its latent satisfaction is

    s = b0 + bq quality + bw log(wait / expected) + be exchanges + br reopened + bo outcome + bs shown + temper + noise

and the score an ordered cut of it. A rating that was offered is answered with the log-odds
``a0 + a1 |s - typical| + a2 propensity + a3 log(1 + wait in hours)``, where ``a0`` is ``Customers.answer``: people who
are delighted or angry answer more often, those who waited long less often, some people always and some never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from maitred.floor.compiled import EXPECTATIONS
from maitred.floor.customers import Population, population
from maitred.floor.latent import ITEMS, course, ms_of, replies, shown
from maitred.floor.run import Run
from maitred.floor.streams import Purpose, normals, uniforms
from maitred.floor.world import CHANNELS, World

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Times = NDArray[np.int64]

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Feelings:
    """The coefficients of latent satisfaction (see the module), in units of its noise of about one."""

    base: float = 0.15
    quality: float = 0.35
    wait: float = -0.22
    exchanges: float = -0.10
    reopened: float = -0.45
    good: float = 1.15
    shown: float = 0.9
    noise: float = 0.75
    cuts: tuple[float, float, float, float] = (-1.2, -0.55, 0.1, 1.25)
    """Where the five-point score rises from 1 to 5; the third one also parts bad from good."""
    typical: float = 1.0


@dataclass(frozen=True, slots=True)
class Answering:
    """How ratings are asked for and answered."""

    extreme: float = 0.55
    propensity: float = 1.0
    wait: float = -0.12
    after_hours: float = 24.0
    """A rating is offered so long after the last solve."""
    delay_hours: float = 7.0
    """Mean delay of an answer (exponential)."""
    scanned_accounts: float = 0.06
    """Share of accounts whose mail is opened by a scanner first."""
    scanned: float = 0.25
    """Of their surveys: share in which the scanner follows a link, within two seconds."""


FEELINGS: Final = Feelings()
ANSWERING: Final = Answering()
SHOWN_MEAN: Final = 0.62
"""Share of the behaviours that an ordinary reply shows; more than that pleases."""


@dataclass(frozen=True, slots=True)
class Surveys:
    """Truth and what is seen of it, by position in ``Run.tickets``; shape (tickets,).

    Attributes
    ----------
    satisfaction
        Latent satisfaction of everyone; not a number where the ticket was never solved.
    five, good
        What the customer would answer on five points (0: no episode) and on two.
    offered, rated
        Milliseconds from the origin, -1 for never. ``rated`` is when an answer was recorded, by whomever.
    seen_five, seen_good
        The recorded answer; it differs from the truth where a scanner clicked.
    scanner
        The answer is a click of a mail scanner.
    steered
        An agent saw to it that nobody was asked.
    effort
        What the customer would answer on the seven points of the effort score (0: no episode).
    effort_asked, effort_rated
        Milliseconds, -1 for never: an independent sample of the episodes.
    """

    satisfaction: Floats
    five: NDArray[np.int8]
    good: Flags
    offered: Times
    rated: Times
    seen_five: NDArray[np.int8]
    seen_good: Flags
    scanner: Flags
    steered: Flags
    effort: NDArray[np.int8]
    effort_asked: Times
    effort_rated: Times

    @property
    def episodes(self) -> Flags:
        """Tickets that were solved."""
        return ~np.isnan(self.satisfaction)


def surveys(run: Run, feelings: Feelings = FEELINGS, answering: Answering = ANSWERING) -> Surveys:
    """Satisfaction of everyone in a run, and the answers that came back.

    Without a log (what-if runs) nobody's way of writing is known, and everybody's counts as ordinary.
    """
    people = population(run.world)
    felt = satisfaction(run, people, feelings)
    episodes = ~np.isnan(felt)
    five = np.where(episodes, 1 + np.searchsorted(feelings.cuts, np.nan_to_num(felt)), 0).astype(np.int8)
    good = episodes & (felt >= feelings.cuts[2])
    offered, steered = _offered(run, episodes, good, answering)
    likely = _log_odds(run, people, felt, feelings, answering)
    answers = (offered >= 0) & (_uniform(run, Purpose.RATE_ANSWER, 0) < _expit(likely))
    rated = np.where(answers, offered + 2_000 + _delays(run, answering), -1)
    scanner = _scanned(run, people, answering) & (offered >= 0)
    clicked = 1 + (_uniform(run, Purpose.RATE_SCORE, 12) * 5).astype(np.int8)
    rated = np.where(scanner, offered + 1_000, rated)
    seen = np.where(scanner, clicked, five).astype(np.int8)
    effort, asked, told = _effort(run, felt, likely, answering)
    return Surveys(
        *(felt, five, good, offered, rated, seen, np.where(scanner, seen >= 4, good)),
        *(scanner, steered, effort, asked, told),
    )


def satisfaction(run: Run, people: Population, feelings: Feelings = FEELINGS) -> Floats:
    """Latent satisfaction of each ticket, not a number where it was never solved; shape (tickets,)."""
    tickets, world = run.tickets, run.world
    channel = _channels(world)[tickets["class_"]]
    expected = np.array([EXPECTATIONS[one] for one in CHANNELS])[channel] * 1000.0
    wait = np.log(np.maximum(tickets["waited"], expected / 20) / expected)
    solver = tickets["solver"]
    quality = np.zeros(len(tickets))
    known = (solver >= 0) & (tickets["solved"] >= 0)
    quality[known] = course(world, "quality").at(solver[known], tickets["solved"][known])
    felt = (
        feelings.base
        + feelings.quality * quality
        + feelings.wait * wait
        + feelings.exchanges * tickets["exchanges"]
        + feelings.reopened * (tickets["reopens"] > 0)
        + feelings.good * (tickets["good"] == 1)
        + feelings.shown * (_shown_share(run) - SHOWN_MEAN)
        + people.temper[tickets["customer"]]
        + _tones(world)[tickets["cause"]]
        + feelings.noise * normals(np.uint64(world.seed), int(Purpose.RATE_SCORE), tickets["key"], 0)
    )
    return np.where((tickets["solved"] >= 0) & (solver >= 0), felt, np.nan)


def _channels(world: World) -> NDArray[np.int64]:
    return np.array([CHANNELS.index(one.channel) for one in world.classes], np.int64)


def _shown_share(run: Run) -> Floats:
    """Share of the behaviours that the replies of each ticket show; ordinary where there is no reply."""
    rows = replies(run.log)
    bits = np.bitwise_count(shown(run, run.log, rows)) if len(rows) else np.zeros(0, np.uint8)
    tickets = run.log["ticket"][rows]
    total = np.bincount(tickets, bits, len(run.tickets))
    count = np.bincount(tickets, minlength=len(run.tickets)) * len(ITEMS)
    return np.where(count > 0, total / np.maximum(count, 1), SHOWN_MEAN)


def _tones(world: World) -> Floats:
    """Shift of mood by the plant behind a ticket; the last entry stands for none."""
    tones = np.zeros(len(world.plants) + 1)
    for place, plant in enumerate(world.plants):
        extras = plant.extras(world)
        tones[place] = extras[0].tone if extras else 0.0
    return tones


def _offered(run: Run, episodes: Flags, good: Flags, answering: Answering) -> tuple[Times, Flags]:
    """When a rating was offered, and which offers an agent prevented; never after the world's end."""
    world = run.world
    after = min(answering.after_hours * HOUR, world.close_days * DAY / 2)
    at = run.tickets["solved"] + round(after)
    last = (world.warmup + world.days) * DAY
    asked = episodes & (_uniform(run, Purpose.RATE_OFFER, 0) < world.customers.offer) & (at <= last)
    steered = _steered(run, at, good) & asked
    return np.where(asked & ~steered, at, -1), steered


def _steered(run: Run, at: Times, good: Flags) -> Flags:
    """Offers that plants of the kind ``SurveySteering`` prevent: a share of one person's unhappy customers."""
    from maitred.floor.plants.habits import SurveySteering

    found = np.zeros(len(run.tickets), np.bool_)
    places = {agent.id: place for place, agent in enumerate(run.world.agents)}
    for place, plant in enumerate(run.world.plants):
        if isinstance(plant, SurveySteering):
            start, end = plant.window(run.world)
            mine = (run.tickets["solver"] == places[plant.agent]) & (at >= ms_of(run.world, start)) & ~good
            if end is not None:
                mine &= at < ms_of(run.world, end)
            found |= mine & (_uniform(run, Purpose.RATE_OFFER, 100 + place) < plant.share)
    return found


def _log_odds(run: Run, people: Population, felt: Floats, feelings: Feelings, answering: Answering) -> Floats:
    hours = run.tickets["waited"] / HOUR
    odds: Floats = (
        run.world.customers.answer
        + answering.extreme * np.abs(np.nan_to_num(felt) - feelings.typical)
        + answering.propensity * people.propensity[run.tickets["customer"]]
        + answering.wait * np.log1p(hours)
    )
    return odds


def _delays(run: Run, answering: Answering) -> Times:
    drawn = -np.log(_uniform(run, Purpose.RATE_ANSWER, 1))
    return np.asarray(np.minimum(drawn * answering.delay_hours * HOUR, 20 * DAY), np.int64)


def _scanned(run: Run, people: Population, answering: Answering) -> Flags:
    """A scanner opens the mail: a matter of the account, then of the single mail."""
    account = people.account[run.tickets["customer"]].astype(np.uint64)
    guarded = uniforms(np.uint64(run.world.seed), int(Purpose.RATE_SCORE), account, 10) < answering.scanned_accounts
    return guarded & (_uniform(run, Purpose.RATE_SCORE, 11) < answering.scanned)


def _effort(run: Run, felt: Floats, likely: Floats, answering: Answering) -> tuple[NDArray[np.int8], Times, Times]:
    """The effort score on seven points (higher is easier), asked of one episode in ten on the day after."""
    tickets = run.tickets
    noise = normals(np.uint64(run.world.seed), int(Purpose.RATE_SCORE), tickets["key"], 20)
    easy = (
        6.1
        - 0.55 * tickets["exchanges"]
        - 0.9 * tickets["transfers"]
        - 0.9 * (tickets["reopens"] > 0)
        - 0.8 * (tickets["good"] != 1)
        + 0.8 * noise
    )
    episodes = ~np.isnan(felt)
    score = np.where(episodes, np.clip(np.rint(easy), 1, 7), 0).astype(np.int8)
    at = tickets["solved"] + DAY // 2
    last = (run.world.warmup + run.world.days) * DAY
    wanted = episodes & (_uniform(run, Purpose.RATE_OFFER, 20) < 0.1) & (at <= last)
    answers = wanted & (_uniform(run, Purpose.RATE_ANSWER, 20) < _expit(likely))
    delay = np.asarray(-np.log(_uniform(run, Purpose.RATE_ANSWER, 21)) * answering.delay_hours * HOUR, np.int64)
    return score, np.where(wanted, at, -1), np.where(answers, at + delay, -1)


def _uniform(run: Run, purpose: Purpose, turn: int) -> Floats:
    drawn: Floats = uniforms(np.uint64(run.world.seed), int(purpose), run.tickets["key"], turn)
    return drawn


def _expit(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)


# ---------------------------------------------------------------- relationship surveys


@dataclass(frozen=True, slots=True)
class Relationship:
    """Would the account recommend us: by account and quarter of 91 days; shape (accounts, quarters).

    ``score`` is the 0 to 10 that everyone would answer, ``asked`` the instant in ms, ``rated`` that of the answer or
    -1, ``customer`` who is asked (-1: the account has nobody).
    """

    score: NDArray[np.int8]
    asked: Times
    rated: Times
    customer: NDArray[np.int32]


QUARTER: Final = 91
SMOOTHING: Final = 0.6
"""Weight of the quarters before in an account's satisfaction."""
TRUST: Final = 3.0
"""Episodes that an account's ordinary satisfaction weighs like."""


def relationship(run: Run, found: Surveys | None = None) -> Relationship:
    """Scores from satisfaction smoothed over the quarters, with shocks of price and product that support cannot help.

    Asked in the last week of each whole quarter of the visible days.
    """
    found = surveys(run) if found is None else found
    people = population(run.world)
    quarters = max(1, run.world.days // QUARTER)
    level = _levels(run, found, people, quarters)
    accounts = np.arange(len(people.segment), dtype=np.uint64)
    seed = np.uint64(run.world.seed)
    who = _first_customers(people)
    turns = range(quarters)
    own = np.stack([normals(seed, int(Purpose.RATE_SCORE), accounts, 1_000 + turn) for turn in turns], axis=1)
    wide = np.array([normals(seed, int(Purpose.RATE_SCORE), accounts[:1], 2_000 + turn)[0] for turn in turns])
    raw = 7.4 + 1.6 * (level - FEELINGS.typical) + 1.3 * own + 0.35 * wide
    score = np.clip(np.rint(raw), 0, 10).astype(np.int8)
    drawn = np.stack([uniforms(seed, int(Purpose.RATE_ANSWER), accounts, 1_000 + turn) for turn in turns], axis=1)
    late = np.stack([uniforms(seed, int(Purpose.RATE_ANSWER), accounts, 2_000 + turn) for turn in turns], axis=1)
    odds = run.world.customers.answer + 0.25 * np.abs(score - 7.0) + people.propensity[np.maximum(who, 0)][:, None]
    asked = (run.world.warmup + QUARTER * (1 + np.arange(quarters))) * DAY - 7 * DAY
    asked = np.broadcast_to(asked, score.shape)
    answers = (drawn < _expit(odds)) & (who >= 0)[:, None]
    rated = np.where(answers, asked + np.asarray(late * 5 * DAY, np.int64), -1)
    return Relationship(score, asked, rated, who)


def _levels(run: Run, found: Surveys, people: Population, quarters: int) -> Floats:
    """Smoothed satisfaction of each account in each quarter."""
    accounts = len(people.segment)
    episodes = np.flatnonzero(found.episodes)
    account = people.account[run.tickets["customer"][episodes]].astype(np.int64)
    quarter = (run.tickets["solved"][episodes] // DAY - run.world.warmup) // QUARTER
    inside = (quarter >= 0) & (quarter < quarters)
    cell = account[inside] * quarters + quarter[inside]
    size = accounts * quarters
    total = np.bincount(cell, found.satisfaction[episodes[inside]], size).reshape(accounts, quarters)
    count = np.bincount(cell, minlength=size).reshape(accounts, quarters)
    level = np.empty((accounts, quarters))
    last = np.full(accounts, FEELINGS.typical)
    for turn in range(quarters):
        prior = SMOOTHING * last + (1 - SMOOTHING) * FEELINGS.typical
        last = (total[:, turn] + TRUST * prior) / (count[:, turn] + TRUST)
        level[:, turn] = last
    return level


def _first_customers(people: Population) -> NDArray[np.int32]:
    first = np.full(len(people.segment), -1, np.int32)
    order = np.arange(len(people.account), dtype=np.int32)[::-1]
    first[people.account[order]] = order
    return first
