"""The commands. Bodies import what they need, so that help and completion answer at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import (
    briefs,
    compliance,
    connecting,
    fakes,
    floors,
    hiring,
    insight,
    models,
    operating,
    operation,
    output,
    quality,
    syncing,
    text,
    todays,
    verbs,
    writing_back,
)

if TYPE_CHECKING:
    from maitred.sync.publications import Publication
    from maitred.sync.workspace import Workspace

app = typer.Typer(
    name="maitred",
    help="The customer support manager's workbench: numbers you can trust, on top of the helpdesk you have.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
imports = typer.Typer(help="Read records from files.", no_args_is_help=True)
metrics = typer.Typer(help="Numbers with their interval and n.", no_args_is_help=True)
app.add_typer(imports, name="import")
app.add_typer(metrics, name="metrics")
app.add_typer(insight.group, name="insight")
app.add_typer(quality.group, name="quality")
app.add_typer(hiring.group, name="hiring")
app.add_typer(compliance.group, name="compliance")
app.add_typer(text.group, name="text")
app.add_typer(models.group, name="models")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Engine = Annotated[
    Optional[str], typer.Option(help="duckdb, spark=sc://HOST:PORT or spark=local; the workspace's own unless given.")
]
Pinned = Annotated[Optional[int], typer.Option("--publication", help="Read an older publication: as reported then.")]
Shown = Annotated[bool, typer.Option("--progress", help="Show progress bars also where there is no terminal.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another writer.")]
Name = Annotated[Optional[str], typer.Option("--name", help="Name of the source; the vendor's by default.")]
AsOf = Annotated[Optional[str], typer.Option("--as-of", help="Instant up to which the data speaks.")]
FromDay = Annotated[Optional[str], typer.Option("--from", help="First day, YYYY-MM-DD.")]
ToDay = Annotated[Optional[str], typer.Option("--to", help="Last day, YYYY-MM-DD.")]
By = Annotated[Optional[str], typer.Option(help="Dimensions to split by, separated by commas.")]
Where = Annotated[Optional[list[str]], typer.Option("--where", help="DIM=VALUE; repeat for more.")]
Zone = Annotated[str, typer.Option("--zone", help="Report time zone (calendar buckets only).")]


def home() -> Path:
    """The workspace folder: ``MAITRED_HOME``, else ``./workspace``."""
    return Path(os.environ.get("MAITRED_HOME") or "workspace")


def _opened() -> Workspace:
    from maitred.metrics.refresh import open_workspace

    return open_workspace(home())


def _published(workspace: Workspace, number: int | None) -> Publication:
    from maitred.base.errors import NotFound

    publication = workspace.publication(number)
    if publication is None:
        raise NotFound("nothing has been published yet", "import something first: `maitred import --help`")
    return publication


def _version(shown: bool) -> None:
    if shown:
        from maitred import __version__

        typer.echo(f"maitred {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """The customer support manager's workbench: numbers you can trust, on top of the helpdesk you have."""


# ---------------------------------------------------------------- workspace


