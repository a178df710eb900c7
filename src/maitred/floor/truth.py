"""What a simulated organisation's helpdesk does not know: latent truths of people, who left, what was planted, effects.

For judging findings, estimates and what-if answers. It is written beside the data, never into it, and no other room
reads it. An effect is not a guess: it is the paired difference of runs with and without one plant, with the same draws
of everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from maitred.floor.plants.planted import Concern, Planted, opening
from maitred.floor.run import ENGINE, Run
from maitred.floor.world import Plant, World

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = 1
TICKETS_FILE: Final = "truth_tickets.parquet"
ITEMS: Final = ("greeted", "acknowledged", "apologised", "owned", "next_step", "time_promised", "closed")
"""Names of ``Agent.behaviours`` in the truth file."""
REPLICATION: Final = 104_729
RESERVED: Final = 1_000_000_000
"""Seeds from here on are never used."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one plant did to one figure: means over replications and the standard error of their paired difference.

    A value is NaN where a figure has no cases.
    """

    metric: str
    population: dict[str, str]
    start: datetime
    end: datetime
    with_plant: float
    without: float
    standard_error: float
    replications: int

    @property
    def difference(self) -> float:
        """With minus without."""
        return self.with_plant - self.without

    def document(self) -> dict[str, Any]:
        """As the truth file holds it."""
        return {
            "metric": self.metric,
            "population": self.population,
            "window": [self.start.date().isoformat(), self.end.date().isoformat()],
            "with": _number(self.with_plant),
            "without": _number(self.without),
            "replications": self.replications,
            "se": _number(self.standard_error),
        }


def truth(run: Run, replications: int = 0) -> dict[str, Any]:
    """The truth file of a run.

    Parameters
    ----------
    run
        With or without a log.
    replications
        How many pairs of runs each plant's effects come from; 0 leaves ``effects`` empty, which costs no further run.

    Returns
    -------
    dict
        ``schema``, ``seed``, ``world_hash``, ``engine``, ``agents`` (latent truths), ``accounts`` (when each left and
        how much of that support is to blame), ``tickets_file``, ``plants`` (subject, window, effects, the families of
        findings that should and must not name it).
    """
    given = run.given or run.world
    return {
        "schema": SCHEMA,
        "seed": run.world.seed,
        "world_hash": given.hash(),
        "engine": ENGINE,
        "agents": _agents(run.world),
        "accounts": _accounts(run),
        "tickets_file": TICKETS_FILE,
        "plants": [_plant(run, place, replications) for place in range(len(run.world.plants))],
    }


def write(run: Run, folder: Path, replications: int = 0) -> tuple[Path, Path]:
    """Write ``truth.json`` and ``truth_tickets.parquet`` into a folder that holds no data of the run.

    Raises
    ------
    InvalidWorld
        The folder holds records of a helpdesk; the truth stands beside them, never among them.
    """
    import pyarrow.parquet as pq

    from maitred.floor.checking import InvalidWorld

    folder.mkdir(parents=True, exist_ok=True)
    records = sorted(path.name for path in folder.iterdir() if path.stem in ("tickets", "ticket_events", "users"))
    if records:
        raise InvalidWorld(f"{folder.name} holds {records[0]}", "write the truth into a folder beside the data")
    told, tickets = folder / "truth.json", folder / TICKETS_FILE
    told.write_bytes(orjson.dumps(truth(run, replications), option=orjson.OPT_INDENT_2))
    pq.write_table(truth_tickets(run), tickets, compression="zstd")
    return told, tickets


def _agents(world: World) -> list[dict[str, Any]]:
    """Latent truths of everybody at the beginning; plants tell what changes them."""
    from maitred.floor.records import ids

    return [
        {
            "id": one.id,
            "external_id": str(ids.AGENT + place),
            "bot": one.is_bot,
            "speed": one.speed,
            "quality": one.quality,
            "accuracy": one.accuracy,
            "absence": one.absence,
            "parks": one.parks,
            "picks": one.picks,
            "ramp_weeks": one.ramp_weeks,
            "empathy": dict(zip(ITEMS, one.behaviours, strict=True)),
        }
        for place, one in enumerate(world.agents)
    ]


def _accounts(run: Run) -> list[dict[str, Any]]:
    """Those that left: when, with how much, and the part that support could have prevented."""
    from maitred.floor.churn import churn
    from maitred.floor.customers import population
    from maitred.floor.records import ids

    found, people = churn(run), population(run.world)
    segments = [name for name, _, _ in run.world.customers.segments]
    day = opening(run.world) - timedelta(days=run.world.warmup)
    return [
        {
            "id": str(place),
            "external_id": str(ids.ORGANIZATION + place),
            "segment": segments[int(people.segment[place])],
            "churned_at": (day + timedelta(milliseconds=int(found.left[place]))).date().isoformat(),
            "support_attributable": round(float(found.attributable[place]), 4),
            "preventable": bool(found.preventable[place]),
            "revenue": round(float(found.lost[place]), 2),
        }
        for place in np.flatnonzero(found.left >= 0)
    ]


def _plant(run: Run, place: int, replications: int) -> dict[str, Any]:
    one, world = run.world.plants[place], run.world
    document: dict[str, Any] = {"id": one.id, "kind": type(one).__name__}
    if not isinstance(one, Planted):
        return {**document, "effects": [], "expect": [], "never": []}
    start, end = one.window(world)
    found = effects(run.given or world, one, replications) if replications else ()
    return {
        **document,
        "decoy": one.DECOY,
        "subject": one.subject(world),
        "start": start.isoformat(),
        "end": end.isoformat() if end else None,
        "effects": [effect.document() for effect in found],
        "expect": [
            {"family": due.family, "by": (start + timedelta(days=due.days)).date().isoformat(), "must": due.must}
            for due in one.expects(world)
        ],
        "never": [{"family": family} for family in one.nevers(world)],
    }


def truth_tickets(run: Run) -> pa.Table:
    """What is true of each ticket that the helpdesk shows, one row each.

    Columns: ``ticket_id``, ``topic``, ``sentiment`` (-2 to 2, from everyone's satisfaction; null without a solve),
    ``cause`` (id of the plant that made it arrive), ``reopen_cause`` (``bad_outcome``, ``bot`` or null),
    ``satisfaction``, ``satisfied`` (what everyone would answer), ``effort_s``, ``chain_id`` (the first ticket of its
    chain of contacts), ``durable``, and ``pii`` (personal data in its messages: message id, start, end in code points,
    kind; empty without texts).
    """
    import pyarrow as pa

    from maitred.floor.records import numbers
    from maitred.floor.surveys import surveys

    tickets, shown = run.tickets, numbers(run)
    rows = np.flatnonzero(shown >= 0)
    felt = surveys(run)
    satisfaction = felt.satisfaction[rows]
    unknown = np.isnan(satisfaction)
    mine = tickets[rows]
    columns = {
        "ticket_id": _texts(shown[rows]),
        "topic": _words([one.topic for one in run.world.classes], mine["class_"]),
        "sentiment": pa.array(_sentiment(satisfaction), mask=unknown),
        "cause": _words([one.id for one in run.world.plants], mine["cause"]),
        "reopen_cause": _words(["bad_outcome", "bot"], _reopen_cause(mine)),
        "satisfaction": pa.array(np.nan_to_num(satisfaction), mask=unknown),
        "satisfied": pa.array(felt.good[rows], mask=unknown),
        "effort_s": pa.array(mine["effort"] / 1000.0),
        "chain_id": _texts(_chains(tickets, shown)[rows]),
        "durable": pa.array(mine["durable"] == 1, mask=mine["solved"] < 0),
        "pii": _spans(run, shown[rows]),
    }
    return pa.table(columns)


def _texts(numbers: NDArray[np.int64]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.cast(pa.array(numbers, mask=numbers < 0), pa.string())


def _words(names: list[str], places: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    if not names:
        return pa.nulls(len(places), pa.string())
    return pa.array(names, pa.string()).take(pa.array(places.astype(np.int64), mask=places < 0))


def _sentiment(satisfaction: NDArray[np.float64]) -> NDArray[np.int8]:
    """Five steps at the cuts of the five-point score."""
    from maitred.floor.surveys import FEELINGS

    return (np.searchsorted(FEELINGS.cuts, np.nan_to_num(satisfaction)) - 2).astype(np.int8)


def _reopen_cause(tickets: NDArray[np.void]) -> NDArray[np.int64]:
    """Why a ticket came back: a person's answer or the bot's did not solve it."""
    return np.where(tickets["reopens"] == 0, -1, np.where(tickets["bot"] >= 2, 1, 0))


def _chains(tickets: NDArray[np.void], shown: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the first shown ticket of the chain that each ticket belongs to."""
    first = np.where(tickets["parent"] >= 0, tickets["parent"], np.arange(len(tickets)))
    first = np.where(shown[first] >= 0, first, np.arange(len(tickets)))
    while True:
        further = first[first]
        if np.array_equal(further, first):
            found: NDArray[np.int64] = shown[first]
            return found
        first = further


def _spans(run: Run, tickets: NDArray[np.int64]) -> pa.Array:
    """Personal data in the messages of each ticket; an empty list for each without texts."""
    import pyarrow as pa

    kind = pa.list_(
        pa.struct([("message_id", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("kind", pa.string())])
    )
    if not run.texts:
        return pa.array([[]] * len(tickets), kind)
    found: dict[int, list[dict[str, Any]]] = {}
    for ticket, span in _marked(run):
        found.setdefault(ticket, []).append(span)
    return pa.array([found.get(int(ticket), []) for ticket in tickets], kind)


def _marked(run: Run) -> list[tuple[int, dict[str, Any]]]:
    """(number of the ticket, span) of all personal data in messages, 50,000 tickets at a time."""
    from maitred.floor.records import PORTION, register
    from maitred.floor.records.bodies import texts
    from maitred.floor.records.steps import Field, context
    from maitred.floor.records.telling import steps

    shared, found = context(register(run)), []
    for first in range(0, len(shared.register), PORTION):
        part = steps(shared, first, min(first + PORTION, len(shared.register)))
        mine = part.where(Field.MESSAGE)
        tickets = part.ticket_numbers[part.rank[part.row[mine]]]
        for span in texts(part, mine).spans.to_pylist():
            place = span.pop("message")
            found.append((int(tickets[place]), {"message_id": str(part.number[mine][place]), **span}))
    return found


def effects(world: World, plant: Plant, replications: int = 20) -> tuple[Effect, ...]:
    """What one plant does, measured: paired differences of runs with and without it.

    Parameters
    ----------
    world
        As given to ``run``, not yet altered; the plant may be among its plants already.
    plant
        Its place among the world's plants is kept, so the others' draws stay as they were.
    replications
        Pairs of runs, each pair with its own seed; the first is the world's own.

    Returns
    -------
    tuple of Effect
        One for each figure that the plant concerns.

    Raises
    ------
    InvalidWorld
        The plant names something that the world does not hold.
    """
    if not isinstance(plant, Planted):
        return ()
    present = world if any(one.id == plant.id for one in world.plants) else world.plant(plant)
    absent = replace(present, plants=tuple(_muted(one) if one.id == plant.id else one for one in present.plants))
    concerns = plant.concerns(present.planted())
    pairs = np.full((replications, len(concerns), 2), np.nan)
    for turn in range(replications):
        seed = (world.seed + turn * REPLICATION) % RESERVED
        for side, one in enumerate((present, absent)):
            pairs[turn, :, side] = measured(replace(one, seed=seed), concerns)
    return tuple(_effect(concern, pairs[:, place, :]) for place, concern in enumerate(concerns))


def _muted(plant: Plant) -> Plant:
    """A plant that does nothing, at the other one's place."""
    from maitred.floor.plants.decoys import Nothing

    return Nothing(plant.id, "2000-01-01", "2000-01-02")


def measured(world: World, concerns: tuple[Concern, ...]) -> list[float]:
    """One run of a world, and the figures that are asked for."""
    from maitred.floor.run import run
    from maitred.floor.truth_figures import LOGGED, figure

    there = run(world, log=any(one.metric in LOGGED for one in concerns))
    return [figure(there, one) for one in concerns]


def _effect(concern: Concern, pairs: NDArray[np.float64]) -> Effect:
    whole = pairs[~np.isnan(pairs).any(axis=1)]
    count = len(whole)
    means = whole.mean(axis=0) if count else np.array([np.nan, np.nan])
    spread = float(np.std(whole[:, 0] - whole[:, 1], ddof=1) / np.sqrt(count)) if count > 1 else float("nan")
    return Effect(
        concern.metric,
        dict(concern.population),
        concern.start,
        concern.end,
        float(means[0]),
        float(means[1]),
        spread,
        count,
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(f"{value:.6g}")
