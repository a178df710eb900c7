"""The demonstration: a simulated organisation, imported like a real one, its people, and a first look at it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maitred.base.clock import iso, now
from maitred.base.errors import MaitredError, UsageError
from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from maitred.floor.world import World
    from maitred.surfaces.cli.organisation import Agent
    from maitred.sync.workspace import Workspace

SOURCE = "demo"
FEWEST_DAYS = 14
URL = "http://127.0.0.1:8000"
BRIEF = Path("out")
"""Where the brief of a demonstration is written, in the folder in which the command runs."""
AS_FILES = ("small", "medium")
"""Sizes that go through the helpdesk's own files; larger ones are loaded as canonical tables."""
SHOWN = (
    ("frt.business_all", "group"),
    ("full_resolution.business_all", "priority"),
    ("sla.attainment", None),
    ("csat.rate", None),
    ("reopen_rate.transitions", None),
)
Tell = Callable[[str, int], None]


def run(home: Path, size: str, seed: int, json_: bool, tell: Tell, days: int | None = None, work: bool = True) -> None:
    """Make the workspace, simulate the organisation, import its tickets, settle its people and show a few metrics.

    A demonstration that is there already keeps its tickets; its accounts get new passwords. One that was interrupted is
    begun again as it was begun. ``work`` leaves what the team did with its desks there too: reviews, skills, courses.

    Raises
    ------
    UsageError
        The size is unknown.
    MaitredError
        The workspace is a real one, or a demonstration of another size or seed was begun in it.
    """
    from maitred.floor.demo import SIZES
    from maitred.metrics.refresh import open_workspace

    if size not in SIZES:
        raise UsageError(f"there is no size {size}", f"choose one of {', '.join(SIZES)}")
    begun = {"size": size, "seed": seed, **({} if days is None else {"days": days})}
    if days is not None and days < FEWEST_DAYS:
        raise UsageError(f"--days {days} is too few", f"take {FEWEST_DAYS} or more, so that something can be seen")
    _found(home, begun)
    workspace = open_workspace(home)
    try:
        if workspace.publication() is None:
            _same(workspace, begun)
            _fill(workspace, tell)
        accounts = _people(workspace, tell)
        if work:
            from maitred.surfaces.cli import demo_work

            demo_work.settle(tell, seed)
        document = {**_document(home, workspace, accounts), "brief": _brief(workspace, tell)}
        if json_:
            output.document(document)
        else:
            _show(workspace, document)
    finally:
        workspace.close()


def _found(home: Path, begun: dict[str, Any]) -> None:
    from maitred.sync.workspace import SETTINGS, Workspace, create

    if (home / SETTINGS).is_file() and not Workspace(home, []).settings.get("demo"):
        raise MaitredError(
            f"{home} is a workspace of yours", "set MAITRED_HOME to another folder for the demonstration"
        )
    until = now().replace(second=0, microsecond=0)
    create(home, options={"demo": True, "simulated": {**begun, "until": iso(until)}})
    operating.start()


def _same(workspace: Workspace, asked: dict[str, Any]) -> None:
    """What was begun is finished with the same tickets, since some of them may have been landed."""
    begun = {name: value for name, value in workspace.settings.get("simulated", {}).items() if name != "until"}
    if begun != asked:
        raise MaitredError(
            f"a demonstration of size {begun.get('size')} and seed {begun.get('seed')} was begun in {workspace.home}",
            "finish it with the same size, seed and days, or set MAITRED_HOME to another folder",
        )


def _told(workspace: Workspace) -> tuple[World, datetime] | None:
    """The world of a demonstration and the instant of its telling; None where an older version made it."""
    from maitred.floor.world import World

    begun = workspace.settings.get("simulated")
    if begun is None:
        return None
    until = datetime.fromisoformat(begun["until"])
    return World.demo(begun["size"], begun["seed"], days=begun.get("days"), until=until + timedelta(days=1)), until


def _fill(workspace: Workspace, tell: Tell) -> None:
    """Simulate, and bring what a helpdesk would know of it into the workspace."""
    from maitred.metrics.pipeline import import_and_publish, load_and_publish
    from maitred.sync.kinds import KINDS

    told = _told(workspace)
    assert told is not None
    world, until = told
    tell("simulated tickets", 0)
    happened = world.run(texts=True)
    tell("simulated tickets", len(happened.tickets))
    if workspace.settings["simulated"]["size"] not in AS_FILES:
        from maitred.floor import records

        settings = records.settings(happened, until)
        tables = records.batches(happened, SOURCE, until=until)
        load_and_publish(workspace, tables, name=SOURCE, as_of=settings["as_of"], bots=settings["bots"], progress=tell)
        return
    from maitred.floor.shapes import zendesk

    folder = Path(tempfile.mkdtemp(prefix="maitred-demo-"))
    try:
        zendesk.write(happened, folder, until=until)
        tell("written tickets", len(happened.tickets))
        del happened
        import_and_publish(workspace, KINDS["zendesk"](), folder, name=SOURCE, progress=tell)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _people(workspace: Workspace, tell: Tell) -> list[dict[str, str]]:
    """Accounts of the demonstration; teams from the helpdesk's groups, persons from its agents."""
    from maitred.floor.demo import TEAMS
    from maitred.surfaces.cli.organisation import settle

    branches = {team.name: team.parent for team in TEAMS if team.parent}
    agents = _agents(workspace)
    tell("people", len(agents))
    groups = {row["external_id"]: row["name"] for row in _rows(workspace, "groups", ["external_id", "name"])}
    return settle(SOURCE, groups, branches, agents)


