"""What became of each service-level target, told by our clocks and by the helpdesk's own log of a live account."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from maitred.connectors.zendesk.double import Zendesk
from maitred.metrics.exports import export
from maitred.metrics.pipeline import sync_and_publish
from maitred.metrics.refresh import open_workspace
from maitred.sync.tests.live import account_at
from maitred.sync.workspace import create

Verdicts = dict[tuple[str, str, int], str]


def ranked(rows: list[dict[str, Any]], verdict: str) -> Verdicts:
    """Verdicts by ticket, metric and place: Zendesk counts a ticket's next replies on from its first one."""
    places: Counter[tuple[str, str]] = Counter()
    found: Verdicts = {}
    for row in sorted(rows, key=lambda each: (each["ticket_id"], each["metric"], int(each["instance"]))):
        places[row["ticket_id"], row["metric"]] += 1
        found[row["ticket_id"], row["metric"], places[row["ticket_id"], row["metric"]]] = row[verdict]
    return found


def test_every_target_of_a_live_zendesk_comes_to_the_verdict_of_its_own_log(tmp_path: Path) -> None:
    create(tmp_path / "home")
    workspace = open_workspace(tmp_path / "home")
    with Zendesk(150, seed=5) as desk:
        now = {"pause": desk.clock.advance, "now": lambda: desk.clock.now().timestamp()}
        account = account_at(desk, "zendesk", dict(desk.credentials))
        assert sync_and_publish(workspace, account, opening=now).complete
        truth = ranked(desk.truth()["sla"], "verdict")
    publication = workspace.publication()
    assert publication is not None
    export(workspace, publication, "sla", tmp_path / "sla.csv")
    workspace.close()
    with (tmp_path / "sla.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(truth) > 250
    assert ranked(rows, "verdict_all") == truth
    assert {"met", "breached", "overdue", "running"} <= set(truth.values())
    assert {metric for _, metric, _ in truth} >= {"first_reply", "next_reply", "requester_wait", "agent_work"}
