"""Commands of the simulated support floor."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Optional

import typer

from maitred.surfaces.cli import output

floor = typer.Typer(help="The simulated support floor.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Source = Annotated[Optional[str], typer.Option(help="Which source; needed where there are several.")]
Pinned = Annotated[Optional[int], typer.Option("--publication", help="Read an older publication: as reported then.")]
FEWEST_WEEKS = 8
Shown = Annotated[bool, typer.Option("--progress", help="Show progress bars also where there is no terminal.")]


def attach(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.add_typer(floor, name="floor")


@floor.command("run")
def floor_run(
    form: Annotated[str, typer.Option("--as", help="canonical, zendesk, freshdesk or salesforce.")],
    to: Annotated[Path, typer.Option("--to", help="Folder to write to; new or empty.")],
    world: Annotated[Optional[Path], typer.Option(help="TOML file of an organisation.")] = None,
    demo: Annotated[
        Optional[str], typer.Option(help="small, medium, large or xl; small unless a world is given.")
    ] = None,
    days: Annotated[Optional[int], typer.Option(help="How many days; the world's own unless given.")] = None,
    seed: Annotated[Optional[int], typer.Option(help="Seed of all draws; the world's own, or 1, unless given.")] = None,
    plant: Annotated[Optional[list[Path]], typer.Option(help="TOML file of what to plant; repeat for more.")] = None,
    texts: Annotated[str, typer.Option(help="on or off: whether messages are written out.")] = "on",
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Simulate an organisation and write what its helpdesk would know, and beside it the truth."""
    from maitred.base.errors import UsageError
    from maitred.surfaces.cli import simulating

    if texts not in ("on", "off"):
        raise UsageError(f"--texts {texts} is neither on nor off", "write --texts on or --texts off")
    asked = simulating.Asked(world, demo, days, seed, tuple(plant or ()))
    with output.progress(progress) as tell:
        document = simulating.write(simulating.world_of(asked), form, to, texts=texts == "on", tell=tell)
    if json_:
        output.document(document)
        return
    rows = [(one["file"], f"{one['rows']:,}") for one in document["files"]]
    output.table(f"{document['world']}, simulated, as {form}", ("file", "rows"), rows, right=("rows",))
    output.line(f"{document['tickets']:,} tickets up to {document['as_of']} in {to}; the truth in {document['truth']}")


@floor.command("fit")
def floor_fit(
    source: Source = None,
    weeks: Annotated[int, typer.Option(help="How many weeks at most; at least 8 are needed.")] = 26,
    publication: Pinned = None,
    json_: Json = False,
) -> None:
    """Fit a simulated floor to a source of the workspace."""
    from maitred.base.errors import UsageError
    from maitred.surfaces.cli import calibrating, operating

    if weeks < FEWEST_WEEKS:
        raise UsageError(f"--weeks {weeks} is too few", f"give {FEWEST_WEEKS} or more")
    calibrating.fit(operating.home(), source, publication, weeks, json_)


@floor.command("backtest")
def floor_backtest(
    source: Source = None,
    at_change: Annotated[
        bool, typer.Option("--at-change", help="Predict the newest change of a promise, or a step in staffing.")
    ] = False,
    change: Annotated[
        Optional[datetime], typer.Option(help="Predict what followed this day, YYYY-MM-DD.", formats=["%Y-%m-%d"])
    ] = None,
    replications: Annotated[int, typer.Option(help="Runs of each mode.")] = 50,
    charts: Annotated[Optional[Path], typer.Option(help="Folder for a drawing of each figure of each queue.")] = None,
    publication: Pinned = None,
    json_: Json = False,
) -> None:
    """Judge the fitted floor on weeks that it has not seen."""
    from maitred.base.errors import UsageError
    from maitred.surfaces.cli import calibrating, operating

    if replications < 1:
        raise UsageError(f"--replications {replications} is too few", "give 1 or more")
    calibrating.backtest(operating.home(), source, publication, replications, at_change, change, json_, charts)
