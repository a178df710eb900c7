"""``maitred today``: what needs the manager at an instant, on every day of a stretch, and how often it was right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import output

if TYPE_CHECKING:
    from maitred.sync.publications import Publication
    from maitred.sync.workspace import Workspace

today = typer.Typer(
    help="What needs the manager now, and is it real.", invoke_without_command=True, no_args_is_help=False
)


def attach(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(today, name="today")


@today.callback(invoke_without_command=True)
def look(
    context: typer.Context,
    as_of: Annotated[Optional[str], typer.Option(help="Instant; only what existed before it is used.")] = None,
    replay: Annotated[
        Optional[tuple[str, str]], typer.Option(help="First and last day: one line for each working day.")
    ] = None,
    at: Annotated[Optional[str], typer.Option(help="Time of day of a replay, in UTC; 06:00 unless given.")] = None,
    detectors: Annotated[bool, typer.Option("--detectors", help="Which detectors there are.")] = False,
    publication: Annotated[Optional[int], typer.Option(help="Read an older publication: as reported then.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON; a replay as JSON Lines.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="Progress also where there is no terminal.")] = False,
) -> None:
    """What needs the manager now: at most seven things, each with its size, its cause and its tickets."""
    if context.invoked_subcommand is not None:
        return
    from maitred.base.errors import UsageError

    if sum((as_of is not None, replay is not None, detectors)) > 1:
        raise UsageError("--as-of, --replay and --detectors were given together", "give one of them")
    if at is not None and replay is None:
        raise UsageError("--at belongs to --replay", "for one instant write --as-of 2026-03-07T06:00:00Z")
    if detectors:
        _detectors(json_)
        return
    when, clock = instant(as_of), _clock(at or "06:00")
    days = None if replay is None else (_day(replay[0]), _day(replay[1]))
    with _published(publication) as (workspace, pinned):
        if days is not None:
            _replay(workspace, pinned, *days, clock, json_, progress)
        else:
            _list(workspace, pinned, when, json_)


class _published:
    """A workspace at a publication, closed at the end."""

    def __init__(self, number: int | None) -> None:
        self._number = number

    def __enter__(self) -> tuple[Workspace, Publication]:
        from maitred.base.errors import NotFound
        from maitred.metrics.refresh import open_workspace
        from maitred.surfaces.cli.app import home

        self._workspace = open_workspace(home())
        found = self._workspace.publication(self._number)
        if found is None:
            self._workspace.close()
            raise NotFound("nothing has been published yet", "import something first: `maitred import --help`")
        return self._workspace, found

    def __exit__(self, *_: object) -> None:
        self._workspace.close()


def _list(workspace: Workspace, publication: Publication, at: datetime | None, json_: bool) -> None:
    from maitred.insight.detectors.looking import look as looked

    day = looked(workspace, publication, at=at)
    findings = day.findings if at is not None else _with_decisions(day.findings)
    if json_:
        output.document(findings)
        return
    if day.learning:
        output.line(f"{day.as_of}: still learning; the first findings come 60 days after the first ticket")
        return
    shown = [one for one in findings if one["shown"]]
    rows = [
        (
            one["rank"],
            one["family"],
            one["title"],
            one["since"],
            f"{one['harm']['value']:,.0f}",
            f"{one['confidence']:.0%}",
            one["n"],
        )
        for one in shown
    ]
    if rows:
        output.table(
            f"Today, as of {day.as_of}",
            ("", "family", "what", "since", "customer-hours a week", "sure", "n"),
            rows,
            right=("customer-hours a week", "sure", "n"),
        )
    checked = len({(one["family"], one["series"]) for one in day.checked})
    folded = len(findings) - len(shown)
    said = "nothing needs you" if not rows else f"{folded} more folded" if folded else "that is all"
    output.line(f"{said}; {checked} series checked")


def _with_decisions(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The list of now, with what people acknowledged, put off or called useless folded away."""
    from maitred.base import clock
    from maitred.surfaces.cli import operating

    operating.start()
    from maitred.desks.today.board import decided

    return decided(findings, clock.now())


def _replay(
    workspace: Workspace, publication: Publication, first: date, last: date, at: str, json_: bool, progress: bool
) -> None:
    from maitred.base.errors import UsageError
    from maitred.insight.detectors.looking import replay_workspace

    if last < first:
        raise UsageError(f"--replay ends on {last}, before it begins on {first}", "name the earlier day first")
    rows = []
    with output.progress(progress) as tell:
        for document in replay_workspace(workspace, publication, first, last, at):
            tell("days", 1)
            if json_:
                output.row(document)
                continue
            rows += [
                (document["as_of"][:10], one["rank"], one["family"], one["title"], one["since"])
                for one in document["findings"]
                if one["shown"]
            ]
    if not json_:
        output.table(f"Today from {first} to {last}", ("day", "", "family", "what", "since"), rows)


def _detectors(json_: bool) -> None:
    """Which detectors there are, and how often people here called each of them right."""
    from maitred.insight.detectors.registry import detectors

    families = {one.name: one.family for one in detectors()}
    said = _precisions()
    names = [*families, *(name for name in sorted(said) if name not in families)]
    found: list[dict[str, Any]] = [
        {"detector": name, "family": families.get(name, name.partition(".")[0]), **said.get(name, _UNJUDGED)}
        for name in names
    ]
    if json_:
        output.document(found)
        return
    rows = [
        (
            one["detector"],
            one["family"],
            f"{one['right']} of {one['n']}" if one["n"] else "–",
            f"{one['low']:.0%} to {one['high']:.0%}" if one["n"] else "",
            "muted" if one["muted"] else "",
        )
        for one in found
    ]
    output.table("detectors", ("detector", "family", "right here", "95 % interval", ""), rows)


_UNJUDGED: dict[str, Any] = {"right": 0, "n": 0, "precision": None, "low": None, "high": None, "muted": False}


def _precisions() -> dict[str, dict[str, Any]]:
    """What people of the workspace said of each detector; nothing where there is no workspace."""
    from maitred.base.errors import WorkspaceMissing
    from maitred.surfaces.cli import operating

    try:
        operating.start()
    except WorkspaceMissing:
        return {}
    from maitred.desks.today.board import precisions

    return {
        name: {
            "right": one.right, "n": one.n, "precision": one.value, "low": one.low, "high": one.high,
            "muted": one.muted,
        }
        for name, one in precisions().items()
    }  # fmt: skip


def instant(text: str | None) -> datetime | None:
    """An instant as it is written on the command line; UTC where no zone stands."""
    from maitred.base.errors import UsageError

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise UsageError(f"--as-of {text} is no instant", "write one such as 2026-03-07T06:00:00Z") from wrong
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _day(text: str) -> date:
    from maitred.base.errors import UsageError

    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise UsageError(f"{text} is no day", "write one such as 2026-03-07") from wrong


def _clock(text: str) -> str:
    from datetime import time

    from maitred.base.errors import UsageError

    try:
        return time.fromisoformat(text).strftime("%H:%M")
    except ValueError as wrong:
        raise UsageError(f"--at {text} is no time of day", "write one such as 06:00") from wrong
