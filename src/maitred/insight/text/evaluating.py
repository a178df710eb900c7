"""``maitred text eval``: one capability run on lines of JSON, for whoever wants to measure it on texts of their own.

Nothing of a workspace is read or written but installed models. The same input, seed and model id give the same bytes.
A task is a module with ``evaluate(run) -> Iterator of answers``, named in ``TASKS``; answers are in the order of the
lines that they answer.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, cast

from maitred import __version__
from maitred.base.errors import BadInput, UsageError
from maitred.insight.text.encoders import Encoder, encoder

Answer = Mapping[str, Any]
TASKS: dict[str, str] = {
    "dissatisfaction": "maitred.insight.text.dissatisfaction",
    "fewshot": "maitred.insight.text.fewshot",
    "openset": "maitred.insight.text.openset",
    "language": "maitred.insight.text.language",
    "pii": "maitred.insight.text.personal",
    "reasons": "maitred.insight.text.reasons",
    "sentiment": "maitred.insight.text.sentiment",
    "search": "maitred.insight.text.search",
}
"""Task by its name: the module that has ``evaluate``."""
_LONE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input, with its number from 1."""

    number: int
    values: Mapping[str, Any]
    file: str = "input"

    def text(self, name: str = "text") -> str:
        """A text that has to be there; half characters that no text can hold are replaced one by one."""
        found = self.values.get(name)
        if not isinstance(found, str):
            self.refuse(f"{name} has to be a text")
        return _LONE.sub("�", found)

    def optional(self, name: str) -> str | None:
        """A text, or none."""
        return None if self.values.get(name) is None else self.text(name)

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """A text that is one of some."""
        found = self.text(name)
        if found not in allowed:
            self.refuse(f"{name} is {found!r} and has to be one of {', '.join(allowed)}")
        return found

    def whole(self, name: str) -> int:
        """A whole number."""
        found = self.values.get(name)
        if not isinstance(found, int) or isinstance(found, bool):
            self.refuse(f"{name} has to be a whole number")
        return found

    def number_of(self, name: str) -> float:
        """A number."""
        found = self.values.get(name)
        if not isinstance(found, int | float) or isinstance(found, bool):
            self.refuse(f"{name} has to be a number")
        return float(found)

    def refuse(self, what: str) -> NoReturn:
        """Stop the run at this line."""
        raise BadInput(f"{self.file}, line {self.number}: {what}", "mend the line and run it again")


@dataclass(slots=True)
class Run:
    """What a task works on.

    Attributes
    ----------
    lines
        The input without its config line.
    config
        Options of the first line.
    encoder
        The tier that was asked for.
    seed
        Seed of every draw.
    """

    lines: Sequence[Line]
    config: Mapping[str, Any]
    encoder: Encoder
    seed: int
    fit_seconds: float = field(default=0.0)

    @contextmanager
    def fitting(self) -> Iterator[None]:
        """Count the time of learning apart from that of answering."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.fit_seconds += time.perf_counter() - began


def evaluate(task: str, source: Path, target: Path, choice: str, seed: int, models: Path) -> dict[str, Any]:
    """Run one task from file to file and say how it went.

    Parameters
    ----------
    task
        One of ``TASKS``.
    source, target
        JSON Lines in UTF-8; the target is written whole or not at all.
    choice, models
        The encoder's tier and the folder of installed models.
    seed
        Seed of every draw.

    Raises
    ------
    UsageError
        There is no such task or encoder.
    BadInput
        A line cannot be used; its number is named.
    """
    if task not in TASKS:
        raise UsageError(f"there is no task {task}", f"use one of {', '.join(sorted(TASKS))}")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    config, lines = _read(source)
    run = Run(lines, config, encoder(choice, models), seed)
    answering: Callable[[Run], Iterator[Answer]] = import_module(TASKS[task]).evaluate
    began = time.perf_counter()
    with _one_thread():
        written = _write(target, answering(run))
    took = time.perf_counter() - began
    return {
        "task": task, "encoder": run.encoder.tier, "model_id": run.encoder.model_id, "seed": seed,
        "n_in": len(lines), "n_out": written, "fit_seconds": round(run.fit_seconds, 3),
        "run_seconds": round(max(took - run.fit_seconds, 0.0), 3), "peak_rss_mb": _peak(), "version": __version__,
    }  # fmt: skip


def _one_thread() -> AbstractContextManager[Any]:
    """Sums are rounded in the same order on every machine, however many cores it has."""
    import scipy.linalg  # noqa: F401  # its library has to be there before it can be limited
    from threadpoolctl import threadpool_limits

    return cast("AbstractContextManager[Any]", threadpool_limits(1))


def _read(source: Path) -> tuple[Mapping[str, Any], list[Line]]:
    config: Mapping[str, Any] = {}
    lines: list[Line] = []
    with source.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            values = _values(raw, number, source.name)
            if values is None:
                continue
            if number == 1 and {*values} == {"config"}:
                if not isinstance(values["config"], dict):
                    Line(1, values, source.name).refuse("config has to be an object")
                config = values["config"]
                continue
            lines.append(Line(number, values, source.name))
    return config, lines


def _values(raw: bytes, number: int, file: str) -> dict[str, Any] | None:
    if not raw.strip():
        return None
    refused = Line(number, {}, file).refuse
    try:
        found = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        refused("this is not UTF-8")
    except (ValueError, RecursionError):
        refused("this is not JSON")
    if not isinstance(found, dict):
        refused("a line has to be an object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _write(target: Path, answers: Iterator[Answer]) -> int:
    """Answers as lines, beside the target first: a run that stops leaves no half of them."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    written = 0
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            for one in answers:
                stream.write(json.dumps(one, ensure_ascii=False, allow_nan=False) + "\n")
                written += 1
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return written


def _peak() -> float:
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)
