"""``maitred quality``: whether reviewers agree, and how many reviews a score needs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Optional, cast

import typer

from maitred.surfaces.cli import output

group = typer.Typer(help="Reviews of conversations: do reviewers agree, is a score reliable?", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@group.command("alpha")
def alpha(
    path: Annotated[Path, typer.Option("--in", help="A CSV or Parquet file with columns unit, coder and value.")],
    level: Annotated[str, typer.Option(help="nominal, ordinal, interval or ratio.")],
    json_: Json = False,
) -> None:
    """How far coders agree who judged the same units: Krippendorff's alpha with its 95 % interval."""
    from maitred.base.errors import BadInput, UsageError
    from maitred.insight import agreement
    from maitred.insight.datasets import Column, read

    columns = [Column(name, number=False) for name in ("unit", "coder", "value")]
    sets = read(path, columns)
    if len(sets) > 1:
        raise UsageError(f"{path.name} holds {len(sets)} data sets", "give one data set, without a column set")
    if not sets:
        raise BadInput(f"{path.name} has no rows", "one row per judgement: unit, coder, value")
    judged = list(zip(*(sets[0].texts(name) for name in ("unit", "coder", "value")), strict=True))
    try:
        found = agreement.alpha(judged, cast("agreement.Level", level))
    except BadInput as error:
        raise BadInput(f"{path.name}, {error.what}", error.remedy) from error
    if json_:
        output.document(asdict(found))
        return
    if found.alpha is None:
        output.line(f"cannot tell: the {found.values} values of {found.units} units do not differ or come alone")
        return
    within = "" if found.low is None else f" (95 % {found.low:.3f} to {found.high:.3f})"
    output.line(f"alpha {found.alpha:.3f}{within}, {found.units} units, {found.values} values")


@group.command("needed-n")
def needed_n(
    reliability: Annotated[float, typer.Option(help="The wanted reliability, 0 to 1.")],
    agent_sd: Annotated[float, typer.Option(help="Standard deviation of agents.")],
    rater_sd: Annotated[float, typer.Option(help="Standard deviation of raters.")],
    ticket_sd: Annotated[float, typer.Option(help="Standard deviation of tickets.")],
    raters: Annotated[Optional[int], typer.Option(help="Raters who share the reviews; a new one each without.")] = None,
    json_: Json = False,
) -> None:
    """How many reviews of one agent make their mean score reliable."""
    from maitred.insight import agreement

    found = agreement.needed(reliability, agent_sd=agent_sd, rater_sd=rater_sd, ticket_sd=ticket_sd, raters=raters)
    if json_:
        output.document(asdict(found))
    elif found.n is None:
        output.line("no number of reviews reaches it: only more raters would")
    else:
        output.line(f"{found.n} reviews")
