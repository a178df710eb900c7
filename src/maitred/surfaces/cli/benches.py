"""``maitred bench``: runs a speed claim's script beside the checkout and shows its figures with their goals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from maitred.base.errors import MaitredError, UsageError
from maitred.surfaces.cli import output

SCRIPTS = {
    "clocks": "clocks.py",
    "publish": "publish.py",
    "metrics": "metrics.py",
    "import": "imports.py",
    "startup": "startup.py",
    "audit": "audit.py",
    "pages": "pages.py",
    "floor": "floor.py",
    "today": "today.py",
    "hiring": "hiring.py",
    "text": "text.py",
}


def run(name: str, size: int | None, json_: bool) -> None:
    """Measure and print.

    Parameters
    ----------
    name
        One of ``SCRIPTS``.
    size
        Tickets (``floor``: weeks, ``today``: organisations, ``text``: messages); the script's own size by default.

    Raises
    ------
    UsageError
        No benchmark has this name, or the size is no number of tickets.
    MaitredError
        It could not run; a missed goal is an answer, not a failure.
    """
    if name not in SCRIPTS:
        raise UsageError(f"there is no benchmark {name!r}", f"use {', '.join(SCRIPTS)}")
    if size is not None and size < 1:
        raise UsageError(f"--size {size} is no number of tickets", "give 1 or more")
    document = measured(_folder() / SCRIPTS[name], size)
    if json_:
        output.document(document)
    else:
        _show(document)


def _folder() -> Path:
    """The scripts stand beside the package in a checkout; an installed wheel does not carry them."""
    import maitred

    found = Path(maitred.__file__).resolve().parents[2] / "benchmarks"
    if not (found / "measuring.py").is_file():
        raise MaitredError("the benchmarks are not part of an installed package", "run this in a checkout")
    return found


def measured(script: Path, size: int | None) -> dict[str, Any]:
    """The document that a script prints; what it has to say besides goes straight to standard error."""
    words = [sys.executable, str(script), *([] if size is None else ["--size", str(size)])]
    package = str(script.parents[1] / "src")
    path = os.pathsep.join(part for part in (package, os.environ.get("PYTHONPATH")) if part)
    done = subprocess.run(  # noqa: S603 - our own script with a number
        words, stdout=subprocess.PIPE, check=False, env={**os.environ, "PYTHONPATH": path}
    )
    if done.returncode:
        raise MaitredError(f"the benchmark {script.stem} could not run", "the lines above say why")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _show(document: dict[str, Any]) -> None:
    machine = document["machine"]
    rows = []
    for figure in document["figures"]:
        holds = figure["holds"]
        rows.append(
            (
                figure["what"],
                _number(figure["value"]),
                figure["unit"],
                figure["peer"],
                _number(figure["peer_value"]),
                _number(figure["ratio"]),
                figure["goal"],
                None if holds is None else ("holds" if holds else "MISSED"),
            )
        )
    names = ("figure", "value", "unit", "peer", "peer's", "ratio", "goal", "verdict")
    output.table(f"bench {document['name']}", names, rows, right=("value", "peer's", "ratio"))
    numbers = ("repeats", "median", "min", "max", "cpu_median")
    spread = [
        (what, *(_number(found.get(name)) for name in numbers), found["unit"])
        for what, found in document["spread"].items()
    ]
    output.table("spread", ("of", *numbers, "unit"), spread, right=numbers)
    output.line(
        f"{machine['cores']} cores of {machine['processor'] or machine['system']}, {machine['memory_gib']} GiB, "
        f"Python {machine['python']}; load {machine['load_before']} before, {machine['load_after']} after"
    )


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:,}"
