"""``maitred floor run``: a simulated organisation as files, as a helpdesk would export them or as canonical tables.

The truth behind the files (who is fast, what was planted, what everybody felt) goes into ``truth/`` inside the folder,
which no import looks into.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maitred.base.errors import MaitredError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from maitred.floor.run import Run
    from maitred.floor.world import World

FORMS = ("canonical", "zendesk", "freshdesk", "salesforce")
TRUTH = "truth"
Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which world is to be simulated: a file's, else a demonstration's; None leaves a thing as the world has it."""

    world: Path | None
    demo: str | None
    days: int | None
    seed: int | None
    plants: tuple[Path, ...]


def world_of(asked: Asked) -> World:
    """The world that was asked for, with what is to be planted in it.

    Raises
    ------
    UsageError
        A file and a demonstration were named at once, or the size or the number of days is none.
    InvalidWorld
        A field of a file is unknown or impossible.
    """
    from maitred.floor.demo import SIZES
    from maitred.floor.world import World

    if asked.world is not None and asked.demo is not None:
        raise UsageError("--world and --demo were given at once", "give one of them")
    if asked.demo is not None and asked.demo not in SIZES:
        raise UsageError(f"there is no size {asked.demo}", f"choose one of {', '.join(SIZES)}")
    if asked.days is not None and asked.days < 1:
        raise UsageError(f"--days {asked.days} is no number of days", "give 1 or more")
    if asked.world is None:
        world = World.demo(asked.demo or "small", 1 if asked.seed is None else asked.seed, days=asked.days)
    else:
        world = World.from_toml(asked.world)
        world = replace(
            world,
            days=world.days if asked.days is None else asked.days,
            seed=world.seed if asked.seed is None else asked.seed,
        )
    for path in asked.plants:
        world = world.plant(*_plants(path))
    return world


def _plants(path: Path) -> tuple[Any, ...]:
    from maitred.floor.worldfile import plants

    found: tuple[Any, ...] = plants(path)
    return found


def write(world: World, form: str, folder: Path, *, texts: bool, tell: Tell) -> dict[str, Any]:
    """Simulate a world and write it; what stands in the folder is whole or not there.

    Returns
    -------
    dict
        ``{world, hash, seed, engine, as, folder, files: [{file, rows}], tickets, as_of, truth}``.

    Raises
    ------
    UsageError
        There is no such form.
    MaitredError
        The folder holds something.
    """
    if form not in FORMS:
        raise UsageError(f"there is no form {form}", f"choose one of {', '.join(FORMS)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MaitredError(f"{folder} is not an empty folder", "name a new one")
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        document = _written(world, form, beside, texts, tell)
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return {**document, "folder": str(folder), "truth": str(folder / TRUTH)}


def _written(world: World, form: str, folder: Path, texts: bool, tell: Tell) -> dict[str, Any]:
    from maitred.floor import records
    from maitred.floor.run import ENGINE

    tell("simulated tickets", 0)
    happened = world.run(texts=texts)
    tell("simulated tickets", len(happened.tickets))
    counts = _tables(happened, folder, tell) if form == "canonical" else _files(happened, form, folder)
    tell("written rows", sum(counts.values()) if form != "canonical" else 0)
    truth(happened, folder / TRUTH)
    return {
        "world": world.name,
        "hash": world.hash(),
        "seed": world.seed,
        "days": world.days,
        "engine": ENGINE,
        "as": form,
        "files": [{"file": name, "rows": rows} for name, rows in counts.items()],
        "tickets": counts.get("tickets", counts.get("Case", 0)),
        "as_of": records.settings(happened)["as_of"],
    }


def _files(happened: Run, form: str, folder: Path) -> dict[str, int]:
    counts: dict[str, int] = import_module(f"maitred.floor.shapes.{form}").write(happened, folder).counts
    return counts


def _tables(happened: Run, folder: Path, tell: Tell) -> dict[str, int]:
    from maitred.floor import records
    from maitred.floor.shapes.written import companion

    counts = write_tables(batches_of(happened), folder, tell)
    known = records.settings(happened)
    companion(folder, known["as_of"], known["bots"])
    return counts


def batches_of(happened: Run) -> Iterable[Mapping[str, pa.Table]]:
    """The canonical tables of a run: in bounded memory, or whole where faults of data are laid over them."""
    from maitred.floor import records

    if any(hasattr(plant, "tabled") for plant in happened.world.plants):
        return [happened.tables]
    return records.batches(happened)


def write_tables(batches: Iterable[Mapping[str, pa.Table]], folder: Path, tell: Tell) -> dict[str, int]:
    """Canonical tables as Parquet files without the columns that a load fills in; returns rows by table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from maitred.connectors.columns import decoded_schema
    from maitred.connectors.files.canonical import ORDER

    counts: dict[str, int] = {}
    files: dict[str, Any] = {}
    with ExitStack() as stack:
        for batch in batches:
            for name in (one for one in ORDER if one in batch and batch[one].num_rows):
                fields = [field for field in decoded_schema(name) if field.name in batch[name].schema.names]
                rows = batch[name].select([field.name for field in fields]).cast(pa.schema(fields))
                if name not in files:
                    made = pq.ParquetWriter(folder / f"{name}.parquet", rows.schema, compression="zstd")
                    files[name] = stack.enter_context(made)
                files[name].write_table(rows)
                counts[name] = counts.get(name, 0) + rows.num_rows
                tell("written rows", rows.num_rows)
    return counts


def truth(happened: Run, folder: Path) -> None:
    """What no helpdesk knows: ``truth.json`` and ``truth_tickets.parquet``."""
    from maitred.floor.truth import write as told

    folder.mkdir(exist_ok=True)
    told(happened, folder)
