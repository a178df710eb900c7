"""What every benchmark shares: repeats with their spread, peak memory, the workspace of a size, and the one document.

A benchmark is a script with ``figures(size) -> Sheet``. It prints its document on standard output and what a reader
should know besides (columns a peer lacks, profiles) on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SOURCE = "fivetran-zendesk"
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of all repeats; ``cpu`` those that the process spent computing, which a busy machine changes less."""

    values: tuple[float, ...]
    cpu: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def p95(self) -> float:
        """The smallest value that at least 95 % of the repeats do not exceed."""
        return sorted(self.values)[max(0, -(-95 * len(self.values) // 100) - 1)]

    def as_json(self, unit: str = "s") -> dict[str, Any]:
        """``{repeats, median, min, max, unit}``, and ``cpu_median`` where it was taken."""
        low, high = min(self.values), max(self.values)
        return {
            "repeats": len(self.values),
            "median": _short(self.median),
            "min": _short(low),
            "max": _short(high),
            "unit": unit,
            **({"cpu_median": _short(statistics.median(self.cpu))} if self.cpu else {}),
        }


@dataclass(slots=True)
class Sheet:
    """The figures of one benchmark."""

    name: str
    figures: list[dict[str, Any]] = field(default_factory=list)
    spread: dict[str, dict[str, Any]] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=lambda: machine())

    def add(
        self,
        what: str,
        value: float,
        unit: str,
        *,
        goal: str | None = None,
        peer: str | None = None,
        peer_value: float | None = None,
        ratio: float | None = None,
        of_ratio: bool = False,
    ) -> bool | None:
        """Note a figure; ``goal`` (``<= 5``, ``>= 2000000``) is about the value, or the ratio if ``of_ratio``.

        Returns whether the goal holds (None without one).
        """
        judged = ratio if of_ratio else value
        holds = None if goal is None or judged is None else meets(judged, goal)
        self.figures.append(
            {
                "what": what,
                "value": _short(value),
                "unit": unit,
                "peer": peer,
                "peer_value": None if peer_value is None else _short(peer_value),
                "ratio": None if ratio is None else _short(ratio),
                "goal": None if goal is None else (f"ratio {goal}" if of_ratio else goal),
                "holds": holds,
            }
        )
        return holds

    def as_json(self) -> dict[str, Any]:
        """The document of ``maitred bench NAME --json``."""
        self.machine["load_after"] = _short(os.getloadavg()[0])
        return {"name": self.name, "machine": self.machine, "figures": self.figures, "spread": self.spread}


def meets(value: float, goal: str) -> bool:
    """Whether a value meets ``<= x`` or ``>= x``."""
    sign, number = goal.split()
    return value <= float(number) if sign == "<=" else value >= float(number)


def machine() -> dict[str, Any]:
    """Where a figure was measured, with the load before it began."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _line("/proc/cpuinfo", r"model name\s*:\s*(.*)"),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(int(_line("/proc/meminfo", r"MemTotal:\s*(\d+)") or 0) / 2**20, 1),
        "python": platform.python_version(),
        "load_before": _short(os.getloadavg()[0]),
    }


def _line(path: str, pattern: str) -> str | None:
    try:
        found = re.search(pattern, Path(path).read_text())
    except OSError:
        return None
    return found.group(1) if found else None


def _short(value: float) -> float:
    """Four significant digits are more than a shared machine can tell apart; whole numbers stay whole."""
    if float(value).is_integer() or abs(value) >= 1000:
        return round(value)
    return float(f"{value:.4g}")


def repeated(work: Callable[[], Any], repeats: int, *, warm: int = 1, patience: float | None = None) -> Spread:
    """Wall seconds of each repeat, after ``warm`` runs that are not counted; ``patience`` seconds end it after 2."""
    for _ in range(warm):
        work()
    found, computing = [], []
    for _ in range(repeats):
        begun, cpu = time.perf_counter(), time.process_time()
        work()
        found.append(time.perf_counter() - begun)
        computing.append(time.process_time() - cpu)
        if patience is not None and len(found) >= 2 and sum(found) > patience:
            break
    return Spread(tuple(found), tuple(computing))


def peak_gib() -> float:
    """Largest resident memory of this process so far.

    The kernel's high-water mark of the address space: ``ru_maxrss`` would also count the parent before ``exec``.
    """
    mark = _line("/proc/self/status", r"VmHWM:\s*(\d+)")
    if mark is None:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return int(mark) / 2**20


def note(text: str) -> None:
    """Say something beside the figures."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def child(script: str, *words: str) -> dict[str, Any]:
    """Run a part of a benchmark in a fresh process (own memory, cold caches of the process) and read its answer."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *words], stdout=subprocess.PIPE, check=False, cwd=str(HERE.parent)
    )
    if done.returncode:
        raise SystemExit(f"{script} {' '.join(words)} failed")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


# ---------------------------------------------------------------- workspaces


@contextmanager
def place() -> Iterator[Path]:
    """The folder of generated logs and workspaces: ``MAITRED_BENCH_DIR`` (kept), else a temporary one."""
    given = os.environ.get("MAITRED_BENCH_DIR")
    if given:
        Path(given).mkdir(parents=True, exist_ok=True)
        yield Path(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="maitred-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def log_of(folder: Path, size: int) -> Path:
    """A generated Fivetran folder of ``size`` tickets, made once."""
    from maitred.floor.log import write_log

    found = folder / f"log-{size}"
    if not found.is_dir():
        note(f"generating a log of {size:,} tickets")
        beside = folder / f".log-{size}"
        shutil.rmtree(beside, ignore_errors=True)
        write_log(beside, size, texts=False)
        beside.rename(found)
    return found


def workspace_of(folder: Path, size: int) -> Path:
    """A published workspace of that log, made once; again when its facts have an older form."""
    found = folder / f"ws-{size}"
    if found.is_dir() and _current(found):
        return found
    shutil.rmtree(found, ignore_errors=True)
    log = log_of(folder, size)
    note(f"importing {size:,} tickets (not measured)")
    child("imports.py", "--part", "whole", "--log", str(log), "--home", str(found))
    return found


def _current(home: Path) -> bool:
    from maitred.metrics.facts import FACTS
    from maitred.metrics.refresh import open_workspace

    workspace = open_workspace(home)
    try:
        if workspace.publication() is None:
            return False
        for name, schema in FACTS.items():
            table = workspace.store.table(name)
            if {f.name for f in table.schema().fields} != set(schema.names):
                return False
        return True
    finally:
        workspace.close()


@contextmanager
def copied(home: Path) -> Iterator[Path]:
    """A copy of a workspace that may be changed (files linked, not copied: they are never rewritten in place)."""
    beside = home.with_name(f"{home.name}-changed-{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(home, beside, copy_function=_linked)
    try:
        yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _linked(source: str, target: str) -> None:
    if source.endswith(".parquet"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def rows_of(home: Path) -> dict[str, int]:
    """Row counts of the newest publication by table."""
    from maitred.metrics.refresh import open_workspace

    workspace = open_workspace(home)
    try:
        publication = workspace.publication()
        return dict(publication.rows) if publication else {}
    finally:
        workspace.close()


def events_of(rows: dict[str, int]) -> int:
    """Events of a workspace: comments, field changes and target rows."""
    return sum(rows.get(name, 0) for name in ("messages", "ticket_events", "sla_events"))


def told(sheet: Sheet) -> None:
    """Print the document."""
    sys.stdout.write(json.dumps(sheet.as_json(), ensure_ascii=False, indent=1) + "\n")


def main(
    figures: Callable[[int], Sheet], default: int, parts: Callable[[argparse.Namespace], Any] | None = None
) -> None:
    """Command line of a script: ``--size N``, or one ``--part`` of it as a child process."""
    words = argparse.ArgumentParser()
    words.add_argument("--size", type=int, default=default)
    words.add_argument("--part")
    words.add_argument("--home", type=Path)
    words.add_argument("--log", type=Path)
    words.add_argument("--out", type=Path)
    words.add_argument("--repeats", type=int, default=5)
    given = words.parse_args()
    if given.part and parts is not None:
        sys.stdout.write(json.dumps(parts(given)))
        return
    told(figures(given.size))
