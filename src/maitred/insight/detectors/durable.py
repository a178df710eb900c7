"""How long do solved tickets stay solved? Every day on which a solve could have failed, with what was expected of it.

A solve is watched for seven days. Each day that it stands is a row with its chance to fail on that day, so a rise shows
as it happens, without waiting until all solves are a week old and without mistaking a quiet or a busy week for it
(observed less expected events, as in the log-rank test; Biswas, Kalbfleisch 2008 for charts of it).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from maitred.insight.detectors.bad_events import Rows
from maitred.insight.detectors.comparable import Mix, day_of, expected
from maitred.insight.detectors.scan import LASTS
from maitred.insight.evidence.tables import NEVER, Evidence, Flags, Floats, Ints

HORIZON: Final = 7
"""Days that a solve has to stand."""
_SECONDS = HORIZON * 86_400


def contacted_again(evidence: Evidence) -> Ints:
    """Of every solve, the requester's next ticket on any channel within the horizon; ``NEVER`` where there is none."""
    tickets, solves = evidence.tickets, evidence.solves
    order = np.lexsort((tickets.created, tickets.requester))
    owner, created = tickets.requester[order].astype(np.int64), tickets.created[order]
    base = int(created.min(initial=0))
    span = int(max(created.max(initial=0), solves.solved_at.max(initial=0)) - base + 2)
    who = tickets.requester[solves.ticket].astype(np.int64)
    keys, asked = owner * span + (created - base), who * span + (solves.solved_at - base)
    place = np.searchsorted(keys, asked, side="right")
    inside = np.minimum(place, max(len(keys) - 1, 0))
    found = np.full(len(solves.ticket), NEVER, np.int64)
    mine = (place < len(keys)) & (owner[inside] == who) & (who >= 0) if len(keys) else np.zeros(len(found), np.bool_)
    found[mine] = created[inside[mine]]
    return np.where(found - solves.solved_at <= _SECONDS, found, NEVER)


def standing(evidence: Evidence, mix: Mix, failed_at: Ints, kept: Flags) -> Rows:
    """A row for every day on which a solve stood or failed, up to the horizon.

    Parameters
    ----------
    failed_at
        When each solve of ``evidence.solves`` failed; later than the horizon counts as never.
    kept
        Which solves are looked at.

    Returns
    -------
    Rows
        ``case`` is a position among the kept solves, ``source`` their position in ``evidence.solves``.
    """
    solves, days = evidence.solves, evidence.days
    source = np.flatnonzero(kept)
    ticket, begun = solves.ticket[source], days.of(solves.solved_at[source])
    within = failed_at[source] - solves.solved_at[source] <= _SECONDS
    failed = np.where(within, day_of(days, failed_at[source]), LASTS)
    last: Ints = np.minimum.reduce([begun + HORIZON, failed, mix.out[ticket] - 1, np.full(len(source), len(days) - 1)])
    length = np.maximum(last - begun + 1, 0)
    start = np.cumsum(length) - length
    case = np.repeat(np.arange(len(source)), length)
    age = np.arange(len(case)) - start[case]
    day = begun[case] + age
    known = np.minimum(failed, begun + HORIZON + 1)
    found = expected(mix, ticket, begun, known, (failed < LASTS).astype(np.float64))
    chances = np.empty_like(found.by_model)
    hazards = np.empty((len(found.fitted), len(case)))
    for place, fitted in enumerate(found.fitted):
        mature = begun + HORIZON < fitted
        mean = float((failed[mature] < LASTS).mean()) if mature.any() else 0.05
        chances[place] = np.clip(found.by_model[place], max(0.25 * mean, 0.002), min(max(4 * mean, 0.02), 0.95))
        hazards[place] = _hazards(chances[place][case], age, _profile((failed - begun)[mature]))
    own = np.maximum(np.searchsorted(found.fitted, begun, side="right") - 1, 0)
    first = chances[0][begun < found.fitted[0]]
    unit = float(first.mean()) if len(first) else 0.05
    causal = hazards[own[case], np.arange(len(case))]
    bad = (failed[case] == day).astype(np.float64)
    first = solves.started_at[source] <= evidence.tickets.created[ticket]
    cases = (source, ticket, begun, solves.group[source], solves.agent[source], start, length)
    return Rows(*cases, case, day, bad, causal, causal / unit, hazards, chances, found.fitted, first, True)


def _profile(ages: Ints) -> Floats:
    """Share of the failures that come at each age, a little smoothed."""
    counts = np.bincount(ages[ages <= HORIZON], minlength=HORIZON + 1)[: HORIZON + 1] + 0.5
    share: Floats = counts / counts.sum()
    return share


def _hazards(chance: Floats, age: Ints, profile: Floats) -> Floats:
    """The chance to fail at an age of what has stood until then."""
    gone = np.concatenate([[0.0], np.cumsum(profile)[:-1]])
    found: Floats = chance * profile[age] / np.maximum(1 - chance * gone[age], 0.05)
    return found
