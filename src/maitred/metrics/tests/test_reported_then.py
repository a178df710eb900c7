"""Numbers that stay what they were: old publications, and counts that do not hang on the order of equal instants."""

from __future__ import annotations

import random
from pathlib import Path

from maitred.metrics.asking import asking
from maitred.metrics.refresh import open_workspace
from maitred.metrics.scope import Scope
from maitred.sync.tests.support import Log, change, comment, handmade, import_here, ticket


def shown(home: Path, metric: str, publication: int | None = None) -> list[tuple[float | None, int]]:
    workspace = open_workspace(home)
    published = workspace.publication(publication)
    assert published is not None
    with asking(workspace, published) as ask:
        rows = ask.show(metric, from_="2024-03-01", to="2024-03-05", by=["day"], scope=Scope.everything()).rows
    workspace.close()
    return [(row.value, row.n) for row in rows]


def test_as_reported_then(tmp_path: Path) -> None:
    """An old publication reproduces the old number (metrics specification, conformance list)."""
    home = tmp_path / "home"
    log = handmade()
    import_here(home, log.write(tmp_path / "first"))
    then = shown(home, "solved")
    log.tables["ticket_field_history"].append(change("2", "status", "2024-03-04 10:00:00", "solved"))
    import_here(home, log.write(tmp_path / "second"))
    assert shown(home, "solved") != then
    assert shown(home, "solved", publication=1) == then


def burst(seed: int) -> Log:
    """Forty tickets whose statuses change twice inside one second, their rows in a random order."""
    dice = random.Random(seed)
    history = []
    for number in range(1, 41):
        history += [
            change(str(number), "status", "2024-03-01 08:00:00", "new", "9"),
            change(str(number), "group_id", "2024-03-02 10:00:00", "5"),
            change(str(number), "assignee_id", "2024-03-02 10:00:00", "7"),
            change(str(number), "status", "2024-03-02 10:00:00", "solved" if number % 3 else "open"),
        ]
    comments = [
        comment(str(100 + 2 * n + k), str(n), created="2024-03-02 10:00:00", user_id=who)
        for n in range(1, 41)
        for k, who in enumerate(("9", "7"))
    ]
    dice.shuffle(history)
    dice.shuffle(comments)
    tickets = [ticket(str(number)) for number in range(1, 41)]
    return handmade(ticket=tickets, ticket_field_history=history, ticket_comment=comments)


def test_backlog_ties(tmp_path: Path) -> None:
    """Rows of one second in any order give the same backlog and waits (a total order of events)."""
    found = []
    for seed in (1, 2, 3):
        home = tmp_path / f"home{seed}"
        import_here(home, burst(seed).write(tmp_path / f"log{seed}"))
        found.append([shown(home, metric) for metric in ("backlog", "nrt.calendar", "solved")])
    assert found[0] == found[1] == found[2]
    assert max(n for _, n in found[0][0]) == 40
