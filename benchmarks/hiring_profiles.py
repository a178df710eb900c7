"""How fast profiles come in and go out: plain résumés a second and core, and the seconds of an erasure.

``add_to(sheet, size)`` notes the figures on another benchmark's sheet; run alone it prints its own. Every part runs
through the command line in a workspace of its own, as an operator would.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import measuring

TEXTS = 5_000
PROFILES = 20_000


def add_to(sheet: measuring.Sheet, size: int | None = None) -> None:
    """Note the figures; ``size``: profiles among which one is erased."""
    with tempfile.TemporaryDirectory(prefix="maitred-bench-") as folder:
        home, texts = Path(folder) / "home", Path(folder) / "texts"
        _maitred(home, "init")
        _write_texts(texts, TEXTS)
        begun = _children_s()
        done = _maitred(home, "hiring", "profiles", "import", str(texts), "--source", "texts", "--basis", "applicant")
        spent = _children_s() - begun - _start_s(home)
        sheet.add("profiles.plain_texts_per_core_s", done["added"] / spent, "1/s", goal=">= 1500")
        sheet.add("profiles.plain_texts_per_s", done["added"] / done["seconds"], "1/s")
        _generated(sheet, home, Path(folder) / "people.jsonl.gz", size or PROFILES)


def _generated(sheet: measuring.Sheet, home: Path, file: Path, size: int) -> None:
    made = _maitred(home, "hiring", "profiles", "generate", "--n", str(size), "--seed", "41", "--to", str(file))
    sheet.add("profiles.generated_per_s", size / made["seconds"], "1/s")
    done = _maitred(home, "hiring", "profiles", "import", str(file), "--source", "made", "--basis", "synthetic")
    sheet.add("profiles.json_per_s", done["added"] / done["seconds"], "1/s")
    receipt = _maitred(home, "hiring", "profiles", "erase", f"s41-{size // 2:07d}")
    sheet.add(f"profiles.erase_s_of_{size}", receipt["seconds"], "s", goal="<= 60")


def _maitred(home: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "maitred", *words, "--json"]
    done = subprocess.run(command, env={**os.environ, "MAITRED_HOME": str(home)}, stdout=subprocess.PIPE, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _start_s(home: Path) -> float:
    """Processor seconds of a command that reads one profile: what starting and loading tables cost."""
    one = home.parent / "one"
    _write_texts(one, 1)
    begun = _children_s()
    _maitred(home, "hiring", "profiles", "import", str(one), "--source", "one", "--basis", "applicant")
    return _children_s() - begun


def _write_texts(folder: Path, n: int) -> None:
    from maitred.insight.ranking.profiles.planting import people
    from maitred.insight.ranking.profiles.planting_texts import as_text

    folder.mkdir()
    for number, one in enumerate(people(n, 97)):
        (folder / f"cv-{number:06d}.txt").write_text(as_text(one.document, number % 3), encoding="utf-8")


def figures(size: int | None) -> measuring.Sheet:
    """The figures of profiles alone."""
    sheet = measuring.Sheet("hiring")
    begun = time.monotonic()
    add_to(sheet, size)
    measuring.note(f"took {time.monotonic() - begun:.0f} s")
    return sheet


if __name__ == "__main__":
    print(json.dumps(figures(int(sys.argv[1]) if len(sys.argv) > 1 else None).as_json(), indent=1))
