"""A duty is a folder and a line: without both the rest of the house still starts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import SOURCE

DESK = "service_levels"
_LINE = re.compile(rf'"maitred\.desks\.{DESK}",?\s*')


@pytest.fixture
def without(tmp_path: Path) -> Path:
    """A copy of the source that lacks the desk's folder and its line in the settings."""
    source = tmp_path / "src" / "maitred"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__", "tests", DESK))
    settings = source / "site" / "settings.py"
    text, lines = _LINE.subn("", settings.read_text(encoding="utf-8"))
    settings.write_text(text, encoding="utf-8")
    assert lines == 1
    return source.parent


def run(source: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the copy, in a folder where there is no workspace."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MAITRED_")},
        "DJANGO_SETTINGS_MODULE": "maitred.site.settings",
        "PYTHONPATH": str(source),
        "MAITRED_HOME": str(source.parent / "workspace"),
    }
    return subprocess.run(
        [sys.executable, *words], env=environment, cwd=source.parent, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_rest_starts_without_a_desk(without: Path) -> None:
    where = run(without, "-c", "import maitred; print(maitred.__file__)")
    assert where.stdout.strip() == str(without / "maitred" / "__init__.py"), "the copy is not what runs"
    checked = run(without, "-m", "django", "check")
    assert checked.returncode == 0, checked.stderr
    helped = run(without, "-m", "maitred", "--help")
    assert helped.returncode == 0, helped.stderr
    assert "commitments" in helped.stdout
    assert DESK.replace("_", "-") not in helped.stdout.replace("_", "-")
    made = run(without, "-m", "maitred", "init")
    assert made.returncode == 0, made.stderr


def test_no_line_but_that_of_the_settings_names_the_desk() -> None:
    """Besides the desk itself and tests; what is named elsewhere would be missed."""
    named = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if not {"tests", DESK} & set(path.relative_to(SOURCE).parts)
        and f"desks.{DESK}" in path.read_text(encoding="utf-8")
    ]
    assert named == ["site/settings.py"]
