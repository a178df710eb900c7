"""Ask what needs one, about one finding, and how often the detectors were right."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass

from maitred.base import clock
from maitred.base.errors import NotFound
from maitred.desks.today import access, looks
from maitred.desks.today.board import board, precisions
from maitred.desks.today.precision import measured
from maitred.desks.today.verbs import shapes
from maitred.desks.today.verbs.shapes import (
    CheckedShown,
    DetectorShown,
    FindingId,
    FindingShown,
    Publication,
    TodayShown,
)
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.jobs.queue import enqueue
from maitred.kit.verbs import action, question


@dataclass(frozen=True, slots=True)
class Detectors:
    """What is known of each detector; a muted one stands on no list."""

    detectors: tuple[DetectorShown, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Earlier findings of the same family about the same subject, the latest first."""

    findings: tuple[FindingShown, ...]


@dataclass(frozen=True, slots=True)
class LookAsked:
    """The job that looks again."""

    job: int


@question(needs=Right.METRICS_READ, example={})
def list(actor: Actor, publication: Publication | None = None) -> TodayShown:
    """List what needs one today: at most seven findings in the order of their harm, and why the others are folded.

    What is about a person is listed for that person and those who lead them, and for nobody else.

    Parameters
    ----------
    publication
        The look at an older publication instead of the newest.
    """
    found = board(actor, clock.now(), publication)
    if found is None:
        raise NotFound("nothing was looked at yet", "the worker looks after each publication")
    return TodayShown(
        found.seen.publication,
        found.seen.as_of,
        found.seen.learning,
        found.seen.stale,
        tuple(shapes.on_board(found, one) for one in found.laid.shown if one.document["id"] in found.kept),
        tuple(shapes.on_board(found, one) for one in found.laid.folded if one.document["id"] in found.kept),
        tuple(CheckedShown(one["family"], str(one["series"]), int(one["n"])) for one in found.seen.checked),
        found.seen.notes,
    )


@question(needs=Right.METRICS_READ, example={"finding": "f_7c1e"})
def finding(actor: Actor, finding: FindingId) -> FindingShown:
    """Show one finding: its size, cause, evidence, what can be done, what was decided."""
    row = access.access_finding(actor, finding)
    found = board(actor, clock.now())
    for placed in (*found.laid.shown, *found.laid.folded) if found else ():
        if found is not None and placed.document["id"] == finding:
            return shapes.on_board(found, placed)
    return shapes.alone(actor, row)


@question(needs=Right.METRICS_READ, example={"finding": "f_7c1e"})
def alike(actor: Actor, finding: FindingId) -> Alike:
    """List earlier findings of the same family about the same subject, and what was done about them."""
    row = access.access_finding(actor, finding)
    return Alike(tuple(shapes.alone(actor, one) for one in access.alike(actor, row)))


@question(needs=Right.CATALOGUE_READ, example={})
def detectors(actor: Actor) -> Detectors:
    """Show how often each detector was right, by what people said of its findings, and which are muted for it."""
    said, seen, known = precisions(), access.acted_by_detector(), planted()
    return Detectors(
        tuple(
            shapes.detector(name, seen.get(name, (0, 0)), said.get(name) or measured(name, ()), known.get(name))
            for name in sorted({*said, *seen, *known})
        )
    )


@action(needs=Right.OPERATION_WRITE, example={})
def look_again(actor: Actor) -> LookAsked:
    """Look at the newest publication again; what was decided about its findings stays."""
    return LookAsked(enqueue("today.look", {"again": True}, actor=actor))


def planted() -> Mapping[str, tuple[int, int]]:
    """How often each detector was right on simulated organisations, where that was measured: right, and out of."""
    if importlib.util.find_spec(looks.LOOKING) is None:
        return {}
    found: Mapping[str, tuple[int, int]] = getattr(importlib.import_module(looks.LOOKING), "PLANTED", {})
    return found
