"""``maitred floor fit`` and ``floor backtest``: a simulated floor fitted to one source of the workspace, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maitred.base.errors import MaitredError, NotFound, UsageError
from maitred.surfaces.cli import backtest_charts, output

if TYPE_CHECKING:
    import pyarrow as pa

    from maitred.insight.whatif import History
    from maitred.sync.publications import Publication
    from maitred.sync.workspace import Workspace


def history(home: Path, source: str | None, number: int | None) -> tuple[str, History]:
    """What a publication says of one source, which is the only one unless it is named.

    Raises
    ------
    NotFound
        Nothing was published, or the source was not.
    UsageError
        There are several sources and none was named.
    """
    from maitred.insight.whatif import history_of
    from maitred.metrics.refresh import open_workspace

    workspace = open_workspace(home)
    try:
        publication = workspace.publication(number)
        if publication is None:
            raise NotFound("nothing has been published yet", "import something first: `maitred import --help`")
        name = _named(publication, source)
        as_of = datetime.fromisoformat(publication.sources[name]["as_of"])
        return name, history_of(lambda table, columns: _rows(workspace, publication, name, table, columns), as_of=as_of)
    finally:
        workspace.close()


def _named(publication: Publication, source: str | None) -> str:
    known = sorted(publication.sources)
    if source is None and len(known) > 1:
        raise UsageError(f"there are several sources: {', '.join(known)}", "name one with --source")
    if source is not None and source not in known:
        raise NotFound(f"there is no source {source}", f"known are {', '.join(known)}")
    return source or known[0]


def _rows(
    workspace: Workspace, publication: Publication, source: str, table: str, columns: Sequence[str]
) -> pa.Table | None:
    import pyarrow.compute as pc

    if table not in publication.tables:
        return None
    mine = (pc.field("source_id") == source) & pc.field("deleted_at").is_null()
    return workspace.store.scan(table, publication.tables[table], list(columns), where=mine)


def fit(home: Path, source: str | None, number: int | None, weeks: int, json_: bool) -> None:
    """Fit a floor to the last weeks of a source and show what was found.

    Raises
    ------
    MaitredError
        The history is too short.
    """
    from maitred.insight import whatif

    name, past = history(home, source, number)
    found = whatif.fit(past, weeks=weeks)
    if isinstance(found, whatif.NotEnoughData):
        raise _too_little(found)
    document = {"source": name, **found.document()}
    if json_:
        output.document(document)
        return
    rows = [
        (one["of"] or "the floor", one["name"], *_spread(one), one["n"], one["how"]) for one in document["parameters"]
    ]
    columns = ("of", "parameter", "value", "95 % interval", "n", "how")
    output.table(f"floor fitted to {name}, {document['first']} to {document['last']}", columns, rows, right=("n",))
    routing = [
        (one["group"], one["policy"], f"{one['explained']:.0%}", one["runner_up"], one["n"])
        for one in document["routing"]
    ]
    output.table("who takes which ticket next", ("group", "policy", "explains", "next best", "choices"), routing)
    output.line(f"handling effort is {document['effort']}; {document['agents']} people")
    for note in document["notes"]:
        output.notice(note)


def _spread(one: dict[str, Any]) -> tuple[str, str]:
    return f"{one['value']:,.4g}", f"{one['low']:,.4g} to {one['high']:,.4g}"


def backtest(
    home: Path,
    source: str | None,
    number: int | None,
    replications: int,
    at_change: bool,
    change: datetime | None,
    json_: bool,
    charts: Path | None = None,
) -> None:
    """Judge the fitted floor on weeks that it has not seen; a queue that fails is an answer.

    Raises
    ------
    MaitredError
        The history is too short, or holds no change.
    """
    from maitred.insight import whatif
    from maitred.insight.whatif.steps import real_change

    name, past = history(home, source, number)
    at, says = None if change is None else change.replace(tzinfo=UTC), ""
    if at_change and at is None:
        found = real_change(past)
        if found is None:
            raise MaitredError(
                f"the history of {name} holds no new promise and no step in staffing", "name its day with --change"
            )
        at, says = found.at, found.says
    result = whatif.backtest(past, replications=replications, at_change=at)
    if isinstance(result, whatif.NotEnoughData):
        raise _too_little(result)
    drawn = backtest_charts.write(result, charts) if charts is not None else []
    document = {"source": name, **result.document(), "change_is": says or None, "charts": drawn}
    if json_:
        output.document(document)
        return
    if says:
        output.line(says)
    _judged(document)
    for note in document["notes"]:
        output.notice(note)


_LINES = {
    "sla_mean": "SLA error",
    "sla_weeks_in_band": "weeks in band",
    "backlog_wape": "backlog error",
    "median_first_reply_ratio": "reply ratio",
    "beats_naive": "better than naive",
}
"""Headings of the gate's lines."""


def _judged(document: dict[str, Any]) -> None:
    """The verdict of each queue, line by line, and what would help those that failed."""
    rows = []
    for queue in document["conditional"]:
        cells = {one["line"]: _line(one) for one in queue["gate"]}
        rows.append((queue["queue"], queue["n"], queue["verdict"], *(cells.get(line, "") for line in _LINES)))
    output.table(
        f"backtest of {document['source']}: {document['weeks']} weeks from {document['first']}, "
        f"{document['replications']} runs",
        ("queue", "n", "verdict", *_LINES.values()),
        rows,
        right=("n",),
    )
    for helps in dict.fromkeys("; ".join(queue["helps"]) for queue in document["conditional"] if queue["helps"]):
        output.line(f"what would help: {helps}")


def _line(one: dict[str, Any]) -> str:
    value = "-" if one["value"] is None else f"{one['value']:.3g}"
    return f"{value} {'ok' if one['passed'] else 'MISSED'}"


def _too_little(found: Any) -> MaitredError:
    return MaitredError(f"there are {found.n} {found.what}", f"{found.needed} are needed; import more history")
