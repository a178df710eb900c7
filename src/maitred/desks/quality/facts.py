"""Reviews as rows of the warehouse: what each came to, without a word of it, so that scores are metrics like others.

A review is a fact once it can no longer be taken back; what a contest changed, or a ticket's deletion made void, is
written again, and older publications keep what was reported then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from maitred.base import clock
from maitred.canon.keys import ticket_key
from maitred.canon.reviews import POINTS, SCHEMA, TABLE
from maitred.desks.quality import access
from maitred.desks.quality.models import Review
from maitred.desks.quality.verbs.showing import UNDO
from maitred.insight import scoring
from maitred.metrics.desk_tables import publish_rows
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

_MOST_WAIT = 5.0
"""Seconds to wait for whoever else writes; the next round comes in a few minutes."""


def facts() -> pa.Table:
    """Every finished review as an Arrow table of ``canon.reviews.SCHEMA``."""
    users = _users(access.identities())
    return pa.Table.from_pylist([fact(row, users) for row in access.finished(clock.now(), UNDO)], schema=SCHEMA)


def publish(workspace: Workspace) -> Publication | None:
    """Publish the reviews as they stand; None where they are published already, or nothing else is yet."""
    return publish_rows(workspace, TABLE, facts, wait=_MOST_WAIT)


def fact(row: Review, users: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    """One review; ``users`` gives the helpdesk user of a person in a source."""
    assert row.submitted_at is not None, "only submitted reviews are facts"
    judged = _critical(row)
    return {
        "review_id": row.pk,
        "source_id": row.source_id,
        "ticket_id": row.ticket_id,
        "ticket_key": ticket_key(row.ticket_id),
        "agent_id": users.get((row.source_id, row.about_id)),
        "person_id": row.about_id,
        "bot": row.about.kind == "bot",
        "team_id": row.team_id,
        "reviewer_id": row.reviewer_id,
        "kind": row.kind,
        "state": row.state,
        "scorecard_id": row.edition.scorecard_id,
        "scorecard_version": row.edition.number,
        "score": row.score,
        "points": None if row.score is None else round(row.score * POINTS),
        "critical": judged,
        "critical_failed": [one for one in judged if one in row.failed],
        "submitted_at": row.submitted_at,
        "submitted_month": row.submitted_at.year * 100 + row.submitted_at.month,
        "draw_id": row.draw_id,
        "stratum_tickets": row.size,
        "probability": row.probability,
        "weight": None if row.probability is None else 1 / row.probability,
    }


def _critical(row: Review) -> list[str]:
    """The critical items of a review that were answered and applied, in the scorecard's order."""
    values = {item: one.get("value") for item, one in row.answers.items()}
    return [
        one.key
        for one in scoring.items_of(row.edition.items)
        if one.critical and one.source == "human" and values.get(one.key) not in (None, scoring.NA)
    ]


def _users(identities: Mapping[tuple[str, str], int]) -> dict[tuple[str, int], str]:
    """The helpdesk user of each person in each source; the first by id where there are several."""
    found: dict[tuple[str, int], str] = {}
    for (source, user), person in sorted(identities.items(), reverse=True):
        found[source, person] = user
    return found
