"""One generated log before and after some changes, imported once per session; read-only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from maitred.sync.tests.support import Log, exports, generated, import_here


@dataclass(frozen=True, slots=True)
class Story:
    """A log before and after some changes: folders, tables, the workspace that holds the first, exports of both."""

    before: Path
    after: Path
    first: Log
    second: Log
    home: Path
    old: dict[str, bytes]
    new: dict[str, bytes]


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    root = tmp_path_factory.mktemp("story")
    first = generated(300, root / "before", since="2025-11-10")
    second = changed(first)
    after = second.write(root / "after")
    import_here(root / "old", root / "before")
    import_here(root / "new", after)
    old, new = exports(root / "old"), exports(root / "new")
    assert all(old[name] != new[name] for name in old)
    return Story(root / "before", after, first, second, root / "old", old, new)


def changed(log: Log) -> Log:
    """The same log a day later: a ticket changed, a comment rewritten, a new ticket with a target, a tag, a role."""
    later = log.copy()
    day = "2026-01-06 00:00:00"
    later.ticket(3).update(status="closed", priority="urgent", _fivetran_synced=day)
    new = {
        **log.ticket(5),
        "id": "99001",
        "created_at": "2026-01-05 09:00:00",
        "updated_at": day,
        "_fivetran_synced": day,
    }
    later.tables["ticket"].append(new)
    later.tables["ticket_comment"][10]["body"] = "Rewritten since."
    comment = {
        **log.tables["ticket_comment"][0],
        "id": "990011",
        "ticket_id": "99001",
        "created": "2026-01-05 10:00:00",
    }
    later.tables["ticket_comment"].append(comment)
    for name, value in (("status", "new"), ("first_reply_time", '{"minutes":60,"in_business_hours":false}')):
        row = {
            "ticket_id": "99001",
            "field_name": name,
            "updated": "2026-01-05 09:00:00",
            "value": value,
            "user_id": "100001",
        }
        later.tables["ticket_field_history"].append(row)
    return later
