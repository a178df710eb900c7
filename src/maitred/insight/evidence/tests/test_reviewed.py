"""Reviews of a workspace as evidence: those that count, each at its ticket, and nothing from after an instant."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pyarrow as pa

from maitred.canon.reviews import SCHEMA, TABLE
from maitred.insight.evidence.cutting import cut
from maitred.insight.evidence.opening import evidence_of_workspace
from maitred.metrics.desk_tables import publish_rows
from maitred.metrics.refresh import open_workspace
from maitred.metrics.tests.giving import FIRST, review
from maitred.sync.tests.support import handmade, import_here


def test_reviews_that_count_are_evidence_at_their_tickets(tmp_path: Path) -> None:
    import_here(tmp_path / "home", handmade().write(tmp_path / "log"))
    rows = [
        review(1, 9_000),
        review(2, 0, critical_failed=["safe"], bot=True),
        review(3, 8_000, kind="targeted"),
        review(4, None),
        review(5, 7_000, state="void"),
        review(6, 6_000, ticket_id="99", ticket_key=99),
        review(7, 5_000, scorecard_version=2, agent_id=None),
        review(100, 5_000),
    ]
    with closing(open_workspace(tmp_path / "home")) as workspace:
        publish_rows(workspace, TABLE, lambda: pa.Table.from_pylist(rows, schema=SCHEMA))
        publication = workspace.publication()
        assert publication is not None
        evidence = evidence_of_workspace(workspace, publication, "fivetran-zendesk")
    found = evidence.reviews
    external = [evidence.tickets.external[one] for one in found.ticket]
    assert external == ["2", "1", "2"], "100 lies after as-of, 99 is no ticket"
    assert found.lost.round(4).tolist() == [0.1, 1.0, 0.5]
    assert [evidence.people.names.external[one] if one >= 0 else None for one in found.person] == ["7", "7", None]
    assert found.bot.tolist() == [False, True, False]
    assert [evidence.review_items[one] if one >= 0 else None for one in found.item] == [None, "safe", None]
    assert found.critical.tolist() == [1, 1, 1]
    assert len(set(found.card.tolist())) == 2
    assert len(cut(evidence, int(FIRST.timestamp()) + 2 * 86_400).reviews.ticket) == 1