@app.command()
def init(
    database: Annotated[
        Optional[str],
        typer.Option(help="postgresql://USER@HOST:PORT/NAME, or env:NAME, file:PATH; SQLite unless given."),
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb or spark=sc://HOST:PORT.")] = "duckdb",
    allow_private_address: Annotated[
        bool, typer.Option("--allow-private-address", help="Helpdesks in the own network may be met.")
    ] = False,
    json_: Json = False,
) -> None:
    """Make an empty workspace."""
    from maitred.surfaces.cli.founding import found

    admin = found(home(), engine, database, allow_private_address)
    if json_:
        output.document({"workspace": str(home()), "admin": admin})
        return
    output.line(f"workspace {home()} is ready")
    if admin is None:
        output.notice("nobody can sign in yet: `maitred user add NAME --role admin`")


@app.command()
def demo(
    size: Annotated[str, typer.Option(help="small, medium, large or xl.")] = "medium",
    seed: Annotated[int, typer.Option(help="Seed of all draws.")] = 1,
    days: Annotated[Optional[int], typer.Option(help="Fewer days than the size has, for a quick look.")] = None,
    work: Annotated[bool, typer.Option(help="With what the team did at its desks: reviews, skills, courses.")] = True,
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Set up a workspace with a simulated organisation and accounts, and show what can be read from it."""
    from maitred.surfaces.cli.demo import run

    with output.progress(progress) as tell:
        run(home(), size, seed, json_, tell, days, work)


@app.command()
def doctor(json_: Json = False) -> None:
    """Check the workspace and say what to do about what is wrong."""
    from maitred.metrics.doctor import examine

    workspace = _opened()
    checks = [*examine(workspace), *operation.examined()]
    workspace.close()
    ok = all(check.ok for check in checks)
    if json_:
        output.document({"ok": ok, "checks": [check.as_json() for check in checks]})
    else:
        output.table(
            "doctor", ("check", "state", "detail"), [(c.check, "ok" if c.ok else "WRONG", c.detail) for c in checks]
        )
    if not ok:
        raise typer.Exit(1)


# ---------------------------------------------------------------- import


def _import(
    kind: str, folder: Path, name: str | None, as_of: str | None, wait: float, json_: bool, progress: bool
) -> None:
    from maitred.metrics.pipeline import import_and_publish
    from maitred.sync.importing import instant
    from maitred.sync.kinds import KINDS

    moment = None if as_of is None else instant(as_of, "--as-of")
    workspace = _opened()
    operating.record("import", reads=kind, folder=folder.name, source=name or kind)
    with output.progress(progress) as tell:
        report = import_and_publish(workspace, KINDS[kind](), folder, name=name, as_of=moment, wait=wait, progress=tell)
    workspace.close()
    _report(report, json_)


def _report(report: Any, json_: bool) -> None:
    from maitred.base.errors import BadInput

    for notice in report.notices:
        output.notice(notice)
    failure = None
    if report.failed:
        failure = BadInput(
            f"more than a fifth of {report.failed[0]} was set aside", "`maitred import quarantine` says why, row by row"
        )
    if json_:
        output.document(report.as_json() | ({"error": output.problem(failure)} if failure else {}))
    else:
        rows = [(f.file, f.rows, f.loaded, f.superseded, f.quarantined) for f in report.files]
        output.table(
            f"import of {report.source}",
            ("file", "rows", "loaded", "superseded", "quarantined"),
            rows,
            right=("rows", "loaded", "superseded", "quarantined"),
        )
        output.line(
            f"{report.tickets:,} tickets, {report.events:,} events, {report.messages:,} messages "
            f"from {report.span[0]} to {report.span[1]}; publication {report.publication}"
        )
    if failure is not None:
        output.failure(failure)
        raise typer.Exit(1)


@imports.command("fivetran-zendesk")
def import_fivetran_zendesk(
    folder: Path, name: Name = None, as_of: AsOf = None, wait: Wait = 60, json_: Json = False, progress: Shown = False
) -> None:
    """Read Fivetran's Zendesk tables (CSV or Parquet) from a folder."""
    _import("fivetran-zendesk", folder, name, as_of, wait, json_, progress)


@imports.command("zendesk")
def import_zendesk(
    folder: Path, name: Name = None, as_of: AsOf = None, wait: Wait = 60, json_: Json = False, progress: Shown = False
) -> None:
    """Read Zendesk API objects (JSON Lines) from a folder."""
    _import("zendesk", folder, name, as_of, wait, json_, progress)


@imports.command("freshdesk")
def import_freshdesk(
    folder: Path, name: Name = None, as_of: AsOf = None, wait: Wait = 60, json_: Json = False, progress: Shown = False
) -> None:
    """Read Freshdesk API objects (JSON Lines) from a folder."""
    _import("freshdesk", folder, name, as_of, wait, json_, progress)


@imports.command("salesforce")
def import_salesforce(
    folder: Path, name: Name = None, as_of: AsOf = None, wait: Wait = 60, json_: Json = False, progress: Shown = False
) -> None:
    """Read Salesforce Service Cloud objects (JSON Lines or Bulk CSV) from a folder."""
    _import("salesforce", folder, name, as_of, wait, json_, progress)


@imports.command("canonical")
def import_canonical(
    folder: Path, name: Name = None, as_of: AsOf = None, wait: Wait = 60, json_: Json = False, progress: Shown = False
) -> None:
    """Read canonical tables (Parquet) from a folder, as `maitred floor run --as canonical` writes them."""
    _import("canonical", folder, name, as_of, wait, json_, progress)


@imports.command("eventlog")
def import_eventlog(
    file: Path,
    case: Annotated[str, typer.Option(help="Column with the ticket's id.")],
    activity: Annotated[str, typer.Option(help="Column with the activity or status.")],
    time: Annotated[str, typer.Option(help="Column with the time.")],
    actor: Annotated[Optional[str], typer.Option(help="Column with the person.")] = None,
    map_: Annotated[Optional[Path], typer.Option("--map", help="TOML file that says what activities mean.")] = None,
    name: Name = None,
    as_of: AsOf = None,
    wait: Wait = 60,
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Read a foreign event log (CSV, Parquet or XES)."""
    from maitred.base.errors import BadInput
    from maitred.metrics.pipeline import import_event_log
    from maitred.sync.importing import instant

    moment = None if as_of is None else instant(as_of, "--as-of")
    roles = {"case": case, "activity": activity, "time": time, "actor": actor}
    workspace = _opened()
    operating.record("import", reads="eventlog", folder=file.name, source=name or "eventlog")
    try:
        with output.progress(progress) as tell:
            report = import_event_log(workspace, file, roles, map_, name=name, as_of=moment, wait=wait, progress=tell)
    except BadInput as error:
        _suggested(error.suggestion)
        raise
    workspace.close()
    _suggested(report.suggestion)
    _report(report, json_)


def _suggested(mapping: str) -> None:
    """A map to start from, for a log that was read without one."""
    if mapping:
        output.notice("this log was given without --map; a guess to start from:")
        output.beside(mapping)


@imports.command("quarantine")
def import_quarantine(
    source: Annotated[Optional[str], typer.Option(help="Only this source.")] = None, json_: Json = False
) -> None:
    """List what imports set aside, and why."""
    workspace = _opened()
    rows = workspace.ledger.quarantine(source)
    workspace.close()
    if json_:
        output.document({"quarantine": rows})
        return
    names = ("source", "file", "row", "key", "field", "code", "message")
    output.table("set aside", names, [[row[name] for name in names] for row in rows], right=("row",))


# ---------------------------------------------------------------- numbers


@metrics.command("list")
def metrics_list(json_: Json = False) -> None:
    """List the metrics and what they mean."""
    from maitred.metrics.catalogue import METRICS

    found = [metric.as_json() for metric in METRICS.values()]
    if json_:
        output.document({"metrics": found})
        return
    names = ("id", "unit", "direction", "population", "attribution")
    output.table("metrics", names, [[row[name] for name in names] for row in found])


@metrics.command("show")
def metrics_show(
    metric: str,
    statistic: Annotated[Optional[str], typer.Option(help="median or p90 (durations).")] = None,
    from_: FromDay = None,
    to: ToDay = None,
    by: By = None,
    where: Where = None,
    compare: Annotated[Optional[str], typer.Option(help="previous, year or A..B.")] = None,
    zone: Zone = "UTC",
    engine: Engine = None,
    publication: Pinned = None,
    json_: Json = False,
) -> None:
    """Show a metric: value, interval and n."""
    from maitred.metrics.asking import asking
    from maitred.metrics.scope import Scope

    workspace = _opened()
    with asking(workspace, _published(workspace, publication), engine) as ask:
        words = (metric, statistic, from_, to, _list(by), _pairs(where), compare, zone)
        result = ask.show(*words, scope=Scope.everything())
        names = {name: ask.labels(name, (row.by.get(name) for row in result.rows)) for name in _list(by)}
    workspace.close()
    if json_:
        output.document({**result.as_json(), "labels": {name: found for name, found in names.items() if found}})
        return
    from maitred.surfaces.cli.figures import show

    show(result, names)


@metrics.command("tickets")
def metrics_tickets(
    metric: str,
    from_: FromDay = None,
    to: ToDay = None,
    by: By = None,
    where: Where = None,
    zone: Zone = "UTC",
    engine: Engine = None,
    publication: Pinned = None,
    json_: Json = False,
) -> None:
    """List the rows behind a metric; their count is its n."""
    from maitred.metrics.asking import asking
    from maitred.metrics.scope import Scope

    workspace = _opened()
    with asking(workspace, _published(workspace, publication), engine) as ask:
        behind = ask.tickets(metric, from_, to, _list(by), _pairs(where), zone, scope=Scope.everything())
    workspace.close()
    rows = [{k: _plain(v) for k, v in row.items()} for row in behind.rows.to_pylist()]
    if json_:
        output.document({"metric": behind.metric, "count": behind.total, "rows": rows})
        return
    names = behind.rows.schema.names
    output.table(f"{behind.metric}: {behind.total} rows", names, [[row[name] for name in names] for row in rows])


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") and hasattr(value, "hour") else value


def _list(words: str | None) -> list[str]:
    return [word.strip() for word in (words or "").split(",") if word.strip()]


def _pairs(words: list[str] | None) -> dict[str, list[str]]:
    from maitred.base.errors import UsageError

    pairs: dict[str, list[str]] = {}
    for word in words or []:
        name, sign, value = word.partition("=")
        if not sign:
            raise UsageError(f"--where {word} is not DIM=VALUE", "write for instance --where priority=high")
        pairs.setdefault(name.strip(), []).append(value)
    return pairs


@app.command()
def export(
    table: str,
    to: Annotated[Path, typer.Option("--to", help="FILE.csv, FILE.parquet or FILE.xlsx.")],
    source: Annotated[Optional[str], typer.Option(help="Only this source.")] = None,
    include_deleted: Annotated[bool, typer.Option("--include-deleted", help="Also tombstones.")] = False,
    with_load_times: Annotated[bool, typer.Option("--with-load-times", help="Also when rows were loaded.")] = False,
    engine: Engine = None,
    publication: Pinned = None,
    json_: Json = False,
) -> None:
    """Write a table to a file: tickets, sla, events, messages, users ..."""
    from maitred.metrics.exports import export as write
    from maitred.metrics.spark_clocks import recomputed

    workspace = _opened()
    published = _published(workspace, publication)
    with recomputed(workspace, published, table, engine) as computed:
        rows = write(
            workspace,
            published,
            table,
            to,
            source=source,
            include_deleted=include_deleted,
            with_load_times=with_load_times,
            computed=computed,
        )
    workspace.close()
    if json_:
        output.document({"table": table, "file": str(to), "rows": rows, "publication": published.number})
    else:
        output.line(f"{rows:,} rows of {table} in {to} (publication {published.number})")


@app.command()
def explain(
    ticket: str,
    metric: Annotated[
        Optional[str], typer.Argument(help="frt, rwt, sla.first_reply ...; all clocks without it.")
    ] = None,
    source: Annotated[Optional[str], typer.Option(help="The source, where several have the ticket.")] = None,
    engine: Engine = None,
    publication: Pinned = None,
    json_: Json = False,
) -> None:
    """Explain a ticket's clocks, second by second."""
    from maitred.metrics.explaining import explain as tell

    workspace = _opened()
    document = tell(workspace, _published(workspace, publication), ticket, metric, source)
    workspace.close()
    if json_:
        output.document(document)
        return
    from maitred.surfaces.cli.figures import explained

    explained(document)


@app.command()
def reconcile(
    source: str,
    engine: Engine = None,
    publication: Pinned = None,
    json_: Json = False,
) -> None:
    """Compare our values with the vendor's own, difference by difference."""
    from maitred.metrics.reconciliation import reconcile as compare

    workspace = _opened()
    document = compare(workspace, _published(workspace, publication), source)
    workspace.close()
    if json_:
        output.document(document)
        return
    rows = [(c["metric"], c["class"], c["tickets"], c["example"]) for c in document["classes"]]
    output.table(
        f"{document['source']}: {document['match_rate']:.1%} of {document['compared']} values agree"
        if document["compared"]
        else f"{document['source']}: the vendor gave no values to compare with",
        ("metric", "class", "tickets", "example"),
        rows,
        right=("tickets",),
    )


@app.command()
def bench(
    name: str,
    size: Annotated[Optional[int], typer.Option(help="Tickets.")] = None,
    json_: Json = False,
) -> None:
    """Measure a speed claim beside a peer in the same run: clocks, import, floor, pages and others."""
    from maitred.surfaces.cli.benches import run

    run(name, size, json_)


operation.attach(app)
connecting.attach(app)
syncing.attach(app)
writing_back.attach(app)
fakes.attach(app)
floors.attach(app)
todays.attach(app)
briefs.attach(app)
verbs.attach(app)
