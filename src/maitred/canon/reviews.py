"""The shape of a review as a fact: what somebody's judgement of one ticket came to, about whom, and how it was drawn.

One row a submitted review, with neither answers nor words, so that a quality score is a metric like any other and can
be cut by what the ticket was.
"""

from __future__ import annotations

import pyarrow as pa

from maitred.canon.tables import FLAG, FLOAT8, INSTANT, INT4, INT8, TEXT, TEXTS

TABLE = "reviews"
POINTS = 100
"""So many points of a row are one point of a score: scores are kept to the hundredth, as whole numbers."""

SCHEMA = pa.schema(
    [
        pa.field("review_id", INT8, nullable=False),
        pa.field("source_id", TEXT, nullable=False),
        pa.field("ticket_id", TEXT, nullable=False),
        pa.field("ticket_key", INT8, nullable=False),
        pa.field("agent_id", TEXT),
        pa.field("person_id", INT8),
        pa.field("bot", FLAG, nullable=False),
        pa.field("team_id", INT8),
        pa.field("reviewer_id", INT8),
        pa.field("kind", TEXT, nullable=False),
        pa.field("state", TEXT, nullable=False),
        pa.field("scorecard_id", INT8, nullable=False),
        pa.field("scorecard_version", INT4, nullable=False),
        pa.field("score", FLOAT8),
        pa.field("points", INT4),
        pa.field("critical", TEXTS, nullable=False),
        pa.field("critical_failed", TEXTS, nullable=False),
        pa.field("submitted_at", INSTANT, nullable=False),
        pa.field("submitted_month", INT4, nullable=False),
        pa.field("draw_id", INT8),
        pa.field("stratum_tickets", INT4),
        pa.field("probability", FLOAT8),
        pa.field("weight", FLOAT8),
    ]
)
"""One row a review.

``agent_id`` is the reviewed person as the ticket's helpdesk knows them, ``person_id`` as the house does; both are null
once that person was erased, as is ``reviewer_id`` for the reviewer. ``score`` is 0 to 100, null where nothing applied;
``points`` the same in hundredths. ``critical`` are the critical items that were judged, ``critical_failed`` those of
them that failed. ``probability`` is the chance with which the ticket was drawn out of the ``stratum_tickets`` of its
stratum, ``weight`` how many tickets the review stands for. ``state`` is ``submitted``, or ``void`` where the ticket was
deleted or merged since.
"""
