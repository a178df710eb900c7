"""Keep thousands of records in one deed: a row each, and one entry of the audit log that says how many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from maitred.base import clock
from maitred.desks.training.models import RecordImport, TrainingRecord
from maitred.desks.training.reading_records import LONGEST, Row, alike, key_of
from maitred.kit.audit import deeds

_BATCH = 500


def put(source: RecordImport, rows: Sequence[Row], courses: dict[str, int]) -> list[TrainingRecord]:
    """Keep rows that are recognised and not there yet; inside a deed.

    Parameters
    ----------
    courses
        Courses of ours by their title as it is compared.
    """
    deeds.current()
    now = clock.now()
    made = [_record(source, row, courses, now) for row in rows]
    TrainingRecord._base_manager.bulk_create(made, batch_size=_BATCH)
    deeds.note("keep", RecordImport.NOUN, source.pk, records=len(made))
    return made


def _record(source: RecordImport, row: Row, courses: dict[str, int], now: datetime) -> TrainingRecord:
    assert row.person is not None
    return TrainingRecord(
        person_id=row.person, course_id=courses.get(alike(row.title)), title=row.title[:LONGEST],
        outcome=row.outcome, at=datetime.fromisoformat(row.at), score=row.score, source=source,
        key=key_of(row.person, row), created_at=now, changed_at=now,
    )  # fmt: skip
