"""``maitred hiring parse``: what a search would understand of a sentence, as chips; no workspace is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import output

if TYPE_CHECKING:
    from maitred.insight.ranking.chips import Reading

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
LONGEST_LINE = 100_000
"""Characters of the longest line of a file of queries that is looked at."""


def attach(group: typer.Typer) -> None:
    """Add the command to the group of the hiring desk."""
    group.command("parse")(parse)


def parse(
    query: Annotated[Optional[str], typer.Argument(help="A sentence about the person you look for.")] = None,
    queries: Annotated[
        Optional[Path], typer.Option("--queries", help="JSON Lines with id and text, to read many at once.")
    ] = None,
    out: Annotated[Optional[Path], typer.Option("--out", help="Where the readings of --queries go.")] = None,
    json_: Json = False,
) -> None:
    """Show the chips that a search query is read into, with what was blocked and what was not understood."""
    from maitred.base.errors import UsageError
    from maitred.insight.ranking.chips import read

    if (query is None) == (queries is None):
        raise UsageError("give one query, or a file of them", 'maitred hiring parse "support manager in Austin" --json')
    if queries is None:
        reading = read(str(query))
        if json_:
            output.document(reading.told())
        else:
            _show(reading)
        return
    if out is None:
        raise UsageError("--queries needs --out", "name the file that the readings go to: --out R.jsonl")
    told = _many(queries, out)
    if json_:
        output.document(told)
    else:
        output.line(f"{told['read']} queries read, {told['refused']} refused; the readings are in {out}")


def _many(queries: Path, out: Path) -> dict[str, Any]:
    """Read every line of a file; a line that cannot be read gets its reason instead of a reading."""
    from maitred.base.errors import BadInput

    read_, refused = 0, 0
    try:
        with queries.open(encoding="utf-8", errors="replace") as lines, out.open("w", encoding="utf-8") as to:
            for told in _answers(lines):
                refused += "error" in told
                read_ += "error" not in told
                to.write(json.dumps(told, ensure_ascii=False) + "\n")
    except OSError as error:
        raise BadInput(f"{error.filename} cannot be opened", str(error.strerror)) from error
    return {"read": read_, "refused": refused}


def _answers(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    from maitred.base.errors import BadInput
    from maitred.insight.ranking.chips import read

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        id_: Any = None
        try:
            asked = _asked(line, number)
            id_ = asked["id"]
            yield {"id": id_, **read(asked["text"]).told()}
        except BadInput as error:
            yield {"id": id_, "error": output.problem(error), "line": number}


def _asked(line: str, number: int) -> dict[str, Any]:
    from maitred.base.errors import BadInput

    try:
        asked = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict) or "id" not in asked or not isinstance(asked.get("text"), str):
        raise BadInput(
            f"line {number} is no query", 'one object a line: {"id": "q1", "text": "support manager in Austin"}'
        )
    return asked


def _show(reading: Reading) -> None:
    rows = [
        (chip.slot, _value(chip.value), reading.query[chip.start : chip.end], _how(chip.told()), chip.warning)
        for chip in reading.chips
    ]
    output.table("What the query asks for", ("slot", "value", "words", "how", "note"), rows)
    for blocked in reading.blocked:
        output.line(f'left out: "{blocked.text}" {blocked.reason}')
    if reading.not_understood:
        output.line("not understood: " + ", ".join(reading.not_understood))


def _value(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    named = value.get("label") or value.get("name") or value.get("id")
    within = ", ".join(
        str(value[key]) for key in ("admin1", "country") if value.get(key) and value.get("kind") == "city"
    )
    radius = f" ({value['radius_km']} km)" if "radius_km" in value else ""
    return f"{named}{', ' + within if within else ''}{radius}"


def _how(told: dict[str, Any]) -> str:
    said = [word for word in ("must", "not") if told[word]]
    said += [f"one of group {told['any_of']}"] if told["any_of"] is not None else []
    said += [f"{part} assumed" for part in told["assumed"]]
    return ", ".join(said)
