"""``maitred hiring posting``, ``salary`` and ``interview``: postings as files, what a job pays, what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from maitred.surfaces.cli import output

posting = typer.Typer(help="Postings: filled, checked and written in every form.", no_args_is_help=True)
interview = typer.Typer(help="Structured interviews.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def attach(group: typer.Typer) -> None:
    """Add the commands to the group."""
    group.add_typer(posting, name="posting")
    group.add_typer(interview, name="interview")
    group.command("salary")(salary)


@posting.command("new")
def new(
    template: Annotated[str, typer.Option(help="support-manager, support-lead, support-agent, quality-analyst ...")],
    to: Annotated[Path, typer.Option("--to", help="Folder for page.html, posting.md, jobposting.json and lint.json.")],
    set_: Annotated[Optional[list[str]], typer.Option("--set", help="KEY=VALUE; repeat for more.")] = None,
    json_: Json = False,
) -> None:
    """Fill a template, write the posting in its forms, and say what checks find; with errors it cannot be published."""
    from maitred.base import clock
    from maitred.desks.hiring.postings import filling, writing

    made = filling.filled(template, filling.pairs(set_ or []), _organization())
    one = writing.written(made, clock.now().date())
    files = writing.write(one, to)
    if json_:
        findings = [finding.told() for finding in one.findings]
        output.document({"files": [str(file) for file in files], "publishable": one.publishable, "findings": findings})
        return
    _findings([finding.told() for finding in one.findings])
    output.line(f"{', '.join(file.name for file in files)} in {to}")
    if not one.publishable:
        output.notice("it cannot be published yet: mend what is marked E")


@posting.command("lint")
def lint(
    file: Annotated[Path, typer.Argument(help="posting.md, page.html, jobposting.json or plain text.")],
    json_: Json = False,
) -> None:
    """Check a posting in a file; prints a JSON list with --json."""
    from maitred.base import clock
    from maitred.desks.hiring.postings import checks, reading_back

    found = [one.told() for one in checks.lint(reading_back.read_file(file), clock.now().date())]
    if json_:
        output.document(found)
    else:
        _findings(found)


@posting.command("read")
def read(
    file: Annotated[Path, typer.Argument(help="A posting as plain text.")],
    json_: Json = False,
) -> None:
    """Read out of a posting what it asks for: skills, qualifications, experience, each with its place in the text."""
    from maitred.base.errors import BadInput
    from maitred.insight import requirements

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file.name} cannot be read as text", "give a file in UTF-8") from error
    found = [one.told() for one in requirements.read(text)]
    if json_:
        output.document({"spans": found})
        return
    output.table("what it asks for", ("kind", "text", "start", "end"),
                 [(one["kind"], one["text"], one["start"], one["end"]) for one in found])  # fmt: skip


@posting.command("measure")
def measure(
    path: Annotated[Path, typer.Option("--in", help="Sentences with tags, JSON Lines, also .gz.")],
    folds: Annotated[int, typer.Option(help="Parts for cross-validation.")] = 10,
    json_: Json = False,
) -> None:
    """How well requirements are read: F1 of the baseline and of the model, cross-validated on tagged sentences."""
    from maitred.insight.requirements import measuring

    found = measuring.measured(path, folds)
    if json_:
        output.document(found)
        return
    rows = [(name, kind, f"{one['precision']:.3f}", f"{one['recall']:.3f}", f"{one['f1']:.3f}", one["n"])
            for name, kinds in found["readers"].items() for kind, one in kinds.items()]  # fmt: skip
    output.table(f"{found['sentences']} sentences, {found['folds']} folds",
                 ("reader", "kind", "precision", "recall", "F1", "n"), rows)  # fmt: skip


def salary(
    soc: Annotated[str, typer.Option(help="43-1011, 43-4051, 11-1021, 11-3131 or 11-9199.")] = "43-1011",
    area: Annotated[str, typer.Option(help='A city, state or "United States".')] = "United States",
    low: Annotated[Optional[float], typer.Option("--min", help="Lowest pay of a range to be placed.")] = None,
    high: Annotated[Optional[float], typer.Option("--max", help="Highest pay of it.")] = None,
    unit: Annotated[str, typer.Option(help="year, month, week, day or hour.")] = "year",
    json_: Json = False,
) -> None:
    """What an occupation pays in an area, by the survey that comes with the product, and where a range lies in it."""
    from maitred.base import clock
    from maitred.base.errors import UsageError
    from maitred.desks.hiring.postings import salary as wages
    from maitred.insight.wages.placing import PER_YEAR

    if unit not in PER_YEAR:
        raise UsageError(f"--unit {unit} is no unit of time", f"take one of {', '.join(PER_YEAR)}")
    found = wages.told(wages.insight(soc, area, low, high, unit, clock.now().date()))
    if json_:
        output.document(found)
        return
    names = ("p10", "p25", "p50", "p75", "p90", "employment")
    rows = [(one["soc"], one["area"]["name"], *(_amount(one, name) for name in names))
            for one in (*found["areas"], *found["beside"])]  # fmt: skip
    output.table(f"{found['title']}, US dollars a year, {found['release']}", ("soc", "area", *names), rows, names)
    output.line(f"{found['soc']}: {found['doubt']}")
    if found["range"]:
        output.line(f"the range lies {found['range']['sentence']}")
    for notice in found["notices"]:
        output.notice(notice)


@interview.command("kit")
def kit(
    role: Annotated[str, typer.Argument(help="support.manager, support-lead, quality.analyst ...")],
    json_: Json = False,
) -> None:
    """The interview kit of a role: competencies, questions, and what answers worth 1, 3 and 5 look like."""
    from maitred.desks.hiring.posting import kits

    found = kits.told(kits.kit_of(role))
    if json_:
        output.document(found)
        return
    for one in found["competencies"]:
        seen = f" (reviews look for {', '.join(one['behaviours'])})" if one["behaviours"] else ""
        output.line(f"{one['title']}{seen}")
        for question in one["questions"]:
            output.line(f"  ? {question}")
        for score, text in one["scale"].items():
            output.line(f"  {score} {text}")
    for rule in found["rules"]:
        output.line(f"- {rule}")


def _amount(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if value is None:
        return ""
    return f"{'≥ ' if name in row['at_least'] else ''}{value:,}"


def _findings(found: list[dict[str, str]]) -> None:
    if not found:
        output.line("checks found nothing")
        return
    output.table("what checks found", ("id", "level", "where", "message"),
                 [(one["id"], one["level"], one["where"], one["message"]) for one in found])  # fmt: skip


def _organization() -> str:
    """The name of the workspace's organisation; empty where there is no workspace."""
    from maitred.base.errors import MaitredError
    from maitred.surfaces.cli import operating

    if not (operating.home() / "maitred.json").is_file():
        return ""
    try:
        operating.start()
    except MaitredError:
        return ""
    from maitred.people.tree import root

    found = root()
    return found.name if found is not None else ""
