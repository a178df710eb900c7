"""Reconciliation as it is asked for: counts by class for those who see figures, rows for those who may open tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maitred.base.errors import Denied, NotFound
from maitred.kit.access.actor import Actor
from maitred.kit.audit.deeds import create, deed
from maitred.kit.reading import opened
from maitred.kit.secrets.keyring import Keyring
from maitred.kit.verbs import run
from maitred.metrics.intervals import wilson
from maitred.metrics.reconciliation import reconcile
from maitred.metrics.refresh import open_workspace
from maitred.metrics.tests.test_reconciliation import imported, values, zendesk_folder
from maitred.people.models import HelpdeskIdentity
from maitred.people.tests.floor import ROOT, Floor, build

SOURCE = "zendesk"
VENDOR = {
    **{number: values(60, 120) for number in range(1, 21)},
    **{number: values(62, 121) for number in range(21, 26)},
    26: values(600, None),
    27: values(400, 120),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reconciled")
    imported(folder / "home", zendesk_folder(folder / "in", VENDOR)).close()
    Keyring(folder / "home" / "keys").create()
    return folder / "home"


@pytest.fixture
def floor(db: None, home: Path, settings: Any) -> Iterator[Floor]:
    """The one agent of the tickets is ``mate``, in the branch of ``lead``."""
    settings.MAITRED_HOME = home
    made = build()
    with deed(ROOT, "tests.identity"):
        create(HelpdeskIdentity, person=made.people["mate"], source_id=SOURCE, external_id="3")
    yield made
    opened.forget()


def ask(verb: str, actor: Actor = ROOT, **words: Any) -> Any:
    return run(f"service_levels.{verb}", actor, words)


def test_classes_and_match_rates_are_those_of_the_report(floor: Floor, home: Path) -> None:
    workspace = open_workspace(home)
    publication = workspace.publication()
    assert publication is not None
    report = reconcile(workspace, publication, SOURCE)
    workspace.close()
    shown = ask("reconciliation")
    whole = shown.rows[0]
    assert (whole.source, whole.metric, whole.n) == (SOURCE, None, report["compared"])
    assert (whole.match_rate, whole.unexplained, whole.alarm) == (
        report["match_rate"], report["unexplained"], report["alarm"],
    )  # fmt: skip
    found = {(row.metric, one.reason): one.count for row in shown.rows[1:] for one in row.classes}
    assert found == {(one["metric"], one["class"]): one["tickets"] for one in report["classes"]}
    (reply,) = ask("reconciliation", metric="frt.calendar", source=SOURCE).rows
    interval = wilson(20, 27)
    assert (reply.n, reply.match_rate, reply.low, reply.high) == (27, 20 / 27, interval.low, interval.high)
    assert {one.reason: one.count for one in reply.classes} == {"equal": 20, "rounding": 5, "unexplained": 2}


def test_rows_are_as_many_as_their_class_counts_and_those_furthest_apart_come_first(floor: Floor) -> None:
    found: Counter[tuple[str, str]] = Counter()
    begin: int | None = 0
    while begin is not None:
        page = ask("reconciliation_rows", limit=3, offset=begin)
        found.update((row.metric, row.reason) for row in page.rows)
        begin = page.next
    told = {(row.metric, one.reason): one.count for row in ask("reconciliation").rows[1:] for one in row.classes}
    assert found == {key: count for key, count in told.items() if key[1] != "equal"}
    page = ask("reconciliation_rows", metric="frt.calendar", reason="unexplained")
    assert [(row.ticket, row.ours, row.vendor, row.difference) for row in page.rows] == [
        ("26", 3_600, 36_000, -32_400),
        ("27", 3_600, 24_000, -20_400),
    ]
    assert ask("reconciliation_rows", reason="equal", metric="frt.calendar").total == 20


def test_a_ticket_has_its_own_values(floor: Floor) -> None:
    shown = ask("reconciliation_of", source=SOURCE, ticket="26")
    assert {row.metric: row.reason for row in shown.rows} == {
        "frt.calendar": "unexplained",
        "frt.business": "equal",
        "full_resolution.calendar": "vendor_null",
        "full_resolution.business": "equal",
    }
    for source, ticket in ((SOURCE, "999"), ("nowhere", "26")):
        with pytest.raises(NotFound, match="no ticket"):
            ask("reconciliation_of", source=source, ticket=ticket)


def test_tickets_are_for_those_who_may_open_them_and_counts_for_those_who_see_figures(floor: Floor) -> None:
    mine, theirs, executive = (floor.actor(name) for name in ("lead", "lead2", "executive"))
    everything = ask("reconciliation_rows").total
    assert ask("reconciliation_rows", mine).total == everything
    assert ask("reconciliation_rows", floor.actor("mate")).total == everything
    assert ask("reconciliation_rows", theirs).total == 0
    assert ask("reconciliation", theirs).rows == ()
    assert ask("reconciliation", mine).rows[0].n == ask("reconciliation").rows[0].n
    with pytest.raises(NotFound):
        ask("reconciliation_of", theirs, source=SOURCE, ticket="26")
    for verb in ("reconciliation_rows", "reconciliation_of"):
        with pytest.raises(Denied):
            ask(verb, executive, source=SOURCE, ticket="26") if verb.endswith("of") else ask(verb, executive)
    coarse = ask("reconciliation", executive).rows
    assert all(row.n % 5 == 0 and all(one.count % 5 == 0 for one in row.classes) for row in coarse)


def test_a_word_that_is_no_metric_is_refused(floor: Floor) -> None:
    for verb in ("reconciliation", "reconciliation_rows"):
        with pytest.raises(NotFound, match=r"frt\.calendar"):
            ask(verb, metric="frt")
