"""``maitred hiring profiles``: people from files, invented ones for demonstrations, what is read of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Annotated, Any, Optional

import typer

from maitred.surfaces.cli import operating, output

group = typer.Typer(help="Profiles of people: import, what is read of them, export, erasure.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Source = Annotated[Optional[str], typer.Option(help="Where several sources have that id.")]
Day = Annotated[Optional[str], typer.Option("--as-of", help="The day to which open jobs count, where none is told.")]
Shown = Annotated[bool, typer.Option("--progress", help="Show how far it is, also without a terminal.")]


def attach(to: typer.Typer) -> None:
    """Add the commands to the group."""
    to.add_typer(group, name="profiles")


@group.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A .jsonl, .json, .csv, .txt or .pdf file, each also .gz; or a folder.")],
    source: Annotated[str, typer.Option(help="Where the profiles are from.")],
    basis: Annotated[str, typer.Option(help="applicant, talent_pool, referral, employee, licensed or synthetic.")],
    as_of: Day = None,
    wait: Annotated[int, typer.Option(help="Seconds to wait for another writer.")] = 60,
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Bring profiles into the vault and make them searchable; the same file again changes nothing."""
    operating.start()
    from maitred.desks.hiring.profiles.importing import import_profiles

    with output.progress(progress) as tell:
        told = import_profiles(
            operating.actor(),
            path,
            source=source,
            basis=basis,
            as_of=_day(as_of),
            wait=wait,
            tell=lambda amount: tell("profiles read", amount),
        )
    if json_:
        output.document(told.as_json())
        return
    output.line(
        f"{told.read:,} read: {told.added:,} added, {told.changed:,} changed, {told.unchanged:,} unchanged, "
        f"{told.refused_count:,} refused, in {told.seconds:.1f} s"
    )
    if told.refused:
        rows = [(one.get("file", ""), one["line"], one["why"]) for one in told.refused[:50]]
        output.table("refused", ("file", "line", "why"), rows, right=("line",))


@group.command("generate")
def generate(
    n: Annotated[int, typer.Option("--n", min=1, help="How many people.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same people.")],
    to: Annotated[Optional[Path], typer.Option("--to", help="FILE.jsonl or FILE.jsonl.gz; else the vault.")] = None,
    json_: Json = False,
    progress: Shown = False,
) -> None:
    """Make people who do not exist, for demonstrations and tests; everything about them is marked as synthetic."""
    import tempfile
    import time

    begun = time.monotonic()
    if to is not None:
        with output.progress(progress) as tell:
            _write(to, n, seed, tell)
        told: dict[str, Any] = {"file": str(to), "profiles": n}
    else:
        operating.start()
        from maitred.desks.hiring.profiles.importing import import_profiles

        with tempfile.TemporaryDirectory() as folder, output.progress(progress) as tell:
            file = Path(folder) / "people.jsonl"
            _write(file, n, seed, tell)
            done = import_profiles(operating.actor(), file, source=f"generated:{seed}", basis="synthetic")
        told = {"profiles": n, "import": done.as_json()}
    told |= {"seed": seed, "basis": "synthetic", "seconds": round(time.monotonic() - begun, 3)}
    if json_:
        output.document(told)
    else:
        output.line(f"{n:,} synthetic people in {to or 'the vault'}, in {told['seconds']:.1f} s")


@group.command("extract")
def extract(
    in_: Annotated[Path, typer.Option("--in", help="A file or folder as `import` takes it.")],
    out: Annotated[Path, typer.Option("--out", help="FILE.jsonl: one line for each profile.")],
    as_of: Day = None,
    json_: Json = False,
) -> None:
    """Write what would be read of each profile, with its evidence; nothing is kept. The same code as `import`."""
    from maitred.base import clock
    from maitred.insight.ranking.profiles import Refused, read
    from maitred.insight.ranking.profiles.telling import line

    day = _day(as_of) or clock.now().date()
    refused, written = [], 0
    with _opened(out) as file:
        for one in read(in_):
            if isinstance(one, Refused):
                refused.append(one.as_json())
                continue
            file.write(json.dumps(line(one.id, one.document, day), ensure_ascii=False) + "\n")
            written += 1
    if json_:
        output.document({"read": written + len(refused), "written": written, "refused": refused})
    else:
        output.line(f"{written:,} profiles in {out}, {len(refused):,} lines refused")


@group.command("show")
def show(name: Annotated[str, typer.Argument(metavar="ID")], source: Source = None, json_: Json = False) -> None:
    """Show one profile: its source and clocks, what search reads of it, and the words each was read from."""
    told = _asked("hiring.show_profile", name, source)
    if json_:
        output.document(told)
        return
    plain = {key: value for key, value in told.items() if not isinstance(value, (list, dict))}
    output.table(f"profile {name}", ("field", "value"), [*plain.items(), *told["read_as"].items()])
    rows = [(one["about"], one["text"], one["field"], one["dated"]) for one in told["evidence"]]
    output.table("read from", ("what", "words", "field", "with dates"), rows)


@group.command("export")
def export(
    name: Annotated[str, typer.Argument(metavar="ID")],
    to: Annotated[Optional[Path], typer.Option("--to", help="FILE.json; standard output without it.")] = None,
    source: Source = None,
    json_: Json = False,
) -> None:
    """Export everything that is held of one person, as JSON."""
    told = _asked("hiring.export_profile", name, source)
    if to is None:
        output.document(told)
        return
    to.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    output.document({"file": str(to)}) if json_ else output.line(f"profile {name} in {to}")


@group.command("erase")
def erase(
    name: Annotated[str, typer.Argument(metavar="ID")],
    reason: Annotated[str, typer.Option(help="Why, in a few words without names.")] = "erased at the person's request",
    source: Source = None,
    json_: Json = False,
) -> None:
    """Erase one person: it returns when no byte of them is left, with a receipt."""
    told = _asked("hiring.erase_profile", name, source, reason=reason)
    if json_:
        output.document(told)
    else:
        output.line(f"{name} is erased ({told['seconds']} s); {told['backups']}")


def _asked(verb: str, name: str, source: str | None, **more: Any) -> Any:
    operating.start()
    from maitred.kit.verbs import run
    from maitred.kit.verbs.results import plain

    given = {"profile": name, **({"source": source} if source else {}), **more}
    return plain(run(verb, operating.actor(), given))


def _write(path: Path, n: int, seed: int, tell: Any) -> None:
    from maitred.insight.ranking.profiles.planting import people

    with _opened(path) as file:
        for number, one in enumerate(people(n, seed), start=1):
            file.write(json.dumps(one.document, ensure_ascii=False, separators=(",", ":")) + "\n")
            if number % 10_000 == 0:
                tell("people made", 10_000)


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """A file to write, packed where its name says so; it has its name only when it is whole."""
    import gzip

    from maitred.base.errors import UsageError

    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", "make it, or choose another place")
    beside = path.with_name(f".{path.name}.part")
    packed = path.name.endswith(".gz")
    with (
        gzip.open(beside, "wt", compresslevel=1, encoding="utf-8")
        if packed
        else beside.open("w", encoding="utf-8") as file
    ):
        yield file  # type: ignore[misc]
    beside.replace(path)


def _day(text: str | None) -> date | None:
    from maitred.base.errors import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text} is no day", "write for instance 2026-05-31") from error
