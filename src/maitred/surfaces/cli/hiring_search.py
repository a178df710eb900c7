"""``maitred hiring search`` and ``why-not``: people for a job with the reason of every place in the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import operating, output

if TYPE_CHECKING:
    from datetime import date

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Must = Annotated[Optional[list[str]], typer.Option("--must", help="A slot whose chips are musts, such as tool.")]
Day = Annotated[Optional[str], typer.Option("--as-of", help="The day on which people may be found; else today.")]
Engine = Annotated[str, typer.Option("--engine", help="embedded, sql, spark=local or spark=sc://HOST:PORT.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=100, help="How many people are shown.")]


def attach(group: typer.Typer) -> None:
    """Add the commands to the group of the hiring desk."""
    group.command("search")(search)
    group.command("why-not")(why_not)


def search(
    query: Annotated[Optional[str], typer.Argument(help="A sentence about the person you look for.")] = None,
    limit: Limit = 10,
    engine: Engine = "embedded",
    must: Must = None,
    as_of: Day = None,
    queries: Annotated[
        Optional[Path], typer.Option("--queries", help="JSON Lines with id and text, to search many at once.")
    ] = None,
    out: Annotated[Optional[Path], typer.Option("--out", help="Where the results of --queries go.")] = None,
    json_: Json = False,
) -> None:
    """Find people and rank them by reasons that anyone can read; every search is written into the log."""
    from maitred.base.errors import UsageError

    if (query is None) == (queries is None):
        raise UsageError("give one query, or a file of them", 'maitred hiring search "support manager in Austin"')
    if queries is not None and out is None:
        raise UsageError("--queries needs --out", "name the file that the results go to: --out R.jsonl")
    day = _day(as_of)
    operating.start()
    if queries is not None and out is not None:
        told = _many(queries, out, limit, engine, tuple(must or ()), day)
        if json_:
            output.document(told)
        else:
            output.line(f"{told['searched']} searches, {told['refused']} refused; the results are in {out}")
        return
    found = next(_searched([("", str(query))], limit, engine, tuple(must or ()), day))[1]
    if isinstance(found, Exception):
        raise found
    if json_:
        output.document(found)
    else:
        _show(found)


def why_not(
    profile: Annotated[str, typer.Argument(help="The id of the profile, as its source gave it.")],
    search_id: Annotated[str, typer.Argument(metavar="SEARCH", help="The id of the search: s_…")],
    json_: Json = False,
) -> None:
    """Say what keeps somebody from the page of a search, and the smallest change that would lift them onto it."""
    operating.start()
    from maitred.kit.verbs import run
    from maitred.kit.verbs.results import plain

    told = plain(run("hiring.why_not", operating.actor(), {"profile": profile, "search": search_id}))
    if json_:
        output.document(told)
        return
    output.line(f"{told['profile_id']} in {told['search_id']}: {told['state'].replace('_', ' ')}"
                + (f", place {told['rank']}" if told["rank"] else ""))  # fmt: skip
    if told["result"]:
        _terms(told["result"])
    for one in told["smallest_change"] or ():
        more = f", {one['months']} months more" if one["months"] else ""
        output.line(f"would be on the page with {one['feature']} {one['from_value']} → {one['to_value']}{more}")


def _day(text: str | None) -> date | None:
    from datetime import date

    from maitred.base.errors import UsageError

    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text} is no day", "write it as 2026-05-31") from error


def _many(path: Path, out: Path, limit: int, engine: str, musts: tuple[str, ...], day: date | None) -> dict[str, Any]:
    """Search every line of a file in one process; a refused one gets its reason in the place of a result."""
    told = {"searched": 0, "refused": 0}
    beside = out.with_name(f".{out.name}.part")
    with beside.open("w", encoding="utf-8") as lines:
        for name, found in _searched(_lines(path), limit, engine, musts, day):
            if isinstance(found, Exception):
                told["refused"] += 1
                found = {"error": output.problem(found)}  # type: ignore[arg-type]
            else:
                told["searched"] += 1
            lines.write(json.dumps({"id": name, **found}, ensure_ascii=False) + "\n")
    beside.replace(out)
    return told


def _lines(path: Path) -> Iterator[tuple[Any, str]]:
    from maitred.base.errors import BadInput

    try:
        rows = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read", "give a file of JSON Lines with id and text") from error
    for number, line in enumerate(rows, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row.get("id", number), str(row["text"])
        except (ValueError, KeyError, AttributeError) as error:
            raise BadInput(f"line {number} of {path.name} is no query", 'write {"id": "q1", "text": "…"}') from error


def _searched(
    wanted: Any, limit: int, engine: str, musts: tuple[str, ...], day: date | None
) -> Iterator[tuple[Any, Any]]:
    """Results as JSON, or the refusal, one query after another on one engine."""
    from maitred.base import clock
    from maitred.base.errors import MaitredError, UsageError
    from maitred.desks.hiring.searching import engines, running, showing
    from maitred.desks.hiring.searching.made import Wish
    from maitred.desks.hiring.verbs.searching import kept
    from maitred.kit.audit.deeds import deed
    from maitred.kit.verbs.results import plain

    actor = operating.actor()
    with engines.finder(engine) as finder:
        finder.warm()
        for name, text in wanted:
            try:
                wish = Wish(text.strip(), limit, day or clock.now().date(), musts=musts)
                looked = running.look(actor, finder, wish)
                with deed(actor, "hiring.search"):
                    code = kept(actor, looked).code
                yield name, plain(showing.search(looked, code))
            except UsageError:
                raise
            except MaitredError as error:
                yield name, error


def _show(found: dict[str, Any]) -> None:
    for one in found["checks"]:
        output.notice(f"{one['id']}: {one['message']}")
    for one in found["blocked"]:
        output.notice(f"{one['text']!r} was taken out: {one['reason']}")
    for one in found["not_understood"]:
        output.notice(f"not understood: {one}")
    for one in found["removed_by_must"]:
        output.line(f"{_chip(found['chips'][one['chip']])} removes {one['share']:.0%}")
    rows = [(one["rank"], one["profile_id"], one["score"], one["max_score"], _reasons(one), ", ".join(one["missing"]))
            for one in found["results"]]  # fmt: skip
    title = f"{len(rows)} of {found['considered']:,} looked at, in {found['ms']} ms ({found['search_id']})"
    right = ("rank", "score", "of")
    output.table(title, ("rank", "profile", "score", "of", "why", "missing"), rows, right=right)
    if found["cannot_tell"]:
        cannot = [(one["profile_id"], one["score"], ", ".join(one["unknown"])) for one in found["cannot_tell"]]
        output.table("cannot tell", ("profile", "score", "what it does not say"), cannot, right=("score",))
    if found["synthetic"]:
        output.notice("these people are invented")


def _reasons(one: dict[str, Any]) -> str:
    said = []
    for term in one["terms"]:
        words = f" “{term['evidence'][0]['text']}”" if term["evidence"] else ""
        said.append(f"{term['feature']} {term['points']}{words}")
    return "; ".join(said)


def _terms(result: dict[str, Any]) -> None:
    rows = [(one["feature"], one["value"], one["weight"], one["points"], one["state"],
             "; ".join(quote["text"] for quote in one["evidence"])) for one in result["terms"]]  # fmt: skip
    right = ("value", "weight", "points")
    output.table(
        f"score {result['score']} of {result['max_score']}",
        ("feature", "value", "weight", "points", "state", "words of the profile"), rows, right=right,
    )  # fmt: skip


def _chip(chip: dict[str, Any]) -> str:
    value = chip["value"]
    if isinstance(value, dict):
        value = value.get("label") or value.get("name") or value.get("id")
    return f"{chip['slot']} {value}"