def _agents(workspace: Workspace) -> list[Agent]:
    from maitred.surfaces.cli.organisation import Agent

    source = workspace.ledger.source(SOURCE)
    bots = set(source.settings.get("bots", ())) if source is not None else set()
    homes = {
        row["user_id"]: row
        for row in _rows(workspace, "group_members", ["user_id", "group_id", "is_default", "valid_from"])
        if row["is_default"]
    }
    users = _rows(workspace, "users", ["external_id", "name", "role", "created_at"])
    return [
        Agent(
            row["external_id"],
            row["name"],
            homes[row["external_id"]]["group_id"] if row["external_id"] in homes else None,
            homes.get(row["external_id"], {}).get("valid_from") or row["created_at"],
            row["external_id"] in bots,
        )
        for row in sorted(users, key=lambda row: int(row["external_id"]))
        if row["role"] != "end_user"
    ]


def _rows(workspace: Workspace, table: str, columns: list[str]) -> list[dict[str, Any]]:
    import pyarrow.compute as pc

    publication = workspace.publication()
    assert publication is not None
    mine = pc.field("source_id") == SOURCE
    if table == "users":  # a hundred customers come on each of them
        mine = mine & (pc.field("role") != "end_user")
    rows: list[dict[str, Any]] = workspace.store.scan(table, publication.tables[table], columns, where=mine).to_pylist()
    return rows


def _document(home: Path, workspace: Workspace, accounts: list[dict[str, str]]) -> dict[str, Any]:
    publication = workspace.publication()
    assert publication is not None
    return {
        "workspace": str(home),
        "as_of": iso(datetime.fromisoformat(publication.sources[SOURCE]["as_of"])),
        "url": URL,
        "accounts": accounts,
        "stories": _stories(workspace),
        "publication": publication.number,
        "simulated": True,
    }


def _brief(workspace: Workspace, tell: Tell) -> dict[str, str] | None:
    """Today's list, looked at once and kept as the worker would, and the brief of it as a page and on paper.

    The larger sizes leave the look to the worker, and the brief to ``maitred brief``.
    """
    if workspace.settings.get("simulated", {}).get("size") not in AS_FILES:
        return None
    from maitred.desks.today import access, looks
    from maitred.kit.audit.deeds import deed
    from maitred.surfaces.cli import briefs

    publication = workspace.publication()
    assert publication is not None
    if access.look_at(publication.number) is None:
        tell("looking for what needs somebody", 1)
        day = looks.take(workspace, publication)
        assert day is not None
        looks.compared(operating.actor(), publication.number, day, briefs.zone_of(publication.number))
        with deed(operating.actor(), "today.look"):
            looks.keep(publication.number, day)
    made = briefs.document(workspace, publication.number, None)
    files = {form: BRIEF / f"brief.{form}" for form in ("html", "pdf")}
    for form, path in files.items():
        briefs.write(path, briefs.rendered(made, form))
    return {form: str(path) for form, path in files.items()}


def _stories(workspace: Workspace) -> list[dict[str, Any]]:
    """What was planted, for a visitor who wants to find it; decoys are things that only look like something."""
    from maitred.floor.demo import stories

    told = _told(workspace)
    if told is None:
        return []
    return [
        {
            "id": one.story.id,
            "title": one.story.title,
            "telling": one.story.telling,
            "where": one.story.where,
            "since": iso(one.since),
            "about": _account(workspace, one.subject) or one.name,
            "subject": one.subject,
            "decoy": one.story.decoy,
        }
        for one in stories(told[0])
    ]


def _account(workspace: Workspace, subject: dict[str, str]) -> str | None:
    """The name of an account that a story is about, as the helpdesk lists it."""
    from maitred.floor.records import ids

    if subject["type"] != "account":
        return None
    number = str(ids.ORGANIZATION + int(subject["id"]))
    rows = _rows(workspace, "organizations", ["external_id", "name"])
    return next((row["name"] for row in rows if row["external_id"] == number), None)


def _show(workspace: Workspace, document: dict[str, Any]) -> None:
    from maitred.metrics.asking import asking
    from maitred.metrics.scope import Scope
    from maitred.surfaces.cli.figures import show

    publication = workspace.publication()
    assert publication is not None
    output.line(
        f"A simulated organisation, none of it real, is in {document['workspace']}; "
        f"its {publication.sources[SOURCE]['tickets']:,} tickets reach up to {document['as_of']}.\n"
    )
    with asking(workspace, publication) as ask:
        for metric, by in SHOWN:
            result = ask.show(metric, by=[by] if by else [], scope=Scope.everything())
            show(result, {by: ask.labels(by, (row.by.get(by) for row in result.rows))} if by else None)
    rows = [(one["since"][:10], one["title"], one["about"], one["where"]) for one in document["stories"]]
    output.table("stories to find (the decoys stand last)", ("since", "what happened", "about", "where to look"), rows)
    columns = ("role", "team", "user", "password")
    output.table("accounts", columns, [[one[name] for name in columns] for one in document["accounts"]])
    output.line(f"`.venv/bin/maitred serve` answers at {URL}; the accounts sign in from this machine only.")
    output.line("Go on with for instance:")
    for words in ("metrics list", "metrics show frt --by week", f"explain {_a_ticket()} frt", "people list-teams"):
        output.line(f"  .venv/bin/maitred {words}")


def _a_ticket() -> int:
    """A ticket number that every size has."""
    from maitred.floor.records import ids

    return ids.TICKET + 5_000
